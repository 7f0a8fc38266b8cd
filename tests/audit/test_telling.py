"""Oracle: what a person reads, written out; and bytes around the table that must stay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.audit import audit, read, telling
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.audit.layout import Paper
    from harness.records.audit import Audit

HOSTILE = 'language,x_a\n"`|<b>[x](y)\n\x1b[31m",0.5\nen,2.5\n'


def hostile(folder: Path) -> Audit:
    (folder / "tables").mkdir()
    (folder / "tables/table-1-map.csv").write_text(HOSTILE.replace("2.5", "0.7"))
    (folder / "tables/table-2-map.csv").write_text(HOSTILE.replace("0.5", "-0.5").replace("2.5", "0.7"))
    return audit(read(folder / "tables", None), {}, {})


def test_exact_lines_say_where_what_follows_and_whose_slip_it_may_be(this_paper: Paper) -> None:
    text = telling.lines(audit(this_paper, {"c06": ["S24"]}, {}))
    assert text.startswith("13 tables, 1169 cells, 67 statements, ")
    assert text.endswith("\n6 findings")
    assert (
        "value/T7:mean:xlm-r_x-x-mono (contradiction)\n"
        "    T7:mean:xlm-r_x-x-mono says 410.2; S24 says 295.4\n"
        "    T7:mean:xlm-r_x-x-mono says 410.2; the number of S24 is that of T7:mean:xlm-r_x-y\n"
        "    it would hold if S24 spoke of T7:mean:xlm-r_x-y\n"
        "    arithmetic cannot tell whether the paper or the copy slipped\n"
        "    cited by c06\n"
    ) in text


def test_exact_names_can_neither_drive_a_terminal_nor_mark_a_page(tmp_path: Path) -> None:
    found = hostile(tmp_path)
    assert len(found.findings) == 1
    assert "\x1b" not in telling.lines(found)
    table = telling.table(found)
    (row,) = [line for line in table.splitlines() if "impossible" in line or "T2" in line]
    assert "\x1b" not in row
    assert "T2:'\\|<b>[x](y) \ufffd[31m:x_a" in row
    assert row.count("`") % 2 == 0
    assert len(row.replace("\\|", "").split("|")) == 7


def test_exact_only_what_is_between_the_two_lines_is_written(tmp_path: Path, this_paper: Paper) -> None:
    path, table = tmp_path / "README.md", telling.table(audit(this_paper, {}, {}))
    path.write_bytes(b"# A\r\n\n<!-- audit -->\nold\n<!-- /audit -->\nlast \xc3\xa9")
    assert not telling.holds(path, table)
    telling.write(path, table)
    assert telling.holds(path, table)
    assert path.read_bytes() == b"# A\r\n\n<!-- audit -->\n\n" + table.encode() + b"\n<!-- /audit -->\nlast \xc3\xa9"
    telling.write(path, table)
    assert path.read_text(encoding="utf-8").count("| what is printed |") == 1


def test_itself_the_table_is_the_same_with_and_without_data(this_paper: Paper) -> None:
    files = {"mlqa-r": {"queries-ar": 517, "languages": 7}}
    assert telling.table(audit(this_paper, {}, files)) == telling.table(audit(this_paper, {}, {}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing", "expected one line <!-- audit -->, found none"),
        ("<!-- audit -->\n", "expected one line <!-- /audit -->, found none"),
        (
            "<!-- audit -->\n<!-- audit -->\n<!-- /audit -->\n",
            r"expected one line <!-- audit -->, found 2 \(.*:1, .*:2\)",
        ),
        ("<!-- /audit -->\n<!-- audit -->\n", r":1: expected <!-- /audit --> after <!-- audit -->, found it before"),
    ],
)
def test_exact_a_file_without_its_two_lines_is_refused_and_left(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        telling.write(path, "table")
    assert path.read_text() == text


def test_exact_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff")
    for name in ("nowhere", "bytes"):
        with pytest.raises(UsageError, match="expected a text file in UTF-8"):
            telling.write(tmp_path / name, "table")
