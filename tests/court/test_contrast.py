"""Contrasts: oracle is the definition in nested loops, on small courts with everything unequal."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from court_builders import FakeScores, check, judged
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court.contrast import RIVALS, Contrast, Inquiry, contrasts, on_base, sides, weights
from harness.court.measure import Rows, macro_average
from harness.court.sample import Sample, pool
from harness.errors import AdmissionRefused, ScopeUnbound
from harness.records.claim import Check, Side
from harness.seeds import generator

WORLDS = st.integers(0, 10**6)
BASES = ("xlm-r", "labse")
SEEDS = (0, 1, 2)
THREE = check(relation="contrast", left=None, right=None, weights={"hybrid": 2.0, "x-y": -1.0, "x-x-mono": -1.0})
CHECKS = (
    check(),
    check(relation="below"),
    check(relation="comparable-or-above", margin="0.01"),
    check(relation="comparable-or-below", margin="0.05"),
    THREE,
)


def random_court(world: int, *, pairs: bool) -> FakeScores:
    """Queries in 1 to 3 languages with unequal numbers, relations and clusters; rows as the setting has them."""
    rng = generator("contrast", world)
    queries = [
        (str(rng.choice(["de", "en", "th"], p=[0.2, 0.5, 0.3])), f"k{rng.integers(6)}", f"r{rng.integers(3)}")
        for _ in range(int(rng.integers(4, 15)))
    ]
    rows = [
        (query, language)
        for query, (own, _, _) in enumerate(queries)
        for language in ("ar", "de", "en")
        if pairs and own != language and (rng.random() < 0.7 or query == 0)
    ]
    count = len(rows) if pairs else len(queries)
    values = {
        (arm, base, seed): rng.random(count) for arm, base, seed in product(("hybrid", "x-y", "x-x-mono"), BASES, SEEDS)
    }
    query_rows, languages = zip(*rows, strict=True) if pairs else ((), ())
    return FakeScores(judged(queries), values, query_rows, languages)


def slow_z(scores: FakeScores, wanted: Check, bases: tuple[str, ...]) -> dict[tuple[int, str], float]:
    """z by (seed, cluster), by the design's two sums; rows are read one at a time."""
    against = {"comparable-or-above": 1 - float(wanted.margin), "comparable-or-below": 1 + float(wanted.margin)}
    arms = dict(wanted.weights or {"hybrid": 1.0, "x-x-mono": -against.get(wanted.relation, 1.0)})
    query_rows = list(scores.query_rows) or list(range(len(scores.of.query_ids)))
    passages = list(scores.passage_languages) or ["*"] * len(query_rows)
    places = []  # (row, base, language or pair, relation, cluster)
    for row, query in enumerate(query_rows):
        language = scores.of.query_languages[query]
        if wanted.languages is None or language in wanted.languages:
            pair = (language, passages[row])
            places += [(row, base, pair, scores.of.relations[query], scores.of.clusters[query]) for base in bases]
    pairs = {place[2] for place in places}
    clusters = {place[4] for place in places}
    z = {}
    for seed, cluster in product(SEEDS, clusters):
        theta, part = 0.0, 0.0
        for arm, a in arms.items():
            for base, pair in product(bases, pairs):
                in_pair = [place for place in places if place[1:3] == (base, pair)]
                for relation in {place[3] for place in in_pair}:
                    cell = [place for place in in_pair if place[3] == relation]
                    weight = 1 / len(bases) / len(pairs) * len(cell) / len(in_pair)
                    values = [float(scores.values[arm, base, seed][place[0]]) for place in cell]
                    mean = sum(values) / len(values)
                    theta += a * weight * mean
                    inside = [v - mean for v, place in zip(values, cell, strict=True) if place[4] == cluster]
                    part += a * weight / len(cell) * sum(inside)
        z[seed, cluster] = theta + len(clusters) * part
    return z


def sample_of(scores: FakeScores, wanted: Check, bases: tuple[str, ...] = BASES) -> Sample:
    return Inquiry(scores, SEEDS, wanted, "xquad-r").sample(bases)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    world=WORLDS,
    pairs=st.booleans(),
    wanted=st.sampled_from(CHECKS),
    bases=st.sampled_from([BASES, BASES[:1]]),
    some=st.booleans(),
)
def test_table_equals_the_definition_in_nested_loops(
    world: int, *, pairs: bool, wanted: Check, bases: tuple[str, ...], some: bool
) -> None:
    scores = random_court(world, pairs=pairs)
    if some:
        languages = sorted({scores.of.query_languages[query] for query in scores.query_rows or (0,)})
        wanted = wanted.model_copy(update={"languages": tuple(languages[:2])})
    expected = slow_z(scores, wanted, bases)
    found = sample_of(scores, wanted, bases).z(weights(wanted))
    clusters = sorted({cluster for _, cluster in expected})
    slow = [[expected[seed, cluster] for cluster in clusters] for seed in SEEDS]
    np.testing.assert_allclose(found, slow, rtol=0, atol=1e-12)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(world=WORLDS, pairs=st.booleans())
