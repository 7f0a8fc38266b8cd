"""What the cells that a claim cites speak of, read off their names: measure, setting, arm, language.

A cell names them in its table's title, its row and its column (`harness.claimfile.coverage` reads
base, dataset and setting the same way). X-X and x-x-mono are one arm. A row named after a language
speaks of that language, one named `mean` or without a language of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.claimfile.coverage import IMPLIED, PAPER_BASES, PAPER_DATASETS, SETTINGS, named_in, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.claimfile.paper import Paper
    from harness.records.claim import Claim

MEASURES = {
    " map ": "MAP",
    " mrr ": "MRR",
    " rank distance ": "rank-distance",
    " language bias ": "rank-distance",
}
CUT = re.compile(r" (r|recall|ndcg)@([0-9]+) ")
ARMS = {" x x mono ": "x-x-mono", " hybrid ": "hybrid", " x x ": "x-x-mono", " x y ": "x-y"}
LANGUAGE = re.compile(r"[a-z]{2}")


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

    @property
    def result(self) -> bool:
        """Tell whether the cell holds a result of retrieval, rather than a fact about data."""
        return self.measure is not None and (self.base is not None or self.arm is not None)


def spoken(claim: Claim, paper: Paper | None, cells: Iterable[str]) -> Iterator[Spoken]:
    """Yield what each cell of a table speaks of; cells of statements and unknown ones are left out."""
    if paper is None:
        return
    bases, datasets = PAPER_BASES | set(claim.bases), PAPER_DATASETS | set(claim.datasets)
    for cell in cells:
        table, _, rest = cell.partition(":")
        if table not in paper.titles or cell not in paper.cells:
            continue
        words = words_of(f"{paper.titles[table]} {rest}")
        implied = next((of for word, of in IMPLIED.items() if words_of(word) in words), None)
        yield Spoken(
            cell=cell,
            value=paper.cells[cell],
            base=named_in(words, bases),
            dataset=named_in(words, datasets),
            setting=next((one for one in SETTINGS if f" {one} " in words), implied),
            measure=_measure(words),
            arm=next((arm for word, arm in ARMS.items() if word in words), None),
            language=_language(rest),
        )


def _measure(words: str) -> str | None:
    cut = CUT.search(words)
    if cut is not None:
        return f"{'nDCG' if cut.group(1) == 'ndcg' else 'R'}@{cut.group(2)}"
    return next((name for word, name in MEASURES.items() if word in words), None)


def _language(rest: str) -> str | None:
    row = rest.rpartition(":")[0]
    last = row.rpartition("/")[2]
    return last if LANGUAGE.fullmatch(last) else None
