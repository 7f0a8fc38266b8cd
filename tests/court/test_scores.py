"""Scores: oracles are a case small enough to count by hand and the measures themselves."""

from __future__ import annotations

import numpy as np
import pytest
from court_builders import check

from harness.court.measure import cell_means, measure, relevant_rows
from harness.court.rank import Ranks
from harness.court.scores import MEASURES, Measured, Place
from harness.errors import ScriptError
from harness.records.claim import Setting, Side
from harness.records.judgements import Judgements
from harness.records.plan import EncodeRequest, RetrieveRequest, TrainRequest, arm

JUDGED = Judgements(
    query_ids=("q0", "q1", "q2"),
    query_languages=("de", "de", "en"),
    clusters=("k0", "k1", "k0"),
    relations=("r", "r", "r"),
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
    },
}


@pytest.mark.parametrize("setting", list(MEASURES))
def test_table_rows_are_the_means_counted_by_hand(setting: Setting) -> None:
    rows = list(measured().table(retrieval(setting)))
    found: dict[str, dict[tuple[str, str], tuple[float, int]]] = {name: {} for name in MEASURES[setting]}
    for row in rows:
        found[row.measure][row.query_language, row.passage_language] = (row.value, row.queries)
    assert set(found) == set(BY_HAND[setting])
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
    for label, ranks in (("hybrid", RANKS), ("x-y", other), ("hybrid", RANKS)):
        found = scores.rows(Side(sampling=label, base="xlm-r"), 0, wanted, "xquad-r")
        expected = measure(relevant_rows(JUDGED, ranks, "multilingual"), "rank-distance")
        np.testing.assert_array_equal(found.values, expected.values)
        np.testing.assert_array_equal(found.query_rows, expected.query_rows)


def test_tables_of_two_places_do_not_mix() -> None:
    other = Place("xlm-r", "x-y", 0, "xquad-r")
    swapped = Ranks(within=RANKS.within[::-1].copy(), overall=RANKS.overall[::-1].copy())
    scores = Measured({"xquad-r": JUDGED}, {PLACE: RANKS, other: swapped})
    for label, ranks in (("hybrid", RANKS), ("x-y", swapped)):
        for setting in MEASURES:
            found = [(row.measure, row.value) for row in scores.table(retrieval(setting, label))]
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


@pytest.mark.parametrize("changes", [{"setting": None}, {"measure": None}])
def test_a_check_without_measure_or_setting_is_refused(changes: dict[str, None]) -> None:
    with pytest.raises(ValueError, match="expected a base, a setting and a measure for higher"):
        measured().rows(Side(sampling="hybrid", base="xlm-r"), 0, check(**changes), "xquad-r")
    with pytest.raises(ValueError, match="expected a base"):
        measured().rows(Side(sampling="hybrid"), 0, check(), "xquad-r")
