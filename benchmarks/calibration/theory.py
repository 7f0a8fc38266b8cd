"""The rate of support that is to be expected of one kind of world.

Without an effect, the first term of Edgeworth's expansion of a studentised mean. With K the third
cumulant of the estimate and V its variance, the rate above the upper 2.5% point z is about

    .025 - K / V^1.5 / 6 (2 z^2 + 1) phi(z)

for clusters of skewness g alone g / sqrt Q / 6 (Hall, The Bootstrap and Edgeworth Expansion, 1992,
section 2.6). V is estimated from the same clusters, seeds and residuals, so each part's third
cumulant enters both through the mean and through its own share of V. With an effect, noncentral t
at the true components. Limits: one term; few seeds have heavier errors where they lead.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import nctdtr, ndtri

from benchmarks.calibration.shapes import DRAWN
from benchmarks.calibration.worlds import truth
from harness.court.infer import CONFIDENCE, quantile

if TYPE_CHECKING:
    from benchmarks.calibration.kinds import Kind
    from benchmarks.calibration.shapes import Shape

ERROR = (1 - CONFIDENCE) / 2


def expected_support(kind: Kind, shape: Shape) -> float:
    """Return the rate of support that theory gives."""
    variances, dfs = kind.squares(shape).variance(np.array([float(kind.seeds)]))
    variance, df = float(variances[0]), float(dfs[0])
    effect = truth(kind, shape)
    if effect:
        return float(1 - nctdtr(df, effect / math.sqrt(variance), quantile(1 - ERROR, df)))
    z = float(ndtri(1 - ERROR))
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    skewness = _third(kind, shape) / (variance * math.sqrt(variance))
    return min(1.0, max(0.0, ERROR - skewness / 6 * (2 * z * z + 1) * density))


def _third(kind: Kind, shape: Shape) -> float:
    """Return the third cumulant of the estimate."""
    seeds = DRAWN[kind.seed_shape]
    of_seeds = seeds.sign * seeds.skew * kind.s2_seed * math.sqrt(kind.s2_seed) / kind.seeds**2
    return shape.third(kind.seeds) / kind.clusters**2 + of_seeds
