"""Intervals and dots as SVG: one drawing beside the rows of a table, which are its data.

Geometry: a drawing is 1000 wide and ROW high for each row of the table beside it, and is stretched
to its cell (`preserveAspectRatio="none"`); strokes keep their width, so a mark is a stroke without
length, round or square by its cap, and is never distorted. Value v of an axis from a to b stands at
40 + 920 (v - a)/(b - a). Shapes differ, not only colours: bar and disc = measured, square = the paper,
thin bar and ring = a false world, line = zero, hatched field = within the margin. What lies beyond
the axis is an arrowhead at its edge. All marks of one kind are one path, in the order of the rows.
Equal input gives equal bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from harness.report.figures import fixed, typeset
from harness.report.render import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markupsafe import Markup

WIDTH, INSET, ROW, BOX = 1000, 40, 24, 5
MOST_TICKS = 4
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
CROWDED = 150
"""Thousandths of the width within which an end's number would run into that of zero."""

FAR = 3.0
"""A false world may lie as many widths of what was measured away before it is only pointed at."""

Kind = Literal["measured", "paper", "world"]
KINDS: tuple[Kind, ...] = ("world", "paper", "measured")


@dataclass(frozen=True)
class Row:
    """A mark on a row: a point, and an interval where there is one."""

    kind: Kind
    point: float
    low: float | None = None
    high: float | None = None

    @property
    def values(self) -> tuple[float, ...]:
        """Return all that it shows."""
        return tuple(value for value in (self.point, self.low, self.high) if value is not None)


@dataclass(frozen=True)
class Axis:
    """From `least` to `greatest`, both inclusive."""

    least: float
    greatest: float
    ticks: tuple[float, ...]
    decimals: int

    def at(self, value: float) -> int:
        """Return where `value` stands; the edge where it lies beyond."""
        within = min(max(value, self.least), self.greatest)
        return round(INSET + (WIDTH - 2 * INSET) * (within - self.least) / (self.greatest - self.least))

    def holds(self, value: float) -> bool:
        """Tell whether a value lies on the axis."""
        return self.least <= value <= self.greatest

    @property
    def shown(self) -> tuple[float, ...]:
        """Return the ticks that bear a number: zero, and the ends unless they lie too near to it."""
        ends = (tick for tick in (self.least, self.greatest) if tick and not self._crowded(tick))
        return tuple(sorted({*ends, *(tick for tick in self.ticks if tick == 0)}))

    def _crowded(self, tick: float) -> bool:
        return self.holds(0) and abs(self.at(tick) - self.at(0)) < CROWDED

    def label(self, tick: float) -> str:
        """Return a tick's text."""
        return typeset(fixed(tick, self.decimals))


def axis(values: Iterable[float], *, zero: bool = True) -> Axis:
    """Return the axis that `values` share: round ticks, zero among them unless it is left out."""
    reached = [*values, *((0.0,) if zero else ())] or [0.0]
    least, greatest = min(reached), max(reached)
    if least == greatest:
        least, greatest = least - 1.0, greatest + 1.0
    step = _step((greatest - least) / MOST_TICKS)
    first, last = math.floor(least / step + 1e-9), math.ceil(greatest / step - 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step, decimals) != round(step, decimals + 1):
        decimals += 1
    ticks = tuple(round(index * step, 12) for index in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, decimals)


def axis_of(rows: Sequence[Row], also: Iterable[float] = ()) -> Axis:
    """Return the axis of a forest: false worlds that lie far off do not press together what was measured."""
    near = [*also, *(value for row in rows if row.kind != "world" for value in row.values)]
    reach = [*near, 0.0]
    width = FAR * ((max(reach) - min(reach)) or 1.0)
    low, high = min(reach) - width, max(reach) + width
    worlds = [row.values for row in rows if row.kind == "world"]
    return axis([*near, *(value for values in worlds if all(low <= one <= high for one in values) for value in values)])


def _step(width: float) -> float:
    """Return the least round number that is at least `width`."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(nice * power for nice in NICE if nice * power >= width * (1 - 1e-9))


def forest(
    rows: Sequence[Sequence[Row]], scale: Axis, says: str, zones: Sequence[tuple[float, float] | None] = ()
) -> Markup:
    """Return the drawing of `rows`, one below the other, each of what stands in it; `zones`: within the margin."""
    marks: dict[str, list[str]] = {f"{kind}-{part}": [] for kind in KINDS for part in ("bar", "point")}
    marks["beyond"] = []
    for number, row in enumerate(rows):
        for one in row:
            _mark(marks, one, scale, number * ROW + ROW // 2)
    fields = "".join(_field(zone, scale, number * ROW) for number, zone in enumerate(zones) if zone)
    paths = {name: "".join(found) for name, found in marks.items() if found}
    return render(
        "forest.svg", {"paths": paths, "axis": scale, "height": ROW * len(rows), "zone": fields, "says": says}
    )


def _field(zone: tuple[float, float], scale: Axis, top: int) -> str:
    return f"M{scale.at(zone[0])} {top + 3}H{scale.at(zone[1])}v{ROW - 6}H{scale.at(zone[0])}z"


def _mark(marks: dict[str, list[str]], row: Row, scale: Axis, y: int) -> None:
    if not scale.holds(row.point):
        x, turn = (WIDTH - 12, -14) if row.point > scale.greatest else (12, 14)
        marks["beyond"].append(f"M{x + turn} {y - 5}L{x} {y}L{x + turn} {y + 5}")
        return
    if row.low is not None and row.high is not None:
        marks[f"{row.kind}-bar"].append(f"M{scale.at(row.low)} {y}H{scale.at(row.high)}")
    marks[f"{row.kind}-point"].append(f"M{scale.at(row.point)} {y}h0")


def boxes(rows: Sequence[Sequence[float]], scale: Axis, says: str) -> Markup:
    """Return five quantiles a row: a bar between the outer ones, a box between the inner, a point at the median."""
    marks: dict[str, list[str]] = {"whisker": [], "box": [], "middle": []}
    for number, row in enumerate(rows):
        y, (least, low, middle, high, most) = number * ROW + ROW // 2, (scale.at(value) for value in row)
        marks["whisker"].append(f"M{least} {y}H{most}")
        marks["box"].append(f"M{low} {y - BOX}H{high}v{2 * BOX}H{low}z")
        marks["middle"].append(f"M{middle} {y}h0")
    paths = {name: "".join(found) for name, found in marks.items()}
    height = ROW * len(rows)
    return render("forest.svg", {"paths": paths, "axis": scale, "height": height, "zone": "", "says": says})


def dots(rows: Sequence[Sequence[float]], scale: Axis, says: str) -> Markup:
    """Return one dot per value, row below row, in the order of the values."""
    lines = (number * ROW + ROW // 2 for number in range(len(rows)))
    path = "".join(_dotted([scale.at(value) for value in row], y) for row, y in zip(rows, lines, strict=True))
    height = ROW * len(rows)
    return render("forest.svg", {"paths": {"dots": path}, "axis": scale, "height": height, "zone": "", "says": says})


def _dotted(places: Sequence[int], y: int) -> str:
    steps = "".join(f"m{there - here} 0h0" for here, there in pairwise(places))
    return f"M{places[0]} {y}h0{steps}" if places else ""


def ruler(scale: Axis, unit: str) -> Markup:
    """Return the axis with its ticks' numbers; hidden from screen readers, which hear `says`."""
    return render("ruler.svg", {"axis": scale, "unit": unit})
