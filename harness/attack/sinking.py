"""The world in which an arm sinks all answers to the end of the pool, and who objects.

Rank distance alone is no merit: an encoder that ranks every translation badly has none. So for each
check on rank distance, every arm that it claims to be less biased sinks in turn, and all that it is
not held against there find half of that; some required check on that arm by another measure, in the
multilingual pool of the same data set, has to lose its support: one that weighs all ranks or sees the
first ten, for a deep cut sees answers sink too late. Less biased are: the left side of below,
comparable-or-below and reduced-by, the right side of above and comparable-or-above, what a contrast
takes off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.attack.probe import Attempt
from harness.court.contrast import DOWNWARD, Inquiry, sides
from harness.court.plain import values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.attack.subject import Stand
    from harness.court.scores import Measured
    from harness.records.claim import Check, Side

DISTANCE = "rank-distance"
DEEPEST = 10
"""The last rank that a cut may be at to see that answers sink."""


def by_distance(check: Check) -> bool:
    """Tell whether a check claims that some arm has less rank distance."""
    return check.measure == DISTANCE and bool(less_biased(check))


def less_biased(check: Check) -> tuple[Side, ...]:
    """Return the arms that a check on rank distance claims to be less biased."""
    match check.relation:
        case "above" | "comparable-or-above":
            return sides(check)[1:]
        case "contrast":
            return tuple(
                side for side, weight in zip(sides(check), (check.weights or {}).values(), strict=True) if weight < 0
            )
        case relation if relation in DOWNWARD | {"reduced-by"}:
            return sides(check)[:1]
        case _:
            return ()


def sinking(stands: Sequence[Stand], sunk: Measured) -> Attempt:
    """Let each arm that is claimed to be less biased sink all answers; some required check has to object."""
    for one in (stand for stand in stands if by_distance(stand.check)):
        for arm in less_biased(one.check):
            beside = [other for other in stands if other.dataset == one.dataset and _covers(other.check, one.check)]
            rivals = set(sides(one.check)) - set(less_biased(one.check))
            if not any(_objects(other, arm, rivals, sunk) for other in beside):
                words = f"{one.name} holds when {arm.sampling} sinks every answer to the end of the pool; none objects"
                return Attempt(succeeded=True, detail=words)
    return Attempt(succeeded=False, detail="when answers sink, a required check objects")


def _covers(guard: Check, check: Check) -> bool:
    """Tell whether a check is of all the questions that another one is of."""
    return guard.languages is None or (check.languages is not None and set(check.languages) <= set(guard.languages))


def _objects(stand: Stand, arm: Side, rivals: set[Side], sunk: Measured) -> bool:
    """Tell whether a check by another measure loses its support where an arm has sunk, and all but its rivals too."""
    check, named = stand.check, sides(stand.check)
    if not _sees(str(check.measure)) or "multilingual" not in check.settings or check.relation == "never-third":
        return False
    if arm not in named:
        return False
    inquiry = Inquiry(sunk, stand.case.seeds, check, stand.dataset)
    table = stand.values.copy()
    deep = values(inquiry.sample(stand.case.claim.bases, (arm,)))[0]
    for at, side in enumerate(named):
        if side == arm:
            table[at] = deep
        elif side not in rivals:  # not `deep` itself: an interval without width says nothing
            table[at] *= deep.mean() / (2 * table[at].mean()) if table[at].any() else 0.0
    return stand.judged(table[None])[0] != "supported"


def _sees(measure: str) -> bool:
    """Tell whether a measure falls as soon as answers sink."""
    _, cut, rank = measure.partition("@")
    return measure != DISTANCE and (not cut or int(rank) <= DEEPEST)
