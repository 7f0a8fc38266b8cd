"""False worlds of one check: what is changed, and what its own interval must then say (design: Attacking).

    must lose       a check that holds in the true world may not hold in this one
    must contradict it must come out against; one that is not supported has to lose, for want of power
    must stay       the change is none to the claim, so support may not be lost

A world is one changed table or several (N, C, S, Q) in the terms of `harness.court.plain`: 70
splits of an arm's seeds, 20 draws where chance has a part, else one. A world succeeds as an attack

    same-arm        above MOST_SPLITS of its splits supported; as a world that must stay, where most
                    splits lose support (only where half the seeds would show it nine times in ten)
    other draws     above MOST_DRAWS of DRAWS against the rule
    one table       against the rule

Kinds whose rule is not a contrast's interval (never-third, reduced-by) have worlds in
`harness.attack.cells`; counts have theirs in `harness.attack.category`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from harness.attack.changed import SEPARATOR, random_side
from harness.attack.probe import Attempt, Probe
from harness.court.contrast import COMPARABLE, Contrast, Inquiry, contrasts, sides
from harness.court.plain import intervals, outcome, outcomes, values
from harness.court.sample import is_still
from harness.court.scores import UNTRAINED
from harness.records.attack import WorldInterval
from harness.records.claim import Side
from harness.records.record import decimal
from harness.seeds import generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.attack.subject import Stand
    from harness.court.infer import Interval
    from harness.court.scores import Measured
    from harness.records.claim import Check, Outcome

    Tables = NDArray[np.float64]

Must = Literal["lose", "contradict", "stay"]
SPLITS, DRAWS, MOST_DRAWS = 70, 20, 4
MOST_SPLITS = 0.25
ENCODERS = 20
"""Sets of random vectors per dataset, from which each draw takes as many as there are seeds."""

LEAST_HALF = 2
"""Seeds of a group, so that it has a spread."""

LOSE, CONTRADICT, STAY = 9.0, 10.0, 7.0
WORDS: dict[Must, str] = {"lose": "must lose its support", "contradict": "must come out against", "stay": "must stay"}
SEVERITY: dict[Must, float] = {"lose": LOSE, "contradict": CONTRADICT, "stay": STAY}


@dataclass(frozen=True, slots=True)
class World:
    """One false world of one check: its tables, or None where it does not apply.

    `by` are the contrasts that judge it, those of the check where it is None.
    """

    name: str
    must: Must
    tables: Callable[[], Tables | None]
    by: Sequence[Contrast] | None = None


def probes(
    stand: Stand, random: Measured, permuted: Measured, splits: Counter[str], untrained: int = 0
) -> Iterator[Probe]:
    """Yield the probes of one check of contrasts; `splits` counts splits of one arm and those supported.

    `untrained` is the number of seeds under which bases before training were measured.
    """
    yield from (
        Probe(f"{world.name}:{stand.name}", SEVERITY[world.must], _runner(stand, world))
        for world in (*moved(stand), *_exchanged(stand), *_random(stand, random), *_untrained(stand, untrained))
    )
    yield from _same_arm(stand, splits)
    if stand.check.relation in {"above", "below"}:
        run = _permuting(stand, permuted)
        yield Probe(f"permuted-judgements:{stand.name}", LOSE, run)


def _runner(stand: Stand, world: World) -> Callable[[], Attempt | None]:
    def run() -> Attempt | None:
        tables = world.tables()
        if tables is None:
            return None
        by = world.by or stand.contrasts
        found = outcomes(by, tables)
        # a check that is not supported may lack the power to come out against anything; it must not support
        must: Must = "lose" if world.must == "contradict" and stand.outcome != "supported" else world.must
        return judged(must, found, intervals(by[0], tables[:1])[0])

    return run


def judged(must: Must, found: Sequence[Outcome], first: Interval | None = None) -> Attempt:
    """Return whether a world's outcomes are against its rule; several are draws in which chance has a part.

    `first` is the interval of the first of them.
    """
    against = sum(_against(must, one) for one in found)
    allowed = MOST_DRAWS if len(found) > 1 else 0
    told = found[0] if len(found) == 1 else ", ".join(f"{n} {name}" for name, n in sorted(Counter(found).items()))
    words = f"{WORDS[must]}: {told}"
    if first is None:
        return Attempt(against > allowed, words)
    shown = WorldInterval(estimate=first.estimate, low=first.low, high=first.high)
    return Attempt(against > allowed, f"{words}{_shown(first)}", shown)


def _against(must: Must, found: Outcome) -> bool:
    match must:
        case "lose":
            return found == "supported"
        case "contradict":
            return found != "contradicted"
        case _:
            return found != "supported"


def _shown(interval: Interval) -> str:
    return f", {interval.estimate:.4g} [{interval.low:.4g}, {interval.high:.4g}]"


def moved(stand: Stand) -> Iterator[World]:
    """Yield worlds in which the left side is moved to where the claim no longer holds."""
    margin = float(decimal(stand.check.margin))
    match stand.check.relation:
        case "above" | "below":
            yield World("shrunk-to-the-margin", "lose", lambda: _left_at(stand, 1.0))
        case "comparable-or-above":
            yield World("twice-the-margin", "lose", lambda: _left_at(stand, 1 - 2 * margin))
        case "comparable-or-below":
            yield World("twice-the-margin", "lose", lambda: _left_at(stand, 1 + 2 * margin))
        case "equivalent":
            yield World("shifted-up", "lose", lambda: _left_at(stand, 1 + 2 * margin))
            yield World("shifted-down", "lose", lambda: _left_at(stand, 1 - 2 * margin))
            yield World("shifted-far", "contradict", lambda: _if_supported(stand, _left_at(stand, 1 + 4 * margin)))
        case "contrast":
            yield World("shrunk-to-nothing", "lose", lambda: _contrast_at_zero(stand))
            weights = np.array(stand.contrasts[0].weights)
            for at in _unlike(weights):
                yield World(f"brought-level-{at + 1}", "lose", partial(_brought_level, stand, at))
        case _:
            return


def _left_at(stand: Stand, share: float) -> Tables | None:
    """Return the left side scaled so that its mean is so much of the right one's."""
    left, right = stand.means()
    if left == 0:
        return None
    table = stand.values.copy()
    table[0] *= share * right / left
    return table[None]


