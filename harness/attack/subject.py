"""What is attacked: one claim's verification, and the evidence that worlds are made of.

Nothing here trains or decides; whoever calls the red team brings what it needs, so that no way
leads from here back up. A `Stand` is one check on one dataset as the judge saw it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from harness.court.contrast import Contrast, Inquiry, contrasts, sides
from harness.court.plain import intervals, outcomes, values

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from harness.claimfile.claims import ClaimFile
    from harness.court.case import Case
    from harness.court.infer import Interval
    from harness.court.sample import Block, Sample
    from harness.court.scores import Measured, Place
    from harness.records.asked import Asked
    from harness.records.audit import Finding
    from harness.records.claim import Check, Claim, Outcome
    from harness.records.ruling import Ruling
    from harness.records.scope import Scope
    from harness.records.texts import EvaluationTexts
    from harness.records.vectors import AdmittedVectors


AS_THEY_ARE = "as they are"
"""Under which counts of the files themselves stand among those of changed copies."""


@dataclass(frozen=True, slots=True)
class Again:
    """One cell of the lab made a second time: `label` in words, how far its vectors are from the first.

    `same_seed` is the greatest difference of an entry, `reordered` that after its texts were handed
    out in another order under other ids; `problem` says why there is none.
    """

    label: str
    same_seed: float = 0.0
    reordered: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Trained:
    """Scores of arms that were trained for the red team alone: where they lie, and under which seeds."""

    scores: Measured
    seeds: Sequence[int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run has beside a claim's own scores. All of it is made when it is asked for.

    `vectors` returns what was admitted at a place; `random`, `permuted` and `sunk` are scores of
    changed worlds (`harness.attack.changed`). `leaks` returns how many judged pairs of a dataset
    stand in training, and how many there are; `texts` returns a dataset's texts. `again` are cells
    made twice, None where nothing could be made. `fresh` are arms under seeds that the plan does not
    have, `shuffled` arms trained on passages that answer other questions; None likewise.
    """

    vectors: Callable[[Place], AdmittedVectors]
    random: Measured
    permuted: Measured
    sunk: Measured
    leaks: Callable[[str], tuple[int, int]]
    texts: Callable[[str], EvaluationTexts]
    again: Sequence[Again] | None = None
    fresh: Trained | None = None
    shuffled: Trained | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """One verification: claim, script, what was asked and judged, and what may be held against it.

    `case` and `measured` are None where nothing was measured. `lapses` says how the analysis
    differs from its lock, `locked` whether there is one. `counted` holds counts of real files by
    dataset, `recounted` the same counts of changed copies, by what was changed. `unaudited` says why
    the paper could not be audited, `ill_chosen` whose settings were not chosen by one grid;
    `retuned` trains the chosen points anew and says how they differ. `comparisons`
    is about how many rulings all claims of the folder have.
    """

    file: ClaimFile
    scope: Scope
    asked: Asked | None
    rulings: Sequence[Ruling]
    case: Case | None = None
    measured: Measured | None = None
    evidence: Evidence | None = None
    lapses: Sequence[str] = ()
    locked: bool = True
    findings: Sequence[Finding] = ()
    counted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    recounted: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    ill_chosen: Sequence[str] = ()
    retuned: Callable[[], Sequence[str]] | None = None
    unaudited: str = ""
    comparisons: int = 1

    @property
    def claim(self) -> Claim:
        """Return the claim."""
        return self.file.claim

    @property
    def folder(self) -> Path:
        """Return the folder of claim and script."""
        return self.file.path.parent

    @property
    def whole(self) -> bool:
        """Tell whether there is all that the probes need: a lock, a paper that can be audited, scores or counts."""
        there = bool(self.recounted) if self.claim.kind == "counted" else self.case is not None
        return self.locked and not self.unaudited and there

    def required(self) -> list[Check]:
        """Return the checks that count at this scale."""
        full = self.scope.scale == "full"
        return [one for one in self.claim.checks if one.required is True or (one.required == "full" and full)]


class Stand:
    """One required check on one dataset, in the world as it is."""

    def __init__(self, case: Case, check: Check, dataset: str) -> None:
        """Remember what is judged; values are read when they are asked for."""
        self.case, self.check, self.dataset = case, check, dataset

    @property
    def name(self) -> str:
        """Return what the stand is called in the names of probes."""
        return f"{self.check.id}/{self.dataset}"

    @cached_property
    def blocks(self) -> list[Block]:
        """Return the check's arms block by block."""
        inquiry = Inquiry(self.case.scores, self.case.seeds, self.check, self.dataset)
        return inquiry.blocks(self.case.claim.bases)

    @cached_property
    def sample(self) -> Sample:
        """Return the check's arms, pooled."""
        return Inquiry(self.case.scores, self.case.seeds, self.check, self.dataset).sample(self.case.claim.bases)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """Return the values of its arms by seed and cluster, (C, S, Q)."""
        return values(self.sample)

    @property
    def contrasts(self) -> tuple[Contrast, ...]:
        """Return the check's contrasts."""
        return contrasts(self.check)

    @property
    def arms(self) -> int:
        """Return the number of arms."""
        return len(sides(self.check))

    @cached_property
    def outcome(self) -> Outcome:
        """Return what its own interval says in the world as it is."""
        return self.judged(self.values[None])[0]

    def interval(self, contrast: Contrast) -> Interval:
        """Return one contrast's interval in the world as it is."""
        return intervals(contrast, self.values[None])[0]

    def judged(self, tables: NDArray[np.float64]) -> list[Outcome]:
        """Return what its own interval says in each of the tables (N, C, S, Q)."""
        return outcomes(self.contrasts, tables)

    def means(self) -> NDArray[np.float64]:
        """Return each arm's mean, (C,)."""
        found: NDArray[np.float64] = self.values.mean(axis=(1, 2))
        return found
