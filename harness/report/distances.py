"""Rank distance in detail, beside an encoder's mean: language by language, and over all questions.

A mean over languages hides the one that is served worst, and a mean over questions those that are.
Everything here is read from the quoted means of `harness.report.exhibits`: `by_language`, and
`quantiles`, the means over seeds of what so many questions of all languages stay below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.report.plates import QUANTILES
from harness.report.plots import axis, boxes, dots, ruler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from harness.report.quote import Quoted

NAMES = tuple(QUANTILES.values())


@dataclass(frozen=True)
class Spread:
    """Rank distance language by language: `lines` are (label, quotation, language that fares worst)."""

    languages: tuple[str, ...]
    lines: tuple[tuple[str, Quoted, str], ...]
    drawing: Markup
    axis: Markup


@dataclass(frozen=True)
class Distribution:
    """Rank distance over questions: `lines` are (label, quotation) of its quantiles by `names`.

    Those of `baselines`, many times as far out, are numbers alone: their boxes would press the others together.
    """

    names: tuple[str, ...]
    lines: tuple[tuple[str, Quoted], ...]
    baselines: tuple[tuple[str, Quoted], ...]
    drawing: Markup
    axis: Markup


def spread(encoders: Sequence[tuple[str, Quoted]]) -> Spread | None:
    """Return the spread over query languages, of encoders by label; None where there are none."""
    quoted = [(label, one.inside("by_language")) for label, one in encoders]
    values = [one.value() for _, one in quoted]
    if not values:
        return None
    languages = sorted({language for own in values for language in own})
    scale = axis([value for own in values for value in own.values()])
    lines = (
        (label, one, max(own, key=lambda name: own[name])) for (label, one), own in zip(quoted, values, strict=True)
    )
    says = f"one dot per query language, row by row, from 0 to {scale.label(scale.greatest)} ranks"
    return Spread(
        tuple(languages), tuple(lines), dots([list(own.values()) for own in values], scale, says), ruler(scale, "")
    )


def distribution(
    encoders: Sequence[tuple[str, Quoted]], baselines: Sequence[tuple[str, Quoted]]
) -> Distribution | None:
    """Return the quantiles of every encoder that has them, None where no trained one has."""
    trained, others = _with_quantiles(encoders), _with_quantiles(baselines)
    if not trained:
        return None
    rows = [[one.value(name) for name in NAMES] for _, one in trained]
    scale = axis([value for row in rows for value in row])
    says = f"row by row the middle half of all questions as a box, from 0 to {scale.label(scale.greatest)} ranks"
    return Distribution(NAMES, trained, others, boxes(rows, scale, says), ruler(scale, ""))


def _with_quantiles(encoders: Sequence[tuple[str, Quoted]]) -> tuple[tuple[str, Quoted], ...]:
    return tuple((label, one.inside("quantiles")) for label, one in encoders if one.value("quantiles"))
