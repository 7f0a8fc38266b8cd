"""Counting what precedes the judged passages of a block: float32 first, float64 where it must decide.

Let q and p be admitted rows of D entries, s = q.p their exact score, and s' what a float32 product
of their float32 roundings comes out as, its sums taken in whatever order, with or without fused
multiply-add. With u = 2**-24 and gamma = D u / (1 - D u),

    |s' - s| <= ((1 + u)**2 (1 + gamma) - 1) |q| |p| = e

because rounding changes an entry by at most u of itself, so |q'_i p'_i| <= (1 + u)**2 |q_i p_i|;
because each of D products goes through at most D roundings on its way into the sum, which is then
off by at most gamma sum |q'_i p'_i| (Higham, Accuracy and Stability of Numerical Algorithms, second
edition, section 3.1); and because sum |q_i p_i| <= |q| |p| (Cauchy and Schwarz). Nothing
underflows: entries are multiples of 2**-26, and so are their roundings; products and sums are
multiples of 2**-52. So for a judged passage of score t

    s' > t + e  implies  s > t        and        s' < t - e  implies  s < t

with both limits rounded outwards to float32. What lies between them is scored again in float64,
where scores are exact, and compared with t, ties by row. For 256 dimensions e is 1.5e-5: of 13,000
random passages about three lie so near. Where an encoder crowds its passages together and more than
one in NEAR does, all scores of that query are computed in float64 (`harness.court.exact`); where that
is so for most queries of a part, the rest of the pool is counted in float64 from the start.

All this rests on rows of multiples of 2**-26 with |q| |p| < 2 and on a product that is a sum of
products in float32. Each block is checked for the first, and each judged passage for the second:
its own float32 score must lie within e of the exact one.

Cost: one float32 product, and two comparisons per score and judged passage, on all cores, in
compiled code (`harness.court.compiled`). Memory: a block of scores, and a float32 copy of the
queries and of a block of passages.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from harness.court.exact import count_exactly
from harness.court.judged import Block, Pairs, even_parts
from harness.errors import UsageError

UNIT = 2.0**-24
"""A float32's unit of rounding, u."""

SLACK = 1.0 + 2.0**-30
"""Covers what rounding in float64 may take from a norm or from the bound."""

NEAR = 32
"""One near score costs as much as so many in a float64 product."""

Value = TypeVar("Value")


def error_bound(width: int, left: float, right: float) -> float:
    """Return e for rows of `width` entries and of lengths at most `left` and `right`."""
    if width * UNIT >= 0.5:  # noqa: PLR2004 - far below 1, where the bound ends
        return math.inf
    gamma = width * UNIT / (1.0 - width * UNIT)
    # multiplied out: taking 1 away at the end would leave rounding of the size of what is covered
    return (UNIT * (2.0 + UNIT) + (1.0 + UNIT) ** 2 * gamma) * left * right * SLACK


