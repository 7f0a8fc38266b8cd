"""False worlds of the kinds whose rule is not a contrast's interval: never-third and reduced-by.

    never-third   arm names permuted within each cell (base, dataset, setting, query language) must
                  lose its support, in 20 draws; hybrid replaced by 0.9 of the lower of both others
                  must end contradicted
    reduced-by c  one arm under both names, and an effect of c/2, must lose its support; the sides
                  exchanged must end contradicted; arms trained on passages that answer other
                  questions are reported: is the side less biased for what it learnt of answers,
                  or for how its batches are filled?

Both are judged by their own rules, from blocks that are changed and nothing else (design: Attacking).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from harness.attack.probe import Attempt, Probe
from harness.attack.same_arm import groups
from harness.attack.world import CONTRADICT, DRAWS, LOSE, MOST_SPLITS, WORDS, judged
from harness.court.case import untested
from harness.court.contrast import Inquiry
from harness.court.linear import too_few
from harness.court.plain import intervals, outcome, values
from harness.court.sample import pool
from harness.court.shown import PERCENT, paper_effects
from harness.court.size import PLAIN, size_outcome
from harness.court.sums import Sums
from harness.court.third import never_third, rivals
from harness.errors import HarnessError
from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.attack.subject import Stand, Trained
    from harness.court.sample import Block
    from harness.records.claim import Outcome

LOWERED = 0.9
SHUFFLED = 2.0
"""It informs, and defeats nothing: what arms learn besides answers is part of the effect."""


def third_probes(stand: Stand) -> Iterator[Probe]:
    """Yield the probes of a never-third check."""
    case, check, dataset = stand.case, stand.check, stand.dataset

    def said(blocks: Sequence[Block]) -> Outcome:
        return never_third(untested(check, dataset, ""), blocks, check).outcome

    def permuted() -> Attempt:
        true = rivals(case, check, dataset)
        return judged("lose", [said([renamed(one, dataset, draw) for one in true]) for draw in range(DRAWS)])

    def replaced() -> Attempt | None:
        true = rivals(case, check, dataset)
        least = min(len(one.frame.clusters) for one in true)
        if too_few(len(case.seeds), least):  # the rule's own cells decide nothing then, in any world
            return None
        return judged("contradict", [said([lowered(one) for one in true])])

    yield Probe(f"names-permuted:{stand.name}", LOSE, permuted)
    yield Probe(f"hybrid-lowered:{stand.name}", CONTRADICT, replaced)


def renamed(block: Block, dataset: str, draw: int) -> Block:
    """Return a block whose arms have each other's names, drawn anew in each language."""
    rng = generator("attack", "renamed", dataset, draw, block.base, block.dataset, block.setting)
    orders = np.array([rng.permutation(len(block.arms)) for _ in block.frame.names])  # (L, C)
    theta = np.stack([one.theta for one in block.arms])  # (C, S, L)
    within = np.stack([one.within for one in block.arms])  # (C, S, L, Q)
    languages = np.arange(len(block.frame.names))
    arms = tuple(
        Sums(
            theta[orders[:, arm], :, languages].T,
            np.moveaxis(within[orders[:, arm], :, languages], 0, 1),
        )
        for arm in range(len(block.arms))
    )
    return replace(block, arms=arms)


def lowered(block: Block) -> Block:
    """Return a block whose first arm is LOWERED times the lower of the others, cell by cell."""
    _, *others = block.arms
    theta = np.stack([one.theta for one in others])  # (2, S, L)
    lower = theta.mean(axis=1).argmin(axis=0)  # (L,)
    languages = np.arange(len(lower))
    within = np.stack([one.within for one in others])
    first = Sums(
        LOWERED * theta[lower, :, languages].T,
        LOWERED * np.moveaxis(within[lower, :, languages], 0, 1),
    )
    return replace(block, arms=(first, *others))


def size_probes(stand: Stand, splits: Counter[str]) -> Iterator[Probe]:
    """Yield the probes of a claimed reduction, which is judged at scale full alone."""
    case, check = stand.case, stand.check
    claimed = {base: -effect / PERCENT for base, effect in paper_effects(case.cells, check, stand.dataset).items()}

    def blocks() -> list[Block]:
        return Inquiry(case.scores, case.seeds, check, stand.dataset).blocks(case.claim.bases)

    def said(changed: Sequence[Block]) -> Outcome:
        return size_outcome(pool(changed, check.languages), claimed)

    yield Probe(f"same-arm:{stand.name}", LOSE, _one_arm(stand, blocks, said, splits))
    yield Probe(f"half-the-effect:{stand.name}", LOSE, lambda: judged("lose", [said(halved(blocks(), claimed))]))
    yield Probe(f"exchanged:{stand.name}", CONTRADICT, lambda: _exchanged(blocks(), said))


def shuffled_probe(stand: Stand, trained: Trained | None) -> Probe:
    """Yield the report of a reduction among arms that no answer was taught, at any scale."""
    return Probe(f"shuffled-pairs:{stand.name}", SHUFFLED, lambda: _shuffled(stand, trained), required=False)


def _shuffled(stand: Stand, trained: Trained | None) -> Attempt | None:
    """Return whether the left side lies lower in the world of shuffled pairs too.

    Raises:
        HarnessError: no arms were trained there.
    """
    if trained is None:
        raise HarnessError("no arms were trained on shuffled pairs")
    sample = Inquiry(trained.scores, trained.seeds, stand.check, stand.dataset).sample(stand.case.claim.bases)
    tables = values(sample)[None]
    interval = intervals(PLAIN, tables)[0]
    left, right = sample.means()
    lower = outcome(interval, downward=True) == "supported"
    words = "lower there too" if lower else "not surely lower there"
    return Attempt(
        lower,
        f"trained on passages that answer other questions, {stand.check.measure} {left:.4g} against {right:.4g}: "
        f"{words}, {interval.estimate:.4g} [{interval.low:.4g}, {interval.high:.4g}]",
    )


def halved(blocks: Sequence[Block], claimed: Mapping[str, float]) -> list[Block]:
    """Return blocks whose left arm lies below the right one by half the claimed share, base by base."""
    found = []
    for block in blocks:
        left, right = block.arms
        factor = (1 - claimed[block.base] / 2) * float(right.theta.mean()) / float(left.theta.mean())
        found.append(replace(block, arms=(Sums(left.theta * factor, left.within * factor), right)))
    return found


def _exchanged(blocks: Sequence[Block], said: Callable[[Sequence[Block]], Outcome]) -> Attempt | None:
    if said(blocks) != "supported":
        return None
    return judged("contradict", [said([replace(one, arms=one.arms[::-1]) for one in blocks])])


def _one_arm(
    stand: Stand,
    blocks: Callable[[], list[Block]],
    said: Callable[[Sequence[Block]], Outcome],
    splits: Counter[str],
) -> Callable[[], Attempt | None]:
    def run() -> Attempt | None:
        true = blocks()
        ways = groups(len(true[0].arms[0].theta), 2, stand.name)
        found = [said([_parted(block, arm, way) for block in true]) for arm in (0, 1) for way in ways]
        if not found:
            return None
        held = found.count("supported")
        splits["splits"] += len(found)
        splits["supported"] += held
        return Attempt(held > MOST_SPLITS * len(found), f"{WORDS['lose']}: held in {held} of {len(found)} splits")

    return run


def _parted(block: Block, arm: int, way: tuple[tuple[int, ...], ...]) -> Block:
    one = block.arms[arm]
    return replace(block, arms=tuple(Sums(one.theta[list(seeds)], one.within[list(seeds)]) for seeds in way))
