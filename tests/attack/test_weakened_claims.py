"""The fourteen claims made weaker: the oracle is what they cite, which the rest of their checks no longer bears out.

Left out are claims that cite nothing (c12, c14), counts, and those whose contrasts still ask what was taken away.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.attack import comparison, coverage
from harness.attack.probe import results
from harness.attack.subject import Subject
from harness.claimfile.claims import read_folder
from harness.claimfile.scopes import find_scope, read_scope
from harness.records.asked import Asked

if TYPE_CHECKING:
    from harness.claimfile.claims import ClaimFile
    from harness.records.claim import Check

ATLAS = read_scope(find_scope("atlas"))
CITING = {
    file.claim.id: file
    for file in read_folder(Path(__file__).parents[2] / "claims", ATLAS)
    if file.claim.cells and file.claim.kind == "effectiveness" and not any(one.weights for one in file.claim.checks)
}
WEAKER = {"above": "comparable-or-above", "below": "comparable-or-below"}
REQUIRED = [(name, one) for name, file in CITING.items() for one in file.claim.checks if one.required is True]
SIZES = [(name, one) for name, file in CITING.items() for one in file.claim.checks if one.relation == "reduced-by"]
STRICT = [(name, one) for name, one in REQUIRED if one.relation in WEAKER]


def gaps(file: ClaimFile, checks: tuple[Check, ...]) -> set[str]:
    """Return which probes succeed that read no more than the claim, with other checks."""
    weakened = replace(file, claim=file.claim.model_copy(update={"checks": checks}))
    one = Subject(file=weakened, scope=ATLAS, asked=Asked(requests=()), rulings=())
    found = results([*coverage.probes(one), *comparison.probes(one)])
    return {probe.name for probe in found if probe.succeeded} - {"no-evidence"}


def test_real_part_most_of_the_fourteen_are_weakened() -> None:
    assert set(CITING) == {"c01", "c02", "c03", "c05", "c06", "c07", "c08", "c09", "c10"}
    assert not any(gaps(file, file.claim.checks) for file in CITING.values())


@pytest.mark.parametrize(("name", "left_out"), REQUIRED + SIZES, ids=lambda given: getattr(given, "id", given))
def test_metamorphic_no_check_can_be_left_out_beside_what_is_cited(name: str, left_out: Check) -> None:
    file = CITING[name]
    assert gaps(file, tuple(one for one in file.claim.checks if one.id != left_out.id))


@pytest.mark.parametrize(("name", "strict"), STRICT, ids=lambda given: getattr(given, "id", given))
def test_metamorphic_no_strict_check_can_be_made_a_tolerance_beside_what_is_cited(name: str, strict: Check) -> None:
    file = CITING[name]
    margin = "0.05" if strict.measure == "rank-distance" else "0.01"
    weak = strict.model_copy(update={"relation": WEAKER[strict.relation], "margin": margin})
    assert gaps(file, tuple(weak if one.id == strict.id else one for one in file.claim.checks))


@pytest.mark.parametrize(
    "changed", [{"measure": "MRR"}, {"setting": "balanced"}, {"languages": ("es",)}, {"pairs": "withheld"}], ids=str
)
@pytest.mark.parametrize(("name", "asked"), REQUIRED, ids=lambda given: getattr(given, "id", given))
def test_metamorphic_no_check_can_measure_something_else_beside_what_is_cited(
    name: str, asked: Check, changed: dict[str, object]
) -> None:
    file = CITING[name]
    other = asked.model_copy(update=changed)
    assert gaps(file, tuple(other if one.id == asked.id else one for one in file.claim.checks))


def shared(side: object) -> object:
    """Return a side with a quarter in the place of the half."""
    return "hybrid@0.25" if side == "hybrid" else side


HALVES = [(name, one) for name, one in REQUIRED if "hybrid" in {one.left, one.right}]


@pytest.mark.parametrize(("name", "asked"), HALVES, ids=lambda given: getattr(given, "id", given))
def test_metamorphic_no_check_can_compare_another_share_than_the_cited_half(name: str, asked: Check) -> None:
    file = CITING[name]
    other = asked.model_copy(update={"left": shared(asked.left), "right": shared(asked.right)})
    assert gaps(file, tuple(other if one.id == asked.id else one for one in file.claim.checks))
