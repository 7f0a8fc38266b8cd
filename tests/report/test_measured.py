from __future__ import annotations

import io
import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_builders import rows

from harness.errors import UsageError
from harness.records.measurement import MeasurementRow
from harness.report.measured import from_parquet, to_parquet

COLUMNS = [
    "base",
    "sampling",
    "alpha",
    "seed",
    "dataset",
    "setting",
    "measure",
    "query_language",
    "passage_language",
    "value",
    "queries",
]


def test_exact_columns_in_the_public_order() -> None:
    table = pq.read_table(io.BytesIO(to_parquet(rows())))
    assert table.schema.names == COLUMNS == list(MeasurementRow.model_fields)
    assert table.schema.field("alpha").nullable
    assert table.num_rows == len(rows())
    assert table.column("alpha").null_count == len(rows()) // 2


def test_itself_other_implementation_pandas_reads_the_same() -> None:
    frame = pq.read_table(io.BytesIO(to_parquet(rows()))).to_pandas()
    assert list(frame.columns) == COLUMNS
    assert sorted(frame["value"]) == sorted(row.value for row in rows())


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.permutations(rows()))
def test_property_bytes_do_not_depend_on_order(shuffled: list[MeasurementRow]) -> None:
    assert to_parquet(shuffled) == to_parquet(rows())


@settings(derandomize=True, deadline=None, max_examples=50)
@given(
    value=st.floats(allow_nan=False, allow_infinity=False),
    alpha=st.none() | st.floats(0, 1),
    seed=st.integers(0, 2**63 - 1),
)
def test_property_rows_survive_the_way(value: float, alpha: float | None, seed: int) -> None:
    row = rows()[0].model_copy(update={"value": value, "alpha": alpha, "seed": seed})
    assert from_parquet(to_parquet([row])) == (row,)


def test_degenerate_no_rows_are_a_table() -> None:
    assert from_parquet(to_parquet([])) == ()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_theory_a_mean_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(UsageError, match="expected a finite mean"):
        to_parquet([rows()[0].model_copy(update={"value": value})])


def test_theory_two_values_for_one_mean_are_refused() -> None:
    with pytest.raises(UsageError, match="one row per mean"):
        to_parquet([*rows(), rows()[0].model_copy(update={"value": 1.0})])


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1 and not much more PAR1"])
def test_degenerate_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="expected a whole parquet file"):
        from_parquet(data)


def test_theory_every_truncation_is_refused() -> None:
    whole = to_parquet(rows())
    for length in range(0, len(whole), 53):
        with pytest.raises(UsageError):
            from_parquet(whole[:length])


def test_theory_other_columns_and_values_are_refused() -> None:
    table = pq.read_table(io.BytesIO(to_parquet(rows())))
    fewer, odd = io.BytesIO(), io.BytesIO()
    pq.write_table(table.drop_columns(["queries"]), fewer)
    with pytest.raises(UsageError, match="expected the columns"):
        from_parquet(fewer.getvalue())
    place = table.schema.get_field_index("setting")
    settings_ = pa.array(["everywhere"] * table.num_rows)
    pq.write_table(table.set_column(place, table.schema.field(place), settings_), odd)
    with pytest.raises(UsageError, match="expected measurement rows"):
        from_parquet(odd.getvalue())
