"""Language by language: what each arm reaches for every pair of question and passage language, and their difference.

Rule: a grid is one arm's cross-lingual MAP by query language (rows) and passage language (columns), with
the monolingual MAP on the diagonal, over seeds and, with equal weight, over the bases that have all of
its arms. A difference is one grid less another, cell by cell. Shades are steps between the least and
the greatest value of all grids of a dataset (of a difference between minus and plus the greatest
distance from zero), and every cell bears its number, so that nothing hangs on colour. Nothing here
decides or is recorded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.report.figures import fixed, typeset
from harness.report.plates import BASELINES, Encoder, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.plates import Languages, Plate

SHADES = 9
COMPARED = ("x-x-mono", "x-y", "hybrid")
MAP = "MAP"
Cells = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Grid:
    """One panel: `cells` by query and passage language, `shades` in the same places, 0 to SHADES - 1."""

    name: str
    cells: Cells
    shades: dict[str, dict[str, int]]
    difference: bool

    def text(self, query: str, passage: str) -> str:
        """Return a cell in hundredths, differences with their sign."""
        value = 100 * self.cells[query][passage]
        return typeset(fixed(value, 1, signed=True) if self.difference else fixed(value, 0))


@dataclass(frozen=True)
class Grids:
    """All panels of one dataset over the same languages and bases."""

    dataset: str
    languages: tuple[str, ...]
    bases: tuple[str, ...]
    panels: tuple[Grid, ...]

    def plain(self) -> dict[str, Any]:
        """Return the cells by panel."""
        return {panel.name: panel.cells for panel in self.panels}


def grids(plates: Sequence[Plate]) -> list[Grids]:
    """Return the panels of each dataset that was measured between languages."""
    by_place = {plate.place: plate for plate in plates}
    datasets = sorted({place.dataset for place in by_place if place.setting == "crosslingual" and place.measure == MAP})
    return [_grids(by_place, dataset) for dataset in datasets]


def _grids(by_place: Mapping[Place, Plate], dataset: str) -> Grids:
    across = by_place[Place(dataset, "crosslingual", MAP)].by_language
    within = by_place.get(Place(dataset, "monolingual", MAP))
    arms = [arm for arm in COMPARED if any(encoder.arm == arm for encoder in across)]
    bases = sorted({one.base for one in across if one.arm not in BASELINES})
    bases = [base for base in bases if all(Encoder(base, arm) in across for arm in arms)]
    means: dict[str, dict[Languages, float]] = {}
    for arm in arms if bases else ():
        own = [_of(across[Encoder(base, arm)], within, Encoder(base, arm)) for base in bases]
        shared = set.intersection(*(set(one) for one in own))
        means[arm] = {pair: math.fsum(one[pair] for one in own) / len(own) for pair in sorted(shared)}
    languages = sorted({language for one in means.values() for pair in one for language in pair})
    return Grids(dataset, tuple(languages), tuple(bases), (*_arms(means), *_differences(means)))


def _of(across: Mapping[Languages, float], within: Plate | None, encoder: Encoder) -> dict[Languages, float]:
    """Return one encoder's means by pair, those within a language among them where they were measured."""
    alone = within.by_language.get(encoder, {}) if within else {}
    return {**across, **{(query, query): value for (query, _), value in alone.items()}}


def _arms(means: Mapping[str, Mapping[Languages, float]]) -> list[Grid]:
    every = [value for own in means.values() for value in own.values()]
    low, high = min(every, default=0.0), max(every, default=1.0)
    return [_grid(name, own, low, high, difference=False) for name, own in means.items()]


def _differences(means: Mapping[str, Mapping[Languages, float]]) -> list[Grid]:
    hybrid = means.get(COMPARED[-1], {})
    lowered = {
        f"hybrid less {arm}": {pair: hybrid[pair] - own[pair] for pair in own if pair in hybrid}
        for arm, own in means.items()
        if arm != COMPARED[-1] and hybrid
    }
    far = max((abs(value) for own in lowered.values() for value in own.values()), default=1.0)
    return [_grid(name, own, -far, far, difference=True) for name, own in lowered.items()]


def _grid(name: str, own: Mapping[Languages, float], low: float, high: float, *, difference: bool) -> Grid:
    cells: Cells = {}
    shades: dict[str, dict[str, int]] = {}
    for (query, passage), value in own.items():
        cells.setdefault(query, {})[passage] = value
        share = (value - low) / (high - low) if high > low else 0.5
        shades.setdefault(query, {})[passage] = min(int(share * SHADES), SHADES - 1)
    return Grid(name, cells, shades, difference)
