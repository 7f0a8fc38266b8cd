"""What the benchmarks measured: ratios of our work to other work in the same run, and what cells cost."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.records.record import Record


class BenchRow(Record):
    """Some work, and what it is held against.

    `ratio` is work over `against`, `target` the most that meets it; null where it is only reported,
    as `met` is then.
    """

    work: str
    against: str
    ratio: float
    target: float | None
    met: bool | None


class Bench(Record):
    """All rows of one run of the benchmarks.

    `seconds_per_operation` is what a cell of each kind took on average, `minutes_of_cells_per_claim`
    what all cells of a claim take together, shared ones counted for each claim, `seconds_of_company`
    what the trainings took that look for company of a contradiction.
    """

    schema_: Literal["urn:harness:bench:1"] = Field(default="urn:harness:bench:1", alias="schema")
    rows: tuple[BenchRow, ...]
    seconds_per_operation: dict[str, float]
    minutes_of_cells_per_claim: dict[str, float | None]
    seconds_of_company: float
    machine: dict[str, str | int | None]
    versions: dict[str, str]
