"""What the numbers of a paper must fulfil, each relation on its own and whatever was rounded how.

    Made      a mean, median, sum, least or greatest is made of its column's (or row's) cells
    Summary   a cell that another table says again, with fewer digits
    and those of `harness.audit.bounds`, `grain`, `said`, `counts`, `counted`

A relation is judged in a `World`: the printed numbers, or these with one changed. It may hold under
one kind of rounding and fail under another; relations of one family share the kind, so a family is
judged under the kind that fewest of its relations fail (`harness.audit.findings`).

Limits: a mean of n cells betrays a slip only from about n times its last digit on; the mean is
that of the rows shown, unweighted. Least or greatest and a median of an odd number are one of the
cells themselves, to the digit, because rounding keeps the order. What counts things is not rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from harness.audit.names import is_whole, statistic
from harness.audit.numbers import KINDS, Interval, Kind, before_rounding, shown, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.audit.layout import Cell
    from harness.audit.names import Statistic
    from harness.audit.numbers import Rounding


class Relation(Protocol):
    """One thing that must hold. `cells` are all it speaks of, statements too; the first is what it is about."""

    @property
    def kind(self) -> str:
        """What sort of finding it makes where it fails."""

    @property
    def family(self) -> str:
        """Relations of one family were rounded alike."""

    @property
    def cells(self) -> tuple[str, ...]:
        """Ids of cells and statements."""

    def holds(self, world: World, kind: Kind) -> bool:
        """Tell whether it holds."""

    def follows(self, world: World, kind: Kind) -> str:
        """Say what follows from the other numbers."""


@dataclass(slots=True)
class World:
    """Printed numbers by id; what each is made of and what says it again more exactly; kinds by family.

    `kinds` are for each family all that fit equally well. `near(cell)` is where the unprinted number
    lay: its own interval, narrowed by all that is known of it; where that contradicts itself the
    printed number stands. It settles ties only: who derives a number may start from printed digits.
    """

    values: Mapping[str, Fraction]
    cells: Mapping[str, Cell]
    made: dict[str, Made] = field(default_factory=dict)
    detail: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, tuple[Kind, ...]] = field(default_factory=dict)
    known: dict[str, Interval] = field(default_factory=dict)
    lain: dict[tuple[str, Rounding], Interval] = field(default_factory=dict)

    def kind(self, family: str) -> Kind:
        """Return how a family was rounded, the likeliest kind of those that fit equally well."""
        return self.kinds.get(family, KINDS)[0]

    def printed(self, cell: str) -> Interval:
        """Return where a number lay by its own digits alone, under any kind that fits its table."""
        kinds = self.kinds.get(self.cells[cell].table, KINDS)
        return _hull([self.lay(cell, rounding) for rounding in {kind.result for kind in kinds}])

    def lay(self, cell: str, rounding: Rounding) -> Interval:
        """Return where a number lay if it was rounded so."""
        if (cell, rounding) not in self.lain:
            one = self.cells[cell]
            counted = one.places == 0 and is_whole(one.column) and statistic(one.row[-1]) not in {"mean", "median"}
            worth = Fraction(0) if counted else unit(one.places)
            self.lain[cell, rounding] = before_rounding(self.values[cell], worth, rounding)
        return self.lain[cell, rounding]

    def near(self, cell: str) -> Interval:
        """Return where a number lay, by all that is known."""
        if cell not in self.known:
            found = self.printed(cell)
            if cell in self.made:
                made = self.made[cell]
                ranges = [made.range(self, kind) for kind in self.kinds.get(made.family, KINDS)]
                found = found.narrowed(_hull(ranges))
            if cell in self.detail:
                found = found.narrowed(self.near(self.detail[cell]))
            self.known[cell] = found
        return self.known[cell]

    def changed(self, values: Mapping[str, Fraction]) -> World:
        """Return this world with some numbers others."""
        lain = dict(self.lain)
        for cell in values:
            for kind in KINDS[:2]:
                lain.pop((cell, kind.result), None)
        return World({**self.values, **values}, self.cells, self.made, self.detail, self.kinds, {}, lain)

    def only(self, cells: Sequence[str]) -> World:
        """Return a world of some cells that knows nothing of what they are made of; small, so quickly changed."""
        values = {cell: self.values[cell] for cell in cells if cell in self.values}
        return World(values, {cell: self.cells[cell] for cell in values if cell in self.cells}, kinds=self.kinds)


def _hull(intervals: Sequence[Interval]) -> Interval:
    return Interval(min(one.low for one in intervals), max(one.high for one in intervals))


@dataclass(frozen=True, slots=True)
class Made:
    """`target` is the mean, median, .. of `inputs`."""

    statistic: Statistic
    target: str
    inputs: tuple[str, ...]
    table: str

    @property
    def kind(self) -> str:
        """The statistic's name."""
        return self.statistic

    @property
    def family(self) -> str:
        """One table was rounded one way."""
        return self.table

    @property
    def cells(self) -> tuple[str, ...]:
        """The target and all it is made of."""
        return (self.target, *self.inputs)

    @property
    def exact(self) -> bool:
        """Tell whether the result is one of the inputs."""
        return self.statistic in {"min", "max"} or (self.statistic == "median" and len(self.inputs) % 2 == 1)

    def range(self, world: World, kind: Kind) -> Interval:
        """Return where the unrounded result lay, from the inputs."""
        lay = [world.lay(cell, kind.inputs) for cell in self.inputs]
        lows, highs = [one.low for one in lay], [one.high for one in lay]
        return Interval(COMPUTED[self.statistic](lows), COMPUTED[self.statistic](highs))

    def holds(self, world: World, kind: Kind) -> bool:
        """See whether the printed result can come from inputs that print as they do."""
        if self.exact and self._same_digits(world):
            return world.values[self.target] == self._computed(world)
        return self.range(world, kind).meets(world.lay(self.target, kind.result))

    def follows(self, world: World, kind: Kind) -> str:
        """Say what the statistic comes to, and how far rounding could carry it."""
        places = world.cells[self.target].places
        computed = self._computed(world)
        name = f"the {self.statistic} of {len(self.inputs)} cells is {shown(computed, places + 2)}"
        if self.exact and self._same_digits(world):
            return name
        low, high = self.range(world, kind).low, self.range(world, kind).high
        return f"{name}, and between {shown(low, places + 2)} and {shown(high, places + 2)} however they were rounded"

    def _computed(self, world: World) -> Fraction:
        return COMPUTED[self.statistic]([world.values[cell] for cell in self.inputs])

    def _same_digits(self, world: World) -> bool:
        return len({world.cells[cell].places for cell in self.cells}) == 1


