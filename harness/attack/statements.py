"""What is cited of how arms lie to each other, and whether a check asks for it: orders, reductions, the best, spreads.

A claim may be narrower than what it cites, but not of something else, and not so weak that arms of
which the paper prints one far above the other may be the same. Source: design, Attacking
(COUNTEREXAMPLE_HUNTER) and Coverage.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from harness.attack.cited import ARMS, MEAN, measured, plain, read_off, spoken
from harness.attack.comparison import promised
from harness.attack.probe import Attempt
from harness.court.contrast import COMPARABLE, contrasts, sides
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.attack.cited import Spoken
    from harness.attack.subject import Subject
    from harness.claimfile.paper import Paper
    from harness.records.claim import Check, Claim

REDUCTION, LEVEL, WORST = "below", "level", "min"
SIZED = frozenset({"above", "more", "less", REDUCTION})
"""Relations that are said together with by how much."""

HIGHER, LOWER = frozenset({">", "above", "more"}), frozenset({"<", "less", REDUCTION})
"""How a statement puts its left cell to its right one (`harness.claimfile.paper`)."""

SIZE = "reduced-by"

RANK_DISTANCE = "rank-distance"
MARGIN, MARGINS = 0.01, {RANK_DISTANCE: 0.05}
"""What is comparable in the fourteen claims, fixed before any of them was measured."""

LENIENT = COMPARABLE | {"equivalent"}
PAIR = 2
NUMBER = re.compile(r"[0-9]*\.?[0-9]+")
TABLES = re.compile(r"T(\d{1,3})\.\.T(\d{1,3}):")
"""Cells of several tables that a statement speaks of at once."""


def pairs(claim: Claim, paper: Paper | None) -> Iterator[tuple[str, Spoken, Spoken]]:
    """Yield each cited statement that puts one cell above another, with the upper and the lower one."""
    if paper is None:
        return
    for statement in claim.cells:
        relation = paper.relations.get(statement)
        pair = list(spoken(claim, paper, paper.speaks.get(statement, ())))
        if len(pair) == PAIR and relation in {LEVEL, *HIGHER, *LOWER}:
            upper, lower = reversed(pair) if relation in LOWER else pair
            yield statement, upper, lower


def orders(subject: Subject) -> Attempt:
    """Return whether a cited statement puts an arm above another, and no check puts it above or level there.

    Level is enough where the printed edge is below twice the margin (claims, margins); a margin wider than those of
    the fourteen claims does not make more of it so. Where it is said by how much, some check has to ask that there be
    any difference, and how large it is: of a reduction there is one that can. Where two arms are said to be the same,
    some check each way.
    """
    claim, paper = subject.claim, subject.file.paper
    for statement in _unread(claim, paper):
        told = f"{statement} compares what is no cell of the tables, or no arm"
        return Attempt(succeeded=True, detail=f"{told}: no check can be held against it")
    for statement, upper, lower in pairs(claim, paper):
        relation = paper.relations[statement] if paper is not None else ""
        here = [check for check in promised(subject) if _there(check, claim, upper)]
        told = f"{statement} has {upper.arm} above {lower.arm} in {upper.measure}, and no check"
        if relation == LEVEL and not all(_puts(here, *pair) for pair in ((upper, lower), (lower, upper))):
            told = f"{statement} has {upper.arm} and {lower.arm} the same in {upper.measure}, and no check"
            return Attempt(succeeded=True, detail=f"{told} holds each level with the other")
        sized = relation in SIZED
        strict = [check for check in here if _strict(check) or not (sized or _edge(upper, lower) >= 2 * _margin(check))]
        if relation != LEVEL and not _puts(strict, upper, lower):
            return Attempt(succeeded=True, detail=f"{told} {'asks for any' if sized else 'puts them so or level'}")
        sizes = [check for check in here if check.relation == SIZE]
        if sized and not (relation == REDUCTION and _puts(sizes, upper, lower)):
            return Attempt(succeeded=True, detail=f"{told} asks by how much")
    return Attempt(succeeded=False, detail="every cited order is asked for by a check")


def _unread(claim: Claim, paper: Paper | None) -> Iterator[str]:
    """Yield each cited statement that says how arms lie to each other, and names them so that none can be read."""
    read = {statement for statement, *_ in (*pairs(claim, paper), *_superlatives(claim, paper))}
    for statement in claim.cells if paper is not None else ():
        if paper is not None and paper.relations.get(statement, "=") != "=" and statement not in read:
            yield statement


def _puts(checks: Iterable[Check], upper: Spoken, lower: Spoken) -> bool:
    """Tell whether one of some checks puts an arm above another, or level with it."""
    return any((upper.arm, lower.arm) in set(_above(check)) for check in checks)


def _margin(check: Check) -> float:
    """Return a check's margin, or that of the fourteen claims where it is wider."""
    return min(float(decimal(check.margin)), MARGINS.get(str(check.measure), MARGIN))


