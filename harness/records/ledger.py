"""The ledger: what was accepted, and when; lines that are added and never changed (`reports/ledger.jsonl`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.records.claim import Cause, ClaimId, Outcome, Status, Text, Verification
from harness.records.gate import Why
from harness.records.record import Name, Record, SealStatus, Sha256
from harness.records.verdict import Artifact, Scale

Level = Literal["L2", "L5", "L6"]


class Entry(Record):
    """One acceptance; a later one on the same claim and scope corrects it and leaves it standing.

    `number` counts from 1; `previous` is the sha256 of the line before, of nothing for the first.
    `verdict` is the digest of the accepted verdict without its occasion, `corrects` the number of the
    entry that this one corrects. `changed` names the fields that came out otherwise than there,
    `why` what that is laid to; both are empty in a first acceptance.
    """

    schema_: Literal["urn:harness:ledger:1"] = Field(default="urn:harness:ledger:1", alias="schema")
    number: Annotated[int, Field(ge=1)]
    previous: Sha256
    at: Text
    claim: ClaimId
    scope: Name
    title: Text
    scale: Scale
    status: Status
    outcome: Outcome
    verification: Verification
    cause: Cause | None
    paper_status: Status
    level: Level
    seal: SealStatus
    reason: Text
    verdict: Sha256
    claim_digest: Sha256
    analysis: Sha256
    artifacts: tuple[Artifact, ...]
    corrects: Annotated[int, Field(ge=1)] | None
    changed: tuple[str, ...]
    why: tuple[Why, ...]