def _median(values: Sequence[Fraction]) -> Fraction:
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _mean(values: Sequence[Fraction]) -> Fraction:
    return _sum(values) / len(values)


def _sum(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


COMPUTED: dict[Statistic, Callable[[Sequence[Fraction]], Fraction]] = {
    "mean": _mean,
    "median": _median,
    "sum": _sum,
    "min": min,
    "max": max,
}


@dataclass(frozen=True, slots=True)
class Summary:
    """`target` says again, with no more digits, what `source` says."""

    target: str
    source: str

    @property
    def kind(self) -> str:
        """Of its own."""
        return "summary"

    @property
    def family(self) -> str:
        """What one table takes from others was rounded one way."""
        return f"summary {self.target.partition(':')[0]}"

    @property
    def cells(self) -> tuple[str, ...]:
        """Both."""
        return (self.target, self.source)

    def holds(self, world: World, kind: Kind) -> bool:
        """See whether one number can print as both."""
        return world.printed(self.source).meets(world.lay(self.target, kind.result))

    def follows(self, world: World, kind: Kind) -> str:
        """Say what the other table's number rounds to."""
        places = world.cells[self.target].places
        told = f"{self.source} rounds to {shown(world.values[self.source], places)}"
        other = KINDS[1] if kind.result == "nearest" else KINDS[0]
        if self.holds(world, other):
            how = {"nearest": "rounded to nearest", "cut": "cut off"}
            told += f"; it would hold only if {how[other.result]}, while the table's others are {how[kind.result]}"
        return told
