"""From rulings on checks to the outcome of a claim (design: Judging).

Supported: every required check is supported; an intersection-union test, so no correction is
needed. Contradicted: some required check is, and its one-sided p, adjusted after Holm over the
required checks, is at most .025; another check that could not be tested does not hide that. Else
untested, where some required check is; else inconclusive, and the reason names each check that is
not supported, what it could have detected, and what would settle it. A check `required: full` is
required at scale full and nowhere else; no required check settles nothing.

Each ruling brings the one-sided p against it; one that brings none has no part in a contradiction,
unless it is an exact count. A check that is not contradicted by its own interval has a p against it
above .025 (or too little for one), and so has one that is untested: it enters Holm's list as 1: only its number counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.claim import Outcome
    from harness.records.ruling import Ruling
    from harness.records.verdict import Scale

SIGNIFICANT = 0.025


def settle(rulings: Sequence[Ruling], scale: Scale) -> tuple[Outcome, str]:
    """Return the claim's outcome from its rulings, and the reason in words."""
    required = [ruling for ruling in rulings if counts(ruling, scale)]
    adjusted = holm([_against(ruling) for ruling in required])
    against = [ruling for ruling, p in zip(required, adjusted, strict=True) if _holds(ruling, p)]
    if against:
        return "contradicted", "; ".join(_refuted(ruling) for ruling in against)
    missing = [ruling for ruling in required if ruling.outcome == "untested"]
    if missing or not required:
        return "untested", _grouped(missing) or "no required check"
    if all(ruling.outcome == "supported" for ruling in required):
        many = len(required) > 1
        return (
            "supported",
            f"all {len(required)} required checks are supported" if many else "the one required check is supported",
        )
    return "inconclusive", "; ".join(_unsettled(ruling) for ruling in required if ruling.outcome != "supported")


def counts(ruling: Ruling, scale: Scale) -> bool:
    """Tell whether a ruling takes part in its claim's outcome."""
    return ruling.required is True or (ruling.required == "full" and scale == "full")


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted after Holm (1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda number: p_values[number])
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, number in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[number]))
        adjusted[number] = largest
    return adjusted


def _against(ruling: Ruling) -> float:
    """Return the one-sided p against a check; a count that differs leaves no doubt."""
    if ruling.outcome != "contradicted":
        return 1.0
    if ruling.p_against is None:
        return 0.0 if ruling.relation == "equals" else 1.0
    return ruling.p_against


def _holds(ruling: Ruling, adjusted: float) -> bool:
    return ruling.outcome == "contradicted" and adjusted <= SIGNIFICANT


def _named(ruling: Ruling) -> str:
    return f"{ruling.id} on {ruling.dataset}"


def _grouped(missing: Sequence[Ruling]) -> str:
    """Name the checks of each note together, so that one accident is told once."""
    notes: dict[str, list[str]] = {}
    for ruling in missing:
        notes.setdefault(ruling.note or "not judged", []).append(_named(ruling))
    return "; ".join(f"{', '.join(names)}: {note}" for note, names in notes.items())


def _refuted(ruling: Ruling) -> str:
    if ruling.note or ruling.estimate is None or ruling.low is None or ruling.high is None:
        return f"{_named(ruling)} is contradicted{f': {ruling.note}' if ruling.note else ''}"
    wanted = "below" if ruling.estimate > 0 else "above"
    interval = f"{ruling.estimate:.3g} [{ruling.low:.3g}, {ruling.high:.3g}]"
    return f"{_named(ruling)} is contradicted: {_contrast(ruling)} is {interval}, claimed {wanted} 0"


def _contrast(ruling: Ruling) -> str:
    """Name the contrast that the ruling prints, where it is one of several."""
    shown = (ruling.estimate, ruling.low, ruling.high)
    parts = [part.name for part in ruling.parts if (part.estimate, part.low, part.high) == shown]
    return f"the contrast ({parts[0]})" if parts else "the contrast"


def _unsettled(ruling: Ruling) -> str:
    notes = [ruling.note] if ruling.note else []
    if ruling.outcome == "contradicted":
        notes.append("contradicted alone, but not after Holm among all required checks")
    elif ruling.detectable is not None:
        needed = f"{ruling.seeds_needed} seeds would settle it" if ruling.seeds_needed else "more clusters are needed"
        notes.append(f"detectable {ruling.detectable:.3g}, found {ruling.estimate:.3g}, {needed}")
    return f"{_named(ruling)} is inconclusive: {'; '.join(notes)}"
