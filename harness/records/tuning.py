"""What tuning measured on the validation split, and what it chose of that (design: Tuning)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.records.power import Components
from harness.records.record import Name, Record, Sha256
from harness.records.scope import Chosen
from harness.records.training import Rate

Score = Annotated[float, Field(ge=0, le=1)]


class Setup(Record):
    """One arm as the grid has it: a base with its dose, a way to fill batches, two settings."""

    base: Name
    dose: Annotated[int, Field(ge=0)]
    sampling: Name
    learning_rate: Rate
    temperature: Rate


class Point(Record):
    """One arm measured: MAP in each setting and rank distance as a share of chance, means over `seeds`."""

    setup: Setup
    seeds: tuple[int, ...]
    monolingual: Score
    crosslingual: Score
    multilingual: Score
    distance: Annotated[float, Field(ge=0)]

    @property
    def balanced(self) -> float:
        """Return the mean MAP of the three settings."""
        return (self.monolingual + self.crosslingual + self.multilingual) / 3


class Tuning(Record):
    """All that one tuning run measured and chose.

    `question` is the digest of what was asked (`Scope.question`), `texts` those of what was read,
    `lab` that of the code that trained. `inside` tells whether a base's choice lies in its regime.
    `pilot` holds the noise of x-y minus x-x-mono, pooled over the bases that have a regime.
    """

    schema_: Literal["urn:harness:tuning:1"] = Field(default="urn:harness:tuning:1", alias="schema")
    question: Sha256
    texts: dict[str, Sha256]
    lab: Sha256
    points: tuple[Point, ...]
    chosen: dict[Name, Chosen]
    inside: dict[Name, bool]
    pilot: tuple[Components, ...]
