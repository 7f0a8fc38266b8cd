"""Small evaluation sets made by hand: texts with judgements, one fact per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.records.judgements import Dataset, Judgements
from harness.records.texts import EvaluationTexts, TextTable


def parallel_set(facts: Sequence[Mapping[str, tuple[str, str]]]) -> Dataset:
    """Return a set in which each fact is asked and answered in its languages; every version answers every question.

    A fact maps a language to its question and its passage. The lab's order is the court's reversed.
    """
    rows = [(language, fact) for fact in range(len(facts)) for language in sorted(facts[fact])]
    rows.sort()
    query_ids = tuple(f"q{at}" for at in range(len(rows)))
    passage_ids = tuple(f"p{at}" for at in range(len(rows)))
    languages = tuple(language for language, _ in rows)
    pairs = [(left, right) for left, a in enumerate(rows) for right, b in enumerate(rows) if a[1] == b[1]]
    judgements = Judgements(
        query_ids=query_ids,
        query_languages=languages,
        clusters=tuple(f"entity {fact}" for _, fact in rows),
        relations=("relation",) * len(rows),
        entities_seen=(True,) * len(rows),
        passage_ids=passage_ids,
        passage_languages=languages,
        query_rows=tuple(left for left, _ in pairs),
        passage_rows=tuple(right for _, right in pairs),
        grades=(1,) * len(pairs),
    )
    tables = (
        TextTable(
            ids=ids[::-1],
            languages=languages[::-1],
            texts=tuple(facts[fact][language][side] for language, fact in rows)[::-1],
        )
        for side, ids in enumerate((query_ids, passage_ids))
    )
    queries, passages = tables
    return Dataset(texts=EvaluationTexts(queries=queries, passages=passages), judgements=judgements)


def numbered_set(facts: int, languages: Sequence[str]) -> Dataset:
    """Return a set of so many facts whose texts tell numbers."""
    return parallel_set(
        [{name: (f"{name} asks {fact}", f"{name} says {fact}") for name in languages} for fact in range(facts)]
    )
