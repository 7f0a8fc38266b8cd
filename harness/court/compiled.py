"""The loops of ranking, compiled: the only file that knows numba.

They touch every score once, where numpy would pass over the same rows again and again: two
comparisons with each judged passage, made and added up in registers. Of 1,190 x 13,014 scores with
11 judged passages per query they take about half of what the float32 product takes, near scores
included; numpy's comparisons and counts alone take more than the product, and hold the interpreter's
lock between their many short calls, so that a second core hardly helps them.

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
CHUNK = 1024
"""Scores of one query that are compared with all its judged passages before the next ones are read."""

FEW = 64
"""Scores that are looked at one by one where one of them is near."""

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
def dot(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the exact product of two admitted rows (D,)."""
    total = 0.0
    for at in range(left.shape[0]):
        total += left[at] * right[at]
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
        scores[pair] = dot(queries[query_rows[pair]], passages[passage_rows[pair]])


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
def compare(scores: NDArray[np.float32], low: np.float32, high: np.float32) -> tuple[int, int]:
    """Count the scores above `high`, and those of at least `low`."""
    surely, perhaps = np.int32(0), np.int32(0)
    for at in range(scores.shape[0]):
        # a sum of 32 bits is cut back to 32 bits: else the compiler widens every comparison to 64
        surely = np.int32(surely + (scores[at] > high))
        perhaps = np.int32(perhaps + (scores[at] >= low))
    return int(surely), int(perhaps)


@compiled(None)
def look_again(  # noqa: PLR0913, PLR0917 - compiled code takes arrays, not objects
    scores: NDArray[np.float32],
    low: np.float32,
    high: np.float32,
    query: NDArray[np.float64],
    passages: NDArray[np.float64],
    order: NDArray[np.int64],
    own: float,
    place: int,
) -> int:
    """Count, among the passages whose score lies between `low` and `high`, those that precede the judged one."""
    ahead = 0
    for left in range(0, scores.shape[0], FEW):
        right = min(left + FEW, scores.shape[0])
        surely, perhaps = compare(scores[left:right], low, high)
        if perhaps > surely:
            for at in range(left, right):
                if low <= scores[at] <= high and order[at] != place:
                    exact = dot(query, passages[order[at]])
                    ahead += exact > own or (exact == own and order[at] < place)
    return ahead


@compiled(
    f"boolean(float32[:, ::1], {ROWS}, {ROWS}, int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1],"
    " int64[::1], float64[::1], float32[::1], float32[::1], int64, int64[:, ::1], boolean[::1])"
)
def count_block(  # noqa: C901, PLR0913, PLR0917 - five nested loops are the point; compiled code takes arrays
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
    decides. A query with more than `most` scores between them is marked in `crowded` (n,) and not
    counted. Returns whether each judged passage's own score lay between them.
    """
    sound = True
    for row in range(scores.shape[0]):
        first, last = ends[row], ends[row + 1]
        found = np.zeros((last - first, 2), dtype=np.int64)
        near = 0
        for pair in range(first, last):
            if columns[pair] >= 0:
                sound &= low[pair] <= scores[row, columns[pair]] <= high[pair]
        for piece in range(codes.shape[0]):
            for left in range(bounds[piece], bounds[piece + 1], CHUNK):
                right = min(left + CHUNK, bounds[piece + 1])
                if near > most:
                    break
                for pair in range(first, last):
                    part = scores[row, left:right]
                    surely, perhaps = compare(part, low[pair], high[pair])
                    ahead = np.int64(surely)
                    if perhaps > surely:
                        near += perhaps - surely
                        ahead += look_again(
                            part,
                            low[pair],
                            high[pair],
                            queries[row],
                            passages,
                            order[left:right],
                            own[pair],
                            places[pair],
                        )
                    found[pair - first, 1] += ahead
                    if groups[pair] == codes[piece]:
                        found[pair - first, 0] += ahead
        if near > most:
            crowded[row] = True
        else:
            counts[first:last] += found
    return sound
