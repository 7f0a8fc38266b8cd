"""A claim: what a paper says, turned into decidable checks (design: Terms, A claim and its script)."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from harness.records.record import Language, Name, QuotedNumber, Record

Setting = Literal["monolingual", "crosslingual", "multilingual"]
SETTINGS: tuple[Setting, ...] = get_args(Setting)
CheckSetting = Literal["monolingual", "crosslingual", "multilingual", "balanced"]
"""What a check can ask for: a retrieval setting, or all three at equal weight (the balanced score)."""

Relation = Literal[
    "above",
    "below",
    "comparable-or-above",
    "comparable-or-below",
    "equivalent",
    "reduced-by",
    "order",
    "equals",
    "never-third",
    "contrast",
]
Evidence = Literal["trained-encoder", "released-encoder", "counted-data", "paper-tables"]
Outcome = Literal["supported", "contradicted", "inconclusive", "untested"]
Verification = Literal["sound", "defeated", "incomplete"]
Status = Literal["VERIFIED", "FALSIFIED", "UNVERIFIED"]
Cause = Literal[
    "script_error",
    "timeout",
    "infrastructure",
    "resource_missing",
    "control_failed",
    "out_of_regime",
    "below_floor",
    "mechanism_absent",
    "untested",
    "analysis_changed",
    "unsealed",
    "attacker_error",
    "verification_defeated",
    "not_attacked",
    "inconclusive",
]
CLAIM_ID = r"^c[0-9][0-9]+$"
CHECK_ID = r"^[a-z0-9][a-z0-9-]*$"
MEASURE = r"^(MAP|MRR|R@[1-9][0-9]{0,5}|nDCG@[1-9][0-9]{0,5}|rank-distance)$"
ClaimId = Annotated[str, StringConstraints(pattern=CLAIM_ID)]
CheckId = Annotated[str, StringConstraints(pattern=CHECK_ID, max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Measure = Annotated[str, StringConstraints(pattern=MEASURE)]


class Side(Record):
    """One side of a check: an arm, and only where it differs from the other side a base."""

    sampling: Name
    base: Name | None = None


class CitedValue(Record):
    """A number and the cell of the paper it is copied from."""

    cell: Text
    value: QuotedNumber


class CitedEffect(Record):
    """The two cells whose difference is the effect the paper shows."""

    left: Text
    right: Text


class Check(Record):
    """One decidable statement about mean scores.

    `required: full` means: required at scale full, shown and never counted below it.
    `claimed` maps `<base>`, or `<dataset>/<base>` where a claim names several datasets, to what
    the paper prints. For `equals`, `counts` maps a thing to count to the cell it must equal.
    `arms` are those of an `order`, best first; `never-third` speaks of hybrid, x-x-mono and x-y
    in every setting, so it names none. `pairs: withheld` keeps the ordered language pairs of the
    training languages, each as measured on encoders that never saw it in a cross-lingual batch.
    """

    id: CheckId
    required: bool | Literal["full"] = True
    measure: Measure | None = None
    setting: CheckSetting | None = None
    pairs: Literal["withheld"] | None = None
    arms: tuple[Name, ...] | None = None
    left: Name | Side | None = None
    relation: Relation
    right: Name | Side | None = None
    margin: QuotedNumber = "0"
    weights: dict[Name, float] | None = None
    languages: tuple[Language, ...] | None = None
    claimed: dict[str, CitedValue | CitedEffect] = Field(default_factory=dict)
    counts: dict[str, CitedValue] = Field(default_factory=dict)
    unit: Literal["percent"] | None = None
    reason: Text | None = None

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The retrieval settings whose rows the check is about; none where it counts."""
        if self.setting == "balanced" or (self.relation == "never-third" and self.setting is None):
            return SETTINGS
        return () if self.setting is None else (self.setting,)


class Acceptance(Record):
    """What a person accepted as the true verdict, written by `harness accept` alone."""

    status: Status
    outcome: Outcome
    verification: Verification
    cause: Cause | None
    date: Text
    reason: Text


class Claim(Record):
    """One YAML file. `waived` maps `<base>/<dataset>/<setting>` to why no check covers it."""

    schema_: Literal["urn:harness:claim:1"] = Field(alias="schema")
    id: ClaimId
    title: Text
    statement: Text
    origin: Literal["paper", "record"]
    kind: Literal["effectiveness", "counted"]
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    bases: tuple[Name, ...] = ()
    datasets: tuple[Name, ...] = Field(min_length=1)
    cells: tuple[Text, ...] = ()
    checks: tuple[Check, ...] = Field(min_length=1)
    unknowns: tuple[Text, ...] = ()
    waived: dict[str, Text] = Field(default_factory=dict)
    accepted: dict[Name, Acceptance] = Field(default_factory=dict)

    def analysis(self) -> dict[str, object]:
        """Return what the lock protects: everything that decides, nothing that only tells."""
        keep = ("id", "kind", "evidence", "bases", "datasets", "cells", "checks", "waived")
        plain = self.plain()
        return {key: plain[key] for key in keep}
