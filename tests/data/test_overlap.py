"""Overlap of wording: by hand, and laws that hold whatever the texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.data.overlap import GRAM, LEAST, leaking, normalised, shares

TESTED = ("Who wrote the Song of Stones?", "Nobody knows who wrote it, or when.")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Who, ME?", "whome"),
        ("\uff11\uff12 \u00b5", "12\u03bc"),
        ("\u0e27\u0e31\u0e19", "\u0e27\u0e31\u0e19"),
        ("?!", ""),
    ],
)
def test_exact_case_forms_spaces_and_marks_of_punctuation_are_no_difference(text: str, left: str) -> None:
    assert normalised(text) == left


def test_exact_a_text_leaks_from_half_of_its_runs_on() -> None:
    new = "abcdefghijklmnopqrstuvwxyz"
    # whowrotethesongofstones has 23 characters, so 12 runs; each letter put behind adds one that is new
    at_half, below = f"Who wrote the song of stones{new[:12]}", f"Who wrote the song of stones{new[:13]}"
    assert shares([at_half, below], TESTED).tolist() == [0.5, 12 / 25]
    assert leaking([at_half, below, "who wrote: the song of stones"], TESTED).tolist() == [True, False, True]
    assert shares([at_half], TESTED)[0] == LEAST


def test_exact_short_texts_leak_when_they_are_equal_alone() -> None:
    assert leaking(["Who?", "Who!", "Whom?"], ["who"]).tolist() == [True, True, False]
    assert len("whom") < GRAM


def test_exact_no_run_goes_across_two_texts() -> None:
    assert shares(["the song of", "stones nobody knows"], TESTED).tolist() == [0.0, 0.0]


def test_degenerate_nothing_leaks_into_nothing() -> None:
    assert shares(["Who wrote the Song of Stones?", ""], []).tolist() == [0.0, 0.0]
    assert shares([], TESTED).tolist() == []


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5), st.text(max_size=20), st.integers(0, 4))
def test_property_what_is_tested_leaks_and_more_tests_never_hide_it(texts: list[str], more: str, at: int) -> None:
    one = texts[at % len(texts)]
    assert leaking([one], texts).tolist() == [True]
    assert (shares(texts, [more, one]) >= shares(texts, [one])).all()
