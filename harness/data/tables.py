"""Tables from CSV or parquet files, with the line of each row.

    .csv       UTF-8 with or without BOM, a header, cells separated by commas, RFC 4180's quotes; blank
               lines are passed over. The line of a row is where it begins, counted from 1.
    .parquet   columns of text (or whole numbers) and of numbers; rows are counted from 1.

Nothing is stripped, guessed or filled in: a cell means what it says. Cost: 1,000,000 rows of CSV
take 3 s, of parquet 1 s.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from harness.data.columns import FINITE, Columns, Faults, Layout, Texts, no_texts, refuse_columns, shown, sorted_texts
from harness.errors import Fault, FileFaults

if TYPE_CHECKING:
    from numpy.typing import NDArray

BOM = b"\xef\xbb\xbf"
BLOCK = 256
"""Rows that are looked at together; few, so that they stay in the processor's cache: 3 s instead of 7."""

LONGEST_LINE = 1 << 20
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
MENDING = {
    "new-line character": ("rows that end with LF or CRLF", "a carriage return within a row", "write LF alone"),
    "unexpected end of data": ("quotes that are closed", "the end of the file within quotes", "close the quote"),
    "field larger": ("cells of at most 131,072 characters", "a longer one", "close the quote, or shorten the cell"),
    "expected after": ("a comma after a closing quote", "more text", "double the quotes within a quoted cell"),
}


