"""From rulings to outcomes: oracles are the rules of the design, Holm's own procedure, and enumeration."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

import pytest
from court_builders import ruling
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court.settle import counts, holm, settle
from harness.records.ruling import Part

OUTCOMES = ("supported", "contradicted", "inconclusive", "untested")
ALPHA = 0.025


def outcome_of(*outcomes: str, scale: Any = "reduced", **changes: Any) -> str:
    return settle([ruling(id=f"c{n}", outcome=one, **changes) for n, one in enumerate(outcomes)], scale)[0]


@pytest.mark.parametrize("outcomes", list(product(OUTCOMES, repeat=3)), ids="-".join)
def test_three_required_checks_settle_as_the_design_says(outcomes: tuple[str, ...]) -> None:
    expected = (
        "contradicted"  # p is .999 against each: at most .003 after Holm
        if "contradicted" in outcomes
        else "untested"
        if "untested" in outcomes
        else "supported"
        if set(outcomes) == {"supported"}
        else "inconclusive"
    )
    assert outcome_of(*outcomes) == expected


@pytest.mark.parametrize("order", list(permutations(OUTCOMES)), ids="-".join)
def test_the_order_of_checks_settles_nothing(order: tuple[str, ...]) -> None:
    assert outcome_of(*order) == "contradicted"
    assert outcome_of(*(one for one in order if one != "contradicted")) == "untested"


@pytest.mark.parametrize("scale", ["reduced", "full"])
def test_the_empty_list_never_passes(scale: Any) -> None:
    assert settle([], scale) == ("untested", "no required check")
    assert settle([ruling(required=False)], scale) == ("untested", "no required check")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_required_full_counts_at_scale_full_and_nowhere_else(outcome: str) -> None:
    rulings = [ruling(id="always"), ruling(id="size", required="full", outcome=outcome)]
    assert settle(rulings, "reduced")[0] == "supported"
    assert settle(rulings, "full")[0] == outcome
    assert settle(rulings[1:], "reduced")[0] == "untested"
    assert [counts(one, "reduced") for one in rulings] == [True, False]
    assert [counts(one, "full") for one in rulings] == [True, True]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_check_that_is_not_required_never_counts(outcome: str) -> None:
    assert settle([ruling(), ruling(id="extra", required=False, outcome=outcome)], "full")[0] == "supported"


@pytest.mark.parametrize(("against", "outcome"), [(0.0124, "contradicted"), (0.0126, "inconclusive")])
def test_one_contradiction_of_two_needs_half_the_level(against: float, outcome: str) -> None:
    rulings = [ruling(id="a"), ruling(id="b", outcome="contradicted", p=1 - against)]
    assert settle(rulings, "reduced")[0] == outcome


def test_a_single_check_needs_no_more_than_its_own_interval() -> None:
    assert outcome_of("contradicted", p=0.9751) == "contradicted"


def test_the_second_contradiction_is_held_against_what_is_left_of_holms_list() -> None:
    rulings = [ruling(id=name, outcome="contradicted", p=1 - p) for name, p in (("a", 0.001), ("b", 0.02))]
    assert settle(rulings, "reduced")[1].count("is contradicted") == 2
    rulings.append(ruling(id="c"))
    assert settle(rulings, "reduced")[1].count("is contradicted") == 1


def test_checks_that_are_not_required_do_not_lengthen_holms_list() -> None:
    rulings = [ruling(id="b", outcome="contradicted", p=0.98), *(ruling(id=f"x{n}", required=False) for n in range(9))]
    assert settle(rulings, "reduced")[0] == "contradicted"


def test_a_p_that_rounds_to_one_contradicts_among_any_number_of_checks() -> None:
    many = [ruling(id=f"s{number}") for number in range(500)]
    assert settle([*many, ruling(id="c", outcome="contradicted", p=1.0)], "reduced")[0] == "contradicted"


def test_too_few_seeds_never_contradict_however_small_their_p() -> None:
    few = ruling(id="few", outcome="inconclusive", p=1.0, note="3 seeds; trained arms need at least 5")
    assert settle([few], "reduced")[0] == "inconclusive"
    weak = ruling(id="weak", outcome="contradicted", p=1 - 0.02)
    assert settle([few, weak], "reduced")[0] == "inconclusive"  # .02 x 2, not .02 x 1 after a free first place


def test_a_count_that_differs_contradicts_without_a_p() -> None:
    wrong = ruling(relation="equals", outcome="contradicted", p=None, low=None, note="languages: 11 stated, 12 counted")
    others = [ruling(id=f"s{number}") for number in range(50)]
    assert settle([*others, wrong], "reduced") == (
        "contradicted",
        "higher on xquad-r is contradicted: languages: 11 stated, 12 counted",
    )


def direct_holm(p_values: list[float]) -> list[float]:
    """The least level at which the step-down procedure rejects each, found by running it at every level."""
    count = len(p_values)
    levels = sorted({min(1.0, p * factor) for p in p_values for factor in range(1, count + 1)} | {1.0})

    def rejected(level: float) -> set[int]:
        found: set[int] = set()
        for rank, number in enumerate(sorted(range(count), key=lambda one: p_values[one])):
            if (count - rank) * p_values[number] > level:
                break
            found.add(number)
        return found

    return [next((level for level in levels if number in rejected(level)), 1.0) for number in range(count)]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.floats(1e-12, 1), min_size=1, max_size=8))
def test_adjusted_p_values_are_the_least_levels_of_the_step_down_procedure(p_values: list[float]) -> None:
    assert holm(p_values) == direct_holm(p_values)


def test_holm_gives_the_values_of_a_textbook_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(OUTCOMES), st.floats(0.9751, 1)), min_size=1, max_size=6))
def test_contradicted_exactly_where_holms_procedure_rejects_a_contradicted_check(
    drawn: list[tuple[str, float]],
) -> None:
    rulings = [
        ruling(id=f"c{n}", outcome=one, **({"p": p} if one == "contradicted" else {}))
        for n, (one, p) in enumerate(drawn)
    ]
    outcome, reason = settle(rulings, "reduced")
    adjusted = direct_holm([1 - one.p if one.p is not None else 1.0 for one in rulings])
    rejected = any(one.outcome == "contradicted" and p <= ALPHA for one, p in zip(rulings, adjusted, strict=True))
    assert (outcome == "contradicted") == rejected
    assert reason


def test_the_reason_names_what_would_settle_an_open_check() -> None:
    rulings = [
        ruling(id="a"),
        ruling(id="b", outcome="inconclusive", estimate=0.004),
        ruling(id="c", outcome="inconclusive", seeds_needed=None),
    ]
    assert settle(rulings, "reduced")[1] == (
        "b on xquad-r is inconclusive: detectable 0.0165, found 0.004, 12 seeds would settle it; "
        "c on xquad-r is inconclusive: detectable 0.0165, found 0.001, more clusters are needed"
    )


def test_the_reason_of_a_contradiction_gives_the_interval_and_the_claimed_side() -> None:
    below = ruling(relation="below", outcome="contradicted", estimate=3.0, low=1.0, high=5.0)
    assert (
        settle([below], "reduced")[1] == "higher on xquad-r is contradicted: the contrast is 3 [1, 5], claimed below 0"
    )
    assert settle([ruling(outcome="contradicted")], "reduced")[1].endswith("claimed above 0")


def test_a_contradiction_that_does_not_survive_holm_does_not_promise_seeds() -> None:
    rulings = [ruling(id="a"), ruling(id="b", outcome="contradicted", p=0.98, seeds_needed=5)]
    assert settle(rulings, "reduced")[1] == (
        "b on xquad-r is inconclusive: contradicted alone, but not after Holm among all required checks"
    )


def test_one_accident_is_told_once_for_all_checks_it_stopped() -> None:
    rulings = [ruling(id=name, outcome="untested", note="the script raised") for name in "ab"]
    rulings.append(ruling(id="c", outcome="untested", note="another reason"))
    assert (
        settle(rulings, "reduced")[1] == "a on xquad-r, b on xquad-r: the script raised; c on xquad-r: another reason"
    )


def test_an_inconclusive_check_without_numbers_gives_its_note() -> None:
    blank = ruling(outcome="inconclusive", estimate=None, detectable=None, note="no interval from 1 seed")
    assert settle([blank], "reduced")[1] == "higher on xquad-r is inconclusive: no interval from 1 seed"


def test_a_contradiction_without_a_p_against_it_settles_nothing_unless_it_counts() -> None:
    silent = ruling(outcome="contradicted").model_copy(update={"p_against": None})
    assert settle([silent], "reduced")[0] == "inconclusive"


def test_the_p_against_a_check_is_used_as_it_is_given() -> None:
    corrected = ruling(relation="order", outcome="contradicted", p=0.99, p_against=0.04)
    assert settle([corrected], "reduced")[0] == "inconclusive"
    assert settle([corrected.model_copy(update={"p_against": 0.02})], "reduced")[0] == "contradicted"


def test_the_reason_names_the_contrast_of_several_that_is_printed() -> None:
    numbers: dict[str, Any] = {"estimate": 0.3, "low": 0.1, "high": 0.5}
    shared: dict[str, Any] = {"p": 0.999, "p_against": 0.001, "df": 9.0, "detectable": 0.2, "seeds_needed": 5}
    parts = (
        Part(name="not below", outcome="supported", estimate=0.4, low=0.2, high=0.6, **shared),
        Part(name="not above", outcome="contradicted", **numbers, **shared),
    )
    found = ruling(relation="equivalent", outcome="contradicted", parts=parts, **numbers)
    assert settle([found], "reduced")[1] == (
        "higher on xquad-r is contradicted: the contrast (not above) is 0.3 [0.1, 0.5], claimed below 0"
    )
