"""From rulings on checks to the outcome of a claim (design: Judging).

Supported: every required check is supported; an intersection-union test, so no correction is
needed. Contradicted: some required check is, and its one-sided p, adjusted after Holm over the
required checks, is at most .025. Untested: some required check is. Else inconclusive, and the
reason names each check that is not supported, what it could have detected, and what would
settle it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.claim import Outcome
    from harness.records.ruling import Ruling

SIGNIFICANT = 0.025


def settle(rulings: Sequence[Ruling]) -> tuple[Outcome, str]:
    """Return the claim's outcome from its rulings, and the reason in words.

    Supported: every required check is (an intersection-union test). Contradicted: some required
    check is, and its one-sided p, adjusted after Holm over the required checks, is at most .025.
    """
    required = [ruling for ruling in rulings if ruling.required is True]
    if not required or any(ruling.outcome == "untested" for ruling in required):
        notes = [f"{_named(ruling)}: {ruling.note}" for ruling in required if ruling.outcome == "untested"]
        return "untested", "; ".join(notes) or "no required check"
    if all(ruling.outcome == "supported" for ruling in required):
        return "supported", f"all {len(required)} required checks are supported"
    adjusted = holm([_against(ruling) for ruling in required])
    for ruling, p in zip(required, adjusted, strict=True):
        if ruling.outcome == "contradicted" and p <= SIGNIFICANT:
            return "contradicted", f"{_named(ruling)} is contradicted{f': {ruling.note}' if ruling.note else ''}"
    return "inconclusive", "; ".join(_unsettled(ruling) for ruling in required if ruling.outcome != "supported")


def _named(ruling: Ruling) -> str:
    return f"{ruling.id} on {ruling.dataset}"


def _against(ruling: Ruling) -> float:
    if ruling.p is None:
        return 0.0 if ruling.outcome == "contradicted" else 1.0
    return 1 - ruling.p


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted after Holm (1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda number: p_values[number])
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, number in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[number]))
        adjusted[number] = largest
    return adjusted


def _unsettled(ruling: Ruling) -> str:
    if ruling.detectable is None:
        return f"{_named(ruling)}: {ruling.note}"
    needed = f"{ruling.seeds_needed} seeds would settle it" if ruling.seeds_needed else "more clusters are needed"
    note = f"; {ruling.note}" if ruling.note else ""
    return f"{_named(ruling)} is {ruling.outcome}: detectable {ruling.detectable:.3g}, {needed}{note}"
