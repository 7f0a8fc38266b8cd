"""The sentence of a verdict: a table of checks in words, and that nothing of an author's stands in it."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from court_builders import check, claim

from harness.court.sentence import LONGEST, REAL_FILES, THIRD, clauses, scoped_sentence
from harness.records.claim import CitedValue, Relation, Side

HOSTILE = "proves that <b>everything</b> is so"
IN_WORDS: dict[str, tuple[dict[str, Any], str]] = {
    "above": ({"setting": "crosslingual"}, "hybrid has a higher mean cross-lingual MAP than x-x-mono"),
    "below": ({"measure": "rank-distance"}, "hybrid has a lower mean rank distance than x-x-mono"),
    "comparable-or-above": (
        {"margin": "0.01"},
        "hybrid has a mean multilingual MAP of at least 99% of that of x-x-mono",
    ),
    "comparable-or-below": (
        {"margin": "0.005"},
        "hybrid has a mean multilingual MAP of at most 100.5% of that of x-x-mono",
    ),
    "equivalent": (
        {"setting": "balanced", "margin": "0.01"},
        "hybrid has a mean balanced MAP within 1% of that of x-x-mono",
    ),
    "reduced-by": ({}, "hybrid has a lower mean multilingual MAP than x-x-mono, by the claimed share"),
    "order": (
        {"left": None, "right": None, "arms": ("x-x-mono", "hybrid", "x-y")},
        "x-x-mono has a higher mean multilingual MAP than hybrid; hybrid has a higher mean multilingual MAP than x-y",
    ),
    "contrast": (
        {"left": None, "right": None, "weights": {"hybrid": 2, "x-y": -1, "x-x-mono": -1}},
        "hybrid has a higher mean multilingual MAP than x-y and x-x-mono on average",
    ),
    "never-third": (
        {"left": None, "right": None, "setting": None},
        f"{THIRD} MAP than the other two on average",
    ),
    "equals": (
        {"left": None, "right": None, "counts": {"xquad-r/languages": CitedValue(cell="S04", value="11")}},
        "1 numbers of the script's own equal those that it cites",
    ),
}


def test_every_relation_is_tried() -> None:
    assert set(IN_WORDS) == set(get_args(Relation))


@pytest.mark.parametrize("relation", IN_WORDS)
def test_exact_each_relation_in_words(relation: str) -> None:
    changes, words = IN_WORDS[relation]
    one = claim(checks=(check(relation=relation, **changes),), title=HOSTILE, statement=HOSTILE)
    said = scoped_sentence(one, "On a tiny set", "reduced")
    assert said == f"On a tiny set, on xquad-r, pooled over xlm-r and labse: {words}"


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (
            {"x-y": -2, "hybrid": 1, "x-x-mono": 1},
            "x-y has a lower mean multilingual MAP than hybrid and x-x-mono on average",
        ),
        (
            {"hybrid": 2, "x-y": -1.5, "x-x-mono": -0.5},
            "in mean multilingual MAP +2 hybrid -1.5 x-y -0.5 x-x-mono is above 0",
        ),
        ({"hybrid": 1, "x-y": -1}, "in mean multilingual MAP +1 hybrid -1 x-y is above 0"),
    ],
)
def test_exact_a_contrast_is_of_a_plain_mean_or_told_by_its_weights(weights: dict[str, float], words: str) -> None:
    one = check(relation="contrast", left=None, right=None, weights=weights)
    assert clauses(one, claim()) == [words]


def test_exact_what_narrows_a_check_is_said() -> None:
    one = claim(
        bases=("xlm-r",),
        checks=(check(languages=("el", "vi")), check(id="pairs", setting="crosslingual", pairs="withheld")),
    )
    said = scoped_sentence(one, "On a tiny set", "reduced")
    assert "on xquad-r, xlm-r: " in said
    assert "x-x-mono, for questions in el and vi; " in said
    assert said.endswith("x-x-mono, for pairs of languages withheld from training")
    bases = check(left=Side(sampling="hybrid", base="labse"), right=Side(sampling="hybrid", base="xlm-r"))
    assert "hybrid on labse has a higher mean multilingual MAP than hybrid on xlm-r" in scoped_sentence(
        claim(checks=(bases,)), "X", "full"
    )


def test_exact_only_what_decides_at_the_scale_is_said() -> None:
    size = check(id="size", relation="reduced-by", required="full")
    one = claim(checks=(check(), check(id="more", relation="below", required=False), size))
    assert "lower" not in scoped_sentence(one, "X", "reduced")
    assert "by the claimed share" in scoped_sentence(one, "X", "full")


def test_exact_counts_speak_of_the_files_and_of_what_is_counted_in_each() -> None:
    names = ("xquad-r/languages", "xquad-r/crosslingual-settings", "xquad-r/queries-de", "xquad-r/queries-en")
    counts = {name: CitedValue(cell="S04", value="11") for name in (*names, "mlqa-r/candidates-de")}
    equals = check(relation="equals", left=None, right=None, counts=counts)
    one = claim(kind="counted", bases=(), datasets=("xquad-r", "mlqa-r"), checks=(equals,))
    assert scoped_sentence(one, "On a tiny set", "full") == (
        f"{REAL_FILES}, on xquad-r and mlqa-r: "
        "xquad-r has as many languages, cross-lingual settings and questions in de and en as the paper states; "
        "mlqa-r has as many candidate sentences in de as the paper states"
    )


def test_itself_a_sentence_is_never_longer_than_a_record_takes() -> None:
    many = tuple(check(id=f"c{at}", measure=f"R@{at + 1}") for at in range(100))
    said = scoped_sentence(claim(checks=many), "On a tiny set", "reduced")
    assert len(said) == LONGEST
    assert said.endswith("…")
