"""Exact ranks of the judged passages, by counting what precedes each.

Every measure we report is a function of the ranks of the judged passages alone, so nothing is
sorted. The order of a pool is (-score, passage row); the rank of a judged passage d of query q is

    1 + #{e : score(q, e) > score(q, d)} + #{e : score(q, e) = score(q, d), row(e) < row(d)}.

Scores are float64 dot products of admitted vectors, whose partial sums are all exact (see
`harness.court.admit`), so BLAS may add in any order, in any blocks and with any number of
threads, and equality of scores is equality of real numbers. Each block checks this: a judged
passage whose score in the product is not the one computed apart is an error, never a rank.

Why no float32 prefilter: its bound is (1+u)**2 (1+gamma_D) - 1 on |q||p| (u = 2**-24, gamma_D =
D u / (1 - D u); Higham, Accuracy and Stability, section 3.1), 1.5e-5 for 256 dimensions. Among
13,000 random passages a judged one has two neighbours that near, and more where an encoder crowds
its passages together: scoring those again costs what the cheaper product saves.

Cost: one float64 product, twice a float32 one, and two comparisons of a row of scores per judged
passage. Memory: QUERIES_AT_ONCE x PASSAGES_AT_ONCE scores (32 MiB), whatever the pool. Counts add
over blocks of passages. Source: design, Exact ranks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.errors import UsageError
from harness.records.judgements import Judgements
from harness.records.vectors import AdmittedVectors

QUERIES_AT_ONCE = 1 << 8
PASSAGES_AT_ONCE = 1 << 14
JUDGED_AT_ONCE = 16
"""Judged passages of one query whose comparisons stay in a core's cache together."""

Columns = slice | NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """1-based ranks of J judged pairs, shape (J,), in the order of the pairs.

    `within` counts the passages of the judged passage's own group (language), `overall` all.
    """

    within: NDArray[np.int64]
    overall: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Judged pairs sorted by query row: columns of shape (J,)."""

    query_rows: NDArray[np.int64]
    passage_rows: NDArray[np.int64]
    groups: NDArray[np.int64]
    scores: NDArray[np.float64]


def rank_judged(vectors: AdmittedVectors, judgements: Judgements) -> Ranks:
    """Return the ranks of all judged pairs; the groups are the passages' languages."""
    return count_ranks(
        vectors.queries,
        vectors.passages,
        judgements.query_rows,
        judgements.passage_rows,
        judgements.passage_languages,
    )


def count_ranks(  # noqa: PLR0913  (the sizes of blocks are arguments for the tests alone)
    queries: NDArray[np.float64],
    passages: NDArray[np.float64],
    query_rows: Sequence[int],
    passage_rows: Sequence[int],
    groups: Sequence[str],
    *,
    queries_at_once: int = QUERIES_AT_ONCE,
    passages_at_once: int = PASSAGES_AT_ONCE,
) -> Ranks:
    """Return the ranks of the pairs (query_rows[j], passage_rows[j]), in any order of pairs.

    `queries` (Q, D) and `passages` (P, D) are admitted arrays; `groups` labels each passage, its
    members need not be neighbours. The sizes of blocks change no rank.

    Raises:
        UsageError: rows out of range, a label missing, or vectors that were not admitted.
    """
    labels, codes = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)
    order, pairs = _sorted_pairs(queries, passages, query_rows, passage_rows, codes)
    counts = np.zeros((len(order), 2), dtype=np.int64)
    scores = np.empty((min(queries_at_once, len(queries)), min(passages_at_once, len(passages))))
    for left in range(0, len(passages), passages_at_once):
        shard = passages[left : left + passages_at_once].T
        columns = _columns(codes[left : left + passages_at_once], len(labels))
        for top in range(0, len(queries), queries_at_once):
            block = queries[top : top + queries_at_once]
            product = np.matmul(block, shard, out=scores[: len(block), : shard.shape[1]])
            for row, judged in _by_query(pairs.query_rows, top, len(block)):
                counts[judged] += _preceding(product[row], _cut(pairs, judged), left, columns)
    within, overall = np.empty_like(order), np.empty_like(order)
    within[order], overall[order] = counts[:, 0] + 1, counts[:, 1] + 1
    return Ranks(within=within, overall=overall)


