"""Oracles: what a cell really imports; folders laid out by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from harness.planner import COURT_SOURCE, EVALUATE_SOURCE, LAB_SOURCE, RANK_SOURCE, source_digest, versions

IMPORTS = """
import sys
from importlib import import_module

for names in (
    ("harness.lab.cell",),
    ("harness.lab.evaluate",),
    ("harness.court.rank", "harness.court.compiled", "harness.court.admit"),
):
    for other in [one for one in sys.modules if one.partition(".")[0] == "harness"]:
        del sys.modules[other]  # torch stays, which takes seconds
    for name in names:
        import_module(name)
    print(*(one for one in sys.modules if one.startswith("harness.")))
"""


def test_exact_the_source_digests_cover_everything_that_cells_released_encoders_and_ranks_import() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    packages = {"lab.py", "records.py", "court.py"}  # their files hold a docstring
    for line, covered in zip(done.stdout.splitlines(), (LAB_SOURCE, EVALUATE_SOURCE, RANK_SOURCE), strict=True):
        imported = {name.removeprefix("harness.").replace(".", "/") + ".py" for name in line.split()}
        assert len(imported) > len(packages)
        assert imported - packages <= set(covered)


def test_exact_the_source_digest_tells_places_apart() -> None:
    assert source_digest(("lab/cell.py",)) != source_digest(("lab/train.py",))
    assert source_digest(("lab",)) != source_digest(("lab/cell.py",))
    assert source_digest(COURT_SOURCE) != source_digest(RANK_SOURCE)


def test_exact_modules_of_inner_folders_count_and_other_files_do_not(tmp_path: Path) -> None:
    (tmp_path / "court/kinds").mkdir(parents=True)
    (tmp_path / "court/judge.py").write_text("a")
    before = source_digest(("court",), tmp_path)
    (tmp_path / "court/notes.txt").write_text("b")
    assert source_digest(("court",), tmp_path) == before
    (tmp_path / "court/kinds/order.py").write_text("c")
    inner = source_digest(("court",), tmp_path)
    assert inner != before
    (tmp_path / "court/kinds/order.py").write_text("d")
    assert source_digest(("court",), tmp_path) not in {before, inner}


def test_exact_versions_are_of_what_results_depend_on() -> None:
    assert {"torch", "sentence-transformers", "python", "machine"} <= set(versions())
