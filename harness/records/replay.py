"""What a replay finds, and the table of contents of a bundle."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from harness.records.record import Record, Sha256

Step = Literal[
    "claim",
    "analysis",
    "script",
    "scope",
    "paper",
    "lock",
    "texts",
    "plan",
    "vectors",
    "ranks",
    "measurements",
    "check",
    "verdict",
]
"""Where a replay may differ, in the order in which it looks."""

PART = r"[A-Za-z0-9@_+-][A-Za-z0-9@._+-]*"
MemberName = Annotated[str, StringConstraints(pattern=rf"^{PART}(/{PART})*$", max_length=400)]
"""A file in a bundle: relative, and no part of it begins with a dot, so none leads out or hides."""


class Difference(Record):
    """One thing that is not as the verdict states it."""

    step: Step
    what: str
    stated: str
    found: str


class Replay(Record):
    """What came of judging a verdict's vectors anew; `notes` are differences that change no result."""

    schema_: Literal["urn:harness:replay:1"] = Field(default="urn:harness:replay:1", alias="schema")
    claim: str
    scope: str
    same: bool
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]


class Member(Record):
    """One file of a bundle."""

    sha256: Sha256
    bytes: int = Field(ge=0)


class BundleContents(Record):
    """Everything in a bundle but this file itself.

    `judgements` holds the digest of each dataset's judgements, `ranks` that of each cell's ranks,
    `libraries` the versions of what the court computed with when the bundle was made.
    """

    schema_: Literal["urn:harness:bundle:1"] = Field(default="urn:harness:bundle:1", alias="schema")
    claim: str
    scope: str
    files: dict[MemberName, Member]
    judgements: dict[str, Sha256]
    ranks: dict[Sha256, Sha256]
    libraries: dict[str, str]
