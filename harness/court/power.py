"""Planned power: how likely is support, before anything is measured.

A pilot of two baselines gives the components of variance of their difference (method of moments on
the mean squares of z, `harness.court.infer`):

    s2_seed = (MS_seed - MS_res) / Q    s2_cluster = (MS_cluster - MS_res) / S    s2_res = MS_res

With S seeds and Q clusters, V = s2_seed/S + s2_cluster/Q + s2_res/(S Q) and Satterthwaite's df
follow, and a contrast whose truth is D lies above 0 by its 95% interval with probability
P(T > t.975,df), T noncentral t with noncentrality D / sqrt V.

What arms share cancels in a contrast, and of what they do not share each is taken to have the same
amount: so a contrast with weights a has sum(a**2) / 2 times the variance of a difference. Of two
contrasts that must both hold the power is at least 1 minus the sum of what each lacks (Bonferroni);
that bound is given. A true effect of e percent puts the arms that the contrast adds e percent of the
mean above those it takes off. Not counted: for never-third the share of cells.

Cost: milliseconds. Limits: from few pilot seeds s2_seed is known to a factor of two at best; df comes
from expected mean squares. Source: design, Judging; tests compare with simulated tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import nctdtr

from harness.court.contrast import COMPARABLE, Contrast, contrasts
from harness.court.infer import CONFIDENCE, LEAST_SEEDS, POWER, TWO, Spread, quantile, spread
from harness.court.linear import LEAST_CLUSTERS
from harness.errors import UsageError
from harness.records.claim import Check
from harness.records.power import Components, PlannedPower

if TYPE_CHECKING:
    from harness.court.sample import Sample

PERCENT = 100.0
SURE = 30.0
"""A noncentrality this far above the quantile leaves no doubt, and the function its range."""

MOST_SEEDS = 100
LARGEST = 1000.0
"""Percent; a check that would miss this effect detects nothing."""

STEPS = 50
WITH_MARGIN = COMPARABLE | {"equivalent"}
DECIDED_OTHERWISE = frozenset({"equals", "reduced-by"})


def components(squares: Spread) -> tuple[float, float, float]:
    """Return s2_seed, s2_cluster and s2_res."""
    return (
        (squares.ms_seed - squares.ms_res) / squares.clusters,
        (squares.ms_cluster - squares.ms_res) / squares.seeds,
        squares.ms_res,
    )


def pilot_components(sample: Sample, check: Check) -> Components:
    """Return the components of the first arm minus the second, on the check's setting and measure.

    Raises:
        UsageError: fewer than two seeds or clusters, or a check without setting or measure.
    """
    if check.setting is None or check.measure is None:
        raise UsageError(f"{check.id}: expected a setting and a measure, found {check.setting} and {check.measure}")
    contrast = [1.0, -1.0] + [0.0] * (len(sample.theta) - TWO)
    seed, cluster, res = components(spread(sample.z(contrast)))
    return Components(
        setting=check.setting,
        measure=check.measure,
        s2_seed=seed,
        s2_cluster=cluster,
        s2_res=res,
        mean=float(sample.means()[:TWO].mean()),
        clusters=sample.clusters,
    )


def planned_power(
    check: Check, known: Components, seeds: int, clusters: int, claimed_percent: float | None
) -> PlannedPower:
    """Return how likely support is with that many seeds and clusters.

    `claimed_percent` is the claimed effect in percent of the right side, signed as left minus right.

    Raises:
        UsageError: fewer than two seeds or clusters.
    """
    if seeds < TWO or clusters < TWO:
        raise UsageError(f"expected at least 2 seeds and 2 clusters to plan with, found {seeds} and {clusters}")
    if check.relation in DECIDED_OTHERWISE:
        return PlannedPower(seeds=seeds, clusters=clusters, claimed=None, margin=None, detectable=None)
    squares = _expected(known, seeds, clusters)
    return PlannedPower(
        seeds=seeds,
        clusters=clusters,
        claimed=None if claimed_percent is None else _power(check, known, squares, claimed_percent),
        margin=_power(check, known, squares, 0.0) if check.relation in WITH_MARGIN else None,
        detectable=_detectable(check, known, squares),
    )


def seeds_for(check: Check, known: Components, clusters: int, percent: float, power: float = POWER) -> int | None:
    """Return the least number of seeds with that power, were `percent` the true effect; None above 100."""
    for seeds in range(LEAST_SEEDS, MOST_SEEDS + 1):
        if _power(check, known, _expected(known, seeds, clusters), percent) >= power:
            return seeds
    return None


def _expected(known: Components, seeds: int, clusters: int) -> Spread:
    """Return the mean squares that so many seeds and clusters have on average."""
    res = known.s2_res
    return Spread(seeds, clusters, res + clusters * known.s2_seed, res + seeds * known.s2_cluster, res)


def _power(check: Check, known: Components, squares: Spread, percent: float) -> float:
    """Return a lower bound of the probability that all contrasts of a check hold."""
    if squares.seeds < LEAST_SEEDS or squares.clusters < LEAST_CLUSTERS:
        return 0.0  # fewer decide nothing, whatever they show
    lacking = sum(1.0 - _one(one, known, squares, percent) for one in contrasts(check))
    return max(0.0, 1.0 - lacking)


def _one(contrast: Contrast, known: Components, squares: Spread, percent: float) -> float:
    by_arm = np.array(contrast.weights)
    # the arms added stand `percent` above those taken off; a margin makes the weights not sum to 0
    toward = float(by_arm.sum() + np.maximum(by_arm, 0).sum() * percent / PERCENT) * known.mean
    variances, dfs = squares.variance(np.array([float(squares.seeds)]))
    error, df = float(np.sqrt(variances[0] * (by_arm**2).sum() / TWO)), float(dfs[0])
    toward = -toward if contrast.downward else toward
    if error == 0:
        return float(toward > 0)
    limit = quantile((1 + CONFIDENCE) / 2, df)
    if toward / error > limit + SURE:
        return 1.0
    return float(1.0 - nctdtr(df, toward / error, limit)) if toward / error > -SURE else 0.0


def _detectable(check: Check, known: Components, squares: Spread) -> float | None:
    """Return the least effect on the claimed side, in percent, that is supported nine times in ten."""
    sign = -1.0 if contrasts(check)[0].downward else 1.0
    if check.relation == "equivalent" or known.mean <= 0:
        return None
    low, high = -LARGEST, LARGEST
    if _power(check, known, squares, sign * high) < POWER:
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if _power(check, known, squares, sign * middle) >= POWER else (middle, high)
    return sign * high
