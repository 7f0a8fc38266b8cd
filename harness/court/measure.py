"""Measures from ranks alone: MAP, MRR, R@k, nDCG@k and rank distance.

A row is one query in one pool. By setting (paper, tables 3 to 6):

    monolingual    one row per query; the pool is the passages in the query's language
    crosslingual   one row per query and other language that holds a relevant passage; that language
    multilingual   one row per query; the pool is all passages

A row whose pool holds no relevant passage does not exist. With r relevant passages at ranks
p_1 < ... < p_r and grades g_i:

    MAP            (1/r) sum_i i / p_i
    MRR            1 / p_1
    R@k            #{i : p_i <= k} / r
    nDCG@k         sum over p_i <= k of g_i / log2(p_i + 1), over the same for the best order
                   (linear gain, as trec_eval's ndcg_cut)
    rank-distance  p_r - p_1, multilingual only, queries with r < 2 left out (paper, tables 7 and 8)

A passage that a run does not list (rank UNRETRIEVED) adds 0, and its query has no rank distance.
Averages are macro: queries within a cell (query language and, crosslingual, passage language)
first, then cells. Cost: one sort of the judged pairs, then sums. Source: design, Exact ranks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.court.rank import Ranks
from harness.errors import UsageError
from harness.records.claim import Setting
from harness.records.judgements import Judgements

UNRETRIEVED = np.iinfo(np.int64).max
"""The rank of a relevant passage that a run does not list."""

ALL = "*"
"""Stands for the passage language of the pool of all languages."""

PARALLEL = 2
"""Rank distance needs so many relevant passages."""
NAME = re.compile(r"(MAP|MRR|rank-distance)|(R|nDCG)@([1-9][0-9]*)")


@dataclass(frozen=True, slots=True, eq=False)
class Relevant:
    """The relevant passages of R rows: what every measure of one setting is computed from.

    Per row: `query_rows` (R,), `passage_languages` (one language, or `*`), `pool_sizes` (R,) in
    passages, `starts` (R,): where the row's part of the columns begins. Columns (J,), sorted by
    row, then rank: `ranks` (1-based), `grades` (>= 1).
    """

    setting: Setting
    query_rows: NDArray[np.int64]
    passage_languages: tuple[str, ...]
    pool_sizes: NDArray[np.int64]
    starts: NDArray[np.int64]
    ranks: NDArray[np.int64]
    grades: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Return the number of relevant passages of each row, shape (R,)."""
        return np.diff(self.starts, append=len(self.ranks))


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


def relevant_rows(judged: Judgements | JudgedPairs, ranks: Ranks, setting: Setting) -> Relevant:
    """Return the rows of a setting (R = 0 where it has none); `ranks` are in the order of the judged pairs."""
    pairs = judged if isinstance(judged, JudgedPairs) else judged_pairs(judged)
    if setting == "multilingual":
        pool = ((ALL,), pairs.pool_sizes.sum(keepdims=True))
        return _rows_of(setting, pairs.query_rows, ranks.overall, pairs.grades, pool)
    same = pairs.asked == pairs.answered
    keep = same if setting == "monolingual" else ~same
    # a row's key: query and pool in one number, so that rows come out sorted by both
    keys = (pairs.query_rows * len(pairs.languages) + pairs.answered)[keep]
    return _rows_of(setting, keys, ranks.within[keep], pairs.grades[keep], (pairs.languages, pairs.pool_sizes))


def _rows_of(
    setting: Setting,
    keys: NDArray[np.int64],
    ranks: NDArray[np.int64],
    grades: NDArray[np.int64],
    pools: tuple[tuple[str, ...], NDArray[np.int64]],
) -> Relevant:
    """Gather pairs by key = query row x number of pools + pool; `pools` are names and sizes."""
    names, sizes = pools
    order = np.lexsort((ranks, keys))
    rows, starts = np.unique(keys[order], return_index=True)
    query_rows, pool = np.divmod(rows, len(names))
    return Relevant(
        setting=setting,
        query_rows=query_rows,
        passage_languages=tuple(names[at] for at in pool.tolist()),
        pool_sizes=sizes[pool],
        starts=starts,
        ranks=ranks[order],
        grades=grades[order],
    )


def pool_rows(query_rows: Sequence[int], ranks: NDArray[np.int64], grades: Sequence[int], passages: int) -> Relevant:
    """Return the rows of one pool without languages: pairs in any order, `passages` in the pool."""
    keys = np.asarray(query_rows, dtype=np.int64)
    pools = ((ALL,), np.array([passages], dtype=np.int64))
    return _rows_of("multilingual", keys, ranks, np.asarray(grades, dtype=np.int64), pools)


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
    return np.asarray(np.add.reduceat(terms, relevant.starts), dtype=np.float64)


def _places(relevant: Relevant) -> NDArray[np.int64]:
    """Return 1, 2, ... within each row, shape (J,)."""
    return np.arange(1, len(relevant.ranks) + 1) - np.repeat(relevant.starts, relevant.counts)


def _average_precision(relevant: Relevant) -> NDArray[np.float64]:
    # unretrieved passages stand last in their row, so they leave the places before them alone
    precision = np.where(relevant.ranks == UNRETRIEVED, 0.0, _places(relevant) / relevant.ranks)
    return _sums(relevant, precision) / relevant.counts


def _reciprocal_rank(relevant: Relevant) -> NDArray[np.float64]:
    first = relevant.ranks[relevant.starts]
    return np.where(first == UNRETRIEVED, 0.0, 1.0 / first)


def _recall(relevant: Relevant, depth: int) -> NDArray[np.float64]:
    return _sums(relevant, (relevant.ranks <= depth).astype(np.float64)) / relevant.counts


def _ndcg(relevant: Relevant, depth: int) -> NDArray[np.float64]:
    rows = np.repeat(np.arange(len(relevant.starts)), relevant.counts)
    ideal = relevant.grades[np.lexsort((-relevant.grades, rows))]
    best = _sums(relevant, _gain(ideal, _places(relevant), depth))
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
    """To which cell each row belongs: `codes` (N,) along `names`, pairs of query and passage language."""

    codes: NDArray[np.int64]
    names: tuple[tuple[str, str], ...]

    def means(self, values: NDArray[np.float64]) -> tuple[CellMean, ...]:
        """Return the mean of `values` (N,) in each cell."""
        sums, counts = np.bincount(self.codes, weights=values), np.bincount(self.codes)
        columns = zip(self.names, (sums / counts).tolist(), counts.tolist(), strict=True)
        return tuple(CellMean(left, right, value=value, queries=queries) for (left, right), value, queries in columns)


def cells_of(rows: Rows, query_languages: Sequence[str]) -> Cells:
    """Return the cells of rows; `query_languages` labels all queries, by query row."""
    if not len(rows.query_rows):
        return Cells(np.empty(0, dtype=np.int64), ())
    asked = np.array(query_languages)[rows.query_rows]
    labels, codes = np.unique(np.char.add(np.char.add(asked, ">"), rows.passage_languages), return_inverse=True)
    pairs = (label.partition(">") for label in labels.tolist())
    return Cells(codes, tuple((left, right) for left, _, right in pairs))


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
