"""Oracles: what a cell really imports; folders laid out by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.planner import COURT_SOURCE, LAB_SOURCE, RANK_SOURCE, source_digest, versions


@pytest.mark.parametrize(
    ("modules", "source"),
    [
        ("harness.lab.cell", LAB_SOURCE),
        ("harness.court.rank, harness.court.compiled, harness.court.admit", RANK_SOURCE),
    ],
)
def test_exact_the_source_digest_covers_everything_that_is_imported(modules: str, source: tuple[str, ...]) -> None:
    program = f"import sys, {modules}; print(*(m for m in sys.modules if m.startswith('harness.')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = {name.removeprefix("harness.").replace(".", "/") + ".py" for name in done.stdout.split()}
    packages = {"lab.py", "records.py", "court.py"}  # their files hold a docstring
    assert imported - packages <= set(source)


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
