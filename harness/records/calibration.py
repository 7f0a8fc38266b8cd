"""What the calibration of the judge measured (design: Judging): how often its promises held, world by world.

A cell is one kind of world. Its rates are shares of `worlds` worlds. Figures of a cell that does
not hold all criteria stand in `missed` once more, each with what it misses.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.records.power import Share, Variance
from harness.records.record import Record, Sha256

SeedVariance = Literal["small", "even", "large"]
Effect = Literal["null", "margin", "half", "full", "planned"]
Criterion = Literal["coverage", "false-support", "power"]
Several = Annotated[int, Field(ge=2)]


class CalibrationCell(Record):
    """One kind of world: rates of what the judge's own code said of it.

    `refused` is the share in which the judge said nothing because clusters lean too far to one side.
    `truth` is in units of the standard deviation between clusters. `expected` is the rate of
    support that theory gives. `at_least` and `at_most` are one-sided 99.9% bounds of the rate of
    support (Clopper and Pearson). `misses` are the criteria of its kind of cell that it does not hold.
    """

    seeds: Several
    clusters: Several
    seed_variance: SeedVariance
    seed_shape: str
    shape: str
    effect: Effect
    truth: float
    coverage: Share
    supported: Share
    contradicted: Share
    refused: Share
    expected: Share
    at_least: Share
    at_most: Share
    misses: tuple[Criterion, ...]


class Population(Record):
    """The real contrast whose clusters are drawn, and the sha256 of the file it stands in."""

    contrast: str
    sha256: Sha256


class Calibration(Record):
    """All cells of a calibration, and the least number of clusters that it found.

    `seed_share` tells for each seed variance how much seeds contribute to V, in shares of what
    clusters do. `beside` are cells that decide nothing, `again` those that missed coverage or false
    support, drawn anew with ten times the worlds. `least` gives for each criterion the least
    tested number of clusters at which all cells hold it, `least_clusters` that for coverage and
    false support together; null where there is none. `under_power` counts cells of full effect, as
    far as the judge does not refuse them, whose measured power is below 90%, within chance or not,
    and `mean_power` is the mean over them.
    """

    schema_: Literal["urn:harness:calibration:1"] = Field(default="urn:harness:calibration:1", alias="schema")
    worlds: Annotated[int, Field(ge=1)]
    margin: float
    seed_share: dict[SeedVariance, Variance]
    population: Population
    cells: tuple[CalibrationCell, ...]
    beside: tuple[CalibrationCell, ...]
    again: tuple[CalibrationCell, ...]
    least: dict[Criterion, int | None]
    least_clusters: int | None
    mean_power: Share
    under_power: Annotated[int, Field(ge=0)]
    missed: tuple[CalibrationCell, ...]
    versions: dict[str, str]
