"""The paper under test: its tables and stated numbers, as cells by id.

A folder `paper/` holds `tables/table-<number>-<name>.csv` and `statements.csv`. A cell's id is
`T<number>:<row>:<column>`; a row's id joins its key columns with `/`. Key columns are the first
columns of a table whose values are no numbers. A statement's id is its own (`S14`); its value is
what it claims.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING

from harness.codec import digest, sha256
from harness.errors import Fault, FileFaults

if TYPE_CHECKING:
    from pathlib import Path

TABLE_FILE = re.compile(r"table-([0-9]+)-([a-z0-9-]+)\.csv")
NUMBER = re.compile(r"-?([0-9]+(\.[0-9]+)?|\.[0-9]+)")
STATEMENTS = "statements.csv"
STATEMENT_COLUMNS = ("id", "section", "kind", "left", "relation", "right", "claimed", "unit")
COMPARED_TO = {"difference": 0, "ratio": 1}
"""Kinds of statements that compare two cells by a number, and what it is where they are the same."""

BY_HOW_MUCH = {">": "more", "<": "less"}
"""What an order is that has a number."""

LARGEST = 1 << 22
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Paper:
    """Cells by id, values verbatim; `digest` covers every file that was read.

    `titles` holds table names by number, `speaks` the cells that each statement speaks of, `relations` how its left
    side lies to its right one: `<`, `>`, `level`; by a share of it `below`, `above`, by another number `less`, `more`;
    `max` and `min` of the best and the worst; `=` of a number alone.
    """

    cells: dict[str, str]
    digest: str
    titles: dict[str, str] = field(default_factory=dict)
    speaks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)

    def near(self, cell: str) -> str:
        """Return a hint at the cell of the same row or column that was perhaps meant, or nothing."""
        table, _, rest = cell[:LONGEST].partition(":")
        row, _, column = rest.rpartition(":")
        if not column:
            return ""
        same = [known for known in self.cells if known.startswith(f"{table}:{row}:") or known.endswith(f":{column}")]
        found = get_close_matches(cell[:LONGEST], [known for known in same if known.startswith(f"{table}:")], n=1)
        return f"did you mean {found[0]}?" if found else ""


def paper_folder(claims: Path) -> Path | None:
    """Return `paper/` beside the claims or in the nearest parent, else `claims/paper` there."""
    for folder in (claims, *claims.parents):
        for place in (folder / "paper", folder / "claims" / "paper"):
            if place.is_dir():
                return place
    return None


def read_paper(folder: Path, shown: str) -> Paper:
    """Read every table and the statements.

    Raises:
        FileFaults: nothing to read, unreadable files, repeated rows, rows of another length.
    """
    reading, titles = _Reading(shown), dict[str, str]()
    for path in sorted((folder / "tables").glob("*.csv")):
        match = TABLE_FILE.fullmatch(path.name)
        if match:
            reading.table(path, int(match.group(1)))
            titles[f"T{int(match.group(1))}"] = match.group(2)
        else:
            reading.fault(f"tables/{path.name}", 0, "table-<number>-<name>.csv", path.name)
    if (folder / STATEMENTS).exists():
        reading.statements(folder / STATEMENTS)
    if not reading.digests and not reading.faults:
        reading.fault(STATEMENTS, 0, f"tables/*.csv or {STATEMENTS}", "neither")
    if reading.faults:
        raise FileFaults(reading.faults)
    return Paper(reading.cells, digest(reading.digests), titles, reading.speaks, reading.relations)


@dataclass(slots=True)
class _Reading:
    shown: str
    cells: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    speaks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)

    def fault(self, name: str, line: int, expected: str, found: str) -> None:
        self.faults.append(Fault(f"{self.shown}/{name}", line, expected, found))

    def lines(self, path: Path, name: str) -> list[tuple[int, list[str]]]:
        """Return the rows of a file with the line each ends on; none where it cannot be read."""
        try:
            with path.open("rb") as stream:
                data = stream.read(LARGEST + 1)
        except OSError as error:
            self.fault(name, 0, "a readable file", error.strerror or str(error))
            return []
        self.digests[name] = sha256(data)
        if len(data) > LARGEST:
            self.fault(name, 0, f"at most {LARGEST} bytes", "more")
            return []
        try:
            reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
            return [(reader.line_num, row) for row in reader]
        except UnicodeDecodeError as error:
            self.fault(name, data[: error.start].count(b"\n") + 1, "UTF-8", f"byte 0x{data[error.start]:02x}")
        except csv.Error as error:
            self.fault(name, reader.line_num, "comma-separated values", str(error))
        return []

    def rows(self, path: Path, name: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
        before = len(self.faults)
        lines = self.lines(path, name)
        if not lines:
            if len(self.faults) == before:
                self.fault(name, 0, "a header and rows", "an empty file")
            return [], []
        header, rows = lines[0][1], [(number, row) for number, row in lines[1:] if row]
        if len(set(header)) != len(header):
            self.fault(name, 1, "each column once", ",".join(header))
            return [], []
        for number, row in rows:
            if len(row) != len(header):
                self.fault(name, number, f"{len(header)} columns", f"{len(row)}")
        return header, [(number, row) for number, row in rows if len(row) == len(header)]

    def put(self, name: str, number: int, cell: str, value: str) -> None:
        if cell in self.cells:
            self.fault(name, number, f"each row once ({cell})", "it again")
        self.cells[cell] = value

    def table(self, path: Path, table: int) -> None:
        name = f"tables/{path.name}"
        header, rows = self.rows(path, name)
        keys = 0
        while keys < len(header) and not any(NUMBER.fullmatch(row[keys]) for _, row in rows):
            keys += 1
        keys = max(1, min(keys, len(header) - 1))
        for number, row in rows:
            key = "/".join(row[:keys])
            for column, value in zip(header[keys:], row[keys:], strict=True):
                if value:
                    self.put(name, number, f"T{table}:{key}:{column}", value)

    def statements(self, path: Path) -> None:
        header, rows = self.rows(path, STATEMENTS)
        if header and tuple(header) != STATEMENT_COLUMNS:
            self.fault(STATEMENTS, 1, f"the columns {','.join(STATEMENT_COLUMNS)}", ",".join(header))
            return
        for number, row in rows:
            self.put(STATEMENTS, number, row[0], row[STATEMENT_COLUMNS.index("claimed")])
            sides = (row[STATEMENT_COLUMNS.index(side)] for side in ("left", "right"))
            self.speaks[row[0]] = tuple(side for side in sides if side)
            self.relations[row[0]] = _relation(dict(zip(STATEMENT_COLUMNS, row, strict=True)))


def _relation(row: dict[str, str]) -> str:
    """Return how a statement puts its sides to each other: a difference and a ratio tell it by their number."""
    even = COMPARED_TO.get(row["kind"])
    if even is not None and NUMBER.fullmatch(row["claimed"]):
        more = Decimal(row["claimed"]) - even
        return "more" if more > 0 else "less" if more < 0 else "level"
    return BY_HOW_MUCH.get(row["relation"], row["relation"]) if row["claimed"] else row["relation"]
