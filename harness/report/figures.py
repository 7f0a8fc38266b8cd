"""How a number looks: its places, its sign, its unit. No number is made here, only written.

Rule for places: an interval is printed so that half of its width keeps one to two significant
digits (Gauss's rule of thumb for a measured value and its error); estimate and bounds share
them. A negative number carries a true minus on the page and a hyphen in the terminal.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.records.ruling import Effect, Ruling

MOST_PLACES = 6
POINT_PLACES = 4
REDUCTIONS = ("below", "reduced-by")
"""Relations whose effect the paper prints without a sign, as a share taken off."""

MINUS = "\u2212"


def places(low: float | None, high: float | None) -> int:
    """Return how many decimals the interval from `low` to `high` deserves."""
    if low is None or high is None or low == high:
        return POINT_PLACES
    half = abs(high - low) / 2
    return min(max(-math.floor(math.log10(half / 2)), 0), MOST_PLACES)


def fixed(value: float, decimals: int, *, signed: bool = False) -> str:
    """Return `value` with so many decimals and a hyphen for minus; -0 is 0."""
    text = f"{value:+.{decimals}f}" if signed else f"{value:.{decimals}f}"
    return text.lstrip("+-") if float(text) == 0 else text


def typeset(text: str) -> str:
    """Return a number's text for the page, with a true minus sign."""
    return text.replace("-", MINUS)


def percent(value: float) -> str:
    """Return a printed percentage: one decimal, two below one percent."""
    return fixed(value, 1 if abs(value) >= 1 else 2)


def is_reduction(ruling: Ruling) -> bool:
    """Tell whether support means that the left side is lower."""
    return ruling.relation in REDUCTIONS


def margin_edges(ruling: Ruling) -> tuple[int, ...]:
    """Return the signs at which the margin stands as a limit of the effect (left minus right)."""
    if float(ruling.margin) == 0:
        return ()
    return {"comparable-or-above": (-1,), "comparable-or-below": (1,), "equivalent": (-1, 1)}.get(ruling.relation, ())


def claimed_sign(ruling: Ruling, claimed: float) -> float:
    """Return the paper's effect signed as left minus right.

    Papers print a reduction as a positive share, cells computed from each other give a negative
    one; both mean lower.
    """
    return -abs(claimed) if is_reduction(ruling) else claimed


def claimed_bases(effect: Effect) -> dict[str, float]:
    """Return the paper's effects by base; a key may name its dataset before a stroke."""
    return {key.rpartition("/")[2]: value for key, value in effect.claimed.items()}
