"""Scores: oracles are a case small enough to count by hand and the measures themselves."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from court_builders import check, claim
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court.judge import Case, rule
from harness.court.measure import cell_means, measure, relevant_rows
from harness.court.rank import Ranks
from harness.court.scores import (
    LEXICAL,
    MEASURES,
    MEDIAN,
    OVER_CHANCE,
    ROWS_KEPT,
    UNTRAINED,
    Measured,
    Place,
    label,
    place_of,
)
from harness.errors import ScopeUnbound, ScriptError
from harness.records.asked import BaseRequest, EncodeRequest, RetrieveRequest, TrainRequest
from harness.records.claim import Setting, Side
from harness.records.folds import withheld_pairs
from harness.records.judgements import Judgements
from harness.records.training import arm
from harness.seeds import generator

JUDGED = Judgements(
    query_ids=("q0", "q1", "q2"),
    query_languages=("de", "de", "en"),
    clusters=("k0", "k1", "k0"),
    relations=("r", "r", "r"),
    entities_seen=(True, False, True),
    passage_ids=("p0", "p1", "p2", "p3"),
    passage_languages=("de", "en", "de", "en"),
    query_rows=(0, 0, 1, 1, 2, 2),
    passage_rows=(0, 1, 2, 3, 0, 1),
    grades=(1, 1, 1, 1, 1, 1),
)
RANKS = Ranks(within=np.array([1, 2, 2, 1, 2, 1]), overall=np.array([1, 3, 3, 2, 4, 1]))
PLACE = Place("xlm-r", "hybrid", 0, "xquad-r")


def retrieval(setting: Setting, label: str = "hybrid", seed: int = 0) -> RetrieveRequest:
    encoder = TrainRequest(base="xlm-r", arm=arm(label), seed=seed)
    return RetrieveRequest(vectors=EncodeRequest(encoder=encoder, dataset="xquad-r"), setting=setting)


def measured() -> Measured:
    return Measured({"xquad-r": JUDGED}, {PLACE: RANKS})


BY_HAND: dict[Setting, dict[str, dict[tuple[str, str], tuple[float, int]]]] = {
    "monolingual": {
        "MAP": {("de", "de"): (0.75, 2), ("en", "en"): (1.0, 1)},
        "R@1": {("de", "de"): (0.5, 2), ("en", "en"): (1.0, 1)},
        "R@100": {("de", "de"): (1.0, 2), ("en", "en"): (1.0, 1)},
        "nDCG@10": {("de", "de"): ((1 + 1 / np.log2(3)) / 2, 2), ("en", "en"): (1.0, 1)},
    },
    "crosslingual": {
        "MAP": {("de", "en"): (0.75, 2), ("en", "de"): (0.5, 1)},
        "R@1": {("de", "en"): (0.5, 2), ("en", "de"): (0.0, 1)},
        "nDCG@10": {("de", "en"): ((1 + 1 / np.log2(3)) / 2, 2), ("en", "de"): (1 / np.log2(3), 1)},
    },
    "multilingual": {
        "MAP": {("de", "*"): (((1 + 2 / 3) / 2 + (1 / 2 + 2 / 3) / 2) / 2, 2), ("en", "*"): ((1 + 2 / 4) / 2, 1)},
        "R@10": {("de", "*"): (1.0, 2), ("en", "*"): (1.0, 1)},
        "nDCG@10": {
            ("de", "*"): (
                ((1 + 1 / np.log2(4)) + (1 / np.log2(3) + 1 / np.log2(4))) / (1 + 1 / np.log2(3)) / 2,
                2,
            ),
            ("en", "*"): ((1 + 1 / np.log2(5)) / (1 + 1 / np.log2(3)), 1),
        },
        "rank-distance": {("de", "*"): (1.5, 2), ("en", "*"): (3.0, 1)},
        MEDIAN: {("de", "*"): (1.5, 2), ("en", "*"): (3.0, 1)},
        # two relevant among four passages: (2 - 1) / (2 + 1) x (4 + 1)
        OVER_CHANCE: {("de", "*"): (1.5 / (5 / 3), 2), ("en", "*"): (3.0 / (5 / 3), 1)},
        # of all three, 1, 2 and 3: a share of so many steps between the least and the greatest
        **{f"rank-distance-p{percent}": {("*", "*"): (1 + 2 * percent / 100, 3)} for percent in (10, 25, 50, 75, 90)},
    },
}


@pytest.mark.parametrize("setting", list(MEASURES))
def test_table_rows_are_the_means_counted_by_hand(setting: Setting) -> None:
    rows = list(measured().table(retrieval(setting)))
    found: dict[str, dict[tuple[str, str], tuple[float, int]]] = {name: {} for name in BY_HAND[setting]}
    for row in rows:
        found[row.measure][row.query_language, row.passage_language] = (row.value, row.queries)
    assert set(MEASURES[setting]) <= set(found)
    for name, cells in BY_HAND[setting].items():
        assert set(found[name]) == set(cells)
        for cell, (value, queries) in cells.items():
            assert found[name][cell] == pytest.approx((value, queries)), (name, cell)
    assert {(row.base, row.sampling, row.alpha, row.seed, row.dataset, row.setting) for row in rows} == {
        ("xlm-r", "hybrid", 0.5, 0, "xquad-r", setting)
    }


@pytest.mark.parametrize(
    ("label", "alpha"), [("x-y", None), ("x-x-mono", None), ("hybrid", 0.5), ("hybrid@0.25", 0.25)]
)
def test_table_rows_name_their_arm(label: str, alpha: float | None) -> None:
    scores = Measured({"xquad-r": JUDGED}, {Place("xlm-r", label, 3, "xquad-r"): RANKS})
    rows = list(scores.table(retrieval("multilingual", label, 3)))
    assert {(row.sampling, row.alpha, row.seed) for row in rows} == {(label.partition("@")[0], alpha, 3)}


def test_rows_of_the_judge_are_the_measure_of_that_place_alone() -> None:
    other = Ranks(within=RANKS.within + 1, overall=RANKS.overall + 5)
    scores = Measured({"xquad-r": JUDGED}, {PLACE: RANKS, Place("xlm-r", "x-y", 0, "xquad-r"): other})
    wanted = check(measure="rank-distance")
    for name_of, ranks in (("hybrid", RANKS), ("x-y", other), ("hybrid", RANKS)):
        found = scores.rows(Side(sampling=name_of, base="xlm-r"), 0, wanted, "xquad-r")
        expected = measure(relevant_rows(JUDGED, ranks, "multilingual"), "rank-distance")
        np.testing.assert_array_equal(found.values, expected.values)
        np.testing.assert_array_equal(found.query_rows, expected.query_rows)


def test_tables_of_two_places_do_not_mix() -> None:
    other = Place("xlm-r", "x-y", 0, "xquad-r")
    swapped = Ranks(within=RANKS.within[::-1].copy(), overall=RANKS.overall[::-1].copy())
    scores = Measured({"xquad-r": JUDGED}, {PLACE: RANKS, other: swapped})
    for name_of, ranks in (("hybrid", RANKS), ("x-y", swapped)):
        for setting in MEASURES:
            rows = list(scores.table(retrieval(setting, name_of)))
            found = [(row.measure, row.value) for row in rows if row.measure in MEASURES[setting]]
            expected = [
                (name, mean.value)
                for name in MEASURES[setting]
                for mean in cell_means(measure(relevant_rows(JUDGED, ranks, setting), name), JUDGED.query_languages)
            ]
            assert found == expected


def test_another_name_of_an_arm_finds_its_ranks() -> None:
    found = measured().rows(Side(sampling="hybrid@0.5", base="xlm-r"), 0, check(), "xquad-r")
    assert len(found.values) == 3


def test_what_was_never_encoded_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ScriptError, match=r"x-y on xlm-r, seed 0, xquad-r, found none; have the script"):
        measured().rows(Side(sampling="x-y", base="xlm-r"), 0, check(), "xquad-r")
    with pytest.raises(ScriptError, match="seed 1"):
        list(measured().table(retrieval("multilingual", seed=1)))


@pytest.mark.parametrize("changes", [{"setting": None}, {"setting": "balanced"}, {"measure": None}])
def test_a_check_without_measure_or_setting_is_refused(changes: dict[str, None]) -> None:
    with pytest.raises(ValueError, match="expected a base, a setting and a measure for higher"):
        measured().rows(Side(sampling="hybrid", base="xlm-r"), 0, check(**changes), "xquad-r")
    with pytest.raises(ValueError, match="expected a base"):
        measured().rows(Side(sampling="hybrid"), 0, check(), "xquad-r")


LANGUAGES = ("ar", "de", "en", "es", "hi", "ru", "th", "tr", "zh")
FOLDS = [withheld_pairs(LANGUAGES, 3, fold) for fold in range(3)]
WITHHELD = check(setting="crosslingual", pairs="withheld")


def parallel(languages: tuple[str, ...]) -> Judgements:
    """Two facts in every language; every question is answered in each of them."""
    texts = list(product(languages, (0, 1)))
    pairs = [
        (query, passage)
        for query, (_, left) in enumerate(texts)
        for passage, (_, right) in enumerate(texts)
        if left == right
    ]
    return Judgements(
        query_ids=tuple(f"q{row}" for row in range(len(texts))),
        query_languages=tuple(language for language, _ in texts),
        clusters=tuple(f"k{fact}" for _, fact in texts),
        relations=("r",) * len(texts),
        entities_seen=(True,) * len(texts),
        passage_ids=tuple(f"p{row}" for row in range(len(texts))),
        passage_languages=tuple(language for language, _ in texts),
        query_rows=tuple(query for query, _ in pairs),
        passage_rows=tuple(passage for _, passage in pairs),
        grades=(1,) * len(pairs),
    )


def ranks_of(judgements: Judgements, *name: object) -> Ranks:
    drawn = generator("scores", *map(str, name)).integers(1, 9, (2, len(judgements.query_rows)))
    return Ranks(within=drawn[0], overall=drawn[1])


@settings(derandomize=True, deadline=None, max_examples=15)
@given(st.integers(0, 10**6))
def test_folds_stitched_are_plain_where_all_folds_share_one_encoder(world: int) -> None:
    judgements = parallel(LANGUAGES)
    one = ranks_of(judgements, world)
    places = [Place("xlm-r", "hybrid", 0, "xquad-r", fold) for fold in (None, 0, 1, 2)]
    scores = Measured({"xquad-r": judgements}, dict.fromkeys(places, one), FOLDS)
    plain = scores.measured(places[0], "crosslingual", "MAP")
    stitched = scores.rows(Side(sampling="hybrid", base="xlm-r"), 0, WITHHELD, "xquad-r")
    np.testing.assert_array_equal(stitched.values, plain.values)
    np.testing.assert_array_equal(stitched.query_rows, plain.query_rows)
    assert stitched.passage_languages == plain.passage_languages


def test_each_withheld_row_comes_from_the_encoder_that_never_saw_its_pair() -> None:
    judgements = parallel((*LANGUAGES, "vi"))  # a language that is never trained on has no withheld pair
    ranks = {Place("xlm-r", "hybrid", 0, "xquad-r", fold): ranks_of(judgements, fold) for fold in range(3)}
    scores = Measured({"xquad-r": judgements}, ranks, FOLDS)
    rows = scores.rows(Side(sampling="hybrid", base="xlm-r"), 0, WITHHELD, "xquad-r")
    assert len(rows.values) == 9 * 8 * 2
    for fold, pairs in enumerate(FOLDS):
        plain = scores.measured(Place("xlm-r", "hybrid", 0, "xquad-r", fold), "crosslingual", "MAP")
        by_row = dict(
            zip(zip(plain.query_rows.tolist(), plain.passage_languages, strict=True), plain.values, strict=True)
        )
        for query, answered, value in zip(rows.query_rows.tolist(), rows.passage_languages, rows.values, strict=True):
            if tuple(sorted((judgements.query_languages[query], answered))) in pairs:
                assert value == by_row[query, answered]


@pytest.mark.parametrize("sampling", ["x-x-mono", UNTRAINED])
def test_an_arm_without_crosslingual_batches_has_one_encoder_for_all_folds(sampling: str) -> None:
    judgements = parallel(LANGUAGES)
    place = Place("xlm-r", sampling, 0, "xquad-r")
    scores = Measured({"xquad-r": judgements}, {place: ranks_of(judgements)}, FOLDS)
    rows = scores.rows(Side(sampling=sampling, base="xlm-r"), 0, WITHHELD, "xquad-r")
    np.testing.assert_array_equal(rows.values, scores.measured(place, "crosslingual", "MAP").values)
    with pytest.raises(ScriptError, match="fold 0, found none"):
        scores.rows(Side(sampling="x-y", base="xlm-r"), 0, WITHHELD, "xquad-r")


def test_withheld_pairs_that_nobody_withheld_are_refused() -> None:
    judgements = parallel(LANGUAGES)
    scores = Measured({"xquad-r": judgements}, {Place("xlm-r", "x-x-mono", 0, "xquad-r"): ranks_of(judgements)})
    side = Side(sampling="x-x-mono", base="xlm-r")
    with pytest.raises(ScopeUnbound, match="none among 0 folds"):
        scores.rows(side, 0, WITHHELD, "xquad-r")
    with pytest.raises(ValueError, match="expected the crosslingual setting"):
        scores.rows(side, 0, check(pairs="withheld"), "xquad-r")


def test_the_table_of_a_fold_has_its_language_pairs_alone() -> None:
    judgements = parallel(LANGUAGES)
    ranks = {Place("xlm-r", "x-y", 0, "xquad-r", fold): ranks_of(judgements, fold) for fold in range(3)}
    scores = Measured({"xquad-r": judgements}, ranks, FOLDS)
    cells = []
    for fold, pairs in enumerate(FOLDS):
        encoder = TrainRequest(base="xlm-r", arm=arm("x-y"), seed=0, held_out=fold)
        vectors = EncodeRequest(encoder=encoder, dataset="xquad-r")
        rows = [
            row
            for row in scores.table(RetrieveRequest(vectors=vectors, setting="crosslingual", fold=fold))
            if row.measure == "MAP"
        ]
        assert {tuple(sorted((row.query_language, row.passage_language))) for row in rows} == set(pairs)
        whole = [row for row in scores.table_at(place_of(vectors), "crosslingual") if row.measure == "MAP"]
        assert all(row in whole for row in rows)
        cells += [(row.query_language, row.passage_language) for row in rows]
    assert len(cells) == len(set(cells)) == 72


def test_tables_of_what_stands_in_an_arms_place() -> None:
    untrained = EncodeRequest(encoder=BaseRequest(base="xlm-r", seed=3), dataset="xquad-r")
    assert place_of(untrained) == Place("xlm-r", UNTRAINED, 3, "xquad-r")
    lexical = Place(LEXICAL, LEXICAL, 0, "xquad-r")
    scores = Measured({"xquad-r": JUDGED}, {place_of(untrained): RANKS, lexical: RANKS})
    rows = list(scores.table(RetrieveRequest(vectors=untrained, setting="monolingual")))
    rows += list(scores.table_at(lexical, "monolingual"))
    assert {(row.base, row.sampling, row.alpha, row.seed) for row in rows} == {
        ("xlm-r", UNTRAINED, None, 3),
        (LEXICAL, LEXICAL, None, 0),
    }
    assert (label("hybrid@0.5"), label(LEXICAL)) == ("hybrid", LEXICAL)


def test_a_question_without_translations_has_means_and_no_rank_distance() -> None:
    judgements = parallel(("de", "en"))
    alone = [row for row, query in enumerate(judgements.query_rows) if query != 1 or judgements.passage_rows[row] == 1]
    columns = {
        name: tuple(getattr(judgements, name)[row] for row in alone)
        for name in ("query_rows", "passage_rows", "grades")
    }
    judgements = Judgements(**(dict(judgements) | columns))
    scores = Measured({"xquad-r": judgements}, {PLACE: ranks_of(judgements)})
    queries = {
        (row.measure, row.query_language): row.queries
        for row in scores.table(retrieval("multilingual"))
        if row.query_language == "de"
    }
    assert queries["MAP", "de"] == 2
    assert queries["rank-distance", "de"] == queries[MEDIAN, "de"] == queries[OVER_CHANCE, "de"] == 1


MANY = [
    check(id="plain", setting="crosslingual", right="x-y"),
    check(id="withheld", setting="crosslingual", right="x-y", pairs="withheld"),
    check(id="recall", setting="crosslingual", right="x-y", measure="R@1"),
    check(id="language", setting="crosslingual", right="x-y", languages=("de", "th")),
    check(id="balanced", setting="balanced", right="x-y"),
    check(id="pool", right="x-y"),
    check(id="distance", relation="below", right="x-y", measure="rank-distance"),
    check(id="same", relation="equivalent", margin="0.01", right="x-y"),
    check(id="third", relation="never-third", left=None, right=None, setting=None),
]


def test_what_checks_share_changes_none_of_them() -> None:
    judgements = parallel(LANGUAGES)
    pairs = zip(judgements.query_rows, judgements.passage_rows, strict=True)
    kept = [row for row, (query, passage) in enumerate(pairs) if query not in {0, 7} or query == passage]
    columns = {
        name: tuple(getattr(judgements, name)[row] for row in kept) for name in ("query_rows", "passage_rows", "grades")
    }
    judgements = Judgements(**(dict(judgements) | columns | {"entities_seen": (True, False) * 9}))
    arms = ("hybrid", "x-y", "x-x-mono")
    ranks = {
        place: ranks_of(judgements, place)
        for arm_of, base, seed, fold in product(arms, ("xlm-r", "labse"), range(3), (None, 0, 1, 2))
        for place in [Place(base, arm_of, seed, "xquad-r", fold)]
    }
    shared = Measured({"xquad-r": judgements}, ranks, FOLDS)
    together = [rule(Case(claim(), range(3), shared, {}), wanted, "xquad-r") for wanted in (*MANY, *MANY[::-1])]
    for wanted, found in zip((*MANY, *MANY[::-1]), together, strict=True):
        own = Measured({"xquad-r": judgements}, ranks, FOLDS)
        assert rule(Case(claim(), range(3), own, {}), wanted, "xquad-r") == found
    assert len({(found.estimate, found.queries, found.low) for found in together}) == len(MANY)


def test_what_is_remembered_of_rows_is_bounded_and_changes_nothing() -> None:
    places = [replace(PLACE, seed=seed) for seed in range(ROWS_KEPT + 5)]
    scores = Measured({"xquad-r": JUDGED}, dict.fromkeys(places, RANKS))
    first = [scores.measured(place, "multilingual", "MAP").values.tolist() for place in places]
    again = [scores.measured(place, "multilingual", "MAP").values.tolist() for place in places]
    assert first == again
    assert len(scores._rows) == ROWS_KEPT  # noqa: SLF001
