"""What `harness report --format json` prints: every verdict of a reports folder in one line."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.records.claim import Cause, Outcome, Status, Verification
from harness.records.record import Record


class Listed(Record):
    """One verdict; `line` is what the terminal shows of it."""

    claim: str
    scope: str
    title: str
    status: Status
    cause: Cause | None
    outcome: Outcome
    verification: Verification
    paper_status: Status
    line: str


class RefusedFile(Record):
    """A file that is not shown: its path relative to the reports folder, and why."""

    path: str
    reason: str


class Listing(Record):
    """All verdicts that stand, by scope and claim, how many have each status, and the files that do not stand."""

    schema_: Literal["urn:harness:report:1"] = Field(default="urn:harness:report:1", alias="schema")
    counts: dict[Status, int]
    verdicts: tuple[Listed, ...]
    refused: tuple[RefusedFile, ...]
