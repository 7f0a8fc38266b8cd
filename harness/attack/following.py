"""Whether what a sentence says follows from what a check asks for.

Above is at least level, an order is above from arm to arm, equivalent is near. What narrows a check down has to
be said: its base if it names one, the arm under which bases are compared, languages, withheld pairs, a margin
that is larger than those of the fourteen claims. What a sentence may leave open of these is filled in before
(`harness.attack.settling`). An arm that is left open is one of the three ways, and another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.attack.meaning import WITHIN, Who
from harness.attack.naming import WAYS
from harness.attack.places import FIRST

if TYPE_CHECKING:
    from harness.attack.meaning import Meaning, Where

UNSAID, UNSAID_OTHERWISE = {"rank-distance": 5.0}, 1.0
"""Margins in percent up to which arms may be called level without saying so: those of the fourteen claims."""

ROUGHLY = 5.0
"""The margin up to which a heading may say that something is kept; the statement has to say which."""

FOLLOWS = {
    "above": frozenset({"above"}),
    "at-least": frozenset({"above", "at-least", "equal"}),
    "equal": frozenset({"equal"}),
    "over-mean": frozenset({"over-mean"}),
    "under-mean": frozenset({"under-mean"}),
    "never-third": frozenset({"never-third"}),
}
"""What is said, by what it follows from."""


def follows(said: Meaning, ground: Meaning) -> bool:
    """Tell whether what is said follows from what is asked."""
    return (
        ground.form in FOLLOWS[said.form]
        and not (said.form not in WITHIN and said.where.size is not None)
        and said.where.arm in {None, said.left.arm or said.where.arm}
        and _is(said.left, ground.left, said.where)
        and (said.left != Who() or _other_way(ground.left, ground.rights[0]))
        and _are(said, ground)
        and there(said.where, ground)
        and (not ground.rights or _arm_told(said, ground))
    )


def denies(ground: Meaning, said: Meaning) -> bool:
    """Tell whether a check asks that one arm lies above another that is said to be above it, or level at least.

    Whoever a heading puts above a rival that it leaves open is below none.
    """
    return (
        ground.form == "above"
        and said.form in {"above", "at-least"}
        and said.left.arm is not None
        and (said.rights[0].arm is not None or said.where.roughly is True)
        and _is(said.left, ground.rights[0], said.where)
        and _is(said.rights[0], ground.left, said.where)
        and there(said.where, ground)
    )


def _arm_told(said: Meaning, ground: Meaning) -> bool:
    """Tell whether a comparison of bases says under which batches; a check of bases is of one arm alone."""
    return ground.left.arm != ground.rights[0].arm or (said.left.arm or said.where.arm) is not None


def _is(said: Who, ground: Who, where: Where) -> bool:
    base = said.base or where.base
    name = said.arm or where.arm
    return (name is None or name == ground.arm) and (base is None or base == ground.base)


def _other_way(ground: Who, than: Who) -> bool:
    """Tell whether an arm may be the one that is left open beside another."""
    return ground.arm in WAYS and ground.arm != than.arm


def _are(said: Meaning, ground: Meaning) -> bool:
    """Tell whether the rivals are those of the check."""
    if said.form == "never-third":
        return True
    if len(said.rights) != len(ground.rights):
        return False
    rest = list(ground.rights)
    for one in said.rights:
        found = next((other for other in rest if _is(one, other, said.where)), None)
        if found is None or (one == Who() and not _other_way(found, ground.left)):
            return False
        rest.remove(found)
    return True


def there(said: Where, ground: Meaning) -> bool:
    """Tell whether both are of one place."""
    its = ground.where
    return (
        (said.settings is None or set(said.settings) <= set(its.settings or ()))
        and _measured(said.measure, its)
        and (its.base is None or said.base is not None)
        and (not said.each_language or ground.form == "never-third")
        and not (said.unseen and its.pairs)
        and said.pairs == its.pairs
        and (ground.form not in WITHIN or _sized(said, its))
        and said.languages == its.languages
    )


def _measured(said: str | None, its: Where) -> bool:
    if said == FIRST:
        return its.measure == "R@1" and set(its.settings or ()) <= {"monolingual", "crosslingual"}
    return said == its.measure


def _sized(said: Where, its: Where) -> bool:
    """Tell whether a margin is the one that is said, or small enough to need no saying."""
    if said.size is not None:
        return said.size == its.size
    unsaid = ROUGHLY if said.roughly else UNSAID.get(str(its.measure), UNSAID_OTHERWISE)
    return (its.size or 0) <= unsaid
