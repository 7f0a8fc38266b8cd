"""The best passages of each query, in the total order of the ranks: what a TREC run lists.

Order: (-score, passage row), as in `harness.court.rank`; scores are exact there, so equal ones are
equal. A list that is as long as the pool, read back with the passages' ids, gives every measure of
the vectors; a shorter one leaves out what lies below it.

Cost: one product, and per query and block a partition and a sort of the best. Memory: the scores of
QUERIES_AT_ONCE queries in a block, and LISTED_AT_ONCE places; a pool whose lists are longer than that
is read as often as it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.court.shards import Pool, Shard, as_shards
from harness.errors import UsageError

QUERIES_AT_ONCE = 1 << 6
LISTED_AT_ONCE = 1 << 22
"""Places of runs that are held in memory."""

TAG = "harness"
BLANKS = frozenset(" \t\r\n")

Listed = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Rows of passages, best first, and their scores."""


def best(queries: NDArray[np.float64], passages: NDArray[np.float64], depth: int) -> Iterator[Listed]:
    """Yield for each query (Q, D) the rows of its `depth` best passages (P, D) and their scores; both are admitted."""
    depth = min(depth, len(passages))
    for top in range(0, len(queries), QUERIES_AT_ONCE):
        for scores in queries[top : top + QUERIES_AT_ONCE] @ passages.T:  # (P,)
            least = np.partition(scores, len(scores) - depth)[len(scores) - depth]
            rows = np.flatnonzero(scores >= least)
            rows = rows[np.argsort(-scores[rows], kind="stable")][:depth]
            yield rows, scores[rows]


def run_lines(
    queries: NDArray[np.floating],
    passages: NDArray[np.floating] | Sequence[Shard],
    query_ids: Sequence[str],
    passage_ids: Sequence[str],
    depth: int,
) -> Iterator[str]:
    """Yield the lines of a TREC run of vectors (Q, D) and (P, D): `query Q0 passage rank score tag`.

    Raises:
        AdmissionRefused: vectors that are no evidence.
        UsageError: ids that a run, whose columns are parted by blanks, cannot hold; shards that do not fit.
    """
    odd = [name for name in (*query_ids, *passage_ids) if BLANKS & set(name) or not name]
    if odd:
        raise UsageError(f"expected ids without blanks for a TREC run, found {odd[0]!r}; rename them")
    pool = Pool(queries, as_shards(passages))
    at_once = max(1, LISTED_AT_ONCE // min(depth, pool.size))
    for top in range(0, len(queries), at_once):
        listed = _listed(pool, pool.queries[top : top + at_once], depth)
        for query, (rows, scores) in zip(query_ids[top : top + at_once], listed, strict=True):
            for rank, (row, score) in enumerate(zip(rows.tolist(), scores.tolist(), strict=True), start=1):
                yield f"{query} Q0 {passage_ids[row]} {rank} {score!r} {TAG}"


def _listed(pool: Pool, queries: NDArray[np.float64], depth: int) -> list[Listed]:
    """Return the best of the whole pool for each query, block by block."""
    kept: list[Listed] = [(np.empty(0, dtype=np.int64), np.empty(0))] * len(queries)
    for shard in pool.shards:
        for block in pool.blocks(shard):
            for at, (rows, scores) in enumerate(best(queries, block.rows, depth)):
                both = np.append(kept[at][0], rows + block.start), np.append(kept[at][1], scores)
                # a stable sort: of equal scores the one of an earlier block stays first
                order = np.argsort(-both[1], kind="stable")[:depth]
                kept[at] = both[0][order], both[1][order]
    pool.close()
    return kept