def _edge(upper: Spoken, lower: Spoken) -> float:
    """Return by what share of the lower cell's value the upper one's lies above it; 0 where they are no numbers."""
    try:
        return float(upper.value) / float(lower.value) - 1
    except (ValueError, ZeroDivisionError):
        return 0.0


def bests(subject: Subject) -> Attempt:
    """Return whether a statement on which arm is best is cited, and checks let another be better, or all be alike.

    In each place that it names, whatever the claim's bases and data sets are and whatever is waived: above each other
    arm or level with it, and above one at least. One on which arm is lowest asks the same the other way.
    """
    claim, paper = subject.claim, subject.file.paper
    for statement, best, pattern in _superlatives(claim, paper):
        others = sorted(set(ARMS.values()) - {best})
        lowest = paper is not None and paper.relations.get(statement) == WORST
        side, most = ("below", "lowest") if lowest else ("above", "best")
        for place in _places(claim, pattern, paper):
            told = f"{statement} calls {best} {most} in {place.cell}, and no check puts it"
            here = [check for check in promised(subject) if _there(check, claim, place)]
            rivals = [(other, best) if lowest else (best, other) for other in others]
            for other, pair in zip(others, rivals, strict=True):
                if not any(pair in set(_above(check)) for check in here):
                    return Attempt(succeeded=True, detail=f"{told} {side} {other} there, or level")
            if not any(pair in set(_above(check)) for check in here if _strict(check) for pair in rivals):
                return Attempt(
                    succeeded=True, detail=f"{told} {side} any other there: level with all of them is not {most}"
                )
    return Attempt(succeeded=False, detail="what cited statements call best is put above or level by checks")


def spreads(subject: Subject) -> Attempt:
    """Return whether the paper prints cited arms apart, and checks ask no more than that they be level.

    Of two cited cells of a place that lie apart by twice the usual margin, where the arms are held level: some check
    has to ask there that the upper arm lie above another. The guard of a cited rank distance, which looks at another
    measure of the same arms, need not, with the usual margin.
    """
    claim = subject.claim
    cited = list(spoken(claim, subject.file.paper, claim.cells))
    for upper, lower in _printed_apart(cited):
        here = [check for check in promised(subject) if _there(check, claim, upper)]
        level = [check for check in here if not _strict(check) and _puts([check], upper, lower)]
        signs = [one for check in here if _strict(check) for signs in _signed(check) for one in signs]
        apart = any(arm == upper.arm and sign > 0 for arm, sign in signs)
        usual = MARGINS.get(str(upper.measure), MARGIN)
        close = any(float(decimal(check.margin)) <= usual for check in level)
        if apart or (close and _guards(subject, cited, upper, lower)):
            continue
        if level and _edge(upper, lower) >= 2 * usual:
            return Attempt(
                succeeded=True,
                detail=f"{level[0].id} would hold if {upper.arm} and {lower.arm} were the same, and the paper prints "
                f"{upper.cell} = {upper.value}, {lower.cell} = {lower.value}",
            )
    return Attempt(succeeded=False, detail="what the cited cells print apart is not only asked to be level")


def _printed_apart(cells: Iterable[Spoken]) -> Iterator[tuple[Spoken, Spoken]]:
    """Yield the higher and the lower of each two cells of arms that are printed in one place."""
    places: dict[object, list[Spoken]] = {}
    for one in cells:
        if one.arm is not None and NUMBER.fullmatch(one.value):
            place = (one.base, one.dataset, one.setting, one.measure, one.language, one.statistic)
            places.setdefault(place, []).append(one)
    for found in places.values():
        yield from combinations(sorted(found, key=lambda one: -float(one.value)), 2)


