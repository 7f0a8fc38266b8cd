"""The paper under test: its tables and stated numbers, as cells by id.

A folder `paper/` holds `tables/table-<number>-<name>.csv` and `statements.csv`. A cell's id is
`T<number>:<row>:<column>`; a row's id joins its key columns with `/`. Key columns are the first
columns of a table whose values are no numbers. A statement's id is its own (`S14`); its value is
what it claims.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.codec import digest, sha256
from harness.errors import Fault, FileFaults

if TYPE_CHECKING:
    from pathlib import Path

TABLE_FILE = re.compile(r"^table-([0-9]+)-[a-z0-9-]+\.csv$")
NUMBER = re.compile(r"^-?[0-9]*\.?[0-9]+$")
STATEMENTS = "statements.csv"
STATEMENT_COLUMNS = ("id", "section", "kind", "left", "relation", "right", "claimed", "unit")


@dataclass(frozen=True, slots=True)
class Paper:
    """Cells by id, values verbatim; `digest` covers every file that was read."""

    cells: dict[str, str]
    digest: str


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
        FileFaults: unreadable files, repeated rows, rows of another length.
    """
    reading = _Reading(shown)
    for path in sorted((folder / "tables").glob("*.csv")):
        match = TABLE_FILE.match(path.name)
        if match:
            reading.table(path, int(match.group(1)))
        else:
            reading.faults.append(Fault(f"{shown}/tables/{path.name}", 0, "table-<number>-<name>.csv", path.name))
    if (folder / STATEMENTS).exists():
        reading.statements(folder / STATEMENTS)
    if reading.faults:
        raise FileFaults(reading.faults)
    return Paper(reading.cells, digest(reading.digests))


@dataclass(slots=True)
class _Reading:
    shown: str
    cells: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def rows(self, path: Path, name: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
        data = path.read_bytes()
        self.digests[name] = sha256(data)
        try:
            lines = list(csv.reader(data.decode("utf-8").splitlines()))
        except UnicodeDecodeError as error:
            self.faults.append(
                Fault(f"{self.shown}/{name}", data[: error.start].count(b"\n") + 1, "UTF-8", "other bytes")
            )
            return [], []
        if not lines:
            self.faults.append(Fault(f"{self.shown}/{name}", 0, "a header and rows", "an empty file"))
            return [], []
        header, rows = lines[0], [(number, row) for number, row in enumerate(lines[1:], start=2) if row]
        for number, row in rows:
            if len(row) != len(header):
                self.faults.append(Fault(f"{self.shown}/{name}", number, f"{len(header)} columns", f"{len(row)}"))
        return header, [(number, row) for number, row in rows if len(row) == len(header)]

    def put(self, where: str, number: int, cell: str, value: str) -> None:
        if cell in self.cells:
            self.faults.append(Fault(where, number, f"each row once ({cell})", "it again"))
        self.cells[cell] = value

    def table(self, path: Path, table: int) -> None:
        name = f"tables/{path.name}"
        header, rows = self.rows(path, name)
        keys = 0
        while keys < len(header) and not any(NUMBER.match(row[keys]) for _, row in rows):
            keys += 1
        keys = max(1, min(keys, len(header) - 1))
        for number, row in rows:
            key = "/".join(row[:keys])
            for column, value in zip(header[keys:], row[keys:], strict=True):
                if value:
                    self.put(f"{self.shown}/{name}", number, f"T{table}:{key}:{column}", value)

    def statements(self, path: Path) -> None:
        header, rows = self.rows(path, STATEMENTS)
        if header and tuple(header) != STATEMENT_COLUMNS:
            expected, found = ",".join(STATEMENT_COLUMNS), ",".join(header)
            self.faults.append(Fault(f"{self.shown}/{STATEMENTS}", 1, f"the columns {expected}", found))
            return
        for number, row in rows:
            self.put(f"{self.shown}/{STATEMENTS}", number, row[0], row[STATEMENT_COLUMNS.index("claimed")])
