"""What readers are shown: oracles are simulated runs, the paper's own order, and Holm over slices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from court_builders import PlantedScores, check, claim, judged
from scipy import stats

from harness.court.infer import infer
from harness.court.judge import Case, rule
from harness.court.shown import _orders, _single_run
from harness.records.claim import CitedEffect
from harness.records.ruling import Ruling
from harness.seeds import generator

DRAWS, SEEDS, CLUSTERS = 1500, 6, 25
QUERIES = [(language, f"k{number}", "r") for language in ("de", "en") for number in range(15)]
CELLS = {"low": "10", "high": "11"}


@pytest.mark.parametrize(("sd_seed", "sd_rest"), [(0.3, 1.0), (1.0, 0.2)], ids=["questions", "seeds"])
def test_a_single_run_lies_above_any_level_as_often_as_is_said(sd_seed: float, sd_rest: float) -> None:
    rng = generator("single run", str(sd_seed))
    said = []
    for _ in range(DRAWS):
        easy = rng.normal(0, 1, CLUSTERS)
        runs = 0.4 + easy + sd_seed * rng.normal(size=(SEEDS + 1, 1)) + sd_rest * rng.normal(size=(SEEDS + 1, CLUSTERS))
        new = runs[SEEDS].mean()  # one more seed, on the same questions
        one = _single_run(infer(runs[:SEEDS] - new), downward=False)
        assert one is not None
        said.append(one)
    # were the new run its own level, its place among what is predicted would be uniform
    assert stats.kstest(said, "uniform").pvalue > 0.001


def test_a_single_run_shows_an_order_as_often_as_is_said() -> None:
    rng = generator("single run", "order")
    said, shown = [], 0
    for _ in range(DRAWS):
        runs = 0.15 + rng.normal(0, 1, CLUSTERS) + 0.3 * rng.normal(size=(SEEDS + 1, 1))
        runs = runs - (runs[:SEEDS].mean() - 0.15)  # the truth of these very questions
        runs = runs + 0.2 * rng.normal(size=(SEEDS + 1, CLUSTERS))
        one = _single_run(infer(runs[:SEEDS]), downward=False)
        assert one is not None
        said.append(one)
        shown += runs[SEEDS].mean() > 0
    assert np.mean(said) == pytest.approx(shown / DRAWS, abs=0.04)


@pytest.mark.parametrize(
    ("changes", "cited", "downward"),
    [
        ({}, (), False),
        ({"relation": "below"}, (), True),
        ({"relation": "comparable-or-below", "margin": "0.05"}, (), True),
        ({"relation": "comparable-or-above", "margin": "0.05"}, ("low", "high"), True),
        ({"relation": "comparable-or-below", "margin": "0.05"}, ("high", "low"), False),
        ({"relation": "reduced-by"}, (), True),
    ],
    ids=["above", "below", "comparable-or-below", "paper below", "paper above", "reduced-by"],
)
def test_the_order_is_the_papers_where_it_shows_one(
    changes: dict[str, Any], cited: tuple[str, ...], *, downward: bool
) -> None:
    claimed = {"xlm-r": CitedEffect(left=cited[0], right=cited[1])} if cited else {}
    found = ruled(claimed=claimed, **changes)
    plain = ruled(relation="below" if downward else "above")
    assert found.single_run == plain.single_run
    assert found.single_run is not None
    other = ruled(relation="above" if downward else "below").single_run
    assert other == pytest.approx(1 - found.single_run, abs=1e-12)


def ruled(**changes: Any) -> Ruling:
    level = {"hybrid": 0.52, "x-x-mono": 0.5, "x-y": 0.48}
    scores = PlantedScores({"xquad-r": judged(QUERIES)}, lambda arm, *_: level[arm], 0.03)
    return rule(Case(claim(), range(6), scores, CELLS), check(**changes), "xquad-r")


def test_margins_have_no_part_in_a_single_run() -> None:
    assert ruled(relation="comparable-or-above", margin="0.2").single_run == ruled().single_run


def test_what_claims_no_order_shows_none() -> None:
    for changes in ({"relation": "equivalent"}, {"relation": "never-third"}, {"relation": "equals"}):
        assert _orders(check(**changes), {}) == ()
    assert _single_run(None, downward=False) is None
    never = rule(
        Case(claim(), range(6), PlantedScores({"xquad-r": judged(QUERIES)}, lambda *_: 0.5), {}),
        check(relation="never-third", left=None, right=None, setting=None),
        "all",
    )
    assert never.single_run is None


def test_slices_are_signed_as_the_check_is_and_adjusted_over_all_of_them() -> None:
    above, below = ruled(), ruled(relation="below")
    assert [one.name for one in above.slices] == ["de", "en"]
    for one, other in zip(above.slices, below.slices, strict=True):
        assert (one.p, one.p_against) == (other.p_against, other.p)
    plain = [ruled(languages=(language,)) for language in ("de", "en")]
    p_values = sorted(float(one.p or 0) for one in plain)
    expected = [2 * p_values[0], max(2 * p_values[0], p_values[1])]
    assert sorted(float(one.p or 0) for one in above.slices) == pytest.approx(expected)
