"""The sentence that a verdict is about, made from the checks that decide it and nothing else.

A claim's own statement is an author's words, and may say more than was checked. What a verdict
verifies or falsifies is this sentence: where, on which data sets and bases, and for each required
check what its relation asks of its arms. So no word of it goes beyond a check (design: Verdict).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.court.case import named
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.records.claim import Check, Claim
    from harness.records.ruling import Scale

LONGEST = 2000
PERCENT = 100
REAL_FILES = "In the real files"


def scoped_sentence(claim: Claim, place: str, scale: Scale) -> str:
    """Return the sentence; `place` says where, as a scope does."""
    where = REAL_FILES if claim.kind == "counted" else place
    over = ", ".join(claim.datasets)
    bases = f", pooled over {' and '.join(claim.bases)}" if len(claim.bases) > 1 else f", {''.join(claim.bases)}"
    decided = [check for check in claim.checks if check.required is True or (check.required and scale == "full")]
    told = "; ".join(dict.fromkeys(_said(check, claim) for check in decided)) or "nothing is required"
    sentence = f"{where}, on {over}{bases if claim.bases else ''}: {told}"
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"


def _said(check: Check, claim: Claim) -> str:
    """Return what one check asks, in words that hold no more than it does."""
    left, right = named(check.left), named(check.right)
    what = f"{check.setting} {check.measure}"
    margin = f"{float(decimal(check.margin)) * PERCENT:g}%"
    words = {
        "above": f"the mean {what} of {left} is above that of {right}",
        "below": f"the mean {what} of {left} is below that of {right}",
        "comparable-or-above": f"the mean {what} of {left} is at most {margin} below that of {right}",
        "comparable-or-below": f"the mean {what} of {left} is at most {margin} above that of {right}",
        "equivalent": f"the mean {what} of {left} is within {margin} of that of {right}",
        "reduced-by": f"the mean {what} of {left} lies below that of {right} by the claimed share",
        "order": f"by mean {what} {_ordered(check.arms or ())}",
        "contrast": f"in mean {what} {_weighed(check)} is above 0",
        "never-third": "hybrid is third of hybrid, x-x-mono and x-y in no base, data set, setting and query language, "
        "but for one in twenty, and in each setting above the mean of the other two",
        "equals": _counted(check, claim),
    }[check.relation]
    if check.languages:
        words += f", over questions in {', '.join(check.languages)}"
    return words + (", over pairs of languages withheld from training" if check.pairs else "")


def _ordered(arms: Iterable[str]) -> str:
    return ", ".join(f"{one} is above {other}" for one, other in zip(list(arms), list(arms)[1:], strict=False))


def _weighed(check: Check) -> str:
    return " ".join(f"{weight:+g} {arm}" for arm, weight in (check.weights or {}).items())


def _counted(check: Check, claim: Claim) -> str:
    if claim.kind != "counted":
        return f"{len(check.counts)} numbers of the script's own equal those that it cites"
    return f"{len(check.counts)} counts equal those that the paper states"
