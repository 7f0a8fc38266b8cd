"""Kinds of world: seeds x clusters x seed variance x shape x effect.

Unit: the variance between clusters is 1. Seeds contribute s2_seed/S to V and clusters 1/Q; `SHARE`
gives the first in shares of the second. The pilot of scope Atlas (`harness/scopes/atlas.tuning.json`,
MAP, at 12 seeds and 450 clusters) has 11 and more, so `large` is 10: nearly a t test over seeds.
`small` is its mirror, a tenth: nearly a t test over clusters, where their shape matters most.
`even`, where no term leads and the degrees of freedom are least sure, is looked at beside.

Residuals of the drawn shapes have variance 1 too. The pilot has 8; less of them hides less of what
clusters look like, so 1 is the harder world. Real differences keep their own residuals.

Seeds are normal: with 5 of them no interval that rests on means could bear much skew, and 12
trained seeds of Atlas show none beyond chance. What skewed seeds would do is told beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.court.infer import Spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.calibration.shapes import Shape
    from harness.records.calibration import Effect, SeedVariance

SEEDS = (5, 8, 12, 30)
CLUSTERS = (30, 60, 120, 240, 480, 1000)
EFFECTS: tuple[Effect, ...] = ("null", "margin", "half", "full")
SHARE: dict[SeedVariance, float] = {"small": 0.1, "even": 1.0, "large": 10.0}
DECIDING: tuple[SeedVariance, ...] = ("small", "large")
BESIDE_AT = 240
SKEWED = ("gamma-1", "gamma-1-mirrored")

MARGIN = "0.02"
LEVEL = 30.0
"""Mean of the right arm at the margin: pilot means are 20 to 40 standard deviations of a difference."""

SHARED = 3.0
"""Standard deviation of what both arms share of a cluster: how hard its questions are."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of world. `shape` and `seed_shape` are names; another `draw`, other worlds of the kind."""

    seeds: int
    clusters: int
    seed_variance: SeedVariance
    shape: str
    effect: Effect
    seed_shape: str = "normal"
    draw: int = 0

    @property
    def names(self) -> tuple[str | int, ...]:
        """Return what its random draws are named after."""
        return (
            "calibration",
            self.seeds,
            self.clusters,
            self.seed_variance,
            self.seed_shape,
            self.shape,
            self.effect,
            *((self.draw,) if self.draw else ()),
        )

    @property
    def s2_seed(self) -> float:
        """Return the variance between seeds."""
        return SHARE[self.seed_variance] * self.seeds / self.clusters

    def squares(self, shape: Shape) -> Spread:
        """Return the mean squares that its tables have on average."""
        res = shape.rest
        return Spread(self.seeds, self.clusters, res + self.clusters * self.s2_seed, res + self.seeds, res)


def deciding(shapes: Mapping[str, Shape], clusters: tuple[int, ...] = CLUSTERS) -> list[Kind]:
    """Return the kinds by which the judge is held to its promises."""
    return [
        Kind(seeds, number, variance, shape, effect)
        for number in clusters
        for seeds in SEEDS
        for variance in DECIDING
        for shape in shapes
        for effect in EFFECTS
    ]


def beside(shapes: Mapping[str, Shape]) -> list[Kind]:
    """Return kinds that decide nothing: even variances, skewed seeds, and effects planned without approximation."""
    return [
        *(Kind(seeds, BESIDE_AT, "even", shape, effect) for seeds in SEEDS for shape in shapes for effect in EFFECTS),
        *(
            Kind(seeds, BESIDE_AT, variance, "normal", "null", skewed)
            for seeds in SEEDS
            for variance in SHARE
            for skewed in SKEWED
        ),
        *(Kind(seeds, CLUSTERS[-1], variance, "normal", "planned") for seeds in SEEDS for variance in SHARE),
    ]
