"""A paper laid out for the audit: tables and statements, read whole or refused with all their faults.

    tables/table-<number>-<name>.csv    key columns first (those without any number), then columns of cells
    statements.csv                      id, section, kind, left, relation, right, claimed, unit

A cell is named `T<number>:<row>:<column>`, a row by its keys joined with `/`, as claims cite them.
Trailing zeros are lost on the way into CSV, so a column's last digit is that of its longest entry
(within a block: rows whose first keys are equal), and a statement's that of the cell it cites.

Limits: UTF-8 without a byte order mark, 4 MiB a file, a decimal point. Nothing is mended or guessed.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from harness.audit.names import statistic
from harness.audit.numbers import decimals, is_number
from harness.errors import Fault, FileFaults

if TYPE_CHECKING:
    from pathlib import Path

TABLE_FILE = re.compile(r"table-([0-9]+)-([a-z0-9-]+)\.csv")
STATEMENT_COLUMNS = ("id", "section", "kind", "left", "relation", "right", "claimed", "unit")
LARGEST = 1 << 22
MOST_ROWS = 500
"""No table of a paper is longer; what is tried for a finding grows with the square of its rows."""
MARK = b"\xef\xbb\xbf"
NUMBER_OF_ANOTHER_SORT = re.compile(r"[-+\u2212\u2013]?[0-9.,'\u00a0\u202f ]*[0-9][0-9.,'\u00a0\u202f ]*%?")
"""What was surely meant as a number, though it is none of ours: 0,73  1'190  \u22120.5  30.1%."""

