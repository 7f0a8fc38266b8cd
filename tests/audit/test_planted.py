"""Oracle: the whole audit, made anew of files with the slip in them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from paper_maker import Grid, write

from harness.audit import audit, read
from harness.audit.findings import related
from harness.audit.planted import Net, Slip, planted, shares
from harness.seeds import generator

if TYPE_CHECKING:
    from pathlib import Path

    from harness.audit.layout import Paper


def grids(folder: Path) -> dict[str, Grid]:
    paths = [folder / "statements.csv", *(folder / "tables").glob("*.csv")]
    return {
        str(path.relative_to(folder)): [line.split(",") for line in path.read_text().splitlines()] for path in paths
    }


def planted_in(files: dict[str, Grid], slip: Slip, paper: Paper) -> dict[str, Grid]:
    """Return the files with the slip in them; the cells are found by the names of their rows and columns."""
    changed = {name: [list(row) for row in grid] for name, grid in files.items()}
    names = {f"T{int(name.split('-')[1])}": name for name in files if name.startswith("tables/")}
    for where, value in slip.read.items():
        if where not in paper.cells:
            (row,) = (row for row in changed["statements.csv"] if row[0] == where)
            row[6] = value
            continue
        cell = paper.cells[where]
        grid = changed[names[cell.table]]
        (row,) = (row for row in grid[1:] if tuple(row[: len(cell.row)]) == cell.row)
        row[grid[0].index(cell.column)] = value
    return changed


def told(paper: Paper) -> Counter[tuple[str, tuple[str, ...]]]:
    return Counter((one.kind, one.where) for one in audit(paper, {}, {}).findings)


@pytest.mark.parametrize(("folder", "slips"), [("fixtures/made_up_paper", 40), ("claims/paper", 8)])
def test_itself_what_is_said_to_be_caught_is_what_an_audit_reports(
    folder: str, slips: int, root: Path, tmp_path: Path
) -> None:
    files, paper = grids(root / folder), read(root / folder / "tables", root / folder / "statements.csv")
    net, before = Net(*related(paper, {})), told(paper)
    every = [slip for slip in planted(paper) if slip.sort != "unit"]  # a unit changes how many digits a column has
    rng = generator("planted slips", folder)
    seen = set()
    for slip in (every[at] for at in rng.choice(len(every), slips, replace=False)):
        write(tmp_path, planted_in(files, slip, paper))
        after = told(read(tmp_path / "tables", tmp_path / "statements.csv"))
        caught = net.catches(slip.read)
        assert not caught or after != before, slip
        assert caught or not after - before, slip
        seen.add(caught)
    assert True in seen


def test_exact_the_sorts_of_slips(tmp_path: Path) -> None:
    write(tmp_path, {"tables/table-1-map.csv": [["language", "x"], ["de", "0.5"], ["en", ".61"]]})
    slips: dict[str, list[dict[str, str]]] = {}
    for slip in planted(read(tmp_path / "tables", None)):
        slips.setdefault(slip.sort, []).append(slip.read)
    assert len(slips["digit"]) == 9 * 4
    assert {"T1:de:x": "0.4"} in slips["digit"]
    assert slips["swap"] == [{"T1:en:x": ".16"}]
    assert slips["row"] == [{"T1:de:x": ".61", "T1:en:x": "0.5"}]
    assert slips["sign"] == [{"T1:de:x": "-0.5"}, {"T1:en:x": "-.61"}]
    assert slips["unit"] == [{"T1:de:x": "50"}, {"T1:en:x": "61"}]


def test_exact_shares_count_what_is_caught(tmp_path: Path) -> None:
    """A measure with nothing beside it must stay from 0 to 1: the first digit may become 1 only before a zero."""
    write(tmp_path, {"tables/table-1-map.csv": [["language", "x"], ["de", "0.5"], ["en", "0.6"], ["fr", "0.7"]]})
    paper = read(tmp_path / "tables", None)
    found = shares(paper, *related(paper, {}))
    assert {sort: (share.caught, share.planted) for sort, share in found.items()} == {
        "sign": (3, 3),
        "unit": (3, 3),
        "digit": (9 * 3, 9 * 3 * 2),
        "swap": (0, 0),
        "row": (0, 2),
    }
