"""The sentence of a verdict: a table of checks in words, and that nothing of an author's stands in it."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from court_builders import check, claim

from harness.court.sentence import LONGEST, REAL_FILES, scoped_sentence
from harness.records.claim import CitedValue, Relation, Side

HOSTILE = "proves that <b>everything</b> is so"
IN_WORDS: dict[str, tuple[dict[str, Any], str]] = {
    "above": ({}, "the mean multilingual MAP of hybrid is above that of x-x-mono"),
    "below": ({"measure": "rank-distance"}, "the mean multilingual rank-distance of hybrid is below that of x-x-mono"),
    "comparable-or-above": ({"margin": "0.01"}, "of hybrid is at most 1% below that of x-x-mono"),
    "comparable-or-below": ({"margin": "0.05"}, "of hybrid is at most 5% above that of x-x-mono"),
    "equivalent": ({"margin": "0.01"}, "of hybrid is within 1% of that of x-x-mono"),
    "reduced-by": ({}, "of hybrid lies below that of x-x-mono by the claimed share"),
    "order": (
        {"left": None, "right": None, "arms": ("x-x-mono", "hybrid", "x-y")},
        "by mean multilingual MAP x-x-mono is above hybrid, hybrid is above x-y",
    ),
    "contrast": (
        {"left": None, "right": None, "weights": {"hybrid": 2, "x-y": -1, "x-x-mono": -1}},
        "in mean multilingual MAP +2 hybrid -1 x-y -1 x-x-mono is above 0",
    ),
    "never-third": (
        {"left": None, "right": None, "setting": None},
        "hybrid is third of hybrid, x-x-mono and x-y",
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
    assert words in said
    assert "proves" not in said
    assert said.startswith("On a tiny set, on xquad-r, pooled over xlm-r and labse: ")


def test_exact_what_narrows_a_check_is_said() -> None:
    one = claim(
        bases=("xlm-r",),
        checks=(check(languages=("el", "vi")), check(id="pairs", setting="crosslingual", pairs="withheld")),
    )
    said = scoped_sentence(one, "On a tiny set", "reduced")
    assert "on xquad-r, xlm-r: " in said
    assert "x-x-mono, over questions in el, vi; " in said
    assert said.endswith("x-x-mono, over pairs of languages withheld from training")
    bases = check(left=Side(sampling="hybrid", base="labse"), right=Side(sampling="hybrid", base="xlm-r"))
    assert "of hybrid on labse is above that of hybrid on xlm-r" in scoped_sentence(claim(checks=(bases,)), "X", "full")


def test_exact_only_what_decides_at_the_scale_is_said() -> None:
    size = check(id="size", relation="reduced-by", required="full")
    one = claim(checks=(check(), check(id="more", relation="below", required=False), size))
    assert "below" not in scoped_sentence(one, "X", "reduced")
    assert "by the claimed share" in scoped_sentence(one, "X", "full")


def test_exact_counts_speak_of_the_files() -> None:
    counts = IN_WORDS["equals"][0]
    one = claim(kind="counted", bases=(), checks=(check(relation="equals", **counts),))
    assert scoped_sentence(one, "On a tiny set", "full") == (
        f"{REAL_FILES}, on xquad-r: 1 counts equal those that the paper states"
    )


def test_itself_a_sentence_is_never_longer_than_a_record_takes() -> None:
    many = tuple(check(id=f"c{at}", measure=f"R@{at + 1}") for at in range(100))
    said = scoped_sentence(claim(checks=many), "On a tiny set", "reduced")
    assert len(said) == LONGEST
    assert said.endswith("…")
