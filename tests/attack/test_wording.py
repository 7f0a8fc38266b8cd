"""Words that no check can bear out: a table of sentences, each with what it should be told, or nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from attacked_builders import small_scope, subject
from court_builders import check, claim

from harness.attack import hunter, wording
from harness.attack.comparison import probes as compared
from harness.attack.probe import results
from harness.records.claim import CitedValue, Side

WITHIN = check(relation="comparable-or-above", margin="0.05")
SENTENCES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("hybrid is above x-x-mono in one pool of all languages", {}, set()),
    ("In each single language hybrid is above x-x-mono", {}, {"wording-each-language"}),
    ("Language by language hybrid is above x-x-mono", {}, {"wording-each-language"}),
    ("In each of fifteen languages hybrid is above x-x-mono", {}, {"wording-each-language"}),
    ("In unseen languages hybrid is above x-x-mono", {}, {"wording-unseen"}),
    ("In languages absent from training hybrid is above x-x-mono", {}, {"wording-unseen"}),
    ("Absent from contrastive training, de and en have hybrid above x-x-mono", {}, {"wording-unseen"}),
    ("On XQuAD-R and MIRACL hybrid is above x-x-mono", {}, {"wording-named"}),
    ("On LaBSE hybrid is above x-x-mono", {"bases": ("xlm-r",)}, {"wording-named", "wording-one-base"}),
    ("hybrid is above x-x-mono by 2 percent", {}, {"wording-size"}),
    ("hybrid is above x-x-mono by 2.5%", {}, {"wording-size"}),
    ("hybrid is above x-x-mono by 7 percentage points", {}, {"wording-size"}),
    ("On every-benchmark hybrid is above x-x-mono", {}, {"wording"}),
    ("hybrid lies above x-x-mono", {"bases": ("xlm-r", "labse", "mine")}, {"wording-one-base"}),
    ("On mine hybrid is above x-x-mono", {"bases": ("mine",)}, set()),
    ("hybrid is twice as good as x-x-mono", {}, {"wording-size"}),
    ("hybrid is within 5 percent of x-x-mono", {"checks": (WITHIN,)}, set()),
    ("hybrid reaches at least 95% of x-x-mono", {"checks": (WITHIN,)}, set()),
    ("hybrid reaches at least 98% of x-x-mono", {"checks": (WITHIN,)}, {"wording-size"}),
    ("hybrid is above x-x-mono", {"bases": ("xlm-r",)}, {"wording-one-base"}),
    ("On XLM-R hybrid is above x-x-mono", {"bases": ("xlm-r",)}, set()),
    ("Averaged over languages and both encoders hybrid is above x-x-mono", {}, set()),
    ("In general hybrid is above x-x-mono", {}, {"wording"}),
]


@pytest.mark.parametrize(("sentence", "of", "expected"), SENTENCES, ids=[one[0] for one in SENTENCES])
def test_exact_what_words_say_that_no_check_can_bear_out(
    tmp_path: Path, sentence: str, of: dict[str, Any], expected: set[str]
) -> None:
    one = subject(claim(title="A title", statement=sentence, **of), tmp_path)
    assert {probe.name for probe in results(wording.probes(one)) if probe.succeeded is not False} == expected


def test_exact_unseen_languages_may_be_spoken_of_where_they_were_not_trained_on(tmp_path: Path) -> None:
    atlas = {"source": "atlas", "part": "pairs", "languages": ("de", "en")}
    scope = small_scope(
        datasets={"xquad-r": {"source": "atlas", "part": "xquad-r", "languages": ("de", "en", "el")}}, training=atlas
    )
    said = {"statement": "In an unseen language hybrid is above x-x-mono", "title": "A title"}
    for languages, expected in ((("el",), False), (("de",), True), (None, True)):
        one = subject(claim(checks=(check(languages=languages),), **said), tmp_path, scope=scope)
        (probe,) = (probe for probe in results(wording.probes(one)) if probe.name == "wording-unseen")
        assert probe.succeeded is expected


BOTH = ("xlm-r", "labse")


def won(tmp_path: Path, scope: dict[str, Any], **of: Any) -> set[str]:
    one = subject(claim(**{"bases": ("xlm-r",), **of}), tmp_path, scope=small_scope(**scope))
    return {probe.name for probe in results(compared(one)) if probe.succeeded}


def test_exact_bindings_that_are_not_what_they_are_called(tmp_path: Path) -> None:
    one = {"source": "atlas", "part": "xquad-r", "languages": ("de", "en")}
    assert won(tmp_path, {"datasets": {"xquad-r": one, "mlqa-r": one}}, datasets=("xquad-r", "mlqa-r")) == {"bindings"}
    assert won(tmp_path, {"datasets": {"xquad-r": {**one, "languages": ("en",)}}}) == {"bindings"}
    recipe = {"buckets": 8, "width": 4, "dimensions": 4, "shortest": 2, "longest": 3, "dose": 0, "batch": 2}
    blank = {"xlm-r": {**recipe, "learning_rate": 0.1, "temperature": 0.1}}
    assert won(tmp_path, {"bases": blank}) == {"bindings"}
    elsewhere = {"source": "atlas", "part": "pairs", "languages": ("th", "zh")}
    assert won(tmp_path, {"training": elsewhere}) == {"bindings"}
    assert won(tmp_path, {"training": elsewhere}, checks=(check(languages=("de",)),)) == set()
    shown = {"low": 0.8, "high": 0.9, "most": 0.25, "paper": 0.85}
    apart = {"xlm-r": shown, "labse": shown | {"low": 0.9, "high": 0.97}}
    alike = {"xlm-r": shown, "labse": shown | {"low": 0.89, "high": 0.97}}
    for regimes, told in (({}, {"bindings"}), ({"xlm-r": shown}, {"bindings"}), (alike, {"bindings"}), (apart, set())):
        assert won(tmp_path, {"regimes": regimes}, bases=BOTH) == told
    assert won(tmp_path, {"regimes": alike}, bases=("xlm-r",)) == set()
    assert won(tmp_path, {}) == set()


def test_exact_generated_data_is_no_full_scale(tmp_path: Path) -> None:
    assert won(tmp_path, {"scale": "full"}) == {"scale"}


def test_exact_a_size_that_waits_for_full_scale_needs_its_direction_decided_now(tmp_path: Path) -> None:
    size = check(
        id="size",
        relation="reduced-by",
        measure="rank-distance",
        required="full",
        unit="percent",
        claimed={"xlm-r": CitedValue(cell="S14", value="30.1")},
    )
    lower = check(id="lower", relation="below", measure="rank-distance")
    assert "deferred" in won(tmp_path, {}, checks=(check(), size))
    assert "deferred" not in won(tmp_path, {}, checks=(lower, size))


def test_exact_bias_decided_at_full_scale_alone_is_told_and_a_deeper_cut_is_not(tmp_path: Path) -> None:
    lower = check(id="lower", relation="below", measure="rank-distance", required="full")
    deeper = check(id="deeper", measure="R@100", required="full")
    assert won(tmp_path, {}, checks=(check(), lower)) == {"deferred"}
    assert won(tmp_path, {}, checks=(check(), deeper)) == set()


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ({}, False),
        ({"measure": "nDCG@10"}, False),
        ({"measure": "R@100"}, False),
        ({"measure": "nDCG@1"}, True),
        ({"measure": "R@1"}, True),
        ({"measure": "MRR"}, True),
        ({"relation": "order", "left": None, "right": None, "arms": ("hybrid", "x-x-mono", "x-y")}, False),
        ({"relation": "below", "left": "x-x-mono", "right": "hybrid"}, False),
        ({"relation": "comparable-or-above", "margin": "0.01"}, True),
        ({"relation": "below"}, True),
        ({"right": "x-y"}, True),
        ({"setting": "monolingual"}, True),
        ({"languages": ("de",)}, True),
        ({"required": False}, True),
        ({"measure": "rank-distance"}, True),
    ],
)
def test_exact_what_waits_for_full_scale_is_decided_now_of_the_same_arms(
    tmp_path: Path, now: dict[str, Any], *, told: bool
) -> None:
    deeper = check(id="deeper", measure="R@100", required="full")
    assert ("deferred" in won(tmp_path, {}, checks=(check(**now), deeper))) is told


@pytest.mark.parametrize(("waits", "now"), [("MAP", "MRR"), ("MAP", "nDCG@10"), ("R@1", "MAP"), ("nDCG@10", "MAP")])
def test_exact_what_small_pools_can_tell_does_not_wait(tmp_path: Path, waits: str, now: str) -> None:
    later = check(id="later", measure=waits, required="full")
    assert "deferred" in won(tmp_path, {}, checks=(check(measure=now), later))
    assert "deferred" not in won(tmp_path, {}, checks=(check(measure=waits), later))


def test_exact_a_tolerance_that_waits_is_decided_by_an_order_and_not_the_other_way_round(tmp_path: Path) -> None:
    level = check(id="deeper", measure="R@100", relation="comparable-or-above", margin="0.01", required="full")
    alike = {"relation": "equivalent", "margin": "0.01"}
    assert "deferred" not in won(tmp_path, {}, checks=(check(), level))
    assert "deferred" not in won(tmp_path, {}, checks=(check(**alike), level))
    assert "deferred" in won(tmp_path, {}, checks=(check(relation="below"), level))


def test_exact_settings_that_nobody_chose_fairly_are_told(tmp_path: Path) -> None:
    one = subject(claim(), tmp_path, ill_chosen=("x-x-mono on xlm-r has settings of its own",))
    (probe,) = (probe for probe in results(hunter.probes(one, Counter())) if probe.name == "settings")
    assert probe.succeeded


REGIMES = {
    "xlm-r": {"low": 0.8, "high": 0.9, "paper": 0.85},
    "labse": {"low": 0.9, "high": 0.97, "paper": 0.93},
}


@pytest.mark.parametrize(
    ("changes", "regimes", "built_in"),
    [
        ({"setting": "crosslingual"}, REGIMES, True),
        ({"measure": "rank-distance", "relation": "below"}, REGIMES, True),
        ({"setting": "balanced"}, REGIMES, True),
        ({"setting": "multilingual"}, REGIMES, True),
        ({"setting": "monolingual"}, REGIMES, False),
        ({"setting": "crosslingual"}, {}, False),
        ({"setting": "crosslingual"}, {"xlm-r": REGIMES["xlm-r"], "labse": REGIMES["xlm-r"]}, False),
        ({"setting": "crosslingual", "left": "hybrid", "right": "x-y"}, REGIMES, False),
    ],
)
def test_rule_bases_are_not_compared_in_what_their_doses_were_chosen_by(
    tmp_path: Path, changes: dict[str, Any], regimes: dict[str, Any], *, built_in: bool
) -> None:
    sides = {"left": Side(sampling="x-y", base="labse"), "right": Side(sampling="x-y", base="xlm-r")}
    one = subject(claim(checks=(check(**(sides | changes)),)), tmp_path, scope=small_scope(regimes=regimes))
    (probe,) = (probe for probe in results(compared(one)) if probe.name == "built-in")
    assert probe.succeeded is built_in
