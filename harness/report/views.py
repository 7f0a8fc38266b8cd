"""Verdicts arranged for the page: which check stands for a claim, what is drawn beside it.

Rule: a view holds a verdict, the quotations from it and the drawings of it; it adds no number.
The drawing beside a claim is the main check's effect in percent of the right side's mean, one
strip per dataset on one shared axis, with the edge of the margin where the check allows one. The
drawing inside a check is its contrast in the measure's own unit, pooled and per base, then the
contrasts of a check that has several, then the questions on entities seen in training and held
out; the margin is part of the contrast, so there the check is decided at zero. An untested claim
shows no effect: what one of its checks found is not what the claim came to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.report.figures import claimed_sign, fixed, is_reduction, margin_edges, percent, places
from harness.report.line import composite_words, counted, deciding, main_check
from harness.report.plots import Axis, Caption, Interval, Mark, axis, interval_plot, ruler
from harness.report.quote import Quoted
from harness.report.tables import Table, tables, wanted_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from markupsafe import Markup

    from harness.records.ruling import Ruling, Verdict

MEASURE_UNITS = {"rank-distance": "ranks"}
ENTITIES = {"seen": "entities seen in training", "held-out": "entities held out"}
MEAN_PLACES = {"rank-distance": 1, "rank-distance-median": 1}
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
class Drawing:
    """Strips one below the other and their common axis; no axis where there is nothing to draw."""

    strips: tuple[Strip, ...]
    axis: Markup | None


@dataclass(frozen=True)
class CheckView:
    """One ruling: its place among the verdict's checks and what is drawn of it.

    `whole` holds the pooled contrast and each base, `parts` the contrasts of a check of several,
    `entities` the questions on entities seen and held out; `languages` are the places of the other
    slices, which are only printed. `main` tells whether the claim's first line speaks of it.
    """

    index: int
    ruling: Ruling
    places: int
    unit: str
    whole: Drawing
    parts: Drawing
    entities: Drawing
    languages: tuple[int, ...]
    main: bool

    @property
    def strips(self) -> tuple[Strip, ...]:
        """Return the strips of the pooled contrast and of each base."""
        return self.whole.strips

    @property
    def effect_places(self) -> int:
        """Return the decimals of the effect in percent."""
        effect = self.ruling.effect
        return places(effect.low, effect.high) if effect else 0

    @property
    def composite(self) -> bool:
        """Tell whether the check says something that is no effect in percent."""
        return self.ruling.effect is None and bool(composite_words(self.ruling))


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
    """One verdict on the page. `links` are pairs of words and address, relative to the page.

    `composites` are main checks without an effect in percent. `means` quotes `tables`.
    """

    verdict: Verdict
    quoted: Quoted
    anchor: str
    effects: tuple[EffectView, ...]
    effect_axis: Markup | None
    counts: tuple[int, int] | None
    checks: tuple[CheckView, ...]
    tables: tuple[Table, ...]
    means: Quoted
    links: tuple[tuple[str, str], ...]

    @property
    def composites(self) -> tuple[CheckView, ...]:
        """Return the main check's rulings that say something else than an effect in percent."""
        told = self.verdict.outcome != "untested"
        return tuple(check for check in self.checks if told and check.main and check.composite)

    @property
    def decided(self) -> int | None:
        """Return the place of the check that decided, where the main one came out otherwise."""
        return deciding(self.verdict) if self.verdict.outcome != "untested" else None

    @property
    def of_encoders(self) -> bool:
        """Tell whether encoders stand behind the verdict, or should; counts have none to be fit."""
        return any(check.ruling.relation != "equals" for check in self.checks)

    @property
    def failed(self) -> tuple[int, ...]:
        """Return the places of the controls that failed."""
        return tuple(at for at, control in enumerate(self.verdict.controls) if not control.passed)

    @property
    def unseen(self) -> tuple[int, ...]:
        """Return the places, in `reach`, of languages that no arm was trained on."""
        seen = {language for one in self.verdict.exposure for language in one.languages}
        return tuple(at for at, one in enumerate(self.verdict.reach) if seen and one.language not in seen)


def claim_view(
    verdict: Verdict, links: tuple[tuple[str, str], ...] = (), measured: pa.Table | None = None
) -> ClaimView:
    """Arrange one verdict; `measured` holds the means that it cites."""
    quoted = Quoted(f"{verdict.claim}.{verdict.scope}", verdict.plain())
    effects, effect_axis = _effects(verdict, quoted)
    shown = () if measured is None else tuple(tables(measured, wanted_columns(verdict.checks)))
    main = main_check(verdict)
    return ClaimView(
        verdict=verdict,
        quoted=quoted,
        anchor=f"{verdict.claim}.{verdict.scope}",
        effects=effects,
        effect_axis=effect_axis,
        counts=counted(verdict),
        checks=tuple(_check(index, ruling, quoted, main=index in main) for index, ruling in enumerate(verdict.checks)),
        tables=shown,
        means=Quoted(f"means:{verdict.claim}.{verdict.scope}", {table.dataset: table.plain() for table in shown}),
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
    told = main_check(verdict) if verdict.outcome != "untested" else ()
    shown = [(index, verdict.checks[index]) for index in told if verdict.checks[index].effect]
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


def _check(index: int, ruling: Ruling, quoted: Quoted, *, main: bool) -> CheckView:
    at: tuple[Step, ...] = ("checks", index)
    first = "furthest from support" if ruling.parts else "pooled"
    pooled = [(first, at)] if None not in (ruling.estimate, ruling.low, ruling.high) else []
    bases = [(base.base, (*at, "bases", number)) for number, base in enumerate(ruling.bases)]
    parts = [(part.name, (*at, "parts", number)) for number, part in enumerate(ruling.parts)]
    slices = [(one.name, (*at, "slices", number)) for number, one in enumerate(ruling.slices)]
    return CheckView(
        index=index,
        ruling=ruling,
        places=_closer(places(ruling.low, ruling.high)),
        unit=MEASURE_UNITS.get(ruling.measure or "", ""),
        whole=_drawing(quoted, [*pooled, *bases]),
        parts=_drawing(quoted, parts),
        entities=_drawing(quoted, [(ENTITIES[name], path) for name, path in slices if name in ENTITIES]),
        languages=tuple(number for number, one in enumerate(ruling.slices) if one.name not in ENTITIES),
        main=main,
    )


def _drawing(quoted: Quoted, paths: Sequence[tuple[str, tuple[Step, ...]]]) -> Drawing:
    if not paths:
        return Drawing((), None)
    intervals = [_interval(quoted, path) for _, path in paths]
    shared = axis(intervals)
    strips = (
        _strip(quoted, label, path, interval, shared) for (label, path), interval in zip(paths, intervals, strict=True)
    )
    return Drawing(tuple(strips), ruler(shared, ""))


def _strip(quoted: Quoted, label: str, path: tuple[Step, ...], interval: Interval, shared: Axis) -> Strip:
    decimals = _closer(places(interval.low.value, interval.high.value))
    ident = "-".join(str(step) for step in (quoted.name, *path))
    caption = Caption(ident, f"{quoted.name}: {label}", _says(interval, decimals, ""), quoted.source(*path))
    return Strip(label, path, decimals, interval_plot(interval, shared, caption))


def mean_places(measure: str) -> int:
    """Return the decimals of a mean in a table."""
    return MEAN_PLACES.get(measure, 3)


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
