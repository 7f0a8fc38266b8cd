"""From rulings to a verdict: outcome, verification, status and every cause that holds.

A sealed run that no attacker defeated is VERIFIED where it supports the claim and can show an
artifact, FALSIFIED where it contradicts it. All else is UNVERIFIED, and `cause` is the first of a
closed list that holds. A missing part never
helps: a required check without a ruling is untested, one whose conditions do not hold
(`harness.court.conditions`) is untested for that cause, a verification without the score of every
attacker is incomplete, a fault of any kind stands in the way of both verdicts. Findings of the audit
are carried along; where the paper contradicts itself in what a claim cites, nothing is said of the
paper's own sentence unless the real files decide it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from harness.court.case import citing, untested
from harness.court.judge import datasets_of
from harness.court.sentence import scoped_sentence
from harness.court.settle import counts, settle
from harness.records.attack import Attacker, RedTeam
from harness.records.claim import Cause
from harness.records.verdict import Seal, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.records.audit import Finding
    from harness.records.claim import Claim, Outcome, Status, Verification
    from harness.records.ruling import Ruling
    from harness.records.scope import Scope
    from harness.records.verdict import (
        Artifact,
        Control,
        Exposure,
        Neighbour,
        Occasion,
        Provenance,
        Reach,
        RegimeReading,
        Scale,
    )

ORDER: tuple[Cause, ...] = get_args(Cause)
ATTACKERS = ("COUNTEREXAMPLE_HUNTER", "CITATION_AUDITOR", "REPLICATION_ATTACKER")
NO_RED_TEAM = RedTeam(
    average=None, attackers=tuple(Attacker(name=name, score=None, message="not attacked") for name in ATTACKERS)
)


@dataclass(frozen=True, slots=True)
class Company:
    """What neighbouring settings say of a contradiction; `turned` tells where they do not share it, if so."""

    turned: str = ""
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def complete(self) -> bool:
        """Tell whether every neighbour that was wanted could be measured."""
        return bool(self.neighbours) >= bool(self.turned) and all(one.estimate is not None for one in self.neighbours)


ALONE = Company()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a verdict says, before it is said.

    `faults` maps a cause to the words for it, `cells` the paper's cells to what they print.
    """

    claim: Claim
    scope: Scope
    rulings: Sequence[Ruling]
    faults: Mapping[Cause, str]
    provenance: Provenance
    occasion: Occasion
    artifacts: Sequence[Artifact]
    seal: Seal
    red_team: RedTeam = NO_RED_TEAM
    verification: Verification = "incomplete"
    controls: Sequence[Control] = ()
    regime: Mapping[str, RegimeReading] | None = None
    exposure: Sequence[Exposure] = ()
    reach: Sequence[Reach] = ()
    company: Company = ALONE
    findings: Sequence[Finding] = ()
    cells: Mapping[str, str] = field(default_factory=dict)


def decide(evidence: Evidence) -> Verdict:
    """Return the verdict that the evidence allows."""
    claim, scope = evidence.claim, evidence.scope
    rulings = _complete(claim, evidence.rulings)
    outcome, why = _outcome(evidence, rulings)
    verification = _verification(evidence)
    unmet = _unmet(rulings, _scale(claim, scope))
    faults = {**unmet, **_standing(evidence, outcome, why, verification), **evidence.faults}
    status = _status(outcome, verification, evidence) if not faults else "UNVERIFIED"
    causes = tuple(cause for cause in ORDER if cause in faults)
    paper_cause = _paper_cause(claim, scope, evidence.findings) or (causes[0] if causes else None)
    return Verdict(
        claim=claim.id,
        title=claim.title,
        statement=claim.statement,
        sentence=scoped_sentence(claim, scope.sentence, _scale(claim, scope)),
        scope=scope.name,
        scale=scope.scale,
        status=status,
        cause=causes[0] if causes else None,
        causes=causes,
        reason=_reason(outcome, why, [faults[cause] for cause in causes]),
        outcome=outcome,
        verification=verification,
        paper_status="UNVERIFIED" if paper_cause else status,
        paper_cause=paper_cause,
        level=_level(claim, scope, evidence, outcome),
        checks=tuple(citing(ruling, claim, evidence.cells) for ruling in rulings),
        controls=tuple(evidence.controls),
        regime=None if evidence.regime is None else dict(evidence.regime),
        exposure=tuple(evidence.exposure),
        reach=tuple(evidence.reach),
        company=evidence.company.neighbours,
        red_team=evidence.red_team,
        findings=tuple(evidence.findings),
        seal=evidence.seal,
        unknowns=claim.unknowns,
        provenance=evidence.provenance,
        occasion=evidence.occasion,
        artifacts=tuple(evidence.artifacts),
    )


def _outcome(evidence: Evidence, rulings: Sequence[Ruling]) -> tuple[Outcome, str]:
    """Settle the claim; a contradiction that its neighbours do not share is none (design: Contradiction)."""
    outcome, why = settle(rulings, _scale(evidence.claim, evidence.scope))
    if outcome == "contradicted" and evidence.company.turned:
        return "inconclusive", f"{why}; but {evidence.company.turned}"
    return outcome, why


