"""A scope: what a paper's terms are bound to on this machine (design: Terms)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.records.claim import ClaimId, Text
from harness.records.record import Language, Name, Record

Positive = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(gt=0, lt=1)]


class DataBinding(Record):
    """A dataset's source and which part of it; `facts` keeps only the first so many of each split."""

    source: Literal["atlas"]
    part: Name
    languages: tuple[Language, ...] = Field(min_length=1)
    facts: Positive | None = None


class CountBinding(Record):
    """Files whose contents are counted; always the real ones, whatever the scope."""

    source: Literal["lareqa"]
    part: Name


class Recipe(Record):
    """A small encoder and its aligned pre-training.

    Rows of `width` numbers for each of `buckets` hashed character n-grams of lengths
    `shortest`..`longest`, pooled, then one shared layer to `dimensions` numbers. `dose` is the
    number of aligned pre-training steps, the knob of the regime.
    """

    buckets: Positive
    width: Positive
    dimensions: Positive
    shortest: Positive
    longest: Positive
    dose: Annotated[int, Field(ge=0)]
    batch: Positive
    learning_rate: Rate
    temperature: Rate


class Settings(Record):
    """What an arm's contrastive training uses. `batch` counts pairs; `chosen_by` says how these were found."""

    steps: Positive
    batch: Annotated[int, Field(ge=2)]
    learning_rate: Rate
    weight_decay: Annotated[float, Field(ge=0, lt=1)]
    temperature: Rate
    chosen_by: Text


class Scope(Record):
    """One YAML file that binds bases, datasets, training data, settings and numbers of seeds."""

    schema_: Literal["urn:harness:scope:1"] = Field(alias="schema")
    name: Name
    scale: Literal["reduced", "full"]
    sentence: Text
    bases: dict[Name, Recipe]
    datasets: dict[Name, DataBinding]
    counted: dict[Name, CountBinding] = Field(default_factory=dict)
    training: DataBinding
    pretraining: DataBinding
    settings: Settings
    seeds: dict[ClaimId, Positive]
    seeds_otherwise: Positive
    script_seconds: Positive = 60
    cell_seconds: Positive = 600

    def seeds_of(self, claim: str) -> int:
        """Return the number of seeds that a claim's arms are trained with."""
        return self.seeds.get(claim, self.seeds_otherwise)
