"""Shapes of cluster values and residuals; means 0, variance 1 between clusters.

    normal, gamma-4, gamma-1, t-5     every value drawn on its own; `mirrored` has the sign turned.
                                      Skewness of a gamma with shape k: 2 / sqrt k
    atlas                             clusters drawn with replacement from a finite population of real
                                      ones, and for each seed one of that cluster's own residuals; so
                                      what is known of a cluster is known of its noise too

A population keeps its own residual variance, scaled by its variance between clusters.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Draw = Callable[[np.random.Generator, tuple[int, ...]], NDArray[np.float64]]


class Shape(ABC):
    """What clusters and residuals look like."""

    @property
    @abstractmethod
    def rest(self) -> float:
        """Return the variance of residuals."""

    @abstractmethod
    def picked(self, rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float64]:
        """Return what identifies the clusters of some worlds, (N, Q)."""

    @abstractmethod
    def clusters(self, picked: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values of those clusters, (N, Q)."""

    @abstractmethod
    def residuals(self, rng: np.random.Generator, picked: NDArray[np.float64], seeds: int) -> NDArray[np.float64]:
        """Return residuals of those clusters, (N, S, Q)."""

    @abstractmethod
    def third(self, seeds: int) -> float:
        """Return the third central moment of a cluster's mean over `seeds` seeds."""


@dataclass(frozen=True)
class Drawn(Shape):
    """Values drawn on their own, residuals as large as clusters."""

    draw: Draw
    skew: float = 0.0
    sign: float = 1.0

    @property
    def rest(self) -> float:
        """Return 1: residuals vary as clusters do."""
        return 1.0

    def picked(self, rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float64]:
        """Return the values themselves."""
        return self.sign * self.draw(rng, size)

    def clusters(self, picked: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what was picked."""
        return picked

    def residuals(self, rng: np.random.Generator, picked: NDArray[np.float64], seeds: int) -> NDArray[np.float64]:
        """Return draws that depend on nothing."""
        worlds, clusters = picked.shape
        return self.sign * self.draw(rng, (worlds, seeds, clusters))

    def third(self, seeds: int) -> float:
        """Return the sum of both third moments."""
        return self.sign * self.skew * (1 + 1 / seeds**2)


@dataclass(frozen=True)
class Population(Shape):
    """Real clusters: `values` (K,) with mean 0 and variance 1, `noise` (S, K) around them, each column of mean 0."""

    values: NDArray[np.float64]
    noise: NDArray[np.float64]

    @property
    def rest(self) -> float:
        """Return the variance of residuals."""
        return float((self.noise**2).mean())

    def picked(self, rng: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float64]:
        """Return numbers of clusters; floats hold them exactly."""
        return rng.integers(0, len(self.values), size).astype(np.float64)

    def clusters(self, picked: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return their values."""
        found: NDArray[np.float64] = self.values[picked.astype(np.int64)]
        return found

    def residuals(self, rng: np.random.Generator, picked: NDArray[np.float64], seeds: int) -> NDArray[np.float64]:
        """Return, for each seed, one of the residuals that the cluster had."""
        worlds, clusters = picked.shape
        which = rng.integers(0, len(self.noise), (worlds, seeds, clusters))
        found: NDArray[np.float64] = self.noise[which, picked.astype(np.int64)[:, None, :]]
        return found

    def third(self, seeds: int) -> float:
        """Return E (b + mean of residuals)^3: b with its own cluster's variance is part of it."""
        of_noise = (self.noise**2).mean(axis=0)
        return float((self.values**3).mean() + 3 * (self.values * of_noise).mean() / seeds) + float(
            (self.noise**3).mean() / seeds**2
        )


def population(z: NDArray[np.float64], sign: float = 1.0) -> Population:
    """Return the population that a table z (S, K) of real values is."""
    values = sign * (z.mean(axis=0) - z.mean())
    noise = sign * (z - z.mean(axis=1, keepdims=True)) - values
    unit = np.sqrt((values**2).mean())
    return Population(values / unit, noise / unit)


def _gamma(shape: float) -> Draw:
    def draw(rng: np.random.Generator, size: tuple[int, ...]) -> NDArray[np.float64]:
        values: NDArray[np.float64] = rng.standard_gamma(shape, size)
        values -= shape
        values /= shape**0.5
        return values

    return draw


def _t5(rng: np.random.Generator, size: tuple[int, ...]) -> NDArray[np.float64]:
    values: NDArray[np.float64] = rng.standard_t(5, size)
    values *= (3 / 5) ** 0.5
    return values


def _normal(rng: np.random.Generator, size: tuple[int, ...]) -> NDArray[np.float64]:
    return rng.standard_normal(size)


DRAWN: dict[str, Drawn] = {
    "normal": Drawn(_normal),
    "gamma-4": Drawn(_gamma(4), skew=1.0),
    "gamma-4-mirrored": Drawn(_gamma(4), skew=1.0, sign=-1.0),
    "gamma-1": Drawn(_gamma(1), skew=2.0),
    "gamma-1-mirrored": Drawn(_gamma(1), skew=2.0, sign=-1.0),
    "t-5": Drawn(_t5),
}


def all_shapes(real: NDArray[np.float64]) -> dict[str, Shape]:
    """Return every shape by name; `real` is a table z (S, K), judged in both directions."""
    return {**DRAWN, "atlas": population(real), "atlas-exchanged": population(real, -1.0)}
