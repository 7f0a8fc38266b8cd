"""Changed ranks: oracles are plain sorting, and what a random order comes to on the mean."""

from __future__ import annotations

import numpy as np
import pytest
from attacked_builders import unit_rows
from hypothesis import given
from hypothesis import strategies as st

from harness.attack import changed
from harness.attack.changed import Changed, permuted, permuted_scores, random_scores, some_questions, sunk, sunk_scores
from harness.court.admit import admit_arrays
from harness.court.rank import Ranks, rank_judged
from harness.court.scores import UNTRAINED, Measured, Place
from harness.records.judgements import Judgements
from harness.records.vectors import AdmittedVectors

LANGUAGES = ("de", "en", "es")


def parallel(facts: int) -> Judgements:
    """Each fact asked and answered in each language."""
    places = [(fact, language) for fact in range(facts) for language in LANGUAGES]
    pairs = [(row, other) for row, (fact, _) in enumerate(places) for other, (of, _) in enumerate(places) if of == fact]
    return Judgements(
        query_ids=tuple(f"q{row}" for row in range(len(places))),
        query_languages=tuple(language for _, language in places),
        clusters=tuple(f"c{fact}" for fact, _ in places),
        relations=("r",) * len(places),
        entities_seen=(False,) * len(places),
        passage_ids=tuple(f"p{row}" for row in range(len(places))),
        passage_languages=tuple(language for _, language in places),
        query_rows=tuple(row for row, _ in pairs),
        passage_rows=tuple(row for _, row in pairs),
        grades=(1,) * len(pairs),
    )


def vectors(judgements: Judgements, name: str = "v") -> AdmittedVectors:
    return admit_arrays(
        unit_rows(f"{name} q", len(judgements.query_ids)), unit_rows(f"{name} p", len(judgements.passage_ids))
    )


def measured(judgements: Judgements) -> tuple[Measured, Place, AdmittedVectors]:
    place, own = Place("xlm-r", "hybrid", 0, "xquad-r"), vectors(judgements)
    return Measured({"xquad-r": judgements}, {place: rank_judged(own, judgements)}), place, own


@given(st.integers(1, 12))
def test_exact_sunk_passages_keep_their_order_and_fill_the_end_of_their_pools(facts: int) -> None:
    judgements = parallel(facts)
    true = rank_judged(vectors(judgements), judgements)
    moved = sunk(true, judgements)
    for query in range(len(judgements.query_ids)):
        own = [at for at, row in enumerate(judgements.query_rows) if row == query]
        last = list(range(3 * facts - len(own) + 1, 3 * facts + 1))
        assert sorted(moved.overall[own].tolist()) == last
        assert np.argsort(moved.overall[own]).tolist() == np.argsort(true.overall[own]).tolist()
        assert set(moved.within[own].tolist()) == {facts}


def test_itself_sunk_scores_have_the_places_of_the_true_ones_and_less_rank_distance() -> None:
    true, place, _ = measured(parallel(9))
    worse = sunk_scores(true)
    assert worse.measured(place, "multilingual", "rank-distance").values.tolist() == [2.0] * 27
    assert (
        worse.measured(place, "multilingual", "MAP").values.max()
        < true.measured(place, "multilingual", "MAP").values.mean()
    )


def test_other_implementation_permuted_ranks_are_counted_one_by_one() -> None:
    judgements = parallel(7)
    own = vectors(judgements)
    scores = own.queries @ own.passages.T
    languages = np.array(judgements.passage_languages)
    pools = [np.flatnonzero(languages == name) for name in np.unique(languages)]
    anywhere, inside = changed.permutations(pools, "xquad-r", 3)
    for draw, (within, overall) in enumerate(zip(*permuted(own, judgements, judgements, "xquad-r", 3), strict=True)):
        for at, (query, passage) in enumerate(zip(judgements.query_rows, judgements.passage_rows, strict=True)):
            other, same = anywhere[draw, passage], inside[draw, passage]
            assert languages[same] == languages[passage]
            pool = languages == languages[passage]
            assert overall[at] == 1 + np.count_nonzero(scores[query] > scores[query, other])
            assert within[at] == 1 + np.count_nonzero(scores[query, pool] > scores[query, same])


def test_theory_under_permuted_judgements_every_encoder_is_at_chance() -> None:
    judgements = parallel(20)
    true, place, own = measured(judgements)
    oracle = AdmittedVectors(own.passages, own.passages, "oracle")  # each query beside its own answer
    world = permuted_scores(true, lambda at, part: permuted(oracle, judgements, part, at.dataset, 20))
    drawn = [
        world.measured(Place(f"xlm-r+{draw}", "hybrid", 0, "xquad-r"), "monolingual", "MAP").values.mean()
        for draw in range(20)
    ]
    chance = sum(1 / rank for rank in range(1, 21)) / 20
    assert np.mean(drawn) == pytest.approx(chance, abs=0.02)
    assert true.measured(place, "monolingual", "MAP").query_rows.tolist() == list(range(60))


def test_itself_random_scores_know_numbers_and_no_arm() -> None:
    true, place, own = measured(parallel(5))
    asked: list[tuple[str, int]] = []

    def ranks(dataset: str, number: int) -> Ranks:
        asked.append((dataset, number))
        return rank_judged(own, true.judgements(dataset))

    world = random_scores(true, ranks)
    arm, base = changed.random_side()
    for _ in range(2):
        assert len(world.measured(Place(base, arm, 3, "xquad-r"), "monolingual", "MAP").values) == 15
    assert asked == [("xquad-r", 3)]
    assert place not in world.ranks
    assert arm == UNTRAINED


def test_exact_a_part_of_the_questions_is_whole_clusters_and_their_judgements() -> None:
    whole = parallel(1000)
    part = some_questions(whole)
    assert len(set(part.clusters)) >= changed.CLUSTERS
    assert len(part.query_ids) < len(whole.query_ids) / 4
    assert all(part.clusters.count(name) == len(LANGUAGES) for name in set(part.clusters))
    answers = {(whole.query_ids[q], p) for q, p in zip(whole.query_rows, whole.passage_rows, strict=True)}
    kept = {(part.query_ids[q], p) for q, p in zip(part.query_rows, part.passage_rows, strict=True)}
    assert kept == {(name, passage) for name, passage in answers if name in set(part.query_ids)}
    assert part.passage_ids == whole.passage_ids


def test_itself_few_questions_are_all_kept() -> None:
    assert some_questions(parallel(10)) == parallel(10)


def test_degenerate_a_place_that_nobody_knows() -> None:
    none = Changed(lambda place: pytest.fail(str(place)), lambda _: False)
    assert Place("a", "b", 0, "c") not in none
    assert (len(none), list(none)) == (0, [])
    with pytest.raises(KeyError):
        none[Place("a", "b", 0, "c")]
