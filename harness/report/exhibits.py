"""Measurements arranged for the page: seed dots, spreads over languages, heat maps, and where claims find them.

Rule: the measurements of a scope stand once, under the claims; every claim names those it rests on.
Encoders' means are quoted from `means:<scope>` (`means:<scope>:2` for a run with other encoders under
the same names), heat maps from `grids:<scope>`; both are made by `plates` and `grids` of the files
that the verdicts cite. Rank distance is shown in detail too (`harness.report.distances`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from harness.report.distances import Distribution, Spread, distribution, spread
from harness.report.figures import fixed, typeset
from harness.report.grids import Grids, grids
from harness.report.plates import (
    BASELINES,
    LEXICAL,
    QUANTILES,
    Encoder,
    Line,
    Measured,
    Place,
    Plate,
    plates,
    together,
    wanted_columns,
)
from harness.report.plots import axis, dots, ruler
from harness.report.quote import Quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from harness.records.verdict import Verdict
    from harness.report.views import Links

DISTANCE = "rank-distance"
ALL = "all"
"""The data set of a check over all of them."""

PLACES = {"rank-distance": 1, "rank-distance-median": 1}


@dataclass(frozen=True)
class LineView:
    """One encoder: `least` and `most` are the places of its lowest and highest seed."""

    line: Line
    label: str
    quoted: Quoted
    least: int
    most: int

    def figures(self, decimals: int) -> Markup:
        """Return its mean, and its lowest and highest seed, as two cells."""
        mean = self.quoted.number("value", places=decimals, tag="td")
        if len(self.line.seeds) == 1:
            return mean + Markup("<td></td>")
        low, high = (typeset(fixed(self.line.seeds[at], decimals)) for at in (self.least, self.most))
        form = Markup('<td data-ss="seeds[{}] seeds[{}]">{} to {}</td>')
        return mean + form.format(self.least, self.most, low, high)


@dataclass(frozen=True)
class PlateView:
    """One plate: its rows, one dot per seed of the trained encoders, of rank distance its spread and distribution."""

    plate: Plate
    quoted: Quoted
    anchor: str
    lines: tuple[LineView, ...]
    baselines: tuple[LineView, ...]
    drawing: Markup
    axis: Markup
    places: int
    spread: Spread | None
    distribution: Distribution | None


@dataclass(frozen=True)
class Exhibit:
    """One run of one scope: the claims that rest on it, its plates and its heat maps."""

    scope: str
    claims: tuple[str, ...]
    quoted: Quoted
    plates: tuple[PlateView, ...]
    grids: tuple[Grids, ...]
    grids_quoted: Quoted
    anchor: str


def exhibits(verdicts: Sequence[Verdict], tables: Mapping[tuple[str, str], pa.Table]) -> list[Exhibit]:
    """Return what was measured, scope by scope; `tables` by claim and scope, of those verdicts that cite one."""
    found: list[Exhibit] = []
    for scope in dict.fromkeys(verdict.scope for verdict in verdicts):
        own = [verdict for verdict in verdicts if verdict.scope == scope and (verdict.claim, scope) in tables]
        wanted = {column for verdict in own for column in wanted_columns(verdict.checks)}
        runs = together({verdict.claim: tables[verdict.claim, scope] for verdict in own}, wanted)
        by_claim = {verdict.claim: verdict for verdict in own}
        found += [
            _exhibit(scope, run, number, [by_claim[claim] for claim in run.claims]) for number, run in enumerate(runs)
        ]
    return found


def links(verdict: Verdict, found: Sequence[Exhibit]) -> Links:
    """Return where the measurements stand that a verdict rests on: words and address within the page."""
    own = [one for one in found if one.scope == verdict.scope and verdict.claim in one.claims]
    return tuple(
        (f"{plate.plate.place.setting} {plate.plate.place.measure} on {plate.plate.place.dataset}", f"#{plate.anchor}")
        for one in own
        for plate in one.plates
        if _rests_on(verdict, plate.plate.place)
    )


def _rests_on(verdict: Verdict, place: Place) -> bool:
    """Tell whether a check of a claim, on this data set or on all, uses what was measured at a place."""
    checks = [check for check in verdict.checks if check.dataset in {place.dataset, ALL}]
    return (place.setting, place.measure) in wanted_columns(checks)


def _across(verdict: Verdict) -> bool:
    """Tell whether a claim has a check that is decided between languages, and not only on average with others."""
    return any(check.setting == "crosslingual" or check.relation == "never-third" for check in verdict.checks)


def _exhibit(scope: str, run: Measured, number: int, verdicts: Sequence[Verdict]) -> Exhibit:
    name = f"{scope}:{number + 1}" if number else scope
    anchor = f"measured.{scope}.{number + 1}"
    every = plates(run)
    rested = [plate for plate in every if any(_rests_on(verdict, plate.place) for verdict in verdicts)]
    made = [plate for plate in rested if plate.place.measure not in QUANTILES]
    quoted = Quoted(f"means:{name}", _plain(made, _quantiles(rested)))
    panels = tuple(one for one in grids(every) if one.panels) if any(map(_across, verdicts)) else ()
    return Exhibit(
        scope=scope,
        claims=tuple(run.claims),
        quoted=quoted,
        plates=tuple(_plate(quoted, plate, f"{anchor}.{at}") for at, plate in enumerate(made)),
        grids=panels,
        grids_quoted=Quoted(f"grids:{name}", {one.dataset: one.plain() for one in panels}),
        anchor=anchor,
    )


def _quantiles(made: Sequence[Plate]) -> dict[tuple[str, Encoder], dict[str, float]]:
    """Return the quantiles of rank distance over questions, means over seeds, by dataset and encoder."""
    found: dict[tuple[str, Encoder], dict[str, float]] = {}
    for plate in (one for one in made if one.place.measure in QUANTILES):
        for line in plate.lines:
            found.setdefault((plate.place.dataset, line.encoder), {})[QUANTILES[plate.place.measure]] = line.value
    return {key: own for key, own in found.items() if len(own) == len(QUANTILES)}


def _plain(made: Sequence[Plate], quantiles: Mapping[tuple[str, Encoder], Mapping[str, float]]) -> dict[str, Any]:
    """Return all means by dataset, setting, measure, base and arm."""
    found: dict[str, Any] = {}
    for plate in made:
        at = found.setdefault(plate.place.dataset, {}).setdefault(plate.place.setting, {})
        own = at.setdefault(plate.place.measure, {})
        for line in plate.lines:
            mean = line.plain()
            if plate.place.measure == DISTANCE:
                mean["by_language"] = {query: v for (query, _), v in plate.by_language[line.encoder].items()}
                mean["quantiles"] = dict(quantiles.get((plate.place.dataset, line.encoder), {}))
            own.setdefault(line.encoder.base, {})[line.encoder.arm] = mean
    return found


def _plate(quoted: Quoted, plate: Plate, anchor: str) -> PlateView:
    own = quoted.inside(*plate.place)
    lines = [_line(own, line) for line in plate.lines]
    trained = [one for one in lines if one.line.encoder.arm not in BASELINES]
    baselines = [one for one in lines if one.line.encoder.arm in BASELINES]
    scale = axis([seed for one in trained for seed in one.line.seeds], zero=False)
    far = plate.place.measure == DISTANCE
    says = f"one dot per seed, row by row, from {scale.label(scale.least)} to {scale.label(scale.greatest)}"
    return PlateView(
        plate=plate,
        quoted=own,
        anchor=anchor,
        lines=tuple(trained),
        baselines=tuple(baselines),
        drawing=dots([one.line.seeds for one in trained], scale, says),
        axis=ruler(scale, ""),
        places=PLACES.get(plate.place.measure, 3),
        spread=spread(_unopened(own, trained)) if far else None,
        distribution=distribution(_unopened(own, trained), _unopened(own, baselines)) if far else None,
    )


def _unopened(own: Quoted, lines: Sequence[LineView]) -> list[tuple[str, Quoted]]:
    """Return encoders by label, quoted for rows outside their own."""
    return [(one.label, own.under(*one.line.encoder)) for one in lines]


def _line(quoted: Quoted, line: Line) -> LineView:
    order = sorted(range(len(line.seeds)), key=lambda at: line.seeds[at])
    return LineView(line, _label(line.encoder), quoted.inside(*line.encoder), order[0], order[-1])


def _label(encoder: Encoder) -> str:
    base, arm = encoder
    return {LEXICAL: "lexical baseline", "untrained": f"{base} before training"}.get(arm, f"{base}, {arm}")
