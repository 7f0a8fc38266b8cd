"""False worlds of checks that are contrasts: what is changed, and what must follow (design: Attacking).

    moved       the left side is scaled to where the claim no longer holds
    exchanged   arms have each other's names
    random      the vectors of the side that is claimed to be better know nothing
    untrained   that side was never trained
    half-way    that side has half of what training gave the other one
    permuted    questions are answered by other passages
    same arm    `harness.attack.same_arm`

A check that is not supported has to lose where it would have to come out against, for want of power.
Kinds whose rule is not a contrast's interval (never-third, reduced-by) have worlds in
`harness.attack.cells`; counts have theirs in `harness.attack.hunter`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from harness.attack.changed import SEPARATOR, random_side
from harness.attack.probe import Attempt, Probe
from harness.attack.same_arm import same_arm
from harness.attack.world import DRAWS, ENCODERS, LEAST_HALF, LOSE, SEVERITY, Must, World, judged
from harness.court.contrast import COMPARABLE, Contrast, Inquiry, contrasts, sides
from harness.court.plain import intervals, outcome, outcomes, values
from harness.court.sample import is_still
from harness.court.scores import UNTRAINED
from harness.records.claim import Side
from harness.records.record import decimal
from harness.seeds import generator

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from harness.attack.subject import Stand
    from harness.attack.world import Tables
    from harness.court.infer import Interval
    from harness.court.scores import Measured
    from harness.records.claim import Check, Outcome

HALF = 0.5
"""Share of what training gives the other side that may not pass for as good."""


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
    yield from same_arm(stand, splits)
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
    """Yield worlds in which the side that is claimed to be better was never trained, or has half of what that gives.

    Where half of what training gives is still comparable, arms are so because training hardly told in any of them: a
    comparison that could not have found a poor arm says nothing of a good one (assay sensitivity, ICH E10, section
    1.5; that half of the effect be kept is the usual choice for a margin, FDA, Non-Inferiority Clinical Trials, 2016).
    """
    check = stand.check
    if seeds < LEAST_HALF or check.relation not in {"above", "below", "equivalent"} | COMPARABLE:
        return
    at = 0 if check.relation == "equivalent" else claimed_better(check)

    def values_with(share: float) -> Tables:
        inquiry = Inquiry(stand.case.scores, range(seeds), check, stand.dataset)
        table = stand.values[:, :seeds].copy()
        bases = [side.base] if (side := sides(check)[at]).base else stand.case.claim.bases
        arms = (Side(sampling=UNTRAINED, base=side.base),)
        before = values(inquiry.sample([str(base) for base in bases], arms))[0]
        table[at] = share * table[1 - at] + (1 - share) * before
        return table

    def never() -> Tables | None:
        table = values_with(0.0)
        # training may raise language bias above the base's: then the untrained side bears the claim out in truth
        true = check.measure == "rank-distance" and _borne_out(stand, table)
        return None if true else table[None]

    yield World("untrained", "lose", never)
    if check.relation in COMPARABLE | {"equivalent"} and check.measure != "rank-distance":
        yield World("half-way", "lose", lambda: values_with(HALF)[None])


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