def _unmet(rulings: Sequence[Ruling], scale: Scale) -> dict[Cause, str]:
    """Return the causes for which required checks are untested, each with the first ruling's words."""
    found: dict[Cause, str] = {}
    for ruling in rulings:
        if counts(ruling, scale) and ruling.outcome == "untested" and ruling.cause is not None:
            found.setdefault(ruling.cause, ruling.note)
    return found


def _complete(claim: Claim, rulings: Sequence[Ruling]) -> list[Ruling]:
    """Add an untested ruling wherever the claim demands one that was not handed in."""
    given = {(ruling.id, ruling.dataset, ruling.required) for ruling in rulings}
    return [
        *rulings,
        *(
            untested(check, dataset, "no ruling was made")
            for check in claim.checks
            for dataset in datasets_of(check, claim)
            if (check.id, dataset, check.required) not in given
        ),
    ]


def _verification(evidence: Evidence) -> Verification:
    """Return what the red team found; without the score of every attacker nothing is sound."""
    scored = {attacker.name for attacker in evidence.red_team.attackers if attacker.score is not None}
    if evidence.verification == "sound" and not scored.issuperset(ATTACKERS):
        return "incomplete"
    return evidence.verification


def _reason(outcome: Outcome, why: str, others: Sequence[str]) -> str:
    """Return everything that was said, each thing once."""
    told = [f"{outcome}: {why}"]
    for words in others:
        if not any(words in before for before in told):
            told.append(words)
    return "; ".join(told)


def _scale(claim: Claim, scope: Scope) -> Scale:
    """Counts are taken from the real files at every scope; all else speaks of the scope's scale."""
    return "full" if claim.kind == "counted" else scope.scale


def _paper_cause(claim: Claim, scope: Scope, findings: Sequence[Finding]) -> str | None:
    """Say why a verdict cannot be about the paper's own sentence, whatever it is."""
    if _scale(claim, scope) == "reduced":
        return "reduced_scale"
    if claim.origin != "paper":
        return "not_in_paper"
    # of counts the files are the judge, whatever else the paper prints
    denied = claim.kind != "counted" and any(one.grave == "contradiction" for one in findings)
    return "paper_contradicts_itself" if denied else None


def _standing(evidence: Evidence, outcome: Outcome, why: str, verification: Verification) -> dict[Cause, str]:
    """Return the causes that follow from what the evidence is, not from an accident."""
    found: dict[Cause, str] = {}
    if evidence.seal.status != "SEALED":
        bare = evidence.seal.status == "UNSEALED"
        found["unsealed"] = "the run was not sealed" if bare else "the run was sealed in part only"
    if verification == "defeated":
        found["verification_defeated"] = f"the verification was defeated: {_worst(evidence.red_team)}"
    if verification == "incomplete":
        found |= _unattacked(evidence)
    if outcome == "untested":
        found["untested"] = why
    if outcome == "inconclusive":
        found["inconclusive"] = why
    if outcome == "supported" and not evidence.artifacts and not found and not evidence.faults:
        # the closed list has no name for it, so it is named only where nothing else stands in the way
        found["infrastructure"] = "no artifact is attached that the verdict could be checked against"
    return found


def _worst(team: RedTeam) -> str:
    """Return who scored most, and its words."""
    scored = [attacker for attacker in team.attackers if attacker.score is not None]
    worst = max(scored, key=lambda attacker: attacker.score or 0.0, default=None)
    return "by nobody" if worst is None else f"{worst.name}: {worst.message}"


def _unattacked(evidence: Evidence) -> dict[Cause, str]:
    scored = {attacker.name for attacker in evidence.red_team.attackers if attacker.score is not None}
    if not scored:
        return {"not_attacked": "no attacker has tried the verification"}
    lost = [name for name in ATTACKERS if name not in scored]
    if not lost:
        lacking = "a lock, anything measured to attack, or a sentence of words that checks can be held against"
        return {"not_attacked": f"something is lacking: {lacking}"}
    words = {attacker.name: attacker.message for attacker in evidence.red_team.attackers}
    return {"attacker_error": f"{lost[0]} came to no score: {words.get(lost[0], 'it did not run')}"}


def _status(outcome: Outcome, verification: Verification, evidence: Evidence) -> Status:
    if verification != "sound" or evidence.seal.status != "SEALED":
        return "UNVERIFIED"
    if outcome == "supported" and evidence.artifacts:
        return "VERIFIED"
    return "FALSIFIED" if outcome == "contradicted" else "UNVERIFIED"


def _level(claim: Claim, scope: Scope, evidence: Evidence, outcome: Outcome) -> Literal["L2", "L5", "L6"]:
    """L5: sealed and carried out. L6: also at full scale by a protocol in which nothing is unknown."""
    if evidence.seal.status != "SEALED" or outcome == "untested":
        return "L2"
    return "L6" if _scale(claim, scope) == "full" and not claim.unknowns else "L5"
