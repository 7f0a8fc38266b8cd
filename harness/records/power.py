"""What a pilot says of noise, and what it lets one expect (design: planned power)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from harness.records.claim import CheckSetting, Measure
from harness.records.record import Record

Variance = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Components(Record):
    """Components of variance of a difference of two arms, in the measure's unit squared.

    `s2_seed` between seeds, `s2_cluster` between clusters of questions, `s2_res` the rest, as one
    value of one seed and cluster has them. `mean` is the mean of both arms, `clusters` how many
    the pilot had.
    """

    setting: CheckSetting
    measure: Measure
    s2_seed: Variance
    s2_cluster: Variance
    s2_res: Variance
    mean: float
    clusters: Annotated[int, Field(ge=2)]


class PlannedPower(Record):
    """How likely a check is to be supported, were the truth the claimed effect, or no effect at all.

    `claimed` is null where no effect is claimed, `margin` where the check has no margin that no
    effect would keep. `detectable` is the true effect, in percent of the mean, that would be
    supported nine times in ten; null where no effect would.
    """

    seeds: int
    clusters: int
    claimed: Share | None
    margin: Share | None
    detectable: float | None
