"""Which claims' inputs are those of their accepted verdicts (`harness changed`)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.records.claim import ClaimId
from harness.records.gate import Change
from harness.records.record import Name, Record, Sha256


class ChangedInputs(Record):
    """Claims by what became of their inputs since their verdict was accepted.

    `changed` names what differs; a claim that nothing is accepted of has no differences, and is
    changed. `unchanged` holds the fingerprint of the inputs, which is that of the accepted verdict's.
    `sentinel` is one of the unchanged, chosen to be run all the same: what is said of the others
    rests on it.
    """

    schema_: Literal["urn:harness:changed:1"] = Field(default="urn:harness:changed:1", alias="schema")
    scope: Name
    changed: dict[ClaimId, tuple[Change, ...]]
    unchanged: dict[ClaimId, Sha256]
    sentinel: ClaimId | None
