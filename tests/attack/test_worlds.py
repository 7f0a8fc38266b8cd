"""False worlds of contrasts: oracle is design's table, and a judge that is broken on purpose must be found out."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from attacked_builders import CLUSTERS, questions, stand
from court_builders import PlantedScores, check
from hypothesis import given
from hypothesis import strategies as st

from harness.attack import same_arm, subject, worlds
from harness.attack.changed import RANDOM, SEPARATOR
from harness.attack.probe import NOT_HERE, results
from harness.attack.subject import Stand
from harness.attack.world import DRAWS
from harness.court.contrast import contrasts
from harness.court.plain import intervals, outcomes
from harness.court.scores import UNTRAINED
from harness.records.attack import ProbeResult
from harness.records.claim import Check

CHANCE, FAR = 0.05, 5.0


def nothing_known(chance: float) -> PlantedScores:
    return PlantedScores({"xquad-r": questions()}, lambda *_: chance, noise=0.01, world="random")


def attacked(one: Stand, splits: Counter[str] | None = None) -> dict[str, ProbeResult]:
    world = nothing_known(FAR if one.check.measure == "rank-distance" else CHANCE)
    found = results(worlds.probes(one, world, world, Counter() if splits is None else splits))  # type: ignore[arg-type]
    return {probe.name.partition(":")[0]: probe for probe in found}


def tried(found: dict[str, ProbeResult]) -> set[str]:
    return {name for name, probe in found.items() if probe.detail != NOT_HERE}


CHECKS: dict[str, tuple[Check, dict[str, float]]] = {
    "above": (check(), {"hybrid": 0.62, "x-x-mono": 0.58}),
    "below": (check(relation="below"), {"hybrid": 0.50, "x-x-mono": 0.58}),
    "comparable": (check(relation="comparable-or-above", margin="0.05"), {"hybrid": 0.58, "x-x-mono": 0.58}),
    "comparable below": (
        check(relation="comparable-or-below", margin="0.05", measure="rank-distance"),
        {"hybrid": 0.58, "x-x-mono": 0.58},
    ),
    "equivalent": (check(relation="equivalent", margin="0.1"), {"hybrid": 0.58, "x-x-mono": 0.58}),
    "contrast": (
        check(relation="contrast", left=None, right=None, weights={"hybrid": 2, "x-y": -1, "x-x-mono": -1}),
        {"hybrid": 0.62, "x-x-mono": 0.58, "x-y": 0.57},
    ),
    "order": (
        check(relation="order", left=None, right=None, arms=("hybrid", "x-x-mono", "x-y")),
        {"hybrid": 0.62, "x-x-mono": 0.58, "x-y": 0.54},
    ),
}
EXPECTED = {
    "above": {"shrunk-to-the-margin", "exchanged", "random-left", "same-arm", "permuted-judgements"},
    "below": {"shrunk-to-the-margin", "exchanged", "random-right", "same-arm", "permuted-judgements"},
    "comparable": {"twice-the-margin", "random-left", "same-arm"},
    "comparable below": {"twice-the-margin", "random-left", "same-arm"},
    "equivalent": {
        "shifted-up", "shifted-down", "shifted-far", "exchanged", "random-left", "random-right", "same-arm",
    },
    "contrast": {"shrunk-to-nothing", "signs-reversed", "same-arm"},
    "order": {"exchanged-1", "exchanged-2", "same-arm-1", "same-arm-2"},
}  # fmt: skip


@pytest.mark.parametrize("kind", CHECKS)
def test_theory_every_world_of_the_table_is_tried_and_an_honest_judge_passes(kind: str) -> None:
    one, level = CHECKS[kind]
    here = stand(one, level, noise=0.004)
    assert here.outcome == "supported"
    found = attacked(here)
    assert set(found) >= EXPECTED[kind]
    assert [probe.name for probe in found.values() if probe.succeeded is not False] == []


def test_exact_a_world_says_the_interval_that_its_words_round() -> None:
    one, level = CHECKS["comparable"]
    found = attacked(stand(one, level, noise=0.004))
    for name in ("twice-the-margin", "random-left"):
        told = found[name].interval
        assert told is not None
        assert found[name].detail.endswith(f"{told.estimate:.4g} [{told.low:.4g}, {told.high:.4g}]")
    assert found["same-arm"].interval is None
    assert "interval" not in found["same-arm"].plain()


@pytest.mark.parametrize("kind", CHECKS)
def test_degenerate_a_judge_that_supports_everything_is_found_out(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, level = CHECKS[kind]
    here = stand(one, level, noise=0.004)
    assert here.outcome == "supported"
    for module in (worlds, same_arm):
        monkeypatch.setattr(module, "outcomes", lambda _by, tables: ["supported"] * len(tables))
    monkeypatch.setattr(worlds, "outcome", lambda *_, **__: "supported")
    found = attacked(here)
    stays = {"exchanged"} if one.relation == "equivalent" else set()
    stays |= {"same-arm"} if one.relation in {"equivalent", "comparable-or-above", "comparable-or-below"} else set()
    assert {name for name, probe in found.items() if probe.succeeded} == tried(found) - stays


@pytest.mark.parametrize("kind", CHECKS)
def test_degenerate_a_judge_that_settles_nothing_passes_what_must_lose_alone(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, level = CHECKS[kind]
    here = stand(one, level, noise=0.004)
    assert here.outcome == "supported"
    for module in (worlds, same_arm, subject):
        monkeypatch.setattr(module, "outcomes", lambda _by, tables: ["inconclusive"] * len(tables))
    for probe in attacked(here).values():
        assert probe.succeeded is (not probe.detail.startswith("must lose")), probe.name


def test_theory_one_arm_under_two_names_is_rarely_supported_and_counted() -> None:
    splits: Counter[str] = Counter()
    for world in range(20):
        attacked(stand(check(), {"hybrid": 0.58, "x-x-mono": 0.58}, noise=0.02, world=world), splits)
    assert splits["splits"] == 20 * 2 * 70
    assert splits["supported"] / splits["splits"] < 0.05


def test_exact_an_arm_that_drifts_with_its_seeds_is_found_out() -> None:
    """Seeds that are not alike: a lucky first half would hold against the second in most splits."""
    one = stand(check(), {"hybrid": 0.62, "x-x-mono": 0.58}, noise=0.001, seeds=4)
    assert same_arm.groups(4, 2, "x")[0] == ((0, 1), (2, 3))
    table = same_arm.split(one, 0, (1.0, -1.0))
    assert table is not None
    assert table.shape == (6, 2, 2, CLUSTERS)


@given(st.integers(2, 14), st.integers(2, 3))
def test_theory_groups_are_disjoint_of_equal_size_and_at_most_seventy(seeds: int, parts: int) -> None:
    found = same_arm.groups(seeds, parts, "name")
    assert (found == []) == (seeds // parts < 2)
    assert len(found) <= same_arm.SPLITS
    for way in found:
        flat = [seed for group in way for seed in group]
        assert len(set(flat)) == len(flat) == parts * (seeds // parts)
        assert set(flat) <= set(range(seeds))


def test_itself_few_seeds_have_no_same_arm_world() -> None:
    assert attacked(stand(check(), noise=0.004, seeds=3))["same-arm"].detail == NOT_HERE


def test_theory_with_few_seeds_three_names_share_two_groups() -> None:
    one, level = CHECKS["contrast"]
    table = same_arm.split(stand(one, level, seeds=5), 0, (2.0, -1.0, -1.0))
    assert table is not None
    assert table.shape[2] == 2
    assert np.array_equal(table[:, 1], table[:, 2])
    assert not np.array_equal(table[:, 0], table[:, 1])


def test_theory_a_check_that_is_not_supported_is_not_exchanged_or_permuted_and_the_rest_is_tried() -> None:
    found = attacked(stand(check(), {"hybrid": 0.5, "x-x-mono": 0.58}, noise=0.004))
    assert tried(found) == {"shrunk-to-the-margin", "random-left", "same-arm"}


def test_exact_the_left_side_lies_where_the_world_puts_it() -> None:
    one = stand(check(relation="comparable-or-above", margin="0.1"), noise=0.004)
    (world, *_) = worlds.moved(one)
    table = world.tables()
    assert table is not None
    left, right = table[0].mean(axis=(1, 2))
    assert left == pytest.approx(0.8 * right)


def test_other_implementation_own_intervals_are_those_of_the_sample() -> None:
    for one, level in CHECKS.values():
        here = stand(one, level)
        for contrast in contrasts(one):
            found, expected = intervals(contrast, here.values[None])[0], here.sample.interval(contrast.weights)
            assert expected is not None
            assert (found.low, found.high, found.df) == pytest.approx((expected.low, expected.high, expected.df))


def test_itself_many_tables_are_judged_each_as_if_alone() -> None:
    one = stand(check(), noise=0.02)
    tables = np.stack([one.values, one.values[::-1], np.repeat(one.values[:1], 2, axis=0)])
    together = outcomes(one.contrasts, tables)
    assert together == [outcomes(one.contrasts, table[None])[0] for table in tables]


def test_itself_permuted_and_random_places_are_asked_for_by_their_names() -> None:
    asked: list[tuple[str, str]] = []

    def level(arm: str, base: str, *_: str) -> float:
        asked.append((arm, base))
        return CHANCE

    world: Any = PlantedScores({"xquad-r": questions()}, level, noise=0.01)
    results(worlds.probes(stand(check(), noise=0.004), world, world, Counter()))
    bases = {base for arm, base in asked if arm != UNTRAINED}
    assert (UNTRAINED, RANDOM) in asked
    assert bases == {f"{base}{SEPARATOR}{draw}" for base in ("xlm-r", "labse") for draw in range(DRAWS)}


def test_degenerate_no_arm_at_all_leaves_nothing_to_move() -> None:
    one = stand(check(), {"hybrid": 0.0, "x-x-mono": 0.0}, noise=0.0)
    one.values = np.zeros((2, 8, CLUSTERS))  # type: ignore[misc]
    (world, *_) = worlds.moved(one)
    assert world.tables() is None


def test_theory_an_arm_that_was_never_trained_must_lose_its_support() -> None:
    def levels(trained: float) -> dict[str, float]:
        return {"hybrid": trained, "x-x-mono": 0.58, UNTRAINED: 0.2}

    one = stand(check(), levels(0.62), noise=0.004)
    world = nothing_known(CHANCE)
    found = {
        probe.name.partition(":")[0]: probe
        for probe in results(worlds.probes(one, world, world, Counter(), untrained=5))  # type: ignore[arg-type]
    }
    assert found["untrained"].succeeded is False
    inert = stand(
        check(relation="comparable-or-above", margin="0.05"),
        {"hybrid": 0.58, "x-x-mono": 0.58, UNTRAINED: 0.58},
        noise=0.004,
    )
    (probe,) = (
        probe
        for probe in results(worlds.probes(inert, world, world, Counter(), untrained=5))  # type: ignore[arg-type]
        if probe.name.startswith("untrained")
    )
    assert probe.succeeded


@pytest.mark.parametrize(
    ("before", "relation", "measure", "found"),
    [
        (0.2, "comparable-or-above", "MAP", False),
        (0.2, "equivalent", "MAP", False),
        (0.576, "comparable-or-above", "MAP", True),  # half of it: 0.578, three per mille below
        (0.57, "comparable-or-above", "MAP", True),  # itself below the margin, and half of it above
        (0.576, "equivalent", "MAP", True),
        (0.576, "comparable-or-below", "rank-distance", None),
        (0.576, "above", "MAP", None),
    ],
)
def test_theory_where_half_of_what_training_gives_is_comparable_the_comparison_tells_nothing(
    before: float, relation: str, measure: str, *, found: bool | None
) -> None:
    levels = {"hybrid": 0.58, "x-x-mono": 0.58, UNTRAINED: before}
    margin = "0" if relation == "above" else "0.01"
    one = stand(check(relation=relation, measure=measure, margin=margin), levels, noise=0.001)
    world = nothing_known(CHANCE)
    probes = results(worlds.probes(one, world, world, Counter(), untrained=5))  # type: ignore[arg-type]
    told = [probe.succeeded for probe in probes if probe.name.startswith("half-way")]
    assert told == ([] if found is None else [found])


def test_theory_each_arm_that_a_contrast_puts_forward_has_to_matter() -> None:
    def drowned(sign: int, **weights: int) -> set[str]:
        """The probes that find an arm that does not matter; `sign` turns a measure around."""
        names = {name.replace("_", "-"): sign * weight for name, weight in weights.items()}
        level = {"hybrid": 0.59, "x-x-mono": 0.6, "x-y": 0.5}
        turned = level if sign > 0 else {name: 1.2 - value for name, value in level.items()}
        measure = "MAP" if sign > 0 else "rank-distance"
        one = stand(
            check(relation="contrast", left=None, right=None, weights=names, measure=measure), turned, noise=0.004
        )
        assert one.outcome == "supported"
        return {name for name, probe in attacked(one).items() if probe.succeeded}

    for sign in (1, -1):
        assert "brought-level-1" in drowned(sign, hybrid=1, x_x_mono=3, x_y=-4)
        assert "brought-level-2" in drowned(sign, hybrid=4, x_x_mono=-3, x_y=-1)
        assert drowned(sign, hybrid=1, x_x_mono=1, x_y=-2) == set()
        assert drowned(sign, hybrid=2, x_x_mono=-1, x_y=-1) == set()


@pytest.mark.parametrize(
    ("relation", "measure", "expected"),
    [
        ("above", "MAP", 0),
        ("below", "MAP", 1),
        ("above", "rank-distance", 1),
        ("below", "rank-distance", 0),
        ("comparable-or-above", "R@1", 0),
        ("comparable-or-below", "rank-distance", 0),
    ],
)
def test_exact_which_side_is_claimed_to_retrieve_better(relation: str, measure: str, expected: int) -> None:
    assert worlds.claimed_better(check(relation=relation, measure=measure)) == expected


def test_theory_few_questions_that_settle_nothing_defeat_no_honest_check() -> None:
    noisy = stand(check(), {"hybrid": 0.2, "x-x-mono": 0.2}, noise=1.0)
    assert noisy.outcome == "inconclusive"
    assert [name for name, probe in attacked(noisy).items() if probe.succeeded] == []
