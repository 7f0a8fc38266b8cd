"""A verdict in the ten fields of the public `gate-verdict-v1` contract.

Rule: status, label and definition go together; `reason` names the real cause, never a default;
`evaluated_at` is the verdict's own occasion in UTC. Ours stands under `x-harness`. There,
`compat` answers as the public practice would: FALSIFIED with the red team's line exactly when
the verification was defeated, else the document's own status and reason. `verdict` is the
sha256 of the verdict without its occasion: it ties the document to the numbers it speaks for.

Source: the contract as publicly visible; `fixtures/contract` holds checks written from it. The
red team's line cuts each message at 80 characters, in a fixed order of attackers.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from harness.errors import UsageError
from harness.records.claim import Status
from harness.records.record import Record
from harness.report.words import CAUSES, plain_text, without_outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.verdict import Verdict

GATE = "Gate 2 — Verification (formal proof or sandbox reproduction)"
ENFORCEMENT = (
    "No document says VERIFIED before an artifact is attached (proof source, or repro script with its results); "
    "a review score or a number of claims never brings it about."
)
LABELS: dict[Status, str] = {"VERIFIED": "Verified", "FALSIFIED": "Falsified", "UNVERIFIED": "Unverified"}
DEFINITIONS: dict[Status, str] = {
    "VERIFIED": "A proof type-checks, or a sealed run gave the reported results within the stated tolerance; "
    "the artifact is attached.",
    "FALSIFIED": "Tested and failed, by a counterexample, a proof that does not check or a reproduction that does "
    "not match; the evidence is attached.",
    "UNVERIFIED": "Gate 2 has not been completed for this statement.",
}
ATTACKERS = ("COUNTEREXAMPLE_HUNTER", "CITATION_AUDITOR", "REPLICATION_ATTACKER")
MESSAGE_LENGTH = 80


class GateDocument(Record):
    """The ten fields and ours."""

    schema_: Literal["https://assignee.net/schemas/gate-verdict-v1"] = Field(
        default="https://assignee.net/schemas/gate-verdict-v1", alias="schema"
    )
    schema_version: Literal["1.0"] = "1.0"
    contract_version: Literal["gate-verdict-v1.0"] = "gate-verdict-v1.0"
    status: Status
    label: str
    definition: str
    reason: str = Field(min_length=1)
    evaluated_at: str | None
    gate: str = GATE
    enforcement: str = ENFORCEMENT
    x_harness: dict[str, Any] = Field(alias="x-harness")

    @model_validator(mode="after")
    def _paired(self) -> GateDocument:
        if (self.label, self.definition) != (LABELS[self.status], DEFINITIONS[self.status]):
            msg = f"expected label and definition of {self.status}, found {self.label!r}"
            raise ValueError(msg)
        if self.evaluated_at is not None and self.evaluated_at != utc(self.evaluated_at):
            msg = f"expected a time with microseconds and +00:00, found {self.evaluated_at!r}"
            raise ValueError(msg)
        return self


def gate_document(verdict: Verdict) -> dict[str, Any]:
    """Return the document of one claim in one scope.

    Raises:
        UsageError: a time without zone, or a defeated verification without three scores.
    """
    reason = gate_reason(verdict)
    ours = {
        "scope": verdict.scope,
        "outcome": verdict.outcome,
        "verification": verdict.verification,
        "cause": verdict.cause,
        "causes": list(verdict.causes),
        "paper_status": verdict.paper_status,
        "paper_cause": verdict.paper_cause,
        "level": verdict.level,
        "compat": _compat(verdict, verdict.status, reason),
        "verdict": verdict.timeless(),
    }
    return _document(verdict.status, reason, utc(verdict.occasion.evaluated_at), ours)


def record_document(verdicts: Sequence[Verdict], scope: str) -> dict[str, Any]:
    """Return the document of a whole record: one scope's verdicts, none of another scope.

    VERIFIED needs every claim verified and at least one claim; one FALSIFIED claim falsifies.

    Raises:
        UsageError: a verdict of another scope, two on one claim, or as `gate_document`.
    """
    _refuse_foreign(verdicts, scope)
    status = _joint([verdict.status for verdict in verdicts])
    reason = _record_reason(verdicts, scope)
    defeated = next((verdict for verdict in verdicts if verdict.verification == "defeated"), None)
    ours = {
        "scope": scope,
        "claims": {verdict.claim: verdict.status for verdict in verdicts},
        "outcomes": dict(Counter(verdict.outcome for verdict in verdicts)),
        "paper_status": _joint([verdict.paper_status for verdict in verdicts]),
        "compat": _compat(defeated, status, reason) if defeated else {"status": status, "reason": reason},
    }
    times = sorted(utc(verdict.occasion.evaluated_at) for verdict in verdicts)
    return _document(status, reason, times[-1] if times else None, ours)


def gate_reason(verdict: Verdict) -> str:
    """Return why the status is what it is, in plain words, on one line."""
    if verdict.status == "UNVERIFIED":
        cause = f"Not verified ({verdict.cause}): {CAUSES[verdict.cause]}." if verdict.cause else "Not verified."
        others = [other for other in verdict.causes if other != verdict.cause]
        also = f" Also: {', '.join(others)}." if others else ""
        why = without_outcome(verdict.reason, verdict.outcome)
        return plain_text(f"{cause}{also} Outcome of the measurement: {verdict.outcome}. {why}")
    bears = "supports" if verdict.status == "VERIFIED" else "contradicts"
    return plain_text(f"A sealed run that withstood its attackers {bears}: {verdict.sentence} {verdict.reason}")


def utc(moment: str) -> str:
    """Return an ISO time with microseconds and +00:00.

    Raises:
        UsageError: no ISO time, or one without a zone.
    """
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError as error:
        raise UsageError(f"expected an ISO time, found {moment!r}") from error
    if parsed.tzinfo is None:
        raise UsageError(f"expected an ISO time with its zone, found {moment!r}; write +00:00")
    return parsed.astimezone(UTC).isoformat(timespec="microseconds")


def _document(status: Status, reason: str, evaluated_at: str | None, ours: dict[str, Any]) -> dict[str, Any]:
    document = GateDocument(
        status=status,
        label=LABELS[status],
        definition=DEFINITIONS[status],
        reason=reason,
        evaluated_at=evaluated_at,
        x_harness=ours,
    )
    return document.plain()


def _compat(verdict: Verdict, status: Status, reason: str) -> dict[str, str]:
    if verdict.verification == "defeated":
        return {"status": "FALSIFIED", "reason": red_team_line(verdict)}
    return {"status": status, "reason": reason}


def red_team_line(verdict: Verdict) -> str:
    """Return the public practice's line on a defeated verification.

    Raises:
        UsageError: an attacker or a score is missing; then the verification is incomplete.
    """
    found = {attacker.name: attacker for attacker in verdict.red_team.attackers}
    average = verdict.red_team.average
    parts = []
    for name in ATTACKERS:
        attacker = found.get(name)
        if attacker is None or attacker.score is None or average is None:
            raise UsageError(
                f"{verdict.claim}.{verdict.scope}: expected a score from {name} and an average, found none; "
                "a verification that was not wholly attacked is incomplete, not defeated"
            )
        # The contract separates attackers by semicolons and does not escape them.
        message = plain_text(attacker.message).replace(";", ",")[:MESSAGE_LENGTH]
        parts.append(f"{name}({attacker.score:.1f}):{message}")
    return f"[Gate 3 RED-TEAM FALSIFIED] avg_attack_score={average:.1f}/10. {'; '.join(parts)}"


def _joint(statuses: Sequence[Status]) -> Status:
    if "FALSIFIED" in statuses:
        return "FALSIFIED"
    return "VERIFIED" if statuses and all(status == "VERIFIED" for status in statuses) else "UNVERIFIED"


def _record_reason(verdicts: Sequence[Verdict], scope: str) -> str:
    if not verdicts:
        return f"No claim has a verdict in scope {scope}; an empty record is never verified."
    statuses = Counter(verdict.status for verdict in verdicts)
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    causes = Counter(verdict.cause for verdict in verdicts if verdict.cause)
    told = [f"{count} {name}" for counted in (statuses, outcomes) for name, count in sorted(counted.items())]
    why = "; ".join(f"{CAUSES[cause]} ({count})" for cause, count in sorted(causes.items()))
    unverified = f" Why not verified: {why}." if why else ""
    return f"{len(verdicts)} claims in scope {scope}: {', '.join(told)}.{unverified}"


def _refuse_foreign(verdicts: Sequence[Verdict], scope: str) -> None:
    foreign = sorted(f"{verdict.claim}.{verdict.scope}" for verdict in verdicts if verdict.scope != scope)
    repeated = sorted(name for name, count in Counter(verdict.claim for verdict in verdicts).items() if count > 1)
    if foreign or repeated:
        raise UsageError(f"expected one verdict per claim in scope {scope}, found {', '.join(foreign + repeated)}")
