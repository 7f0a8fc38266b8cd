"""Conditions: oracle is the design's list; each that fails alone makes the check untested, in its order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from court_builders import check, claim, ruling

from harness.court.conditions import NO_LEAK, Conditions, conditioned, control_name, joined, refusals, together
from harness.records.ruling import Floor
from harness.records.verdict import Control, Reach, RegimeReading

READING = RegimeReading(ratio=0.85, low=0.8, high=0.9, paper=0.85, distance=0.1, most=0.25, inside=True)
OUTSIDE = READING.model_copy(update={"ratio": 0.75, "inside": False})
FLOOR = Floor(arm="hybrid", dataset="xquad-r", setting="multilingual", value=0.7, lexical=0.6, reached=True)
BELOW = FLOOR.model_copy(update={"value": 0.5, "reached": False})
REACH = Reach(language="de", rows=0.9, shared=True)
LOST = Reach(language="el", rows=0.0, shared=False)
ARMS = [control_name(base, arm) for base in ("xlm-r", "labse") for arm in ("hybrid", "x-x-mono")]


def control(name: Any, on: str, *, passed: bool = True) -> Control:
    return Control(name=name, on=on, passed=passed, detail="what was found")


PASSED = (
    *(control(name, on) for on in ("xquad-r", "validation") for name in ("oracle", "random", "planted-effect")),
    *(control("trained-beats-untrained", on) for on in ARMS),
)
FIT = Conditions(PASSED, {"xlm-r": READING, "labse": READING}, (REACH,), "validation")


def refused(found: Conditions = FIT, floors: tuple[Floor, ...] = (FLOOR,), **changes: Any) -> dict[Any, str]:
    return refusals(claim(), check(**changes), ["xquad-r"], found, floors)


def without(at: int) -> Conditions:
    return replace(FIT, controls=PASSED[:at] + PASSED[at + 1 :])


def failed(at: int) -> Conditions:
    one = PASSED[at].model_copy(update={"passed": False})
    return replace(FIT, controls=(*PASSED[:at], one, *PASSED[at + 1 :]))


def test_theory_nothing_is_refused_where_all_holds() -> None:
    assert refused() == {}
    before = ruling()
    assert conditioned(before, check(), {}, [FLOOR]) == before.model_copy(update={"floors": (FLOOR,)})


@pytest.mark.parametrize("at", range(len(PASSED)))
def test_each_control_alone_is_needed_and_must_pass(at: int) -> None:
    told = refused(failed(at))
    assert list(told) == ["control_failed"]
    assert f"{PASSED[at].name} on {PASSED[at].on} failed: what was found" in told["control_failed"]
    assert f"{PASSED[at].name} on {PASSED[at].on} was not run" in refused(without(at))["control_failed"]


def test_controls_of_other_arms_and_datasets_touch_nothing() -> None:
    others = (
        control("oracle", "mlqa-r", passed=False),
        control("trained-beats-untrained", "xlm-r x-y", passed=False),
    )
    assert refused(replace(FIT, controls=(*PASSED, *others))) == {}
    assert list(refused(replace(FIT, controls=(*PASSED, *others)), right="x-y")) == ["control_failed"]


def test_every_fold_of_an_arm_must_pass() -> None:
    folds = tuple(control("trained-beats-untrained", f"xlm-r hybrid, fold {fold}", passed=fold != 1) for fold in (0, 1))
    told = refused(replace(FIT, controls=(*PASSED, *folds)))
    assert "xlm-r hybrid, fold 1 failed" in told["control_failed"]


@pytest.mark.parametrize(
    ("changes", "cause", "words"),
    [
        ({"readings": {"xlm-r": OUTSIDE, "labse": READING}}, "out_of_regime", "0.750"),
        ({"readings": {"xlm-r": READING, "labse": None}}, "out_of_regime", "labse was not read"),
        ({"reach": (REACH, LOST)}, "mechanism_absent", "el"),
    ],
)
def test_each_condition_alone_is_a_cause(changes: dict[str, Any], cause: str, words: str) -> None:
    told = refused(replace(FIT, **changes))
    assert list(told) == [cause]
    assert words in told[cause]


def test_a_check_below_its_floor_and_one_without_floor_are_refused_with_both_numbers() -> None:
    told = refused(floors=(FLOOR, BELOW))
    assert list(told) == ["below_floor"]
    assert "0.500" in told["below_floor"]
    assert "0.600" in told["below_floor"]
    assert refused(floors=()) == {"below_floor": "no floor was measured"}


def test_a_base_that_no_side_uses_may_be_out_of_its_regime() -> None:
    pinned: dict[str, Any] = {
        "left": {"sampling": "hybrid", "base": "labse"},
        "right": {"sampling": "x-x-mono", "base": "labse"},
    }
    found = replace(FIT, readings={"xlm-r": OUTSIDE, "labse": READING})
    assert refused(found, **pinned) == {}
    assert list(refused(found)) == ["out_of_regime"]


def test_a_check_on_other_languages_stands_where_one_is_lost() -> None:
    found = replace(FIT, reach=(REACH, LOST))
    assert refused(found, languages=("de",)) == {}
    assert list(refused(found, languages=("el",))) == ["mechanism_absent"]


def test_degenerate_a_scope_without_regimes_or_validation_demands_neither() -> None:
    bare = tuple(one for one in PASSED if one.on == "xquad-r")
    assert refused(Conditions(bare, {}, (REACH,), None)) == {}


def test_all_causes_are_told_in_the_order_of_the_closed_list_and_the_first_is_the_rulings() -> None:
    found = replace(failed(0), readings={"xlm-r": OUTSIDE, "labse": READING}, reach=(LOST,))
    told = refused(found, (BELOW,))
    assert list(told) == ["control_failed", "out_of_regime", "below_floor", "mechanism_absent"]
    after = conditioned(ruling(), check(), told, (BELOW,))
    assert (after.outcome, after.cause, after.floors) == ("untested", "control_failed", (BELOW,))
    assert after.estimate is after.low is after.high is after.p is None
    assert all(words in after.note for words in told.values())


def test_an_untested_ruling_keeps_its_own_words() -> None:
    before = ruling(outcome="untested", note="an arm equals itself")
    after = conditioned(before, check(), {"below_floor": "below"}, (BELOW,))
    assert (after.note, after.cause, after.floors) == ("an arm equals itself", None, (BELOW,))


def test_exact_sides_are_shown_as_one_and_judged_apart() -> None:
    one, other = FIT, replace(FIT, readings={"xlm-r": OUTSIDE, "labse": READING}, reach=(LOST,))
    shown = together({"xquad-r": one, "mlqa-r": other})
    assert list(shown.readings) == [
        f"{base} for {side}" for side in ("xquad-r", "mlqa-r") for base in ("xlm-r", "labse")
    ]
    assert shown.readings["xlm-r for mlqa-r"] == OUTSIDE
    assert shown.reach == (REACH, LOST)
    assert {one.on for one in shown.controls} >= {"xquad-r", f"{ARMS[0]} for mlqa-r"}
    assert together({"": FIT}) is FIT


def test_exact_what_any_side_refuses_is_refused_in_the_order_of_the_list() -> None:
    found = joined(
        [{"below_floor": "low", "mechanism_absent": "far"}, {}, {"out_of_regime": "out", "below_floor": "low"}]
    )
    assert list(found.items()) == [("out_of_regime", "out"), ("below_floor", "low"), ("mechanism_absent", "far")]


def test_exact_where_real_texts_train_a_look_for_leaks_is_wanted() -> None:
    found = replace(FIT, of_tested=(NO_LEAK,))
    assert refused(found) == {"control_failed": "control no-leak on xquad-r was not run"}
    assert refused(replace(found, controls=(*PASSED, control(NO_LEAK, "xquad-r")))) == {}
