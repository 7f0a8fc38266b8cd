"""The lexical baseline: oracle is a plain dictionary of n-grams, and what equal texts must do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_sets import numbered_set, parallel_set

from harness.court.hearing import hear_lexical, law
from harness.court.lexical import framed, grams, lexical_ranks
from harness.errors import UsageError
from harness.records.judgements import Dataset
from harness.store import Store

WORDS = st.text(alphabet="abcä ß日", max_size=12)


def plain_grams(text: str, shortest: int = 2, longest: int = 4) -> Counter[str]:
    whole = framed(text)
    lengths = range(shortest, longest + 1)
    return Counter(whole[at : at + size] for size in lengths for at in range(len(whole) - size + 1))


def plain_ranks(queries: Sequence[str], passages: Sequence[str], wanted: Sequence[tuple[int, int]]) -> list[int]:
    """TF-IDF cosine by dictionaries, ranks by sorting."""
    held = Counter(gram for text in passages for gram in plain_grams(text))
    idf = {gram: math.log((1 + len(passages)) / (1 + count)) + 1 for gram, count in held.items()}

    def unit(text: str) -> dict[str, float]:
        row = {gram: times * idf[gram] for gram, times in plain_grams(text).items() if gram in idf}
        length = math.sqrt(math.fsum(value**2 for value in row.values())) or 1.0
        return {gram: round(value / length * 2**26) / 2**26 for gram, value in row.items()}

    right = [unit(text) for text in passages]
    found = []
    for query, passage in wanted:
        left = unit(queries[query])
        scores = [sum(value * row.get(gram, 0.0) for gram, value in left.items()) for row in right]
        order = sorted(range(len(passages)), key=lambda at: (-scores[at], at))
        found.append(order.index(passage) + 1)
    return found


def in_order(dataset: Dataset) -> tuple[list[str], list[str]]:
    """The texts in the court's order."""
    texts, judged = dataset.texts, dataset.judgements
    both = ((texts.queries, judged.query_ids), (texts.passages, judged.passage_ids))
    left, right = ([dict(zip(table.ids, table.texts, strict=True))[name] for name in ids] for table, ids in both)
    return left, right


@given(st.lists(WORDS, min_size=1, max_size=5))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_exact_n_grams_are_those_of_slices(texts: list[str]) -> None:
    found = grams(texts, 1, 3)
    each = [[] for _ in texts]  # type: list[list[int]]
    for code, owner in zip(found.codes.tolist(), found.owners.tolist(), strict=True):
        each[owner].append(code)
    for text, codes in zip(texts, each, strict=True):
        assert sorted(Counter(codes).values()) == sorted(plain_grams(text, 1, 3).values())
    # equal numbers for equal n-grams, and only for those
    kinds = {gram for text in texts for gram in plain_grams(text, 1, 3)}
    assert len(set(found.codes.tolist())) == len(kinds)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=5))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_other_implementation_gives_the_same_ranks_within_and_over_languages(
    facts: list[tuple[str, str, str, str]],
) -> None:
    dataset = parallel_set([{"de": (one, two), "en": (three, four)} for one, two, three, four in facts])
    ranks, (queries, passages), judged = lexical_ranks(dataset), in_order(dataset), dataset.judgements
    pairs = list(zip(judged.query_rows, judged.passage_rows, strict=True))
    assert ranks.overall.tolist() == plain_ranks(queries, passages, pairs)
    for language in ("de", "en"):
        members = [row for row, name in enumerate(judged.passage_languages) if name == language]
        inside = [at for at, (_, right) in enumerate(pairs) if right in members]
        wanted = [(pairs[at][0], members.index(pairs[at][1])) for at in inside]
        assert ranks.within[inside].tolist() == plain_ranks(queries, [passages[row] for row in members], wanted)


def test_theory_equal_texts_tie_and_stand_in_their_order() -> None:
    dataset = parallel_set([{"en": ("where", "there")}] * 4)
    assert lexical_ranks(dataset).overall.tolist() == [1, 2, 3, 4]


def test_theory_one_who_repeats_the_question_is_found_in_any_case_and_spacing() -> None:
    facts = [{"en": (f"What  IS {name}?", f"{name} is what")} for name in ("Berlin", "Rome", "Oslo")]
    assert lexical_ranks(parallel_set(facts)).within.tolist() == [1, 1, 1]


def test_degenerate_texts_without_a_common_letter_score_zero() -> None:
    assert lexical_ranks(parallel_set([{"en": ("aaa", "bbb")}, {"en": ("ccc", "ddd")}])).overall.tolist() == [1, 2]
    assert lexical_ranks(parallel_set([{"en": ("", "")}])).overall.tolist() == [1]


def test_too_many_letters_are_refused_and_half_a_character_is_one() -> None:
    many = "".join(map(chr, range(0x20, 0xFFFF)))
    with pytest.raises(UsageError, match="different characters"):
        grams([many])
    assert len(grams(["\ud800"]).codes) == len(plain_grams("x"))


def test_ranks_are_kept_and_made_again_where_they_are_damaged(tmp_path: Path) -> None:
    dataset, store = numbered_set(6, ("de", "en")), Store(tmp_path)
    under = law(dataset.judgements, "s" * 64)
    first = hear_lexical(store, "t" * 64, dataset, under)
    (kept,) = (tmp_path / "entries").glob("*/*/within.npy")
    np.save(kept, first.within + 1)
    again = hear_lexical(store, "t" * 64, dataset, under)
    assert again.within.tolist() == first.within.tolist() == lexical_ranks(dataset).within.tolist()
    hear_lexical(store, "u" * 64, dataset, under)
    assert len(list((tmp_path / "entries").glob("*/*"))) == 2
