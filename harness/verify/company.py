"""Company for a contradiction: the same arms, trained a little differently (design: Contradiction needs company).

Only for a claim on trained arms that would be contradicted, in a scope with a grid:

    (1) each arm's learning rate, then its temperature, moves one step up and one step down in the
        grid, all arms the same way; one that stands at the edge stays there
    (2) hybrid trains with as many cross-lingual pairs as x-y: steps / (1 - alpha), twice for 0.5
    (3) each contradicted check is measured again, under the first SEEDS seeds

A check whose mean turns its sign anywhere is no contradiction any more, nor is one whose
neighbours cannot be had; where none is left, the claim is inconclusive. A check of several
contrasts keeps its contradiction while one contradicted contrast keeps its sign everywhere.

Cost: up to five times SEEDS trainings per arm and base. Not in false worlds, not in harness judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.court.judge import rule
from harness.court.settle import counts, settle
from harness.court.third import cell_estimates
from harness.court.verdict import Company
from harness.errors import HarnessError
from harness.planner import Plan, Planner, needs
from harness.records.asked import TrainRequest
from harness.records.scope import Chosen
from harness.records.verdict import Neighbour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from harness.court.case import Case
    from harness.records.asked import EncodeRequest
    from harness.records.cells import Cell
    from harness.records.claim import Check, Claim
    from harness.records.ruling import Ruling
    from harness.records.scope import Grid, Scope
    from harness.records.training import Arm

SEEDS = 4
UP, DOWN = 1, -1


@dataclass(frozen=True, slots=True)
class Variant:
    """A neighbouring setting: what was moved, and the scope under which each arm is then trained."""

    at: str
    scopes: Mapping[str, Scope]


def variants(scope: Scope, bases: Iterable[str], arms: Iterable[Arm]) -> Iterator[Variant]:
    """Yield the neighbours of what tuning chose for `arms`, by their labels; none where there is no grid."""
    if scope.grid is None:
        return
    each, on = list(arms), list(bases)
    for name, knob in (("learning rate", 0), ("temperature", 1)):
        for step, way in ((UP, "up"), (DOWN, "down")):
            moved = _moved(scope, scope.grid, on, {arm.sampling for arm in each}, (knob, step))
            if moved != scope:
                yield Variant(f"{name} one step {way}", {arm.label: moved for arm in each})
    longer = {arm.label: _longer(scope, arm) for arm in each if arm.alpha is not None and 0 < arm.alpha < 1}
    if longer:
        yield Variant("hybrid with as many cross-lingual pairs as x-y", {arm.label: scope for arm in each} | longer)


def _moved(scope: Scope, grid: Grid, bases: Sequence[str], samplings: set[str], move: tuple[int, int]) -> Scope:
    """Return the scope with one knob of every arm moved by one step, where the grid has room."""
    knob, step = move
    values = sorted((grid.learning_rates, grid.temperatures)[knob])
    chosen = dict(scope.chosen)
    for base in bases:
        arms = dict(chosen[base].arms) if base in chosen else {}
        for sampling in sorted(samplings):
            settings = scope.settings_of(base, sampling)
            point = [settings.learning_rate, settings.temperature]
            at = values.index(point[knob]) + step if point[knob] in values else -1
            if 0 <= at < len(values):
                point[knob] = values[at]
                arms[sampling] = (point[0], point[1])
        if arms:
            chosen[base] = Chosen(dose=scope.recipe_of(base).dose, arms=arms)
    return scope.model_copy(update={"chosen": chosen})


def _longer(scope: Scope, arm: Arm) -> Scope:
    steps = round(scope.settings.steps / (1 - (arm.alpha or 0.0)))
    return scope.model_copy(update={"settings": scope.settings.model_copy(update={"steps": steps})})


def neighbours(
    claim: Claim, scope: Scope, rulings: Iterable[Ruling], planner: Callable[[Scope], Planner]
) -> list[tuple[str, Plan]]:
    """Return a plan for each neighbour: what the contradicted checks need, under the first seeds."""
    checks = {ruling.id for ruling in rulings}
    wanted = dict.fromkeys(
        need.vectors
        for check in claim.checks
        if check.id in checks
        for need in needs(claim, scope, check)
        if need.vectors.encoder.seed < SEEDS
    )
    encoders = [one.encoder for one in wanted if isinstance(one.encoder, TrainRequest)]
    arms = {encoder.arm.label: encoder.arm for encoder in encoders}
    bases = dict.fromkeys(encoder.base for encoder in encoders)
    return [(one.at, _plan(one, wanted, planner)) for one in variants(scope, bases, arms.values())]


def _plan(variant: Variant, wanted: Iterable[EncodeRequest], planner: Callable[[Scope], Planner]) -> Plan:
    cells: dict[str, Cell] = {}
    encodings: dict[EncodeRequest, Cell] = {}
    for label, scope in variant.scopes.items():
        own = [one for one in wanted if isinstance(one.encoder, TrainRequest) and one.encoder.arm.label == label]
        part = planner(scope).plan((), own)
        cells |= {cell.key: cell for cell in part.cells}
        encodings |= part.encodings
    return Plan((), tuple(cells.values()), encodings)


def contradicted(rulings: Sequence[Ruling], scope: Scope) -> list[Ruling]:
    """Return the required rulings that contradict their check, where that contradicts the claim."""
    if settle(rulings, scope.scale)[0] != "contradicted":
        return []
    return [one for one in rulings if counts(one, scope.scale) and one.outcome == "contradicted"]


def weigh(
    claim: Claim, rulings: Sequence[Ruling], plans: Sequence[tuple[str, Plan]], scored: Callable[[Plan], Case]
) -> Company:
    """Return what the neighbours say of contradicted rulings; `scored` returns a plan's scores."""
    found: list[Neighbour] = []
    for at, plan in plans:
        try:
            there: Case | None = scored(plan)
        except HarnessError:
            there = None
        found += [one for ruling in rulings for one in _followed(claim, ruling, at, there)]
    if not found or any(_kept(ruling, found) for ruling in rulings):
        return Company("", tuple(found))
    return Company(_words(found), tuple(found))


