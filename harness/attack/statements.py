"""What cited statements of the paper's text say of arms, and whether a check asks for it: reductions, and who is best.

A claim may be narrower than what it cites, but not of something else. Source: design, Attacking
(COUNTEREXAMPLE_HUNTER) and Coverage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.attack.cited import ARMS, measure_in, plain, spoken
from harness.attack.comparison import promised
from harness.attack.probe import Attempt
from harness.claimfile.coverage import SETTINGS, settings_of, words_of
from harness.court.contrast import sides

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.attack.subject import Subject
    from harness.claimfile.paper import Paper
    from harness.records.claim import Check

PAIR = 2
REDUCED = frozenset({"below", "reduced-by"})
"""Relations of which a reduction follows."""


def reductions(subject: Subject) -> Attempt:
    """Return whether a reduction is cited, of which no check asks that there be any: a tolerance lets it be a rise."""
    claim, paper = subject.claim, subject.file.paper
    asked = {
        (check.measure, *(plain(side.sampling) for side in sides(check)))
        for check in promised(subject)
        if check.relation in REDUCED
    }
    for cell in claim.cells:
        pair = list(spoken(claim, paper, paper.speaks.get(cell, ()))) if paper is not None else []
        # of statements on two cells, reductions alone print a value
        if len(pair) == PAIR and paper is not None and paper.cells.get(cell):
            less, than = pair
            if (less.measure, less.arm, than.arm) not in asked:
                return Attempt(
                    succeeded=True, detail=f"{cell} is cited, a reduction in {less.measure}, and no check asks for one"
                )
    return Attempt(succeeded=False, detail="every cited reduction is asked for by a check")


def bests(subject: Subject) -> Attempt:
    """Return whether a statement on which arm is best is cited, and no check puts that arm above or level there."""
    for cell in subject.claim.cells:
        called = _best(cell, subject.file.paper)
        if called is not None and called not in {
            (plain(arm), check.measure, setting)
            for check in promised(subject)
            for arm in _upper(check)
            for setting in settings_of(check)
        }:
            arm, measure, setting = called
            return Attempt(
                succeeded=True,
                detail=f"{cell} calls {arm} best by {setting} {measure}, and no check puts it above or level there",
            )
    return Attempt(succeeded=False, detail="what cited statements call best is put above or level by a check")


def _upper(check: Check) -> Iterator[str]:
    """Yield the arms that a check asks to lie above another, or level with it."""
    named = [side.sampling for side in sides(check)]
    match check.relation:
        case "above" | "comparable-or-above" | "never-third":
            yield named[0]
        case "below" | "comparable-or-below":
            yield named[1]
        case "order":
            yield from named[:-1]
        case "equivalent":
            yield from named
        case "contrast":
            yield from (arm for arm, weight in (check.weights or {}).items() if weight > 0)
        case _:
            return


def _best(statement: str, paper: Paper | None) -> tuple[str, str, str] | None:
    """Return the arm that a statement calls best, by what measure and in what setting; None where it calls none so."""
    cells, *arms = paper.speaks.get(statement, ("",)) if paper is not None else ("",)
    if paper is None or len(arms) != 1 or arms[0] not in ARMS.values():
        return None
    words = words_of(f"{paper.titles.get(cells.partition(':')[0], '')} {cells}")
    measure, setting = measure_in(words), next((one for one in SETTINGS if f" {one} " in words), None)
    return (arms[0], measure, setting) if measure and setting else None
