"""CITATION_AUDITOR: what a verification cites, states and fixes, held against the paper and itself.

    claimed-values    values that are not those of the cells they cite
    paper-copy        a copy of the paper beside the claim that prints other values than the one above it
    claimed-sides     an effect cited for another arm, base, measure or setting than is checked
    handed-in         a number that the script made itself and that the paper prints
    literals          a number of the paper in the script, or in a file that it brings
    margins           margins under which a claim and its negation both pass
    lock              an analysis that is not the one that was locked
    unread            free words in title or statement: what they say was not attacked, so the verification is
                      incomplete and not defeated (`harness.attack.stated`)
    unasked           a title or statement of the right form that no required check asks for
    wording           words that no check of this harness can bear out (`harness.attack.wording`)
    paper             the paper against itself: findings of the audit that touch the claim

The last tells of the paper and not of the verification, so it never defeats one. Source: design,
Attacking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.attack import literals, stated, wording
from harness.attack.cited import claimed_sides
from harness.attack.probe import Attempt, Probe
from harness.claimfile.paper import paper_folder, read_paper
from harness.records.claim import CitedValue
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.attack.subject import Subject
    from harness.records.claim import Check

CLAIMED, HANDED_IN, LITERAL, MARGIN, LOCK = 9.0, 9.5, 3.0, 8.0, 8.0
NO_LOCK, PAPER = 5.0, 2.0
MOST_MARGIN = {"rank-distance": 0.25}
MOST_MARGIN_OTHERWISE = 0.05
"""Five times what the fourteen claims allow: beyond it, arms that nobody would call alike are comparable."""

LOCKED = "lock"

TRIVIAL = 10
"""Whole numbers below it, halves and tenths stand in any script."""

OWN_FILES = frozenset({"case.json", "lock.json", "scope.yaml", "verdict.json", "README.md"})
PLACES = 4
"""Decimals that the paper prints at most."""


def probes(subject: Subject) -> Iterator[Probe]:
    """Yield the auditor's probes."""
    yield Probe("claimed-values", CLAIMED, lambda: _values(subject))
    yield Probe("paper-copy", CLAIMED, lambda: _copy(subject))
    yield Probe("claimed-sides", CLAIMED, lambda: _sides(subject))
    yield Probe("handed-in", HANDED_IN, lambda: _handed_in(subject))
    yield Probe("literals", LITERAL, lambda: _literals(subject))
    yield Probe("margins", MARGIN, lambda: _margins(subject))
    yield Probe(LOCKED, LOCK if subject.locked else NO_LOCK, lambda: _lock(subject))
    yield from stated.probes(subject)
    yield from wording.probes(subject)
    yield Probe("paper", PAPER, lambda: _paper(subject), required=False)


def cited_values(checks: Iterable[Check]) -> Iterator[CitedValue]:
    """Yield every value that checks copy from the paper."""
    for check in checks:
        yield from check.counts.values()
        yield from (one for one in check.claimed.values() if isinstance(one, CitedValue))


def _values(subject: Subject) -> Attempt:
    paper = subject.file.paper
    for one in cited_values(subject.claim.checks):
        said = None if paper is None else paper.cells.get(one.cell)
        if said is None or _number(said) != float(decimal(one.value)):
            return Attempt(
                succeeded=True, detail=f"{one.value} is claimed of {one.cell}, which says {said or 'nothing'}"
            )
    return Attempt(succeeded=False, detail="every claimed value is its cell's")


def _copy(subject: Subject) -> Attempt | None:
    """Return whether the paper beside the claim prints another value than that of the folders above in a table of both.

    Whether it is cited or not: what a statement calls best, or by how much, is read off cells that nobody cites.

    Raises:
        FileFaults: the other paper cannot be read.
    """
    own, other = paper_folder(subject.folder), paper_folder(subject.folder.parent)
    if subject.file.paper is None or own is None or other is None or own == other:
        return None
    paper, above = subject.file.paper, read_paper(other, str(other))
    same = {number for number, title in paper.titles.items() if above.titles.get(number) == title}
    for cell, value in above.cells.items():
        if cell.partition(":")[0] in same and value != paper.cells.get(cell):
            values = f"{paper.cells.get(cell)} in the claim's own copy of the paper, {value} in {other}"
            return Attempt(succeeded=True, detail=f"{cell} is {values}")
    return Attempt(succeeded=False, detail="the paper beside the claim prints what the one above it does")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _sides(subject: Subject) -> Attempt:
    found = list(claimed_sides(subject))
    return Attempt(bool(found), found[0] if found else "every cited effect is of the sides that are compared")


