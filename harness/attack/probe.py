"""A probe: one named attempt to show that a verification would have passed had the claim been false.

An attacker's score is the severity of its worst probe that succeeded, and 0 where none did. A probe
that crashes makes its attacker's score null and the verification incomplete: what was not tried
cannot be told from what was tried in vain.

    sound        every attacker has a score, and no probe of severity DEFEATING or more succeeded
    defeated     every attacker has a score, and one did, whatever the mean
    incomplete   an attacker has no score, or not all was there to be attacked: a lock, a paper that can be
                 audited, something measured that false worlds could be made of, a sentence that can be read

Source: design, Attacking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.records.attack import Attacker, ProbeResult, RedTeam, SameArm, WorldInterval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.records.claim import Verification

DEFEATING = 7.0
NOT_HERE = "does not apply"
TRAINED = frozenset({"same-seed", "order", "fresh-seeds", "tuned-again", "shuffled-pairs"})
HUNTER, AUDITOR, REPLICATOR = "COUNTEREXAMPLE_HUNTER", "CITATION_AUDITOR", "REPLICATION_ATTACKER"
NAMES = (HUNTER, AUDITOR, REPLICATOR)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a probe ended: whether the verification let a false world pass, and what was seen.

    `interval` is what the check would have printed in that world, where it is a contrast.
    """

    succeeded: bool
    detail: str
    interval: WorldInterval | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe before it runs; `run` returns None where it does not apply."""

    name: str
    severity: float
    run: Callable[[], Attempt | None]
    required: bool = True


def takes_training(name: str) -> bool:
    """Tell whether a probe of this name looks at what was trained for it."""
    return name.partition(":")[0] in TRAINED


def results(probes: Iterable[Probe]) -> tuple[ProbeResult, ...]:
    """Run probes; one that crashes is a result without an answer and stops no other.

    One that does not apply is told, and has no part in anything. Where the list of probes itself
    cannot be made, that is one more without an answer.
    """
    found: list[ProbeResult] = []
    try:
        found.extend(_result(probe) for probe in probes)
    except Exception as error:  # noqa: BLE001 - as in a probe
        found.append(_crashed(Probe("probes", 10.0, lambda: None), error))
    return tuple(found)


def _result(probe: Probe) -> ProbeResult:
    try:
        attempt = probe.run()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a probe that has no answer
        return _crashed(probe, error)
    if attempt is None:
        return ProbeResult(name=probe.name, severity=0.0, succeeded=False, required=False, detail=NOT_HERE)
    return ProbeResult(
        name=probe.name,
        severity=probe.severity,
        succeeded=attempt.succeeded,
        required=probe.required,
        detail=attempt.detail,
        interval=attempt.interval,
    )


def _crashed(probe: Probe, error: Exception) -> ProbeResult:
    words = f"crashed: {type(error).__name__}: {error}"
    return ProbeResult(name=probe.name, severity=probe.severity, succeeded=None, required=probe.required, detail=words)


def attacker(name: str, probes: Sequence[ProbeResult]) -> Attacker:
    """Return an attacker's score and its one line."""
    crashed = [one for one in probes if one.succeeded is None]
    tried = [one for one in probes if one.detail != NOT_HERE]
    if crashed or not tried:
        told = f"{crashed[0].name} {crashed[0].detail}" if crashed else "no probe was run"
        return Attacker(name=name, score=None, message=told, probes=tuple(probes))
    won = [one for one in probes if one.succeeded]
    worst = max(won, key=lambda one: one.severity, default=None)
    if worst is None:
        return Attacker(name=name, score=0.0, message=f"none of {len(tried)} probes succeeded", probes=tuple(probes))
    return Attacker(name=name, score=worst.severity, message=worst.detail, probes=tuple(probes))


def red_team(by_name: Mapping[str, Sequence[ProbeResult]], same_arm: SameArm | None = None) -> RedTeam:
    """Return the three attackers and the plain mean of their scores."""
    attackers = tuple(attacker(name, by_name.get(name, ())) for name in NAMES)
    scores = [one.score for one in attackers if one.score is not None]
    average = round(sum(scores) / len(scores), 1) if len(scores) == len(attackers) else None
    return RedTeam(average=average, attackers=attackers, same_arm=same_arm)


def verification(team: RedTeam, *, whole: bool) -> Verification:
    """Return what three attackers' probes say of a verification; `whole` tells that there was all of it to attack."""
    if any(one.score is None for one in team.attackers):
        return "incomplete"
    won = [probe for one in team.attackers for probe in one.probes if probe.succeeded]
    if any(probe.severity >= DEFEATING for probe in won):
        return "defeated"
    return "sound" if whole else "incomplete"
