"""COUNTEREXAMPLE_HUNTER: worlds in which the claim is false, and what the verification says there.

    false worlds      of every required check (`harness.attack.worlds`, `harness.attack.cells`)
    same-ruling       a ruling that is not what the check's own interval says
    sinking           a less biased arm sinks all answers, and nothing objects (`harness.attack.sinking`)
    counts            files with a language, question or passage more or less must contradict a count
    shuffled pairs    a claimed reduction, among arms whose training taught no answer; it informs
    slices            parts of the questions that lie surely against the check; they inform
    ceiling           arms that are all so good by a measure that nothing could tell them apart
    one-measure       measures, texts and grades that are not what they are called (`harness.attack.sameness`)
    texts, grades
    leak              judged pairs that stand in training word for word
    settings          arms that compete with settings no grid has chosen for them
    category, coverage and the like, which need no measurement (`harness.attack.coverage`, `comparison`)

Source: design, Attacking.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from harness.attack import cells, comparison, coverage, worlds
from harness.attack.probe import Attempt, Probe
from harness.attack.sameness import odd_texts, one_measure, preferred
from harness.attack.sinking import by_distance, sinking
from harness.attack.subject import AS_THEY_ARE, Stand
from harness.court.contrast import COMPARABLE
from harness.court.counts import rule_counts
from harness.court.judge import datasets_of
from harness.court.memory import once
from harness.court.scores import UNTRAINED, Place

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping

    from harness.attack.subject import Subject
    from harness.records.claim import Check
    from harness.records.texts import EvaluationTexts

SINKING, COUNT, LEAK, SETTINGS = 9.0, 10.0, 9.0, 8.0
SLICE, CEILING, RULING = 2.0, 7.5, 9.0
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
    yield from comparison.probes(subject)
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
                yield Probe(f"same-ruling:{stand.name}", RULING, partial(_same_ruling, stand, subject))
                yield Probe(f"ceiling:{stand.name}", CEILING, partial(_ceiling, stand))
    if any(by_distance(stand.check) for stand in stands):
        yield Probe("sinking", SINKING, lambda: sinking(stands, evidence.sunk))
    for check in (one for one in subject.claim.checks if one.relation == "reduced-by"):
        for dataset in datasets_of(check, subject.claim):
            yield cells.shuffled_probe(Stand(case, check, dataset), evidence.shuffled)
    yield Probe("leak", LEAK, lambda: _leak(subject, evidence.leaks))
    yield Probe("texts", LEAK, lambda: _texts(subject, evidence.texts))
    yield Probe("one-measure", CEILING, lambda: one_measure(stands))
    yield Probe("grades", CEILING, lambda: preferred(stands))
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
    """Return whether arms are found alike because every arm is near the best value there is."""
    check = stand.check
    alike = check.relation in COMPARABLE | {"equivalent"}
    if not alike or check.measure == "rank-distance" or "multilingual" in check.settings:
        return None  # in a pool with several answers a share of them found early has another ceiling than 1
    least = float(stand.means().min())
    return Attempt(least > HIGHEST, f"the least arm has {check.measure} {least:.3f}, the ceiling is 1")


def _same_ruling(stand: Stand, subject: Subject) -> Attempt | None:
    """Return whether the judge's ruling is what the check's own interval says, unless it says why it is not."""
    found = [one for one in subject.rulings if (one.id, one.dataset) == (stand.check.id, stand.dataset)]
    if not found or found[0].outcome == "untested" or found[0].estimate is None:
        return None
    ruling = found[0]
    own = [(one.estimate, one.low, one.high) for one in map(stand.interval, stand.contrasts)]
    told = (float(ruling.estimate or 0.0), float(ruling.low or 0.0), float(ruling.high or 0.0))
    same = any(np.allclose(told, one, rtol=1e-9, atol=1e-12) for one in own)
    agrees = ruling.outcome == stand.outcome or (ruling.outcome == "inconclusive" and bool(ruling.note))
    words = f"ruled {ruling.outcome} at {ruling.estimate:.4g}, its own interval says {stand.outcome}"
    return Attempt(not (same and agrees), words)


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


def _texts(subject: Subject, texts: Callable[[str], EvaluationTexts]) -> Attempt:
    memory = {} if subject.measured is None else subject.measured.memory
    for dataset in subject.claim.datasets:
        if words := once(memory, ("texts", dataset), partial(_odd, dataset, texts)):
            return Attempt(succeeded=True, detail=words)
    return Attempt(succeeded=False, detail="texts are in the languages that they are called by, each in one")


def _odd(dataset: str, texts: Callable[[str], EvaluationTexts]) -> str:
    return odd_texts(dataset, texts(dataset))


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
