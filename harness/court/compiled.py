"""The loops of ranking, compiled: the only file that knows numba.

They read every score once, where numpy would pass over the same rows again and again, and make a
whole number of 16 bits of it: 65,535 steps over the range of the query's own limits, so that two
comparisons with each judged passage, made and added up in registers, take half as long as those of
32 bits. Steps keep the order of scores, so who lies steps above a limit lies above it; what falls on
a limit's own step is compared as it is. numpy's comparisons and counts alone take more than the
product, and hold the interpreter's lock between their many short calls, so that a second core hardly
helps them.

What it costs: loading takes most of a second, as long as ranking some three thousand queries in
float64. Compiling takes seconds, once per machine: machine code is kept beside this file, or in the
user's cache folder where this one is read-only; where nothing can be written, each process compiles
anew. So only `harness.court.prefilter` imports this file, and only for pools worth it.

`reassoc` and `contract` let a sum of products be added up in any order, with or without fused
multiply-add. That is no approximation here: all partial sums are exact (`harness.court.admit`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from harness.court.admit import STEPS

Function = TypeVar("Function", bound=Callable[..., object])

ANY_ORDER = {"reassoc", "contract"}
CHUNK = 4096
"""Scores of one query that are compared with all its judged passages before the next ones are read; below 2**15."""

WORD = 8
"""Marks that are looked at in one go, as the bytes of a whole number."""

FURTHEST, WITHIN = 32_767, 32_000
"""Steps from the middle of a query's limits: of the scores furthest away, and of the limits furthest apart."""

FINEST = np.float32(2.0**-60)
"""Half of what limits are taken to be apart at least, far below any bound: a step has to be a float32 number."""

ROWS = "Array(float64, 2, 'C', readonly=True)"


def compiled(signature: str | None, *, fastmath: set[str] | bool = False) -> Callable[[Function], Function]:
    """Compile a function without the interpreter's lock, and keep the machine code where there is a place for it."""

    def decorate(function: Function) -> Function:
        try:
            made = njit(signature, nogil=True, fastmath=fastmath, cache=True)(function)
        except RuntimeError as error:
            if "no locator" not in str(error):
                raise
            made = njit(signature, nogil=True, fastmath=fastmath)(function)
        return cast("Function", made)

    return decorate


@compiled(None, fastmath=ANY_ORDER)
def dot(queries: NDArray[np.float64], query: int, passages: NDArray[np.float64], passage: int) -> float:
    """Return the exact product of two admitted rows of (Q, D) and (P, D)."""
    total = 0.0
    for at in range(queries.shape[1]):
        total += queries[query, at] * passages[passage, at]
    return total


@compiled(f"void({ROWS}, {ROWS}, int64[::1], int64[::1], float64[::1])")
def score_pairs(
    queries: NDArray[np.float64],
    passages: NDArray[np.float64],
    query_rows: NDArray[np.int64],
    passage_rows: NDArray[np.int64],
    scores: NDArray[np.float64],
) -> None:
    """Write the score of each pair of rows into `scores` (J,)."""
    for pair in range(scores.shape[0]):
        scores[pair] = dot(queries, query_rows[pair], passages, passage_rows[pair])


@compiled(f"Tuple((boolean, float64))({ROWS}, int64[::1], float32[:, ::1])", fastmath=ANY_ORDER)
def narrow(rows: NDArray[np.float64], order: NDArray[np.int64], narrowed: NDArray[np.float32]) -> tuple[bool, float]:
    """Write the rows (N, D) in `order` as float32, entries rounded to nearest.

    Returns whether all entries are multiples of 1 / STEPS, and the greatest sum of squares.
    """
    whole, greatest = True, 0.0
    for at in range(order.shape[0]):
        total, odd = 0.0, 0
        for column in range(rows.shape[1]):
            entry = rows[order[at], column]
            narrowed[at, column] = np.float32(entry)
            odd += np.rint(entry * STEPS) != entry * STEPS
            total += entry * entry
        whole &= odd == 0
        greatest = max(greatest, total)
    return whole, greatest


@compiled(None)
def coarsen(scores: NDArray[np.float32], middle: np.float32, steps: np.float32, coarse: NDArray[np.int16]) -> None:
    """Write scores (B,) as whole numbers, `steps` per unit from `middle`, cut off at FURTHEST on both sides.

    The greater of two scores comes out as no smaller number: differences, products, cutting off and
    truncation are each monotone, rounding included.
    """
    for at in range(scores.shape[0]):
        value = np.float32((scores[at] - middle) * steps)
        value = min(max(value, np.float32(-FURTHEST)), np.float32(FURTHEST))
        coarse[at] = np.int16(np.int32(value))


