"""Measurement rows as parquet bytes and back.

Columns and their order are those of the reports folder's public layout (design: Verdict, files).
Rows are sorted by everything but their value, so the bytes do not depend on the order in which
cells finished; equal rows give equal bytes under one version of pyarrow. `alpha` alone may be
null. Cost: all rows in memory, about 100 bytes each.
"""

from __future__ import annotations

import io
import math
from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter, ValidationError

from harness.errors import UsageError
from harness.records.measurement import MeasurementRow

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA = pa.schema(
    [
        pa.field("base", pa.string(), nullable=False),
        pa.field("sampling", pa.string(), nullable=False),
        pa.field("alpha", pa.float64()),
        pa.field("seed", pa.int64(), nullable=False),
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("setting", pa.string(), nullable=False),
        pa.field("measure", pa.string(), nullable=False),
        pa.field("query_language", pa.string(), nullable=False),
        pa.field("passage_language", pa.string(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("queries", pa.int64(), nullable=False),
    ]
)
ROWS = TypeAdapter(tuple[MeasurementRow, ...])
SortKey = tuple[str, str, float, int, str, str, str, str, str]


def to_parquet(rows: Sequence[MeasurementRow]) -> bytes:
    """Return one parquet file.

    Raises:
        UsageError: a mean that is not finite, or two rows for one mean.
    """
    ordered = sorted(rows, key=_key)
    _refuse_repeated(ordered)
    _refuse_not_finite(ordered)
    columns = {name: [getattr(row, name) for row in ordered] for name in SCHEMA.names}
    sink = io.BytesIO()
    pq.write_table(pa.table(columns, schema=SCHEMA), sink, compression="zstd")
    return sink.getvalue()


def table_of(data: bytes) -> pa.Table:
    """Return the columns of one parquet file, types checked and values not; far cheaper than records.

    Raises:
        UsageError: bytes that are no parquet file, or other columns.
    """
    try:
        table = pq.read_table(io.BytesIO(data), use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"expected a whole parquet file, found {error}") from error
    if not table.schema.equals(SCHEMA):
        raise UsageError(f"expected the columns {SCHEMA.names} with their types, found {table.schema.names}")
    return table


def from_parquet(data: bytes) -> tuple[MeasurementRow, ...]:
    """Return the rows of one parquet file.

    Raises:
        UsageError: bytes that are no parquet file, other columns, or a value of another type.
    """
    try:
        return ROWS.validate_python(tuple(table_of(data).to_pylist()))
    except ValidationError as error:
        raise UsageError(f"expected measurement rows, found {error.error_count()} values of another kind") from error


def _key(row: MeasurementRow) -> SortKey:
    alpha = -1.0 if row.alpha is None else row.alpha
    languages = (row.query_language, row.passage_language)
    return (row.base, row.sampling, alpha, row.seed, row.dataset, row.setting, row.measure, *languages)


def _refuse_repeated(ordered: Sequence[MeasurementRow]) -> None:
    for left, right in pairwise(ordered):
        if _key(left) == _key(right):
            raise UsageError(f"expected one row per mean, found two for {_key(left)}")


def _refuse_not_finite(ordered: Sequence[MeasurementRow]) -> None:
    for row in ordered:
        if not math.isfinite(row.value):
            raise UsageError(f"expected a finite mean, found {row.value} for {_key(row)}")
