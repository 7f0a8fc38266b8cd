"""What the court says on one check."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.records.claim import Cause, CheckSetting, Outcome
from harness.records.record import Record


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
