"""Counting what precedes the judged passages of a block, in float64 and with numpy alone.

This is what the ranks are: scores are float64 products of admitted rows, exact in any order of
summation, so equality of scores is equality of real numbers. The prefilter
(`harness.court.prefilter`) must count the same, and comes back here where passages crowd together.

Each product is checked: a judged passage whose score in it is not the one computed apart is an
error, never a rank. Cost: one float64 product, twice a float32 one, and two comparisons of a row of
scores per judged passage. Memory: QUERIES_AT_ONCE rows of scores of a block.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from harness.court.judged import Block, Pairs, even_parts
from harness.errors import UsageError

QUERIES_AT_ONCE = 1 << 8
JUDGED_AT_ONCE = 16
"""Judged passages of one query whose comparisons stay in a core's cache together."""

Columns = slice | NDArray[np.int64]


def count_exactly(  # noqa: PLR0913, PLR0917 - what is counted, and for whom
    queries: NDArray[np.float64],
    block: Block,
    pairs: Pairs,
    rows: NDArray[np.int64],
    counts: NDArray[np.int64],
    queries_at_once: int = QUERIES_AT_ONCE,
) -> None:
    """Add to `counts` (J, 2) what precedes the judged passages of the queries in `rows`, within groups and in all.

    Raises:
        UsageError: vectors that were not admitted.
    """
    columns = _columns(block.codes)
    for part in even_parts(len(rows), min(queries_at_once, QUERIES_AT_ONCE)):
        product = queries[rows[part]] @ block.rows.T
        for scores, row in zip(product, rows[part].tolist(), strict=True):
            for judged in _by_query(pairs.query_rows, row):
                counts[judged] += _preceding(scores, pairs.cut(judged), block.start, columns)


def _columns(codes: NDArray[np.int64]) -> dict[int, Columns]:
    """Return where each group stands in a block of passages: a slice where it is in one piece."""
    places: dict[int, Columns] = {}
    for group in np.unique(codes).tolist():
        members = np.flatnonzero(codes == group)
        whole = members[-1] - members[0] == len(members) - 1
        places[group] = slice(int(members[0]), int(members[-1]) + 1) if whole else members
    return places


def _by_query(rows: NDArray[np.int64], row: int) -> Iterator[slice]:
    """Yield the judged pairs of one query, at most JUDGED_AT_ONCE together."""
    first, last = np.searchsorted(rows, [row, row + 1]).tolist()
    for start in range(first, last, JUDGED_AT_ONCE):
        yield slice(start, min(start + JUDGED_AT_ONCE, last))


def _preceding(
    scores: NDArray[np.float64], judged: Pairs, start: int, columns: dict[int, Columns]
) -> list[tuple[int, int]]:
    """Count what precedes each judged passage of one query in one block, in its group and in all.

    `scores` (B,) are those of passages `start` to `start + B - 1`.
    """
    places = (judged.passage_rows - start).tolist()
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
        (int(np.count_nonzero(row[columns[group]])) if group in columns else 0, int(np.count_nonzero(row)))
        for row, group in zip(before, judged.groups.tolist(), strict=True)
    ]
