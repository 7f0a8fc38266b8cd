"""Measures from ranks alone: MAP, MRR, R@k, nDCG@k and rank distance.

Rows are those of a setting (`harness.court.relevant`). With r relevant passages at ranks
p_1 < ... < p_r and grades g_i:

    MAP            (1/r) sum_i i / p_i
    MRR            1 / p_1
    R@k            #{i : p_i <= k} / r
    nDCG@k         sum over p_i <= k of g_i / log2(p_i + 1), over the same for the best order
                   (linear gain, as trec_eval's ndcg_cut)
    rank-distance  p_r - p_1, multilingual only, queries with r < 2 left out (paper, tables 7 and 8)

A passage that a run does not list (rank UNRETRIEVED) adds 0, and its query has no rank distance.
Averages are macro: queries within a cell (query language and, crosslingual, passage language)
first, then cells. Cost: a few sums over the judged pairs. Source: design, Exact ranks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.court.relevant import (
    ALL,
    UNRETRIEVED,
    JudgedPairs,
    Relevant,
    judged_pairs,
    layout,
    pool_rows,
    relevant_rows,
)
from harness.errors import UsageError

__all__ = [
    "ALL",
    "UNRETRIEVED",
    "CellMean",
    "Cells",
    "JudgedPairs",
    "Relevant",
    "Rows",
    "cell_means",
    "cells_of",
    "chance_rank_distance",
    "judged_pairs",
    "layout",
    "macro_average",
    "measure",
    "pool_rows",
    "relevant_rows",
]

PARALLEL = 2
"""Rank distance needs so many relevant passages."""

NAME = re.compile(r"(MAP|MRR|rank-distance)|(R|nDCG)@([1-9][0-9]*)")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """One measure: `values` (N,) for `query_rows` (N,) and `passage_languages` (N of them)."""

    query_rows: NDArray[np.int64]
    passage_languages: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CellMean:
    """The mean over the `queries` rows of one query language and passage language (or `*`)."""

    query_language: str
    passage_language: str
    value: float
    queries: int


def measure(relevant: Relevant, name: str) -> Rows:
    """Return a measure by the name that papers use, one value per row.

    Raises:
        UsageError: an unknown name, or rank distance outside the multilingual setting.
    """
    match = NAME.fullmatch(name)
    if match is None:
        raise UsageError(f"measure: expected MAP, MRR, R@k, nDCG@k or rank-distance, found {name!r}; name one of these")
    plain, cut, depth = match.groups()
    if plain == "rank-distance":
        return _rank_distance(relevant)
    if not len(relevant.starts):
        values = np.empty(0)
    elif plain:
        values = PLAIN[plain](relevant)
    else:
        values = CUT[cut](relevant, int(depth))
    return Rows(relevant.query_rows, relevant.passage_languages, values)


def _sums(relevant: Relevant, terms: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(relevant.starts) == len(terms):  # one relevant passage in each row
        return terms
    return np.asarray(np.add.reduceat(terms, relevant.starts), dtype=np.float64)


def _average_precision(relevant: Relevant) -> NDArray[np.float64]:
    # unretrieved passages stand last in their row, so they leave the places before them alone
    precision = np.where(relevant.ranks == UNRETRIEVED, 0.0, relevant.places / relevant.ranks)
    return _sums(relevant, precision) / relevant.counts


def _reciprocal_rank(relevant: Relevant) -> NDArray[np.float64]:
    first = relevant.ranks[relevant.starts]
    return np.where(first == UNRETRIEVED, 0.0, 1.0 / first)


def _recall(relevant: Relevant, depth: int) -> NDArray[np.float64]:
    return _sums(relevant, (relevant.ranks <= depth).astype(np.float64)) / relevant.counts


def _ndcg(relevant: Relevant, depth: int) -> NDArray[np.float64]:
    ideal = relevant.grades
    if not relevant.flat:
        rows = np.repeat(np.arange(len(relevant.starts)), relevant.counts)
        ideal = relevant.grades[np.lexsort((-relevant.grades, rows))]
    best = _sums(relevant, _gain(ideal, relevant.places, depth))
    return _sums(relevant, _gain(relevant.grades, relevant.ranks, depth)) / best


def _gain(grades: NDArray[np.int64], ranks: NDArray[np.int64], depth: int) -> NDArray[np.float64]:
    # in float64, because UNRETRIEVED + 1 is no int64
    return np.where(ranks <= depth, grades / np.log2(ranks.astype(np.float64) + 1.0), 0.0)


def _rank_distance(relevant: Relevant) -> Rows:
    """Return last minus first rank of each query with at least two relevant passages, all listed."""
    if relevant.setting != "multilingual":
        raise UsageError(
            f"rank-distance: expected the multilingual setting, found {relevant.setting}; "
            "it compares translations in one pool"
        )
    last = relevant.ranks[relevant.starts + relevant.counts - 1]
    keep = np.flatnonzero((relevant.counts >= PARALLEL) & (last != UNRETRIEVED))
    if len(keep) == len(last):  # the very columns, so that equal rows are seen to be equal at a glance
        spans = (last - relevant.ranks[relevant.starts]).astype(np.float64)
        return Rows(relevant.query_rows, relevant.passage_languages, spans)
    return Rows(
        relevant.query_rows[keep],
        tuple(relevant.passage_languages[row] for row in keep.tolist()),
        (last - relevant.ranks[relevant.starts])[keep].astype(np.float64),
    )


PLAIN: dict[str, Callable[[Relevant], NDArray[np.float64]]] = {"MAP": _average_precision, "MRR": _reciprocal_rank}
CUT: dict[str, Callable[[Relevant, int], NDArray[np.float64]]] = {"R": _recall, "nDCG": _ndcg}


def chance_rank_distance(relevant: Relevant) -> Rows:
    """Return the rank distance expected of a random order, for the rows that have one.

    For r relevant among n passages it is (r - 1) / (r + 1) x (n + 1), the expected range of r
    draws without replacement from 1..n.
    """
    rows = _rank_distance(relevant)
    kept = np.isin(relevant.query_rows, rows.query_rows)
    counts, sizes = relevant.counts[kept], relevant.pool_sizes[kept]
    return Rows(rows.query_rows, rows.passage_languages, (counts - 1) / (counts + 1) * (sizes + 1))


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """To which cell rows belong: `codes` (N,) along `names`, pairs of query and passage language.

    `kept` are the rows that belong to any, None where all do.
    """

    codes: NDArray[np.int64]
    names: tuple[tuple[str, str], ...]
    kept: NDArray[np.int64] | None = None

    def means(self, values: NDArray[np.float64]) -> tuple[CellMean, ...]:
        """Return the mean of `values` (all rows,) in each cell."""
        own = values if self.kept is None else values[self.kept]
        return self._named(np.bincount(self.codes, weights=own) / np.bincount(self.codes))

    def medians(self, values: NDArray[np.float64]) -> tuple[CellMean, ...]:
        """Return the median of `values` (all rows,) in each cell."""
        own = values if self.kept is None else values[self.kept]
        order = np.argsort(self.codes, kind="stable")
        parts = np.split(own[order], np.cumsum(np.bincount(self.codes))[:-1])
        return self._named(np.array([np.median(part) for part in parts if len(part)]))

    def _named(self, values: NDArray[np.float64]) -> tuple[CellMean, ...]:
        columns = zip(self.names, values.tolist(), np.bincount(self.codes).tolist(), strict=True)
        return tuple(CellMean(left, right, value=value, queries=queries) for (left, right), value, queries in columns)


def cells_of(rows: Rows, query_languages: Sequence[str], kept: NDArray[np.int64] | None = None) -> Cells:
    """Return the cells of rows, or of those `kept`; `query_languages` labels all queries, by query row."""
    query_rows, answered = rows.query_rows, np.array(rows.passage_languages, dtype=np.str_)
    if kept is not None:
        query_rows, answered = query_rows[kept], answered[kept]
    if not len(query_rows):
        return Cells(np.empty(0, dtype=np.int64), (), kept)
    asked = np.array(query_languages)[query_rows]
    labels, codes = np.unique(np.char.add(np.char.add(asked, ">"), answered), return_inverse=True)
    pairs = (label.partition(">") for label in labels.tolist())
    return Cells(codes, tuple((left, right) for left, _, right in pairs), kept)


def cell_means(rows: Rows, query_languages: Sequence[str]) -> tuple[CellMean, ...]:
    """Return the mean of each cell, sorted by query language, then passage language.

    `query_languages` labels all queries, by query row.
    """
    return cells_of(rows, query_languages).means(rows.values)


def macro_average(rows: Rows, query_languages: Sequence[str]) -> float:
    """Return the mean over cells of the means over queries.

    Cells are query languages, in the crosslingual setting ordered pairs of languages.

    Raises:
        UsageError: no rows; an empty list has no mean.
    """
    means = [cell.value for cell in cell_means(rows, query_languages)]
    if not means:
        raise UsageError("macro average: expected at least one row, found none; judge a passage of some query's pool")
    return math.fsum(means) / len(means)
