from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.court.sandbox import Enclosure, enclosure


@pytest.fixture(scope="session")
def landlocked() -> Iterator[Enclosure]:
    """The second best walls, on a machine that has the best ones too."""
    with enclosure(tiers=("T2",)) as found:
        yield found
