"""Rulings: oracles are planted effects, the interval that is printed, and the paper's own cells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from court_builders import FakeScores, PlantedScores, check, claim, judged
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.claimfile.claims import read_claim
from harness.court.contrast import Inquiry, weights
from harness.court.judge import JUDGES, Case, datasets_of, rule, untested
from harness.records.claim import Check, CitedEffect, CitedValue, Relation, Side
from harness.records.ruling import Ruling
from harness.seeds import generator

BASES = ("xlm-r", "labse")
ARMS = ("hybrid", "x-x-mono", "x-y")
QUERIES = [(language, f"k{number}", "r") for language in ("de", "en") for number in range(20)]


def scores_of(means: Mapping[str, float], world: int = 0, *, seeds: int = 6, noise: float = 0.05) -> FakeScores:
    """Arms around their means, with noise of seed, question and both, shared by arms where it would be."""
    rng = generator("judge", world)
    easy = rng.normal(0, 0.2, len(QUERIES))
    values = {
        (arm, base, seed): mean + easy + noise * (rng.normal() + rng.normal(size=len(QUERIES)))
        for arm, mean in means.items()
        for base in BASES
        for seed in range(seeds)
    }
    return FakeScores(judged(QUERIES), values)


def case_of(scores: FakeScores, *, cells: Mapping[str, str] | None = None, seeds: int = 6, **changes: Any) -> Case:
    return Case(claim(**changes), range(seeds), scores, cells or {})


def ruled(wanted: Check, means: Mapping[str, float], world: int = 0, *, seeds: int = 6, noise: float = 0.05) -> Ruling:
    return rule(case_of(scores_of(means, world, seeds=seeds, noise=noise), seeds=seeds), wanted, "xquad-r")


CONTRAST = {
    "relation": "contrast",
    "left": None,
    "right": None,
    "weights": {"hybrid": 2.0, "x-y": -1.0, "x-x-mono": -1.0},
}
DIRECTIONS: list[tuple[dict[str, Any], float, float]] = [
    ({"relation": "above"}, 0.9, 0.5),
    ({"relation": "below"}, 0.5, 0.9),
    ({"relation": "comparable-or-above", "margin": "0.1"}, 0.9, 0.8),
    ({"relation": "comparable-or-below", "margin": "0.1"}, 0.9, 1.2),
    (CONTRAST, 0.9, 0.5),
]


@pytest.mark.parametrize(
    ("changes", "left", "right"), DIRECTIONS, ids=lambda one: one.get("relation") if isinstance(one, dict) else ""
)
def test_a_planted_effect_is_supported_and_its_mirror_contradicted(
    changes: dict[str, Any], left: float, right: float
) -> None:
    wanted = check(**changes)
    found = ruled(wanted, {"hybrid": left, "x-x-mono": right, "x-y": right})
    assert (found.outcome, found.note) == ("supported", "")
    assert found.p is not None
    assert found.p < 1e-3
    mirrored = ruled(wanted, {"hybrid": right * 2 - left, "x-x-mono": right, "x-y": right})
    mirrored = (
        mirrored if "margin" not in changes else ruled(wanted, {"hybrid": 3 * right - 2 * left, "x-x-mono": right})
    )
    assert mirrored.outcome == "contradicted"
    assert mirrored.p is not None
    assert mirrored.p > 1 - 1e-3


@pytest.mark.parametrize(("factor", "outcome"), [(0.97, "supported"), (0.93, "contradicted"), (0.95, "inconclusive")])
def test_comparable_or_above_turns_at_the_margin_below_the_right_side(factor: float, outcome: str) -> None:
    wanted = check(relation="comparable-or-above", margin="0.05")
    assert ruled(wanted, {"hybrid": factor * 0.8, "x-x-mono": 0.8}, noise=0.002).outcome == outcome


@pytest.mark.parametrize(("factor", "outcome"), [(1.03, "supported"), (1.07, "contradicted"), (1.05, "inconclusive")])
def test_comparable_or_below_turns_at_the_margin_above_the_right_side(factor: float, outcome: str) -> None:
    wanted = check(relation="comparable-or-below", margin="0.05")
    assert ruled(wanted, {"hybrid": factor * 0.8, "x-x-mono": 0.8}, noise=0.002).outcome == outcome


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.sampled_from(DIRECTIONS), st.floats(-0.1, 0.1))
def test_the_outcome_follows_the_printed_interval_alone(
    world: int, direction: tuple[dict[str, Any], float, float], effect: float
) -> None:
    wanted = check(**direction[0])
    found = ruled(wanted, {"hybrid": 0.5 + effect, "x-x-mono": 0.5, "x-y": 0.5}, world)
    assert found.low is not None
    assert found.high is not None
    toward = (
        (-found.high, -found.low) if wanted.relation in {"below", "comparable-or-below"} else (found.low, found.high)
    )
    expected = "supported" if toward[0] > 0 else "contradicted" if toward[1] < 0 else "inconclusive"
    assert found.outcome == expected


def test_numbers_are_those_of_the_inference() -> None:
    scores = scores_of({"hybrid": 0.52, "x-x-mono": 0.5})
    wanted = check(relation="comparable-or-above", margin="0.01")
    found = rule(case_of(scores), wanted, "xquad-r")
    oracle = Inquiry(scores, range(6), wanted, "xquad-r").sample(BASES).interval(weights(wanted))
    assert oracle is not None
    for name in ("estimate", "low", "high", "df", "seeds", "clusters", "detectable", "seeds_needed"):
        assert getattr(found, name) == getattr(oracle, name), name
    assert (found.p, found.p_against) == (oracle.p_above, oracle.p_below)
    assert (found.queries, found.clusters, found.seeds) == (40, 20, 6)
    below = rule(case_of(scores), check(relation="below"), "xquad-r")
    plain = Inquiry(scores, range(6), wanted, "xquad-r").sample(BASES).interval((1, -1))
    assert plain is not None
    assert (below.p, below.p_against) == (plain.p_below, plain.p_above)


def test_absent_effects_are_supported_no_more_often_than_chance_allows() -> None:
    means = dict.fromkeys(ARMS, 0.5)
    outcomes = [ruled(check(), means, world).outcome for world in range(400)]
    assert outcomes.count("supported") <= 20  # expected 10; 20 is 3.2 standard deviations above
    assert outcomes.count("contradicted") <= 20
    assert outcomes.count("supported") + outcomes.count("contradicted") >= 4


def test_one_arm_under_two_labels_is_never_supported() -> None:
    scores = scores_of({"hybrid": 0.5})
    copied = {("x-x-mono", base, seed): values for (_, base, seed), values in scores.values.items()}
    found = rule(case_of(FakeScores(scores.of, {**scores.values, **copied})), check(), "xquad-r")
    assert (found.outcome, found.estimate, found.p) == ("inconclusive", 0.0, 1.0)


@pytest.mark.parametrize("seeds", [2, 3, 4])
def test_fewer_than_five_seeds_are_inconclusive_whatever_they_show(seeds: int) -> None:
    found = ruled(check(), {"hybrid": 0.9, "x-x-mono": 0.1}, seeds=seeds)
    assert found.outcome == "inconclusive"
    assert found.note == f"{seeds} seeds; trained arms need at least 5"
    assert found.seeds_needed == 5
    assert found.low is not None
    assert found.low > 0


def test_five_seeds_are_enough() -> None:
    assert ruled(check(), {"hybrid": 0.9, "x-x-mono": 0.1}, seeds=5).outcome == "supported"


def test_one_seed_gives_no_interval_and_says_so() -> None:
    found = ruled(check(), {"hybrid": 0.9, "x-x-mono": 0.1}, seeds=1)
    assert (found.outcome, found.seeds, found.estimate, found.p) == ("inconclusive", 1, None, None)
    assert found.note == "no interval from 1 seed and 20 clusters of questions"


def test_one_cluster_gives_no_interval_and_says_so() -> None:
    values = {(a, b, s): np.array([0.5, 0.7]) for a in ARMS for b in BASES for s in range(6)}
    found = rule(case_of(FakeScores(judged([("en", "k", "r"), ("th", "k", "r")]), values)), check(), "xquad-r")
    assert (found.outcome, found.clusters, found.low) == ("inconclusive", 1, None)
    assert "6 seeds and 1 cluster of questions" in found.note


@pytest.mark.parametrize(("clusters", "outcome"), [(9, "inconclusive"), (10, "supported")])
def test_few_clusters_decide_nothing_however_clear_they_are(clusters: int, outcome: str) -> None:
    rng = generator("few clusters")
    of = judged([("en", f"k{number}", "r") for number in range(clusters)])
    level = {"hybrid": 0.9, "x-x-mono": 0.1}
    values = {
        (a, b, s): level[a] + 0.01 * rng.standard_normal(clusters) for a in level for b in BASES for s in range(6)
    }
    found = rule(case_of(FakeScores(of, values)), check(), "xquad-r")
    assert (found.outcome, found.clusters) == (outcome, clusters)


def test_values_that_never_vary_are_no_evidence() -> None:
    of = judged([("en", f"k{number}", "r") for number in range(20)])
    level = {"hybrid": 0.9, "x-x-mono": 0.1}
    values = {(a, b, s): np.full(20, level[a]) for a in level for b in BASES for s in range(6)}
    found = rule(case_of(FakeScores(of, values)), check(), "xquad-r")
    assert found.outcome == "inconclusive"
    assert "nothing varies" in found.note


def test_what_is_shown_to_readers_is_signed_as_left_minus_right() -> None:
    cells = {"A": "38.5", "B": "55.0", "C": "9.0", "D": "10.0"}
    claimed = {"xlm-r": CitedEffect(left="A", right="B"), "labse": CitedEffect(left="C", right="D")}
    wanted = check(relation="below", claimed=claimed)
    scores = scores_of({"hybrid": 0.4, "x-x-mono": 0.5})
    found = rule(case_of(scores, cells=cells), wanted, "xquad-r")
    assert found.effect is not None
    assert found.effect.claimed == pytest.approx({"xlm-r": -30.0, "labse": -10.0})
    assert found.left_mean == pytest.approx(
        np.mean([v.mean() for (a, _, _), v in scores.values.items() if a == "hybrid"])
    )
    assert found.right_mean is not None
    assert found.estimate is not None
    assert found.effect.percent == pytest.approx(100 * found.estimate / found.right_mean)
    assert found.effect.low < found.effect.percent < found.effect.high
    assert found.effect_ratio == pytest.approx(found.effect.percent / -20.0)
    assert [base.base for base in found.bases] == list(BASES)
    assert np.mean([base.estimate for base in found.bases]) == pytest.approx(found.estimate)
    assert np.mean([base.left_mean for base in found.bases]) == pytest.approx(found.left_mean)


def test_the_effect_is_shown_without_the_margin() -> None:
    found = ruled(check(relation="comparable-or-above", margin="0.5"), {"hybrid": 0.5, "x-x-mono": 0.5}, noise=0.001)
    assert found.estimate == pytest.approx(0.25, abs=0.01)
    assert found.effect is not None
    assert found.effect.percent == pytest.approx(0, abs=1)


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"A": "38.5", "B": "0"}, {}),
        ({"A": "n/a", "B": "55"}, {}),
        ({"A": "nan", "B": "55"}, {}),
        ({"A": "38.5", "B": "-"}, {}),
        ({"A": "0", "B": "55"}, {"xlm-r": -100.0}),
    ],
)
def test_cells_that_give_no_share_are_left_out_and_nothing_falls_over(
    cells: dict[str, str], shown: dict[str, float]
) -> None:
    wanted = check(claimed={"xlm-r": CitedEffect(left="A", right="B")})
    found = rule(case_of(scores_of({"hybrid": 0.6, "x-x-mono": 0.5}), cells=cells), wanted, "xquad-r")
    assert found.effect is not None
    assert found.effect.claimed == shown
    assert found.effect_ratio is None  # the paper's effect on one of two bases is no mean over both


def test_a_right_side_of_zero_has_no_shares() -> None:
    rng = generator("beside nothing")
    values = {(a, b, s): (a == "hybrid") * rng.uniform(0.4, 0.6, 40) for a in ARMS for b in BASES for s in range(6)}
    found = rule(case_of(FakeScores(judged(QUERIES), values)), check(), "xquad-r")
    assert (found.effect, found.effect_ratio, found.right_mean) == (None, None, 0.0)
    assert found.outcome == "supported"


@pytest.mark.parametrize(("relation", "sign"), [("below", -1), ("reduced-by", -1), ("above", 1)])
def test_a_printed_share_is_signed_by_its_relation(relation: str, sign: int) -> None:
    claimed = {base: CitedValue(cell="S14", value="30.1") for base in BASES}
    found = rule(
        case_of(scores_of({"hybrid": 0.6, "x-x-mono": 0.5})),
        check(relation=relation, claimed=claimed, unit="percent"),
        "xquad-r",
    )
    assert found.effect is not None
    assert found.effect.claimed == pytest.approx(dict.fromkeys(BASES, sign * 30.1))
    assert found.claimed == dict.fromkeys(BASES, "S14 = 30.1")


def test_what_the_paper_says_is_taken_from_the_dataset_in_question() -> None:
    claimed = {
        f"{name}/xlm-r": CitedEffect(left=f"{name} left", right=f"{name} right") for name in ("xquad-r", "mlqa-r")
    }
    cells = {"xquad-r left": "1.2", "xquad-r right": "1", "mlqa-r left": "1.5", "mlqa-r right": "1"}
    case = case_of(
        scores_of({"hybrid": 0.6, "x-x-mono": 0.5}), cells=cells, bases=("xlm-r",), datasets=("xquad-r", "mlqa-r")
    )
    for name, effect in (("xquad-r", 20.0), ("mlqa-r", 50.0)):
        found = rule(case, check(claimed=claimed), name)
        assert found.effect is not None
        assert found.effect.claimed == pytest.approx({"xlm-r": effect})
        assert found.claimed == {"xlm-r": f"{name} left - {name} right"}
        assert found.effect_ratio is not None


def test_real_claims_show_what_their_paper_prints(root: Path) -> None:
    file = read_claim(root / "claims" / "c06-bias-below-monolingual-xquad.yaml")
    assert file.paper is not None
    case = Case(file.claim, range(6), scores_of({"hybrid": 0.4, "x-x-mono": 0.5}), file.paper.cells)
    shares = {}
    for wanted in file.claim.checks:
        if wanted.claimed:
            found = rule(case, wanted, "xquad-r")
            assert found.effect is not None
            shares[wanted.id] = found.effect.claimed
    assert shares["size"] == {"xlm-r": -30.1, "labse": -15.4}
    assert shares["lower"] == pytest.approx(shares["size"], abs=0.06)  # the text rounds what the table says
    first = read_claim(root / "claims" / "c01-batching-specialises.yaml")
    assert first.paper is not None
    case = Case(first.claim, range(6), scores_of({"x-y": 0.4, "x-x-mono": 0.5}), first.paper.cells)
    for wanted in first.claim.checks:
        for name in first.claim.datasets:
            found = rule(case, wanted, name)
            assert found.effect is not None
            assert set(found.effect.claimed) == set(BASES)
            assert all(effect > 0 for effect in found.effect.claimed.values())


def test_every_required_check_of_the_claims_is_judged(root: Path) -> None:
    of = judged([(language, f"k{number}", "r") for language in ("el", "en", "vi") for number in range(12)])
    for path in sorted((root / "claims").glob("c[0-9][0-9]-*.yaml")):
        file = read_claim(path)
        if file.claim.kind == "counted":
            continue
        scores = PlantedScores(dict.fromkeys(file.claim.datasets, of), lambda *_: 0.5)
        case = Case(file.claim, range(5), scores, file.paper.cells if file.paper else {})
        for wanted in file.claim.checks:
            for dataset in datasets_of(wanted, file.claim):
                found = rule(case, wanted, dataset)
                assert (found.outcome != "untested") == (wanted.relation != "reduced-by"), (path.name, found.note)


def test_a_magnitude_is_shown_and_never_decided() -> None:
    found = ruled(check(relation="reduced-by", required="full", unit="percent"), {"hybrid": 0.2, "x-x-mono": 0.9})
    assert (found.outcome, found.estimate, found.p) == ("untested", None, None)
    assert "decided at scale full only" in found.note
    assert found.effect is not None
    assert found.left_mean is not None


def test_every_relation_but_counting_has_a_judge() -> None:
    assert {*JUDGES, "equals"} == set(get_args(Relation))


def test_counts_are_not_judged_from_scores() -> None:
    found = ruled(check(relation="equals"), {"hybrid": 0.9, "x-x-mono": 0.1})
    assert (found.outcome, found.estimate) == ("untested", None)
    assert "counts have none" in found.note


def test_a_check_has_a_ruling_per_dataset_or_one_for_all() -> None:
    two = claim(datasets=("xquad-r", "mlqa-r"))
    assert datasets_of(check(), two) == ("xquad-r", "mlqa-r")
    assert datasets_of(check(relation="never-third"), two) == ("all",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"relation": "comparable-or-above", "margin": "0.01", "left": "hybrid@0.5", "right": "hybrid"},
            "equals itself",
        ),
        (
            {"relation": "comparable-or-above", "left": Side(sampling="x-y"), "right": "x-y", "margin": "0.1"},
            "equals itself",
        ),
        ({"relation": "contrast", "weights": {"hybrid": 1.0, "x-y": -0.5}}, "a sum of 0.5"),
        ({"relation": "contrast", "weights": {"hybrid": 1.0}}, "found 1"),
        ({"relation": "contrast", "weights": {}}, "found 0"),
        ({"right": None}, "at least two arms"),
        ({"relation": "order", "arms": ("hybrid", "x-y", "hybrid@0.5")}, "equals itself"),
        ({"relation": "order", "arms": ("hybrid",)}, "found 1"),
        ({"relation": "order"}, "found 0"),
        ({"relation": "order", "arms": ("hybrid", "x-y"), "measure": "rank-distance"}, "more is better"),
        ({"relation": "never-third", "measure": "rank-distance", "setting": None}, "multilingual setting"),
        ({"measure": "rank-distance", "setting": "balanced"}, "multilingual setting"),
        ({"relation": "comparable-or-above", "margin": "1"}, "margin below 1"),
        ({"relation": "equivalent", "margin": "1.5"}, "margin below 1"),
        ({"measure": None}, "a measure and a setting"),
        ({"setting": None}, "a measure and a setting"),
    ],
)
def test_support_that_would_follow_from_the_wording_is_untested(changes: dict[str, Any], words: str) -> None:
    found = ruled(check(**changes), {"hybrid": 0.9, "x-x-mono": 0.5, "x-y": 0.5})
    assert found.outcome == "untested"
    assert words in found.note


def test_weights_that_sum_to_zero_as_decimals_are_a_contrast() -> None:
    wanted = check(relation="contrast", left=None, right=None, weights={"hybrid": 0.3, "x-y": -0.1, "x-x-mono": -0.2})
    assert ruled(wanted, {"hybrid": 0.9, "x-x-mono": 0.5, "x-y": 0.5}).outcome == "supported"


def test_untested_rulings_have_no_numbers() -> None:
    found = untested(check(left=Side(sampling="x-y", base="labse")), "xquad-r", "why")
    assert (found.left, found.right, found.note) == ("x-y on labse", "x-x-mono", "why")
    numbers = ("estimate", "low", "high", "p", "df", "seeds", "clusters", "queries", "detectable", "seeds_needed")
    assert all(getattr(found, name) is None for name in numbers)
