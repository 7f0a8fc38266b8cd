"""Whether a verdict is the one that its claim accepts (design: Verdict, `accepted.<scope>`).

Rule: an entry holds status, outcome, verification and cause; all four must be the verdict's. A
claim without an entry for the scope accepts nothing and refuses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from harness.records.claim import Claim
    from harness.records.verdict import Verdict


def is_accepted(claim: Claim, verdict: Verdict) -> bool | None:
    """Tell whether a verdict is the accepted one; None where the claim accepts none in this scope."""
    entry = claim.accepted.get(verdict.scope)
    if entry is None:
        return None
    told = (verdict.status, verdict.outcome, verdict.verification, verdict.cause)
    return told == (entry.status, entry.outcome, entry.verification, entry.cause)


def drift(path: Path, claim: Claim, verdict: Verdict) -> str:
    """Say what was accepted in the claim file at `path` and what came out instead.

    Raises:
        KeyError: the claim accepts nothing in the verdict's scope.
    """
    entry = claim.accepted[verdict.scope]
    return (
        f"{path}: accepted.{verdict.scope} expected {entry.status}, {entry.outcome}, {entry.verification}, "
        f"{entry.cause}, found {verdict.status}, {verdict.outcome}, {verdict.verification}, {verdict.cause}: "
        f"{verdict.reason}"
    )
