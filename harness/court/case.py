"""What a check is judged in, and the ruling before anything is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from harness.records.claim import Check, CitedEffect, CitedValue, Side
from harness.records.ruling import Ruling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.court.contrast import Scores
    from harness.records.claim import Claim
    from harness.records.verdict import Scale

Cited = TypeVar("Cited")
ALL_DATASETS = "all"
"""The dataset of a ruling over all datasets of its claim."""

NAMES = {"comparable-or-above": "comparable", "comparable-or-below": "comparable", "equals": "count"}
"""What a kind of check is called where it is not called by its relation."""


@dataclass(frozen=True, slots=True)
class Case:
    """What checks are judged in: the claim, its seeds and scores, the paper's cells by id, the scope's scale."""

    claim: Claim
    seeds: Sequence[int]
    scores: Scores
    cells: Mapping[str, str]
    scale: Scale = "reduced"


def untested(check: Check, dataset: str, note: str) -> Ruling:
    """Return a ruling that says why nothing was judged."""
    return Ruling(
        id=check.id,
        kind=NAMES.get(check.relation, check.relation),
        dataset=dataset,
        measure=check.measure,
        setting=check.setting,
        required=check.required,
        left=named(check.left),
        relation=check.relation,
        right=named(check.right),
        margin=check.margin,
        claimed={name: _said(cited) for name, cited in of_dataset(dataset, check.claimed).items()},
        outcome="untested",
        note=note,
        reason=check.reason or "",
    )


def named(side: str | Side | None) -> str | None:
    """Return a side in words."""
    if isinstance(side, Side):
        return side.sampling if side.base is None else f"{side.sampling} on {side.base}"
    return side


def _said(cited: CitedValue | CitedEffect) -> str:
    return f"{cited.left} - {cited.right}" if isinstance(cited, CitedEffect) else f"{cited.cell} = {cited.value}"


def of_dataset(dataset: str, names: Mapping[str, Cited]) -> dict[str, Cited]:
    """Return what is named `<dataset>/<rest>`, or plainly `<rest>`, by its rest."""
    split = {name: name.partition("/") for name in names}
    return {
        rest if slash else first: names[name]
        for name, (first, slash, rest) in split.items()
        if not slash or first == dataset
    }


def citing(ruling: Ruling, claim: Claim, cells: Mapping[str, str]) -> Ruling:
    """Return a ruling that says what the cells print that its check's effect is claimed by."""
    check = next((one for one in claim.checks if one.id == ruling.id), None)
    claimed = of_dataset(ruling.dataset, check.claimed).values() if check else ()
    names = [name for cited in claimed for name in _cells_of(cited)]
    return ruling.model_copy(update={"cited": {name: cells[name] for name in names if name in cells}})


def _cells_of(cited: CitedValue | CitedEffect) -> tuple[str, ...]:
    return (cited.left, cited.right) if isinstance(cited, CitedEffect) else (cited.cell,)
