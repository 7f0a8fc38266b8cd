"""What each kind of cell must hold, and the least number of clusters that follows. Fixed before the first run.

    coverage         every cell: the interval covers the truth in 92.5% to 98.5% of worlds
    false-support    null (an above check) and margin (a comparable one): the one-sided 99.9% lower
                     bound of the rate of support is at most 2.5%
    power            full: the one-sided 99.9% upper bound of the rate of support is at least 90%,
                     where the judge refuses no more than REFUSED of the worlds

The least number of clusters is the least at which all cells hold the first two: what a judge says
must hold, and to refuse more cannot mend a lack of power. Among many cells some miss by chance: of
768 that are held to false support a judge without fault has 0.8. So cells that miss a promise are
drawn again, AGAIN times as many worlds, and stand beside. Power is held to its bound, as false
support is, for the effect is the one whose power is 90% and no more (in the limit; a little less at
few degrees of freedom): half of such cells measure less by chance. How many do, and their mean, is
told. Bounds after Clopper and Pearson (1934).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.special import betaincinv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.calibration import CalibrationCell, Criterion, Effect

LEAST_COVERAGE, MOST_COVERAGE = 0.925, 0.985
MOST_FALSE_SUPPORT = 0.025
LEAST_POWER = 0.90
SURE = 0.999
REFUSED = 0.05
AGAIN = 10
PROMISES: tuple[Criterion, ...] = ("coverage", "false-support")
FALSE: tuple[Effect, ...] = ("null", "margin")


def bounds(hits: int, worlds: int) -> tuple[float, float]:
    """Return the one-sided 99.9% lower and upper bounds of a rate."""
    low = float(betaincinv(hits, worlds - hits + 1, 1 - SURE)) if hits else 0.0
    high = float(betaincinv(hits + 1, worlds - hits, SURE)) if hits < worlds else 1.0
    return low, high


def misses(effect: Effect, coverage: float, support: tuple[float, float], refused: float) -> tuple[Criterion, ...]:
    """Return what a cell does not hold; `support` are the bounds of its rate of support."""
    low, high = support
    held: dict[Criterion, bool] = {
        "coverage": LEAST_COVERAGE <= coverage <= MOST_COVERAGE,
        "false-support": effect not in FALSE or low <= MOST_FALSE_SUPPORT,
        "power": effect != "full" or refused > REFUSED or high >= LEAST_POWER,
    }
    return tuple(name for name, holds in held.items() if not holds)


def least_clusters(cells: Sequence[CalibrationCell], criteria: Sequence[Criterion]) -> int | None:
    """Return the least tested number of clusters at which all cells hold; None where there is none."""
    missing = {cell.clusters for cell in cells if set(cell.misses) & set(criteria)}
    return min({cell.clusters for cell in cells} - missing, default=None)