def _contrast_at_zero(stand: Stand) -> Tables | None:
    """Return the first arm scaled so that the contrast's mean is 0."""
    weights, means = np.array(stand.contrasts[0].weights), stand.means()
    if weights[0] * means[0] == 0:
        return None
    table = stand.values.copy()
    table[0] *= 1 - float(weights @ means) / (weights[0] * means[0])
    return table[None]


def _unlike(weights: NDArray[np.float64]) -> list[int]:
    """Return the arms of a side whose arms weigh unlike: a plain mean hears each, here one may drown the others."""
    own = (np.flatnonzero(weights * sign > 0) for sign in (1, -1))
    return [at for side in own if len(set(np.abs(weights[side]).tolist())) > 1 for at in side.tolist()]


def _brought_level(stand: Stand, at: int) -> Tables | None:
    """Return one arm of a contrast scaled to the mean of the other side's arms: it no longer differs from them."""
    weights, means = np.array(stand.contrasts[0].weights), stand.means()
    other = np.maximum(-weights * np.sign(weights[at]), 0)
    if means[at] == 0 or not other.any():
        return None
    table = stand.values.copy()
    table[at] *= float(other @ means / other.sum()) / means[at]
    return table[None]


def _if_supported(stand: Stand, tables: Tables | None) -> Tables | None:
    return tables if stand.outcome == "supported" else None


def _exchanged(stand: Stand) -> Iterator[World]:
    """Yield worlds in which arms have each other's names."""
    check = stand.check
    match check.relation:
        case "above" | "below":
            yield World("exchanged", "contradict", lambda: _if_supported(stand, stand.values[::-1][None]))
        case "equivalent":
            # H within m of X says X is within m / (1 - m) of H, and no less
            margin = float(decimal(check.margin))
            wider = check.model_copy(update={"margin": str(margin / (1 - margin))})
            tables = stand.values[::-1][None]
            yield World("exchanged", "stay", lambda: _if_supported(stand, tables), contrasts(wider))
        case "contrast":
            reversed_signs = [
                Contrast(one.name, tuple(-weight for weight in one.weights), one.downward) for one in stand.contrasts
            ]
            yield World(
                "signs-reversed", "contradict", lambda: _if_supported(stand, stand.values[None]), reversed_signs
            )
        case "order":
            for at, one in enumerate(stand.contrasts):
                swapped = list(range(stand.arms))
                swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
                yield World(f"exchanged-{at + 1}", "contradict", _swap(stand, swapped), (one,))
        case _:
            return


def _swap(stand: Stand, order: list[int]) -> Callable[[], Tables | None]:
    return lambda: _if_supported(stand, stand.values[order][None])


def _random(stand: Stand, random: Measured) -> Iterator[World]:
    """Yield the worlds in which the vectors of the side that is claimed to be better know nothing."""
    if stand.check.relation not in {"above", "below", "equivalent"} | COMPARABLE:
        return
    if stand.check.relation == "equivalent":
        yield World("random-left", "contradict", lambda: _random_side(stand, random, 0))
        yield World("random-right", "contradict", lambda: _random_side(stand, random, 1))
        return
    better = claimed_better(stand.check)
    yield World(("random-left", "random-right")[better], "contradict", lambda: _random_side(stand, random, better))


