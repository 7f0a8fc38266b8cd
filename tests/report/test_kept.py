from __future__ import annotations

from pathlib import Path

import pytest

from harness.report.kept import RememberingStore, interrupted

CELL, OTHER = "a" * 64, "b" * 64


def test_exact_cells_are_counted_and_nothing_else(tmp_path: Path) -> None:
    store = RememberingStore(tmp_path)
    for key, operation in ((CELL, "train"), (OTHER, "ranks")):
        folder = store.underway()
        (folder / "file").write_text("x")
        assert store.put(key, folder, {"operation": operation}) == store.place(key)
    assert store.made == [CELL]
    assert store.find(OTHER) is not None


@pytest.mark.parametrize(
    ("cache", "made", "words"),
    [
        ("always", 1, "interrupted; 1 cell made by this run is kept, and the same command goes on from there"),
        ("only-missing", 0, "interrupted; 0 cells made by this run are kept, and the same command goes on from there"),
        ("never", 7, "interrupted; nothing is kept under --cache never"),
    ],
)
def test_exact_last_words(cache: str, made: int, words: str) -> None:
    assert interrupted(cache, made) == words