@compiled(None)
def compare(coarse: NDArray[np.int16], low: np.int16, high: np.int16) -> tuple[int, int]:
    """Count the numbers above `high`, and those of at least `low`, of at most CHUNK."""
    surely, perhaps = np.int16(0), np.int16(0)
    for at in range(coarse.shape[0]):
        # a sum of 16 bits is cut back to 16 bits: else the compiler widens every comparison to 64
        surely = np.int16(surely + (coarse[at] > high))
        perhaps = np.int16(perhaps + (coarse[at] >= low))
    return int(surely), int(perhaps)


@compiled(None)
def mark(coarse: NDArray[np.int16], low: np.int16, high: np.int16, marks: NDArray[np.bool_]) -> int:
    """Mark the numbers from `low` to `high`, and nothing behind them in their last word; return how many words."""
    for at in range(coarse.shape[0]):
        marks[at] = (coarse[at] >= low) & (coarse[at] <= high)
    words: int = (coarse.shape[0] + WORD - 1) // WORD
    marks[coarse.shape[0] : words * WORD] = False
    return words


@compiled(
    f"boolean(float32[:, ::1], {ROWS}, {ROWS}, int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1],"
    " int64[::1], float64[::1], float32[::1], float32[::1], int64, int64[:, ::1], boolean[::1])"
)
def count_block(  # noqa: C901, PLR0912, PLR0913, PLR0917 - nested loops are the point; compiled code takes arrays
    scores: NDArray[np.float32],
    queries: NDArray[np.float64],
    passages: NDArray[np.float64],
    order: NDArray[np.int64],
    bounds: NDArray[np.int64],
    codes: NDArray[np.int64],
    ends: NDArray[np.int64],
    places: NDArray[np.int64],
    columns: NDArray[np.int64],
    groups: NDArray[np.int64],
    own: NDArray[np.float64],
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    most: int,
    counts: NDArray[np.int64],
    crowded: NDArray[np.bool_],
) -> bool:
    """Add to `counts` (J, 2) what precedes the judged passages of n queries in a block of B passages.

    Column c of `scores` (n, B) belongs to row `order[c]` of `passages` (B, D). Columns from
    `bounds[g]` to `bounds[g + 1]` are of group `codes[g]`. The pairs of query i stand from `ends[i]`
    to `ends[i + 1]` in the arrays (J,): `places` in the block (or outside of it), `columns` (-1 outside
    of it), `groups`, exact scores `own`, and `low` and `high`, outside of which a float32 score
    decides. A query with more than `most` other scores between them is marked in `crowded` (n,) and not
    counted. Returns whether each judged passage's own score lay between them.
    """
    sound = True
    coarse = np.empty(scores.shape[1], dtype=np.int16)
    marks = np.zeros(CHUNK + WORD, dtype=np.bool_)
    words = marks.view(np.uint64)
    coarse_low, coarse_high = np.empty(low.shape[0], dtype=np.int16), np.empty(low.shape[0], dtype=np.int16)
    for row in range(scores.shape[0]):
        first, last = ends[row], ends[row + 1]
        if first == last:
            continue
        found = np.zeros((last - first, 2), dtype=np.int64)
        near = 0
        least, greatest = low[first], high[first]
        for pair in range(first, last):
            least, greatest = min(least, low[pair]), max(greatest, high[pair])
            if columns[pair] >= 0:
                sound &= low[pair] <= scores[row, columns[pair]] <= high[pair]
        if greatest - least == np.inf:
            crowded[row] = True
            continue
        middle = np.float32((least + greatest) / np.float32(2))
        steps = np.float32(np.float32(WITHIN) / max(greatest - middle, middle - least, FINEST))
        coarsen(scores[row], middle, steps, coarse)
        coarsen(low[first:last], middle, steps, coarse_low[first:last])
        coarsen(high[first:last], middle, steps, coarse_high[first:last])
        for piece in range(codes.shape[0]):
            for start in range(bounds[piece], bounds[piece + 1], CHUNK):
                end = min(start + CHUNK, bounds[piece + 1])
                if near > most:
                    break
                for pair in range(first, last):
                    least_step, greatest_step = coarse_low[pair], coarse_high[pair]
                    surely, perhaps = compare(coarse[start:end], least_step, greatest_step)
                    # its own score is always between the limits, and nothing to look at
                    ahead, left_over = surely, perhaps - surely - (start <= columns[pair] < end)
                    marked = mark(coarse[start:end], least_step, greatest_step, marks) if left_over else 0
                    for word in range(marked):
                        if words[word] == 0:
                            continue
                        for at in range(start + word * WORD, min(start + (word + 1) * WORD, end)):
                            if not marks[at - start] or at == columns[pair]:
                                continue
                            score, place = scores[row, at], order[at]
                            if score > high[pair]:
                                ahead += 1
                            elif score >= low[pair]:
                                near += 1
                                exact = dot(queries, row, passages, place)
                                ahead += exact > own[pair] or (exact == own[pair] and place < places[pair])
                    found[pair - first, 1] += ahead
                    if groups[pair] == codes[piece]:
                        found[pair - first, 0] += ahead
        if near > most:
            crowded[row] = True
        else:
            counts[first:last] += found
    return sound
