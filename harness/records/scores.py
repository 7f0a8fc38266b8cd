"""Scores that somebody brings, once they are read and checked, and what the judge makes of them.

A claim has `Slot`s: which rows it can be judged by. A file that fills some of them becomes a
`ScoreTable`: per question (a check on a dataset, or on all of them) one `Sheet` that is complete,
with the same rows for every arm, base and seed. `JudgedScores` is the answer that is printed.
Source: design, Outside interfaces (harness judge).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from harness.records.claim import Check, ClaimId, Outcome, Setting
from harness.records.record import Name, Record
from harness.records.ruling import Ruling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Arm = tuple[str, str, int]
    """A side, the base it starts from, and its seed."""

COLUMNS = ("check", "side", "seed", "query", "value", "cluster", "language")
"""Of a scores file, in the order of its template."""

SETTING = "setting"
"""The column beside them that checks over several settings need."""

NotApplied = Literal["floor", "regime", "controls", "neighbours", "lock", "seal", "attack"]
NOT_APPLIED: tuple[NotApplied, ...] = ("floor", "regime", "controls", "neighbours", "lock", "seal", "attack")
"""What a verdict rests on beside statistics, and what scores alone cannot show."""


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """Rows that a claim can be judged by: one side of one check, on a base and a dataset, in a setting.

    `asked_on` is the dataset that the check is ruled on, or `all`; `composite` tells that the check
    takes several settings, so that a row has to name its own.
    """

    check: Check
    dataset: str
    base: str
    side: str
    setting: Setting
    asked_on: str
    composite: bool

    @property
    def name(self) -> str:
        """Return what the column `check` says."""
        return f"{self.check.id}/{self.dataset}/{self.base}"

    @property
    def question(self) -> tuple[str, str]:
        """Return the check's id and what it is ruled on."""
        return self.check.id, self.asked_on

    @property
    def where(self) -> str:
        """Return the slot in words."""
        return f"{self.side} in {self.name}" + (f", {self.setting}" if self.composite else "")


@dataclass(frozen=True, slots=True)
class Queries:
    """The queries of one dataset, sorted by id: columns of one length."""

    ids: tuple[str, ...]
    languages: tuple[str, ...]
    clusters: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One setting of one dataset: N rows, the same for every arm.

    `query_rows` (N,) are places in the dataset's queries; `passage_languages` (N of them) are empty
    where a row names none; `values` holds (N,) per side, base and seed.
    """

    query_rows: NDArray[np.int64]
    passage_languages: tuple[str, ...]
    values: Mapping[Arm, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """All that one question is judged by; `parts` are found by dataset and setting."""

    seeds: tuple[int, ...]
    queries: Mapping[str, Queries]
    parts: Mapping[tuple[str, Setting], Part]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTable:
    """A scores file without faults: one sheet per question that it answers; `rows` counts all of its rows."""

    path: str
    rows: int
    sheets: Mapping[tuple[str, str], Sheet]


class JudgedScores(Record):
    """What `harness judge` prints: statistics alone, and by name what they leave out."""

    schema_: Literal["urn:harness:judge:1"] = Field(default="urn:harness:judge:1", alias="schema")
    claim: ClaimId
    scope: Name
    outcome: Outcome
    checks: tuple[Ruling, ...]
    not_applied: tuple[NotApplied, ...] = NOT_APPLIED
