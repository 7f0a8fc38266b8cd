"""Sayings: for each a sentence that says it unasked, and one that does not or is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attacked_builders import small_scope, subject
from court_builders import check, claim

from harness.attack import sayings
from harness.attack.probe import results
from harness.claimfile.claims import read_folder
from harness.claimfile.coverage import SETTINGS
from harness.claimfile.scopes import find_scope, read_scope

ATLAS = {"source": "atlas", "part": "xquad-r"}
ALIKE = check(relation="equivalent", margin="0.01")
MEAN = {"hybrid": 1, "x-x-mono": -0.5, "x-y": -0.5}
ALONE = tuple(check(id=setting, setting=setting) for setting in SETTINGS)
RIVALS = (check(), check(id="other", right="x-y"))
CROSSED = (check(setting="monolingual", right="x-y"), check(id="other", setting="crosslingual"))
UNASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "spread": ("hybrid varies less than x-x-mono", {}),
    "cost": ("hybrid is above x-x-mono in half the time", {}),
    "either-way": ("hybrid and x-x-mono do not differ", {}),
    "new-subjects": ("On entities that training never mentioned hybrid is above x-x-mono", {}),
    "curve": ("With each increase of the share hybrid is above x-x-mono", {}),
    "all-answers": ("hybrid finds all translations before x-x-mono", {"checks": (check(measure="MRR"),)}),
    "scripts": ("Between different scripts hybrid is above x-x-mono", {}),
    "never-read": ("In languages never read hybrid is above x-x-mono", {}),
    "transfer": ("On a second collection hybrid is above x-x-mono", {}),
    "each-setting": (
        "hybrid gives up nothing in any kind of retrieval beside x-x-mono",
        {"checks": (check(setting="balanced"),)},
    ),
    "either-rival": (
        "hybrid is above either kind of batches",
        {"checks": (check(relation="contrast", left=None, right=None, weights=MEAN),)},
    ),
    "settings": ("hybrid is above x-x-mono at any learning rate", {}),
    "median": ("In the typical language hybrid is above x-x-mono", {}),
    "quotient": ("hybrid keeps a larger part of its MAP than x-x-mono", {}),
    "inclusion": ("hybrid answers the same questions as x-x-mono, and more", {}),
    "condition": ("In a language whose MAP suffers hybrid is above x-x-mono", {}),
    "alone": ("only hybrid is above x-x-mono", {}),
    "strictly": ("hybrid is above x-x-mono", {"checks": (check(relation="comparable-or-above", margin="0.01"),)}),
    "superlative": ("hybrid has the highest MAP, above x-x-mono", {}),
    "cleft": ("It is hybrid that x-x-mono lies above", {}),
    "middle": ("hybrid lies in the middle, above x-x-mono", {}),
    "range": ("From 0.25 to 0.75 hybrid is above x-x-mono", {"checks": (check(right="hybrid@0.25"),)}),
    "left-out": ("Withholding pairs leaves hybrid above x-x-mono", {}),
    "level": ("hybrid comes close to x-x-mono", {}),
    "jointly": ("In monolingual and cross-lingual retrieval hybrid is above the others", {"checks": CROSSED}),
    "fraction": ("hybrid finds half of the answers and is above x-x-mono", {}),
}
ASKED: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "each-setting": ("hybrid gives up nothing in any kind of retrieval beside x-x-mono", {"checks": ALONE}, {}),
    "either-rival": ("hybrid is above either kind of batches", {"checks": RIVALS}, {}),
    "either-way": ("hybrid and x-x-mono do not differ", {"checks": (ALIKE,)}, {}),
    "strictly": ("hybrid is no better than x-x-mono, or a better match", {"checks": (ALIKE,)}, {}),
    "superlative": ("hybrid has the highest MAP, above x-x-mono and x-y", {"checks": RIVALS}, {}),
    "middle": (
        "hybrid lies above the middle of x-x-mono and x-y",
        {"checks": (check(relation="contrast", left=None, right=None, weights=MEAN),)},
        {},
    ),
    "range": (
        "results hold from 0.25 to 0.75",
        {
            "checks": tuple(
                check(
                    id=f"at-{share[2:]}", left=f"hybrid@{share}", right="hybrid", relation="equivalent", margin="0.01"
                )
                for share in ("0.25", "0.75")
            )
        },
        {},
    ),
    "level": ("hybrid comes close to x-x-mono", {"checks": (ALIKE,)}, {}),
    "jointly": (
        "In monolingual and cross-lingual retrieval hybrid is above x-x-mono",
        {"checks": (check(setting="monolingual"), check(id="other", setting="crosslingual"))},
        {},
    ),
    "all-answers": ("hybrid finds all translations before x-x-mono", {}, {}),
    "scripts": (
        "Between different scripts hybrid is above x-x-mono",
        {},
        {"datasets": {"xquad-r": {**ATLAS, "languages": ("de", "ru")}}},
    ),
    "never-read": ("In a language never read hybrid is above x-x-mono", {"checks": (check(languages=("el",)),)}, {}),
    "transfer": (
        "On a second collection hybrid is above x-x-mono",
        {},
        {"datasets": {"xquad-r": {"source": "lareqa", "part": "xquad-r", "languages": ("de", "en")}}},
    ),
}


def said(tmp_path: Path, sentence: str, of: dict[str, Any], scope: dict[str, Any]) -> set[str]:
    given = {"title": "A title", "statement": sentence, **of}
    one = subject(claim(**given), tmp_path, scope=small_scope(**scope))
    return {probe.name.removeprefix("saying-") for probe in results(sayings.probes(one)) if probe.succeeded}


def test_every_saying_is_tried() -> None:
    assert set(UNASKED) == {saying.name for saying in sayings.SAYINGS}


@pytest.mark.parametrize("name", UNASKED)
def test_exact_what_is_said_unasked_is_told(tmp_path: Path, name: str) -> None:
    sentence, of = UNASKED[name]
    assert said(tmp_path, sentence, of, {}) == {name}


@pytest.mark.parametrize("name", ASKED)
def test_exact_what_is_asked_for_may_be_said(tmp_path: Path, name: str) -> None:
    sentence, of, scope = ASKED[name]
    assert said(tmp_path, sentence, of, scope) == set()


def test_exact_a_rival_met_in_one_setting_is_not_met_in_another(tmp_path: Path) -> None:
    sentence = "neither of the two ways to fill batches is above hybrid"
    assert said(tmp_path, sentence, {"checks": CROSSED}, {}) == {"either-rival"}


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        ("hybrid@0.25", "hybrid", "comparable-or-above"),  # one way only
        ("hybrid@0.25", "hybrid@0.75", "equivalent"),  # the ends alone
        ("hybrid@0.25", "x-y", "equivalent"),  # nothing inside
        ("hybrid@0.25", "hybrid", "equivalent"),  # one of the ends
    ],
)
def test_exact_a_range_holds_when_both_of_its_ends_are_held_to_its_inside(
    tmp_path: Path, left: str, right: str, relation: str
) -> None:
    checks = (check(left=left, right=right, relation=relation, margin="0.01"),)
    assert "range" in said(tmp_path, "results hold from 0.25 to 0.75", {"checks": checks}, {})


def test_exact_a_balanced_check_says_nothing_of_each_setting(tmp_path: Path) -> None:
    checks = (check(setting="balanced"), check(id="other", setting="monolingual"))
    sentence = "In monolingual and cross-lingual retrieval hybrid is above x-x-mono"
    assert said(tmp_path, sentence, {"checks": checks}, {}) == {"jointly"}


def test_itself_the_mean_of_both_rivals_is_one_side_and_not_each(tmp_path: Path) -> None:
    contrast = {"checks": (check(relation="contrast", left=None, right=None, weights=MEAN),)}
    for sentence in ("hybrid is above the mean of both baselines", "hybrid is below the middle of both baselines"):
        assert said(tmp_path, sentence, contrast, {}) == set()


def test_exact_a_loss_that_is_bounded_is_no_strict_one(tmp_path: Path) -> None:
    level = {"checks": (check(relation="comparable-or-above", margin="0.02"),)}
    assert said(tmp_path, "hybrid is lower than x-x-mono by at most 2%", level, {}) == set()
    assert said(tmp_path, "hybrid is lower than x-x-mono", level, {}) == {"strictly"}


def test_itself_both_kinds_of_retrieval_are_no_rivals(tmp_path: Path) -> None:
    assert (
        said(tmp_path, "hybrid keeps both kinds of retrieval beside both specialists", {"checks": CROSSED}, {}) == set()
    )


def test_exact_counts_are_of_what_is_listed(tmp_path: Path) -> None:
    counted = {"kind": "counted", "bases": (), "evidence": ("counted-data",)}
    assert said(tmp_path, "The set has 1190 different sentences", counted, {}) == {"distinct"}
    assert said(tmp_path, "Its 1190 sentences are ranked in one pool", counted, {}) == {"ranked"}
    assert said(tmp_path, "The set has 1190 sentences", counted, {}) == set()


def test_real_part_none_of_the_fourteen_claims_says_more_than_is_asked(root: Path, tmp_path: Path) -> None:
    scope = read_scope(find_scope("atlas"))
    for file in read_folder(root / "claims", scope):
        one = subject(file.claim, tmp_path, scope=scope)  # type: ignore[union-attr]
        assert [probe.name for probe in results(sayings.probes(one)) if probe.succeeded is not False] == []