def test_means_of_arms_are_the_macro_averages_of_the_tables(world: int, *, pairs: bool) -> None:
    scores = random_court(world, pairs=pairs)
    wanted = check(setting="crosslingual" if pairs else "multilingual")
    for base in BASES:
        found = sample_of(scores, wanted).on(base).means()
        for arm, mean in zip(("hybrid", "x-x-mono"), found, strict=True):
            rows = [scores.rows(Side(sampling=arm, base=base), seed, wanted, "xquad-r") for seed in SEEDS]
            expected = np.mean([macro_average(one, scores.of.query_languages) for one in rows])
            assert mean == pytest.approx(expected, abs=1e-12)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(WORLDS)
def test_the_part_of_one_base_is_the_sample_of_that_base_alone(world: int) -> None:
    scores = random_court(world, pairs=True)
    whole = sample_of(scores, THREE)
    for base in BASES:
        alone, part = sample_of(scores, THREE, (base,)), whole.on(base)
        assert part.names == alone.names == (base,)
        np.testing.assert_allclose(part.z(weights(THREE)), alone.z(weights(THREE)), rtol=0, atol=1e-12)


def test_a_language_of_few_queries_weighs_as_much_as_one_of_many() -> None:
    queries = [("en", f"k{n}", "r") for n in range(9)] + [("th", "k9", "r")]
    values = np.array([0.0] * 9 + [1.0])
    scores = FakeScores(
        judged(queries),
        {(a, b, s): values * (a == "hybrid") for a in ("hybrid", "x-x-mono") for b in BASES for s in SEEDS},
    )
    sample = sample_of(scores, check())
    assert sample.means().tolist() == [0.5, 0.0]
    assert sample.queries == 10


def test_a_cluster_is_one_cluster_in_every_base_and_language() -> None:
    queries = [("en", "k0", "r"), ("th", "k0", "r"), ("en", "k1", "r"), ("th", "k1", "r")]
    scores = FakeScores(
        judged(queries), {(a, b, s): np.arange(4.0) for a in ("hybrid", "x-x-mono") for b in BASES for s in SEEDS}
    )
    sample = sample_of(scores, check())
    assert sample.clusters == 2
    assert sample.z((1, -1)).shape == (3, 2)


def test_the_level_of_a_relation_is_no_noise() -> None:
    rng = generator("relations")
    queries = [("en", f"k{n // 2}", f"r{n % 2}") for n in range(20)]
    level = np.array([0.0, 5.0] * 10)
    values = {
        (a, b, s): rng.random(20) + level * (a == "hybrid")
        for a in ("hybrid", "x-x-mono")
        for b in BASES
        for s in SEEDS
    }
    stratified = sample_of(FakeScores(judged(queries), values), check()).interval((1, -1))
    mixed = sample_of(FakeScores(judged([(a, f"{b}{c}", "r") for a, b, c in queries]), values), check()).interval(
        (1, -1)
    )
    assert stratified is not None
    assert mixed is not None
    assert stratified.high - stratified.low < 0.2 * (mixed.high - mixed.low)


def test_margins_are_shares_of_the_right_side() -> None:
    assert weights(check()) == (1.0, -1.0)
    assert weights(check(relation="below")) == (1.0, -1.0)
    assert weights(check(relation="comparable-or-above", margin="0.01")) == (1.0, -0.99)
    assert weights(check(relation="comparable-or-below", margin="0.05")) == (1.0, -1.05)
    assert weights(THREE) == (2.0, -1.0, -1.0)


def test_a_margin_on_a_relation_without_one_is_not_used() -> None:
    assert weights(check(margin="0.5")) == (1.0, -1.0)
    assert weights(check(relation="below", margin="0.5")) == (1.0, -1.0)


def test_an_arm_has_one_name() -> None:
    assert sides(check(left="hybrid@0.5", right="hybrid@0.4")) == (Side(sampling="hybrid"), Side(sampling="hybrid@0.4"))
    assert on_base(Side(sampling="x-y"), "labse") == Side(sampling="x-y", base="labse")
    assert on_base(Side(sampling="x-y", base="xlm-r"), "labse") == Side(sampling="x-y", base="xlm-r")


def test_equal_arms_differ_by_nothing_although_decimals_are_not_binary() -> None:
    rng = generator("rounding")
    same = {seed: rng.random(12) for seed in SEEDS}
    names = ("hybrid", "x-y", "x-x-mono")
    scores = FakeScores(
        judged([("en", f"k{n}", "r") for n in range(12)]),
        {(a, b, s): same[s] for a in names for b in BASES for s in SEEDS},
    )
    z = sample_of(scores, THREE).z((0.3, -0.1, -0.2))
    assert 0.3 - 0.1 - 0.2 != 0
    assert not z.any()