def _sorted_pairs(
    queries: NDArray[np.float64],
    passages: NDArray[np.float64],
    query_rows: Sequence[int],
    passage_rows: Sequence[int],
    codes: NDArray[np.int64],
) -> tuple[NDArray[np.int64], _Pairs]:
    """Return the order that sorts the pairs by query, and the sorted pairs with their scores."""
    left, right = np.asarray(query_rows, dtype=np.int64), np.asarray(passage_rows, dtype=np.int64)
    _check(left, len(queries), "query")
    _check(right, len(passages), "passage")
    if len(left) != len(right) or len(codes) != len(passages):
        raise UsageError(
            f"ranks: expected as many query rows as passage rows and a group for each of {len(passages)} passages, "
            f"found {len(left)}, {len(right)} and {len(codes)}; pass columns of one table"
        )
    order = np.argsort(left, kind="stable")
    left, right = left[order], right[order]
    scores = np.empty(len(order))
    for start in range(0, len(order), QUERIES_AT_ONCE * JUDGED_AT_ONCE):
        part = slice(start, start + QUERIES_AT_ONCE * JUDGED_AT_ONCE)
        scores[part] = np.einsum("ij,ij->i", queries[left[part]], passages[right[part]])
    return order, _Pairs(query_rows=left, passage_rows=right, groups=codes[right], scores=scores)


def _check(rows: NDArray[np.int64], count: int, kind: str) -> None:
    outside = rows[(rows < 0) | (rows >= count)]
    if len(outside):
        raise UsageError(
            f"ranks: expected {kind} rows from 0 to {count - 1}, found {outside[0]}; judge only what has a vector"
        )


def _columns(codes: NDArray[np.int64], groups: int) -> list[Columns]:
    """Return where each group stands in a block of passages: a slice where it is in one piece."""
    places: list[Columns] = []
    for group in range(groups):
        members = np.flatnonzero(codes == group)
        whole = len(members) > 0 and members[-1] - members[0] == len(members) - 1
        places.append(slice(int(members[0]), int(members[-1]) + 1) if whole else members)
    return places


def _by_query(rows: NDArray[np.int64], top: int, count: int) -> Iterator[tuple[int, slice]]:
    """Yield each query of a block that has judged pairs, with at most JUDGED_AT_ONCE of them."""
    ends = np.searchsorted(rows, np.arange(top, top + count + 1)).tolist()
    for row in range(count):
        for start in range(ends[row], ends[row + 1], JUDGED_AT_ONCE):
            yield row, slice(start, min(start + JUDGED_AT_ONCE, ends[row + 1]))


def _cut(pairs: _Pairs, judged: slice) -> _Pairs:
    return _Pairs(pairs.query_rows[judged], pairs.passage_rows[judged], pairs.groups[judged], pairs.scores[judged])


def _preceding(scores: NDArray[np.float64], judged: _Pairs, left: int, columns: list[Columns]) -> list[tuple[int, int]]:
    """Count what precedes each judged passage of one query in one block, in its group and in all.

    `scores` (B,) are those of passages `left` to `left + B - 1`.
    """
    places = (judged.passage_rows - left).tolist()
    before = scores > judged.scores[:, None]  # (k, B)
    equal = scores == judged.scores[:, None]
    here, ties = sum(0 <= place < len(scores) for place in places), np.count_nonzero(equal)
    if ties < here:
        raise UsageError(
            "ranks: expected vectors whose scores are exact, found one score with two values; "
            "rank only what harness.court.admit returned"
        )
    if ties > here:
        for row, place in enumerate(places):
            if place > 0:
                before[row, :place] |= equal[row, :place]
    return [
        (int(np.count_nonzero(row[columns[group]])), int(np.count_nonzero(row)))
        for row, group in zip(before, judged.groups.tolist(), strict=True)
    ]
