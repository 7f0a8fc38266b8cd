"""What differs between two sets of verdicts, why, and what of it is drift (`harness gate`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.records.record import Record

Why = Literal[
    "claim text",
    "analysis",
    "scope",
    "code",
    "data",
    "dependency",
    "seal",
    "resource",
    "red team",
    "seed or noise",
]
"""What a difference comes of, in the order in which it is told."""

Rule = Literal[
    "status",
    "outcome",
    "verification",
    "cause",
    "upgrade-without-evidence",
    "loosened-check",
    "lowered-seal",
    "timeout",
    "resource-missing",
    "estimate-left-interval",
    "lost-claim",
    "unrun-claim",
    "no-baseline",
    "invalid-document",
]
"""What is drift; each is a rule of the SARIF log."""

State = Literal["same", "numeric", "changed", "stands", "missing", "drift"]
"""How one claim stands in one scope.

`numeric`: the same but for numbers that moved inside their accepted intervals. `changed`: something
else differs, and none of it is drift. `stands`: not run, for its inputs are the accepted ones.
`missing`: not run for want of a resource, which was allowed.
"""


class Change(Record):
    """One thing that is not as accepted: mostly a digest, else a few words; null where there is none."""

    why: Why
    what: str
    accepted: str | None
    found: str | None


class Moved(Record):
    """An estimate that moved, beside the interval that was accepted; null where there is none.

    `required` as in the verdict, at its scale: whether the check counts.
    """

    check: str
    dataset: str
    required: bool
    accepted: float | None
    low: float | None
    high: float | None
    found: float | None
    inside: bool


class Drift(Record):
    """One thing that fails the gate, in words; `path` and `line` are where a person should look.

    `check` is the check that it is about, if it is about one. `line` counts from 1; 0 stands for the file.
    """

    rule: Rule
    says: str
    check: str | None = None
    path: str = ""
    line: Annotated[int, Field(ge=0)] = 0


class Compared(Record):
    """One claim in one scope: how it stands, and everything that differs."""

    claim: str
    scope: str
    title: str
    state: State
    drifts: tuple[Drift, ...] = ()
    changes: tuple[Change, ...] = ()
    moved: tuple[Moved, ...] = ()


class GateAnswer(Record):
    """What `harness gate` found. `notes` are what it could not look at, and what it wrote."""

    schema_: Literal["urn:harness:gate:1"] = Field(default="urn:harness:gate:1", alias="schema")
    baseline: str
    current: str
    scopes: tuple[str, ...]
    compared: tuple[Compared, ...]
    notes: tuple[str, ...]

    @property
    def drifted(self) -> tuple[Compared, ...]:
        """Return the claims that fail the gate."""
        return tuple(one for one in self.compared if one.drifts)