def test_sides_that_name_their_bases_are_compared_once() -> None:
    values = {("hybrid", "xlm-r", s): np.array([0.7, 0.9]) for s in SEEDS}
    values |= {("hybrid", "labse", s): np.array([0.2, 0.4]) for s in SEEDS}
    scores = FakeScores(judged([("en", "k0", "r"), ("en", "k1", "r")]), values)
    wanted = check(left=Side(sampling="hybrid", base="xlm-r"), right=Side(sampling="hybrid", base="labse"))
    sample = sample_of(scores, wanted)
    assert sample.names == ("xlm-r and labse",)
    assert (sample.theta.shape, sample.clusters, sample.seeds) == ((2, 3), 2, 3)
    assert sample.means() == pytest.approx([0.8, 0.3])


def shifted(scores: FakeScores, place: tuple[str, str, int], rows: list[int], languages: list[str]) -> FakeScores:
    values = dict(scores.values)
    values[place] = np.resize(values[place], len(rows))
    return replace(scores, values=values, other_rows={place: (rows, languages)})


@pytest.mark.parametrize("place", [("x-x-mono", "xlm-r", 2), ("hybrid", "xlm-r", 1), ("hybrid", "labse", 0)])
@pytest.mark.parametrize(
    ("rows", "languages"),
    [([0, 1], ["*", "*"]), ([0, 1, 1], ["*", "*", "*"]), ([0, 1, 2], ["*", "*", "de"]), ([0, 1, 2, 3], ["*"] * 4)],
    ids=["missing", "other", "other-pool", "extra"],
)
def test_rows_that_are_not_the_same_everywhere_are_refused(
    place: tuple[str, str, int], rows: list[int], languages: list[str]
) -> None:
    queries = [("en", "k0", "r"), ("en", "k1", "r"), ("th", "k2", "r"), ("th", "k3", "r")]
    values = {(a, b, s): np.arange(3.0) for a in ("hybrid", "x-x-mono") for b in BASES for s in SEEDS}
    scores = FakeScores(judged(queries), values, [0, 1, 2], ["*"] * 3)
    with pytest.raises(
        AdmissionRefused, match=rf"same 3 rows .*found {len(rows)} .*{place[0]} on {place[1]}, seed {place[2]}"
    ):
        sample_of(shifted(scores, place, rows, languages), check())


def test_languages_of_a_check_keep_the_queries_in_them_and_every_passage_language() -> None:
    queries = [("de", "k0", "r"), ("en", "k1", "r"), ("en", "k2", "r")]
    rows, languages = [0, 0, 1, 2], ["en", "th", "de", "th"]
    values = {(a, b, s): np.array([1.0, 3.0, 50.0, 70.0]) for a in ("hybrid", "x-x-mono") for b in BASES for s in SEEDS}
    scores = FakeScores(judged(queries), values, rows, languages)
    sample = sample_of(scores, check(setting="crosslingual", languages=("de",)))
    assert sample.means().tolist() == [2.0, 2.0]
    assert sample.queries == 1


@pytest.mark.parametrize(("languages", "named"), [(("en", "el"), "el"), (("vi",), "vi"), ((), "an empty list")])
def test_a_language_without_rows_is_refused(languages: tuple[str, ...], named: str) -> None:
    scores = random_court(3, pairs=False)
    with pytest.raises(ScopeUnbound, match=f"found none in {named}"):
        sample_of(scores, check(languages=languages))


def test_no_row_at_all_is_refused() -> None:
    scores = random_court(3, pairs=False)
    place = ("hybrid", "xlm-r", 0)
    with pytest.raises(AdmissionRefused, match="at least one row"):
        sample_of(shifted(scores, place, [], []), check())


def test_each_kind_names_its_arms_and_contrasts() -> None:
    order = check(relation="order", left=None, right=None, arms=("x-x-mono", "hybrid@0.5", "x-y"))
    assert [side.sampling for side in sides(order)] == ["x-x-mono", "hybrid", "x-y"]
    assert contrasts(order) == (
        Contrast("x-x-mono above hybrid", (1.0, -1.0, 0.0)),
        Contrast("hybrid above x-y", (0.0, 1.0, -1.0)),
    )
    same = check(relation="equivalent", margin="0.01")
    assert contrasts(same) == (Contrast("not below", (1.0, -0.99)), Contrast("not above", (1.0, -1.01), downward=True))
    third = check(relation="never-third", left=None, right=None, setting=None)
    assert sides(third) == RIVALS
    assert contrasts(third)[0].weights == (1.0, -0.5, -0.5)
    assert contrasts(check(relation="equals", left=None, right=None)) == ()
    assert [one.downward for one in contrasts(check(relation="comparable-or-below", margin="0.05"))] == [True]


