"""The ledger of one scope in the public `correction-record-v1` contract.

Rule: an entry that corrects another is an event; nothing is taken back, the state is CURRENT while
there is none, CORRECTED after that. Its type is that of the gravest thing it is laid to. We publish
no manifest: the two addresses that the contract wants are names, and `limitations` says so.

Source: the contract as publicly visible; `fixtures/contract` holds a check written from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from harness.records.record import Record
from harness.report.contract import utc
from harness.report.words import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.gate import Why
    from harness.records.ledger import Entry

URL = "https://assignee.net/schemas/"
NOT_VISIBLE = "not publicly visible"
Correction = Literal["METADATA", "ARTIFACT", "CLAIM", "BENCHMARK", "PROVENANCE", "QUALITY_ASSESSMENT"]
TYPES: tuple[tuple[frozenset[Why], Correction], ...] = (
    (frozenset({"claim text", "analysis"}), "CLAIM"),
    (frozenset({"scope", "data"}), "BENCHMARK"),
    (frozenset({"seed or noise", "resource"}), "ARTIFACT"),
    (frozenset({"code", "dependency", "seal"}), "PROVENANCE"),
    (frozenset({"red team"}), "QUALITY_ASSESSMENT"),
)
"""What a correction is, by what it is laid to, gravest first."""

POLICY = {
    "corrections_are_additive": True,
    "no_silent_public_rewrites": True,
    "private_operational_logs_public": False,
    "basis": "Each acceptance is a line of the ledger, which names the digest of the line before; none is changed.",
}
INTERPRETATION = (
    "A correction says that a person accepted another verdict on the scoped sentence than before. The earlier one "
    "stands in the ledger with its digest; neither says anything of the paper's own sentence at reduced scale."
)
LIMITATIONS = (
    "No manifest is published: the addresses of manifest and correction record are names, not places.",
    "What was accepted before the ledger was begun is entered with the time at which it was begun.",
)


class CorrectionEvent(Record):
    """One correction."""

    event_id: str
    corrected_at: str
    correction_type: Correction
    public_note: str
    affected_fields: tuple[str, ...]


class CorrectionRecord(Record):
    """The contract's fields and ours."""

    schema_: Literal["https://assignee.net/schemas/correction-record-v1"] = Field(
        default="https://assignee.net/schemas/correction-record-v1", alias="schema"
    )
    schema_version: Literal["1.0"] = "1.0"
    contract_version: Literal["correction-record-v1.0"] = "correction-record-v1.0"
    contract_updated: str = NOT_VISIBLE
    generated_from: str
    publisher: dict[str, str]
    work: dict[str, str]
    manifest: dict[str, str]
    correction_state: Literal["CURRENT", "CORRECTED", "SUPERSEDED"]
    correction_count: int = Field(ge=0)
    last_corrected_at: str | None
    correction_events: tuple[CorrectionEvent, ...]
    known_superseded_manifest_urls: tuple[str, ...] = ()
    policy: dict[str, Any] = Field(default_factory=lambda: dict(POLICY))
    interpretation: str = INTERPRETATION
    limitations: tuple[str, ...] = LIMITATIONS
    x_harness: dict[str, Any] = Field(alias="x-harness")


def correction_record(entries: Sequence[Entry], scope: str, tip: str) -> dict[str, Any]:
    """Return the document on one scope's entries; `tip` is the digest of the ledger's last line."""
    events = tuple(_event(one) for one in entries if one.corrects is not None)
    name = f"urn:harness:record:{scope}"
    return CorrectionRecord(
        generated_from=generated_from(entries, scope),
        publisher={"name": "the keeper of this ledger"},
        work={"name": f"claims in scope {scope}", "claims": ", ".join(dict.fromkeys(one.claim for one in entries))},
        manifest={
            "schema": f"{URL}paper-manifest-v1",
            "contract_version": "paper-manifest-v1.0",
            "contract_updated": NOT_VISIBLE,
            "current_manifest_url": f"{name}:manifest",
            "correction_record_url": f"{name}:corrections",
        },
        correction_state="CORRECTED" if events else "CURRENT",
        correction_count=len(events),
        last_corrected_at=events[-1].corrected_at if events else None,
        correction_events=events,
        x_harness={"scope": scope, "entries": len(entries), "ledger": tip},
    ).plain()


def generated_from(entries: Sequence[Entry], scope: str) -> str:
    """Say what a document was made of."""
    return f"reports/ledger.jsonl: {len(entries)} acceptances in scope {scope}"


def correction_type(why: Sequence[Why]) -> Correction:
    """Return what a correction is, by the gravest thing that it is laid to; by none, it touches words only."""
    return next((kind for whys, kind in TYPES if whys & set(why)), "METADATA")


def _event(entry: Entry) -> CorrectionEvent:
    return CorrectionEvent(
        event_id=f"{entry.claim}.{entry.scope}.{entry.number}",
        corrected_at=utc(entry.at),
        correction_type=correction_type(entry.why),
        public_note=plain_text(entry.reason),
        affected_fields=tuple(f"{entry.claim}.{entry.scope}: {name}" for name in entry.changed),
    )
