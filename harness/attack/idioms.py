"""What sentences say of several checks at once, and whether the checks ask for it: balance, ranges, remarks."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from harness.attack.following import FOLLOWS, there
from harness.attack.meaning import Where, Who
from harness.attack.reading import WAYS
from harness.claimfile.coverage import IMPLIED, SETTINGS
from harness.court.contrast import sides
from harness.records.training import arm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from harness.attack.meaning import Idiom, Meaning
    from harness.attack.reading import Reading
    from harness.attack.subject import Subject
    from harness.records.claim import Check, Claim


def borne_out(idiom: Idiom, reading: Reading, subject: Subject, grounds: list[Meaning]) -> bool:
    """Tell whether checks ask for what an idiom says."""
    checks, claim = subject.required(), subject.claim
    placed = [one for one in grounds if _located(idiom.where, one, title=reading.title)]
    balanced = [one for one in placed if one.where.settings == ("balanced",) and one.form in FOLLOWS["at-least"]]
    told: dict[str, Callable[[], bool]] = {
        "balances": lambda: _best_balance(checks, balanced),
        "balances_best": lambda: _best_balance(checks, balanced),
        "balanced_three": lambda: bool(balanced),
        "our_balance": lambda: {one.where.measure for one in balanced} == {idiom.where.measure},
        "range": lambda: all(_held(idiom, one) for one in _everywhere(idiom, placed, title=reading.title)),
        "results_hold": lambda: _held(idiom, placed),
        "buys": lambda: _buys(grounds),
        "base_ahead": lambda: all(map(_base_ahead, _everywhere(idiom, placed, title=not idiom.where.settings))),
        "ordered_pairs": lambda: all(one.where.settings == ("crosslingual",) for one in reading.meanings),
        "many_sets": lambda: all(IMPLIED.get(name) == "monolingual" for name in claim.datasets),
        "both_sets": lambda: len(claim.datasets) == 2,  # noqa: PLR2004 - both are two
        "no_numbers": lambda: not any(one.claimed for one in claim.checks) and not _printed(claim),
        "size_later": lambda: any(check.required == "full" for check in claim.checks),
    }
    return told[idiom.name]()


def _located(where: Where, ground: Meaning, *, title: bool) -> bool:
    """Tell whether a check is where an idiom speaks of: on its base, and under its arm, too."""
    return (
        there(where, ground, title=title)
        and where.base in {None, ground.left.base}
        and where.arm in {None, ground.left.arm}
        and (where.pooled is None or ground.left.base is None)
    )


def _best_balance(checks: Iterable[Check], balanced: list[Meaning]) -> bool:
    """Tell whether hybrid is held in the balanced score against all other arms, pure and mixed with less and more."""
    arms = {side.sampling for check in checks for side in sides(check)} | set(WAYS)
    met = {str(one.rights[0].arm) for one in balanced if one.left.arm == "hybrid"}
    shares = [share for name in met if (share := _share(Who(name))) is not None]
    return arms - {"hybrid"} <= met and min(shares, default=1) < 0.5 < max(shares, default=0)  # noqa: PLR2004 - a half


def _base_ahead(grounds: list[Meaning]) -> bool:
    return any(one.form == "above" and one.left.base != one.rights[0].base for one in grounds)


def _printed(claim: Claim) -> bool:
    """Tell whether cells of tables are cited, and not statements of the text alone."""
    return any(":" in cell for cell in claim.cells)


def _everywhere(idiom: Idiom, grounds: list[Meaning], *, title: bool) -> Iterator[list[Meaning]]:
    """Yield the grounds of each setting in which a statement says so; those of all three where it names none."""
    for setting in (None,) if title else idiom.where.settings or SETTINGS:
        yield [one for one in grounds if setting is None or one.where.settings == (setting,)]


def _held(idiom: Idiom, grounds: list[Meaning]) -> bool:
    """Tell whether both ends of a range are equivalent to one share between them; of no range, any share to a half."""
    equal = [(_share(one.left), _share(one.rights[0])) for one in grounds if one.form == "equal"]
    if not idiom.numbers:
        return any(0.5 in pair for pair in equal)  # noqa: PLR2004 - hybrid is a half
    low, high = sorted(idiom.numbers)
    inside = [{other for one, other in equal if one == end and low < (other or 0) < high} for end in (low, high)]
    return bool(inside[0] & inside[1])


def _share(who: Who) -> float | None:
    return arm(who.arm).alpha if who.arm else None


def _buys(grounds: list[Meaning]) -> bool:
    above = [one for one in grounds if one.form == "above"]
    return any(
        one.left == other.rights[0]
        and one.rights[0] == other.left
        and {one.where.settings, other.where.settings} == {("monolingual",), ("crosslingual",)}
        for one, other in combinations(above, 2)
    )
