"""What the cells that a claim cites speak of, read off their names, and whether it is what checks cite them for.

A cell names them in its table's title, its row and its column (`harness.claimfile.coverage` reads
base, dataset and setting the same way). X-X and x-x-mono are one arm. A row named after a language
speaks of that language, one named after a statistic that no check measures (`median`) of that, any
other of the mean over all of them.

A cell is measured by a check that has its arm, its measure, its setting alone, its base, its data
set and its row, on all pairs of languages: what stands in another cell says nothing of what was
checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.claimfile.coverage import (
    IMPLIED,
    PAPER_BASES,
    PAPER_DATASETS,
    bases_of,
    named_in,
    words_of,
)
from harness.court.contrast import sides
from harness.records.claim import SETTINGS, CitedEffect
from harness.records.training import arm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.attack.subject import Subject
    from harness.claimfile.paper import Paper
    from harness.records.claim import Check, Claim

MEASURES = {
    " map ": "MAP",
    " mrr ": "MRR",
    " rank distance ": "rank-distance",
    " language bias ": "rank-distance",
}
CUT = re.compile(r" (r|recall|ndcg)@([0-9]+) ")
ARMS = {" x x mono ": "x-x-mono", " hybrid ": "hybrid", " x x ": "x-x-mono", " x y ": "x-y"}
LANGUAGE = re.compile(r"[a-z]{2}")
MEAN = "mean"
STATISTICS = frozenset({"median", "min", "max", "minimum", "maximum", "std", "sd", "stdev", "se", "var", "variance"})
"""Rows that speak of all languages in a way that no check measures."""

KINDS = frozenset({"queries", "candidates"})
"""What the paper's table of data prints of each data set and language."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one cell speaks of; None where it does not say. `value` is what is printed there."""

    cell: str
    value: str
    base: str | None
    dataset: str | None
    setting: str | None
    measure: str | None
    arm: str | None
    language: str | None
    statistic: str = MEAN

    @property
    def mean(self) -> str:
        """Return the cell of the mean that stands where this one's statistic does."""
        return self._in_row(self.statistic, MEAN)

    def in_language(self, language: str) -> str:
        """Return the cell that stands where this one does in the row of another language."""
        return self._in_row(str(self.language), language)

    def _in_row(self, own: str, other: str) -> str:
        return self.cell.replace(f":{own}:", f":{other}:").replace(f"/{own}:", f"/{other}:")

    @property
    def result(self) -> bool:
        """Tell whether the cell holds a result of retrieval, rather than a fact about data."""
        return self.measure is not None and (self.base is not None or self.arm is not None)


def spoken(claim: Claim, paper: Paper | None, cells: Iterable[str]) -> Iterator[Spoken]:
    """Yield what each cell of a table speaks of; cells of statements and unknown ones are left out."""
    if paper is None:
        return
    for cell in cells:
        if cell in paper.cells and cell.partition(":")[0] in paper.titles:
            yield read_off(claim, paper, cell)


def read_off(claim: Claim, paper: Paper, cell: str) -> Spoken:
    """Return what a cell's name says, whether or not there is such a cell (`T5:MAP/vi:monolingual_*` is several)."""
    bases, datasets = PAPER_BASES | set(claim.bases), PAPER_DATASETS | set(claim.datasets)
    table, _, rest = cell.partition(":")
    words = words_of(f"{paper.titles.get(table, '')} {rest}")
    implied = next((of for word, of in IMPLIED.items() if words_of(word) in words), None)
    row = rest.rpartition(":")[0].rpartition("/")[2]
    return Spoken(
        cell=cell,
        value=paper.cells.get(cell, ""),
        base=named_in(words, bases),
        dataset=named_in(words, datasets),
        setting=next((one for one in SETTINGS if f" {one} " in words), implied),
        measure=_measure_in(words),
        arm=next((name for word, name in ARMS.items() if word in words), None),
        language=row if LANGUAGE.fullmatch(row) else None,
        statistic=row if row.casefold() in STATISTICS else MEAN,
    )


def measured(check: Check, claim: Claim, one: Spoken) -> bool:
    """Tell whether a check measures exactly what a cell speaks of; what the cell leaves open is not asked."""
    alone = () if check.setting == "balanced" else check.settings
    return (
        check.pairs is None
        and one.measure in {None, check.measure}
        and (one.setting is None or one.setting in alone)
        and one.base in {None, *bases_of(claim, check)}
        and one.dataset in {None, *claim.datasets}
        and one.arm in {None, *(plain(side.sampling, shares=True) for side in sides(check))}
        and of_row(check, one)
    )


