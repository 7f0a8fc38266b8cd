"""Whether what a claim cites is what its checks measure, or count.

A cell stands for one arm, measure, setting, base, data set and row (`harness.attack.cited`). A mean
that is printed over several languages, bases or data sets is borne out by a mean over all of these.
Source: design, Attacking (COUNTEREXAMPLE_HUNTER) and Coverage.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.attack.cited import MEAN, measured, read_off, spoken
from harness.attack.comparison import promised
from harness.attack.probe import Attempt
from harness.attack.statements import pairs
from harness.claimfile.coverage import bases_of
from harness.records.scope import bound_languages

if TYPE_CHECKING:
    from harness.attack.cited import Spoken
    from harness.attack.subject import Subject
    from harness.records.claim import Check, Claim


def cited(subject: Subject) -> list[Spoken]:
    """Return what the cited cells speak of that hold results."""
    claim = subject.claim
    return [one for one in spoken(claim, subject.file.paper, claim.cells) if one.result]


def measures(subject: Subject) -> Attempt:
    """Return whether a cell is cited, by itself or in the order of a cited statement, that no check measures."""
    claim = subject.claim
    ordered = [one for _, *both in pairs(claim, subject.file.paper) for one in both]
    held = {one.cell: one for one in (*cited(subject), *ordered)}
    # what the paper prints, and nobody cites
    uncited = {_spot(one) for one in _printed(subject)} - {_spot(one) for one in held.values()}
    lacking = [
        one
        for one in held.values()
        if not any(
            measured(check, claim, one)
            and {one.cell, *_beside(one, check)} <= set(held)
            and uncited.isdisjoint(_pooled(one, check, claim))
            for check in promised(subject)
        )
    ]
    # a waiver excuses a cell beside others, and the mean's own cells those of a median whose order the text tells;
    # nothing excuses all of them
    told_in_order = {one.cell for one in ordered} - set(claim.cells)
    excused = {
        one.cell
        for one in lacking
        if f"{one.base}/{one.dataset}/{one.setting}" in claim.waived
        or (one.statistic != MEAN and one.mean in held and one.cell in told_in_order)
    }
    for one in lacking:
        if one.cell not in excused or len(lacking) == len(held):
            told = " ".join(filter(None, (one.setting, one.measure, f"of {one.arm}" if one.arm else "")))
            return Attempt(succeeded=True, detail=f"{one.cell} is cited, and no required check measures that {told}")
    return Attempt(succeeded=False, detail="every cited cell is measured by a required check")


def of_results(subject: Subject, cell: str) -> bool:
    """Tell whether a cited cell holds a result of retrieval, or a cited statement speaks of some."""
    claim, paper = subject.claim, subject.file.paper
    named = () if paper is None else paper.speaks.get(cell, (cell,))
    cells = [one for one in named if ":" in one]
    return paper is not None and any("*" in one or read_off(claim, paper, one).result for one in cells)


def counts(subject: Subject) -> Attempt:
    """Return whether a count is cited, in the text or in a table of data, that no check counts now."""
    claim, paper = subject.claim, subject.file.paper
    counted = {one.cell for check in subject.required() for one in check.counts.values()}
    if paper is None:
        return Attempt(succeeded=False, detail="nothing is cited")
    for cell in claim.cells:
        if cell in paper.cells and cell not in counted and not of_results(subject, cell):
            return Attempt(succeeded=True, detail=f"{cell} is cited, a count, and no required check counts it")
    return Attempt(succeeded=False, detail="every cited count is counted by a required check")


def spans(subject: Subject) -> Attempt:
    """Return whether the mean over all languages of a data set is cited, and the scope binds some of them."""
    printed: dict[str, set[str]] = {}
    for one in _printed(subject):
        if one.result and one.language is not None and one.dataset is not None:
            printed.setdefault(one.dataset, set()).add(one.language)
    bound = subject.scope.datasets
    for one in cited(subject):
        if one.language is None and one.dataset in bound:
            held = bound_languages(bound[one.dataset])
            lacking = sorted(printed.get(one.dataset, set()) - set(held)) if held is not None else []
            if lacking:
                told = f"{one.cell} is a mean over all languages of {one.dataset}, which is bound without"
                return Attempt(succeeded=True, detail=f"{told} {', '.join(lacking)}")
    return Attempt(succeeded=False, detail="means are cited of the languages that are bound")


def _beside(one: Spoken, check: Check) -> set[str]:
    """Return the cells of the other languages that a check keeps: it measures their mean, so all of them are cited."""
    if one.language is None or check.relation == "never-third":
        return set()
    return {one.in_language(language) for language in check.languages or ()}


def _pooled(one: Spoken, check: Check, claim: Claim) -> set[Spoken]:
    """Return the spots of a cell's kind over which a check takes its mean: bases and data sets."""
    bases = bases_of(claim, check) if one.base is not None else [None]
    datasets = claim.datasets if one.dataset is not None else [None]
    return {replace(_spot(one), base=base, dataset=dataset) for base in bases for dataset in datasets}


def _spot(one: Spoken) -> Spoken:
    """Return what a cell speaks of, wherever and whatever is printed."""
    return replace(one, cell="", value="")


def _printed(subject: Subject) -> list[Spoken]:
    paper = subject.file.paper
    return list(spoken(subject.claim, paper, paper.cells if paper is not None else ()))
