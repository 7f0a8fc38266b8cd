"""Oracles: the rules of the benchmarks that the Atlas stands in for; judgements by definition; scipy."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from harness.data.atlas import ASKED, FULL_LANGUAGES, EvaluationPart, Said, evaluation, judged, pairs
from harness.data.cldr import LANGUAGES
from harness.data.facts import ELEVEN, Fact, facts
from harness.data.pins import PINNED_LANGUAGES
from harness.data.splits import splits
from harness.data.telling import Telling
from harness.records.judgements import Dataset

PARTS: tuple[EvaluationPart, ...] = ("validation", "xquad-r", "mlqa-r", "miracl")
SETS = {part: evaluation("first", part, FULL_LANGUAGES[part], None) for part in PARTS}
SECOND = {part: evaluation("second", part, FULL_LANGUAGES[part], None) for part in ("xquad-r", "miracl")}
BY_KEY = {(fact.relation, fact.entity): fact for draw in ("first", "second") for fact in facts(draw)}
EVERY_SET = pytest.mark.parametrize(
    "dataset", [*SETS.values(), *SECOND.values()], ids=[*SETS, *(f"second {part}" for part in SECOND)]
)


def judged_rows(dataset: Dataset) -> Iterator[tuple[int, int]]:
    judgements = dataset.judgements
    return zip(judgements.query_rows, judgements.passage_rows, strict=True)


def asked_facts(dataset: Dataset) -> list[Fact]:
    table = dataset.judgements
    return [BY_KEY[relation, entity] for relation, entity in zip(table.relations, table.clusters, strict=True)]


@EVERY_SET
def test_exact_judgements_join_question_and_passage_of_one_fact(dataset: Dataset) -> None:
    queries = dict(zip(dataset.texts.queries.ids, dataset.texts.queries.texts, strict=True))
    passages = dict(zip(dataset.texts.passages.ids, dataset.texts.passages.texts, strict=True))
    table, asked = dataset.judgements, asked_facts(dataset)
    for query, passage in judged_rows(dataset):
        fact = asked[query]
        told = passages[table.passage_ids[passage]]
        assert fact.entity_name(table.query_languages[query]) in queries[table.query_ids[query]]
        assert fact.entity_name(table.passage_languages[passage]) in told
        assert fact.answer_name(table.passage_languages[passage]) in told


@pytest.mark.parametrize("part", ["validation", "xquad-r"])
def test_rule_fully_parallel(part: str) -> None:
    dataset = SETS[part]
    assert set(Counter(dataset.judgements.query_languages).values()) == {len(splits("first").parts[part])}
    answers: dict[int, list[str]] = {}
    for query, passage in judged_rows(dataset):
        answers.setdefault(query, []).append(dataset.judgements.passage_languages[passage])
    assert all(sorted(languages) == list(ELEVEN) for languages in answers.values())


def test_rule_partly_parallel_in_two_to_four_languages() -> None:
    table = SETS["mlqa-r"].judgements
    asked: dict[tuple[str, str], set[str]] = {}
    for cluster, relation, language in zip(table.clusters, table.relations, table.query_languages, strict=True):
        asked.setdefault((cluster, relation), set()).add(language)
    assert set(map(len, asked.values())) == {2, 3, 4}
    answered: dict[int, set[str]] = {}
    for query, passage in judged_rows(SETS["mlqa-r"]):
        answered.setdefault(query, set()).add(table.passage_languages[passage])
    for query, languages in answered.items():
        assert languages == asked[table.clusters[query], table.relations[query]]


@pytest.mark.parametrize("part", ["mlqa-r", "miracl"])
def test_rule_the_pool_is_larger_than_its_questions(part: str) -> None:
    table = SETS[part].judgements
    asked, told = Counter(table.query_languages), Counter(table.passage_languages)
    assert set(asked) == set(FULL_LANGUAGES[part])
    assert all(told[language] > 2 * asked[language] for language in asked)


@pytest.mark.parametrize("dataset", [SETS["miracl"], SECOND["miracl"]], ids=["first", "second"])
def test_rule_monolingual_sets_of_fifteen_languages(dataset: Dataset) -> None:
    table = dataset.judgements
    assert len(FULL_LANGUAGES["miracl"]) == 15
    assert Counter(table.query_languages) == dict.fromkeys(FULL_LANGUAGES["miracl"], ASKED)
    for query, passage in judged_rows(dataset):
        assert table.query_languages[query] == table.passage_languages[passage]


def test_rule_pool_of_monolingual_sets() -> None:
    told = Counter(SETS["miracl"].judgements.passage_languages)
    assert all(500 <= number <= 700 for number in told.values())


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
    firsts = dict(reversed(list(judged_rows(dataset))))
    lab_queries = [rows[0][dataset.judgements.query_ids[query]] for query in firsts]
    lab_passages = [rows[1][dataset.judgements.passage_ids[passage]] for passage in firsts.values()]
    assert abs(spearmanr(lab_queries, lab_passages).statistic) < 4 / len(firsts) ** 0.5


@EVERY_SET
def test_rule_ids_are_opaque(dataset: Dataset) -> None:
    assert all(name[0] == "q" and len(name) == 13 for name in dataset.texts.queries.ids)
    assert all(name[0] == "p" and len(name) == 13 for name in dataset.texts.passages.ids)
    assert list(dataset.texts.passages.ids) == sorted(dataset.texts.passages.ids)


def test_rule_no_trained_text_is_tested() -> None:
    train = pairs("first", ELEVEN, None)
    seen = set(train.queries) | set(train.passages)
    for dataset in SETS.values():
        assert seen.isdisjoint(dataset.texts.queries.texts)
        assert seen.isdisjoint(dataset.texts.passages.texts)


@EVERY_SET
def test_exact_an_entity_is_seen_where_training_names_it(dataset: Dataset) -> None:
    draw = "first" if dataset in SETS.values() else "second"
    trained = splits(draw).parts["train"]
    entities, answers = {fact.entity for fact in trained}, {fact.answer for fact in trained}
    for fact, seen in zip(asked_facts(dataset), dataset.judgements.entities_seen, strict=True):
        assert seen == (fact.entity in entities or fact.entity in answers)
    assert set(asked_facts(dataset)).isdisjoint(trained)


def test_exact_training_pairs_are_every_fact_in_every_language_that_tells_it() -> None:
    train = pairs("first", LANGUAGES, None)
    told = splits("first").parts["train"]
    assert Counter(train.facts) == {number: len(fact.languages) for number, fact in enumerate(told)}
    nine = pairs("first", PINNED_LANGUAGES["pairs"], None)
    assert len(nine) == 9 * len(told)


def test_rule_wording_does_not_tell_the_pair() -> None:
    """Wordings of a fact's question and passage are independent: each combination occurs alike."""
    told = [Telling("en", 0, fact) for fact in facts("first") if fact.relation == "script"]
    seen = Counter(
        (
            telling.question().replace(telling.fact.entity_name("en"), "{}"),
            telling.passage()
            .replace(telling.fact.entity_name("en"), "{}", 1)
            .replace(telling.fact.answer_name("en"), "{}", 1),
        )
        for telling in told
    )
    assert len(seen) == 4
    assert min(seen.values()) > len(told) / 4 * 0.7


