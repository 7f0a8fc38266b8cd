"""Values of several arms as the judge pools them: contrasts, single bases, languages, means.

Blocks (a base, a dataset, a setting) weigh the same, and within one the query languages by their
number of pairs (crosslingual: ordered pairs weigh the same; else: languages do). Seeds are paired
across arms and joined across blocks by their place in the list of seeds; clusters by their names.

H against X, by the weights of `harness.court.contrast`: every contrast is a sum over the same arms,
so z (`harness.court.sums`) is kept per arm and added up for each. Cost: O(arms x seeds x languages
x clusters) once, then O(arms x seeds x clusters) per contrast. Source: design, Judging.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.court.infer import TWO, Interval, infer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.court.sums import Frame, Sums

ROUNDING = 2.0**-48
"""A contrast smaller than this share of the values it is made of is rounding."""

POINT = 1e-9
"""An interval narrower than this share of its estimate is the rounding of sums, not noise."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Arms under S seeds on one base, dataset and setting, along the frame's languages and clusters."""

    base: str
    dataset: str
    setting: str
    frame: Frame
    arms: tuple[Sums, ...]

    def languages(self, wanted: Collection[str] | None) -> NDArray[np.int64]:
        """Return the numbers of the wanted languages that the block has, of all where none is named."""
        names = self.frame.names
        return np.array([at for at, name in enumerate(names) if wanted is None or name in wanted], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Blocks pooled over `wanted` languages: `theta` (C, S), `within` (C, S, Q); `queries` counts distinct ones."""

    blocks: tuple[Block, ...]
    wanted: tuple[str, ...] | None
    theta: NDArray[np.float64]
    within: NDArray[np.float64]
    queries: int

    @property
    def names(self) -> tuple[str, ...]:
        """Return the bases."""
        return tuple(dict.fromkeys(block.base for block in self.blocks))

    @property
    def seeds(self) -> int:
        """Return the number of seeds."""
        return int(self.theta.shape[1])

    @property
    def clusters(self) -> int:
        """Return the number of clusters that occur."""
        return int(self.within.shape[2])

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the query languages, sorted."""
        found = {block.frame.names[at] for block in self.blocks for at in block.languages(self.wanted).tolist()}
        return tuple(sorted(found))

    def means(self) -> NDArray[np.float64]:
        """Return each arm's mean over seeds, weighted as the contrast is; shape (C,)."""
        result: NDArray[np.float64] = self.theta.mean(axis=1)
        return result

    def levels(self, contrast: Sequence[float]) -> tuple[float, float]:
        """Return the weighted means of the arms that a contrast adds, and of those that it takes off."""
        by_arm, means = np.asarray(contrast, dtype=np.float64), self.means()
        more, less = np.maximum(by_arm, 0), np.maximum(-by_arm, 0)
        return float(more @ means / more.sum()), float(less @ means / less.sum())

    def z(self, contrast: Sequence[float]) -> NDArray[np.float64]:
        """Return z (S, Q) of the weighted sum of the arms; what is smaller than its rounding is 0."""
        by_arm = np.asarray(contrast, dtype=np.float64)
        by_cluster = self.theta[:, :, None] + self.clusters * self.within
        total: NDArray[np.float64] = np.tensordot(by_arm, by_cluster, axes=1)
        total[np.abs(total) <= ROUNDING * np.tensordot(np.abs(by_arm), np.abs(by_cluster), axes=1)] = 0.0
        return total

    def interval(self, contrast: Sequence[float]) -> Interval | None:
        """Return a contrast's interval, or None where there is one seed or one cluster and so no spread to see."""
        if self.seeds < TWO or self.clusters < TWO:
            return None
        size = np.abs(np.asarray(contrast)) @ np.abs(self.theta)
        return infer(self.z(contrast), float(size.max()))

    def on(self, base: str) -> Sample:
        """Return the part of one base, of weight 1."""
        return pool([block for block in self.blocks if block.base == base], self.wanted)

    def asked_in(self, language: str) -> Sample:
        """Return the part of the queries in one language, of weight 1."""
        return pool([block for block in self.blocks if language in block.frame.names], (language,))


def is_still(low: float, estimate: float, high: float) -> bool:
    """Tell whether an interval is a point, but for rounding: then nothing varied, and nothing can be inferred."""
    return high - low <= POINT * abs(estimate)


def pool(blocks: Sequence[Block], wanted: tuple[str, ...] | None = None) -> Sample:
    """Return blocks side by side with equal weights, over all their languages or the wanted ones.

    Each block has at least one of the wanted languages.
    """
    arms, seeds = len(blocks[0].arms), len(blocks[0].arms[0].theta)
    chosen = [block.languages(wanted) for block in blocks]
    present = [
        np.asarray(block.frame.present[languages].any(axis=0), dtype=np.bool_)
        for block, languages in zip(blocks, chosen, strict=True)
    ]
    columns, clusters = _joined([block.frame.clusters for block in blocks], present)
    theta, within = np.zeros((arms, seeds)), np.zeros((arms, seeds, clusters))
    for at, (block, languages) in enumerate(zip(blocks, chosen, strict=True)):
        pairs = block.frame.pairs[languages]
        weights = pairs / (pairs.sum() * len(blocks))
        whole = len(languages) == len(block.frame.names)
        for arm, sums in enumerate(block.arms):
            theta[arm] += (sums.theta if whole else sums.theta[:, languages]) @ weights
            summed = weights @ (sums.within if whole else sums.within[:, languages])
            if len(columns[at]) == clusters == len(present[at]):  # all there, in their order: nothing to look up
                within[arm] += summed
            else:
                within[arm][:, columns[at]] += summed[:, present[at]]
    return Sample(tuple(blocks), wanted, theta, within, _queries(blocks, chosen))


def _joined(
    clusters: Sequence[tuple[str, ...]], present: Sequence[NDArray[np.bool_]]
) -> tuple[list[NDArray[np.int64]], int]:
    """Return, per block, the column of each cluster present in it, and how many columns there are."""
    if all(names == clusters[0] for names in clusters[1:]):  # one dataset: no names need be compared
        anywhere = np.logical_or.reduce(present)
        column = np.cumsum(anywhere) - 1
        return [column[own] for own in present], int(anywhere.sum())
    own_names = [
        [names[at] for at in np.flatnonzero(own).tolist()] for names, own in zip(clusters, present, strict=True)
    ]
    number = {name: at for at, name in enumerate(sorted(set().union(*own_names)))}
    return [np.array([number[name] for name in names], dtype=np.int64) for names in own_names], len(number)


def _queries(blocks: Sequence[Block], chosen: Sequence[NDArray[np.int64]]) -> int:
    """Count queries: the same ones stand in every base, and in most settings."""
    most: dict[tuple[str, str], int] = {}
    for block, languages in zip(blocks, chosen, strict=True):
        for at in languages.tolist():
            key = (block.dataset, block.frame.names[at])
            most[key] = max(most.get(key, 0), int(block.frame.queries[at]))
    return sum(most.values())
