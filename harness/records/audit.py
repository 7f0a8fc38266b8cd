"""What an audit of a paper's tables and stated numbers found (`harness audit`).

Numbers are verbatim. A finding says what contradicts what; whose slip it is, the paper's or that
of whoever copied the tables, arithmetic alone seldom tells, and `origin` says when it does not.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.records.claim import ClaimId
from harness.records.record import Record

Grave = Literal["contradiction", "slip", "rounding", "unclear"]
"""`contradiction`: two printed things cannot both be so, or the text says what tables deny. `slip`: one
slip of typing explains it. `rounding`: it holds under another rounding, or the digits do not show it.
`unclear`: names may stand for different things, or it may be chance."""

Origin = Literal["cannot-tell", "rather-the-paper"]
"""`cannot-tell`: one slip of typing, by the paper or by us, would explain it. Else it is rather the paper's."""

Number = Annotated[int, Field(ge=0)]


class Finding(Record):
    """One thing that cannot be as printed.

    `says` holds for each of `where` what it says, verbatim. `mends` are single slips of typing that
    would explain it (at most six). `claims` are those that cite one of `where`.
    """

    id: str
    kind: str
    where: tuple[str, ...]
    says: tuple[str, ...]
    follows: str
    grave: Grave
    origin: Origin
    mends: tuple[str, ...]
    claims: tuple[ClaimId, ...]


class Checked(Record):
    """How much was looked at: `relations` by kind; `data` are the datasets whose files were counted."""

    tables: Number
    statements: Number
    cells: Number
    relations: dict[str, Number]
    data: tuple[str, ...]
    claims: tuple[ClaimId, ...]


class Audit(Record):
    """An audit of one paper."""

    schema_: Literal["urn:harness:audit:1"] = Field(default="urn:harness:audit:1", alias="schema")
    checked: Checked
    findings: tuple[Finding, ...]
