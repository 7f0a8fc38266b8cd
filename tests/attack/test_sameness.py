"""Sameness: small tables of texts, and checks whose measures agree or do not."""

from __future__ import annotations

from typing import Any

import pytest
from attacked_builders import stand
from court_builders import check

from harness.attack.sameness import odd_texts, one_measure, preferred
from harness.attack.subject import Stand
from harness.records.texts import EvaluationTexts, TextTable


def compared(world: object, **other: Any) -> list[Stand]:
    """Two checks on planted scores, of which the second's are those of `world`."""
    return [stand(check()), stand(check(**{"id": "second", "measure": "MRR", **other}), world=world)]


@pytest.mark.parametrize(
    ("world", "other", "expected"),
    [
        (0, {}, True),
        (1, {}, False),
        (0, {"measure": "MAP"}, False),
        (0, {"left": "x-y"}, False),
    ],
    ids=["the same values", "other values", "one measure twice", "other sides"],
)
def test_exact_two_names_of_one_measure_are_told(world: object, other: dict[str, Any], *, expected: bool) -> None:
    found = one_measure(compared(world, **other))
    assert found.succeeded is expected
    assert ("are one measure" in found.detail) is expected


def table(*texts: tuple[str, str]) -> TextTable:
    languages, words = zip(*texts, strict=True)
    return TextTable(ids=tuple(f"id{number}" for number in range(len(texts))), languages=languages, texts=words)


ANSWERS = table(("de", "Rot."), ("en", "Red."), ("de", "Gruen."), ("en", "Green."))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ([("de", "Wie?"), ("en", "How?"), ("de", "Wer?"), ("en", "Who?")], ""),
        ([("de", "NATO"), ("en", "NATO"), ("de", "Wer?"), ("en", "Who?")], ""),
        ([("de", "NATO"), ("en", "NATO"), ("de", "Wer?")], "2 of 3 questions of d stand word for word under several"),
        ([("en", "Same?"), ("en", "Same?"), ("de", "Wer?")], ""),
        ([("de", "Rot."), ("en", "Red."), ("de", "Wer?")], "2 of 3 questions of d are passages"),
    ],
    ids=["translated", "half alike", "most alike", "alike in one language", "passages"],
)
def test_exact_texts_that_are_not_what_they_are_called_are_told(asked: list[tuple[str, str]], expected: str) -> None:
    found = odd_texts("d", EvaluationTexts(queries=table(*asked), passages=ANSWERS))
    assert found.startswith(expected)
    assert bool(found) is bool(expected)


def said(language: str, count: int, words: str) -> list[tuple[str, str]]:
    return [(language, f"{words} {number}") for number in range(count)]


ENGLISH, GERMAN = "which of the letters are there in this one", "welche der Buchstaben gibt es denn in diesem"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (said("en", 30, ENGLISH) + said("de", 30, GERMAN), ""),
        (said("de", 30, ENGLISH) + said("en", 30, GERMAN), "questions of d in de read like passages in en"),
        (said("en", 30, ENGLISH) + said("de", 30, ENGLISH.upper()), "questions of d in de read like passages in en"),
        (said("en", 30, ENGLISH) + said("fr", 30, GERMAN), ""),  # no passage is in it: nothing to hold them to
        (said("de", 3, ENGLISH) + said("en", 3, GERMAN), ""),  # too few letters to tell
    ],
    ids=["their own", "exchanged", "one under both", "without passages", "too few"],
)
def test_theory_questions_read_like_passages_of_their_own_language(asked: list[tuple[str, str]], expected: str) -> None:
    passages = table(*said("en", 40, f"{ENGLISH} I think"), *said("de", 40, f"{GERMAN} ist klar"))
    assert odd_texts("d", EvaluationTexts(queries=table(*asked), passages=passages)) == expected


@pytest.mark.parametrize(("shared", "told"), [(0, False), (1, False), (4, True)])
def test_exact_passages_that_stand_in_the_pools_of_several_languages_are_told(shared: int, *, told: bool) -> None:
    own = [("de", f"Satz {number}") for number in range(30)] + [("en", f"sentence {number}") for number in range(30)]
    both = [(language, f"shared {number}") for number in range(shared) for language in ("de", "en")]
    found = odd_texts("d", EvaluationTexts(queries=table(("de", "Wie?"), ("en", "How?")), passages=table(*own, *both)))
    assert found == (
        f"{2 * shared} of {60 + 2 * shared} passages of d stand in the pools of several languages" if told else ""
    )


@pytest.mark.parametrize(
    ("changes", "own", "told"),
    [
        ({"measure": "nDCG@10"}, 10, True),
        ({"measure": "nDCG@10"}, 1, False),
        ({"measure": "nDCG@10", "setting": "monolingual"}, 10, False),
        ({"measure": "MAP"}, 10, False),  # every grade is one answer
    ],
)
def test_exact_grades_that_go_by_language_are_told(changes: dict[str, Any], own: int, *, told: bool) -> None:
    one = stand(check(**changes))
    scores: Any = one.case.scores
    judged = scores.judgements("xquad-r")
    same = [judged.query_languages[query] for query in judged.query_rows]
    answered = [judged.passage_languages[passage] for passage in judged.passage_rows]
    grades = tuple(own if left == right else 1 for left, right in zip(same, answered, strict=True))
    assert {left == right for left, right in zip(same, answered, strict=True)} == {True, False}
    scores.of = {"xquad-r": judged.model_copy(update={"grades": grades})}
    assert preferred([one]).succeeded is told
