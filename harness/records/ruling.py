"""What the court says: rulings on checks, verdicts on claims, the summary of a run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.codec import digest
from harness.records.attack import RedTeam
from harness.records.audit import Finding
from harness.records.claim import Cause, CheckSetting, Outcome, Setting, Status, Text, Verification
from harness.records.record import Record, SealStatus, Sha256

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


class Part(Record):
    """One contrast of a check that is made of several (`equivalent`, `order`, `never-third`); `p_against` as there."""

    name: str
    estimate: float
    low: float
    high: float
    p: float
    p_against: float
    df: float
    outcome: Outcome
    detectable: float
    seeds_needed: int | None


class SliceEstimate(Record):
    """A check on a part of its rows (entities seen or not in training, one language); reported, never deciding.

    `p` and `p_against` are one-sided, for the check and against it, adjusted after Holm over its slices.
    """

    name: str
    estimate: float
    low: float
    high: float
    p: float | None = None
    p_against: float | None = None
    left_mean: float | None
    right_mean: float | None
    queries: int


class Floor(Record):
    """An arm's mean MAP where a check compares it, beside the lexical baseline's there (design: Floor)."""

    arm: str
    dataset: str
    setting: CheckSetting
    value: float
    lexical: float
    reached: bool


class Ruling(Record):
    """One check on one dataset, as the verdict prints it.

    `estimate`, `low`, `high`: the contrast and its 95% interval, in the measure's unit (for
    `equals`: the number of counts that differ). `p` is one-sided, for support, `p_against` one-sided
    against it. `detectable` is the effect found with 90% power. A check of several contrasts lists
    them as `parts` and prints the one that is furthest from support. `single_run` is how likely one
    run per arm, under one seed, shows the paper's order of the arms; for readers only. Numbers are
    null exactly when the check is untested, or where the kind of check does not have them. `cause`
    names what made an untested check so, where it is more than that. `reason` is why the analysis has this
    check and this margin, in the words of the claim, and `cited` what the paper prints in each cell that
    `claimed` names, verbatim; both are left out where there is nothing to say.
    """

    id: str
    kind: str
    dataset: str
    measure: str | None
    setting: CheckSetting | None
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
    p_against: float | None = None
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
    single_run: float | None = None
    bases: tuple[BaseEstimate, ...] = ()
    slices: tuple[SliceEstimate, ...] = ()
    parts: tuple[Part, ...] = ()
    floors: tuple[Floor, ...] = ()
    cause: Cause | None = None
    note: str = ""
    reason: str = Field(default="", exclude_if=lambda words: not words)
    cited: dict[str, str] = Field(default_factory=dict, exclude_if=lambda cells: not cells)


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


class MeasurementRow(Record):
    """One mean in the measurement table: a measure over the queries of one language (or pair).

    `passage_language` is `*` in the multilingual pool, `query_language` where the value is a quantile over
    the queries of all languages (`rank-distance-p90`). `queries` counts rows behind the value.
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