Rows = list[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a table: where it stands, as it is printed, and how many digits its column has."""

    id: str
    table: str
    row: tuple[str, ...]
    column: str
    text: str
    places: int
    title: str

    @property
    def value(self) -> Fraction:
        """The printed number."""
        return Fraction(self.text)


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `texts` are columns of words, by column and row; `rows` all rows in their order."""

    id: str
    title: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cells: dict[tuple[tuple[str, ...], str], Cell]
    texts: dict[tuple[tuple[str, ...], str], str]


@dataclass(frozen=True, slots=True)
class Statement:
    """One number or order that the text states; `line` is that of its row."""

    id: str
    line: int
    kind: str
    left: str
    relation: str
    right: str
    claimed: str
    unit: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that was read; `cells` holds numbers by id, `path` is the statements' file as it is shown."""

    tables: tuple[Table, ...]
    statements: tuple[Statement, ...]
    cells: dict[str, Cell]
    path: str


def read(tables: Path, statements: Path | None) -> Paper:
    """Read a folder of tables and a file of statements.

    Raises:
        FileFaults: everything that is wrong with the files, path:line each.
    """
    reading = _Reading()
    for path in sorted(tables.glob("*.csv")) if tables.is_dir() else ():
        reading.table(path)
    if not reading.seen:
        reading.fault(tables, 0, "a folder with table-<number>-<name>.csv", "none", "name it with --tables")
    told = reading.statements(statements) if statements is not None else []
    if reading.faults:
        raise FileFaults(reading.faults)
    found = tuple(sorted(reading.tables, key=lambda table: int(table.id[1:])))
    return Paper(
        found, tuple(told), {cell.id: cell for table in found for cell in table.cells.values()}, str(statements)
    )


@dataclass(slots=True)
class _Reading:
    tables: list[Table] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seen: dict[str, Path] = field(default_factory=dict)

    def fault(self, path: Path, line: int, expected: str, found: str, todo: str = "") -> None:
        self.faults.append(Fault(str(path), line, expected, found, todo))

    def text(self, path: Path) -> str | None:
        try:
            with path.open("rb") as stream:
                data = stream.read(LARGEST + 1)
        except OSError as error:
            self.fault(path, 0, "a readable file", error.strerror or str(error))
            return None
        if len(data) > LARGEST:
            self.fault(path, 0, f"at most {LARGEST} bytes", "more")
            return None
        if data.startswith(MARK):
            self.fault(path, 1, "UTF-8 without a byte order mark", "one", "save it without")
            data = data.removeprefix(MARK)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self.fault(path, line, "UTF-8", f"byte 0x{data[error.start]:02x}", "save it as UTF-8")
            return None

    def lines(self, path: Path) -> tuple[list[str], Rows]:
        """Return the header and all rows that have its length, with the line each begins on."""
        text = self.text(path)
        if text is None:
            return [], []
        reader, read, before = csv.reader(io.StringIO(text, newline=""), strict=True), list[tuple[int, list[str]]](), 0
        try:
            for row in reader:
                read.append((before + 1, row))
                before = reader.line_num
        except csv.Error as error:
            self.fault(path, reader.line_num, "comma-separated values", str(error))
        read = [(line, row) for line, row in read if row]
        if not read:
            if text.strip() == "":
                self.fault(path, 0, "a header and rows", "an empty file")
            return [], []
        header = read[0][1]
        rows = [(line, row) for line, row in read[1:] if len(row) == len(header)]
        for line, row in read[1:]:
            if len(row) != len(header):
                self.fault(path, line, f"{len(header)} columns", f"{len(row)}", "a decimal comma also makes one more")
        if len(read) - 1 > MOST_ROWS:
            self.fault(path, read[MOST_ROWS + 1][0], f"at most {MOST_ROWS} rows", f"{len(read) - 1}", "split it")
            return [], []
        if not read[1:]:
            self.fault(path, read[0][0], "a header and rows", "only one line")
        return header, rows

    def header(self, path: Path, header: list[str]) -> None:
        for number, name in enumerate(header):
            if not name.strip():
                self.fault(path, 1, "a name for each column", f"none for column {number + 1}")
            elif name in header[:number]:
                self.fault(path, 1, "each column once", f"{name} again")

    def table(self, path: Path) -> None:
        match = TABLE_FILE.fullmatch(path.name)
        if match is None:
            self.seen.setdefault("", path)
            self.fault(path, 0, "table-<number>-<name>.csv", path.name, "rename it or move it elsewhere")
            return
        name = f"T{int(match[1])}"
        if name in self.seen:
            self.fault(path, 0, f"one file for {name}", f"{self.seen[name].name} beside it")
        self.seen[name] = path
        header, rows = self.lines(path)
        if len(header) == 1:
            self.fault(path, 1, "a key column and a column of cells", header[0])
            return
        self.header(path, header)
        if rows:
            self.tables.append(self.cut(path, name, match[2], header, rows))

    def cut(self, path: Path, name: str, title: str, header: list[str], rows: Rows) -> Table:
        """Tell keys, columns of numbers and columns of words apart; refuse what is none of them."""
        numeric = [any(is_number(row[at]) for _, row in rows) for at in range(len(header))]
        keys = max(1, min([*(at for at, yes in enumerate(numeric) if yes), len(header) - 1]))
        cells: dict[tuple[tuple[str, ...], str], str] = {}
        texts: dict[tuple[tuple[str, ...], str], str] = {}
        order: list[tuple[str, ...]] = []
        for line, row in rows:
            key = tuple(row[:keys])
            if key in order:
                self.fault(path, line, f"each row once ({'/'.join(key)})", "it again")
            elif not all(part.strip() for part in key):
                self.fault(path, line, "a name in each key column", repr("/".join(key)))
            order.append(key)
            for at, text in enumerate(row):
                if at >= keys and text and numeric[at]:
                    cells[key, header[at]] = text
                elif at >= keys and text:
                    texts[key, header[at]] = text
                self.number(path, line, f"{'/'.join(key)}:{header[at]}", text, wanted=at >= keys and numeric[at])
        digits = _places(cells)
        made = {
            (key, column): Cell(
                f"{name}:{'/'.join(key)}:{column}",
                name,
                key,
                column,
                text,
                digits[key[:-1], column, statistic(key[-1]) is not None],
                title,
            )
            for (key, column), text in cells.items()
            if is_number(text)
        }
        return Table(name, title, tuple(header[:keys]), tuple(header[keys:]), tuple(order), made, texts)

    def number(self, path: Path, line: int, where: str, text: str, *, wanted: bool) -> None:
        if is_number(text) or not text:
            return
        if wanted or ("," in text and NUMBER_OF_ANOTHER_SORT.fullmatch(text)):
            self.fault(path, line, f"a number such as -0.73 or nothing at {where}", repr(text[:60]))

    def statements(self, path: Path) -> list[Statement]:
        header, rows = self.lines(path)
        if not header:
            return []
        self.header(path, header)
        lacking = [name for name in STATEMENT_COLUMNS if name not in header]
        if lacking:
            self.fault(path, 1, f"the columns {','.join(STATEMENT_COLUMNS)}", f"no {', '.join(lacking)}")
            return []
        seen: set[str] = set()
        told = []
        for line, row in rows:
            named = dict(zip(header, row, strict=True))
            said = Statement(line=line, **{name: named[name] for name in STATEMENT_COLUMNS if name != "section"})
            if not re.fullmatch(r"S[0-9]+", said.id):
                self.fault(path, line, "an id such as S07", repr(said.id))
            elif said.id in seen:
                self.fault(path, line, f"each statement once ({said.id})", "it again")
            seen.add(said.id)
            if said.claimed and not is_number(said.claimed):
                self.fault(path, line, "a number such as -0.73 as claimed", repr(said.claimed[:60]))
            told.append(said)
        return told


def _places(cells: dict[tuple[tuple[str, ...], str], str]) -> dict[tuple[tuple[str, ...], str, bool], int]:
    """Return for each block and column the longest entry's digits after the point, apart for what is made of it.

    A mean may have more digits than its inputs, never fewer: those were lost with its zeros.
    """
    most: dict[tuple[tuple[str, ...], str, bool], int] = {}
    for (key, column), text in cells.items():
        made = statistic(key[-1]) is not None
        for where in {(key[:-1], column, made), (key[:-1], column, True)}:
            most[where] = max(most.get(where, 0), decimals(text))
    return most
