"""The world in which one arm stands under all names, each time under seeds of its own.

    as a world that must be lost   it succeeds where more than MOST_SPLITS of its splits are supported
    as one that must stay          where most splits lose support, and half the seeds would show equal
                                   arms to be comparable nine times in ten

Up to SPLITS splits of each arm's seeds. Source: design, Attacking.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from harness.attack.probe import Attempt, Probe
from harness.attack.world import LEAST_HALF, LOSE, MOST_SPLITS, SPLITS, STAY, WORDS
from harness.court.contrast import COMPARABLE, Contrast
from harness.court.plain import intervals, outcomes
from harness.records.record import decimal
from harness.seeds import generator

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator, Sequence

    from harness.attack.subject import Stand
    from harness.attack.world import Tables
    from harness.records.claim import Outcome


def same_arm(stand: Stand, splits: Counter[str]) -> Iterator[Probe]:
    """Yield the world in which there is one arm; of an order one for each neighbouring pair."""
    relation = stand.check.relation
    if relation in COMPARABLE | {"equivalent"}:
        yield Probe(f"same-arm:{stand.name}", STAY, lambda: _same_arm_stays(stand))
        return
    for at, one in enumerate(stand.contrasts):
        pair = [number for number, weight in enumerate(one.weights) if weight]
        name = "same-arm" if relation != "order" else f"same-arm-{at + 1}"
        yield Probe(f"{name}:{stand.name}", LOSE, _loses(stand, one, pair, splits))


def groups(seeds: int, parts: int, *names: str) -> list[tuple[tuple[int, ...], ...]]:
    """Return up to SPLITS ways to take `parts` groups of equal size from so many seeds, none twice in one way.

    None where a group would have fewer than LEAST_HALF. In the order of a draw that depends on `names` alone.
    """
    size = seeds // parts
    if size < LEAST_HALF:
        return []
    rng = generator("attack", "same-arm", *names)
    if parts == LEAST_HALF and math.comb(seeds, size) <= SPLITS:
        rest = set(range(seeds))
        return [(left, tuple(sorted(rest - set(left)))[:size]) for left in combinations(range(seeds), size)]
    found = []
    for _ in range(SPLITS):
        order = rng.permutation(seeds).tolist()
        found.append(tuple(tuple(order[at * size : (at + 1) * size]) for at in range(parts)))
    return found


def split(stand: Stand, arm: int, weights: Sequence[float]) -> Tables | None:
    """Return tables in which one arm stands under all names, each time under seeds of its own; None for too few.

    `weights` are those of the names. With too few seeds for a group each, the names that a contrast
    adds share one group, and those that it takes off another.
    """
    ways = groups(stand.sample.seeds, len(weights), stand.name)
    if not ways:
        halves = groups(stand.sample.seeds, LEAST_HALF, stand.name)
        ways = [tuple(way[int(weight < 0)] for weight in weights) for way in halves]
    if not ways:
        return None
    return np.array([stand.values[arm][list(map(list, way))] for way in ways], dtype=np.float64)


def _loses(stand: Stand, contrast: Contrast, arms: list[int], splits: Counter[str]) -> Callable[[], Attempt | None]:
    plain = Contrast(contrast.name, tuple(contrast.weights[arm] for arm in arms), contrast.downward)

    def run() -> Attempt | None:
        found: list[Outcome] = []
        for arm in arms:
            tables = split(stand, arm, plain.weights)
            if tables is None:
                return None
            found += outcomes((plain,), tables)
        held = found.count("supported")
        splits["splits"] += len(found)
        splits["supported"] += held
        return Attempt(held > MOST_SPLITS * len(found), f"{WORDS['lose']}: held in {held} of {len(found)} splits")

    return run


def _same_arm_stays(stand: Stand) -> Attempt | None:
    """Return whether an arm beside itself is found comparable, where half the seeds suffice to show it."""
    found: list[Outcome] = []
    for arm in range(stand.arms):
        tables = split(stand, arm, stand.contrasts[0].weights)
        if tables is None or not _enough(stand, tables):
            continue
        found += stand.judged(tables)
    if not found:
        return None
    held = found.count("supported")
    return Attempt(held * 2 < len(found), f"{WORDS['stay']}: held in {held} of {len(found)} splits")


def _enough(stand: Stand, tables: Tables) -> bool:
    """Tell whether half the seeds would show equal arms to be comparable nine times in ten."""
    share = float(decimal(stand.check.margin)) * abs(float(tables.mean()))
    return all(
        float(np.median([one.detectable for one in intervals(contrast, tables)])) <= share
        for contrast in stand.contrasts
    )
