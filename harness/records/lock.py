"""The analysis as it was fixed: digests of what decides, and when (design: Lock)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from harness.records.claim import Text
from harness.records.record import Record, Sha256

Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
"""A day as ISO 8601 writes it, so that the order of days is that of the strings."""


class LockEntry(Record):
    """A protected digest and the day it was fixed."""

    digest: Sha256
    date: Day


class Break(Record):
    """A lock rewritten over evidence, and why."""

    date: Day
    reason: Text
    changed: tuple[str, ...]


class Lock(Record):
    """The analysis as it stood before anything was measured (design: Lock)."""

    schema_: Literal["urn:harness:lock:1"] = Field(default="urn:harness:lock:1", alias="schema")
    claims: dict[str, LockEntry]
    scopes: dict[str, LockEntry]
    breaks: tuple[Break, ...] = ()
