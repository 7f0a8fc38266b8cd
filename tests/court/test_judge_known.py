"""Cases that reduce to known ones: oracles are scipy and statsmodels, to 1e-10, through `rule` and `settle`.

With z the table of seeds and clusters, V = M / (S Q) and M = MS_seed + MS_cluster - MS_res:

    every question has the seed's own value: MS_cluster = MS_res = 0, so the t test over seeds, S - 1 df
    every seed has the same values:          MS_seed = MS_res = 0, so the t test over clusters, Q - 1 df
    MS_seed <= MS_res <= MS_cluster:          MS_seed is raised, M = MS_cluster: the standard error of the t test
                                              over clusters' means, with fewer degrees of freedom than it

The paired test is exact for any margin, for the margin is a weight: H against (1-m) X.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from court_builders import FakeScores, Values, check, claim, judged
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import ttost_paired

from harness.court.infer import spread
from harness.court.judge import Case, rule
from harness.court.settle import holm
from harness.records.claim import CitedValue
from harness.records.ruling import Ruling
from harness.seeds import generator

EXACT = 1e-10
WORLDS = st.integers(0, 10**6)
ARMS = ("hybrid", "x-x-mono", "x-y")
CLUSTERS = 15


def ruled(value: Callable[[str, int], Values], seeds: int = 6, *, scale: Any = "reduced", **changes: Any) -> Ruling:
    """Judge one base and one language, one question per cluster; `value` gives all questions of an arm and seed."""
    of = judged([("en", f"k{number}", "r") for number in range(CLUSTERS)])
    values = {(arm, "labse", seed): value(arm, seed) for arm in ARMS for seed in range(seeds)}
    case = Case(claim(bases=("labse",)), range(seeds), FakeScores(of, values), {}, scale)
    return rule(case, check(**changes), "xquad-r")


def by_seed(theta: Mapping[str, Any]) -> Callable[[str, int], Values]:
    return lambda arm, seed: np.full(CLUSTERS, theta[arm][seed])


def drawn(world: int, seeds: int = 6) -> dict[str, Values]:
    rng = generator("known", world)
    level = rng.normal(0.5, 0.03, 3)
    return {arm: rng.normal(level[at], 0.03, seeds) for at, arm in enumerate(ARMS)}


SIDES = [
    ({"relation": "above"}, 1.0, "greater"),
    ({"relation": "below"}, 1.0, "less"),
    ({"relation": "comparable-or-above", "margin": "0.04"}, 0.96, "greater"),
    ({"relation": "comparable-or-below", "margin": "0.05"}, 1.05, "less"),
]


def same_test(found: Ruling, left: Values, right: Values, side: Any) -> None:
    oracle = stats.ttest_rel(left, right, alternative=side)
    interval = stats.ttest_rel(left, right).confidence_interval(0.95)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-8, abs=EXACT)
    assert found.p_against == pytest.approx(1 - oracle.pvalue, abs=EXACT)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=EXACT)
    assert found.df == pytest.approx(oracle.df, rel=EXACT)
    assert (found.outcome == "supported") == (oracle.pvalue < 0.025)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(WORLDS, st.sampled_from(SIDES))
def test_without_noise_of_questions_it_is_the_paired_t_test_over_seeds(world: int, kind: Any) -> None:
    changes, share, side = kind
    theta = drawn(world)
    same_test(ruled(by_seed(theta), **changes), theta["hybrid"], share * theta["x-x-mono"], side)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(WORLDS, st.sampled_from(SIDES))
def test_without_noise_of_seeds_it_is_the_paired_t_test_over_clusters(world: int, kind: Any) -> None:
    changes, share, side = kind
    of = drawn(world, CLUSTERS)
    same_test(ruled(lambda arm, _: of[arm], **changes), of["hybrid"], share * of["x-x-mono"], side)


def test_a_seed_variance_below_the_residual_leaves_the_error_of_the_test_over_clusters() -> None:
    rng = generator("clamped")
    value = {(arm, seed): rng.normal(0.5, 0.05, CLUSTERS) for arm in ARMS for seed in range(6)}
    easy = {arm: rng.normal(0, 0.2, CLUSTERS) for arm in ARMS}
    # no seed differs from another on average
    level = {place: one - one.mean() + 0.5 + easy[place[0]] for place, one in value.items()}
    found = ruled(lambda arm, seed: level[arm, seed])
    means = {arm: np.mean([level[arm, seed] for seed in range(6)], axis=0) for arm in ARMS}
    oracle = stats.ttest_rel(means["hybrid"], means["x-x-mono"])
    assert found.df is not None
    assert found.high is not None
    assert found.estimate is not None
    assert found.df < oracle.df
    error = (found.high - found.estimate) / stats.t.ppf(0.975, found.df)
    difference = means["hybrid"] - means["x-x-mono"]
    assert error == pytest.approx(np.std(difference, ddof=1) / CLUSTERS**0.5, rel=EXACT)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(WORLDS)
def test_mean_squares_are_those_of_the_two_way_analysis_of_variance(world: int) -> None:
    rng = generator("anova", world)
    z = rng.normal(size=(4, 5)) + 3 * rng.normal(size=(4, 1)) + 3 * rng.normal(size=(1, 5))
    rows = [{"z": z[s, k], "seed": f"s{s}", "cluster": f"k{k}"} for s in range(4) for k in range(5)]
    found = sm.stats.anova_lm(ols("z ~ C(seed) + C(cluster)", data=pd.DataFrame(rows)).fit())["mean_sq"]
    squares, res = spread(z), found["Residual"]
    expected = (max(found["C(seed)"], res), max(found["C(cluster)"], res), res)
    assert (squares.ms_seed, squares.ms_cluster, squares.ms_res) == pytest.approx(expected, rel=EXACT)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(WORLDS)
def test_equivalent_is_two_one_sided_tests(world: int) -> None:
    theta = drawn(world)
    theta["x-x-mono"] = np.full(6, 0.5)  # a right side that never varies has a margin that is a number
    found = ruled(by_seed(theta), relation="equivalent", margin="0.06")
    p, _, _ = ttost_paired(theta["hybrid"], theta["x-x-mono"], -0.03, 0.03)
    assert found.p == pytest.approx(p, rel=1e-8, abs=EXACT)
    assert (found.outcome == "supported") == (p < 0.025)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.lists(st.floats(1e-12, 1), min_size=1, max_size=9))
def test_holm_is_that_of_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1].tolist(), rel=EXACT)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(WORLDS)
def test_a_size_has_the_prediction_interval_of_a_new_observation(world: int) -> None:
    theta = drawn(world)
    claimed = {"labse": CitedValue(cell="S14", value="10")}
    found = ruled(by_seed(theta), scale="full", relation="reduced-by", required="full", unit="percent", claimed=claimed)
    run = sm.OLS(theta["hybrid"] - 0.9 * theta["x-x-mono"], np.ones(6)).fit().get_prediction([[1.0]])
    assert (found.low, found.high) == pytest.approx(run.conf_int(obs=True, alpha=0.05)[0].tolist(), abs=EXACT)


@pytest.mark.parametrize(
    ("mean", "half", "outcome"),
    [
        (0.9, 0.045, "supported"),
        (0.9, 0.055, "inconclusive"),  # one run of half the claimed share would do as well
        (0.92, 0.025, "supported"),
        (0.92, 0.015, "contradicted"),
        (0.88, 0.025, "supported"),
        (0.88, 0.015, "contradicted"),
    ],
)
def test_half_the_claimed_share_is_what_support_must_exclude(mean: float, half: float, outcome: str) -> None:
    run = np.array([-1.0, 1.0] * 3)
    run *= half / (stats.t.ppf(0.975, 5) * np.std(run, ddof=1) * (1 + 1 / 6) ** 0.5)
    claimed = {"labse": CitedValue(cell="S14", value="10")}
    found = ruled(
        by_seed({"hybrid": mean + run, "x-x-mono": np.ones(6), "x-y": np.ones(6)}),
        scale="full",
        relation="reduced-by",
        required="full",
        unit="percent",
        claimed=claimed,
    )
    assert (found.low, found.high) == pytest.approx((mean - 0.9 - half, mean - 0.9 + half), abs=EXACT)
    assert found.outcome == outcome


@settings(derandomize=True, deadline=None, max_examples=25)
@given(WORLDS, st.sampled_from(SIDES))
def test_a_single_run_lies_where_a_new_observation_does(world: int, kind: Any) -> None:
    changes, _, side = kind
    theta = drawn(world)
    run = sm.OLS(theta["hybrid"] - theta["x-x-mono"], np.ones(6)).fit().get_prediction([[1.0]])
    below = stats.t.cdf(0, 5, run.predicted_mean[0], run.se_obs[0])
    found = ruled(by_seed(theta), **changes)
    assert found.single_run == pytest.approx(below if side == "less" else 1 - below, abs=EXACT)


def test_an_order_of_three_lacks_in_a_single_run_what_its_pairs_lack_at_most() -> None:
    theta = {"hybrid": np.array([5.0, 5.2, 5.1, 5.4, 5.3, 5.0]), "x-x-mono": 0.3 * np.arange(6) + 4.0}
    theta["x-y"] = np.array([3.9, 4.2, 3.7, 4.1, 4.4, 4.6])
    one = ruled(by_seed(theta)).single_run
    two = ruled(by_seed(theta), left="x-x-mono", right="x-y").single_run
    both = ruled(by_seed(theta), relation="order", left=None, right=None, arms=ARMS).single_run
    assert one is not None
    assert two is not None
    assert 0.5 < two < 1
    assert both == pytest.approx(one + two - 1, abs=1e-12)


def test_where_arms_are_said_to_be_level_no_order_is_shown() -> None:
    theta = drawn(1)
    assert ruled(by_seed(theta), relation="equivalent", margin="0.1").single_run is None
    assert ruled(by_seed({arm: [0.5] * 6 for arm in ARMS})).single_run == 0.0