def of_row(check: Check, one: Spoken) -> bool:
    """Tell whether a check measures the row of a cell: one of its languages, or the mean over all of them."""
    if one.language is not None:
        return check.relation == "never-third" or one.language in (check.languages or ())
    return one.statistic == MEAN and check.languages is None


def _measure_in(words: str) -> str | None:
    """Return the measure that words of a cell's name speak of."""
    cut = CUT.search(words)
    if cut is not None:
        return f"{'nDCG' if cut.group(1) == 'ndcg' else 'R'}@{cut.group(2)}"
    return next((name for word, name in MEASURES.items() if word in words), None)


def plain(label: str, *, shares: bool = False) -> str:
    """Return how an arm fills its batches, whatever its alpha unless `shares`; hybrid@0 and @1 are what they train."""
    found = arm(label)
    if found.alpha in {0.0, 1.0}:
        return "x-y" if found.alpha == 0.0 else "x-x-mono"
    return found.label if shares else found.sampling


def claimed_sides(subject: Subject) -> Iterator[str]:
    """Yield where what a check shows is not cited, or not of its own sides, base, dataset, measure and setting."""
    for check in subject.claim.checks:
        yield from _counts_of_another(check, subject)
        named = [plain(side.sampling, shares=True) for side in sides(check)]
        for key, cited in check.claimed.items():
            base, dataset = key.rpartition("/")[2], key.rpartition("/")[0] or subject.claim.datasets[0]
            if isinstance(cited, CitedEffect):
                pairs: list[tuple[str, str | None]] = list(zip((cited.left, cited.right), named, strict=False))
            else:
                pairs = [(cell, None) for cell in _spoken_of(subject, cited.cell)]
            for cell, label in pairs:
                for one in spoken(subject.claim, subject.file.paper, [cell]):
                    yield from _elsewhere(check, one, base, dataset, label)
        uncited = [cell for cell in _shown(check) if cell not in subject.claim.cells]
        yield from (f"{check.id} shows {cell}, which the claim does not cite" for cell in uncited)


def _shown(check: Check) -> Iterator[str]:
    """Yield the cells that a check shows beside what it finds."""
    for one in check.claimed.values():
        yield from (one.left, one.right) if isinstance(one, CitedEffect) else (one.cell,)


def _counts_of_another(check: Check, subject: Subject) -> Iterator[str]:
    """Yield counts whose cells, or statements, are of another data set, language or kind of thing."""
    claim, paper = subject.claim, subject.file.paper
    for name, cited in check.counts.items():
        dataset, _, thing = name.rpartition("/")
        kind, _, language = thing.partition("-")
        for one in spoken(claim, paper, [cited.cell]):
            its_kind = one.cell.rpartition("_")[2]
            wrong = one.dataset not in {None, dataset} or one.language not in {None, language}
            if wrong or (its_kind in KINDS and its_kind != kind):
                yield f"{check.id} counts {name} and cites {one.cell}"
        for text in paper.speaks.get(cited.cell, ())[:1] if paper is not None else ():
            words, thing_of = words_of(text), kind if kind in KINDS else thing
            its_dataset = named_in(words, PAPER_DATASETS | set(claim.datasets))
            if its_dataset not in {None, dataset} or thing_of.replace("-", "") not in words.replace(" ", ""):
                yield f"{check.id} counts {name} and cites {cited.cell}, which is of {text}"


def _spoken_of(subject: Subject, cell: str) -> tuple[str, ...]:
    """Return the cells that a cited statement speaks of, or the cell itself."""
    paper = subject.file.paper
    return (cell,) if paper is None else paper.speaks.get(cell, (cell,))


def _elsewhere(check: Check, one: Spoken, base: str, dataset: str, label: str | None) -> Iterator[str]:
    """Yield where a cited cell speaks of another arm, measure, base, dataset, setting or row."""
    if label is not None and one.arm not in {None, label}:
        yield f"{check.id} cites {one.cell} for {label}"
    if one.measure not in {None, check.measure}:
        yield f"{check.id} measures {check.measure} and cites {one.cell}"
    if one.base not in {None, base}:
        yield f"{check.id} cites {one.cell} for {base}"
    if one.dataset not in {None, dataset}:
        yield f"{check.id} cites {one.cell} for {dataset}"
    if one.setting is not None and one.setting not in check.settings:
        yield f"{check.id} measures {check.setting} and cites {one.cell}"
    if not of_row(check, one):
        yield f"{check.id} measures the mean of {'its' if check.languages else 'all'} languages and cites {one.cell}"
