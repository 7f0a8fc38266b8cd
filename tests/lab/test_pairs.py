"""Oracles: the definition in plain Python; properties of a cycle; rows counted by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_texts import LANGUAGES, pair_texts, parallel_texts

from harness.lab.pairs import PairRows, parallel_rows, question_rows
from harness.records.texts import PairTexts, ParallelTexts

PLENTY = settings(derandomize=True, deadline=None, max_examples=60)


def as_tuples(rows: PairRows) -> list[tuple[str, str, str, str]]:
    return list(zip(rows.query_languages, rows.queries, rows.passage_languages, rows.passages, strict=True))


def slowly_joined(facts: tuple[int, ...], texts_of: list[set[str]]) -> list[set[int]]:
    """Merge facts until no two groups share a text."""
    groups = [({fact}, texts) for fact, texts in zip(facts, texts_of, strict=True)]
    merged = True
    while merged:
        merged = False
        for left in range(len(groups)):
            for right in range(left + 1, len(groups)):
                if groups[left][0] & groups[right][0] or groups[left][1] & groups[right][1]:
                    groups[left] = (groups[left][0] | groups[right][0], groups[left][1] | groups[right][1])
                    del groups[right]
                    merged = True
                    break
            if merged:
                break
    return [group for group, _ in groups]


def test_exact_every_question_meets_every_passage_of_its_fact() -> None:
    texts = pair_texts()
    expected = {
        (texts.languages[left], texts.queries[left], texts.languages[right], texts.passages[right])
        for left in range(len(texts))
        for right in range(len(texts))
        if texts.facts[left] == texts.facts[right]
    }
    rows = question_rows(texts)
    assert set(as_tuples(rows)) == expected
    assert len(rows) == len(expected) == 90


def test_exact_rows_are_sorted_into_kinds() -> None:
    rows = question_rows(pair_texts())
    told = list(zip(rows.query_languages, rows.passage_languages, strict=True))
    assert sorted(rows.monolingual) == sorted(LANGUAGES)
    for language, own in rows.monolingual.items():
        assert [told[row] for row in own] == [(language, language)] * 10
    assert all(told[row][0] != told[row][1] for row in rows.crosslingual)
    assert len(rows.crosslingual) + sum(map(len, rows.monolingual.values())) == len(rows)


def test_theory_each_sentence_stands_once_on_either_side_in_each_language() -> None:
    texts = parallel_texts()
    rows = parallel_rows(texts, np.random.default_rng(0))
    every = Counter(text for sentence in texts.sentences for text in sentence)
    assert Counter(rows.queries) == Counter(rows.passages) == every
    assert rows.monolingual == {}
    of = {text: fact for fact, sentence in enumerate(texts.sentences) for text in sentence}
    assert all(of[left] == of[right] for left, right in zip(rows.queries, rows.passages, strict=True))


def test_exact_languages_that_are_withheld_from_each_other_share_no_row() -> None:
    texts = pair_texts()
    everything, kept = as_tuples(question_rows(texts)), as_tuples(question_rows(texts, [("en", "de")]))
    assert kept == [row for row in everything if {row[0], row[2]} != {"de", "en"}]
    assert len(everything) - len(kept) == 20
    assert kept == as_tuples(question_rows(texts, [("de", "en")]))


def test_exact_a_sentence_that_a_language_lacks_makes_no_row_there() -> None:
    texts = ParallelTexts(languages=LANGUAGES, sentences=(("a", "", "c"), ("d", "e", ""), ("f", "g", "h")))
    rows = as_tuples(parallel_rows(texts, np.random.default_rng(0)))
    assert {rows[0], rows[1]} == {("de", "a", "es", "c"), ("es", "c", "de", "a")}
    assert {rows[2], rows[3]} == {("de", "d", "en", "e"), ("en", "e", "de", "d")}
    assert sorted(query for _, query, _, _ in rows[4:]) == ["f", "g", "h"]
    assert sorted(passage for *_, passage in rows[4:]) == ["f", "g", "h"]


def test_theory_partners_vary_between_sentences_and_seeds() -> None:
    texts = parallel_texts()
    rows = parallel_rows(texts, np.random.default_rng(0))
    assert len({*zip(rows.query_languages, rows.passage_languages, strict=True)}) == 6
    assert as_tuples(rows) == as_tuples(parallel_rows(texts, np.random.default_rng(0)))
    assert as_tuples(rows) != as_tuples(parallel_rows(texts, np.random.default_rng(1)))


@PLENTY
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=10))
def test_theory_facts_are_joined_exactly_through_shared_texts(texts_of: list[tuple[int, int]]) -> None:
    """Fact i asks text a_i and answers with text b_i; texts are few, so chains of sharing occur."""
    facts = tuple(range(len(texts_of)))
    rows = question_rows(
        PairTexts(
            facts=facts,
            languages=("en",) * len(facts),
            queries=tuple(f"text {left}" for left, _ in texts_of),
            passages=tuple(f"text {right}" for _, right in texts_of),
        )
    )
    groups = slowly_joined(facts, [{f"text {left}", f"text {right}"} for left, right in texts_of])
    found: dict[int, set[int]] = {}
    for fact, label in zip(facts, rows.facts.tolist(), strict=True):
        found.setdefault(label, set()).add(fact)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, groups))


def test_exact_joined_facts_are_not_paired_with_each_other() -> None:
    rows = question_rows(
        PairTexts(facts=(0, 1), languages=("en", "en"), queries=("a?", "b?"), passages=("same", "same"))
    )
    assert as_tuples(rows) == [("en", "a?", "en", "same"), ("en", "b?", "en", "same")]
    assert len(set(rows.facts.tolist())) == 1


def test_degenerate_nothing_to_train_on() -> None:
    with pytest.raises(ValueError, match="expected texts to train on, found none"):
        question_rows(PairTexts(facts=(), languages=(), queries=(), passages=()))
    with pytest.raises(ValueError, match="expected texts to train on, found none"):
        parallel_rows(ParallelTexts(languages=LANGUAGES, sentences=()), np.random.default_rng(0))
