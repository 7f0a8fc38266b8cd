"""Oracles: the rule written out for grids made by hand; a choice does not depend on who measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.codec import canonical
from harness.court.tuning import choose, fits
from harness.records.scope import DataBinding, Grid, Regime, Scope
from harness.records.training import ARM_LABELS, Recipe, Settings
from harness.records.tuning import Point, Setup
from harness.seeds import generator

RATES, TEMPERATURES = (0.01, 0.03, 0.1), (0.05, 0.1)
BOUND = DataBinding(source="atlas", part="validation", languages=("de", "en"))
RECIPE = Recipe(
    buckets=8, width=4, dimensions=4, shortest=2, longest=3, dose=0, batch=4, learning_rate=0.1, temperature=0.1
)
REGIME = Regime(low=0.8, high=0.9, most=0.25, paper=0.85)


def scope(doses: tuple[int, ...] = (100, 200, 300), regime: Regime | None = REGIME) -> Scope:
    return Scope(
        schema="urn:harness:scope:1",
        name="s",
        scale="reduced",
        sentence="Here",
        bases={"b": RECIPE},
        datasets={},
        training=BOUND,
        pretraining=BOUND,
        validation=BOUND,
        settings=Settings(steps=1, batch=2, learning_rate=0.03, weight_decay=0.0, temperature=0.05),
        chosen_by="tests",
        regimes={} if regime is None else {"b": regime},
        grid=Grid(
            learning_rates=RATES, temperatures=TEMPERATURES, doses={"b": doses}, seeds=(9,), pilot_seeds=(10, 11)
        ),
        seeds={},
        seeds_otherwise=5,
    )


def point(setup: Setup, ratio: float, level: float = 0.5, distance: float = 0.1) -> Point:
    return Point(
        setup=setup, seeds=(9,), monolingual=level, crosslingual=level * ratio, multilingual=level, distance=distance
    )


def bench(rule: Callable[[Setup], Point]) -> tuple[Callable[[Sequence[Setup]], list[Point]], list[Setup]]:
    """Return something that measures by `rule`, and the setups that it will have been asked for."""
    asked: list[Setup] = []

    def measured(setups: Sequence[Setup]) -> list[Point]:
        asked.extend(setups)
        return [rule(setup) for setup in setups]

    return measured, asked


def test_exact_the_dose_whose_ratio_is_nearest_the_papers_is_taken_and_no_other_is_tuned() -> None:
    measured, asked = bench(lambda setup: point(setup, {100: 0.7, 200: 0.81, 300: 0.86}[setup.dose]))
    chosen, inside = choose(scope(), "b", measured)
    assert (chosen.dose, inside) == (300, True)
    middles = [Setup(base="b", dose=d, sampling="x-x-mono", learning_rate=0.03, temperature=0.05) for d in (100, 200)]
    assert [setup for setup in asked if setup.dose != 300] == middles


def test_exact_every_arm_is_tried_at_every_point_and_takes_its_best() -> None:
    best = {"x-x-mono": (0.01, 0.1), "x-y": (0.1, 0.05), "hybrid": (0.03, 0.05)}

    def rule(setup: Setup) -> Point:
        at = (setup.learning_rate, setup.temperature)
        return point(setup, 0.85, level=0.6 if at == best[setup.sampling] else 0.5)

    measured, asked = bench(rule)
    chosen, _ = choose(scope(doses=(100,)), "b", measured)
    assert chosen.arms == best
    tried = {(one.sampling, one.learning_rate, one.temperature) for one in asked}
    assert tried == {(arm, rate, heat) for arm in ARM_LABELS for rate in RATES for heat in TEMPERATURES}


def test_exact_of_equals_the_first_of_the_grid() -> None:
    measured, _ = bench(lambda setup: point(setup, 0.85))
    chosen, _ = choose(scope(doses=(100,)), "b", measured)
    assert chosen.arms == dict.fromkeys(ARM_LABELS, (RATES[0], TEMPERATURES[0]))


def test_exact_a_dose_that_only_fits_at_the_middle_is_passed_over() -> None:
    """At its best point x-x-mono leaves the regime under dose 100, the nearest at the middle; so dose 200 is taken."""

    def rule(setup: Setup) -> Point:
        leaves = setup.dose == 100 and setup.learning_rate == 0.1
        ratio = 0.95 if leaves else {100: 0.85, 200: 0.83}[setup.dose]
        return point(setup, ratio, level=0.6 if setup.learning_rate == 0.1 else 0.5)

    chosen, inside = choose(scope(doses=(100, 200)), "b", bench(rule)[0])
    assert (chosen.dose, inside) == (200, True)


def test_exact_no_dose_fits_and_the_nearest_is_taken_and_said_to_be_outside() -> None:
    measured, _ = bench(lambda setup: point(setup, {100: 0.2, 200: 0.75, 300: 0.98}[setup.dose]))
    chosen, inside = choose(scope(), "b", measured)
    assert (chosen.dose, inside) == (200, False)


def test_exact_a_base_without_a_regime_takes_its_first_dose() -> None:
    chosen, inside = choose(scope(regime=None), "b", bench(lambda setup: point(setup, 0.05))[0])
    assert (chosen.dose, inside) == (100, True)


def test_exact_rank_distance_counts_for_the_regime_too() -> None:
    one = Setup(base="b", dose=1, sampling="x-x-mono", learning_rate=0.1, temperature=0.1)
    assert fits(point(one, 0.85), REGIME)
    assert not fits(point(one, 0.85, distance=0.25), REGIME)
    assert not fits(point(one, 0.79), REGIME)
    assert not fits(point(one, 0.91), REGIME)
    assert not fits(point(one, 0.85, level=0.0), REGIME)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_theory_looking_points_up_chooses_what_measuring_them_chose(seed: int) -> None:
    def rule(setup: Setup) -> Point:
        mixed = float(generator("point", seed, canonical(setup.plain()).decode()).random())
        return point(setup, 0.7 + 0.3 * mixed, level=mixed)

    measured, asked = bench(rule)
    first = choose(scope(), "b", measured)
    known = {setup: rule(setup) for setup in asked}
    assert choose(scope(), "b", lambda setups: [known[setup] for setup in setups]) == first


def test_degenerate_a_scope_without_a_grid() -> None:
    with pytest.raises(ValueError, match="expected a grid to choose from, found none"):
        choose(scope().model_copy(update={"grid": None}), "b", bench(lambda setup: point(setup, 0.85))[0])
