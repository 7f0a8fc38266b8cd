"""One kind of world, judged by the court's own code: `infer_each` and the rule of `harness.court.linear`.

The rule refuses few clusters. How few is what a calibration is to find, so tables are shown to it
as if they had enough; nothing else of an interval is touched. It also refuses intervals that lean
too far to one side; how often, stands beside the rates.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.calibration.criteria import bounds, misses
from benchmarks.calibration.theory import expected_support
from benchmarks.calibration.worlds import BLOCK, tables, truth
from harness.court.infer import infer_each
from harness.court.linear import LEAST_CLUSTERS, outcome_of
from harness.records.calibration import CalibrationCell

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from benchmarks.calibration.kinds import Kind
    from benchmarks.calibration.shapes import Shape
    from harness.court.infer import Interval
    from harness.records.claim import Outcome

    Judge = Callable[[NDArray[np.float64]], list[Interval]]

DIGITS = 6


def judged(kind: Kind, shape: Shape, worlds: int, block: int = BLOCK, judge: Judge = infer_each) -> CalibrationCell:
    """Draw and judge `worlds` worlds; return the rates. `judge` is the court's, unless a test doubts the criteria."""
    theta = truth(kind, shape)
    covered, refused, outcomes = 0, 0, Counter[str]()
    for z in tables(kind, shape, worlds, block):
        for interval in judge(z):
            covered += interval.low <= theta <= interval.high
            outcome, note = said(interval)
            outcomes[outcome] += 1
            refused += bool(note)
    support = bounds(outcomes["supported"], worlds)
    return CalibrationCell(
        seeds=kind.seeds,
        clusters=kind.clusters,
        seed_variance=kind.seed_variance,
        seed_shape=kind.seed_shape,
        shape=kind.shape,
        effect=kind.effect,
        truth=round(theta, DIGITS),
        coverage=covered / worlds,
        supported=outcomes["supported"] / worlds,
        contradicted=outcomes["contradicted"] / worlds,
        expected=round(expected_support(kind, shape), DIGITS),
        at_least=round(support[0], DIGITS),
        at_most=round(support[1], DIGITS),
        refused=refused / worlds,
        misses=misses(kind.effect, covered / worlds, support, refused / worlds),
    )


def said(interval: Interval) -> tuple[Outcome, str]:
    """Return what the court's rule says of an interval, and why it refuses, however few clusters it rests on."""
    if interval.clusters < LEAST_CLUSTERS:
        interval = replace(interval, clusters=LEAST_CLUSTERS)
    return outcome_of(interval, downward=False)
