"""Which base, dataset and setting cited cells speak of, and whether required checks cover them (design: Coverage).

A cell names them in its table's title, its row and its column, as words joined by `-`, `_`, `/` or
`:`; LaBSE is `labse`, `xquad_r` is `xquad-r`. Tables that name no setting have the one that their
subject implies: language bias and rank distance are of the multilingual pool, MIRACL is
monolingual. A cell that names no base, no dataset or no setting (a count of data, a statement of
the text) asks for no check.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.records.claim import SETTINGS, Check, Setting, Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.claimfile.paper import Paper
    from harness.records.claim import Claim

    Spot = tuple[str, str, Setting]

PAPER_BASES = frozenset({"xlm-r", "labse"})
PAPER_DATASETS = frozenset({"xquad-r", "mlqa-r", "miracl"})
"""The paper's own terms: known whatever the scope; one that the scope does not bind is untested, not a fault."""
IMPLIED: dict[str, Setting] = {
    "rank-distance": "multilingual",
    "language-bias": "multilingual",
    "miracl": "monolingual",
}
"""Words that say of which setting a table is where it does not name one."""
JOINTS = re.compile(r"[^a-z0-9@]+")


def cited(claim: Claim, paper: Paper) -> dict[Spot, int]:
    """Return what the claim's cells speak of, each with the place in `cells` of the first that does."""
    found: dict[Spot, int] = {}
    bases, datasets = PAPER_BASES | set(claim.bases), PAPER_DATASETS | set(claim.datasets)
    for number, cell in enumerate(claim.cells):
        table, _, rest = cell.partition(":")
        if table not in paper.titles:
            continue
        words = words_of(f"{paper.titles[table]} {rest}")
        base, dataset = named_in(words, bases), named_in(words, datasets)
        setting = next((setting for setting in SETTINGS if f" {setting} " in words), None)
        setting = setting or next((of for word, of in IMPLIED.items() if words_of(word) in words), None)
        if base and dataset and setting:
            found.setdefault((base, dataset, setting), number)
    return found


def bases_of(claim: Claim, check: Check) -> Sequence[str]:
    """Return the bases that a check speaks of: those its sides name, else the claim's."""
    sides = [side for side in (check.left, check.right) if isinstance(side, Side)]
    return [side.base for side in sides if side.base is not None] or claim.bases


def covered(claim: Claim) -> set[Spot]:
    """Return what the claim's required checks measure."""
    return {
        (base, dataset, setting)
        for check in claim.checks
        if check.required is True
        for base in bases_of(claim, check)
        for dataset in claim.datasets
        for setting in check.settings
    }


def waivable(claim: Claim, spots: Iterable[Spot]) -> dict[str, Spot]:
    """Return what a waiver may name, by its key: everything between bases and datasets, and what is cited."""
    every = ((base, dataset, setting) for base in claim.bases for dataset in claim.datasets for setting in SETTINGS)
    return {"/".join(spot): spot for spot in (*every, *spots)}


def words_of(text: str) -> str:
    """Return lowercase words with a space around each, so that one is found as a whole."""
    return f" {' '.join(JOINTS.split(text.lower()))} "


def named_in(words: str, names: Iterable[str]) -> str | None:
    """Return the longest name whose words stand together."""
    standing: Iterator[str] = (name for name in names if words_of(name) in words)
    return max(standing, key=lambda name: (len(name), name), default=None)