def _untrained(stand: Stand, seeds: int) -> Iterator[World]:
    """Yield the world in which the side that is claimed to be better was never trained."""
    if seeds < LEAST_HALF or stand.check.relation not in {"above", "below", "equivalent"} | COMPARABLE:
        return
    at = 0 if stand.check.relation == "equivalent" else claimed_better(stand.check)

    def tables() -> Tables | None:
        inquiry = Inquiry(stand.case.scores, range(seeds), stand.check, stand.dataset)
        table = stand.values[:, :seeds].copy()
        bases = [side.base] if (side := sides(stand.check)[at]).base else stand.case.claim.bases
        arms = (Side(sampling=UNTRAINED, base=side.base),)
        table[at] = values(inquiry.sample([str(base) for base in bases], arms))[0]
        # training may raise language bias above the base's: then the untrained side bears the claim out in truth
        true = stand.check.measure == "rank-distance" and _borne_out(stand, table)
        return None if true else table[None]

    yield World("untrained", "lose", tables)


def _borne_out(stand: Stand, table: NDArray[np.float64]) -> bool:
    """Tell whether the means of a world lie on the side that the check claims."""
    contrast = stand.contrasts[0]
    total = float(np.array(contrast.weights) @ table.mean(axis=(1, 2)))
    return total < 0 if contrast.downward else total > 0


def claimed_better(check: Check) -> int:
    """Return which side a check claims to retrieve better: 0 the left one, 1 the right one.

    What knows nothing is worse than any encoder, so it would bear out a claim that a side is worse.
    """
    upward = check.relation in {"above", "comparable-or-above"}
    return int(upward == (check.measure == "rank-distance"))


def _random_side(stand: Stand, random: Measured, at: int) -> Tables | None:
    """Return DRAWS tables in which one arm is random under every seed, on every base."""
    arm = _random_values(stand, random)
    seeds = stand.sample.seeds
    tables = np.repeat(stand.values[None], DRAWS, axis=0)
    for draw in range(DRAWS):
        rng = generator("attack", "random", stand.dataset, draw)
        tables[draw, at] = arm[rng.permutation(np.resize(np.arange(len(arm)), max(len(arm), seeds)))[:seeds]]
    return tables


def _random_values(stand: Stand, random: Measured) -> NDArray[np.float64]:
    """Return the values of random vectors by number and cluster, (ENCODERS, Q)."""
    arm, base = random_side()
    inquiry = Inquiry(random, range(ENCODERS), stand.check, stand.dataset)
    found: NDArray[np.float64] = values(inquiry.sample((base,), (Side(sampling=arm, base=base),)))[0]
    return found


def _permuting(stand: Stand, permuted: Measured) -> Callable[[], Attempt | None]:
    def run() -> Attempt | None:
        if stand.outcome != "supported":
            return None
        found: list[Outcome] = []
        first: Interval | None = None
        still = 0
        for draw in range(DRAWS):
            bases = [f"{base}{SEPARATOR}{draw}" for base in stand.case.claim.bases]
            inquiry = Inquiry(permuted, stand.case.seeds, stand.check, stand.dataset)
            arms = tuple(_drawn(side, draw) for side in sides(stand.check))
            interval = intervals(stand.contrasts[0], values(inquiry.sample(bases, arms))[None])[0]
            found.append(outcome(interval, downward=stand.contrasts[0].downward))
            first = first or interval
            still += is_still(interval.low, interval.estimate, interval.high)
        if still * 2 > DRAWS:  # a measure that random answers never reach says nothing there
            return None
        return judged("lose", found, first)

    return run


def _drawn(side: Side, draw: int) -> Side:
    return side if side.base is None else side.model_copy(update={"base": f"{side.base}{SEPARATOR}{draw}"})


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


def _same_arm(stand: Stand, splits: Counter[str]) -> Iterator[Probe]:
    """Yield the world in which there is one arm; of an order one for each neighbouring pair."""
    relation = stand.check.relation
    if relation in COMPARABLE | {"equivalent"}:
        yield Probe(f"same-arm:{stand.name}", STAY, lambda: _same_arm_stays(stand))
        return
    for at, one in enumerate(stand.contrasts):
        pair = [number for number, weight in enumerate(one.weights) if weight]
        name = "same-arm" if relation != "order" else f"same-arm-{at + 1}"
        yield Probe(f"{name}:{stand.name}", LOSE, _loses(stand, one, pair, splits))


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
