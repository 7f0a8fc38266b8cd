"""The look at what is trained on and what is tested: by hand."""

from __future__ import annotations

from pathlib import Path

from harness.data.taught import Leak, Lessons
from harness.records.texts import EvaluationTexts, PairTexts, TextTable
from harness.store import Store
from harness.verify.leaks import no_leak

TRAINED = PairTexts(
    facts=(0, 0, 1),
    languages=("de", "en", "en"),
    queries=("Wer schrieb das Lied der Steine?", "Who wrote the Song of Stones?", "Who else?"),
    passages=("Anna.", "Ann.", "Bob."),
)
LEARNT = Lessons({}, ("q1", "q2"), frozenset(), {"de": Leak(0, 0, 3), "en": Leak(2, 1, 5)}, 3)


def texts_of(*texts: str) -> EvaluationTexts:
    table = TextTable(ids=tuple(f"t{row}" for row in range(len(texts))), languages=("en",) * len(texts), texts=texts)
    return EvaluationTexts(queries=table, passages=table)


def test_exact_what_is_left_fails_and_what_was_dropped_is_told(tmp_path: Path) -> None:
    found = no_leak(
        Store(tmp_path), ("xquad-r", texts_of("who wrote the song of stones", "bob", "Anna")), TRAINED, LEARNT
    )
    assert (found.name, found.on, found.passed) == ("no-leak", "xquad-r", False)
    assert found.detail == (
        "3 of 5 questions dropped with their translations (questions + answers that leak: en 2 + 1 of 5); "
        "2 of 6 texts trained on leak into what is tested"
    )


def test_exact_another_language_or_wording_is_no_leak(tmp_path: Path) -> None:
    found = no_leak(
        Store(tmp_path), ("xquad-r", texts_of("Wer schrieb das Lied der Steine?", "Who was it?")), TRAINED, LEARNT
    )
    assert found.passed
    again = no_leak(
        Store(tmp_path), ("xquad-r", texts_of("Wer schrieb das Lied der Steine?", "Who was it?")), TRAINED, LEARNT
    )
    assert again == found
