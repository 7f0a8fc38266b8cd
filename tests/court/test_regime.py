"""The regime: oracle is arithmetic on scores made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from harness.court.regime import outside, read_regimes
from harness.court.scores import Place
from harness.records.claim import Setting
from harness.records.scope import Regime

WANTED = Regime(low=0.8, high=0.9, paper=0.85)


@dataclass
class Told:
    """A validation split that says what it is told, by seed; and remembers which arms were asked for."""

    mono: tuple[float, ...]
    cross: tuple[float, ...]
    distances: tuple[float, ...]
    arms: set[str] = field(default_factory=set)

    def score(self, place: Place, setting: Setting) -> float:
        self.arms.add(place.sampling)
        return {"monolingual": self.mono, "crosslingual": self.cross}[setting][place.seed]

    def distance(self, place: Place) -> float:
        return self.distances[place.seed]


def test_exact_ratio_of_means_over_seeds_and_distance_over_chance() -> None:
    told = Told((0.9, 0.7), (0.81, 0.55), (0.1, 0.2))
    reading = read_regimes(told, "validation", {"xlm-r": WANTED}, {"xlm-r": [0, 1]})["xlm-r"]  # type: ignore[arg-type]
    assert reading.ratio == pytest.approx((0.81 + 0.55) / (0.9 + 0.7))
    assert reading.distance == pytest.approx(0.15)
    assert (reading.low, reading.high, reading.paper, reading.most) == (0.8, 0.9, 0.85, 0.25)
    assert reading.inside
    assert not outside("xlm-r", reading)
    assert told.arms == {"x-x-mono"}


@pytest.mark.parametrize(
    ("cross", "distance", "inside"),
    [(0.8, 0.1, True), (0.9, 0.1, True), (0.799, 0.1, False), (0.901, 0.1, False), (0.85, 0.25, False)],
)
def test_theory_limits_of_the_ratio_are_inside_and_that_of_the_distance_is_not(
    cross: float,
    distance: float,
    inside: bool,  # noqa: FBT001
) -> None:
    told = Told((1.0,), (cross,), (distance,))
    reading = read_regimes(told, "validation", {"xlm-r": WANTED}, {"xlm-r": [0]})["xlm-r"]  # type: ignore[arg-type]
    assert reading.inside == inside
    words = outside("xlm-r", reading)
    assert bool(words) != inside
    if not inside:
        assert f"{cross:.3f}" in words
        assert f"{distance:.1%} of chance" in words


def test_degenerate_what_is_not_wanted_is_not_read_and_what_is_not_read_is_not_met() -> None:
    told = Told((1.0,), (0.85,), (0.1,))
    assert read_regimes(told, "validation", {"xlm-r": WANTED}, {"labse": [0], "xlm-r": []}) == {}  # type: ignore[arg-type]
    assert outside("xlm-r", None) == "the regime of xlm-r was not read"
