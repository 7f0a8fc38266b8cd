"""What a check asks for, in the forms in which sentences say it (`harness.attack.meaning`)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from harness.attack.meaning import Form, Meaning, Where, Who
from harness.attack.naming import WAYS
from harness.claimfile.coverage import SETTINGS
from harness.court.contrast import sides
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.records.claim import Check, Claim

PERCENT = 100


def asked(check: Check, claim: Claim) -> Iterator[Meaning]:
    """Yield what a check asks for, and what follows from an order."""
    margin = round(float(decimal(check.margin)) * PERCENT, 6)
    languages = frozenset(check.languages) if check.languages else None
    settings = SETTINGS if check.relation == "never-third" else (str(check.setting),)
    where = Where(settings=settings, measure=check.measure, languages=languages, pairs=check.pairs is not None or None)
    base = claim.bases[0] if len(claim.bases) == 1 else None
    named = {side.base for side in sides(check)} if base is None else set()
    where = Where(base=named.pop() if len(named) == 1 else None).over(where)
    who = [Who(side.sampling, side.base or base) for side in sides(check)]
    within = Where(size=margin).over(where)
    match check.relation:
        case "above":
            yield Meaning("above", who[0], (who[1],), where)
        case "below" | "reduced-by":
            yield Meaning("above", who[1], (who[0],), where)
        case "comparable-or-above":
            yield Meaning("at-least", who[0], (who[1],), within)
        case "comparable-or-below":
            yield Meaning("at-least", who[1], (who[0],), within)
        case "equivalent":
            yield from (Meaning("equal", *pair, within) for pair in ((who[0], (who[1],)), (who[1], (who[0],))))
        case "order":
            yield from (Meaning("above", one, (other,), where) for one, other in combinations(who, 2))
        case "contrast":
            yield from _weighed(check, base, where)
        case "never-third":
            yield Meaning("never-third", Who("hybrid", base), (), where)
        case _:
            return


def _weighed(check: Check, base: str | None, where: Where) -> Iterator[Meaning]:
    """Yield that one arm lies above or below the mean of two others, if that is what weights say."""
    weights = check.weights or {}
    for name, weight in weights.items():
        others = {other: share for other, share in weights.items() if other != name}
        if len(others) + 1 == len(WAYS) and all(share == -weight / 2 for share in others.values()):
            form: Form = "over-mean" if weight > 0 else "under-mean"
            yield Meaning(form, Who(name, base), tuple(Who(other, base) for other in others), where)
