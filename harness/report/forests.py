"""What is drawn of a claim: every check's effect beside the paper's, every contrast beside its false worlds.

Rule: two kinds of forest, since they have two units. *Effects*, one for a claim: a row per check with
the effect in percent of the right side's mean, what the paper prints for each base, and the field
within the margin. *Contrast*, one for a check: the measured contrast in the measure's own unit, pooled
and for each base, of a check of several contrasts each of them, the questions on entities seen in
training and held out, and under them what the same check printed in each false world. The margin is
part of a contrast, so there a check is decided at zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from harness.report.figures import claimed_sign, is_reduction, margin_edges, percent, places
from harness.report.plots import Row, axis_of, forest, ruler
from harness.report.words import WORLDS, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.records.ruling import Ruling
    from harness.records.verdict import Verdict
    from harness.report.quote import Path, Quoted

ENTITIES = {"seen": "entities trained on", "held-out": "entities held out"}
PLAIN = Markup("")
CELL = Markup("<td>{}</td>")


@dataclass(frozen=True)
class ForestRow:
    """A row of the table beside a drawing: what its heading says, the numbers as cells, what is drawn."""

    kind: str
    label: str
    mark: Markup
    figures: Markup
    drawn: tuple[Row, ...]
    zone: tuple[float, float] | None = None


@dataclass(frozen=True)
class Forest:
    """Rows and their one drawing; no rows where there is nothing to draw."""

    rows: tuple[ForestRow, ...]
    drawing: Markup = PLAIN
    axis: Markup = PLAIN


def effects_forest(quoted: Quoted, verdict: Verdict) -> Forest:
    """Return the effects of all checks that have one in percent; `quoted` stands at the record."""
    rows = [_effect(quoted, at, ruling) for at, ruling in enumerate(verdict.checks) if ruling.effect]
    return _forest(rows, "%")


def contrast_forest(quoted: Quoted, verdict: Verdict, ruling: Ruling, *, entities: bool) -> Forest:
    """Return the contrasts of a check, by entities too if wanted, and of its false worlds; `quoted` is at the check."""
    measured = [row for row in _measured(quoted, ruling) if entities or row.kind != "entities"]
    return _forest([*measured, *_worlds(quoted, verdict, ruling)], "")


def effect_marks(ruling: Ruling) -> tuple[Row, ...]:
    """Return what is drawn of an effect: the paper's for each base, and ours."""
    effect = ruling.effect
    if effect is None:
        return ()
    paper = (Row("paper", claimed_sign(ruling, value)) for value in effect.claimed.values())
    return (*paper, Row("measured", effect.percent, effect.low, effect.high))


def margin_zone(ruling: Ruling) -> tuple[float, float] | None:
    """Return the field between zero (or the other edge) and the edge of the margin, in percent."""
    edges = [sign * 100 * float(ruling.margin) for sign in margin_edges(ruling)]
    return (min(*edges, 0.0), max(*edges, 0.0)) if edges else None


def claimed_effect(quoted: Quoted, ruling: Ruling, path: Path) -> Markup:
    """Quote the paper's effect at `path` in percent, signed as left minus right."""
    value = quoted.value(*path)
    decimals = len(percent(value).partition(".")[2])
    if is_reduction(ruling):
        return quoted.lowered(*path, places=decimals, unit="%")
    return quoted.number(*path, places=decimals, signed=True, unit="%")


def _effect(quoted: Quoted, at: int, ruling: Ruling) -> ForestRow:
    own = quoted.inside("checks", at, "effect")
    effect = ruling.effect
    figures = own.interval(places=places(effect.low, effect.high), unit="%", tag="td") if effect else PLAIN
    names = effect.claimed if effect else {}
    told = (Markup("{} {}").format(claimed_effect(own, ruling, ("claimed", name)), _base(name)) for name in names)
    figures += CELL.format(Markup(", ").join(told))
    label = plain_text(f"{ruling.id} on {ruling.dataset}")
    return ForestRow("effect", label, own.mark, figures, effect_marks(ruling), margin_zone(ruling))


def _base(name: str) -> str:
    return plain_text(name.rpartition("/")[2])


def _measured(quoted: Quoted, ruling: Ruling) -> Iterator[ForestRow]:
    if ruling.estimate is not None and ruling.low is not None and ruling.high is not None:
        yield _row(quoted, "measured", "furthest from support" if ruling.parts else "pooled")
    for at, base in enumerate(ruling.bases if len(ruling.bases) > 1 or ruling.estimate is None else ()):
        yield _row(quoted.under("bases", at), "base", base.base)
    for at, part in enumerate(ruling.parts):
        yield _row(quoted.under("parts", at), "part", part.name, part.outcome)
    for at, one in enumerate(ruling.slices):
        if one.name in ENTITIES:
            yield _row(quoted.under("slices", at), "entities", ENTITIES[one.name])


def _worlds(quoted: Quoted, verdict: Verdict, ruling: Ruling) -> Iterator[ForestRow]:
    for number, attacker in enumerate(verdict.red_team.attackers):
        for at, probe in enumerate(attacker.probes):
            world, _, target = probe.name.partition(":")
            if probe.interval is not None and target == f"{ruling.id}/{ruling.dataset}":
                own = quoted.elsewhere("red_team", "attackers", number, "probes", at, "interval")
                yield _row(
                    own,
                    "world",
                    f"if {WORLDS.get(world, world.replace('-', ' '))}",
                    "let it pass" if probe.succeeded else "",
                )


def _row(own: Quoted, kind: str, label: str, note: str = "") -> ForestRow:
    point, low, high = (own.value(name) for name in ("estimate", "low", "high"))
    figures = own.interval(places=places(low, high) + 1, tag="td") + (CELL.format(note) if note else PLAIN)
    world = kind == "world"
    drawn = Row("world" if world else "measured", point, low, high)
    return ForestRow(kind, plain_text(label), own.mark if world else PLAIN, figures, (drawn,))


def _forest(rows: Sequence[ForestRow], unit: str) -> Forest:
    if not rows:
        return Forest(())
    zones = [row.zone for row in rows]
    edges = [edge for zone in zones if zone for edge in zone]
    scale = axis_of([one for row in rows for one in row.drawn], edges)
    says = f"intervals, {scale.label(scale.least)} to {scale.label(scale.greatest)}"
    return Forest(tuple(rows), forest([row.drawn for row in rows], scale, says, zones), ruler(scale, unit))
