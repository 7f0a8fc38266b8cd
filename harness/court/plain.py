"""A check by its own 95% interval and nothing else, in whatever world its values come from.

What a ruling adds to that is left out: the five seeds, the least number of clusters, the refusal of
leaning intervals, Holm over required checks, company. So it says what the interval alone would
have said (design: Attacking, "judged by the check's own 95% interval").

Values of a world are tables (N, C, S, Q): N variants, C arms, S seeds, Q clusters, in the terms of
`harness.court.sample`. All of them are judged at once, each as if it were alone. `reduced-by` and
`never-third` have rules of their own and are judged by `harness.court.size` and `harness.court.third`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.court.infer import Interval, infer_each
from harness.court.sample import ROUNDING, is_still

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from harness.court.contrast import Contrast
    from harness.court.sample import Sample
    from harness.records.claim import Outcome


def values(sample: Sample) -> NDArray[np.float64]:
    """Return the value of each arm under each seed in each cluster, (C, S, Q); their mean over clusters is theta."""
    found: NDArray[np.float64] = sample.theta[:, :, None] + sample.clusters * sample.within
    return found


def intervals(contrast: Contrast, tables: NDArray[np.float64]) -> list[Interval]:
    """Return one contrast's interval in each of the tables (N, C, S, Q)."""
    by_arm = np.asarray(contrast.weights, dtype=np.float64)
    z = np.einsum("c,ncsq->nsq", by_arm, tables)
    z[np.abs(z) <= ROUNDING * np.einsum("c,ncsq->nsq", np.abs(by_arm), np.abs(tables))] = 0.0
    size = float((np.abs(by_arm) @ np.abs(tables.mean(axis=3)).max(axis=(0, 2))).max())
    return infer_each(z, size)


def outcomes(contrasts: Sequence[Contrast], tables: NDArray[np.float64]) -> list[Outcome]:
    """Return what the contrasts of one check say together, in each of the tables (N, C, S, Q)."""
    by_contrast = [[outcome(found, downward=one.downward) for found in intervals(one, tables)] for one in contrasts]
    return [_together(each) for each in zip(*by_contrast, strict=True)]


def outcome(interval: Interval, *, downward: bool) -> Outcome:
    """Return what an interval says by the side of 0 on which it lies; one without width says nothing."""
    if is_still(interval.low, interval.estimate, interval.high):
        return "inconclusive"
    below, above = interval.high < 0, interval.low > 0
    if below or above:
        return "supported" if below == downward else "contradicted"
    return "inconclusive"


def _together(parts: Sequence[Outcome]) -> Outcome:
    if "contradicted" in parts:
        return "contradicted"
    return "supported" if all(part == "supported" for part in parts) else "inconclusive"