def test_what_stands_in_an_arms_place_is_a_side() -> None:
    wanted = check(left=Side(sampling="lexical", base="lexical"), right="untrained")
    assert [side.sampling for side in sides(wanted)] == ["lexical", "untrained"]
    with pytest.raises(ValueError, match="lexica"):
        sides(check(left="lexica"))


@settings(derandomize=True, deadline=None, max_examples=25)
@given(world=WORLDS)
def test_the_mean_of_one_arm_is_pooled_as_the_check_is(world: int) -> None:
    scores = random_court(world, pairs=True)
    inquiry = Inquiry(scores, SEEDS, check(setting="crosslingual"), "xquad-r")
    expected = inquiry.sample(BASES).means()
    assert inquiry.mean(Side(sampling="x-x-mono"), BASES) == pytest.approx(expected[1], abs=1e-12)
    own = inquiry.mean(Side(sampling="x-x-mono", base="labse"), BASES)
    assert own == pytest.approx(inquiry.sample(("labse",)).means()[1], abs=1e-12)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(world=WORLDS, pairs=st.booleans())
def test_languages_weigh_as_their_pairs_do(world: int, *, pairs: bool) -> None:
    sample = sample_of(random_court(world, pairs=pairs), THREE)
    frame = sample.blocks[0].frame
    parts = [sample.asked_in(language).means() for language in frame.names]
    weights_of = frame.pairs / frame.pairs.sum()
    np.testing.assert_allclose(weights_of @ np.array(parts), sample.means(), rtol=0, atol=1e-12)
    assert sum(sample.asked_in(language).queries for language in frame.names) == sample.queries


@settings(derandomize=True, deadline=None, max_examples=25)
@given(world=WORLDS)
def test_questions_on_seen_and_held_out_entities_are_samples_of_their_own(world: int) -> None:
    scores = random_court(world, pairs=False)
    flags = [bool(flag) for flag in generator("seen", world).integers(0, 2, len(scores.of.query_ids))]
    scores = replace(scores, of=scores.of.model_copy(update={"entities_seen": tuple(flags)}))
    inquiry = Inquiry(scores, SEEDS, check(), "xquad-r")
    for seen in (True, False):
        rows = [row for row, flag in enumerate(flags) if flag == seen]
        part = inquiry.slice(BASES, seen=seen)
        if not rows:
            assert part is None
            continue
        kept = judged(
            [(scores.of.query_languages[row], scores.of.clusters[row], scores.of.relations[row]) for row in rows]
        )
        alone = FakeScores(kept, {place: values[rows] for place, values in scores.values.items()})
        assert part is not None
        np.testing.assert_allclose(part.z((1, -1)), sample_of(alone, check()).z((1, -1)), rtol=0, atol=1e-12)


def test_clusters_of_two_datasets_are_joined_by_name() -> None:
    rng = generator("joined")
    of = {"xquad-r": [("en", "k0", "r"), ("en", "k1", "r")], "mlqa-r": [("de", "k1", "r"), ("de", "k2", "r")]}
    blocks = []
    for name, queries in of.items():
        values = {(a, b, s): rng.random(2) for a in ("hybrid", "x-x-mono") for b in BASES for s in SEEDS}
        blocks += Inquiry(FakeScores(judged(queries), values), SEEDS, check(), name).blocks(BASES)
    whole = pool(blocks)
    assert (whole.clusters, whole.queries) == (3, 4)
    halves = [pool(blocks[:2]), pool(blocks[2:])]
    np.testing.assert_allclose(whole.means(), np.mean([half.means() for half in halves], axis=0), atol=1e-12)
    # z adds what each dataset has in a cluster, each as a share of the clusters of all
    left, right = (half.z((1, -1)) - half.z((1, -1)).mean(axis=1, keepdims=True) for half in halves)
    found = whole.z((1, -1)) - whole.z((1, -1)).mean(axis=1, keepdims=True)
    expected = 3 / 2 * np.stack([left[:, 0], left[:, 1] + right[:, 0], right[:, 1]], axis=1) / 2
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_values_are_fetched_once_for_all_checks() -> None:
    class Counting(FakeScores):
        fetched = 0

        def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
            Counting.fetched += 1
            return super().rows(side, seed, check, dataset)

    plain = random_court(5, pairs=False)
    scores = Counting(plain.of, plain.values)
    for wanted in (check(), check(relation="below"), check(relation="equivalent", margin="0.1")):
        sample_of(scores, wanted)
    assert Counting.fetched == 2 * 2 * 3 + 1  # arms, bases, seeds, and once for the frame
    fresh = replace(plain, values={place: 1 - values for place, values in plain.values.items()})
    assert not fresh.memory
