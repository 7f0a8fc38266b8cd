"""The floor: oracle is the design's 0.9 on means that are pooled by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from court_builders import check, claim
from small_sets import numbered_set

from harness.court.case import Case
from harness.court.floor import below, floors
from harness.court.measure import macro_average, measure
from harness.court.rank import Ranks
from harness.court.relevant import relevant_rows
from harness.court.scores import LEXICAL, Measured, Place
from harness.records.claim import CheckSetting, Setting
from harness.seeds import generator

JUDGED = numbered_set(10, ("de", "en", "es")).judgements
BASES, SEEDS, ARMS = ("xlm-r", "labse"), (0, 1), ("hybrid", "x-x-mono", "x-y")
SETTINGS: tuple[Setting, ...] = ("monolingual", "crosslingual", "multilingual")


def drawn(*names: str | int, most: int) -> Ranks:
    ranks = generator(*names).integers(1, most + 1, len(JUDGED.query_rows))
    return Ranks(within=ranks, overall=ranks)


def case(lexical: int = 3, most: int = 3) -> Case:
    """Random ranks of every arm; the baseline's lie in 1..lexical, the arms' in 1..most."""
    places = [Place(base, arm, seed, "xquad-r") for base in BASES for arm in ARMS for seed in SEEDS]
    ranks = {place: drawn(place.base, place.sampling, place.seed, most=most) for place in places}
    ranks[Place(LEXICAL, LEXICAL, 0, "xquad-r")] = drawn("lexical", most=lexical)
    return Case(claim(bases=BASES), SEEDS, Measured({"xquad-r": JUDGED}, ranks), {})


def mean(ranks: Ranks, setting: Setting) -> float:
    return macro_average(measure(relevant_rows(JUDGED, ranks, setting), "MAP"), JUDGED.query_languages)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("measured", ["MAP", "nDCG@10", "R@1"])
def test_exact_map_of_each_arm_over_seeds_and_bases_whatever_the_measure(setting: Setting, measured: str) -> None:
    found = floors(case(), check(setting=setting, measure=measured), ["xquad-r"])
    assert [one.arm for one in found] == ["hybrid", "x-x-mono"]
    lexical = mean(drawn("lexical", most=3), setting)
    for one in found:
        each = [mean(drawn(base, one.arm, seed, most=3), setting) for base in BASES for seed in SEEDS]
        assert one.value == pytest.approx(np.mean(each), rel=1e-9)
        assert one.lexical == pytest.approx(lexical, rel=1e-9)
        assert one.reached == (one.value >= 0.9 * one.lexical)
        assert (one.dataset, one.setting) == ("xquad-r", setting)


def test_rank_distance_is_held_to_map_in_the_pool_of_all_languages() -> None:
    by_distance = floors(case(), check(measure="rank-distance", relation="below"), ["xquad-r"])
    assert by_distance == floors(case(), check(), ["xquad-r"])


def test_the_balanced_score_has_one_floor_and_never_third_one_in_each_setting() -> None:
    (hybrid, _) = floors(case(), check(setting="balanced"), ["xquad-r"])
    each = [mean(drawn(base, "hybrid", seed, most=3), one) for base in BASES for seed in SEEDS for one in SETTINGS]
    assert hybrid.value == pytest.approx(np.mean(each), rel=1e-9)
    third = floors(case(), check(setting=None, relation="never-third", left=None, right=None), ["xquad-r"])
    whole: list[CheckSetting] = [one.setting for one in third]
    assert sorted(whole) == sorted([*SETTINGS] * 3)
    assert {one.arm for one in third} == set(ARMS)


def test_a_check_on_one_language_and_one_base_has_its_floor_there() -> None:
    pinned: dict[str, Any] = {"left": {"sampling": "hybrid", "base": "labse"}, "languages": ("de",)}
    (left, _) = floors(case(), check(**pinned, setting="monolingual"), ["xquad-r"])
    rows = [at for at, name in enumerate(JUDGED.query_languages) if name == "de"]
    own = [at for at, (q, p) in enumerate(zip(JUDGED.query_rows, JUDGED.passage_rows, strict=True)) if q == p in rows]
    each = [(1 / drawn("labse", "hybrid", seed, most=3).within[own]).mean() for seed in SEEDS]
    assert left.value == pytest.approx(np.mean(each), rel=1e-9)
    assert left.lexical == pytest.approx((1 / drawn("lexical", most=3).within[own]).mean(), rel=1e-9)
    assert left.arm == "hybrid on labse"


def test_an_arm_far_below_the_baseline_is_named_with_both_numbers() -> None:
    found = floors(case(lexical=1, most=4), check(), ["xquad-r"])
    told = below(found)
    assert not any(one.reached for one in found)
    assert f"hybrid has multilingual MAP {found[0].value:.3f} on xquad-r" in told
    assert f"baseline's {found[0].lexical:.3f}" in told
    assert not below([one for one in found if one.reached])
