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

A t interval takes the estimate's own distribution to be symmetric. How far it leans to one side, by
the skewness of the clusters, is measured beside it; `harness.court.linear` refuses what leans too far.

Many tables are judged at once by the same code (`infer_each`), and each as if it were alone.

Cost: O(S Q); the number of seeds needed takes 2,000 quantiles and is found when it is asked for.
Quantiles come from `scipy.special`, which loads in a tenth of the time of `scipy.stats` and is
what that calls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from harness.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Number = float | NDArray[np.float64]
    Squares = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

CONFIDENCE = 0.95
POWER = 0.90
NORMAL = float(ndtri((1 + CONFIDENCE) / 2))
"""The quantile of the normal distribution that CONFIDENCE is for."""

LEAST_P = 1e-300
LEAST_SEEDS = 5
"""Fewer settle nothing, whatever their interval."""

MOST_SEEDS = 2000
ROUNDING = 2.0**-44
"""A sum of floats is trusted to this share of the sum of their sizes."""

LARGEST = 1e140
"""The squares of larger values have no sum."""

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
        between_clusters = (self.ms_cluster - self.ms_res) / self.seeds
        ms_cluster = self.ms_res + seeds * between_clusters
        return _variance(seeds, self.clusters, (self.ms_seed, ms_cluster, self.ms_res))

    @property
    def detectable(self) -> float:
        """Return the effect that is found about nine times in ten, were these mean squares the true ones."""
        variances, dfs = self.variance(np.array([float(self.seeds)]))
        return float((_half(variances, dfs) + stdtrit(dfs, POWER) * np.sqrt(variances))[0])


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95% interval; `p_above` and `p_below` are one-sided.

    `lean` is the skewness of the estimate itself, as far as it comes from clusters: their third
    central moment / (Q**2 V**1.5). An interval after Student takes it to be 0.
    """

    estimate: float
    low: float
    high: float
    p_above: float
    p_below: float
    df: float
    seeds: int
    clusters: int
    detectable: float
    lean: float
    squares: Spread

    @property
    def added_error(self) -> float:
        """Return by how much the one-sided error of 2.5% is exceeded on the worse side."""
        return added_error(self.lean)

    @property
    def seeds_needed(self) -> int | None:
        """Return the least number of seeds that would settle it, or None where more clusters are needed."""
        return seeds_needed(self.estimate, self.squares)


def added_error(lean: float) -> float:
    """Return by how much a skewness of the estimate takes a one-sided error of 2.5% further, after Edgeworth.

    P(T > t) differs from Student's by lean (2 t**2 + 1) phi(t) / 6 to the first order (Hall, The
    Bootstrap and Edgeworth Expansion, 1992).
    """
    return abs(lean) * (2 * NORMAL**2 + 1) / 6 * math.exp(-(NORMAL**2) / 2) / math.sqrt(2 * math.pi)


def spread(z: NDArray[np.float64]) -> Spread:
    """Return the mean squares of z (S, Q).

    Raises:
        UsageError: fewer than two seeds or two clusters: there is no spread to see.
    """
    seeds, clusters = z.shape
    ms_seed, ms_cluster, ms_res = (float(squares[0]) for squares in _mean_squares(np.ascontiguousarray(z[None])))
    return Spread(seeds, clusters, ms_seed, ms_cluster, ms_res)


def infer(z: NDArray[np.float64], size: float = 0.0) -> Interval:
    """Return the estimate and its interval from z (S, Q).

    `size` is the sum of the sizes of what the contrast adds up: an estimate that is no more than
    its rounding is 0.

    Raises:
        UsageError: values that are not finite or above 1e140, or fewer than two seeds or clusters.
    """
    return infer_each(z[None], size)[0]


def infer_each(z: NDArray[np.float64], size: float = 0.0) -> list[Interval]:
    """Return `infer` of each table of z (N, S, Q), at once.

    Raises:
        UsageError: values that are not finite or above 1e140, or fewer than two seeds or clusters.
    """
    if not (np.abs(z) <= LARGEST).all():
        raise UsageError(f"expected finite values up to {LARGEST:g}, found NaN or more; mend what measured them")
    z = np.ascontiguousarray(z)  # the order in which numpy sums follows the layout
    _, seeds, clusters = z.shape
    squares = _mean_squares(z)
    variances, dfs = _variance(np.array(float(seeds)), clusters, squares)
    means = _flat(z).mean(axis=-1)
    estimates = np.where(np.abs(means) <= ROUNDING * size, 0.0, means)
    errors, half = np.sqrt(variances), _half(variances, dfs)
    above, below = _p_values(estimates, errors, dfs)
    columns = (
        estimates,
        estimates - half,
        estimates + half,
        above,
        below,
        dfs,
        half + stdtrit(dfs, POWER) * errors,
        _lean(z, variances),
        *squares,
    )
    return [
        Interval(
            estimate, low, high, p, against, df, seeds, clusters, detectable, lean, Spread(seeds, clusters, *of_table)
        )
        for estimate, low, high, p, against, df, detectable, lean, *of_table in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


def _lean(z: NDArray[np.float64], variances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the skewness that each table's clusters give its mean; 0 where nothing varies."""
    by_cluster = z.mean(axis=1)
    centred = by_cluster - by_cluster.mean(axis=1, keepdims=True)
    errors = np.sqrt(variances)
    # in units of the error, because cubes of small differences would underflow
    scaled = centred / np.where(errors == 0, 1.0, errors)[:, None] / z.shape[2]
    return np.where(errors == 0, 0.0, (scaled**3).sum(axis=1))


