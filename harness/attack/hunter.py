"""COUNTEREXAMPLE_HUNTER: worlds in which the claim is false, and what the verification says there.

    false worlds      of every required check (`harness.attack.worlds`, `harness.attack.cells`)
    sinking           the compared arm sinks all answers: rank distances shrink, and nothing objects
    counts            files with a language, question or passage more or less must contradict a count
    slices            parts of the questions that lie surely against the check; they inform
    ceiling           arms that are all so good by a measure that nothing could tell them apart
    leak              judged pairs that stand in training word for word
    settings          arms that compete with settings no grid has chosen for them
    category, coverage and the like, which need no measurement (`harness.attack.coverage`)

Source: design, Attacking.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from harness.attack import cells, coverage, worlds
from harness.attack.probe import Attempt, Probe
from harness.attack.subject import AS_THEY_ARE, Stand
from harness.court.contrast import DOWNWARD
from harness.court.counts import rule_counts
from harness.court.judge import datasets_of
from harness.court.scores import UNTRAINED, Place

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping

    from harness.attack.subject import Subject
    from harness.court.scores import Measured
    from harness.records.claim import Check

SINKING, COUNT, LEAK, SETTINGS = 9.0, 10.0, 9.0, 8.0
SLICE, CEILING = 2.0, 7.5
HIGHEST = 0.97
"""Where all arms are above it, a measure has no room left to tell them apart."""

MOST_LEAKED = 0.01
"""Share of judged pairs that may stand in training by chance (short answers, names alone)."""

SIGNIFICANT = 0.025


def probes(subject: Subject, splits: Counter[str]) -> Iterator[Probe]:
    """Yield the hunter's probes; `splits` counts splits of one arm and those that were supported."""
    yield from coverage.probes(subject)
    if subject.claim.kind == "counted":
        yield from _counts(subject)
        return
    yield Probe("settings", SETTINGS, lambda: _settings(subject))
    case, evidence = subject.case, subject.evidence
    if case is None or evidence is None or not case.seeds:
        return
    stands = [
        Stand(case, check, dataset) for check in subject.required() for dataset in datasets_of(check, subject.claim)
    ]
    for stand in stands:
        match stand.check.relation:
            case "equals":
                continue
            case "never-third":
                yield from cells.third_probes(stand)
            case "reduced-by":
                yield from cells.size_probes(stand, splits)
            case _:
                seeds = _untrained_seeds(subject, stand.dataset)
                yield from worlds.probes(stand, evidence.random, evidence.permuted, splits, seeds)
                yield Probe(f"ceiling:{stand.name}", CEILING, partial(_ceiling, stand))
    if any(_by_distance(stand.check) for stand in stands):
        yield Probe("sinking", SINKING, lambda: _sinking(stands, evidence.sunk))
    yield Probe("leak", LEAK, lambda: _leak(subject, evidence.leaks))
    yield Probe("slices", SLICE, lambda: _slices(subject), required=False)


def _untrained_seeds(subject: Subject, dataset: str) -> int:
    """Return under how many of the claim's first seeds every base was measured before training."""
    case, measured = subject.case, subject.measured
    if case is None or measured is None:
        return 0
    known = [
        all(Place(base, UNTRAINED, seed, dataset) in measured.ranks for base in case.claim.bases) for seed in case.seeds
    ]
    return known.index(False) if False in known else len(known)


def _ceiling(stand: Stand) -> Attempt | None:
    """Return whether every arm is so near the best value that hardly anything could tell them apart."""
    if stand.check.measure == "rank-distance":
        return None
    least = float(stand.means().min())
    return Attempt(least > HIGHEST, f"the least arm has {stand.check.measure} {least:.3f}, the ceiling is 1")


def _by_distance(check: Check) -> bool:
    return check.measure == "rank-distance" and check.relation in DOWNWARD


def _sinking(stands: list[Stand], sunk: Measured) -> Attempt:
    """Let the compared arm sink all answers; some required check on it has to object."""
    for one in (stand for stand in stands if _by_distance(stand.check)):
        same = [other for other in stands if other.dataset == one.dataset and other.check.left == one.check.left]
        said = {other.check.id: worlds.sinking(other, sunk) for other in same}
        if all(outcome == "supported" for outcome in said.values()):
            return Attempt(
                succeeded=True,
                detail=f"{one.name} holds when every answer is sunk to the end of the pool, and no check objects",
            )
    return Attempt(succeeded=False, detail="when every answer sinks, a required check objects")


def _counts(subject: Subject) -> Iterator[Probe]:
    for check in subject.required():
        for dataset in subject.claim.datasets:
            changes = subject.recounted.get(dataset, {})
            for change, counted in changes.items():
                if change != AS_THEY_ARE:
                    name = f"{change.replace(' ', '-')}:{check.id}/{dataset}"
                    yield Probe(name, COUNT, partial(_count, check, dataset, changes[AS_THEY_ARE], counted))


def _count(check: Check, dataset: str, true: Mapping[str, int], counted: Mapping[str, int]) -> Attempt | None:
    """Rule on counts of changed files, where the change touches what the claim counts."""
    if counted == true:
        return None
    found = rule_counts(check, dataset, counted).outcome
    return Attempt(found == "supported", f"must come out against: {found}")


def _leak(subject: Subject, leaks: Callable[[str], tuple[int, int]]) -> Attempt:
    for dataset in subject.claim.datasets:
        leaked, judged = leaks(dataset)
        if leaked > MOST_LEAKED * judged:
            return Attempt(succeeded=True, detail=f"{leaked} of {judged} judged pairs of {dataset} stand in training")
    return Attempt(succeeded=False, detail="no judged pair stands in training")


def _settings(subject: Subject) -> Attempt:
    if subject.ill_chosen:
        return Attempt(
            succeeded=True, detail=f"a side competes with settings nobody chose fairly: {subject.ill_chosen[0]}"
        )
    return Attempt(succeeded=False, detail="every arm has the settings that one grid and one budget chose for it")


def _slices(subject: Subject) -> Attempt:
    against = [
        (ruling, part)
        for ruling in subject.rulings
        if ruling.required is True
        for part in ruling.slices
        if part.p_against is not None and part.p_against <= SIGNIFICANT
    ]
    if not against:
        return Attempt(succeeded=False, detail="no part of the questions lies surely against a required check")
    ruling, part = min(against, key=lambda one: one[1].p_against or 0.0)
    return Attempt(succeeded=True, detail=f"{ruling.id} on {ruling.dataset} is surely against in {part.name}")
