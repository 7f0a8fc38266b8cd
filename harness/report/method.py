"""How verifications were doubted: every kind of probe against every claim, counted from the verdicts.

Rule: probes go by their name before the colon; what stands for a claim in a scope is the worst that
any of its probes of that name came to: it let a false claim pass, it crashed, it withstood, or it
does not apply.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from harness.report.views import NOT_HERE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.attack import ProbeResult
    from harness.report.views import ClaimView

Came = Literal["passed", "crashed", "withstood", "not here"]
WORST: tuple[Came, ...] = ("passed", "crashed", "withstood", "not here")


@dataclass(frozen=True)
class Doubts:
    """One scope: `claims` head the columns; each row is an attacker's number there, a probe and what it came to."""

    scope: str
    claims: tuple[ClaimView, ...]
    rows: tuple[tuple[str, tuple[Came, ...]], ...]


def method_view(views: Sequence[ClaimView]) -> list[Doubts]:
    """Return one table per scope in which anything was attacked."""
    found = []
    for scope in dict.fromkeys(view.verdict.scope for view in views):
        own = tuple(view for view in views if view.verdict.scope == scope)
        came = [_by_name(view) for view in own]
        names = dict.fromkeys(name for by_name in came for name in by_name)
        if names:
            rows = ((name, tuple(by_name.get(name, "not here") for by_name in came)) for name in names)
            found.append(Doubts(scope, own, tuple(rows)))
    return found


def _by_name(view: ClaimView) -> dict[str, Came]:
    worst: dict[str, Came] = {}
    for attacker in view.verdict.red_team.attackers:
        for probe in attacker.probes:
            name, came = probe.name.partition(":")[0], _came(probe)
            worst[name] = min(worst.get(name, "not here"), came, key=WORST.index)
    return worst


def _came(probe: ProbeResult) -> Came:
    if probe.detail == NOT_HERE:
        return "not here"
    if probe.succeeded is None:
        return "crashed"
    return "passed" if probe.succeeded else "withstood"
