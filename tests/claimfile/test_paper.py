from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.claimfile.paper import NUMBER, Paper, paper_folder, read_paper
from harness.errors import FileFaults

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "id,section,kind,left,relation,right,claimed,unit\n"
TABLE = "a,b,one,two\nx,y,1,2\nx,z,.5,\n"


def lay(folder: Path, statements: str | bytes | None = None, **tables: str | bytes) -> Path:
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    named: dict[str, str | bytes] = {f"tables/{name.replace('_', '-')}.csv": text for name, text in tables.items()}
    if statements is not None:
        named["statements.csv"] = statements
    for name, text in named.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def told(folder: Path) -> list[str]:
    with pytest.raises(FileFaults) as refused:
        read_paper(folder, "p")
    return [str(fault) for fault in refused.value.faults]


def test_exact_cells_are_named_by_table_row_and_column(tmp_path: Path) -> None:
    paper = read_paper(lay(tmp_path, HEADER + 'S1,1,k,l,=,r,"3,0",u\n', table_7_x=TABLE, table_12_y="k,v\na,1\n"), "p")
    assert paper.cells == {"T7:x/y:one": "1", "T7:x/y:two": "2", "T7:x/z:one": ".5", "T12:a:v": "1", "S1": "3,0"}


def test_exact_the_papers_own_folder_is_read(root: Path) -> None:
    """Figures as printed in tables 7 and 8 and in the text."""
    cells = read_paper(root / "claims" / "paper", "p").cells
    assert cells["S14"] == "30.1"
    assert cells["T10:zh:xquad_r_candidates"] == "1196"
    with (root / "claims" / "paper" / "tables" / "table-07-rank-distance-xquad-r.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    mean = next(row for row in rows if "mean" in row.values())
    assert cells["T7:mean:labse_hybrid"] == mean["labse_hybrid"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "expected a header and rows, found an empty file"),
        (b"a,b\nx,1\nx,\xff\n", "table-1-x.csv:3: expected UTF-8, found byte 0xff"),
        (b"a,b\nx,1,2\ny\n", "table-1-x.csv:2: expected 2 columns, found 3"),
        (b"a,b\nx,1\nx,2\n", "table-1-x.csv:3: expected each row once (T1:x:b), found it again"),
        (b"a,b,b\nx,1,2\n", "expected each column once, found a,b,b"),
        (b'a,b\nx,"1\n', "expected comma-separated values"),
        (b"a,b\nx," + b"1" * 200_000 + b"\n", "expected comma-separated values, found field larger"),
        (b"a,b\n" + b"x,1\n" * (1 << 20) + b"y,2", "expected at most 4194304 bytes, found more"),
    ],
    ids=range(8),
)
def test_exact_what_is_wrong_with_a_table_is_told(tmp_path: Path, text: bytes, said: str) -> None:
    assert any(said in one for one in told(lay(tmp_path, table_1_x=text))), told(tmp_path)[:3]


def test_exact_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    found = told(lay(tmp_path, "id,claimed\nS1,1\n", table_1_x="a,b\nx\ny\n", notes="a,b\n", table_2_y=""))
    assert len(found) == 5
    assert found[0].startswith("p/statements.csv:1: expected the columns id,section")
    assert any("expected table-<number>-<name>.csv, found notes.csv" in one for one in found)


def test_exact_only_line_ends_end_lines(tmp_path: Path) -> None:
    paper = read_paper(lay(tmp_path, table_1_x="a,b\r\nx\u2028y,1\r\nx\x0bz,2\r\n"), "p")
    assert paper.cells == {"T1:x\u2028y:b": "1", "T1:x\x0bz:b": "2"}


def test_exact_lines_count_those_of_the_file_also_behind_quotes(tmp_path: Path) -> None:
    assert "table-1-x.csv:4: expected 2 columns" in told(lay(tmp_path, table_1_x='a,b\n"x\ny",1\nz\n'))[0]


def test_degenerate_a_paper_without_anything_is_none(tmp_path: Path) -> None:
    assert told(lay(tmp_path)) == ["p/statements.csv: expected tables/*.csv or statements.csv, found neither"]
    (tmp_path / "tables" / "table-1-x.csv").mkdir()
    assert "expected a readable file" in told(tmp_path)[0]


def test_exact_the_nearest_paper_is_taken(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "claims" / "paper").mkdir(parents=True)
    assert paper_folder(inner) == tmp_path / "claims" / "paper"
    (tmp_path / "a" / "paper").mkdir()
    assert paper_folder(inner) == tmp_path / "a" / "paper"
    (inner / "paper").mkdir()
    assert paper_folder(inner) == inner / "paper"


def test_exact_the_digest_covers_every_byte(tmp_path: Path) -> None:
    first = read_paper(lay(tmp_path, HEADER, table_1_x=TABLE), "p").digest
    assert read_paper(lay(tmp_path, HEADER, table_1_x=TABLE), "elsewhere").digest == first
    assert read_paper(lay(tmp_path, HEADER, table_1_x=TABLE + "\n"), "p").digest != first


@pytest.mark.parametrize("text", ["1", "-1", "1.5", ".5", "-.5", "007"])
def test_exact_numbers(text: str) -> None:
    assert NUMBER.fullmatch(text)


@pytest.mark.parametrize("text", ["", ".", "1.", "1,5", "1e3", "+1", "1\n", "½", "٣"])
def test_exact_what_is_no_number(text: str) -> None:
    assert not NUMBER.fullmatch(text)


@given(data=st.binary(max_size=60) | st.text(alphabet="ab1.,\"'\n\r;\x00é", max_size=60).map(str.encode))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_theory_any_bytes_are_a_paper_or_told(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = lay(tmp_path_factory.getbasetemp() / "papers" / "paper", HEADER.encode() + data, table_1_x=data)
    try:
        assert isinstance(read_paper(folder, "p"), Paper)
    except FileFaults as refused:
        faults = refused.faults
    else:
        return
    assert faults


@pytest.mark.parametrize(
    ("kind", "relation", "claimed", "lies"),
    [
        ("order", ">", "", ">"),
        ("order", "<", "", "<"),
        ("order", ">", "50", "more"),
        ("order", "<", "50", "less"),
        ("reduction", "below", "30.1", "below"),
        ("increase", "above", "5", "above"),
        ("difference", "=", "0.02", "more"),
        ("difference", "=", "-0.02", "less"),
        ("difference", "=", "0.000", "level"),
        ("ratio", "=", "1.05", "more"),
        ("ratio", "=", "0.95", "less"),
        ("ratio", "=", "1.0", "level"),
        ("ratio", "=", "about one", "="),
        ("value", "=", "0.5", "="),
        ("best", "min", "", "min"),
    ],
)
def test_exact_a_statement_puts_its_left_side_somewhere(
    tmp_path: Path, kind: str, relation: str, claimed: str, lies: str
) -> None:
    paper = read_paper(lay(tmp_path, HEADER + f"S1,1,{kind},l,{relation},r,{claimed},u\n"), "p")
    assert paper.relations == {"S1": lies}
    assert paper.speaks == {"S1": ("l", "r")}
