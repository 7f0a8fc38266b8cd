"""What is tried here is built of the court's own small parts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "court"))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all courts of a scope, so that baseline and controls are made once."""
    return tmp_path_factory.mktemp("courtroom")
