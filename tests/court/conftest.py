"""Small courts: what holds below the calibrated number of clusters is the same arithmetic, and cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.court import linear, power

if TYPE_CHECKING:
    from collections.abc import Iterator

FEW = 10


@pytest.fixture(scope="module", autouse=True)
def small_worlds_are_judged() -> Iterator[None]:
    """Let tests of arithmetic judge small worlds, whatever the calibration asks of real ones: clusters, or evenness."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linear, "LEAST_CLUSTERS", FEW)
        patch.setattr(power, "LEAST_CLUSTERS", FEW)
        patch.setattr(linear, "MOST_ADDED", 1.0)
        yield
