"""Intervals: oracles are the definition in slow loops, the t tests they contain, and known worlds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from harness.court.infer import (
    LEAST_P,
    LEAST_SEEDS,
    MOST_SEEDS,
    Interval,
    Spread,
    infer,
    seeds_needed,
    spread,
)
from harness.errors import UsageError
from harness.seeds import generator

WORLDS = st.integers(0, 10**6)
EXACT = 1e-10


def random_z(world: int) -> NDArray[np.float64]:
    """A table z with an effect, seeds, clusters and noise of some size."""
    rng = generator("infer", world)
    seeds, clusters = int(rng.integers(2, 9)), int(rng.integers(2, 30))
    level = rng.normal(rng.normal(), 1, (seeds, clusters))
    return level + rng.normal(0, 1, clusters) + rng.normal(0, 1, (seeds, 1))


def slow_interval(z: list[list[float]]) -> tuple[float, float, float]:
    """Return estimate, V and df from z by the formulas of the design, in loops."""
    seeds, clusters = len(z), len(z[0])
    grand = sum(map(sum, z)) / (seeds * clusters)
    by_seed = [sum(row) / clusters for row in z]
    by_cluster = [sum(row[k] for row in z) / seeds for k in range(clusters)]
    ms_seed = clusters * sum((m - grand) ** 2 for m in by_seed) / (seeds - 1)
    ms_cluster = seeds * sum((m - grand) ** 2 for m in by_cluster) / (clusters - 1)
    ms_res = sum((z[s][k] - by_seed[s] - by_cluster[k] + grand) ** 2 for s in range(seeds) for k in range(clusters)) / (
        (seeds - 1) * (clusters - 1)
    )
    ms_seed, ms_cluster = max(ms_seed, ms_res), max(ms_cluster, ms_res)
    total = ms_seed + ms_cluster - ms_res
    parts = ms_seed**2 / (seeds - 1) + ms_cluster**2 / (clusters - 1) + ms_res**2 / ((seeds - 1) * (clusters - 1))
    return grand, total / (seeds * clusters), total**2 / parts


@settings(derandomize=True, deadline=None, max_examples=60)
@given(WORLDS)
def test_interval_equals_the_definition_in_slow_loops(world: int) -> None:
    z = random_z(world)
    estimate, variance, df = slow_interval(z.tolist())
    found = infer(z)
    half = stats.t.ppf(0.975, df) * variance**0.5
    assert found.estimate == pytest.approx(estimate, abs=EXACT)
    assert (found.low, found.high) == pytest.approx((estimate - half, estimate + half), abs=EXACT)
    assert found.df == pytest.approx(df, rel=EXACT)
    assert found.p_above == pytest.approx(stats.t.sf(estimate / variance**0.5, df), rel=1e-8)
    assert found.p_below == pytest.approx(stats.t.cdf(estimate / variance**0.5, df), rel=1e-8)
    assert found.detectable == pytest.approx((stats.t.ppf(0.975, df) + stats.t.ppf(0.9, df)) * variance**0.5, abs=EXACT)
    assert (found.seeds, found.clusters) == (len(z), len(z[0]))


@settings(derandomize=True, deadline=None, max_examples=40)
@given(WORLDS, st.floats(-50, 50), st.sampled_from([-3.0, -0.01, 0.5, 1e6]))
def test_shift_moves_the_interval_and_scale_stretches_it(world: int, shift: float, scale: float) -> None:
    z = random_z(world)
    plain = infer(z)
    moved = infer(z + shift)
    for name in ("estimate", "low", "high"):
        assert getattr(moved, name) == pytest.approx(getattr(plain, name) + shift, abs=1e-8)
    stretched = infer(z * scale)
    low, high = sorted((plain.low * scale, plain.high * scale))
    assert (stretched.low, stretched.high) == pytest.approx((low, high), rel=1e-7)
    p_values = (plain.p_above, plain.p_below) if scale > 0 else (plain.p_below, plain.p_above)
    assert (stretched.p_above, stretched.p_below) == pytest.approx(p_values, rel=1e-6)
    assert stretched.seeds_needed == plain.seeds_needed


@settings(derandomize=True, deadline=None, max_examples=40)
@given(WORLDS)
def test_order_of_seeds_and_clusters_changes_nothing(world: int) -> None:
    z = random_z(world)
    rng = generator("infer-order", world)
    other = z[rng.permutation(len(z))][:, rng.permutation(z.shape[1])]
    plain, shuffled = infer(z), infer(other)
    for name in ("estimate", "low", "high", "df", "p_above", "detectable"):
        assert getattr(shuffled, name) == pytest.approx(getattr(plain, name), rel=1e-9, abs=1e-12)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(WORLDS)
def test_p_values_say_what_the_interval_says(world: int) -> None:
    found = infer(random_z(world))
    assert (found.low > 0) == (found.p_above < 0.025)
    assert (found.high < 0) == (found.p_below < 0.025)
    assert found.p_above + found.p_below == pytest.approx(1)
    assert found.low < found.estimate < found.high


def test_a_contrast_that_is_the_same_on_every_question_is_a_paired_t_test_over_seeds() -> None:
    theta = generator("seeds").normal(0.4, 1, 6)
    found = infer(np.repeat(theta[:, None], 9, axis=1))
    same_as_t_test(found, theta)


def test_a_contrast_that_is_the_same_under_every_seed_is_a_t_test_over_clusters() -> None:
    means = generator("clusters").normal(0.4, 1, 12)
    found = infer(np.repeat(means[None, :], 5, axis=0))
    same_as_t_test(found, means)


def same_as_t_test(found: Interval, sample: NDArray[np.float64]) -> None:
    oracle = stats.ttest_1samp(sample, 0)
    interval = oracle.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=EXACT)
    assert found.df == pytest.approx(len(sample) - 1, rel=EXACT)
    assert 2 * min(found.p_above, found.p_below) == pytest.approx(oracle.pvalue, abs=EXACT)


def test_mean_squares_smaller_than_the_residual_are_raised_to_it() -> None:
    z = np.array([[1.0, -1.0], [-1.0, 1.0]])  # seed and cluster means are all 0, the rest is not
    squares = spread(z)
    assert (squares.ms_seed, squares.ms_cluster, squares.ms_res) == (4.0, 4.0, 4.0)
    found = infer(z)
    assert found.df == pytest.approx(1 / 3)
    assert found.high == pytest.approx(stats.t.ppf(0.975, 1 / 3))


def test_nothing_varies_gives_a_point_and_a_p_that_is_not_zero() -> None:
    found = infer(np.full((5, 4), 0.25))
    assert (found.low, found.estimate, found.high) == (0.25, 0.25, 0.25)
    assert (found.p_above, found.p_below) == (LEAST_P, 1.0)
    assert (found.detectable, found.seeds_needed, found.df) == (0.0, LEAST_SEEDS, 4.0)


def test_all_zero_says_nothing_in_either_direction() -> None:
    found = infer(np.zeros((5, 4)))
    assert (found.low, found.high, found.p_above, found.p_below) == (0.0, 0.0, 1.0, 1.0)
    assert found.seeds_needed is None


def test_rounding_of_a_sum_that_is_zero_is_no_effect() -> None:
    rounding = 0.1 + 0.2 - 0.3  # 5.6e-17
    assert rounding != 0
    z = np.full((5, 6), rounding)
    found = infer(z, size=0.6)
    assert found.estimate == 0
    assert found.low <= 0 <= found.high
    assert infer(z, size=0.0).estimate > 0  # a sum of nothing larger is no rounding


def test_overwhelming_evidence_keeps_the_digits_of_its_p() -> None:
    rng = generator("overwhelming")
    found = infer(1 + 0.01 * rng.normal(size=(12, 60)))
    error = (found.high - found.estimate) / stats.t.ppf(0.975, found.df)
    assert found.p_above == pytest.approx(stats.t.sf(found.estimate / error, found.df), rel=1e-6)
    assert LEAST_P < found.p_above < 1e-20


@pytest.mark.parametrize("shape", [(1, 5), (5, 1)])
def test_one_seed_or_one_cluster_has_no_spread(shape: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match=rf"at least 2 seeds and 2 clusters, found {shape[0]} and {shape[1]}"):
        infer(np.ones(shape))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(value: float) -> None:
    values = np.ones((5, 4))
    values[2, 1] = value
    with pytest.raises(UsageError, match="finite"):
        infer(values)


def brute_seeds_needed(estimate: float, squares: Spread) -> int | None:
    """Components of variance, one number of seeds at a time."""
    seeds, clusters = squares.seeds, squares.clusters
    seed, cluster = (squares.ms_seed - squares.ms_res) / clusters, (squares.ms_cluster - squares.ms_res) / seeds

    def excludes(count: int) -> bool:
        variance = seed / count + cluster / clusters + squares.ms_res / (count * clusters)
        by_seed, by_cluster = squares.ms_res + clusters * seed, squares.ms_res + count * cluster
        below = (
            by_seed**2 / (count - 1)
            + by_cluster**2 / (clusters - 1)
            + squares.ms_res**2 / ((count - 1) * (clusters - 1))
        )
        df = (variance * count * clusters) ** 2 / below
        return bool(stats.t.ppf(0.975, df) * variance**0.5 < abs(estimate))

    first = seeds + 1 if seeds >= LEAST_SEEDS and not excludes(seeds) else LEAST_SEEDS
    return next((count for count in range(first, 121) if excludes(count)), None)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(WORLDS)
def test_seeds_needed_is_the_first_number_that_brute_force_finds(world: int) -> None:
    rng = generator("needed", world)
    res = float(rng.gamma(1))
    squares = Spread(
        int(rng.integers(2, 13)), int(rng.integers(2, 60)), res + rng.gamma(1) * 20, res + rng.gamma(1) * 5, res
    )
    estimate = float(rng.normal(0, 0.6))
    found = seeds_needed(estimate, squares)
    expected = brute_seeds_needed(estimate, squares)
    assert expected == (found if found is None or found <= 120 else None)


def test_more_clusters_are_needed_where_seeds_cannot_help() -> None:
    squares = Spread(seeds=5, clusters=20, ms_seed=1.0, ms_cluster=500.0, ms_res=1.0)
    limit = stats.t.ppf(0.975, 19) * (499 / 5 / 20) ** 0.5  # the clusters' share of the interval never goes away
    assert seeds_needed(limit * 0.99, squares) is None
    assert seeds_needed(limit * 1.05, squares) is not None
    assert seeds_needed(0.0, squares) is None


def test_seeds_at_hand_that_settle_nothing_are_never_called_enough() -> None:
    # two clusters: with more seeds the degrees of freedom fall to 1, so fewer seeds look better
    squares = Spread(seeds=40, clusters=2, ms_seed=2.01, ms_cluster=40.01, ms_res=0.01)
    counts = np.arange(LEAST_SEEDS, 41, dtype=np.float64)
    variances, dfs = squares.variance(counts)
    half = stats.t.ppf(0.975, dfs) * variances**0.5
    assert half.min() < half[-1]
    needed = seeds_needed(float((half.min() + half[-1]) / 2), squares)  # settled by some fewer, not by the 40
    assert needed is None or needed > 40


def test_the_number_of_seeds_at_hand_may_pass_the_search_limit() -> None:
    squares = Spread(seeds=MOST_SEEDS + 100, clusters=30, ms_seed=1.0, ms_cluster=1.0, ms_res=1.0)
    assert seeds_needed(1e-9, squares) is None


@dataclass(frozen=True)
class World:
    """Normal effects of seeds, clusters and both, around `theta`."""

    seeds: int
    clusters: int
    sd_seed: float
    sd_cluster: float
    sd_rest: float

    def expected(self) -> Spread:
        """The mean squares that this world has on average."""
        res = self.sd_rest**2
        by_seed, by_cluster = self.clusters * self.sd_seed**2, self.seeds * self.sd_cluster**2
        return Spread(self.seeds, self.clusters, res + by_seed, res + by_cluster, res)

    def share_excluding_zero(self, theta: float, draws: int) -> tuple[float, float]:
        """Return the shares of draws whose interval lies above 0, and below it."""
        rng = generator("world", str(self), round(theta * 1e6), draws)
        above = below = 0
        for _ in range(draws):
            z = (
                theta
                + self.sd_seed * rng.normal(size=(self.seeds, 1))
                + self.sd_cluster * rng.normal(size=(1, self.clusters))
            )
            found = infer(z + self.sd_rest * rng.normal(size=(self.seeds, self.clusters)))
            above, below = above + (found.low > 0), below + (found.high < 0)
        return above / draws, below / draws


@pytest.mark.parametrize("seeds", [5, 8])
@pytest.mark.parametrize(
    ("sd_seed", "sd_cluster", "sd_rest"),
    [(1.0, 0.1, 0.1), (0.02, 1.0, 1.0), (0.15, 1.0, 0.5)],
    ids=["seeds", "clusters", "both"],
)
def test_intervals_miss_the_truth_about_as_often_as_they_may(
    seeds: int, sd_seed: float, sd_cluster: float, sd_rest: float
) -> None:
    above, below = World(seeds, 40, sd_seed, sd_cluster, sd_rest).share_excluding_zero(0.0, 500)
    assert 0.015 <= above + below <= 0.085
    assert max(above, below) <= 0.055


@pytest.mark.parametrize(
    "world", [World(8, 40, 0.2, 1.0, 0.5), World(5, 60, 0.05, 1.0, 1.0)], ids=["seeds", "clusters"]
)
def test_the_detectable_effect_is_found_nine_times_in_ten(world: World) -> None:
    variance, df = world.expected().variance(np.array([float(world.seeds)]))
    detectable = float((stats.t.ppf(0.975, df[0]) + stats.t.ppf(0.9, df[0])) * variance[0] ** 0.5)
    above, below = world.share_excluding_zero(detectable, 400)
    assert 0.84 <= above <= 0.96
    assert below == 0


@pytest.mark.parametrize(
    ("world", "theta"),
    [(World(8, 40, 0.2, 0.3, 0.5), 0.16), (World(8, 60, 0.02, 0.5, 1.0), 0.15)],
    ids=["seeds", "clusters"],
)
def test_with_the_seeds_needed_every_second_world_is_settled_and_with_fewer_fewer_are(
    world: World, theta: float
) -> None:
    needed = seeds_needed(theta, world.expected())
    assert needed is not None
    assert 8 < needed < 40
    shares = {}
    for seeds in (needed // 2, needed):
        other = World(seeds, world.clusters, world.sd_seed, world.sd_cluster, world.sd_rest)
        shares[seeds], below = other.share_excluding_zero(theta, 500)
        assert below <= 0.01
    assert shares[needed] == pytest.approx(0.5, abs=0.08)
    assert shares[needed // 2] < shares[needed] - 0.08
