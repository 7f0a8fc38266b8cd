"""The measurement table: what was measured, before anything is judged."""

from __future__ import annotations

from harness.records.claim import Setting
from harness.records.record import Record


class MeasurementRow(Record):
    """One mean in the measurement table: a measure over the queries of one language (or pair).

    `passage_language` is `*` in the multilingual pool, `query_language` where the value is a quantile over
    the queries of all languages (`rank-distance-p90`). `queries` counts rows behind the value.
    """

    base: str
    sampling: str
    alpha: float | None
    seed: int
    dataset: str
    setting: Setting
    measure: str
    query_language: str
    passage_language: str
    value: float
    queries: int
