"""What `harness evaluate --json` prints: one encoder on one or several evaluation sets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.records.claim import Setting
from harness.records.encoding import EncoderCard
from harness.records.record import Record, Sha256
from harness.records.verdict import Seal


class EvaluatedMean(Record):
    """One measure in one setting: the macro-average over languages, with its 95% interval over clusters of questions.

    Cells of equal weight are query languages, in the crosslingual setting ordered pairs of languages.
    `low` and `high` are null where one cluster shows no spread; `note` says what to doubt of them.
    `lexical` is the same of the court's lexical baseline, null where the set is too large for it.
    `rows` counts the queries (or query and language of passages) behind it. `chance` is that of a
    random order, for `rank-distance` alone.
    """

    setting: Setting
    measure: str
    value: float
    low: float | None
    high: float | None
    clusters: int
    rows: int
    lexical: float | None
    chance: float | None
    note: str


class EvaluatedCell(Record):
    """One measure from one query language to one passage language, `*` for the pool of all languages."""

    setting: Setting
    measure: str
    query_language: str
    passage_language: str
    value: float
    queries: int


class EvaluatedSet(Record):
    """One evaluation set.

    `source` says where its texts are from, `texts` is their sha256, `vectors` an entry of the store.
    """

    dataset: str
    scope: str | None
    source: str
    texts: Sha256
    queries: int
    passages: int
    query_languages: tuple[str, ...]
    passage_languages: tuple[str, ...]
    encoder: EncoderCard
    vectors: Sha256
    means: tuple[EvaluatedMean, ...]
    cells: tuple[EvaluatedCell, ...]


class EvaluatedModel(Record):
    """The encoder as it was found: `files` that the lab was given, by their sha256, and the `digest` of them all."""

    named: str
    revision: str | None
    digest: Sha256
    files: dict[str, Sha256]
    bytes: int


class Evaluation(Record):
    """The whole answer on one encoder."""

    schema_: Literal["urn:harness:evaluation:1"] = Field(default="urn:harness:evaluation:1", alias="schema")
    model: EvaluatedModel
    sets: tuple[EvaluatedSet, ...]
    seal: Seal
    source: Sha256
    versions: dict[str, str]
