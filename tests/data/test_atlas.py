"""Oracles: the rules of the two benchmarks that the Atlas stands in for; rank correlation by scipy."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from harness.data import atlas
from harness.data.atlas import FULL_LANGUAGES, evaluation, pairs
from harness.data.cldr import LANGUAGES
from harness.data.facts import facts
from harness.data.splits import splits
from harness.records.judgements import Dataset

SETS = {part: evaluation(part, FULL_LANGUAGES[part], None) for part in ("validation", "xquad-r", "mlqa-r")}
BY_KEY = {(fact.relation, fact.entity): fact for fact in facts()}
EVERY_SET = pytest.mark.parametrize("dataset", SETS.values(), ids=list(SETS))


def judged(dataset: Dataset) -> Iterator[tuple[int, int]]:
    judgements = dataset.judgements
    return zip(judgements.query_rows, judgements.passage_rows, strict=True)


@EVERY_SET
def test_exact_judgements_join_question_and_passage_of_one_fact(dataset: Dataset) -> None:
    queries = dict(zip(dataset.texts.queries.ids, dataset.texts.queries.texts, strict=True))
    passages = dict(zip(dataset.texts.passages.ids, dataset.texts.passages.texts, strict=True))
    table = dataset.judgements
    for query, passage in judged(dataset):
        fact = BY_KEY[table.relations[query], table.clusters[query]]
        asked, told = queries[table.query_ids[query]], passages[table.passage_ids[passage]]
        assert fact.entity_name(table.query_languages[query]) in asked
        assert fact.entity_name(table.passage_languages[passage]) in told
        assert fact.answer_name(table.passage_languages[passage]) in told


@pytest.mark.parametrize("part", ["validation", "xquad-r"])
def test_rule_fully_parallel(part: str) -> None:
    dataset = SETS[part]
    assert set(Counter(dataset.judgements.query_languages).values()) == {len(splits()[part])}
    answers: dict[int, list[str]] = {}
    for query, passage in judged(dataset):
        answers.setdefault(query, []).append(dataset.judgements.passage_languages[passage])
    assert all(sorted(languages) == list(LANGUAGES) for languages in answers.values())


def test_rule_partly_parallel_in_two_to_four_languages() -> None:
    table = SETS["mlqa-r"].judgements
    asked: dict[tuple[str, str], set[str]] = {}
    for cluster, relation, language in zip(table.clusters, table.relations, table.query_languages, strict=True):
        asked.setdefault((cluster, relation), set()).add(language)
    assert set(map(len, asked.values())) == {2, 3, 4}
    answered: dict[int, set[str]] = {}
    for query, passage in judged(SETS["mlqa-r"]):
        answered.setdefault(query, set()).add(table.passage_languages[passage])
    for query, languages in answered.items():
        assert languages == asked[table.clusters[query], table.relations[query]]


def test_rule_the_partly_parallel_pool_is_larger_than_its_questions() -> None:
    table = SETS["mlqa-r"].judgements
    asked, told = Counter(table.query_languages), Counter(table.passage_languages)
    assert set(asked) == set(FULL_LANGUAGES["mlqa-r"])
    assert all(told[language] > 2 * asked[language] for language in asked)


@EVERY_SET
def test_rule_no_two_texts_of_a_language_are_equal(dataset: Dataset) -> None:
    for table in (dataset.texts.passages, dataset.texts.queries):
        assert len(set(zip(table.languages, table.texts, strict=True))) == len(table)


@EVERY_SET
def test_rule_the_court_reads_language_by_language(dataset: Dataset) -> None:
    for languages in (dataset.judgements.query_languages, dataset.judgements.passage_languages):
        assert list(languages) == sorted(languages)


@EVERY_SET
def test_rule_the_labs_order_tells_nothing(dataset: Dataset) -> None:
    views = (
        (dataset.texts.queries, dataset.judgements.query_ids),
        (dataset.texts.passages, dataset.judgements.passage_ids),
    )
    for table, court in views:
        lab = {name: row for row, name in enumerate(table.ids)}
        order = [lab[name] for name in court]
        assert abs(spearmanr(order, range(len(order))).statistic) < 4 / len(order) ** 0.5
        neighbours = sum(abs(a - b) == 1 for a, b in pairwise(order))
        assert neighbours < 15  # expected 2 of a random order
    rows = [dict(zip(table.ids, range(len(table)), strict=True)) for table, _ in views]
    firsts = dict(reversed(list(judged(dataset))))
    lab_queries = [rows[0][dataset.judgements.query_ids[query]] for query in firsts]
    lab_passages = [rows[1][dataset.judgements.passage_ids[passage]] for passage in firsts.values()]
    assert abs(spearmanr(lab_queries, lab_passages).statistic) < 4 / len(firsts) ** 0.5


@EVERY_SET
def test_rule_ids_are_opaque(dataset: Dataset) -> None:
    assert all(name[0] == "q" and len(name) == 13 for name in dataset.texts.queries.ids)
    assert all(name[0] == "p" and len(name) == 13 for name in dataset.texts.passages.ids)
    assert list(dataset.texts.passages.ids) == sorted(dataset.texts.passages.ids)


def test_rule_no_tested_text_is_trained_on() -> None:
    train = pairs(LANGUAGES, None)
    seen = set(train.queries) | set(train.passages)
    for dataset in SETS.values():
        assert seen.isdisjoint(dataset.texts.queries.texts)
        assert seen.isdisjoint(dataset.texts.passages.texts)


def test_exact_training_pairs_are_every_fact_in_every_language() -> None:
    train = pairs(LANGUAGES, None)
    assert len(train) == len(splits()["train"]) * len(LANGUAGES)
    assert set(Counter(train.facts).values()) == {len(LANGUAGES)}


def test_rule_wording_does_not_tell_the_pair() -> None:
    """Wordings of a fact's question and passage are independent: each combination occurs alike."""
    told = [
        atlas.Telling("en", 0, split, fact)
        for split, part in splits().items()
        for fact in part
        if fact.relation == "script"
    ]
    seen = Counter(
        (telling.question().startswith(telling.fact.entity_name("en")), telling.passage().startswith("The usual"))
        for telling in told
    )
    assert len(seen) == 4
    assert min(seen.values()) > len(told) / 4 * 0.7


@given(
    st.sampled_from(["validation", "xquad-r", "mlqa-r"]),
    st.integers(1, 5),
    st.sets(st.sampled_from(FULL_LANGUAGES["mlqa-r"]), min_size=1, max_size=4),
)
@settings(derandomize=True, deadline=None, max_examples=25)
def test_law_a_small_binding_is_a_whole_set(part: atlas.EvaluationPart, limit: int, languages: set[str]) -> None:
    dataset = evaluation(part, sorted(languages), limit)
    table = dataset.judgements
    assert set(table.passage_languages) == languages
    asked = Counter(zip(table.clusters, table.relations, strict=True))
    assert len(asked) == limit
    fewest = min(2, len(languages)) if part == "mlqa-r" else len(languages)
    assert all(fewest <= times <= len(languages) for times in asked.values())
    assert evaluation(part, sorted(languages), limit) == dataset