@given(
    st.sampled_from(PARTS),
    st.integers(1, 5),
    st.sets(st.sampled_from(["ar", "es", "hi", "zh"]), min_size=1, max_size=4),
)
@settings(derandomize=True, deadline=None, max_examples=25)
def test_law_a_small_binding_is_a_whole_set(part: EvaluationPart, limit: int, languages: set[str]) -> None:
    dataset = evaluation("first", part, sorted(languages), limit)
    table = dataset.judgements
    assert set(table.passage_languages) == languages
    asked = Counter(zip(table.clusters, table.relations, strict=True))
    assert len(asked) == limit
    fewest = min(2, len(languages)) if part == "mlqa-r" else len(languages)
    assert all(fewest <= times <= len(languages) for times in asked.values())
    assert evaluation("first", part, sorted(languages), limit) == dataset


FEW = [Fact("script", f"language/{code}", "script/Latn") for code in ("aa", "ab", "af")]
SAID = st.lists(
    st.builds(Said, st.sampled_from(["", "en"]), st.sampled_from(FEW), st.sampled_from(["x", "y", "z"])), max_size=7
)


@given(SAID, SAID)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_exact_texts_that_read_alike_are_judged_alike(queries: list[Said], passages: list[Said]) -> None:
    """By definition: some question of the same text and passage of the same text tell one fact."""

    def relevant(query: Said, passage: Said) -> bool:
        return any(
            asked.fact == told.fact
            for asked in queries
            for told in passages
            if (asked.within, asked.text) == (query.within, query.text)
            and (told.within, told.text) == (passage.within, passage.text)
            and asked.within == told.within
        )

    expected = [
        (row, column)
        for row, query in enumerate(queries)
        for column, passage in enumerate(passages)
        if relevant(query, passage)
    ]
    assert judged(queries, passages) == expected
