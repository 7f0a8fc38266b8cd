"""Planned power, planned seeds and seeds needed: the oracle is the rate at which simulated tables support."""

from __future__ import annotations

import pytest

from benchmarks.calibration.criteria import bounds
from benchmarks.calibration.judged import said
from benchmarks.calibration.worlds import check
from harness.court.infer import Spread, infer_each, seeds_needed
from harness.court.linear import LEAST_CLUSTERS
from harness.court.power import planned_power, seeds_for
from harness.records.power import Components
from harness.seeds import generator

KNOWN = Components(
    setting="multilingual", measure="MAP", s2_seed=4e-5, s2_cluster=2e-3, s2_res=3e-3, mean=0.5, clusters=480
)


def support(seeds: int, clusters: int, effect: float, worlds: int = 1500) -> tuple[float, float]:
    """Bounds of the rate at which normal tables with known components support."""
    rng = generator("support", seeds, clusters, worlds)
    z = KNOWN.s2_res**0.5 * rng.standard_normal((worlds, seeds, clusters))
    z += KNOWN.s2_seed**0.5 * rng.standard_normal((worlds, seeds, 1))
    z += KNOWN.s2_cluster**0.5 * rng.standard_normal((worlds, 1, clusters))
    return bounds(sum(said(one)[0] == "supported" for one in infer_each(z + effect)), worlds)


@pytest.mark.parametrize("seeds", [5, 12])
def test_theory_planned_power_is_the_simulated_rate_of_support(seeds: int) -> None:
    clusters = max(240, LEAST_CLUSTERS)
    plan = planned_power(check("above"), KNOWN, seeds, clusters, 1.5)
    low, high = support(seeds, clusters, 0.015 * KNOWN.mean)
    assert plan.claimed is not None
    assert low <= plan.claimed <= high
    assert plan.detectable is not None
    low, high = support(seeds, clusters, plan.detectable / 100 * KNOWN.mean)
    assert low <= 0.90 <= high
    margin = planned_power(check("comparable-or-above", "0.015"), KNOWN, seeds, clusters, None).margin
    assert margin == pytest.approx(plan.claimed, abs=0.02)


def test_theory_seeds_that_are_planned_suffice_and_fewer_do_not() -> None:
    clusters = max(240, LEAST_CLUSTERS)
    percent = planned_power(check("above"), KNOWN, 10, clusters, None).detectable
    assert percent is not None
    assert seeds_for(check("above"), KNOWN, clusters, percent * 1.001) == 10
    effect = percent / 100 * KNOWN.mean
    assert support(10, clusters, effect)[1] >= 0.90
    assert support(6, clusters, effect)[1] < 0.90


def test_theory_seeds_needed_make_an_effect_as_large_as_its_interval() -> None:
    res, clusters, effect = KNOWN.s2_res, 240, 0.0075
    squares = Spread(5, clusters, res + clusters * KNOWN.s2_seed, res + 5 * KNOWN.s2_cluster, res)
    needed = seeds_needed(effect, squares)
    assert needed is not None
    assert needed > 8
    # a true effect that just clears the interval's half width is supported about every other time
    low, high = support(needed, clusters, effect)
    assert 0.45 < (low + high) / 2 < 0.60
    assert support(5, clusters, effect)[1] < 0.45
