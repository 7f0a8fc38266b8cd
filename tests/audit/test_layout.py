"""Oracles: path and line of faults planted by hand, all at once; ids those of the reader that claims are checked by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.audit import audit, read
from harness.audit.said import RELATIONS
from harness.claimfile.paper import read_paper
from harness.errors import FileFaults

if TYPE_CHECKING:
    from harness.audit.layout import Paper

HEADER = "id,section,kind,left,relation,right,claimed,unit\n"
SHORT = {
    "tables/table-1-made.csv": "T",
    "statements.csv": "S",
    "expected a number such as -0.73 or nothing at": "number at",
    "expected a cell of the tables that holds a number": "no cell",
    ", or the table it cites": "",
    "; a decimal comma also makes one more": "",
    "wherever the pattern matches": "everywhere",
}
GOOD = "language,a_x,a_y\nde,0.5,0.25\nen,0.75,0.5\nmean,0.625,0.375\n"

LONG = "T:502: expected at most 500 rows, found 502; split it"
MANY = (
    "S01,1,value,T1:fr:a_x,=,,0.5,\nS02,1,guess,x,=,,1,\nS03,1,value,T1:DE:a_x,<,,0.5,\n"
    "S04,1,value,T1:DE:a_x,=,,0.5,\nS05,1,value,T1:de:a_x,=,,,\nS06,1,order,T1:de:a_x,>,T9:de:a_x,,\n"
    "S07,1,best,T1:fr:*,max,x,,\nS08,1,best,T1:de:a_*,max,z,,\nS09,1,best,T1:de:a_x,max,x,,\n"
)


def put(folder: Path, table: str | bytes, statements: str | bytes | None = None) -> tuple[Path, Path | None]:
    (folder / "tables").mkdir(exist_ok=True)
    (folder / "tables/table-1-made.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    if statements is None:
        return folder / "tables", None
    said = statements if isinstance(statements, bytes) else (HEADER + statements).encode()
    (folder / "statements.csv").write_bytes(said)
    return folder / "tables", folder / "statements.csv"


def faults(tables: Path, statements: Path | None) -> list[str]:
    """Return each fault as `file:line: expected .., found ..`, with SHORT words for long ones."""
    with pytest.raises(FileFaults) as caught:
        audit(read(tables, statements), {}, {})
    home = tables.parent
    told = [str(fault).replace(f"{home}/", "") for fault in caught.value.faults]
    for long, short in SHORT.items():
        told = [fault.replace(long, short) for fault in told]
    return told


def test_other_implementation_ids_and_values_are_those_that_claims_cite(
    this_paper: Paper, root: Path, made_up: Path
) -> None:
    for folder, paper in (
        (root / "claims/paper", this_paper),
        (made_up, read(made_up / "tables", made_up / "statements.csv")),
    ):
        known = read_paper(folder, "paper").cells
        cells = {cell.id: cell.text for cell in paper.cells.values()}
        texts = {
            f"{table.id}:{'/'.join(row)}:{column}": text
            for table in paper.tables
            for (row, column), text in table.texts.items()
        }
        told = {one.id: one.claimed for one in paper.statements}
        assert {**cells, **texts, **told} == known


def test_exact_a_column_has_the_digits_of_its_longest_entry_and_a_mean_none_fewer(tmp_path: Path) -> None:
    paper = read(*put(tmp_path, "metric,language,x\nA,de,0.5\nA,en,0.75\nA,mean,0.6\nB,de,1\nB,en,2\nB,mean,1.512\n"))
    places = {cell.id: cell.places for cell in paper.cells.values()}
    assert places == {
        "T1:A/de:x": 2, "T1:A/en:x": 2, "T1:A/mean:x": 2, "T1:B/de:x": 0, "T1:B/en:x": 0, "T1:B/mean:x": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("", ["T: expected a header and rows, found an empty file"]),
        ("language,x\n", ["T:1: expected a header and rows, found only one line"]),
        ("l,x\n" + "".join(f"w{at},a\n" for at in range(502)), [LONG]),
        ("language\nde\n", ["T:1: expected a key column and a column of cells, found language"]),
        ("language,x,x\nde,1,2\n", ["T:1: expected each column once, found x again"]),
        ("language,,x\nde,1,2\n", ["T:1: expected a name for each column, found none for column 2"]),
        ("language,x\nde,1\nde,2\n", ["T:3: expected each row once (de), found it again"]),
        ("language,x\n,1\n", ["T:2: expected a name in each key column, found ''"]),
        (
            "language,x,y\nde,1\nen,1,2\nfr,0,5,3\n",
            [
                "T:2: expected 3 columns, found 2",
                "T:4: expected 3 columns, found 4",
            ],
        ),
        (
            'language,x,y\nde,0.5,"0,25"\nen,n/a,"0,5"\nfr,\u22120.5,"1,5"\n',
            [
                "T:2: number at de:y, found '0,25'",
            ],
        ),
        ("language,x\nde,0.5\nen,0.7*\n", ["T:3: number at en:x, found '0.7*'"]),
        ("language,x\nde,0.5\nen,1e3\nfr,\u0661\n", [
            "T:3: number at en:x, found '1e3'",
            "T:4: number at fr:x, found '\u0661'",
        ]),
        ("language,x\nde,0.5\nen," + 50 * "9" + "\n", [
            f"T:3: number at en:x, found '{50 * '9'}'",
        ]),
        ("\ufefflanguage,x\nde,0.5\nen,x\n", [
            "T:1: expected UTF-8 without a byte order mark, found one; save it without",
            "T:3: number at en:x, found 'x'",
        ]),
        (b"language,x\nde,0.5\ne\xe9,0.25\n", ["T:3: expected UTF-8, found byte 0xe9; save it as UTF-8"]),
        ('language,x\nde,"0.5\n', ["T:2: expected comma-separated values, found unexpected end of data"]),
    ],
)  # fmt: skip
def test_exact_a_bad_table_is_refused_with_all_its_faults(table: str | bytes, found: list[str], tmp_path: Path) -> None:
    told = faults(*put(tmp_path, table))
    assert [fault for fault in told if fault in found] == found


def test_exact_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    tables, statements = put(tmp_path, "language,x\nde,n/a\nen,1\n", "S01,1,value,T1:en:x,=,,one,\n")
    (tables / "table-01-again.csv").write_text(GOOD)
    (tables / "notes.csv").write_text("a,b\n")
    (tables / "table-2-bytes.csv").write_bytes(b"\xff\n")
    assert faults(tables, statements) == [
        "S:2: expected a number such as -0.73 as claimed, found 'one'",
        "tables/notes.csv: expected table-<number>-<name>.csv, found notes.csv; rename it or move it elsewhere",
        "T: expected one file for T1, found table-01-again.csv beside it",
        "T:2: number at de:x, found 'n/a'",
        "tables/table-2-bytes.csv:1: expected UTF-8, found byte 0xff; save it as UTF-8",
    ]


def test_exact_no_tables_at_all_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(FileFaults, match=r"expected a folder with table-<number>-<name>\.csv, found none"):
            read(folder, None)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ("", ["S:1: expected a header and rows, found only one line"]),
        (b"", ["S: expected a header and rows, found an empty file"]),
        (b"id,section,kind,left\nS01,1,value,x\n", [
            f"S:1: expected the columns {HEADER.strip()}, found no relation, right, claimed, unit"
        ]),
        (2 * "S01,1,value,T1:de:a_x,=,,0.5,\n", ["S:3: expected each statement once (S01), found it again"]),
        ("one,1,value,T1:de:a_x,=,,0.5,\n", ["S:2: expected an id such as S07, found 'one'"]),
        ("S01,1,value,T1:de:a_x,=,,0.5\n", ["S:2: expected 8 columns, found 7"]),
        (
            MANY,
            [
                "S:2: no cell, found 'T1:fr:a_x'; mend S01",
                f"S:3: expected one of the kinds {', '.join(RELATIONS)}, found 'guess'; mend S02",
                "S:4: expected = as the relation of kind value, found '<'; mend S03",
                "S:5: no cell, found 'T1:DE:a_x'; did you mean T1:de:a_x?; mend S04",
                "S:6: expected a claimed number for kind value, found none; mend S05",
                "S:7: no cell, found 'T9:de:a_x'; mend S06",
                "S:8: expected a pattern that cells of the tables match, found 'T1:fr:*'; mend S07",
                "S:9: expected the name of one arm among what the pattern's * match, found 'z'; mend S08",
                "S:10: expected x beside another arm everywhere, found T1/de/a; mend S09",
            ],
        ),
    ],
)  # fmt: skip
def test_exact_bad_statements_are_refused_with_all_their_faults(
    statements: str | bytes, found: list[str], tmp_path: Path
) -> None:
    assert faults(*put(tmp_path, GOOD, statements)) == found


def test_exact_statements_that_are_named_and_lacking_are_refused(tmp_path: Path) -> None:
    tables, _ = put(tmp_path, GOOD)
    assert faults(tables, tmp_path / "said.csv") == [
        "said.csv: expected a readable file, found No such file or directory"
    ]
