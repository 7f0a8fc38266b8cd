"""Intervals for a contrast of means over seeds and clusters (design: Judging).

Input: z (S seeds, Q clusters), whose rows average to the contrast under each seed
(`harness.court.sums` makes it). On this two-way table, one value in each cell:

    MS_seed, MS_cluster, MS_res;  the first two raised to MS_res where smaller
    M = MS_seed + MS_cluster - MS_res;  V = M / (S Q)
    df = M**2 / (MS_seed**2/(S-1) + MS_cluster**2/(Q-1) + MS_res**2/((S-1)(Q-1)))

and the interval is mean(z) +- t sqrt(V): both the seeds and the questions are samples. Degrees
of freedom after Satterthwaite (1946). A p value is never 0.

With V = 0 the interval is a point. An estimate below the rounding error of its own sum is 0, so
that arms which are equal cannot be told apart by the order in which floats were added.

Cost: O(S Q); the number of seeds needed takes 2,000 quantiles and is found when it is asked for.
Quantiles come from `scipy.special`, which loads in a tenth of the time of `scipy.stats` and is
what that calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

from harness.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE = 0.95
POWER = 0.90
LEAST_P = 1e-300
LEAST_SEEDS = 5
"""Fewer settle nothing, whatever their interval."""

MOST_SEEDS = 2000
ROUNDING = 2.0**-44
"""A sum of floats is trusted to this share of the sum of their sizes."""

TWO = 2


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean squares of the table z, the first two raised to the third where they were smaller."""

    seeds: int
    clusters: int
    ms_seed: float
    ms_cluster: float
    ms_res: float

    def variance(self, seeds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return V and its degrees of freedom, had there been `seeds` (N,) seeds and the same clusters.

        V(S) = s2_seed / S + s2_cluster / Q + s2_res / (S Q), with the components seen here.
        """
        if self.ms_seed + self.ms_cluster == 0:
            return np.zeros(len(seeds)), seeds - 1.0
        between_clusters = (self.ms_cluster - self.ms_res) / self.seeds
        ms_cluster = self.ms_res + seeds * between_clusters
        total = self.ms_seed + ms_cluster - self.ms_res
        # shares of the total, because squares of small mean squares would underflow
        parts = (
            (self.ms_seed / total) ** 2 / (seeds - 1)
            + (ms_cluster / total) ** 2 / (self.clusters - 1)
            + (self.ms_res / total) ** 2 / ((seeds - 1) * (self.clusters - 1))
        )
        return total / (seeds * self.clusters), 1 / parts


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95% interval; `p_above` and `p_below` are one-sided."""

    estimate: float
    low: float
    high: float
    p_above: float
    p_below: float
    df: float
    seeds: int
    clusters: int
    detectable: float
    squares: Spread

    @property
    def seeds_needed(self) -> int | None:
        """Return the least number of seeds that would settle it, or None where more clusters are needed."""
        return seeds_needed(self.estimate, self.squares)


def spread(z: NDArray[np.float64]) -> Spread:
    """Return the mean squares of z (S, Q).

    Raises:
        UsageError: fewer than two seeds or two clusters: there is no spread to see.
    """
    seeds, clusters = z.shape
    if seeds < TWO or clusters < TWO:
        raise UsageError(f"expected at least 2 seeds and 2 clusters, found {seeds} and {clusters}")
    grand = z.mean()
    by_seed, by_cluster = z.mean(axis=1), z.mean(axis=0)
    rest = z - by_seed[:, None] - by_cluster[None, :] + grand
    ms_res = float((rest**2).sum() / ((seeds - 1) * (clusters - 1)))
    ms_seed = float(clusters * ((by_seed - grand) ** 2).sum() / (seeds - 1))
    ms_cluster = float(seeds * ((by_cluster - grand) ** 2).sum() / (clusters - 1))
    return Spread(seeds, clusters, max(ms_seed, ms_res), max(ms_cluster, ms_res), ms_res)


def infer(z: NDArray[np.float64], size: float = 0.0) -> Interval:
    """Return the estimate and its interval from z (S, Q).

    `size` is the sum of the sizes of what the contrast adds up: an estimate that is no more than
    its rounding is 0.

    Raises:
        UsageError: values that are not finite, or fewer than two seeds or clusters.
    """
    if not np.isfinite(z).all():
        raise UsageError("expected finite values, found NaN or infinity; mend what measured them")
    squares = spread(z)
    mean = float(z.mean())
    estimate = 0.0 if abs(mean) <= ROUNDING * size else mean
    variances, dfs = squares.variance(np.array([float(squares.seeds)]))
    df, error = float(dfs[0]), float(np.sqrt(variances[0]))
    half = quantile((1 + CONFIDENCE) / 2, df) * error
    p_above, p_below = _p_values(estimate, error, df)
    return Interval(
        estimate=estimate,
        low=estimate - half,
        high=estimate + half,
        p_above=p_above,
        p_below=p_below,
        df=df,
        seeds=squares.seeds,
        clusters=squares.clusters,
        detectable=half + quantile(POWER, df) * error,
        squares=squares,
    )


def quantile(probability: float, df: float) -> float:
    """Return the quantile of Student's t."""
    return float(stdtrit(df, probability))


def _p_values(estimate: float, error: float, df: float) -> tuple[float, float]:
    if error == 0:  # nothing varies: the estimate is exact
        above, below = float(estimate <= 0), float(estimate >= 0)
    else:
        above, below = float(stdtr(df, -estimate / error)), float(stdtr(df, estimate / error))
    return max(above, LEAST_P), max(below, LEAST_P)


def seeds_needed(estimate: float, squares: Spread) -> int | None:
    """Return the least number of seeds whose interval around `estimate` would exclude 0.

    Where the seeds at hand do not, only larger numbers are an answer: with few clusters the degrees
    of freedom fall as seeds are added, so that fewer seeds may look better than more.
    None where even 2,000 would not: more clusters are needed, not more seeds.
    """
    counts = np.arange(LEAST_SEEDS, max(MOST_SEEDS, squares.seeds) + 1, dtype=np.float64)
    variances, dfs = squares.variance(counts)
    excluded = stdtrit(dfs, (1 + CONFIDENCE) / 2) * np.sqrt(variances) < abs(estimate)
    if squares.seeds >= LEAST_SEEDS and not excluded[squares.seeds - LEAST_SEEDS]:
        excluded[: squares.seeds - LEAST_SEEDS] = False
    settled = np.flatnonzero(excluded)
    return int(counts[settled[0]]) if len(settled) else None
