from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.store.atomic import replace_file


def test_exact_bytes_arrive_and_nothing_else_stays(tmp_path: Path) -> None:
    path = replace_file(tmp_path / "new" / "folder" / "a.json", b"one")
    assert replace_file(path, b"two").read_bytes() == b"two"
    assert [file.name for file in path.parent.iterdir()] == ["a.json"]


def test_theory_a_write_that_fails_leaves_the_old_bytes(tmp_path: Path) -> None:
    path = replace_file(tmp_path / "a.json", b"old")
    with pytest.raises(TypeError):
        replace_file(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_theory_a_rename_that_fails_leaves_no_part(tmp_path: Path) -> None:
    (tmp_path / "a.json" / "occupied").mkdir(parents=True)
    with pytest.raises(OSError, match=r"a\.json"):
        replace_file(tmp_path / "a.json", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_theory_a_reader_holds_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """Replacing makes another file: one opened before still reads whole old bytes."""
    path = replace_file(tmp_path / "a.json", b"old" * 1000)
    with path.open("rb") as reader:
        replace_file(path, b"new")
        assert reader.read() == b"old" * 1000
    assert path.read_bytes() == b"new"


def test_theory_what_a_killed_writer_left_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / f".a.json.{os.getpid()}.part").write_bytes(b"half of a much longer file")
    assert replace_file(tmp_path / "a.json", b"whole").read_bytes() == b"whole"
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]
