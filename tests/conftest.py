from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.court.sandbox import Enclosure, enclosure

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tiny_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all tests that need finished tiny cells, so that each is trained once."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="session")
def bare() -> Iterator[Enclosure]:
    """No walls: for tests that look at what a process of the lab does from outside."""
    with enclosure(allow_unsealed=True, tiers=()) as found:
        yield found


@pytest.fixture(scope="session")
def sealed() -> Iterator[Enclosure]:
    """The best walls that this machine has."""
    with enclosure() as found:
        yield found
