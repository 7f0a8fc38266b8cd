"""The matrix at the top of the page: claims down, the paper and the scopes across.

Rule: a cell is one verdict, or says why there is none; effects of a claim share one axis over all its
scopes, with what the paper prints in the same row. Scopes stand in the order in which the design
names them, then others by name; a scope that this version does not bring is said to be missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from harness.report.forests import effect_marks, margin_zone
from harness.report.plots import axis, forest, ruler
from harness.report.quote import UNSAID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from harness.report.plots import Axis
    from harness.report.views import ClaimView

SCOPES = ("atlas", "lareqa", "paper")


@dataclass(frozen=True)
class Cell:
    """One verdict in the matrix and its effects drawn; without a view, why there is none."""

    scope: str
    view: ClaimView | None
    drawings: tuple[Markup, ...] = ()
    axis: Markup = UNSAID
    missing: str = ""


@dataclass(frozen=True)
class ClaimRow:
    """One claim: the verdict that speaks for it, and a cell per scope."""

    first: ClaimView
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Matrix:
    """Rows and the scopes that head their columns."""

    scopes: tuple[str, ...]
    rows: tuple[ClaimRow, ...]


def matrix(views: Sequence[ClaimView]) -> Matrix:
    """Arrange verdicts, one row per claim."""
    present = {view.verdict.scope for view in views}
    scopes = (*SCOPES, *sorted(present - set(SCOPES)))
    known = {(view.verdict.claim, view.verdict.scope): view for view in views}
    claims = sorted({claim for claim, _ in known}, key=lambda claim: (int(claim[1:]), claim))
    return Matrix(scopes, tuple(_row([known.get((claim, scope)) for scope in scopes], scopes) for claim in claims))


def _row(views: Sequence[ClaimView | None], scopes: Sequence[str]) -> ClaimRow:
    present = [view for view in views if view]
    effects = [effect_marks(check.ruling) for view in present for check in view.effects]
    edges = [edge for view in present for check in view.effects for edge in margin_zone(check.ruling) or ()]
    reached = [value for marks in effects for row in marks for value in row.values]
    scale = axis([*reached, *edges]) if effects else None
    cells = (_cell(view, scope, scale) for view, scope in zip(views, scopes, strict=True))
    return ClaimRow(present[0], tuple(cells))


def _cell(view: ClaimView | None, scope: str, scale: Axis | None) -> Cell:
    if view is None:
        return Cell(scope, None, missing=missing(scope))
    if scale is None or not view.effects:
        return Cell(scope, view)
    drawings = tuple(
        forest(
            [effect_marks(check.ruling)],
            scale,
            f"{check.ruling.dataset}, the words above it drawn",
            [margin_zone(check.ruling)],
        )
        for check in view.effects
    )
    return Cell(scope, view, drawings, ruler(scale, "%"))


def missing(scope: str) -> str:
    """Say why there is no verdict in a scope."""
    if (resources.files("harness") / "scopes" / f"{scope}.yaml").is_file():
        return "not measured here"
    return "not in this version"
