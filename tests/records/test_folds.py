"""Oracles: laws of a tournament over any languages; c14's own numbers, counted by hand; words of errors."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.records.folds import LEAST_PARTNERS, fold_of_pairs, withheld_pairs

NINE = ("ar", "de", "en", "es", "hi", "ru", "th", "tr", "zh")
CODES = st.lists(st.text("abcdefgh", min_size=2, max_size=3), min_size=2, max_size=16, unique=True)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(CODES, st.integers(1, 9))
def test_theory_every_pair_is_withheld_once_and_everyone_keeps_partners_or_it_is_refused(
    languages: list[str], folds: int
) -> None:
    every = {(min(pair), max(pair)) for pair in combinations(languages, 2)}
    try:
        found = [withheld_pairs(languages, folds, fold) for fold in range(folds)]
    except UsageError:
        # the most that a language can lose is one partner per round of the fold with most rounds
        rounds = len(languages) - 1 + len(languages) % 2
        assert len(languages) - 1 - -(-rounds // folds) < LEAST_PARTNERS
        return
    flat = [pair for pairs in found for pair in pairs]
    assert len(flat) == len(set(flat))
    assert set(flat) == every
    for pairs in found:
        assert list(pairs) == sorted(pairs)
        for language in languages:
            assert len(languages) - 1 - sum(language in pair for pair in pairs) >= LEAST_PARTNERS
    assert fold_of_pairs(languages, folds) == {pair: fold for fold, pairs in enumerate(found) for pair in pairs}


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.permutations(NINE))
def test_theory_the_order_of_a_binding_does_not_matter(languages: list[str]) -> None:
    assert withheld_pairs(languages, 3, 1) == withheld_pairs(NINE, 3, 1)


def test_exact_nine_languages_and_three_folds_withhold_a_third_of_all_pairs_each() -> None:
    for fold in range(3):
        pairs = withheld_pairs(NINE, 3, fold)
        assert len(pairs) == 12
        losses = {language: sum(language in pair for pair in pairs) for language in NINE}
        assert set(losses.values()) <= {2, 3}


@pytest.mark.parametrize(
    ("languages", "folds", "fold", "words"),
    [
        (NINE, 3, 3, r"expected a fold of 0\.\.2, found 3"),
        (NINE, 3, -1, r"expected a fold of 0\.\.2, found -1"),
        (NINE, 0, 0, "no folds, found 0"),
        ((*NINE, "ar"), 3, 0, "each language once, found .*ar"),
        (NINE, 1, 0, "at least 4 partners, found 0 for ar in fold 0 of 1 over 9 languages; train on more"),
        (("de", "en", "es"), 3, 0, "at least 4 partners, found 2 for de"),
        ((), 2, 5, "expected a fold"),
    ],
)
def test_exact_what_cannot_be_withheld_is_told(languages: tuple[str, ...], folds: int, fold: int, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        withheld_pairs(languages, folds, fold)
