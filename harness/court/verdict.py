"""From rulings to a verdict: outcome, verification, status and every cause that holds.

VERIFIED = supported, sound, sealed, artifact attached. FALSIFIED = contradicted, sound, sealed.
Else UNVERIFIED, whose `cause` is the first of a closed list that holds. A missing part never
helps: this version has no seal and no red team, so every verification is incomplete and every
status UNVERIFIED, and the verdict says both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from harness.court.settle import settle
from harness.records.claim import Cause
from harness.records.ruling import Attacker, RedTeam, Seal, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.records.claim import Claim, Outcome, Status, Verification
    from harness.records.ruling import Artifact, Occasion, Provenance, Ruling
    from harness.records.scope import Scope

ORDER: tuple[Cause, ...] = get_args(Cause)
ATTACKERS = ("COUNTEREXAMPLE_HUNTER", "CITATION_AUDITOR", "REPLICATION_ATTACKER")
TOLD_BY_OUTCOME = frozenset({"inconclusive", "untested"})
NO_SEAL = Seal(tier="none", status="UNSEALED", self_test={})
NO_RED_TEAM = RedTeam(
    average=None, attackers=tuple(Attacker(name=name, score=None, message="not attacked") for name in ATTACKERS)
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a verdict says, before it is said. `faults` maps a cause to the words for it."""

    claim: Claim
    scope: Scope
    rulings: Sequence[Ruling]
    faults: Mapping[Cause, str]
    provenance: Provenance
    occasion: Occasion
    artifacts: Sequence[Artifact]
    seal: Seal = NO_SEAL
    red_team: RedTeam = NO_RED_TEAM
    verification: Verification = "incomplete"


def decide(evidence: Evidence) -> Verdict:
    """Return the verdict that the evidence allows."""
    claim, scope = evidence.claim, evidence.scope
    outcome, why = settle(evidence.rulings)
    faults = {**_standing(evidence, outcome, why), **evidence.faults}
    causes = tuple(cause for cause in ORDER if cause in faults)
    status = _status(outcome, evidence)
    others = (faults[cause] for cause in causes if cause not in TOLD_BY_OUTCOME)
    reason = "; ".join([f"{outcome}: {why}", *others])
    paper_cause = "reduced_scale" if _reduced(claim, scope) else (causes[0] if causes else None)
    return Verdict(
        claim=claim.id,
        title=claim.title,
        statement=claim.statement,
        sentence=scoped_sentence(claim, scope),
        scope=scope.name,
        scale=scope.scale,
        status=status,
        cause=causes[0] if status == "UNVERIFIED" and causes else None,
        causes=causes,
        reason=reason,
        outcome=outcome,
        verification=evidence.verification,
        paper_status="UNVERIFIED" if paper_cause else status,
        paper_cause=paper_cause,
        level=_level(claim, scope, evidence),
        checks=tuple(evidence.rulings),
        controls=(),
        regime=None,
        red_team=evidence.red_team,
        seal=evidence.seal,
        unknowns=claim.unknowns,
        provenance=evidence.provenance,
        occasion=evidence.occasion,
        artifacts=tuple(evidence.artifacts),
    )


def scoped_sentence(claim: Claim, scope: Scope) -> str:
    """Return the sentence that the verdict is about, never the paper's own."""
    statement = claim.statement.strip()
    place = "In the real files" if claim.kind == "counted" else scope.sentence
    return f"{place}: {statement}"


def _reduced(claim: Claim, scope: Scope) -> bool:
    """Counts are taken from the real files at every scope; all else speaks of the scope's scale."""
    return scope.scale == "reduced" and claim.kind != "counted"


def _standing(evidence: Evidence, outcome: Outcome, why: str) -> dict[Cause, str]:
    """Return the causes that follow from what the evidence is, not from an accident."""
    found: dict[Cause, str] = {}
    if evidence.seal.status != "SEALED":
        found["unsealed"] = "the run was not sealed"
    if evidence.verification == "incomplete":
        found["not_attacked"] = "no attacker has tried the verification"
    if outcome == "untested":
        found["untested"] = why
    if outcome == "inconclusive":
        found["inconclusive"] = why
    return found


def _status(outcome: Outcome, evidence: Evidence) -> Status:
    standing = evidence.verification == "sound" and evidence.seal.status == "SEALED" and not evidence.faults
    if standing and outcome == "supported" and evidence.artifacts:
        return "VERIFIED"
    return "FALSIFIED" if standing and outcome == "contradicted" else "UNVERIFIED"


def _level(claim: Claim, scope: Scope, evidence: Evidence) -> Literal["L2", "L5", "L6"]:
    if evidence.seal.status != "SEALED":
        return "L2"
    return "L5" if _reduced(claim, scope) else "L6"
