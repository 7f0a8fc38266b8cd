"""Judging all 14 claims from stored measures, against a limit of two seconds.

Work: every check of every claim in `claims/`, ruled and settled, on the evaluation sets of scope
atlas as they are (11, 7 and 15 languages), both bases, 12 seeds for every claim, slices and all
else that a verdict shows of a check. Ranks are random: what is judged is never equal, and no claim
is cut short. Measures are taken from memory, as a run has them once its tables are written; what
the judge derives from them is made anew each time. The figure is the median of a few times.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.row import Row
from harness.claimfile.claims import ClaimFile, read_folder
from harness.claimfile.scopes import find_scope, read_scope
from harness.court.judge import Case, datasets_of, rule, rule_counts
from harness.court.measure import Rows
from harness.court.rank import Ranks
from harness.court.scores import Measured, Place
from harness.court.settle import settle
from harness.data import catalogue
from harness.records.claim import Check, Side
from harness.records.folds import withheld_pairs
from harness.records.judgements import Judgements
from harness.records.ruling import Ruling
from harness.records.scope import Scope
from harness.seeds import generator

ROOT = Path(__file__).resolve().parent.parent
SEEDS, REPEATS, LIMIT, DEEPEST = 12, 3, 2.0, 40


class Drawn(Mapping[Place, Ranks]):
    """Random ranks of any place, the same each time."""

    def __init__(self, of: Mapping[str, Judgements]) -> None:
        """Draw for the judged pairs `of` each dataset."""
        self.of = of

    def __contains__(self, place: object) -> bool:
        """Tell that there are ranks, as there are of any place."""
        return isinstance(place, Place)

    def __getitem__(self, place: Place) -> Ranks:
        """Return the ranks of one place, in a pool that better arms search to less depth."""
        pairs = len(self.of[place.dataset].query_rows)
        rng = generator("bench", "judge", *map(str, (place.base, place.sampling, place.seed, place.dataset)))
        within = rng.geometric(0.5 if place.sampling == "hybrid" else 0.45, pairs).astype(np.int64)
        return Ranks(within=within, overall=within + rng.integers(0, DEEPEST, pairs))

    def __iter__(self) -> Iterator[Place]:
        """List nothing: any place has ranks."""
        return iter(())

    def __len__(self) -> int:
        """Count nothing."""
        return 0


@dataclass(slots=True)
class Stored:
    """Measures in memory, by all that they depend on; those that are not there yet are measured once."""

    measured: Measured
    kept: dict[Hashable, Rows] = field(default_factory=dict)
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def judgements(self, dataset: str) -> Judgements:
        """Return the judgements of a dataset."""
        return self.measured.judgements(dataset)

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        """Return one value per row."""
        key = (side, seed, check.setting, check.measure, check.pairs, dataset)
        if key not in self.kept:
            self.kept[key] = self.measured.rows(side, seed, check, dataset)
        return self.kept[key]


def stored(scope: Scope) -> Stored:
    """Return random scores on a scope's evaluation sets."""
    of = {name: catalogue.evaluation(binding).judgements for name, binding in scope.datasets.items()}
    withheld = [withheld_pairs(scope.training.languages, scope.folds, fold) for fold in range(scope.folds)]
    return Stored(Measured(of, Drawn(of), withheld))


def judge_all(files: list[ClaimFile], scores: Stored) -> list[tuple[str, list[Ruling]]]:
    """Judge and settle every claim; return outcomes and rulings."""
    found: list[tuple[str, list[Ruling]]] = []
    for file in files:
        case = Case(file.claim, range(SEEDS), scores, file.paper.cells if file.paper else {})
        questions = [(check, name) for check in file.claim.checks for name in datasets_of(check, file.claim)]
        rulings = [_ruled(case, check, name) for check, name in questions]
        found.append((settle(rulings, "reduced")[0], rulings))
    return found


def _ruled(case: Case, check: Check, dataset: str) -> Ruling:
    if check.relation != "equals":
        return rule(case, check, dataset)
    own = {name.partition("/")[2]: cited for name, cited in check.counts.items() if name.startswith(dataset)}
    return rule_counts(check, dataset, {name: int(cited.value) for name, cited in own.items()})


def rows() -> list[Row]:
    """Measure; return one row per figure for the table of benchmarks."""
    scope = read_scope(find_scope("atlas"))
    files = [file for file in read_folder(ROOT / "claims", scope) if isinstance(file, ClaimFile)]
    scores = stored(scope)
    judge_all(files, scores)  # measures everything once
    took = []
    for _ in range(REPEATS):
        scores.memory.clear()
        start = time.perf_counter()
        judge_all(files, scores)
        took.append(time.perf_counter() - start)
    work = f"judge all {len(files)} claims from stored measures, {SEEDS} seeds"
    ratio = statistics.median(took) / LIMIT
    return [Row(work=work, against=f"a limit of {LIMIT:.0f} s", ratio=ratio, target=1.0)]
