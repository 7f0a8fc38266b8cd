"""What the court says on a claim, what it was made of, and the summary of a run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.codec import digest
from harness.records.attack import RedTeam
from harness.records.audit import Finding
from harness.records.claim import Cause, Outcome, Status, Text, Verification
from harness.records.record import Record, SealStatus, Sha256
from harness.records.ruling import Ruling

Scale = Literal["reduced", "full"]


class Control(Record):
    """Something that must hold in every run, whatever the claim (design: Controls).

    `on` names what rests on it: a dataset, or a base and an arm (`xlm-r hybrid`, in a fold `xlm-r hybrid, fold 1`).
    """

    name: Literal["oracle", "random", "trained-beats-untrained", "planted-effect", "no-leak"]
    on: str
    passed: bool
    detail: str


class RegimeReading(Record):
    """How near a stand-in comes to the paper's base, judged on the validation split from x-x-mono alone.

    `ratio` is Cr MAP / Mo MAP, wanted in [low, high], beside the paper's; `distance` is the rank
    distance as a share of chance, wanted below `most`.
    """

    ratio: float
    low: float
    high: float
    paper: float
    distance: float
    most: float
    inside: bool


class Exposure(Record):
    """What one arm is trained on: pairs as expected from alpha, updates of the encoder, languages."""

    base: str
    sampling: str
    updates: int
    monolingual_pairs: int
    crosslingual_pairs: int
    languages: tuple[str, ...]


class Reach(Record):
    """How far contrastive training reaches one language: `rows` is the share of its n-grams that were trained.

    `shared` tells whether the layer that all languages share was changed.
    """

    language: str
    rows: float
    shared: bool


class Neighbour(Record):
    """The mean of a contradicted check (or of one of its parts) at a neighbouring setting of its arms.

    `at` says what was moved; `turned` that the sign is not that of the contradiction.
    """

    at: str
    check: str
    dataset: str
    part: str
    estimate: float | None
    turned: bool


class Seal(Record):
    """What kept the lab from reaching out (`harness.court.sandbox`).

    `self_test` holds each attempt to get out and how it ended, `argv` the digest of the arguments it ran in,
    `limits` what each process may take at most, `not_covered` the limits that this tier does not have.
    """

    tier: Literal["T1", "T2", "T5"]
    status: SealStatus
    self_test: dict[str, str]
    mechanisms: tuple[str, ...] = ()
    limits: dict[str, int] = Field(default_factory=dict)
    not_covered: tuple[str, ...] = ()
    argv: Sha256 | None = None


class Artifact(Record):
    """A file behind the verdict: relative to the reports folder, or `store:<key>`."""

    path: str
    sha256: Sha256


class ReleasedVectors(Record):
    """A dataset's vectors by a released encoder: `digest` is that of its files, `vectors` an entry of the store."""

    model: str
    dataset: str
    digest: Sha256
    vectors: Sha256


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
    released: tuple[ReleasedVectors, ...] = ()
    versions: dict[str, str]


class Occasion(Record):
    """When, where and how long: the only part that differs between two equal runs."""

    evaluated_at: str
    seconds: float
    host: str


class Verdict(Record):
    """The whole answer on one claim in one scope.

    `findings` are those of the audit that touch what the claim cites: the paper against itself.
    """

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
    controls: tuple[Control, ...]
    regime: dict[str, RegimeReading] | None
    exposure: tuple[Exposure, ...] = ()
    reach: tuple[Reach, ...] = ()
    company: tuple[Neighbour, ...] = ()
    red_team: RedTeam
    findings: tuple[Finding, ...] = ()
    seal: Seal
    unknowns: tuple[str, ...]
    provenance: Provenance
    occasion: Occasion
    artifacts: tuple[Artifact, ...]

    def timeless(self) -> str:
        """Return the sha256 of the canonical bytes without the occasion: equal inputs, equal digest."""
        return digest({key: value for key, value in self.plain().items() if key != "occasion"})

    def published(self) -> Verdict:
        """Return the same without the name of the machine that it was made on."""
        return self.model_copy(update={"occasion": self.occasion.model_copy(update={"host": ""})})


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
