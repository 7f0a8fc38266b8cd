"""The analysis as it was fixed: digests of what decides, and when (design: Lock)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.records.claim import Text
from harness.records.record import Record, Sha256


class LockEntry(Record):
    """A protected digest and the day it was fixed."""

    digest: Sha256
    date: str


class Break(Record):
    """A lock rewritten over evidence, and why."""

    date: str
    reason: Text
    changed: tuple[str, ...]


class Lock(Record):
    """The analysis as it stood before anything was measured (design: Lock)."""

    schema_: Literal["urn:harness:lock:1"] = Field(default="urn:harness:lock:1", alias="schema")
    claims: dict[str, LockEntry]
    scopes: dict[str, LockEntry]
    breaks: tuple[Break, ...] = ()
