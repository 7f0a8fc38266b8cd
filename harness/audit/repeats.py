"""Numbers that stand twice in a row where they should differ.

Two columns of rows with the same keys, or two rows under the same header, that share three
neighbouring numbers of at least three digits each: by chance that hardly ever happens (once in a
thousand million for four digits), by copying a line it does. Runs of one and the same number are
left alone: equal counts are common. So are means and medians, which may be one of the cells.

Cost: pairs of lines, some ten thousand comparisons of short lists.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from harness.audit.names import statistic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.audit.layout import Cell, Paper

LONGEST_BY_CHANCE = 2
DIGITS = 3

Line = tuple["Cell | None", ...]


def repeats(paper: Paper) -> Iterator[tuple[tuple[Cell, Cell], ...]]:
    """Yield runs of pairs of cells that say the same."""
    columns: dict[object, list[Line]] = defaultdict(list)
    rows: dict[object, list[Line]] = defaultdict(list)
    for table in paper.tables:
        listed = [row for row in table.rows if statistic(row[-1]) is None]
        for column in table.columns:
            columns[tuple(listed)].append(tuple(table.cells.get((row, column)) for row in listed))
        for row in listed:
            rows[table.columns].append(tuple(table.cells.get((row, column)) for column in table.columns))
    for group in (*columns.values(), *rows.values()):
        for first, second in combinations(group, 2):
            yield from _runs(first, second)


def _runs(first: Line, second: Line) -> Iterator[tuple[tuple[Cell, Cell], ...]]:
    run: list[tuple[Cell, Cell]] = []
    for one, other in zip((*first, None), (*second, None), strict=True):
        if one is not None and other is not None and one.text == other.text:
            run.append((one, other))
            continue
        if _suspicious(run):
            yield tuple(run)
        run = []


def _suspicious(run: Sequence[tuple[Cell, Cell]]) -> bool:
    if len(run) <= LONGEST_BY_CHANCE:
        return False
    texts = {one.text for one, _ in run}
    return len(texts) > 1 and all(sum(mark.isdigit() for mark in text.lstrip("0.")) >= DIGITS for text in texts)
