"""The best passages of each query, in the total order of the ranks: what a TREC run lists.

Order: (-score, passage row), as in `harness.court.rank`; scores are exact there, so equal ones are
equal. A list that is as long as the pool, read back with the passages' ids, gives every measure of
the vectors; a shorter one leaves out what lies below it.

Cost: one product, and per query a partition of the pool and a sort of the best. Memory:
QUERIES_AT_ONCE x passages scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.court.admit import admit_arrays
from harness.errors import UsageError

QUERIES_AT_ONCE = 1 << 6
TAG = "harness"
BLANKS = frozenset(" \t\r\n")


def best(
    queries: NDArray[np.float64], passages: NDArray[np.float64], depth: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
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
    passages: NDArray[np.floating],
    query_ids: Sequence[str],
    passage_ids: Sequence[str],
    depth: int,
) -> Iterator[str]:
    """Yield the lines of a TREC run of vectors (Q, D) and (P, D): `query Q0 passage rank score tag`.

    Raises:
        AdmissionRefused: vectors that are no evidence.
        UsageError: ids that a run, whose columns are parted by blanks, cannot hold.
    """
    odd = [name for name in (*query_ids, *passage_ids) if BLANKS & set(name) or not name]
    if odd:
        raise UsageError(f"expected ids without blanks for a TREC run, found {odd[0]!r}; rename them")
    vectors = admit_arrays(queries, passages)
    for query, (rows, scores) in zip(query_ids, best(vectors.queries, vectors.passages, depth), strict=True):
        for rank, (row, score) in enumerate(zip(rows.tolist(), scores.tolist(), strict=True), start=1):
            yield f"{query} Q0 {passage_ids[row]} {rank} {score!r} {TAG}"