def brackets(scores: NDArray[np.float64], error: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return float32 limits (J,) below and above scores (J,), at least `error` away from them."""
    low, high = (scores - error).astype(np.float32), (scores + error).astype(np.float32)
    # one step further out makes up for the rounding of sum and conversion, whichever way they went
    return np.nextafter(low, np.float32(-np.inf)), np.nextafter(high, np.float32(np.inf))


def score_pairs(
    queries: NDArray[np.float64],
    passages: NDArray[np.float64],
    query_rows: NDArray[np.int64],
    passage_rows: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the exact score of each pair of rows, (J,)."""
    from harness.court import compiled  # noqa: PLC0415 - small pools must not pay for it

    scores = np.empty(len(query_rows))
    compiled.score_pairs(queries, passages, query_rows, passage_rows, scores)
    return scores


def count_prefiltered(
    queries: NDArray[np.float64], blocks: Iterable[Block], pairs: Pairs, queries_at_once: int
) -> NDArray[np.int64]:
    """Return counts (J, 2) of what precedes the judged passages in all blocks, within groups and in all.

    Raises:
        UsageError: vectors that were not admitted.
    """
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:  # one of them reads ahead
        counting = _Counting(queries, pairs, pool, queries_at_once)
        for block in ahead(pool, blocks):
            counting.add(block)
    return counting.counts


def ahead(pool: Executor, values: Iterable[Value]) -> Iterator[Value]:
    """Yield values, the next of which is being made while the caller works on one."""
    # an object of its own says that there are no more: StopIteration may not leave a future
    pulling, end = iter(values), object()
    take: Callable[[], Value | object] = lambda: next(pulling, end)  # noqa: E731 - named for its type
    coming = pool.submit(take)
    while (value := coming.result()) is not end:
        coming = pool.submit(take)
        yield value  # type: ignore[misc]  # not `end`, so one of the values


class _Counting:
    """Counts of all pairs so far, and the room that blocks are worked on in."""

    def __init__(self, queries: NDArray[np.float64], pairs: Pairs, pool: ThreadPoolExecutor, at_once: int) -> None:
        from harness.court import compiled  # noqa: PLC0415 - small pools must not pay for it

        self.compiled = compiled
        self.queries, self.pairs, self.pool, self.at_once = queries, pairs, pool, at_once
        self.counts = np.zeros((len(pairs.scores), 2), dtype=np.int64)
        self.ends = np.searchsorted(pairs.query_rows, np.arange(len(queries) + 1))
        self.narrowed = np.empty(queries.shape, dtype=np.float32)
        self.length = self._narrow(queries, np.arange(len(queries)), self.narrowed)
        self.room = np.empty(0, dtype=np.float32)
        self.crowds = False

    def _narrow(self, rows: NDArray[np.float64], order: NDArray[np.int64], narrowed: NDArray[np.float32]) -> float:
        """Fill `narrowed`; return the greatest length of a row, infinite where scores would not be exact."""
        whole, greatest = self.compiled.narrow(rows, order, narrowed)
        return float(np.sqrt(greatest) * SLACK) if whole else np.inf

    def add(self, block: Block) -> None:
        """Count one block."""
        order = np.argsort(block.codes, kind="stable")
        narrowed = np.empty(block.rows.shape, dtype=np.float32)
        length = self._narrow(block.rows, order, narrowed)
        if not self.length * length < 2.0:  # noqa: PLR2004 - the bound in the docstring
            raise _not_exact("rows that are too long, or entries that are no multiples of 2**-26")
        codes, bounds = np.unique(block.codes[order], return_index=True)
        columns = (order, np.append(bounds, len(order)), codes)
        judged = (*self._places(block.start, order), self.pairs.groups, self.pairs.scores)
        limits = brackets(self.pairs.scores, error_bound(block.rows.shape[1], self.length, length))
        crowded, most = np.zeros(len(self.queries), dtype=np.bool_), len(order) // NEAR

        def count(scores: NDArray[np.float32], rows: slice) -> bool:
            ends = self.ends[rows.start : rows.stop + 1]
            sound: bool = self.compiled.count_block(
                scores,
                self.queries[rows],
                block.rows,
                *columns,
                ends,
                *judged,
                *limits,
                most,
                self.counts,
                crowded[rows],
            )
            return sound

        for rows in even_parts(len(self.queries), self.at_once):
            if self.crowds:
                crowded[rows] = True
            elif not self._count_rows(narrowed, rows, count):
                raise _not_exact("a float32 product further from the exact one than float32 can be")
            self.crowds = bool(2 * np.count_nonzero(crowded[rows]) > rows.stop - rows.start)
        if crowded.any():
            count_exactly(self.queries, block, self.pairs, np.flatnonzero(crowded), self.counts)

    def _places(self, start: int, order: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the judged passages stand in a block, whose columns are in `order`: row, and column or -1."""
        places = self.pairs.passage_rows - start
        column = np.empty_like(order)
        column[order] = np.arange(len(order))
        here = (places >= 0) & (places < len(order))
        return places, np.where(here, column[np.where(here, places, 0)], -1)

    def _count_rows(
        self, narrowed: NDArray[np.float32], rows: slice, count: Callable[[NDArray[np.float32], slice], bool]
    ) -> bool:
        """Multiply some queries with a block, and count on all cores; return whether the product was one."""
        size = (rows.stop - rows.start) * len(narrowed)
        if size > len(self.room):
            self.room = np.empty(size, dtype=np.float32)
        scores = self.room[:size].reshape(-1, len(narrowed))
        np.matmul(self.narrowed[rows], narrowed.T, out=scores)
        cores = os.cpu_count() or 1
        parts = list(even_parts(len(scores), -(-len(scores) // cores)))
        whole = [slice(rows.start + part.start, rows.start + part.stop) for part in parts]
        return all(list(self.pool.map(count, [scores[part] for part in parts], whole)))


def _not_exact(why: str) -> UsageError:
    return UsageError(
        f"ranks: expected vectors whose scores are exact, found one score with two values: {why}; "
        "rank only what harness.court.admit returned"
    )
