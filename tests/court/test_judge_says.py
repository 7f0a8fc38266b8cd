"""One ruling never says two things: laws between outcome, printed interval, p values and note, over random rulings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from court_builders import PlantedScores, check, claim, judged
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court import linear
from harness.court.infer import LEAST_SEEDS
from harness.court.judge import Case, datasets_of, rule
from harness.court.linear import MOST_ADDED
from harness.court.settle import settle
from harness.records.claim import CitedValue
from harness.records.ruling import Ruling
from harness.seeds import generator

ARMS = ("hybrid", "x-x-mono", "x-y")
LEVEL = 0.025
DOWNWARD = {"below", "comparable-or-below"}
CLAIMED = {base: CitedValue(cell="S14", value="10") for base in ("xlm-r", "labse")}
KINDS: list[dict[str, Any]] = [
    {"relation": "above"},
    {"relation": "below"},
    {"relation": "comparable-or-above", "margin": "0.02"},
    {"relation": "comparable-or-below", "margin": "0.02"},
    {"relation": "equivalent", "margin": "0.04"},
    {"relation": "order", "left": None, "right": None, "arms": ARMS},
    {"relation": "contrast", "left": None, "right": None, "weights": {"hybrid": 2.0, "x-y": -1.0, "x-x-mono": -1.0}},
    {"relation": "never-third", "left": None, "right": None, "setting": None},
    {"relation": "reduced-by", "required": "full", "unit": "percent", "claimed": CLAIMED},
]


def drawn(world: int, kind: dict[str, Any], seeds: int, clusters: int) -> Ruling:
    """A ruling on levels and noise of any size, none included."""
    rng = generator("says", world)
    spread, noise = rng.choice([0.0, 0.01, 0.03, 0.1]), float(rng.choice([0.0, 1e-12, 0.005, 0.02, 0.05]))
    level = {arm: float(0.5 + spread * rng.normal()) for arm in ARMS}
    queries = [(language, f"k{number}", "r") for language in ("de", "en") for number in range(clusters)]
    scores = PlantedScores({"xquad-r": judged(queries)}, lambda arm, *_: level[arm], noise, world)
    wanted = check(**kind)
    (dataset,) = datasets_of(wanted, claim())
    return rule(Case(claim(), range(seeds), scores, {}, "full"), wanted, dataset)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(
    world=st.integers(0, 10**6),
    kind=st.sampled_from(KINDS),
    seeds=st.sampled_from([1, 4, 5, 6, 6, 6]),
    clusters=st.sampled_from([1, 9, 10, 12, 12, 12]),
)
def test_outcome_interval_and_p_values_agree(world: int, kind: dict[str, Any], seeds: int, clusters: int) -> None:
    found = drawn(world, kind, seeds, clusters)
    enough = seeds >= LEAST_SEEDS and clusters >= linear.LEAST_CLUSTERS
    assert (found.outcome in {"supported", "contradicted"}) <= enough
    assert enough or found.note
    if found.estimate is None or found.low is None or found.high is None:
        assert (found.outcome, found.p, found.p_against) == ("inconclusive", None, None)
        assert found.note
        return
    assert found.low <= found.estimate <= found.high
    assert found.p is not None
    assert found.p_against is not None
    assert 0 < found.p <= 1
    assert 0 < found.p_against <= 1
    assert found.seeds_needed is None or clusters >= linear.LEAST_CLUSTERS
    says(found, enough=enough)
    parts_say(found)
    settled_says(found)


def says(found: Ruling, *, enough: bool) -> None:
    toward, against = lies(found)
    if found.outcome == "supported":
        assert toward
        assert found.p is not None
        assert found.p_against is not None
        assert found.p < LEVEL < found.p_against
    if found.outcome == "contradicted":
        assert against
        assert found.p is not None
        assert found.p > LEVEL
        assert bonferroni(found) < LEVEL
    if enough and not found.note and found.relation not in {"never-third", "reduced-by"}:
        assert found.outcome == ("supported" if toward else "contradicted" if against else "inconclusive")
        assert (found.p is not None and found.p < LEVEL) == (found.outcome == "supported")
        assert (bonferroni(found) < LEVEL) == (found.outcome == "contradicted")
    if found.relation == "reduced-by" and not found.note:
        assert found.outcome != "contradicted"
    if found.outcome == "inconclusive" and (toward or against) and found.relation != "reduced-by":
        assert found.note


def lies(found: Ruling) -> tuple[bool, bool]:
    """Tell whether the printed interval lies where support is, and where contradiction is."""
    assert found.low is not None
    assert found.high is not None
    above, below = found.low > 0, found.high < 0
    if found.relation == "reduced-by":
        return not (above or below), above or below
    printed = [
        one for one in found.parts if (one.estimate, one.low, one.high) == (found.estimate, found.low, found.high)
    ]
    downward = found.relation in DOWNWARD or (bool(printed) and printed[0].name == "not above")
    return (below, above) if downward else (above, below)


def bonferroni(found: Ruling) -> float:
    """The p against the contrast that is furthest off, before an order corrects it for its pairs."""
    pairs = max(1, len(found.parts)) if found.relation == "order" else 1
    assert found.p_against is not None
    return found.p_against / pairs if found.p_against < 1 else 1.0


def parts_say(found: Ruling) -> None:
    if found.relation in {"equivalent", "order"}:
        outcomes = {part.outcome for part in found.parts}
        assert (found.outcome == "supported") == (outcomes == {"supported"})
        assert (found.outcome == "contradicted") == ("contradicted" in outcomes)
    if found.parts:
        places = [(part.estimate, part.low, part.high) for part in found.parts]
        assert (found.estimate, found.low, found.high) in places


def settled_says(found: Ruling) -> None:
    outcome, reason = settle([found], "full")
    assert outcome in {found.outcome, "inconclusive"}
    if found.outcome != outcome:  # an order of three, contradicted at its own level only
        assert found.p_against is not None
        assert found.p_against > LEVEL
    assert "None" not in reason
    assert "seeds would settle it" not in reason or found.seeds_needed is not None
    if found.outcome == "inconclusive" and "nothing varies" in found.note:
        assert "needed" not in reason
        assert "settle" not in reason


def test_too_few_clusters_are_not_mended_by_seeds() -> None:
    found = drawn(3, KINDS[0], 6, 9)
    assert found.seeds_needed is None
    assert "9 clusters of questions; at least 10 are needed" in settle([found], "full")[1]
    assert "seeds would settle it" not in settle([found], "full")[1]


@pytest.mark.parametrize("kind", KINDS[:7], ids=lambda one: str(one["relation"]))
def test_values_without_noise_are_no_evidence_for_anything(kind: dict[str, Any]) -> None:
    level = {"hybrid": 0.9, "x-x-mono": 0.5, "x-y": 0.7}

    class Still(PlantedScores):
        def rows(self, *where: Any) -> Any:
            plain = super().rows(*where)
            return type(plain)(plain.query_rows, plain.passage_languages, np.full(12, level[where[0].sampling]))

    of = {"xquad-r": judged([("en", f"k{number}", "r") for number in range(12)])}
    found = rule(Case(claim(), range(6), Still(of, lambda *_: 0.0), {}, "full"), check(**kind), "xquad-r")
    assert (found.outcome, found.p, found.p_against, found.seeds_needed) == ("inconclusive", 1.0, 1.0, None)
    assert found.detectable is None
    assert settle([found], "full")[1].endswith(f": {linear.STILL}")


def test_a_size_without_noise_or_clusters_is_no_evidence_either() -> None:
    of = {"xquad-r": judged([("en", f"k{number}", "r") for number in range(12)])}

    class Still(PlantedScores):
        def rows(self, *where: Any) -> Any:
            plain = super().rows(*where)
            half = 0.5 if where[0].sampling == "hybrid" else 1.0
            return type(plain)(plain.query_rows, plain.passage_languages, np.full(12, half))

    wanted = check(**KINDS[8])
    found = rule(Case(claim(), range(6), Still(of, lambda *_: 0.0), {}, "full"), wanted, "xquad-r")
    assert (found.outcome, found.low) == ("inconclusive", None)
    assert "nothing varies" in found.note
    few = drawn(5, KINDS[8], 6, 9)
    assert (few.outcome, few.estimate) == ("inconclusive", None)
    assert few.note == "9 clusters of questions; at least 10 are needed"


@pytest.mark.parametrize(("share", "found"), [("-10", "10%"), ("0", "0%"), ("120", "120%")])
def test_a_share_that_is_none_is_not_judged(share: str, found: str) -> None:
    claimed = CLAIMED | {"labse": CitedValue(cell="S17", value=share)}
    of = {"xquad-r": judged([("en", f"k{number}", "r") for number in range(12)])}
    scores = PlantedScores(of, lambda arm, *_: 0.4 if arm == "hybrid" else 0.5)
    ruled = rule(Case(claim(), range(6), scores, {}, "full"), check(**{**KINDS[8], "claimed": claimed}), "xquad-r")
    if share == "-10":  # papers print a share taken off with and without a sign
        assert ruled.outcome != "untested"
        return
    assert (ruled.outcome, ruled.estimate) == ("untested", None)
    assert f"found {found} on labse" in ruled.note


@pytest.mark.parametrize(("heavy", "outcome"), [(0.0, "supported"), (5.0, "inconclusive")])
def test_clusters_that_pull_to_one_side_decide_nothing(
    heavy: float, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linear, "MOST_ADDED", MOST_ADDED)

    class Pulled(PlantedScores):
        def rows(self, *where: Any) -> Any:
            plain = super().rows(*where)
            if where[0].sampling == "hybrid":
                plain.values[3] += heavy
            return plain

    of = {"xquad-r": judged([("en", f"k{number}", "r") for number in range(400)])}
    scores = Pulled(of, lambda arm, *_: 0.55 if arm == "hybrid" else 0.5, 0.02)
    found = rule(Case(claim(), range(6), scores, {}), check(), "xquad-r")
    assert found.outcome == outcome
    assert bool(found.note) == (outcome == "inconclusive")
    assert "seeds would settle it" not in settle([found], "full")[1]
