"""The judged pairs as ranking needs them: sorted by query, each with its exact score.

A pair is a query row and a passage row; passages belong to groups (languages), counted from 0 in
the order of their sorted names. Cost: one sort, and one product of two rows per pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.errors import UsageError


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Judged pairs sorted by query row: columns of shape (J,)."""

    query_rows: NDArray[np.int64]
    passage_rows: NDArray[np.int64]
    groups: NDArray[np.int64]
    scores: NDArray[np.float64]

    def cut(self, part: slice) -> Pairs:
        """Return some of the pairs."""
        return Pairs(self.query_rows[part], self.passage_rows[part], self.groups[part], self.scores[part])


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Admitted passages `start` to `start + B - 1` of a pool: `rows` (B, D) and their groups, `codes` (B,)."""

    start: int
    rows: NDArray[np.float64]
    codes: NDArray[np.int64]


def sort_pairs(
    queries: int, passages: int, query_rows: Sequence[int], passage_rows: Sequence[int], groups: Sequence[str] | None
) -> tuple[NDArray[np.int64], Pairs, NDArray[np.int64]]:
    """Return the order that sorts the pairs by query, the sorted pairs, and the groups of all passages as codes (P,).

    Without `groups` all passages are one group. The pairs' scores are still to be filled in.

    Raises:
        UsageError: rows out of range, or columns whose lengths do not fit.
    """
    left, right = np.asarray(query_rows, dtype=np.int64), np.asarray(passage_rows, dtype=np.int64)
    _check(left, queries, "query")
    _check(right, passages, "passage")
    if len(left) != len(right) or (groups is not None and len(groups) != passages):
        raise UsageError(
            f"ranks: expected as many query rows as passage rows and a group for each of {passages} passages, "
            f"found {len(left)}, {len(right)} and {0 if groups is None else len(groups)}; pass columns of one table"
        )
    codes = np.zeros(passages, dtype=np.int64)
    if groups is not None:
        code = {name: at for at, name in enumerate(sorted(set(groups)))}
        codes = np.fromiter((code[name] for name in groups), dtype=np.int64, count=passages)
    order = np.argsort(left, kind="stable")
    left, right = left[order], right[order]
    pairs = Pairs(query_rows=left, passage_rows=right, groups=codes[right], scores=np.empty(len(order)))
    return order, pairs, codes


def _check(rows: NDArray[np.int64], count: int, kind: str) -> None:
    outside = rows[(rows < 0) | (rows >= count)]
    if len(outside):
        raise UsageError(
            f"ranks: expected {kind} rows from 0 to {count - 1}, found {outside[0]}; judge only what has a vector"
        )


def even_parts(count: int, most: int) -> Iterator[slice]:
    """Yield slices that cut `count` rows into as few parts of at most `most` as there can be, of one size or nearly."""
    parts = -(-count // most)
    for part in range(parts):
        yield slice(count * part // parts, count * (part + 1) // parts)