def read_columns(path: Path, layout: Layout, faults: Faults) -> Columns:
    """Return a table; cells that are no numbers, and rows of another length, are left to `faults`.

    Raises:
        FileFaults: another suffix, no file, an unreadable or empty one, other columns, no row.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        expected = f"a name that ends with {' or '.join(READERS)}"
        raise FileFaults([Fault(str(path), 0, expected, shown(path.name), "write one of these")])
    try:
        if not path.is_file():
            found = "a folder" if path.is_dir() else "something else" if path.exists() else "none"
            raise FileFaults([Fault(str(path), 0, "a readable file", found, "check the path")])
        columns = reader(path, layout, faults)
    except OSError as error:
        found = error.strerror or str(error)
        raise FileFaults([Fault(str(path), 0, "a readable file", found, "check the path")]) from error
    if not len(columns.lines):
        faults.add(0, "at least one row beside the header", "none", "fill in the template")
        faults.close()
    return columns


def _csv_columns(path: Path, layout: Layout, faults: Faults) -> Columns:
    with path.open("rb") as stream:
        rows = _csv_rows(stream, faults)
        at, header = next(((line, cells) for line, cells in rows if cells), (0, None))
        if header is None:
            faults.close()
            raise FileFaults([Fault(str(path), 0, f"a header ({','.join(layout.names)})", "an empty file")])
        refuse_columns(header, layout, at, faults)
        place = {name: header.index(name) for name in header}
        index: dict[str, dict[str, int]] = {name: {} for name in place if name != layout.number}
        codes: dict[str, list[NDArray[np.int64]]] = {name: [] for name in index}
        lines: list[NDArray[np.int64]] = []
        values: list[NDArray[np.float64]] = []
        for line_numbers, cells in _blocks(rows, len(header), faults):
            lines.append(np.array(line_numbers, dtype=np.int64))
            values.append(_numbers(cells[place[layout.number]], line_numbers, faults))
            for name, known in index.items():
                told = [known.setdefault(cell, len(known)) for cell in cells[place[name]]]
                codes[name].append(np.array(told, dtype=np.int64))
    count = sum(map(len, lines))
    empty = no_texts(count)
    texts = {name: sorted_texts(_joined(codes[name]), tuple(known)) for name, known in index.items()}
    return Columns(
        lines=_joined(lines),
        texts={name: texts.get(name, empty) for name in (*layout.texts, *layout.optional)},
        values=np.concatenate([np.empty(0), *values]),
    )


def _joined(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _csv_rows(stream: IO[bytes], faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line that it begins on; a blank line is a row without cells."""
    reader = csv.reader(_text_lines(stream, faults), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            near = (told for part, told in MENDING.items() if part in str(error))
            faults.add(line, *next(near, ("comma-separated cells", str(error), "")))
            return  # where a row ends is not known any more
        yield line, cells
        line = reader.line_num + 1


def _text_lines(stream: IO[bytes], faults: Faults) -> Iterator[str]:
    """Yield lines with their ends; of one that is no UTF-8 what can be read."""
    number = 0
    while raw := stream.readline(LONGEST_LINE):
        number += 1
        if len(raw) == LONGEST_LINE:
            faults.add(number, f"lines under {LONGEST_LINE:,} bytes", "a longer one", "write one row per line")
            return
        try:
            yield (raw.removeprefix(BOM) if number == 1 else raw).decode("utf-8")
        except UnicodeDecodeError as error:
            faults.add(number, "UTF-8", f"byte 0x{raw[error.start]:02x} at column {error.start + 1}", "re-encode it")
            yield raw.decode("utf-8", "replace")


def _blocks(
    rows: Iterator[tuple[int, list[str]]], width: int, faults: Faults
) -> Iterator[tuple[tuple[int, ...], list[tuple[str, ...]]]]:
    """Yield line numbers and columns of many rows at a time; rows of another length become faults."""
    while block := list(islice(rows, BLOCK)):
        kept = []
        for line, cells in block:
            if len(cells) == width:
                kept.append((line, cells))
            elif len(cells) > 1 or "".join(cells).strip():
                todo = "quote a cell that holds a comma; write decimals with a point"
                faults.add(line, f"{width} cells, as in the header", str(len(cells)), todo)
        if kept:
            lines, table = zip(*kept, strict=True)
            yield lines, list(zip(*table, strict=True))


def _numbers(cells: Sequence[str], lines: Sequence[int], faults: Faults) -> NDArray[np.float64]:
    if all(map(NUMBER.fullmatch, cells)):
        return np.array(list(map(float, cells)), dtype=np.float64)
    values = np.full(len(cells), np.nan)
    for at, cell in enumerate(cells):
        if NUMBER.fullmatch(cell):
            values[at] = float(cell)
        else:
            faults.add(lines[at], FINITE, shown(cell), "leave no row without its value")
    return values


def _parquet_columns(path: Path, layout: Layout, faults: Faults) -> Columns:
    with path.open("rb") as stream:
        try:
            return _parquet_table(pq.ParquetFile(stream), layout, faults)
        except (pa.ArrowException, ValueError, NotImplementedError, OSError) as error:
            fault = Fault(str(path), 0, "a parquet file", shown(str(error)), "write it again")
            raise FileFaults([fault]) from error


def _parquet_table(file: pq.ParquetFile, layout: Layout, faults: Faults) -> Columns:
    refuse_columns(file.schema_arrow.names, layout, 0, faults)
    for name, kind in zip(file.schema_arrow.names, file.schema_arrow.types, strict=True):
        _refuse_type(name, kind, layout, faults)
    faults.close()
    table = file.read()
    empty = no_texts(table.num_rows)
    texts = {
        name: _parquet_texts(table.column(name)) if name in table.column_names else empty
        for name in (*layout.texts, *layout.optional)
    }
    lines = np.arange(1, table.num_rows + 1, dtype=np.int64)
    return Columns(lines, texts, _parquet_numbers(table.column(layout.number), faults))


def _refuse_type(name: str, kind: pa.DataType, layout: Layout, faults: Faults) -> None:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    text = pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_integer(inner)
    number = pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    if name == layout.number and not number:
        faults.add(0, f"numbers in the column {name}", str(kind), "write float64")
    elif name != layout.number and not (text or pa.types.is_null(kind)):
        faults.add(0, f"text or whole numbers in the column {name}", str(kind), "write strings")


def _parquet_texts(column: pa.ChunkedArray) -> Texts:
    """Return a column's texts; null is an empty cell."""
    cells = column.cast(pa.large_string()).fill_null("").combine_chunks().dictionary_encode()
    return sorted_texts(cells.indices.to_numpy().astype(np.int64), tuple(cells.dictionary.to_pylist()))


def _parquet_numbers(column: pa.ChunkedArray, faults: Faults) -> NDArray[np.float64]:
    values: NDArray[np.float64] = column.cast(pa.float64(), safe=False).to_numpy()
    for at in np.flatnonzero(column.is_null().to_numpy()).tolist():
        faults.add(at + 1, FINITE, "nothing", "leave no row without its value")
    for at in np.flatnonzero(column.is_valid().to_numpy() & np.isnan(values)).tolist():
        faults.add(at + 1, FINITE, "nan", "leave no row without its value")
    return values


READERS: dict[str, Callable[[Path, Layout, Faults], Columns]] = {".csv": _csv_columns, ".parquet": _parquet_columns}
