"""Sameness: small tables of texts, and checks whose measures agree or do not."""

from __future__ import annotations

from typing import Any

import pytest
from attacked_builders import stand
from court_builders import check

from harness.attack.sameness import odd_texts, one_measure
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
