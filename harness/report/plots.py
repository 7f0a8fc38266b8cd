"""Interval plots as SVG: zero, the margin's edge, the 95% interval, the estimate, the paper's effects.

Geometry: every abscissa is a percentage of the plot's width, so a plot is as wide as its column
and its text is never scaled. Value v of an axis from a to b stands at 4 + 92 (v - a)/(b - a)
percent. Shapes differ, not only colours: bar = interval, disc = estimate, hollow diamond = paper,
line = zero, dotted line = edge of the margin. Equal input gives equal bytes.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.report.figures import fixed, typeset
from harness.report.render import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

INSET = 4.0
INNER = 92.0
MOST_TICKS = 5
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Mark:
    """A value to draw, and where it is quoted from.

    `printed` is what stands there where that is not `value` itself: the paper's reduction without
    its sign, or a margin as a decimal string, which `scale` times gives `value`.
    """

    value: float
    source: str
    printed: float | str | None = None
    scale: int | None = None

    @property
    def quoted(self) -> str:
        """Return what stands at `source`, as JSON."""
        return json.dumps(self.value if self.printed is None else self.printed)

    @property
    def reduction(self) -> bool:
        """Tell whether the record prints this value with the other sign."""
        return isinstance(self.printed, float) and self.printed != self.value


@dataclass(frozen=True)
class Interval:
    """One strip: an estimate within its bounds, what the paper claims for it, how far it may fall short."""

    estimate: Mark
    low: Mark
    high: Mark
    claimed: tuple[Mark, ...] = ()
    margins: tuple[Mark, ...] = ()

    @property
    def values(self) -> tuple[float, ...]:
        """Return all that the axis must reach."""
        return tuple(mark.value for mark in (self.estimate, self.low, self.high, *self.claimed, *self.margins))


@dataclass(frozen=True)
class Axis:
    """From `least` to `greatest`, both inclusive, zero always within."""

    least: float
    greatest: float
    ticks: tuple[float, ...]
    decimals: int

    def at(self, value: float) -> str:
        """Return where `value` stands, in percent of the width."""
        return f"{INSET + INNER * (value - self.least) / (self.greatest - self.least):.3f}"

    def label(self, tick: float) -> str:
        """Return a tick's text."""
        return typeset(fixed(tick, self.decimals))


def axis(intervals: Iterable[Interval]) -> Axis:
    """Return the axis that all `intervals` share: round ticks, zero among them."""
    values = [0.0, *(value for interval in intervals for value in interval.values)]
    least, greatest = min(values), max(values)
    if least == greatest:
        least, greatest = -1.0, 1.0
    step = _step((greatest - least) / MOST_TICKS)
    first, last = math.floor(least / step + 1e-9), math.ceil(greatest / step - 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step, decimals) != round(step, decimals + 1):
        decimals += 1
    ticks = tuple(round(index * step, 12) for index in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, decimals)


def _step(width: float) -> float:
    """Return the least round number that is at least `width`."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(nice * power for nice in NICE if nice * power >= width * (1 - 1e-9))


@dataclass(frozen=True)
class Caption:
    """What a screen reader says of a drawing: `ident` is unique on the page, `source` names the record."""

    ident: str
    title: str
    says: str
    source: str


def interval_plot(interval: Interval, scale: Axis, caption: Caption) -> Markup:
    """Return one strip."""
    return render("interval.svg", {"interval": interval, "axis": scale, "caption": caption})


def ruler(scale: Axis, unit: str) -> Markup:
    """Return the axis with its ticks' numbers; hidden from screen readers, which hear `says`."""
    return render("ruler.svg", {"axis": scale, "unit": unit})
