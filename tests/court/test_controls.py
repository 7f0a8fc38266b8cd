"""Controls: oracle is what must pass, and sabotage that must not."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from court_builders import ruling
from small_sets import numbered_set, parallel_set

from harness.court.controls import (
    chance_precision,
    dataset_controls,
    oracle,
    oracle_vectors,
    planted_effect,
    random,
    random_vectors,
    trained_beats_untrained,
)
from harness.court.scores import UNTRAINED, Place
from harness.court.validation import Validation
from harness.records.ruling import Ruling
from harness.records.verdict import Control
from harness.store import Store

SMALL = numbered_set(12, ("de", "en", "es")).judgements


def test_theory_a_sound_court_passes_on_sets_of_many_shapes() -> None:
    partly = parallel_set([{"de": ("a", "b"), "en": ("c", "d")}, {"en": ("e", "f")}] * 6).judgements
    alone = numbered_set(20, ("en",)).judgements
    for judged in (SMALL, partly, alone):
        told = [control("xquad-r", judged) for control in (oracle, random, planted_effect)]
        assert [one.name for one in told if not one.passed] == []


def test_exact_what_the_judge_refuses_is_no_failure_and_what_it_cannot_tell_is_one() -> None:
    told = planted_effect("xquad-r", numbered_set(6, ("de", "en", "es")).judgements)
    assert told.passed
    assert told.detail.endswith("6 times the judge refused to say")

    def unsure(*_: object) -> Ruling:
        return ruling(outcome="inconclusive", note="")

    assert not planted_effect("xquad-r", SMALL, unsure).passed


def test_exact_average_precision_of_a_random_order() -> None:
    for passages, relevant in ((1, 1), (4, 1), (5, 2), (6, 3)):
        orders = list(itertools.combinations(range(1, passages + 1), relevant))
        each = [sum(Fraction(at, rank) for at, rank in enumerate(order, 1)) / relevant for order in orders]
        found = chance_precision(np.array([relevant]), np.array([passages]))
        assert found[0] == pytest.approx(float(sum(each) / len(each)), rel=1e-12)


def test_an_oracle_that_does_not_know_is_found_out() -> None:
    queries, passages = oracle_vectors(SMALL)
    told = oracle("xquad-r", SMALL, (np.roll(queries, 1, axis=0), passages))
    assert not told.passed
    assert "monolingual MAP" in told.detail


def test_an_oracle_with_one_translation_astray_is_found_out_by_rank_distance() -> None:
    queries, passages = oracle_vectors(SMALL)
    passages[0] = passages[-1]
    told = oracle("xquad-r", SMALL, (queries, passages))
    assert not told.passed
    assert "rank distance" in told.detail


def test_random_vectors_that_know_a_little_are_found_out() -> None:
    judged = numbered_set(60, ("de", "en")).judgements
    blind = random_vectors("xquad-r", judged)
    assert random("xquad-r", judged, blind).passed
    little = tuple(3 * noise + known[:, :64] for noise, known in zip(blind, oracle_vectors(judged), strict=True))
    assert not random("xquad-r", judged, (little[0], little[1])).passed


@pytest.mark.parametrize(
    ("outcome", "told"), [("supported", "no effect: supported 20 of 20"), ("inconclusive", "supported 0 of 3")]
)
def test_a_judge_that_always_says_the_same_is_found_out(outcome: str, told: str) -> None:
    def deaf(*_: object) -> object:
        return ruling(outcome=outcome)

    control = planted_effect("xquad-r", SMALL, deaf)
    assert not control.passed
    assert told in control.detail


def test_a_judge_that_mixes_up_the_sides_is_found_out() -> None:
    def backwards(case: Any, check: Any, dataset: str) -> object:
        del check, dataset
        return ruling(outcome="supported" if case.claim.checks[0].left == "x-x-mono" else "contradicted")

    assert not planted_effect("xquad-r", SMALL, backwards).passed


def test_a_judge_that_never_contradicts_is_found_out() -> None:
    def mild(case: Any, check: Any, dataset: str) -> object:
        del check, dataset
        there = case.scores.effect > 0 and case.claim.checks[0].left == "hybrid"
        return ruling(outcome="supported" if there else "inconclusive")

    told = planted_effect("xquad-r", SMALL, mild)
    assert not told.passed
    assert "exchanged contradicted 0 of 3" in told.detail


def test_a_judge_that_finds_effects_where_there_are_none_is_found_out() -> None:
    def trusting(case: Any, check: Any, dataset: str) -> object:
        del check, dataset
        return ruling(outcome="supported" if case.claim.checks[0].left == "hybrid" else "contradicted")

    told = planted_effect("xquad-r", SMALL, trusting)
    assert not told.passed
    assert "exchanged contradicted 3 of 3; no effect: supported 20 of 20" in told.detail


def test_controls_are_kept_under_what_they_depend_on(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = dataset_controls(store, "xquad-r", SMALL, "u" * 64)
    assert [one.name for one in first] == ["oracle", "random", "planted-effect"]
    (kept,) = (tmp_path / "entries").glob("*/*/value.json")
    kept.write_text("[]")
    assert dataset_controls(store, "xquad-r", SMALL, "u" * 64) == first
    dataset_controls(store, "mlqa-r", SMALL, "u" * 64)
    assert len(list((tmp_path / "entries").glob("*/*"))) == 2


class Told(Validation):
    """A validation split that says what it is told."""

    def __init__(self, scores: dict[Place, float]) -> None:
        self.told = scores

    def balanced(self, place: Place) -> float:
        return self.told[place]


def places(sampling: str) -> list[Place]:
    return [Place("xlm-r", sampling, seed, "validation") for seed in (0, 1)]


@pytest.mark.parametrize(("trained", "passed"), [((0.9, 0.2), True), ((0.6, 0.4), False), ((0.1, 0.8), False)])
def test_exact_an_arm_must_be_better_on_the_mean_over_seeds(trained: tuple[float, float], passed: bool) -> None:  # noqa: FBT001
    scores = dict(zip([*places("hybrid"), *places(UNTRAINED)], (*trained, 0.5, 0.5), strict=True))
    pairs = list(zip(places("hybrid"), places(UNTRAINED), strict=True))
    told = trained_beats_untrained(Told(scores), "xlm-r hybrid", pairs)
    assert told == Control(name="trained-beats-untrained", on="xlm-r hybrid", passed=passed, detail=told.detail)
    assert "0.5000" in told.detail
