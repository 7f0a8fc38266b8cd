"""Checks of one contrast or several: oracles are laws (exchange, rescaling, both at once) and planted effects."""

from __future__ import annotations

from typing import Any

import pytest
from court_builders import PlantedScores, check, claim, judged
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court.contrast import Inquiry
from harness.court.judge import Case, rule
from harness.court.linear import furthest
from harness.records.claim import SETTINGS, Side
from harness.records.ruling import Part, Ruling

QUERIES = [(language, f"k{number}", "r") for language in ("de", "en") for number in range(15)]
OF = {"xquad-r": judged(QUERIES)}
WORLDS = st.integers(0, 10**6)
NUMBERS = ("estimate", "low", "high", "p", "p_against", "df", "detectable", "seeds_needed")
BACK = {"supported": "contradicted", "contradicted": "supported", "inconclusive": "inconclusive"}


def planted(world: object = 0, noise: float = 0.02, **levels: float) -> PlantedScores:
    return PlantedScores(OF, lambda arm, *_: levels[arm.replace("-", "_")], noise, world)


def ruled(scores: PlantedScores, seeds: int = 6, **changes: Any) -> Ruling:
    return rule(Case(claim(), range(seeds), scores, {}), check(**changes), "xquad-r")


@settings(derandomize=True, deadline=None, max_examples=40)
@given(WORLDS, st.floats(-0.05, 0.05))
def test_exchanging_the_sides_turns_the_outcome_round(world: int, effect: float) -> None:
    scores = planted(world, hybrid=0.5 + effect, x_y=0.5)
    one = ruled(scores, left="hybrid", right="x-y")
    for other in (
        ruled(scores, left="x-y", right="hybrid"),
        ruled(scores, relation="below", left="hybrid", right="x-y"),
    ):
        assert other.outcome == BACK[one.outcome]
        assert (other.p, other.p_against) == pytest.approx((one.p_against, one.p), rel=1e-6)
    turned = ruled(scores, relation="below", left="x-y", right="hybrid")
    assert turned.outcome == one.outcome
    assert [turned.estimate, turned.low, turned.high] == pytest.approx(
        [-float(x or 0) for x in (one.estimate, one.high, one.low)]
    )


class Rescaled(PlantedScores):
    factor = 7.5

    def rows(self, *where: Any) -> Any:
        plain = super().rows(*where)
        return type(plain)(plain.query_rows, plain.passage_languages, self.factor * plain.values)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(WORLDS, st.sampled_from(["above", "below", "comparable-or-above", "comparable-or-below", "equivalent"]))
def test_rescaling_the_measure_changes_no_p_and_no_outcome(world: int, relation: str) -> None:
    plain = planted(world, hybrid=0.52, x_y=0.5)
    found = ruled(plain, relation=relation, right="x-y", margin="0.02")
    other = ruled(Rescaled(plain.of, plain.level, plain.noise, world), relation=relation, right="x-y", margin="0.02")
    assert other.outcome == found.outcome
    assert (other.p, other.p_against, other.df) == pytest.approx((found.p, found.p_against, found.df), rel=1e-6)
    assert other.estimate == pytest.approx(7.5 * float(found.estimate or 0), rel=1e-9, abs=1e-12)
    assert other.seeds_needed == found.seeds_needed


@settings(derandomize=True, deadline=None, max_examples=40)
@given(WORLDS, st.floats(-0.06, 0.06))
def test_equivalent_is_comparable_on_both_sides(world: int, effect: float) -> None:
    scores = planted(world, hybrid=0.5 + effect, x_y=0.5)
    both = ruled(scores, relation="equivalent", right="x-y", margin="0.05")
    above = ruled(scores, relation="comparable-or-above", right="x-y", margin="0.05")
    below = ruled(scores, relation="comparable-or-below", right="x-y", margin="0.05")
    sides = [above, below]
    assert [part.outcome for part in both.parts] == [one.outcome for one in sides]
    assert (both.outcome == "supported") == all(one.outcome == "supported" for one in sides)
    assert (both.outcome == "contradicted") == any(one.outcome == "contradicted" for one in sides)
    assert both.p == max(float(one.p or 0) for one in sides)
    assert both.p_against == min(float(one.p_against or 0) for one in sides)