def _printed(subject: Subject) -> dict[float, str]:
    """Return the numbers that the claim cites, each with where it stands."""
    paper, claim = subject.file.paper, subject.claim
    found = {float(decimal(one.value)): one.cell for one in cited_values(claim.checks)}
    for cell in claim.cells:
        value = None if paper is None else _number(paper.cells.get(cell, ""))
        if value is not None:
            found.setdefault(value, cell)
    return found


def _telling(value: float) -> bool:
    """Tell whether a number is one that hardly stands in a script by chance."""
    whole = value == int(value)
    return abs(value) >= TRIVIAL if whole else round(value, 1) != value or abs(value) >= TRIVIAL


def _handed_in(subject: Subject) -> Attempt | None:
    """Return whether a number that the script made is one that the paper prints; it was handed none to make it of."""
    asked = subject.asked
    if asked is None:
        return None
    printed = _printed(subject)
    for one in asked.emitted:
        for value, cell in printed.items():
            if round(one.value, PLACES) == round(value, PLACES) and _telling(value):
                return Attempt(
                    succeeded=True,
                    detail=f"the script hands in {one.name} = {one.value:g}, a constant it made, as {cell} prints it",
                )
    if asked.emitted:
        first = asked.emitted[0]
        return Attempt(succeeded=False, detail=f"{first.name} = {first.value:g} is no number that the claim cites")
    return Attempt(succeeded=False, detail="the script hands in no number of its own")


def _literals(subject: Subject) -> Attempt:
    printed = {value: cell for value, cell in _printed(subject).items() if _telling(value)}
    script = subject.file.script
    held = literals.numbers(script.read_text(encoding="utf-8", errors="replace"))
    own = {script.name, subject.file.path.name, *OWN_FILES, *(path.name for path in subject.folder.glob("c[0-9]*"))}
    found = {script.name: held, **literals.brought(subject.folder, own)}
    for name, numbers in found.items():
        for value, cell in printed.items():
            if round(value, PLACES) in {round(one, PLACES) for one in numbers}:
                return Attempt(succeeded=True, detail=f"{name} holds {value:g}, which {cell} prints")
    return Attempt(succeeded=False, detail="no number of the paper stands in the script or beside it")


def _margins(subject: Subject) -> Attempt:
    for check in subject.required():
        most = MOST_MARGIN.get(str(check.measure), MOST_MARGIN_OTHERWISE)
        if float(decimal(check.margin)) > most:
            return Attempt(
                succeeded=True,
                detail=f"{check.id}: with a margin of {check.margin} claim and negation both pass (most {most:g})",
            )
    return Attempt(succeeded=False, detail="no margin lets a claim and its negation pass")


def _lock(subject: Subject) -> Attempt:
    if not subject.lapses:
        return Attempt(succeeded=False, detail="the analysis is the one that was locked")
    return Attempt(succeeded=True, detail=f"the analysis was not fixed before: {subject.lapses[0]}")


def _paper(subject: Subject) -> Attempt | None:
    if subject.file.paper is None:
        return None
    if subject.unaudited:
        return Attempt(succeeded=False, detail=f"the paper could not be audited: {subject.unaudited}")
    grave = [one for one in subject.findings if one.grave == "contradiction"]
    for one in grave or subject.findings:
        return Attempt(succeeded=True, detail=f"the paper against itself at {one.where[0]}: {one.follows}")
    return Attempt(succeeded=False, detail="the paper does not contradict itself in what the claim cites")
