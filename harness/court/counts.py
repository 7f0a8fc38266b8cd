"""Counts against cells: exact, without statistics (design: Judging, equals)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.court.case import of_dataset, untested
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from harness.records.claim import Check
    from harness.records.ruling import Ruling


def rule_counts(check: Check, dataset: str, counted: Mapping[str, int | Decimal]) -> Ruling:
    """Compare every count of one dataset with its cell; `counted` holds what the files say.

    A count that differs contradicts. One that is stated and was not counted, or counted and is not
    stated, says nothing against the paper: beside equal counts only, the check is untested.
    """
    if check.relation != "equals":
        return untested(check, dataset, f"expected the relation equals for counts, found {check.relation}")
    stated = {what: decimal(cited.value) for what, cited in of_dataset(dataset, check.counts).items()}
    names = sorted({*stated, *counted})
    different = [name for name in names if name not in counted or stated.get(name) != counted[name]]
    wrong = [name for name in different if name in stated and name in counted]
    told = "; ".join(
        f"{name}: {stated.get(name, 'nothing')} stated, {counted.get(name, 'nothing')} counted" for name in different
    )
    blank = untested(check, dataset, told or ("" if stated else "no count is stated"))
    blank = blank.model_copy(update={"claimed": {name: str(value) for name, value in stated.items()}})
    if not stated or (different and not wrong):
        return blank
    return blank.model_copy(
        update={
            "estimate": float(len(different)),
            "queries": len(names),
            "outcome": "contradicted" if wrong else "supported",
        }
    )
