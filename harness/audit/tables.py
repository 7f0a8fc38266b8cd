"""Which relations the names of rows and columns tell of, within a table and between tables.

1. A row or column called mean, median, .. is made of its block's other rows, or of the columns
   that share its other names.
2. A cell of a table without such rows says a mean of another table again, if all atoms of its row
   and column are among those of the mean's table, row and column. Several means may fit (MAP or
   R@1?); for each column that reading is taken which most of its cells bear out by value, and at
   least three of them and three in four, so that single slips cannot steer it.
3. Measures and counts have ranges; hits among the first k are among the first 10 k.

Cost: cells without means times means, about 60 thousand comparisons of small sets for 13 tables.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from harness.audit.bounds import Nested, Range
from harness.audit.names import RECALL, atoms, is_whole, never_negative, pieces, place, statistic
from harness.audit.numbers import KINDS
from harness.audit.relations import Made, Summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.audit.layout import Cell, Paper, Table
    from harness.audit.names import Statistic
    from harness.audit.relations import World

FEWEST = 2
"""So many inputs make a mean worth checking."""

BORNE_OUT = 3
OF_TABLE = Fraction(1, 3)
OF_COLUMN = Fraction(3, 4)


def made(paper: Paper) -> Iterator[Made]:
    """Yield every mean, median, .. with what it is made of."""
    for table in paper.tables:
        yield from _made_of_rows(table)
        yield from _made_of_columns(table)


def _made_of_rows(table: Table) -> Iterator[Made]:
    blocks: dict[tuple[tuple[str, ...], str], list[Cell]] = defaultdict(list)
    for (row, column), cell in table.cells.items():
        blocks[row[:-1], column].append(cell)
    for cells in blocks.values():
        yield from _made_of(table.id, [(statistic(cell.row[-1]), cell) for cell in cells])


def _made_of_columns(table: Table) -> Iterator[Made]:
    for row in table.rows:
        lines: dict[tuple[str, ...], list[tuple[Statistic | None, Cell]]] = defaultdict(list)
        named = [(pieces(column), table.cells.get((row, column))) for column in table.columns]
        heads = {name[:-1] for name, _ in named if statistic(name[-1]) is not None}
        for name, cell in named:
            if cell is not None and name[:-1] in heads:
                lines[name[:-1]].append((statistic(name[-1]), cell))
        for line in lines.values():
            yield from _made_of(table.id, line)


def _made_of(table: str, line: Sequence[tuple[Statistic | None, Cell]]) -> Iterator[Made]:
    inputs = tuple(cell.id for how, cell in line if how is None)
    if len(inputs) >= FEWEST:
        yield from (Made(how, cell.id, inputs, table) for how, cell in line if how is not None)


class _Mean(NamedTuple):
    cell: str
    table: str
    names: frozenset[str]


def summaries(paper: Paper, world: World) -> Iterator[Summary]:
    """Yield which cells say again what a mean of another table says."""
    means = [_Mean(cell, paper.cells[cell].table, _names(paper.cells[cell], title=True)) for cell in world.made]
    with_means = {mean.table for mean in means}
    for table in paper.tables:
        if table.id in with_means:
            continue
        whole = _reading(list(table.cells.values()), means, world, OF_TABLE)
        yield from whole
        for column in () if whole else table.columns:
            cells = [cell for (_, name), cell in table.cells.items() if name == column]
            yield from _reading(cells, means, world, OF_COLUMN)


def _names(cell: Cell, *, title: bool) -> frozenset[str]:
    return atoms(" ".join([cell.title if title else "", *cell.row, cell.column]))


def _reading(cells: Sequence[Cell], means: Sequence[_Mean], world: World, share: Fraction) -> list[Summary]:
    """Return the reading of some cells that most of them bear out, if so many do."""
    fits = {cell: [mean for mean in means if _names(cell, title=False) <= mean.names] for cell in cells}
    extras = {
        (cell, mean): mean.names - _names(cell, title=False) for cell, fitting in fits.items() for mean in fitting
    }
    best: list[Summary] = []
    most = 0
    for shared in sorted(set(extras.values()), key=sorted):
        reading = [_closest(cell, fits[cell], extras, shared) for cell in cells]
        found = [Summary(cell.id, mean.cell) for cell, mean in zip(cells, reading, strict=True) if mean is not None]
        held = sum(_borne_out(one, world) for one in found)
        if held >= BORNE_OUT and held > most and held >= share * len(found):
            best, most = found, held
    return best


def _closest(
    cell: Cell, fitting: Sequence[_Mean], extras: Mapping[tuple[Cell, _Mean], frozenset[str]], shared: frozenset[str]
) -> _Mean | None:
    """Return the mean whose further names are `shared` and the fewest beside, if there is but one."""
    ranked = sorted((len(extras[cell, mean]), mean.cell, mean) for mean in fitting if shared <= extras[cell, mean])
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][2]


def _borne_out(one: Summary, world: World) -> bool:
    coarser = world.cells[one.target].places <= world.cells[one.source].places
    return coarser and any(one.holds(world, kind) for kind in KINDS[:2])


def ranges(paper: Paper) -> Iterator[Range]:
    """Yield what bounds each cell."""
    for table in paper.tables:
        highest = {column: _highest(table, column) for column in table.columns}
        whole = {column for column in table.columns if is_whole(column) and _counts(table, column)}
        for cell in table.cells.values():
            if place(cell.row, cell.column, cell.title).measure:
                yield Range(cell.id, highest[cell.column], whole=False)
            elif cell.column in whole:
                yield Range(cell.id, None, whole=statistic(cell.row[-1]) not in {"mean", "median"})
            elif never_negative(cell.title):
                yield Range(cell.id, None, whole=False)


def _counts(table: Table, column: str) -> bool:
    """Tell whether a column's numbers are plainly whole: sizes in millions are not."""
    values = [cell.value for (_, name), cell in table.cells.items() if name == column]
    return sum(value.denominator == 1 for value in values) >= OF_COLUMN * len(values)


def _highest(table: Table, column: str) -> int:
    """Return 1, or 100 where a column's measures are plainly in percent."""
    values = [cell.value for (_, name), cell in table.cells.items() if name == column]
    return 100 if values and median(values) > 1 else 1


def nested(paper: Paper) -> Iterator[Nested]:
    """Yield pairs of measures of the same queries, of which one cannot be above the other."""
    for table in paper.tables:
        places: dict[tuple[str, ...], dict[str, Cell]] = defaultdict(dict)
        for cell in table.cells.values():
            measure, rest = place(cell.row, cell.column, cell.title)
            if measure:
                places[rest][measure] = cell
        for measured in places.values():
            yield from _nested(measured)


def _nested(measured: Mapping[str, Cell]) -> Iterator[Nested]:
    found = [(int(match[1]), cell) for name, cell in measured.items() if (match := RECALL.fullmatch(name))]
    recalls = sorted(found, key=lambda one: (one[0], one[1].id))
    for (few, less), (many, more) in pairwise(recalls):
        if few < many:
            yield Nested(less.id, more.id, f"what is found among {few} is found among {many}")
    if recalls and recalls[0][0] == 1 and "map" in measured:
        why = "the first relevant passage in the first place gives its whole share of the average precision"
        yield Nested(recalls[0][1].id, measured["map"].id, why)
