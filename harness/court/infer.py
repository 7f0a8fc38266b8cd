"""Intervals for a contrast of means over seeds and clusters (design: Judging).

Input: a table of contrast values d_si (S seeds, R rows); row i lies in cell g(i) with weight
w_g, among n_g rows, and belongs to one of Q clusters. With

    theta_s = sum_g w_g mean_i d_si
    z_sk    = theta_s + Q sum_g (w_g / n_g) sum over i of g in cluster k of (d_si - mean_i d_si)

the rows of z average to theta_s, and the two-way table z (seeds x clusters, one value each) gives

    MS_seed, MS_cluster, MS_res;  the first two raised to MS_res where smaller
    M = MS_seed + MS_cluster - MS_res;  V = M / (S Q)
    df = M**2 / (MS_seed**2/(S-1) + MS_cluster**2/(Q-1) + MS_res**2/((S-1)(Q-1)))

and the interval mean(theta) +- t sqrt(V): both the seeds and the questions are samples. Degrees
of freedom after Satterthwaite (1946). A p value is never 0.

Cost: O(S R).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from harness.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE = 0.95
POWER = 0.90
LEAST_P = 1e-300
MOST_SEEDS = 2000
TWO = 2


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A contrast's values (S, R) and, per row, its cell's weight share w_g/n_g, cell and cluster.

    `shares` sum to 1; `cells` and `clusters` are codes 0, 1, ... without gaps.
    """

    values: NDArray[np.float64]
    shares: NDArray[np.float64]
    cells: NDArray[np.int64]
    clusters: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean squares of the table z, the first two raised to the third where they were smaller."""

    seeds: int
    clusters: int
    ms_seed: float
    ms_cluster: float
    ms_res: float

    def variance(self, seeds: int) -> tuple[float, float]:
        """Return V and its degrees of freedom, had there been `seeds` seeds and the same clusters."""
        between_seeds = (self.ms_seed - self.ms_res) / self.clusters
        between_clusters = (self.ms_cluster - self.ms_res) / self.seeds
        ms_seed = self.ms_res + self.clusters * between_seeds
        ms_cluster = self.ms_res + seeds * between_clusters
        total = ms_seed + ms_cluster - self.ms_res
        if total == 0:
            return 0.0, float(seeds - 1)
        parts = (
            ms_seed**2 / (seeds - 1)
            + ms_cluster**2 / (self.clusters - 1)
            + self.ms_res**2 / ((seeds - 1) * (self.clusters - 1))
        )
        return total / (seeds * self.clusters), total**2 / parts


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
    seeds_needed: int | None


def influence(table: Table) -> NDArray[np.float64]:
    """Return z (S, Q), whose rows average to theta (S,)."""
    sizes = np.bincount(table.cells)
    clusters = int(table.clusters.max()) + 1
    theta = table.values @ table.shares
    result = np.empty((len(theta), clusters))
    for seed, values in enumerate(table.values):
        means = np.bincount(table.cells, weights=values) / sizes
        centred = (values - means[table.cells]) * table.shares
        result[seed] = theta[seed] + clusters * np.bincount(table.clusters, weights=centred, minlength=clusters)
    return result


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


def infer(table: Table) -> Interval:
    """Return the estimate and its interval.

    Raises:
        UsageError: values that are not finite, or too few seeds or clusters.
    """
    if not np.isfinite(table.values).all():
        raise UsageError("expected finite values, found NaN or infinity")
    z = influence(table)
    squares = spread(z)
    estimate = float(z.mean())
    variance, df = squares.variance(squares.seeds)
    error = float(np.sqrt(variance))
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, df)) * error
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
        detectable=half + float(stats.t.ppf(POWER, df)) * error,
        seeds_needed=seeds_needed(estimate, squares),
    )


def _p_values(estimate: float, error: float, df: float) -> tuple[float, float]:
    if error == 0:  # nothing varies: the estimate is exact
        above, below = float(estimate <= 0), float(estimate >= 0)
    else:
        above, below = float(stats.t.sf(estimate / error, df)), float(stats.t.cdf(estimate / error, df))
    return max(above, LEAST_P), max(below, LEAST_P)


def seeds_needed(estimate: float, squares: Spread) -> int | None:
    """Return the least number of seeds whose interval around `estimate` would exclude 0.

    None where even 2,000 would not: more clusters are needed, not more seeds.
    """
    counts = np.arange(TWO, MOST_SEEDS + 1)
    pairs = np.array([squares.variance(int(count)) for count in counts])  # (N, 2)
    half = stats.t.ppf((1 + CONFIDENCE) / 2, pairs[:, 1]) * np.sqrt(pairs[:, 0])
    settled = np.flatnonzero(half < abs(estimate))
    return int(counts[settled[0]]) if len(settled) else None