@pytest.mark.parametrize(
    ("left", "outcome"),
    [
        (0.5, "supported"),
        (0.6, "contradicted"),
        (0.4, "contradicted"),
        (0.525, "inconclusive"),
        (0.475, "inconclusive"),
    ],
)
def test_equivalence_holds_inside_the_margin_and_fails_on_either_side(left: float, outcome: str) -> None:
    found = ruled(planted(3, hybrid=left, x_y=0.5), relation="equivalent", right="x-y", margin="0.05")
    assert found.outcome == outcome
    printed = next(part for part in found.parts if part.estimate == found.estimate)
    assert printed.name == ("not below" if left < 0.5 else "not above" if left > 0.5 else printed.name)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(WORLDS, st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_order_is_each_neighbouring_pair(world: int, first: float, second: float) -> None:
    scores = planted(world, x_x_mono=0.5 + first, hybrid=0.5, x_y=0.5 - second)
    order = ruled(scores, relation="order", left=None, right=None, arms=("x-x-mono", "hybrid", "x-y"))
    pairs = [ruled(scores, left="x-x-mono", right="hybrid"), ruled(scores, left="hybrid", right="x-y")]
    assert [part.outcome for part in order.parts] == [one.outcome for one in pairs]
    for part, one in zip(order.parts, pairs, strict=True):
        assert [part.estimate, part.low, part.high] == pytest.approx([one.estimate, one.low, one.high], abs=1e-12)
    assert (order.outcome == "supported") == all(one.outcome == "supported" for one in pairs)
    assert (order.outcome == "contradicted") == any(one.outcome == "contradicted" for one in pairs)
    assert order.p == pytest.approx(max(float(one.p or 0) for one in pairs), rel=1e-6)
    assert order.p_against == pytest.approx(min(1.0, 2 * min(float(one.p_against or 0) for one in pairs)), rel=1e-6)


def test_what_is_printed_is_the_part_that_is_furthest_from_support() -> None:
    scores = planted(1, x_x_mono=0.9, hybrid=0.5, x_y=0.6)
    found = ruled(scores, relation="order", left=None, right=None, arms=("x-x-mono", "hybrid", "x-y"))
    assert (found.outcome, found.estimate) == ("contradicted", found.parts[1].estimate)
    assert (found.left_mean, found.right_mean) == pytest.approx((0.5, 0.6), abs=0.1)
    assert [base.base for base in found.bases] == ["xlm-r", "labse"]
    assert sum(base.estimate for base in found.bases) / 2 == pytest.approx(found.estimate)


def test_an_undecided_part_is_further_from_support_than_a_supported_one_whatever_its_p() -> None:
    shared: dict[str, Any] = {
        "estimate": 1.0,
        "low": 0.5,
        "high": 1.5,
        "p_against": 1.0,
        "df": 5.0,
        "detectable": 1.0,
        "seeds_needed": 5,
    }
    flat = Part(name="flat", p=1e-300, outcome="inconclusive", **shared)
    clear = Part(name="clear", p=0.02, outcome="supported", **shared)
    wrong = Part(name="wrong", p=0.99, outcome="contradicted", **shared)
    assert furthest([clear, flat]) == 1
    assert furthest([flat, wrong, clear]) == 1
    assert furthest([clear, clear]) == 0


@pytest.mark.parametrize("relation", ["equivalent", "order"])
def test_several_contrasts_need_five_seeds_and_an_interval_too(relation: str) -> None:
    scores = planted(hybrid=0.5, x_y=0.5, x_x_mono=0.5)
    given = {"relation": relation, "margin": "0.05", "right": "x-y", "arms": ("hybrid", "x-y", "x-x-mono")}
    few = ruled(scores, 4, **given)
    assert (few.outcome, few.note) == ("inconclusive", "4 seeds; trained arms need at least 5")
    assert {part.outcome for part in few.parts} == {"inconclusive"}
    single = ruled(scores, 1, **given)
    assert (single.outcome, single.p, single.parts) == ("inconclusive", None, ())


@settings(derandomize=True, deadline=None, max_examples=20)
@given(WORLDS)
def test_balanced_is_the_mean_of_the_three_settings(world: int) -> None:
    level = {"monolingual": 0.9, "crosslingual": 0.5, "multilingual": 0.3}
    scores = PlantedScores(
        OF, lambda arm, _base, _, setting: level[setting] * (1.1 if arm == "hybrid" else 1.0), 0.02, world
    )
    balanced = ruled(scores, setting="balanced", right="x-y")
    apart = [ruled(scores, setting=setting, right="x-y") for setting in SETTINGS]
    for name in ("estimate", "left_mean", "right_mean"):
        assert getattr(balanced, name) == pytest.approx(sum(getattr(one, name) for one in apart) / 3, rel=1e-9)
    assert (balanced.queries, balanced.clusters) == (apart[0].queries, apart[0].clusters)
    z = [
        Inquiry(scores, range(6), check(setting=one, right="x-y"), "xquad-r").sample(("xlm-r",)).z((1, -1))
        for one in SETTINGS
    ]
    whole = Inquiry(scores, range(6), check(setting="balanced", right="x-y"), "xquad-r").sample(("xlm-r",))
    assert abs(whole.z((1, -1)) - sum(z) / 3).max() < 1e-12


def test_a_side_that_names_its_base_pins_the_check_to_it() -> None:
    scores = PlantedScores(OF, lambda arm, base, *_: 0.6 if (arm, base) == ("hybrid", "labse") else 0.5)
    pinned = {name: Side(sampling=name, base="labse") for name in ("hybrid", "x-y")}
    found = ruled(scores, left=pinned["hybrid"], right=pinned["x-y"])
    alone = rule(Case(claim(bases=("labse",)), range(6), scores, {}), check(right="x-y"), "xquad-r")
    assert [getattr(found, name) for name in NUMBERS] == [getattr(alone, name) for name in NUMBERS]
    assert [base.base for base in found.bases] == ["labse"]


def test_slices_show_what_training_named_and_each_language() -> None:
    seen = [number % 2 == 0 for number in range(15)] * 2
    of = {"xquad-r": judged(QUERIES, seen)}
    scores = PlantedScores(of, lambda arm, *_: 0.55 if arm == "hybrid" else 0.5)
    found = rule(Case(claim(), range(6), scores, {}), check(right="x-y"), "xquad-r")
    assert [(one.name, one.queries) for one in found.slices] == [("seen", 16), ("held-out", 14), ("de", 15), ("en", 15)]
    seen_part, held_out, german, english = found.slices
    assert (german.estimate + english.estimate) / 2 == pytest.approx(found.estimate, abs=1e-12)
    assert (16 * seen_part.estimate + 14 * held_out.estimate) / 30 == pytest.approx(found.estimate, abs=1e-12)
    for one in found.slices:
        assert one.low < one.estimate < one.high
        assert one.left_mean is not None
        assert one.right_mean is not None
        assert one.left_mean - one.right_mean == pytest.approx(one.estimate, abs=1e-12)


def test_a_slice_that_is_the_whole_is_left_out() -> None:
    one_language = {"xquad-r": judged([("en", f"k{number}", "r") for number in range(15)])}
    scores = PlantedScores(one_language, lambda arm, *_: 0.55 if arm == "hybrid" else 0.5)
    assert rule(Case(claim(), range(6), scores, {}), check(right="x-y"), "xquad-r").slices == ()
