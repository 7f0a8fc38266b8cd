"""The red team: would this verification have said the same, had the claim been false?

    probe        named attempts, their severities, what they come to
    subject      what is attacked, and the evidence that worlds are made of
    hunter       COUNTEREXAMPLE_HUNTER: false worlds, category, coverage
    world        a false world, and when it is one success too many
    worlds       those of checks that are contrasts; same_arm: one arm under all names;
                 cells: those of never-third and reduced-by
    changed      ranks of worlds that are not: random, sunk, permuted judgements
    coverage     what a claim says or cites and does not check; statements: of the paper's text, cited
    comparison   what is compared, and on what
    stated       title and statement: clauses of the checks' own, and topics
    wording      words that no check can bear out
    sinking      the world in which an arm sinks all answers
    auditor      CITATION_AUDITOR: values, literals, margins, lock, the paper itself
    cited        what cited cells speak of; measures: whether checks measure it; literals: numbers that a script holds
    replicator   REPLICATION_ATTACKER: cells again, fresh seeds, ids and order, measures
    again        a second implementation of the measures

Everything is deterministic. Nothing here trains, reads the store or decides a claim.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.attack import auditor, comparison, coverage, hunter, replicator
from harness.attack.auditor import LOCKED
from harness.attack.probe import (
    AUDITOR,
    DEFEATING,
    HUNTER,
    NAMES,
    REPLICATOR,
    red_team,
    results,
    takes_training,
    verification,
)
from harness.attack.stated import UNASKED, UNREAD, Held, hold, sayable
from harness.attack.subject import AS_THEY_ARE, Again, Evidence, Subject, Trained
from harness.court.verdict import NO_RED_TEAM
from harness.records.attack import ProbeResult, RedTeam, SameArm

if TYPE_CHECKING:
    from harness.records.audit import Finding
    from harness.records.claim import Verification

__all__ = [
    "AS_THEY_ARE",
    "DEFEATING",
    "NAMES",
    "NOT_ATTACKED",
    "Again",
    "Attacked",
    "Evidence",
    "Held",
    "Subject",
    "Trained",
    "attack",
    "foreseen",
    "hold",
    "sayable",
]


@dataclass(frozen=True, slots=True)
class Attacked:
    """What came of attacking one verification, and what the audit says of the paper that it cites."""

    team: RedTeam
    verification: Verification
    findings: tuple[Finding, ...] = ()


NOT_ATTACKED = Attacked(NO_RED_TEAM, "incomplete")


def foreseen(subject: Subject) -> tuple[ProbeResult, ...]:
    """Return what defeats a verification whatever is measured, the lock and what `hold` tells aside."""
    probes = (*coverage.probes(subject), *comparison.probes(subject), *auditor.probes(subject))
    found = results(one for one in probes if one.required and one.name not in {LOCKED, UNREAD, UNASKED})
    return tuple(one for one in found if one.succeeded and one.severity >= DEFEATING)


def attack(subject: Subject, stated: RedTeam | None = None) -> Attacked:
    """Run every probe of the three attackers on one verification.

    A probe that takes training has no answer where nothing can be trained; then that of `stated`,
    an earlier attack, is taken over.
    """
    splits: Counter[str] = Counter()
    hunted = results(hunter.probes(subject, splits))
    same_arm = SameArm(splits=splits["splits"], supported=splits["supported"]) if splits["splits"] else None
    found = {
        HUNTER: hunted,
        AUDITOR: results(auditor.probes(subject)),
        REPLICATOR: results(replicator.probes(subject)),
    }
    if stated is not None:
        told = {(one.name, probe.name): probe for one in stated.attackers for probe in one.probes}
        for name, probes in found.items():
            found[name] = tuple(
                told.get((name, probe.name), probe) if takes_training(probe.name) else probe for probe in probes
            )
    team = red_team(found, same_arm)
    whole = subject.whole and not any(one.name == UNREAD and one.succeeded for one in found[AUDITOR])
    return Attacked(team, verification(team, whole=whole), tuple(subject.findings))
