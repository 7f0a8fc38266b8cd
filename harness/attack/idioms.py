"""What sentences say of several checks at once, and whether the checks ask for it: balance, ranges, remarks."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from harness.attack.asking import asked
from harness.attack.following import FOLLOWS, there
from harness.attack.meaning import Who
from harness.attack.naming import WAYS
from harness.claimfile.coverage import IMPLIED, SETTINGS
from harness.court.contrast import sides
from harness.records.training import HALF, arm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harness.attack.meaning import Idiom, Meaning, Where
    from harness.attack.reading import Reading
    from harness.attack.subject import Subject
    from harness.records.claim import Check, Claim


LITTLE = 0.25
"""The share that a best balance is held against at least on either side: nearer ones are of a range that holds."""


def borne_out(idiom: Idiom, reading: Reading, subject: Subject, grounds: list[Meaning], at: Where) -> bool:
    """Tell whether checks ask for what an idiom says, where all that it leaves open is as at one place."""
    checks, claim = subject.required(), subject.claim
    where = replace(idiom.where.over(at), settings=None)
    placed = [one for one in grounds if _located(where, one)]
    balanced = [one for one in placed if one.where.settings == ("balanced",) and one.form in FOLLOWS["at-least"]]
    settings = [[one for one in placed if one.where.settings == (name,)] for name in idiom.where.settings or SETTINGS]
    quantified = all if idiom.where.settings or not reading.title else any
    told: dict[str, Callable[[], bool]] = {
        "balances": lambda: _best_balance(checks, balanced),
        "balances_best": lambda: _best_balance(checks, balanced),
        "our_balance": lambda: {one.where.measure for one in balanced} == {idiom.where.measure},
        "range": lambda: quantified(_held(idiom, one) for one in settings),
        "results_hold": lambda: any(_held(idiom, one) for one in [*settings, balanced]),
        "buys": lambda: _buys(placed),
        "base_ahead": lambda: quantified(map(_base_ahead, settings)),
        "ordered_pairs": lambda: all(one.where.settings == ("crosslingual",) for one in reading.meanings),
        "many_sets": lambda: all(IMPLIED.get(name) == "monolingual" for name in claim.datasets),
        "both_sets": lambda: len(claim.datasets) == 2,  # noqa: PLR2004 - both are two
        "no_numbers": lambda: not any(one.claimed for one in claim.checks) and _not_printed(checks, claim),
        "size_later": lambda: _sized_later(reading, claim),
    }
    return told[idiom.name]()


def _sized_later(reading: Reading, claim: Claim) -> bool:
    """Tell whether all that is said to lie above something has its size asked for at full scale."""
    later = [check for check in claim.checks if check.required == "full" and check.relation == "reduced-by"]
    asked_for = {(one.left.arm, one.rights[0].arm, one.where.measure) for check in later for one in asked(check, claim)}
    said = {(one.left.arm, one.rights[0].arm, one.where.measure) for one in reading.meanings if one.form == "above"}
    return bool(said) and said <= asked_for


def _located(where: Where, ground: Meaning) -> bool:
    """Tell whether a check is where an idiom speaks of: on its base, and under its arm, too."""
    return (
        there(where, ground)
        and where.base in {None, ground.left.base}
        and where.arm in {None, ground.left.arm}
        and (where.pooled is None or ground.left.base is None)
    )


def _beaten(balanced: list[Meaning]) -> set[str]:
    """Return the arms that hybrid is held against."""
    return {str(one.rights[0].arm) for one in balanced if one.left.arm == "hybrid"}


def _best_balance(checks: Iterable[Check], balanced: list[Meaning]) -> bool:
    """Tell whether hybrid is held in the balanced score against all other arms, pure and mixed much less and more."""
    arms = {side.sampling for check in checks for side in sides(check)} | set(WAYS)
    met = _beaten(balanced)
    shares = [share for name in met if (share := _share(Who(name))) is not None]
    return arms - {"hybrid"} <= met and min(shares, default=1) <= LITTLE and max(shares, default=0) >= 1 - LITTLE


def _base_ahead(grounds: list[Meaning]) -> bool:
    return any(one.form == "above" and one.left.base != one.rights[0].base for one in grounds)


def _not_printed(checks: Iterable[Check], claim: Claim) -> bool:
    """Tell whether all checks are of the balanced score, of which the paper has no table, and no cell is cited."""
    return all(check.setting == "balanced" for check in checks) and not any(":" in cell for cell in claim.cells)


def _held(idiom: Idiom, grounds: list[Meaning]) -> bool:
    """Tell whether both ends of a range are equivalent to one share between them; of no range, shares around a half."""
    equal = [(_share(one.left), _share(one.rights[0])) for one in grounds if one.form == "equal"]
    if not idiom.numbers:
        beside = [other for one, other in equal if one == HALF and other is not None and 0 < other < 1]
        return min(beside, default=HALF) < HALF < max(beside, default=HALF)
    low, high = sorted(idiom.numbers)
    inside = [{other for one, other in equal if one == end and low < (other or 0) < high} for end in (low, high)]
    return bool(inside[0] & inside[1])


def _share(who: Who) -> float | None:
    return arm(who.arm).alpha if who.arm else None


def _buys(grounds: list[Meaning]) -> bool:
    above = [one for one in grounds if one.form == "above"]
    return any(
        one.left == other.rights[0]
        and one.left.arm != one.rights[0].arm
        and one.rights[0] == other.left
        and {one.where.settings, other.where.settings} == {("monolingual",), ("crosslingual",)}
        for one, other in combinations(above, 2)
    )
