"""Planned power: oracles are simulated tables, the pilot they are read from, and limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from court_builders import PlantedScores, check, judged

from harness.court.contrast import Inquiry, contrasts
from harness.court.infer import infer, spread
from harness.court.power import components, pilot_components, planned_power, seeds_for
from harness.errors import UsageError
from harness.records.power import Components
from harness.seeds import generator

KNOWN = Components(
    setting="multilingual", measure="MAP", s2_seed=4e-5, s2_cluster=2e-3, s2_res=3e-3, mean=0.5, clusters=60
)
ORDER = {"relation": "order", "left": None, "right": None, "arms": ("x-x-mono", "hybrid", "x-y")}
THREE = {"relation": "contrast", "left": None, "right": None, "weights": {"hybrid": 2.0, "x-y": -1.0, "x-x-mono": -1.0}}


def drawn(rng: np.random.Generator, known: Components, seeds: int, clusters: int) -> Any:
    return (
        known.s2_seed**0.5 * rng.normal(size=(seeds, 1))
        + known.s2_cluster**0.5 * rng.normal(size=(1, clusters))
        + known.s2_res**0.5 * rng.normal(size=(seeds, clusters))
    )


@pytest.mark.parametrize(
    ("changes", "percent", "seeds", "clusters"),
    [
        ({}, 2.0, 8, 100),
        ({"relation": "below"}, -2.5, 12, 60),
        ({"relation": "comparable-or-above", "margin": "0.01"}, 1.0, 8, 100),
        ({"relation": "comparable-or-below", "margin": "0.05"}, 3.0, 5, 100),
        (THREE, 1.5, 8, 100),
    ],
    ids=["above", "below", "comparable-or-above", "comparable-or-below", "contrast"],
)
def test_power_is_the_share_of_simulated_tables_that_support(
    changes: dict[str, Any], percent: float, seeds: int, clusters: int
) -> None:
    wanted = check(**changes)
    (contrast,) = contrasts(wanted)
    by_arm = np.array(contrast.weights)
    rng, draws, hits = generator("power", str(changes)), 1500, 0
    for _ in range(draws):
        # arms independent, each with half the variance of a difference of two
        noise = sum(a * drawn(rng, KNOWN, seeds, clusters) / 2**0.5 for a in by_arm)
        level = np.where(by_arm > 0, 1 + percent / 100, 1.0) * KNOWN.mean
        found = infer(noise + by_arm @ level)
        hits += found.high < 0 if contrast.downward else found.low > 0
    planned = planned_power(wanted, KNOWN, seeds, clusters, percent).claimed
    assert planned == pytest.approx(hits / draws, abs=0.03)
    assert 0.2 < hits / draws < 0.98


def test_without_an_effect_power_is_the_level_of_the_test() -> None:
    found = planned_power(check(), KNOWN, 8, 100, 0.0)
    assert found.claimed == pytest.approx(0.025, abs=1e-9)
    assert found.margin is None


def test_the_margin_is_what_no_effect_has_to_spare() -> None:
    wanted = check(relation="comparable-or-above", margin="0.02")
    assert planned_power(wanted, KNOWN, 8, 100, None).claimed is None
    assert planned_power(wanted, KNOWN, 8, 100, None).margin == planned_power(check(), KNOWN, 8, 100, 2.0).claimed or (
        planned_power(wanted, KNOWN, 8, 100, None).margin
        == pytest.approx(planned_power(check(), KNOWN, 8, 100, 2.0).claimed, abs=0.02)
    )


def test_two_contrasts_at_once_are_bounded_by_what_each_lacks() -> None:
    one = planned_power(check(), KNOWN, 8, 100, 2.5).claimed
    both = planned_power(check(**ORDER), KNOWN, 8, 100, 2.5).claimed
    assert one is not None
    assert both == pytest.approx(max(0.0, 2 * one - 1), abs=1e-9)
    same = planned_power(check(relation="equivalent", margin="0.025"), KNOWN, 8, 100, 0.0)
    assert same.claimed == same.margin
    assert same.margin == pytest.approx(both, abs=0.03)
    assert same.detectable is None


@pytest.mark.parametrize(
    "changes", [{}, {"relation": "below"}, {"relation": "comparable-or-above", "margin": "0.01"}, ORDER]
)
def test_the_detectable_effect_has_nine_tenths_of_power(changes: dict[str, Any]) -> None:
    wanted = check(**changes)
    found = planned_power(wanted, KNOWN, 8, 100, None).detectable
    assert found is not None
    assert planned_power(wanted, KNOWN, 8, 100, found).claimed == pytest.approx(0.9, abs=1e-6)
    assert (found < 0) == (wanted.relation == "below")


def test_more_seeds_and_clusters_give_more_power_until_it_is_enough() -> None:
    powers = [planned_power(check(), KNOWN, seeds, 100, 2.0).claimed for seeds in (5, 8, 12, 30)]
    assert powers == sorted(powers)  # type: ignore[type-var]
    needed = seeds_for(check(), KNOWN, 100, 4.0)
    assert needed is not None
    enough, short = (planned_power(check(), KNOWN, one, 100, 4.0).claimed for one in (needed, needed - 1))
    assert enough is not None
    assert short is not None
    assert enough >= 0.9 > short
    assert seeds_for(check(), KNOWN, 100, 0.1) is None


def test_what_can_decide_nothing_has_no_power() -> None:
    for seeds, clusters in ((4, 100), (8, 9)):
        found = planned_power(check(), KNOWN, seeds, clusters, 50.0)
        assert (found.claimed, found.detectable) == (0.0, None)
    assert planned_power(check(), KNOWN, 8, 100, 90.0).claimed == 1.0
    assert planned_power(check(), KNOWN, 8, 100, -90.0).claimed == 0.0
    with pytest.raises(UsageError, match="at least 2 seeds"):
        planned_power(check(), KNOWN, 1, 100, 1.0)


@pytest.mark.parametrize("relation", ["equals", "reduced-by"])
def test_what_is_decided_otherwise_has_no_planned_power(relation: str) -> None:
    found = planned_power(check(relation=relation), KNOWN, 8, 100, 5.0)
    assert (found.claimed, found.margin, found.detectable) == (None, None, None)


def test_noise_of_nothing_leaves_no_doubt() -> None:
    still = KNOWN.model_copy(update={"s2_seed": 0.0, "s2_cluster": 0.0, "s2_res": 0.0})
    assert [planned_power(check(), still, 8, 100, percent).claimed for percent in (0.1, 0.0)] == [1.0, 0.0]


def test_components_of_known_tables_are_found_again() -> None:
    rng = generator("components")
    found = np.mean([components(spread(drawn(rng, KNOWN, 12, 200))) for _ in range(200)], axis=0)
    assert found == pytest.approx([KNOWN.s2_seed, KNOWN.s2_cluster, KNOWN.s2_res], rel=0.1)


def test_a_pilot_is_the_difference_of_its_two_arms() -> None:
    of = {"xquad-r": judged([(language, f"k{n}", "r") for language in ("de", "en") for n in range(30)])}
    scores = PlantedScores(of, lambda arm, *_: 0.6 if arm == "x-y" else 0.5)
    wanted = check(left="x-x-mono", right="x-y", setting="monolingual")
    sample = Inquiry(scores, range(4), wanted, "xquad-r").sample(("xlm-r", "labse"))
    found = pilot_components(sample, wanted)
    squares = spread(sample.z((1, -1)))
    assert (found.s2_seed, found.s2_cluster, found.s2_res) == components(squares)
    assert (found.setting, found.measure, found.clusters) == ("monolingual", "MAP", 30)
    assert found.mean == pytest.approx(0.55, abs=0.1)
    with pytest.raises(UsageError, match="expected a setting and a measure"):
        pilot_components(sample, check(measure=None))
