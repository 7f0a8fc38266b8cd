"""What the court alone knows of a dataset: which passages answer which query.

Queries and passages are counted in the court's original order (row numbers). The lab sees the
same texts under the ids given here, shuffled.
"""

from __future__ import annotations

from pydantic import model_validator

from harness.records.record import Language, Record
from harness.records.texts import EvaluationTexts


class Judgements(Record):
    """Relevance of passages to queries, with what inference needs to know of each query.

    Columns over queries: `query_ids`, `query_languages`, `clusters` (queries that share one are
    not independent), `relations` (strata within a language), `entities_seen` (whether training
    names the entity asked about, in other facts). Columns over passages: `passage_ids`,
    `passage_languages`. Judged pairs as columns: `query_rows`, `passage_rows`, `grades` (integers
    >= 1), sorted by (query row, passage row), each pair once.
    """

    query_ids: tuple[str, ...]
    query_languages: tuple[Language, ...]
    clusters: tuple[str, ...]
    relations: tuple[str, ...]
    entities_seen: tuple[bool, ...]
    passage_ids: tuple[str, ...]
    passage_languages: tuple[Language, ...]
    query_rows: tuple[int, ...]
    passage_rows: tuple[int, ...]
    grades: tuple[int, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Judgements:
        queries, passages = len(self.query_ids), len(self.passage_ids)
        columns = (self.query_languages, self.clusters, self.relations, self.entities_seen)
        if any(len(column) != queries for column in columns):
            msg = "expected query columns of one length"
            raise ValueError(msg)
        if passages != len(self.passage_languages):
            msg = "expected passage columns of one length"
            raise ValueError(msg)
        if not len(self.query_rows) == len(self.passage_rows) == len(self.grades):
            msg = "expected judgement columns of one length"
            raise ValueError(msg)
        pairs = list(zip(self.query_rows, self.passage_rows, strict=True))
        if pairs != sorted(set(pairs)):
            msg = "expected judged pairs sorted and each once"
            raise ValueError(msg)
        if set(self.query_rows) != set(range(queries)):
            msg = "expected at least one judgement per query, and none for an unknown query"
            raise ValueError(msg)
        if not all(0 <= row < passages for row in self.passage_rows):
            msg = "expected judgements of known passages"
            raise ValueError(msg)
        if any(grade < 1 for grade in self.grades):
            msg = "expected grades of at least 1; leave a passage of grade 0 out"
            raise ValueError(msg)
        return self


class Dataset(Record):
    """One evaluation set: the lab's view and the court's."""

    texts: EvaluationTexts
    judgements: Judgements

    @model_validator(mode="after")
    def _same_ids(self) -> Dataset:
        views = (
            (self.texts.queries.ids, self.judgements.query_ids),
            (self.texts.passages.ids, self.judgements.passage_ids),
        )
        if any(sorted(lab) != sorted(court) for lab, court in views):
            msg = "expected the same ids in the lab's view and the court's"
            raise ValueError(msg)
        return self
