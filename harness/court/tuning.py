"""The mechanical choice of doses and settings (design: Tuning, Regime).

    (1) x-x-mono at the grid's middle point under every dose of the base; those outside the regime
        are out, the others are ordered by how near Cr/Mo comes to the paper's
    for each dose in that order:
        (2) every arm at every grid point; each takes the one with the best balanced score,
            the first of equals in the grid's order
        (3) x-x-mono at its chosen point; outside the regime: the next dose

Where no dose fits, the one that misses the regime least at the middle point is taken all the same,
and `inside` is false: claims will be out of regime, and the results say how near it came. A base
without a regime takes its first dose.

One grid and one budget for all arms; only the regime looks at x-x-mono alone, and nothing looks at
a test set. `measured` may train or may look up what was trained before: the choice is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from harness.court.regime import READ_FROM
from harness.records.scope import Chosen
from harness.records.training import ARM_LABELS
from harness.records.tuning import Point, Setup

if TYPE_CHECKING:
    from harness.records.scope import Grid, Regime, Scope

Measured = Callable[[Sequence[Setup]], Sequence[Point]]


def choose(scope: Scope, base: str, measured: Measured) -> tuple[Chosen, bool]:
    """Return what the grid's results choose for one base, and whether that lies in its regime.

    Raises:
        ValueError: a scope without a grid.
    """
    grid, regime = _grid(scope), scope.regimes.get(base)
    doses = grid.doses[base]
    if regime is None:
        return _best(base, doses[0], grid, measured), True
    middles = measured([_middle(scope, base, dose) for dose in doses])
    for middle in sorted(middles, key=lambda point: abs(_ratio(point) - regime.paper)):
        if fits(middle, regime):
            chosen = _best(base, middle.setup.dose, grid, measured)
            alone = measured([_setup(base, chosen.dose, READ_FROM, *chosen.arms[READ_FROM])])[0]
            if fits(alone, regime):
                return chosen, True
    nearest = min(middles, key=lambda point: _miss(point, regime))
    return _best(base, nearest.setup.dose, grid, measured), False


def fits(point: Point, regime: Regime) -> bool:
    """Tell whether a point lies in the regime."""
    return _miss(point, regime) == 0 and point.distance < regime.most


def _ratio(point: Point) -> float:
    """Return Cr/Mo MAP, 0 where nothing is found within a language."""
    return point.crosslingual / point.monolingual if point.monolingual else 0.0


def _miss(point: Point, regime: Regime) -> float:
    """Return how far Cr/Mo lies outside the wanted range."""
    return max(regime.low - _ratio(point), _ratio(point) - regime.high, 0.0)


def _best(base: str, dose: int, grid: Grid, measured: Measured) -> Chosen:
    setups = [
        _setup(base, dose, sampling, rate, temperature)
        for sampling in ARM_LABELS
        for rate in grid.learning_rates
        for temperature in grid.temperatures
    ]
    arms: dict[str, Point] = {}
    for point in measured(setups):
        best = arms.setdefault(point.setup.sampling, point)
        if point.balanced > best.balanced:
            arms[point.setup.sampling] = point
    chosen = {sampling: (point.setup.learning_rate, point.setup.temperature) for sampling, point in arms.items()}
    return Chosen(dose=dose, arms=chosen)


def _middle(scope: Scope, base: str, dose: int) -> Setup:
    return _setup(base, dose, READ_FROM, scope.settings.learning_rate, scope.settings.temperature)


def _setup(base: str, dose: int, sampling: str, rate: float, temperature: float) -> Setup:
    return Setup(base=base, dose=dose, sampling=sampling, learning_rate=rate, temperature=temperature)


def _grid(scope: Scope) -> Grid:
    if scope.grid is None:
        msg = f"scope {scope.name}: expected a grid to choose from, found none"
        raise ValueError(msg)
    return scope.grid
