"""Magnitudes: oracles are planted reductions and the prediction interval of a normal sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from court_builders import PlantedScores, check, claim, judged
from scipy import stats

from harness.court.contrast import Inquiry
from harness.court.judge import Case, rule
from harness.records.claim import CitedValue
from harness.records.ruling import Ruling

OF = {"xquad-r": judged([(language, f"k{n}", "r") for language in ("de", "en") for n in range(15)])}
CLAIMED = {"xlm-r": CitedValue(cell="S14", value="30"), "labse": CitedValue(cell="S17", value="20")}
SIZE = check(relation="reduced-by", required="full", claimed=CLAIMED, unit="percent")


def ruled(
    xlm_r: float, labse: float, *, scale: Any = "full", seeds: int = 6, noise: float = 0.01, **changes: Any
) -> Ruling:
    taken = {"xlm-r": xlm_r, "labse": labse}
    scores = PlantedScores(OF, lambda arm, base, *_: 1 - taken[base] if arm == "hybrid" else 1.0, noise)
    return rule(Case(claim(), range(seeds), scores, {}, scale), SIZE.model_copy(update=changes), "xquad-r")


@pytest.mark.parametrize(
    ("xlm_r", "labse", "outcome"),
    [
        (0.30, 0.20, "supported"),
        (0.15, 0.10, "contradicted"),
        (0.0, 0.0, "contradicted"),
        (-0.3, -0.2, "contradicted"),
        (0.60, 0.50, "contradicted"),
    ],
)
def test_the_claimed_size_is_supported_and_others_are_contradicted(xlm_r: float, labse: float, outcome: str) -> None:
    found = ruled(xlm_r, labse)
    assert found.outcome == outcome
    assert (found.seeds, found.df) == (6, 5.0)
    assert found.p_against is not None
    assert (found.p_against < 0.025) == (outcome == "contradicted")


def test_noise_that_hides_half_the_size_leaves_it_open() -> None:
    assert ruled(0.30, 0.20, noise=0.5).outcome == "inconclusive"


def test_the_interval_is_that_of_one_new_run() -> None:
    found = ruled(0.30, 0.20)
    scores = PlantedScores(
        OF, lambda arm, base, *_: 1 - {"xlm-r": 0.3, "labse": 0.2}[base] if arm == "hybrid" else 1.0, 0.01
    )
    theta = [Inquiry(scores, range(6), SIZE, "xquad-r").sample((base,)).theta for base in ("xlm-r", "labse")]
    shares = (0.30, 0.20)
    d = sum(one[0] - (1 - share) * one[1] for one, share in zip(theta, shares, strict=True)) / 2
    half = stats.t.ppf(0.975, 5) * np.std(d, ddof=1) * (1 + 1 / 6) ** 0.5
    assert (found.estimate, found.low, found.high) == pytest.approx((d.mean(), d.mean() - half, d.mean() + half))
    new_run = stats.t.sf(abs(d.mean()) / (np.std(d, ddof=1) * (1 + 1 / 6) ** 0.5), 5)
    assert found.p_against == pytest.approx(new_run)


def test_below_scale_full_a_size_is_shown_and_never_decided() -> None:
    found = ruled(0.30, 0.20, scale="reduced")
    assert (found.outcome, found.estimate, found.p, found.p_against, found.seeds) == (
        "untested",
        None,
        None,
        None,
        None,
    )
    assert found.effect is not None
    assert found.effect.percent == pytest.approx(-25, abs=2)
    assert found.effect.claimed == {"xlm-r": -30.0, "labse": -20.0}
    assert [base.base for base in found.bases] == ["xlm-r", "labse"]


def test_a_size_that_is_not_claimed_on_every_base_is_untested() -> None:
    found = ruled(0.30, 0.20, claimed={"xlm-r": CLAIMED["xlm-r"]})
    assert found.outcome == "untested"
    assert "found none on labse" in found.note


def test_four_seeds_decide_no_size() -> None:
    assert ruled(0.30, 0.20, seeds=4).outcome == "inconclusive"
