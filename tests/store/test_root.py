from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import UsageError
from harness.store import ENVIRONMENT, Store, default_root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("obstacle", ["file", "below"])
def test_exact_a_root_that_is_no_folder_is_said(tmp_path: Path, obstacle: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match=r"expected a folder to keep finished work in, found .*--store"):
        Store(tmp_path / "file" if obstacle == "file" else tmp_path / "file" / "below")


def test_exact_the_root_comes_from_the_environment_or_the_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "named"))
    assert default_root() == tmp_path / "named"
    monkeypatch.setenv(ENVIRONMENT, "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert default_root() == tmp_path / "cache" / "harness" / "store"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_root() == tmp_path / ".cache" / "harness" / "store"
