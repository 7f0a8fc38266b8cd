"""Verdicts arranged for the page: which check stands for a claim, what is drawn beside it.

Rule: a view holds a verdict, the quotations from it and the drawings of it; it adds no number.
The drawing beside a claim is the main check's effect in percent of the right side's mean, one
strip per dataset on one shared axis, with the edge of the margin where the check allows one. The
drawing inside a check is its contrast in the measure's own unit, pooled and per base; the margin
is part of the contrast, so there the check is decided at zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.report.figures import claimed_sign, fixed, is_reduction, margin_edges, percent, places
from harness.report.line import counted, main_check
from harness.report.plots import Axis, Caption, Interval, Mark, axis, interval_plot, ruler
from harness.report.quote import Quoted

if TYPE_CHECKING:
    from markupsafe import Markup

    from harness.records.ruling import Ruling, Verdict

MEASURE_UNITS = {"rank-distance": "ranks"}
Step = str | int


@dataclass(frozen=True)
class Strip:
    """One drawn row: where its numbers stand in the verdict, their places, the drawing."""

    label: str
    path: tuple[Step, ...]
    places: int
    drawing: Markup

    @property
    def mean_places(self) -> int:
        """Return the decimals of means beside this row, as fine as its interval, within reason."""
        return min(max(self.places, 1), 4)


@dataclass(frozen=True)
class CheckView:
    """One ruling: its place among the verdict's checks, its strips and their common axis."""

    index: int
    ruling: Ruling
    places: int
    unit: str
    strips: tuple[Strip, ...]
    axis: Markup | None


@dataclass(frozen=True)
class EffectView:
    """The main check on one dataset: its effect in percent, drawn, and the paper's."""

    index: int
    ruling: Ruling
    places: int
    drawing: Markup
    claimed: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True)
class ClaimView:
    """One verdict on the page. `links` are pairs of words and address, relative to the page."""

    verdict: Verdict
    quoted: Quoted
    anchor: str
    effects: tuple[EffectView, ...]
    effect_axis: Markup | None
    counts: tuple[int, int] | None
    checks: tuple[CheckView, ...]
    links: tuple[tuple[str, str], ...]


def claim_view(verdict: Verdict, links: tuple[tuple[str, str], ...]) -> ClaimView:
    """Arrange one verdict."""
    quoted = Quoted(f"{verdict.claim}.{verdict.scope}", verdict.plain())
    effects, effect_axis = _effects(verdict, quoted)
    return ClaimView(
        verdict=verdict,
        quoted=quoted,
        anchor=f"{verdict.claim}.{verdict.scope}",
        effects=effects,
        effect_axis=effect_axis,
        counts=counted(verdict),
        checks=tuple(_check(index, ruling, quoted) for index, ruling in enumerate(verdict.checks)),
        links=links,
    )


def claimed_effect(quoted: Quoted, ruling: Ruling, path: tuple[Step, ...]) -> Markup:
    """Quote the paper's effect at `path` in percent, signed as left minus right."""
    value = quoted.value(*path)
    decimals = len(percent(value).partition(".")[2])
    if is_reduction(ruling):
        return quoted.lowered(*path, places=decimals, unit="%")
    return quoted.number(*path, places=decimals, signed=True, unit="%")


def _effects(verdict: Verdict, quoted: Quoted) -> tuple[tuple[EffectView, ...], Markup | None]:
    shown = [(index, verdict.checks[index]) for index in main_check(verdict) if verdict.checks[index].effect]
    intervals = [_effect_interval(quoted, index, ruling) for index, ruling in shown]
    if not intervals:
        return (), None
    shared = axis(intervals)
    views = [
        _effect(quoted, index, ruling, interval, shared)
        for (index, ruling), interval in zip(shown, intervals, strict=True)
    ]
    return tuple(views), ruler(shared, "%")


def _effect_interval(quoted: Quoted, index: int, ruling: Ruling) -> Interval:
    at = ("checks", index, "effect")
    claimed = ruling.effect.claimed if ruling.effect else {}
    marks = (
        Mark(claimed_sign(ruling, value), quoted.source(*at, "claimed", key), printed=value)
        for key, value in claimed.items()
    )
    margin = quoted.source("checks", index, "margin")
    edges = (
        Mark(sign * 100 * float(ruling.margin), margin, printed=ruling.margin, scale=sign * 100)
        for sign in margin_edges(ruling)
    )
    estimate, low, high = (_mark(quoted, (*at, name)) for name in ("percent", "low", "high"))
    return Interval(estimate, low, high, tuple(marks), tuple(edges))


def _effect(quoted: Quoted, index: int, ruling: Ruling, interval: Interval, shared: Axis) -> EffectView:
    at = ("checks", index, "effect")
    decimals = places(interval.low.value, interval.high.value)
    paper = [(key, ("checks", index, "effect", "claimed", key)) for key in quoted.value(*at, "claimed")]
    told = [f"{key} {percent(claimed_sign(ruling, quoted.value(*path)))}%" for key, path in paper]
    says = f"{_says(interval, decimals, '%')} The paper: {', '.join(told) or 'no number'}."
    title = f"{quoted.name}: effect on {ruling.dataset}"
    caption = Caption(f"{quoted.name}-effect-{index}", title, says, quoted.source(*at))
    claimed = tuple((key.rpartition("/")[2], claimed_effect(quoted, ruling, path)) for key, path in paper)
    return EffectView(index, ruling, decimals, interval_plot(interval, shared, caption), claimed)


def _check(index: int, ruling: Ruling, quoted: Quoted) -> CheckView:
    unit = MEASURE_UNITS.get(ruling.measure or "", "")
    decimals = _closer(places(ruling.low, ruling.high))
    paths: list[tuple[str, tuple[Step, ...]]] = []
    if ruling.estimate is not None and ruling.low is not None and ruling.high is not None:
        paths.append(("pooled", ("checks", index)))
    paths += [(base.base, ("checks", index, "bases", number)) for number, base in enumerate(ruling.bases)]
    intervals = [_interval(quoted, path) for _, path in paths]
    shared = axis(intervals) if intervals else None
    strips = [
        _strip(quoted, label, path, interval, shared)
        for (label, path), interval in zip(paths, intervals, strict=True)
        if shared
    ]
    drawn = ruler(shared, "") if shared else None
    return CheckView(index, ruling, decimals, unit, tuple(strips), drawn)


def _strip(quoted: Quoted, label: str, path: tuple[Step, ...], interval: Interval, shared: Axis) -> Strip:
    decimals = _closer(places(interval.low.value, interval.high.value))
    ident = "-".join(str(step) for step in (quoted.name, *path))
    caption = Caption(ident, f"{quoted.name}: {label}", _says(interval, decimals, ""), quoted.source(*path))
    return Strip(label, path, decimals, interval_plot(interval, shared, caption))


def _closer(decimals: int) -> int:
    """Inside a check one decimal more than in the table, for readers who compute with it."""
    return decimals + 1


def _interval(quoted: Quoted, path: tuple[Step, ...]) -> Interval:
    estimate, low, high = (_mark(quoted, (*path, name)) for name in ("estimate", "low", "high"))
    return Interval(estimate, low, high)


def _mark(quoted: Quoted, path: tuple[Step, ...]) -> Mark:
    return Mark(quoted.value(*path), quoted.source(*path))


def _says(interval: Interval, decimals: int, unit: str) -> str:
    point, low, high = (fixed(mark.value, decimals) for mark in (interval.estimate, interval.low, interval.high))
    return f"Estimate {point}{unit}, 95% interval from {low}{unit} to {high}{unit}."
