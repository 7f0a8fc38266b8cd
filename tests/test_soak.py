"""The short soak: the oracle is an undisturbed run with another number of workers.

The long one, with 20 moments, is `python -m benchmarks.soak`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.soak import Place, moments


def test_itself_a_run_killed_twice_and_gone_on_with_gives_the_undisturbed_verdict(tmp_path: Path) -> None:
    place = Place.made(tmp_path / "soak")
    undisturbed, seconds = place.whole("undisturbed", workers=1)
    early, late = sorted(moments(2, seconds))
    assert place.killed("store", 2, early)
    assert place.damage("store") == [] if (place.folder / "store").exists() else True
    place.killed("store", 2, max(late, seconds / 2))
    assert place.damage("store") == []
    assert list((place.folder / "store" / "underway").iterdir()) == [], "what the killed run left is cleared"
    verdict, _ = place.whole("store", workers=2)
    assert verdict == undisturbed


@pytest.mark.parametrize("count", [0, 20])
def test_exact_moments_are_the_same_each_time_and_within_the_run(count: int) -> None:
    drawn = moments(count, 9.0)
    assert drawn == moments(count, 9.0)
    assert len(set(drawn)) == count
    assert all(0 <= moment <= 9 for moment in drawn)
