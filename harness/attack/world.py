"""A false world of one check, and when it is one success too many (design: Attacking).

    must lose       a check that holds in the true world may not hold in this one
    must contradict it must come out against
    must stay       the change is none to the claim, so support may not be lost

A world is one changed table or several (N, C, S, Q) in the terms of `harness.court.plain`: SPLITS
splits of an arm's seeds, DRAWS draws where chance has a part, else one. Several draws succeed as an
attack where more than MOST_DRAWS of them are against the rule, one table where it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from harness.attack.probe import Attempt
from harness.records.attack import WorldInterval

if TYPE_CHECKING:
    from harness.court.contrast import Contrast
    from harness.court.infer import Interval
    from harness.records.claim import Outcome

Tables = NDArray[np.float64]
Must = Literal["lose", "contradict", "stay"]
SPLITS, DRAWS, MOST_DRAWS = 70, 20, 4
MOST_SPLITS = 0.25
ENCODERS = 20
"""Sets of random vectors per dataset, from which each draw takes as many as there are seeds."""

LEAST_HALF = 2
"""Seeds of a group, so that it has a spread."""

LOSE, CONTRADICT, STAY = 9.0, 10.0, 7.0
WORDS: dict[Must, str] = {"lose": "must lose its support", "contradict": "must come out against", "stay": "must stay"}
SEVERITY: dict[Must, float] = {"lose": LOSE, "contradict": CONTRADICT, "stay": STAY}


@dataclass(frozen=True, slots=True)
class World:
    """One false world of one check: its tables, or None where it does not apply.

    `by` are the contrasts that judge it, those of the check where it is None.
    """

    name: str
    must: Must
    tables: Callable[[], Tables | None]
    by: Sequence[Contrast] | None = None


def judged(must: Must, found: Sequence[Outcome], first: Interval | None = None) -> Attempt:
    """Return whether a world's outcomes are against its rule; several are draws in which chance has a part.

    `first` is the interval of the first of them.
    """
    against = sum(_against(must, one) for one in found)
    allowed = MOST_DRAWS if len(found) > 1 else 0
    told = found[0] if len(found) == 1 else ", ".join(f"{n} {name}" for name, n in sorted(Counter(found).items()))
    words = f"{WORDS[must]}: {told}"
    if first is None:
        return Attempt(against > allowed, words)
    interval = WorldInterval(estimate=first.estimate, low=first.low, high=first.high)
    return Attempt(against > allowed, f"{words}{_shown(first)}", interval)


def _against(must: Must, found: Outcome) -> bool:
    match must:
        case "lose":
            return found == "supported"
        case "contradict":
            return found != "contradicted"
        case _:
            return found != "supported"


def _shown(interval: Interval) -> str:
    """Return an interval as it stands in what a probe tells."""
    return f", {interval.estimate:.4g} [{interval.low:.4g}, {interval.high:.4g}]"
