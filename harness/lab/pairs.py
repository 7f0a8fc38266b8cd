"""Rows to train on: every question-passage pair that batches may be filled with.

Facts that share a text count as one: were both in a batch, each would answer the other's query
although the loss calls that wrong (in-batch negatives: arXiv 2408.10536, eq. 1). Facts are
joined through any number of shared texts, whatever their languages.

Cost: F facts in L languages make F L^2 rows of questions, S sentences make S L rows; numpy all through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """T facts told in a language, as columns; what a row's `left` and `right` count."""

    facts: NDArray[np.int64]
    languages: Sequence[str]
    queries: Sequence[str]
    passages: Sequence[str]

    def rows(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> PairRows:
        """Return the rows whose query is that of `left` (R,) and whose passage is that of `right` (R,).

        Raises:
            ValueError: nothing told.
        """
        if not len(self.facts):
            msg = "expected texts to train on, found none"
            raise ValueError(msg)
        names, codes = np.unique(self.languages, return_inverse=True)
        same = codes[left] == codes[right]
        own = {str(name): np.flatnonzero(same & (codes[left] == code)) for code, name in enumerate(names)}
        return PairRows(
            facts=self._joined()[left],
            queries=tuple(self.queries[row] for row in left.tolist()),
            passages=tuple(self.passages[row] for row in right.tolist()),
            query_languages=tuple(names[codes[left]].tolist()),
            passage_languages=tuple(names[codes[right]].tolist()),
            monolingual={name: rows for name, rows in own.items() if len(rows)},
            crosslingual=np.flatnonzero(~same),
        )

    def _joined(self) -> NDArray[np.int64]:
        """Return one number (T,) per telling, equal where facts are joined by shared texts."""
        texts = np.unique([*self.queries, *self.passages], return_inverse=True)[1]
        facts = np.unique(self.facts, return_inverse=True)[1]
        count = int(facts.max()) + 1
        both = np.concatenate([facts, facts])
        size = count + int(texts.max()) + 1
        links = coo_array((np.ones(len(both), dtype=np.int8), (both, texts + count)), shape=(size, size))
        joined: NDArray[np.int64] = connected_components(links, directed=False)[1].astype(np.int64)
        return joined[facts]


def question_rows(texts: PairTexts, withheld: Iterable[tuple[str, str]] = ()) -> PairRows:
    """Return every combination of a fact's question in one language and its passage in any.

    A pair of languages in `withheld` makes no row, whichever of the two asks.

    Raises:
        ValueError: no texts.
    """
    told = _Told(np.array(texts.facts, dtype=np.int64), texts.languages, texts.queries, texts.passages)
    by_fact = np.argsort(told.facts, kind="stable")
    facts, sizes = np.unique(told.facts, return_counts=True)
    firsts = np.cumsum(sizes) - sizes
    own = np.searchsorted(facts, told.facts[by_fact])  # the place of each telling's fact
    left = np.repeat(by_fact, sizes[own])
    right = by_fact[np.repeat(firsts[own], sizes[own]) + _counted(sizes[own])]
    apart = {frozenset(pair) for pair in withheld}
    if apart:
        pairs = [frozenset((texts.languages[one], texts.languages[two])) for one, two in zip(left, right, strict=True)]
        kept = np.array([pair not in apart for pair in pairs])
        left, right = left[kept], right[kept]
    return told.rows(left, right)


def parallel_rows(texts: ParallelTexts, rng: np.random.Generator) -> PairRows:
    """Return one row per sentence and language that has it: the sentence beside one translation of it.

    The partner languages of a sentence are a random cycle through all that have it, so each of
    them stands once on either side.

    Raises:
        ValueError: no texts.
    """
    shape = (len(texts.sentences), len(texts.languages))
    held = np.array([[bool(text) for text in row] for row in texts.sentences], dtype=bool).reshape(shape)
    drawn = np.where(held, rng.random(held.shape), np.inf)
    cycles = np.argsort(drawn, axis=1, kind="stable")  # the languages that a sentence has, then those it lacks
    sizes = held.sum(axis=1)
    numbers = np.cumsum(held).reshape(held.shape) - 1  # the telling of each sentence in each language
    sentence, at = np.repeat(np.arange(len(sizes)), sizes), _counted(sizes)
    left = numbers[sentence, cycles[sentence, at]]
    right = numbers[sentence, cycles[sentence, (at + 1) % sizes[sentence]]]
    languages = np.array(texts.languages)[np.nonzero(held)[1]].tolist()
    every = [text for row in texts.sentences for text in row if text]
    return _Told(sentence, languages, every, every).rows(left, right)


def _counted(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0 .. size-1 for each of `sizes`, one after the other."""
    return np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
