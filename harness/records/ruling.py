"""What the court says: rulings on checks, verdicts on claims, the summary of a run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.records.claim import Cause, Outcome, Setting, Status, Text, Verification
from harness.records.record import Record, Sha256

Scale = Literal["reduced", "full"]


class BaseEstimate(Record):
    """A check on one base alone; reported, never deciding."""

    base: str
    estimate: float
    low: float
    high: float
    left_mean: float
    right_mean: float


class Effect(Record):
    """The contrast as a share of the right side's mean, beside the paper's; for readers only.

    `percent` and its bounds are signed as left minus right. `claimed` holds the paper's effect
    per base, as printed or computed from the cited cells.
    """

    percent: float
    low: float
    high: float
    claimed: dict[str, float]


class Ruling(Record):
    """One check on one dataset, as the verdict prints it.

    `estimate`, `low`, `high`: the contrast and its 95% interval, in the measure's unit (for
    `equals`: the number of counts that differ). `p` is one-sided, for support. `detectable` is
    the effect found with 90% power. Numbers are null exactly when the check is untested, or
    where the kind of check does not have them.
    """

    id: str
    kind: str
    dataset: str
    measure: str | None
    setting: Setting | None
    required: bool | Literal["full"]
    left: str | None
    relation: str
    right: str | None
    margin: str
    claimed: dict[str, str]
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    df: float | None = None
    seeds: int | None = None
    clusters: int | None = None
    queries: int | None = None
    outcome: Outcome
    detectable: float | None = None
    seeds_needed: int | None = None
    effect_ratio: float | None = None
    left_mean: float | None = None
    right_mean: float | None = None
    effect: Effect | None = None
    bases: tuple[BaseEstimate, ...] = ()
    note: str = ""


class Attacker(Record):
    """One attacker's score; null where a probe crashed."""

    name: str
    score: float | None
    message: str


class RedTeam(Record):
    """The three attackers and the plain mean of their scores."""

    average: float | None
    attackers: tuple[Attacker, ...]


class Seal(Record):
    """What kept the lab from reaching out."""

    tier: Literal["none", "T1", "T2", "T3", "T4", "T5"]
    status: Literal["SEALED", "PARTIAL", "UNSEALED"]
    self_test: dict[str, str]


class Artifact(Record):
    """A file behind the verdict: relative to the reports folder, or `store:<key>`."""

    path: str
    sha256: Sha256


class Provenance(Record):
    """Digests of everything the verdict is a function of."""

    claim: Sha256
    analysis: Sha256
    scope: Sha256
    script: Sha256
    lock: Sha256 | None
    paper: Sha256 | None
    lab: Sha256
    court: Sha256
    texts: dict[str, Sha256]
    cells: tuple[Sha256, ...]
    versions: dict[str, str]


class Occasion(Record):
    """When, where and how long: the only part that differs between two equal runs."""

    evaluated_at: str
    seconds: float
    host: str


class Verdict(Record):
    """The whole answer on one claim in one scope."""

    schema_: Literal["urn:harness:verdict:1"] = Field(default="urn:harness:verdict:1", alias="schema")
    claim: str
    title: Text
    statement: Text
    sentence: Text
    scope: str
    scale: Scale
    status: Status
    cause: Cause | None
    causes: tuple[Cause, ...]
    reason: str
    outcome: Outcome
    verification: Verification
    paper_status: Status
    paper_cause: str | None
    level: Literal["L2", "L5", "L6"]
    checks: tuple[Ruling, ...]
    controls: tuple[str, ...]
    regime: dict[str, float] | None
    red_team: RedTeam
    seal: Seal
    unknowns: tuple[str, ...]
    provenance: Provenance
    occasion: Occasion
    artifacts: tuple[Artifact, ...]


class SummaryLine(Record):
    """One claim in the summary; `line` is what the terminal shows."""

    claim: str
    status: Status
    outcome: Outcome
    verification: Verification
    cause: Cause | None
    accepted: bool | None
    line: str


class Summary(Record):
    """One run of one scope. `broken` names claim files that could not be read."""

    schema_: Literal["urn:harness:summary:1"] = Field(default="urn:harness:summary:1", alias="schema")
    scope: str
    claims: tuple[SummaryLine, ...]
    counts: dict[Status, int]
    broken: tuple[str, ...]


class MeasurementRow(Record):
    """One mean in the measurement table: a measure over the queries of one language (or pair).

    `passage_language` is `*` in the multilingual pool. `queries` counts rows behind the mean.
    """

    base: str
    sampling: str
    alpha: float | None
    seed: int
    dataset: str
    setting: Setting
    measure: str
    query_language: str
    passage_language: str
    value: float
    queries: int


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
