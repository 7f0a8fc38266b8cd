"""The conductor of tuning: from a scope's grid to what it chooses, on the validation split alone.

    (1) make the texts of training and validation; no test set is made
    (2) measure the points that the choice asks for, base by base (`harness.court.tuning`)
    (3) measure the pilot: both baselines at their chosen settings, under seeds of their own

Where each dataset has a side of its own, a point is trained on every side and measured on that side's
split; its scores and the pilot's noise are means over the sides, so that one choice serves them all.
Every training is a cell of the store, so a tuning that was interrupted goes on where it stopped.
Seeds of grid and pilot are used for nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.codec import digest
from harness.court.contrast import Inquiry
from harness.court.hearing import hear, law
from harness.court.power import pilot_components
from harness.court.regime import READ_FROM
from harness.court.scores import Measured, Place, place_of
from harness.court.tuning import choose
from harness.court.validation import Validation
from harness.engine import Engine
from harness.errors import UsageError
from harness.planner import LAB_SOURCE, RANK_SOURCE, Planner, source_digest, versions
from harness.records.asked import EncodeRequest, TrainRequest
from harness.records.claim import SETTINGS, Check
from harness.records.power import Components
from harness.records.scope import VALIDATION, Chosen
from harness.records.training import arm
from harness.records.tuning import Point, Setup, Tuning
from harness.verify.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.court.rank import Ranks
    from harness.engine import Crew, Progress
    from harness.records.cells import Cell
    from harness.records.scope import Grid, Scope
    from harness.store import Store

AGREEMENT = 0.01
"""A point made anew may differ by this much: other processors add floats in another order."""

BASELINES = ("x-y", "x-x-mono")
PILOT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("monolingual", ("MAP", "R@1", "nDCG@10")),
    ("crosslingual", ("MAP", "R@1", "nDCG@10")),
    ("multilingual", ("MAP", "R@10", "nDCG@10", "rank-distance")),
    ("balanced", ("MAP",)),
)
"""Setting -> measures whose noise the pilot reads."""


def tune(scope: Scope, store: Store, crew: Crew, tell: Callable[[str], None]) -> Tuning:
    """Return what the grid's results choose; trains whatever the store lacks.

    Raises:
        UsageError: a scope without grid or validation split.
        HarnessError: a cell that could not be made.
    """
    bench = TuningBench(scope, store, crew, tell)
    chosen, inside = {}, {}
    for base in scope.bases:
        chosen[base], inside[base] = choose(scope, base, bench.measured)  # (2)
        tell(f"{base}: dose {chosen[base].dose}, {'in' if inside[base] else 'OUT OF'} regime, {chosen[base].arms}")
    return Tuning(
        question=scope.question(),
        texts=bench.texts.digests,
        lab=bench.lab,
        points=tuple(bench.points.values()),
        chosen=chosen,
        inside=inside,
        pilot=bench.pilot(chosen),  # (3)
    )


@dataclass
class TuningBench:
    """Measures points of one scope's grid, each once."""

    scope: Scope
    store: Store
    crew: Crew
    tell: Callable[[str], None]
    points: dict[Setup, Point] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the texts (1).

        Raises:
            UsageError: a scope without grid or validation split.
        """
        if self.scope.grid is None or self.scope.validation is None:
            raise UsageError(f"scope {self.scope.name}: expected a grid and a validation split to tune, found none")
        self.grid: Grid = self.scope.grid
        self.lab = source_digest(LAB_SOURCE)
        self.splits = [side.text(VALIDATION) for side in self.scope.sides()]
        self.texts = Texts(self.store)
        self.texts.make(self.scope, self.splits)
        for error in self.texts.failed.values():
            raise error
        self.judgements = {name: self.texts.datasets[name].judgements for name in self.splits}
        self.laws = {name: law(own, source_digest(RANK_SOURCE)) for name, own in self.judgements.items()}

    def measured(self, setups: Sequence[Setup]) -> list[Point]:
        """Return one point for each setup, training what is not known yet."""
        new = [setup for setup in setups if setup not in self.points]
        ranks = self._ranked([(_at(self.scope, setup), [setup.sampling], setup.base) for setup in new], self.grid.seeds)
        for setup, found in zip(new, ranks, strict=True):
            self.points[setup] = self._point(setup, found)
        return [self.points[setup] for setup in setups]

    def pilot(self, chosen: dict[str, Chosen]) -> tuple[Components, ...]:
        """Return the noise of x-y minus x-x-mono at the chosen settings, pooled over bases with a regime."""
        bases = [base for base in self.scope.bases if base in self.scope.regimes] or list(self.scope.bases)
        scope = self.scope.model_copy(update={"chosen": chosen})
        found = self._ranked([(scope, BASELINES, base) for base in bases], self.grid.pilot_seeds)
        ranks = {place: own for one in found for place, own in one.items()}
        scores = Measured(self.judgements, ranks, [])
        return tuple(
            _over_sides(
                [
                    pilot_components(Inquiry(scores, self.grid.pilot_seeds, check, name).sample(bases), check)
                    for name in self.splits
                ]
            )
            for check in _pilot_checks()
        )

    def _ranked(
        self, wanted: Sequence[tuple[Scope, Sequence[str], str]], seeds: Sequence[int]
    ) -> list[dict[Place, Ranks]]:
        """Make all cells at once; return, for each (scope, arms, base) wanted, the ranks of its places."""
        plans = []
        for scope, arms, base in wanted:
            planner = Planner(scope, self.texts.digests, self.lab, versions(), self.crew.enclosure.seal.status)
            requests = [
                EncodeRequest(encoder=TrainRequest(base=base, arm=arm(label), seed=seed), dataset=name)
                for name in self.splits
                for label in arms
                for seed in seeds
            ]
            plans.append(planner.plan([], requests))
        self._make([cell for plan in plans for cell in plan.cells])
        return [
            {place_of(request): self._heard(cell, request.dataset) for request, cell in plan.encodings.items()}
            for plan in plans
        ]

    def _make(self, cells: Sequence[Cell]) -> None:
        ran = Engine(self.store, self.crew, self.scope.cell_seconds).run(cells, self.texts.files, self._progress)
        for error in ran.failed.values():
            raise error

    def _progress(self, told: Progress) -> None:
        self.tell(f"{told.done}/{told.total} cells, last {told.event}")

    def _heard(self, cell: Cell, name: str) -> Ranks:
        return hear(self.store, cell.key, self.judgements[name], self.laws[name]).ranks

    def _point(self, setup: Setup, ranks: dict[Place, Ranks]) -> Point:
        """Return means over seeds and sides; every side has the same seeds."""
        validations = {name: Validation(own, ranks) for name, own in self.judgements.items()}
        mean = {
            setting: _mean([validations[place.dataset].score(place, setting) for place in ranks])
            for setting in SETTINGS
        }
        distance = _mean([validations[place.dataset].distance(place) for place in ranks])
        return Point(setup=setup, seeds=self.grid.seeds, distance=distance, **mean)


def rerun(  # noqa: PLR0913, PLR0917 - a tuning, and all that training takes
    scope: Scope,
    tuned: Tuning,
    store: Store,
    crew: Crew,
    tell: Callable[[str], None],
    wanted: Sequence[tuple[str, str]] = (),
) -> list[str]:
    """Train chosen points anew and return how they differ from what is written, if they do.

    `wanted` names bases and arms; without it, x-x-mono on the first base.

    Raises:
        UsageError, HarnessError: as `tune`.
    """
    bench = TuningBench(scope, store, crew, tell)
    known = {point.setup: point for point in tuned.points}
    setups = []
    for base, sampling in wanted or [(next(iter(tuned.chosen)), READ_FROM)]:
        rate, temperature = tuned.chosen[base].arms[sampling]
        dose = tuned.chosen[base].dose
        setups.append(Setup(base=base, dose=dose, sampling=sampling, learning_rate=rate, temperature=temperature))
    found = []
    for setup, now in zip(setups, bench.measured(setups), strict=True):
        for name in ("monolingual", "crosslingual", "multilingual", "distance"):
            before, after = getattr(known[setup], name), getattr(now, name)
            if abs(before - after) > AGREEMENT:
                where = f"{setup.sampling} on {setup.base}, {name}"
                found.append(f"{where}: {before:.4f} in the results, {after:.4f} now")
    return found


def _at(scope: Scope, setup: Setup) -> Scope:
    """Return the scope in which the setup is what was chosen."""
    point = Chosen(dose=setup.dose, arms={setup.sampling: (setup.learning_rate, setup.temperature)})
    return scope.model_copy(update={"chosen": {setup.base: point}})


def _pilot_checks() -> Iterator[Check]:
    for setting, measures in PILOT:
        for number, measure in enumerate(measures):
            yield Check.model_validate(
                {
                    "id": f"pilot-{setting}-{number}",
                    "measure": measure,
                    "setting": setting,
                    "left": BASELINES[0],
                    "relation": "above",
                    "right": BASELINES[1],
                }
            )


def _over_sides(found: Sequence[Components]) -> Components:
    """Return the noise that a dataset has on average: a claim has one check on each."""
    mean = {name: _mean([getattr(one, name) for one in found]) for name in ("s2_seed", "s2_cluster", "s2_res", "mean")}
    return found[0].model_copy(update={**mean, "clusters": min(one.clusters for one in found)})


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def recheck(scope: Scope, tuned: Tuning) -> list[str]:
    """Return what is wrong with committed results: another question, or a choice that does not follow.

    Nothing is trained: the choice is made again from the points as they were written down.
    """
    if tuned.question != scope.question():
        return [f"the results answer another question ({tuned.question[:12]}) than the scope asks; run make tune"]
    known = {point.setup: point for point in tuned.points}
    faults = []
    for base in scope.bases:
        try:
            chosen, inside = choose(scope, base, lambda setups: [known[setup] for setup in setups])
        except KeyError as error:
            faults.append(f"{base}: expected every point that the choice asks for, found none of {error}")
            continue
        if (chosen, inside) != (tuned.chosen.get(base), tuned.inside.get(base)):
            faults.append(f"{base}: the points choose {digest(chosen.plain())[:12]}, the file says otherwise")
    return faults
