"""Rows to train on: every question-passage pair that batches may be filled with.

Facts that share a text count as one: were both in a batch, each would answer the other's query
although the loss calls that wrong (in-batch negatives: arXiv 2408.10536, eq. 1). Facts are
joined through any number of shared texts, whatever their languages.

Cost: F facts in L languages make F L^2 rows of questions, S sentences make S L rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.records.texts import PairTexts, ParallelTexts


@dataclass(frozen=True, slots=True, eq=False)
class PairRows:
    """R rows as columns: `facts` (R,), and texts and languages of either side.

    Rows of one number in `facts` must not meet in a batch. `monolingual` maps a language to its
    rows, `crosslingual` holds the rows of two languages.
    """

    facts: NDArray[np.int64]
    queries: tuple[str, ...]
    passages: tuple[str, ...]
    query_languages: tuple[str, ...]
    passage_languages: tuple[str, ...]
    monolingual: dict[str, NDArray[np.int64]]
    crosslingual: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.facts)


def _rows(cells: list[tuple[int, str, str, str, str]]) -> PairRows:
    """Turn (fact, query language, query, passage language, passage) into columns.

    Raises:
        ValueError: no cells.
    """
    if not cells:
        msg = "expected texts to train on, found none"
        raise ValueError(msg)
    facts, query_languages, queries, passage_languages, passages = zip(*cells, strict=True)
    same = defaultdict(list)
    other = []
    for row, (left, right) in enumerate(zip(query_languages, passage_languages, strict=True)):
        if left == right:
            same[left].append(row)
        else:
            other.append(row)
    return PairRows(
        facts=_joined(facts, queries, passages),
        queries=queries,
        passages=passages,
        query_languages=query_languages,
        passage_languages=passage_languages,
        monolingual={language: np.array(rows, dtype=np.int64) for language, rows in sorted(same.items())},
        crosslingual=np.array(other, dtype=np.int64),
    )


def _joined(facts: tuple[int, ...], queries: tuple[str, ...], passages: tuple[str, ...]) -> NDArray[np.int64]:
    """Return one number (R,) per row, equal where facts are joined by shared texts."""
    leader = {fact: fact for fact in facts}

    def lead(fact: int) -> int:
        while leader[fact] != fact:
            leader[fact] = fact = leader[leader[fact]]
        return fact

    first: dict[str, int] = {}
    for fact, query, passage in zip(facts, queries, passages, strict=True):
        for text in (query, passage):
            leader[lead(fact)] = lead(first.setdefault(text, fact))
    return np.array([lead(fact) for fact in facts], dtype=np.int64)


def question_rows(texts: PairTexts) -> PairRows:
    """Return every combination of a fact's question in one language and its passage in any."""
    by_fact: dict[int, list[int]] = defaultdict(list)
    for row, fact in enumerate(texts.facts):
        by_fact[fact].append(row)
    return _rows(
        [
            (fact, texts.languages[left], texts.queries[left], texts.languages[right], texts.passages[right])
            for fact, rows in by_fact.items()
            for left in rows
            for right in rows
        ]
    )


def parallel_rows(texts: ParallelTexts, rng: np.random.Generator) -> PairRows:
    """Return one row per sentence and language: the sentence beside one translation of it.

    The partner languages of a sentence are a random cycle through all of them, so each language
    stands once on either side.
    """
    count = len(texts.languages)
    cells = []
    for fact, row in enumerate(texts.sentences):
        cycle = rng.permutation(count)
        for left, right in zip(cycle, np.roll(cycle, 1), strict=True):
            cells.append((fact, texts.languages[left], row[left], texts.languages[right], row[right]))
    return _rows(cells)
