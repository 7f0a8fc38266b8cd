"""What is tried here is built of the court's own small parts, in worlds with few clusters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.court import linear

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW = 10
sys.path.append(str(Path(__file__).resolve().parent.parent / "court"))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all courts of a scope, so that baseline and controls are made once."""
    return tmp_path_factory.mktemp("courtroom")


@pytest.fixture(scope="module", autouse=True)
def small_worlds_are_judged() -> Iterator[None]:
    """Let the judge decide by few clusters, whatever the calibration asks of real ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linear, "LEAST_CLUSTERS", FEW)
        patch.setattr(linear, "MOST_ADDED", 1.0)
        yield