def _guards(subject: Subject, cited: Iterable[Spoken], better: Spoken, worse: Spoken) -> bool:
    """Tell whether cited rank distances of arms that are held level are put apart there by a check: less is better."""
    place = replace(better, measure=RANK_DISTANCE)
    spots = {(one.base, one.dataset, one.arm) for one in cited if one.measure == RANK_DISTANCE}
    return {(better.base, better.dataset, one.arm) for one in (better, worse)} <= spots and any(
        _strict(check) and (worse.arm, better.arm) in set(_above(check)) and _there(check, subject.claim, place)
        for check in promised(subject)
    )


def _strict(check: Check) -> bool:
    """Tell whether a check asks that arms differ, not that they do not by much; with no margin, level is above."""
    return check.relation not in LENIENT or decimal(check.margin) == 0


def spoken_best(claim: Claim, paper: Paper | None) -> list[Spoken]:
    """Return the places in which cited statements call some arm best."""
    return [place for _, _, pattern in _superlatives(claim, paper) for place in _places(claim, pattern, paper)]


def _superlatives(claim: Claim, paper: Paper | None) -> Iterator[tuple[str, str, str]]:
    """Yield each cited statement that calls an arm best: statement, arm, and the cells in which it is so."""
    for statement in claim.cells if paper is not None else ():
        pattern, *arms = paper.speaks.get(statement, ("",)) if paper is not None else ("",)
        if len(arms) == 1 and arms[0] in ARMS.values():
            yield statement, arms[0], pattern


def _places(claim: Claim, pattern: str, paper: Paper | None) -> list[Spoken]:
    """Return the places of a statement's cells, whatever the claim's own bases and data sets are."""
    if paper is None:
        return []
    tables = _tables(pattern)
    names = [name for one in tables for name in _matched(one, paper)] or tables
    places = {
        replace(one, arm=None, cell="", value=""): one for one in (read_off(claim, paper, name) for name in names)
    }
    return list(places.values())


def _tables(pattern: str) -> list[str]:
    """Return a pattern of cells once for each table that it names (`T3..T6:` is four)."""
    several = TABLES.match(pattern)
    if several is None:
        return [pattern]
    rest = pattern[several.end() :]
    return [f"T{number}:{rest}" for number in range(int(several.group(1)), int(several.group(2)) + 1)]


def _matched(pattern: str, paper: Paper) -> list[str]:
    """Return the cells that a pattern names; `*` stands for anything within a row or a column."""
    wanted = re.compile("[^:]*".join(map(re.escape, pattern.split("*"))))
    return [cell for cell in paper.cells if wanted.fullmatch(cell)]


def _there(check: Check, claim: Claim, place: Spoken) -> bool:
    """Tell whether a check measures what a cell does, whatever its arm; another statistic has its mean looked at."""
    return measured(check, claim, replace(place, arm=None, statistic=MEAN))


def _above(check: Check) -> Iterator[tuple[str, str]]:
    """Yield the pairs of arms of which a check asks that the first lie above the second, or level with it.

    A mean of several arms above another, or below it, says nothing of each of them.
    """
    if check.relation == "order":
        yield from combinations([plain(side.sampling, shares=True) for side in sides(check)], 2)
        return
    for signs in _signed(check):
        upper, lower = [arm for arm, sign in signs if sign > 0], [arm for arm, sign in signs if sign < 0]
        if len(upper) == len(lower) == 1:
            yield upper[0], lower[0]


def _signed(check: Check) -> Iterator[list[tuple[str, float]]]:
    """Yield for each of a check's contrasts its arms with their weights, above 0 where an arm is to lie higher."""
    for contrast in contrasts(check):
        sign = -1 if contrast.downward or check.relation == SIZE else 1
        weights = zip(sides(check), contrast.weights, strict=True)
        yield [(plain(side.sampling, shares=True), sign * weight) for side, weight in weights]
