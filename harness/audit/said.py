"""What the text states, held against the cells it cites.

    value       left = claimed                        the same number, to the digit
    reduction   left below right by claimed percent   100 (right - left) / right
    increase    left above right by claimed percent   100 (left - right) / right
    difference  left - right = claimed
    ratio       left / right = claimed
    order       left < right, left > right            a tie in print is told apart from a contradiction
    best        of the cells that a pattern matches, that of arm `right` is max or min
    count       see `harness.audit.counts`

Patterns: `*` stands for anything within a row or column, `T3..T6` for a run of tables. Matched
cells are compared within groups that differ in nothing but the arm. Derived numbers are computed
from the intervals of their cells, so that both printed and unprinted digits may have been used.

Limits: no formulas, no evaluation of text; another kind is refused with the list of kinds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from harness.audit.names import pieces
from harness.audit.numbers import Interval, Kind, before_rounding, corners, decimals, shown, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.audit.layout import Cell, Paper, Statement
    from harness.audit.relations import World

RUN = re.compile(r"T([0-9]+)\.\.T([0-9]+)")
RELATIONS = {
    "value": ("=",),
    "reduction": ("below",),
    "increase": ("above",),
    "difference": ("=",),
    "ratio": ("=",),
    "order": ("<", ">"),
    "best": ("max", "min"),
    "count": ("=",),
}
"""Kinds of statements and the relations each may have."""

DERIVED: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "reduction": lambda left, right: (right - left) / right,
    "increase": lambda left, right: (left - right) / right,
    "difference": lambda left, right: left - right,
    "ratio": lambda left, right: left / right,
}
WORTH = {"percent": 100}
"""How many of a unit make one."""


@dataclass(frozen=True, slots=True)
class Value:
    """The text gives a cell's number."""

    statement: str
    cell: str

    @property
    def kind(self) -> str:
        """As in the statements."""
        return "value"

    @property
    def family(self) -> str:
        """Copied, not rounded."""
        return "value"

    @property
    def cells(self) -> tuple[str, ...]:
        """The cell and the statement."""
        return (self.cell, self.statement)

    def holds(self, world: World, _kind: Kind) -> bool:
        """See whether it is the same number."""
        return world.values[self.cell] == world.values[self.statement]

    def follows(self, world: World, _kind: Kind) -> str:
        """Say what the cell says, and which other cell says what the text says."""
        same = self.elsewhere(world)
        told = f"{self.cell} says {world.cells[self.cell].text}"
        return told + (f"; the number of {self.statement} is that of {', '.join(same)}" if same else "")

    def elsewhere(self, world: World) -> list[str]:
        """Return the cells of the same row that say what the statement says."""
        cell, value = world.cells[self.cell], world.values[self.statement]
        alike = (one.id for one in world.cells.values() if (one.table, one.row) == (cell.table, cell.row))
        return [one for one in alike if world.values[one] == value]


@dataclass(frozen=True, slots=True)
class Derived:
    """The text gives what two cells come to."""

    how: str
    statement: str
    left: str
    right: str
    places: int
    unit: str

    @property
    def kind(self) -> str:
        """As in the statements."""
        return self.how

    @property
    def family(self) -> str:
        """Statements of one kind and unit were rounded one way."""
        return f"{self.how} {self.unit}"

    @property
    def cells(self) -> tuple[str, ...]:
        """The statement and both cells."""
        return (self.statement, self.left, self.right)

    def _range(self, world: World) -> Interval | None:
        near, worth = [world.printed(self.left), world.printed(self.right)], WORTH.get(self.unit, 1)
        if self.how != "difference" and near[1].low <= 0 <= near[1].high:
            return None
        return corners(lambda left, right: worth * DERIVED[self.how](left, right), *near)

    def holds(self, world: World, kind: Kind) -> bool:
        """See whether the stated number can come from the cells."""
        found = self._range(world)
        stated = before_rounding(world.values[self.statement], unit(self.places), kind.result)
        return found is not None and found.meets(stated)

    def follows(self, world: World, _kind: Kind) -> str:
        """Say between which numbers it must lie."""
        found = self._range(world)
        if found is None:
            return f"{self.right} may be 0, so nothing is a share of it"
        low, high = (shown(end, self.places + 2) for end in (found.low, found.high))
        return f"the cells come to between {low} and {high} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Above:
    """The text says that `more` is above `less`; `lead` is what the finding is about."""

    statement: str
    more: str
    less: str
    how: str
    word: str = "above"

    @property
    def kind(self) -> str:
        """Order or best."""
        return self.how

    @property
    def family(self) -> str:
        """Nothing is rounded."""
        return "order"

    @property
    def cells(self) -> tuple[str, ...]:
        """The statement and both cells."""
        return (self.statement, self.more, self.less)

    def holds(self, world: World, _kind: Kind) -> bool:
        """See whether the printed numbers show it, or, where they are equal, what they are made of."""
        more, less = world.values[self.more], world.values[self.less]
        return more > less or (more == less and world.near(self.more).low > world.near(self.less).high)

    def tied(self, world: World) -> bool:
        """Tell whether neither print nor anything else shows which one is above."""
        return world.values[self.more] == world.values[self.less] and not self._turned(world)

    def _turned(self, world: World) -> bool:
        return world.near(self.more).high < world.near(self.less).low

    def follows(self, world: World, _kind: Kind) -> str:
        """Say what the cells, or those they are taken from, show."""
        if self.tied(world):
            return f"{self.more} and {self.less} print the same: neither is shown to be {self.word}"
        more, less = self.sources(world) or (self.more, self.less)
        told = f"{less} ({world.cells[less].text}) is above {more} ({world.cells[more].text})"
        if more == self.more:
            return told
        return f"{told}, which {self.less} and {self.more} round to the same"

    def sources(self, world: World) -> tuple[str, ...]:
        """Return the cells that tell the two apart where they print the same."""
        if world.values[self.more] != world.values[self.less] or not {self.more, self.less} <= set(world.detail):
            return ()
        return (world.detail[self.more], world.detail[self.less])


