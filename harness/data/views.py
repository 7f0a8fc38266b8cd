"""One evaluation set as two views: the court's, in its order, and the lab's, in one that tells nothing.

An id is a hash of the set's content and the row, so ids name nothing; the lab's order is that of
the ids, so it has nothing to do with the court's.

    content = sha256 of languages and texts of both sides, and of `besides` where that is given
    id      = q or p, then the first 12 digits of sha256 of [content, q or p, row]

`besides` is for sets whose judgements can change while their texts stay: other ids are other texts
to everything that is kept by digest, so nothing made of the old set serves the new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.codec import digest
from harness.records.judgements import Dataset, Judgements
from harness.records.texts import EvaluationTexts, TextTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ID_HEX_DIGITS = 12


class Query(NamedTuple):
    """A query in the court's order, with what inference needs to know of it."""

    language: str
    text: str
    cluster: str
    relation: str
    entity_seen: bool = False


class Passage(NamedTuple):
    """A passage in the court's order."""

    language: str
    text: str


def two_views(
    queries: Sequence[Query],
    passages: Sequence[Passage],
    judged: Iterable[tuple[int, int, int]],
    besides: object = None,
) -> Dataset:
    """Return the set; `judged` yields (query row, passage row, grade of at least 1), each pair once, in any order."""
    pairs = sorted(judged)
    query_languages, query_texts = [query.language for query in queries], [query.text for query in queries]
    passage_languages, passage_texts = ([passage[at] for passage in passages] for at in (0, 1))
    content = digest([query_languages, query_texts, passage_languages, passage_texts])
    if besides is not None:
        content = digest([content, besides])
    query_ids, passage_ids = _ids(content, "q", len(queries)), _ids(content, "p", len(passages))
    return Dataset(
        texts=EvaluationTexts(
            queries=_shuffled(query_ids, query_languages, query_texts),
            passages=_shuffled(passage_ids, passage_languages, passage_texts),
        ),
        judgements=Judgements(
            query_ids=query_ids,
            query_languages=tuple(query_languages),
            clusters=tuple(query.cluster for query in queries),
            relations=tuple(query.relation for query in queries),
            entities_seen=tuple(query.entity_seen for query in queries),
            passage_ids=passage_ids,
            passage_languages=tuple(passage_languages),
            query_rows=tuple(query for query, _, _ in pairs),
            passage_rows=tuple(passage for _, passage, _ in pairs),
            grades=tuple(grade for _, _, grade in pairs),
        ),
    )


def _ids(content: str, prefix: str, number: int) -> tuple[str, ...]:
    return tuple(prefix + digest([content, prefix, row])[:ID_HEX_DIGITS] for row in range(number))


def _shuffled(ids: Iterable[str], languages: Iterable[str], texts: Iterable[str]) -> TextTable:
    rows = sorted(zip(ids, languages, texts, strict=True))
    return TextTable(
        ids=tuple(row[0] for row in rows),
        languages=tuple(row[1] for row in rows),
        texts=tuple(row[2] for row in rows),
    )
