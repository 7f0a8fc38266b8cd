from __future__ import annotations

import pytest
from pydantic import ValidationError

from harness.records.judgements import Dataset, Judgements
from harness.records.texts import EvaluationTexts, PairTexts, ParallelTexts, TextTable

QUERIES = TextTable(ids=("q1", "q2"), languages=("de", "en"), texts=("wo?", "where?"))
PASSAGES = TextTable(ids=("p1", "p2"), languages=("de", "en"), texts=("da", "there"))
JUDGED: dict[str, object] = {
    "query_ids": ("q1", "q2"),
    "query_languages": ("de", "en"),
    "clusters": ("c", "c"),
    "relations": ("r", "r"),
    "entities_seen": (True, False),
    "passage_ids": ("p1", "p2"),
    "passage_languages": ("de", "en"),
    "query_rows": (0, 0, 1),
    "passage_rows": (0, 1, 1),
    "grades": (1, 2, 1),
}


def test_exact_tables_have_columns_of_one_length_and_unique_ids() -> None:
    assert len(QUERIES) == 2
    with pytest.raises(ValidationError, match="columns of one length, found 2, 1, 2"):
        TextTable(ids=("a", "b"), languages=("de",), texts=("x", "y"))
    with pytest.raises(ValidationError, match="unique ids"):
        TextTable(ids=("a", "a"), languages=("de", "de"), texts=("x", "y"))


def test_exact_pairs_have_each_fact_once_per_language() -> None:
    good = PairTexts(facts=(1, 1), languages=("de", "en"), queries=("a", "b"), passages=("c", "d"))
    assert len(good) == 2
    with pytest.raises(ValidationError, match="at most once per language"):
        PairTexts(facts=(1, 1), languages=("de", "de"), queries=("a", "b"), passages=("c", "d"))
    with pytest.raises(ValidationError, match="columns of one length"):
        PairTexts(facts=(1,), languages=("de", "en"), queries=("a", "b"), passages=("c", "d"))


def test_exact_parallel_rows_have_every_language() -> None:
    assert ParallelTexts(languages=("de", "en"), sentences=(("a", "b"),)).sentences
    with pytest.raises(ValidationError, match="one text per language"):
        ParallelTexts(languages=("de", "en"), sentences=(("a", "b"), ("c",)))


def test_exact_parallel_rows_have_two_texts_at_least() -> None:
    three = ("de", "en", "sw")
    assert ParallelTexts(languages=three, sentences=(("a", "b", ""), ("", "b", "c"))).sentences
    with pytest.raises(ValidationError, match="at least two texts that are not empty"):
        ParallelTexts(languages=three, sentences=(("a", "b", ""), ("", "b", "")))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"clusters": ("c",)}, "query columns of one length"),
        ({"relations": ("r",) * 3}, "query columns of one length"),
        ({"entities_seen": (True,)}, "query columns of one length"),
        ({"query_languages": ("de",)}, "query columns of one length"),
        ({"passage_languages": ("de",)}, "passage columns of one length"),
        ({"grades": (1, 2)}, "judgement columns of one length"),
        ({"passage_rows": (0, 1)}, "judgement columns of one length"),
        ({"query_rows": (0, 1, 0)}, "sorted and each once"),
        ({"passage_rows": (0, 0, 1)}, "sorted and each once"),
        ({"query_rows": (0, 0, 0), "passage_rows": (0, 1, 2)}, "at least one judgement per query"),
        ({"query_rows": (0, 1, 2)}, "none for an unknown query"),
        ({"query_rows": (-1, 0, 1)}, "none for an unknown query"),
        ({"passage_rows": (0, 1, 2)}, "known passages"),
        ({"passage_rows": (-1, 1, 1)}, "known passages"),
        ({"grades": (1, 2, 0)}, "grades of at least 1"),
    ],
    ids=range(15),
)
def test_exact_judgements_are_consistent(change: dict[str, object], said: str) -> None:
    assert Judgements.model_validate(JUDGED).grades == (1, 2, 1)
    with pytest.raises(ValidationError, match=said):
        Judgements.model_validate({**JUDGED, **change})


def test_exact_the_lab_and_the_court_see_the_same_ids() -> None:
    judgements = Judgements.model_validate(JUDGED)
    assert Dataset(texts=EvaluationTexts(queries=QUERIES, passages=PASSAGES), judgements=judgements)
    for texts in ((PASSAGES, PASSAGES), (QUERIES, QUERIES)):
        with pytest.raises(ValidationError, match="the same ids"):
            Dataset(texts=EvaluationTexts(queries=texts[0], passages=texts[1]), judgements=judgements)