def _followed(claim: Claim, ruling: Ruling, at: str, there: Case | None) -> Iterator[Neighbour]:
    """Yield each contradicted contrast of a ruling as it is at one neighbour."""
    check = next(check for check in claim.checks if check.id == ruling.id)
    try:
        now = {} if there is None else _estimates(there, check, ruling.dataset)
    except HarnessError:
        now = {}
    for name, before in _contradicted_parts(ruling).items():
        estimate = now.get(name)
        turned = estimate is None or estimate * before <= 0
        yield Neighbour(at=at, check=ruling.id, dataset=ruling.dataset, part=name, estimate=estimate, turned=turned)


def _contradicted_parts(ruling: Ruling) -> dict[str, float]:
    """Return what contradicts a check: itself, or those of its contrasts that do."""
    if ruling.estimate is None:
        return {}
    if ruling.relation == "never-third":  # the one cell that is printed
        return {part.name: part.estimate for part in ruling.parts if part.estimate == ruling.estimate}
    return {part.name: part.estimate for part in ruling.parts if part.outcome == "contradicted"} or {
        "": ruling.estimate
    }


def _estimates(case: Case, check: Check, dataset: str) -> dict[str, float]:
    """Return the means of a check's contrasts by name; of never-third, those of all its cells."""
    if check.relation == "never-third":
        return cell_estimates(case, check, dataset)
    ruling = rule(case, check, dataset)
    parts = {part.name: part.estimate for part in ruling.parts}
    return parts or ({} if ruling.estimate is None else {"": ruling.estimate})


def _kept(ruling: Ruling, found: Sequence[Neighbour]) -> bool:
    """Tell whether some contrast of a ruling contradicts it at every neighbour."""
    own = [one for one in found if (one.check, one.dataset) == (ruling.id, ruling.dataset)]
    parts = {one.part for one in own}
    return not own or any(not any(one.turned for one in own if one.part == part) for part in parts)


def _words(found: Sequence[Neighbour]) -> str:
    told = []
    for one in found:
        if one.turned:
            part = f" ({one.part})" if one.part else ""
            found_there = "could not be measured" if one.estimate is None else f"is {one.estimate:.3g}"
            told.append(f"{one.check}{part} on {one.dataset} {found_there} with {one.at}")
    return f"the contradiction has no company: {'; '.join(told)}"
