"""The relevant passages of each row, sorted by rank: what every measure of a setting starts from.

A row is one query in one pool. By setting (paper, tables 3 to 6):

    monolingual    one row per query; the pool is the passages in the query's language
    crosslingual   one row per query and other language that holds a relevant passage; that language
    multilingual   one row per query; the pool is all passages

A row whose pool holds no relevant passage does not exist. Which pairs make which row is the same
under every encoder (`Layout`, once per dataset and setting); an encoder only changes the ranks.

Cost: one sort of short rows per encoder and setting; none where each row has one relevant passage.
Source: design, Exact ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.court.rank import Ranks
from harness.records.claim import Setting
from harness.records.judgements import Judgements

UNRETRIEVED = np.iinfo(np.int64).max
"""The rank of a relevant passage that a run does not list."""

ALL = "*"
"""Stands for the passage language of the pool of all languages."""


@dataclass(frozen=True, slots=True, eq=False)
class Relevant:
    """The relevant passages of R rows: what every measure of one setting is computed from.

    Per row: `query_rows` (R,), `passage_languages` (one language, or `*`), `pool_sizes` (R,) in
    passages, `starts` (R,): where the row's part of the columns begins, `counts` (R,): how many
    relevant passages it has. Columns (J,), sorted by row, then rank: `ranks` (1-based), `grades`
    (>= 1), `places` (1, 2, ... within each row). `flat` tells whether all grades are the same.
    """

    setting: Setting
    query_rows: NDArray[np.int64]
    passage_languages: tuple[str, ...]
    pool_sizes: NDArray[np.int64]
    starts: NDArray[np.int64]
    ranks: NDArray[np.int64]
    grades: NDArray[np.int64]
    counts: NDArray[np.int64]
    places: NDArray[np.int64]
    flat: bool


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPairs:
    """The judged pairs of a dataset as columns (J,), in their order; the same under every encoder.

    Languages are codes along `languages`; `pool_sizes` counts the passages of each.
    """

    query_rows: NDArray[np.int64]
    asked: NDArray[np.int64]
    answered: NDArray[np.int64]
    grades: NDArray[np.int64]
    languages: tuple[str, ...]
    pool_sizes: NDArray[np.int64]


def judged_pairs(judgements: Judgements) -> JudgedPairs:
    """Return the judgements' pairs as columns."""
    names = tuple(sorted({*judgements.query_languages, *judgements.passage_languages}))
    code = {name: at for at, name in enumerate(names)}
    of_query = np.array([code[name] for name in judgements.query_languages], dtype=np.int64)
    of_passage = np.array([code[name] for name in judgements.passage_languages], dtype=np.int64)
    queries = np.array(judgements.query_rows, dtype=np.int64)
    return JudgedPairs(
        query_rows=queries,
        asked=of_query[queries],
        answered=of_passage[np.array(judgements.passage_rows, dtype=np.int64)],
        grades=np.array(judgements.grades, dtype=np.int64),
        languages=names,
        pool_sizes=np.bincount(of_passage, minlength=len(names)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Which judged pairs make which row of a setting.

    `pairs` (J,) are the kept pairs, sorted by row, and `rows` (J,) the row of each; rows are sorted
    by query, then pool. `even` is the number of pairs of every row, 0 where it differs. The other
    columns are those of `Relevant`.
    """

    setting: Setting
    pairs: NDArray[np.int64]
    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    query_rows: NDArray[np.int64]
    passage_languages: tuple[str, ...]
    pool_sizes: NDArray[np.int64]
    grades: NDArray[np.int64]
    counts: NDArray[np.int64]
    places: NDArray[np.int64]
    even: int
    flat: bool

    def relevant(self, ranks: Ranks) -> Relevant:
        """Return the rows under one encoder; `ranks` are in the order of the judged pairs."""
        return self.sorted_by(ranks.overall if self.setting == "multilingual" else ranks.within)

    def sorted_by(self, ranks: NDArray[np.int64]) -> Relevant:
        """Return the rows, each sorted by rank; `ranks` (all judged pairs,) within the rows' own pools."""
        own, grades = ranks[self.pairs], self.grades
        if self.flat and self.even:
            own = np.sort(own.reshape(-1, self.even), axis=1).ravel() if self.even > 1 else own
        else:
            order = np.lexsort((own, self.rows))
            own, grades = own[order], self.grades[order]
        return Relevant(
            setting=self.setting,
            query_rows=self.query_rows,
            passage_languages=self.passage_languages,
            pool_sizes=self.pool_sizes,
            starts=self.starts,
            ranks=own,
            grades=grades,
            counts=self.counts,
            places=self.places,
            flat=self.flat,
        )


def layout(pairs: JudgedPairs, setting: Setting) -> Layout:
    """Return the rows of a setting; none where it has none."""
    everything = np.arange(len(pairs.query_rows))
    if setting == "multilingual":
        return _layout(
            setting, everything, pairs.query_rows, pairs.grades, ((ALL,), pairs.pool_sizes.sum(keepdims=True))
        )
    same = pairs.asked == pairs.answered
    kept = np.flatnonzero(same if setting == "monolingual" else ~same)
    # a row's key: query and pool in one number, so that rows come out sorted by both
    keys = (pairs.query_rows * len(pairs.languages) + pairs.answered)[kept]
    return _layout(setting, kept, keys, pairs.grades, (pairs.languages, pairs.pool_sizes))


def _layout(
    setting: Setting,
    kept: NDArray[np.int64],
    keys: NDArray[np.int64],
    grades: NDArray[np.int64],
    pools: tuple[tuple[str, ...], NDArray[np.int64]],
) -> Layout:
    """Gather pairs by key = query row x number of pools + pool; `pools` are names and sizes."""
    names, sizes = pools
    order = np.argsort(keys, kind="stable")
    rows, starts, counts = np.unique(keys[order], return_index=True, return_counts=True)
    query_rows, pool = np.divmod(rows, len(names))
    graded = grades[kept[order]]
    return Layout(
        setting=setting,
        pairs=kept[order],
        rows=np.repeat(np.arange(len(rows)), counts),
        starts=starts.astype(np.int64),
        query_rows=query_rows,
        passage_languages=tuple(map(names.__getitem__, pool.tolist())),
        pool_sizes=sizes[pool],
        grades=graded,
        counts=counts.astype(np.int64),
        places=np.arange(1, len(order) + 1) - np.repeat(starts, counts),
        even=int(counts[0]) if len(counts) and (counts == counts[0]).all() else 0,
        flat=bool((graded == graded[:1]).all()),
    )


def relevant_rows(judged: Judgements | JudgedPairs, ranks: Ranks, setting: Setting) -> Relevant:
    """Return the rows of a setting (R = 0 where it has none); `ranks` are in the order of the judged pairs."""
    pairs = judged if isinstance(judged, JudgedPairs) else judged_pairs(judged)
    return layout(pairs, setting).relevant(ranks)


def pool_rows(query_rows: Sequence[int], ranks: NDArray[np.int64], grades: Sequence[int], passages: int) -> Relevant:
    """Return the rows of one pool without languages: pairs in any order, `passages` in the pool."""
    keys = np.asarray(query_rows, dtype=np.int64)
    pools = ((ALL,), np.array([passages], dtype=np.int64))
    kept = np.arange(len(keys))
    return _layout("multilingual", kept, keys, np.asarray(grades, dtype=np.int64), pools).sorted_by(ranks)