def _flat(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each table as one row, (N, S Q), so that it is summed in one order however many there are."""
    tables, seeds, clusters = z.shape
    return z.reshape(tables, seeds * clusters)


def _mean_squares(z: NDArray[np.float64]) -> Squares:
    """Return MS_seed, MS_cluster and MS_res of each table of z (N, S, Q), the first two not below the third."""
    seeds, clusters = z.shape[1:]
    if seeds < TWO or clusters < TWO:
        raise UsageError(f"expected at least 2 seeds and 2 clusters, found {seeds} and {clusters}")
    grand = _flat(z).mean(axis=-1)[:, None]
    by_seed, by_cluster = z.mean(axis=2), z.mean(axis=1)
    rest = z - by_seed[:, :, None]
    rest -= by_cluster[:, None, :]
    rest += grand[:, :, None]
    ms_res = _flat(np.square(rest, out=rest)).sum(axis=-1) / ((seeds - 1) * (clusters - 1))
    ms_seed = clusters * ((by_seed - grand) ** 2).sum(axis=-1) / (seeds - 1)
    ms_cluster = seeds * ((by_cluster - grand) ** 2).sum(axis=-1) / (clusters - 1)
    return np.maximum(ms_seed, ms_res), np.maximum(ms_cluster, ms_res), ms_res


def _variance(
    seeds: NDArray[np.float64], clusters: int, squares: tuple[Number, Number, Number]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return V and its degrees of freedom from mean squares, number by number; (0, S - 1) where nothing varies."""
    ms_seed, ms_cluster, ms_res = squares
    total = ms_seed + ms_cluster - ms_res
    still = total == 0
    # shares of the total, because squares of small mean squares would underflow
    whole = np.where(still, 1.0, total)
    parts = (
        (ms_seed / whole) ** 2 / (seeds - 1)
        + (ms_cluster / whole) ** 2 / (clusters - 1)
        + (ms_res / whole) ** 2 / ((seeds - 1) * (clusters - 1))
    )
    dfs = np.where(still, seeds - 1.0, 1 / np.where(still, 1.0, parts))
    return np.where(still, 0.0, total / (seeds * clusters)), dfs


def _half(variances: NDArray[np.float64], dfs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half the width of intervals."""
    return np.asarray(stdtrit(dfs, (1 + CONFIDENCE) / 2) * np.sqrt(variances), dtype=np.float64)


def quantile(probability: float, df: float) -> float:
    """Return the quantile of Student's t."""
    return float(stdtrit(df, probability))


def _p_values(
    estimates: NDArray[np.float64], errors: NDArray[np.float64], dfs: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    still = errors == 0  # nothing varies: the estimate is exact
    t = estimates / np.where(still, 1.0, errors)
    above = np.where(still, estimates <= 0, stdtr(dfs, -t))
    below = np.where(still, estimates >= 0, stdtr(dfs, t))
    return np.maximum(above, LEAST_P), np.maximum(below, LEAST_P)


def seeds_needed(estimate: float, squares: Spread) -> int | None:
    """Return the least number of seeds whose interval around `estimate` would exclude 0.

    Where the seeds at hand do not, only larger numbers are an answer: with few clusters the degrees
    of freedom fall as seeds are added, so that fewer seeds may look better than more.
    None where even 2,000 would not: more clusters are needed, not more seeds.
    """
    counts = np.arange(LEAST_SEEDS, max(MOST_SEEDS, squares.seeds) + 1, dtype=np.float64)
    variances, dfs = squares.variance(counts)
    excluded = _half(variances, dfs) < abs(estimate)
    if squares.seeds >= LEAST_SEEDS and not excluded[squares.seeds - LEAST_SEEDS]:
        excluded[: squares.seeds - LEAST_SEEDS] = False
    settled = np.flatnonzero(excluded)
    return int(counts[settled[0]]) if len(settled) else None