Said = Value | Derived | Above


class Refused(Exception):
    """A statement that cannot be read: what was expected, what was found."""

    def __init__(self, expected: str, found: str) -> None:
        """Keep both."""
        super().__init__(expected, found)
        self.expected, self.found = expected, found


def said(statement: Statement, paper: Paper) -> list[Said]:
    """Return the relations that a statement states.

    Raises:
        Refused: an unknown kind or relation, cells that do not exist, a number missing.
    """
    if statement.kind not in RELATIONS:
        raise Refused(f"one of the kinds {', '.join(RELATIONS)}", repr(statement.kind))
    if statement.relation not in RELATIONS[statement.kind]:
        allowed = " or ".join(RELATIONS[statement.kind])
        raise Refused(f"{allowed} as the relation of kind {statement.kind}", repr(statement.relation))
    if statement.kind not in {"order", "best"} and not statement.claimed:
        raise Refused(f"a claimed number for kind {statement.kind}", "none")
    if statement.kind == "count":
        return []
    if statement.kind == "best":
        return _best(statement, paper)
    left = _cell(statement.left, paper)
    if statement.kind == "value":
        return [Value(statement.id, left)]
    right = _cell(statement.right, paper)
    if statement.kind == "order":
        more, less = (left, right) if statement.relation == ">" else (right, left)
        return [Above(statement.id, more, less, "order")]
    return [Derived(statement.kind, statement.id, left, right, _places(statement, paper), statement.unit)]


def _cell(name: str, paper: Paper) -> str:
    if name in paper.cells:
        return name
    near = [cell for cell in paper.cells if cell.casefold() == name.casefold()]
    raise Refused("a cell of the tables that holds a number", f"{name!r}{f'; did you mean {near[0]}?' if near else ''}")


def _places(statement: Statement, paper: Paper) -> int:
    """Return the digits of a derived number: those of the longest of its kind and unit."""
    alike = (one for one in paper.statements if (one.kind, one.unit) == (statement.kind, statement.unit))
    return max(decimals(one.claimed) for one in alike)


def _best(statement: Statement, paper: Paper) -> list[Said]:
    arm = statement.right.casefold()
    groups: dict[tuple[str, ...], dict[str, Cell]] = defaultdict(dict)
    matched = list(_matched(statement.left, paper))
    if not matched:
        raise Refused("a pattern that cells of the tables match", repr(statement.left))
    at = {place for _, parts in matched for place, part in enumerate(parts) if part.casefold() == arm}
    if len(at) != 1:
        raise Refused("the name of one arm among what the pattern's * match", repr(statement.right))
    place = at.pop()
    for cell, parts in matched:
        groups[parts[:place] + parts[place + 1 :]][parts[place].casefold()] = cell
    lone = [group for group, cells in groups.items() if arm not in cells or len(cells) == 1]
    if lone:
        raise Refused(f"{statement.right} beside another arm wherever the pattern matches", "/".join(lone[0]))
    return [
        Above(statement.id, cells[arm].id, other.id, "best")
        if statement.relation == "max"
        else Above(statement.id, other.id, cells[arm].id, "best", "below")
        for cells in groups.values()
        for name, other in cells.items()
        if name != arm
    ]


def _matched(pattern: str, paper: Paper) -> Iterator[tuple[Cell, tuple[str, ...]]]:
    """Yield the cells that a pattern matches, with all parts of their names: table, keys, column's pieces."""
    table, _, rest = pattern.partition(":")
    row, _, column = rest.rpartition(":")
    run = RUN.fullmatch(table)
    tables = {f"T{number}" for number in range(int(run[1]), int(run[2]) + 1)} if run else {table}
    wanted_row, wanted_column = _expression(row), _expression(column)
    for cell in paper.cells.values():
        if cell.table in tables and wanted_row.fullmatch("/".join(cell.row)) and wanted_column.fullmatch(cell.column):
            yield cell, (cell.table, *cell.row, *_parts(cell.column))


def _parts(column: str) -> Sequence[str]:
    return pieces(column)


def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("[^:]*".join(map(re.escape, pattern.split("*"))))
