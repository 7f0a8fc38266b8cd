"""Cells from requests: shared, keyed by everything that goes in, complete for every check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.claimfile.claims import ClaimFile, read_claim
from harness.claimfile.scopes import read_scope
from harness.errors import ScopeUnbound, ScriptError
from harness.planner import LAB_SOURCE, Planned, Planner, needs, prediction, refuse_gaps, refuse_unbound, source_digest
from harness.records.plan import Asked, EncodeCell, PretrainCell, RetrieveRequest, TrainCell
from harness.records.scope import Scope
from harness.store import Store

TEXTS = {"pairs": "p" * 64, "parallel": "l" * 64, "xquad-r": "x" * 64, "mlqa-r": "m" * 64}


@pytest.fixture
def scope(root: Path) -> Scope:
    return read_scope(root / "fixtures/scopes/tiny.yaml")


@pytest.fixture
def claim(root: Path) -> ClaimFile:
    return read_claim(root / "fixtures/claims/tiny/c71-tiny.yaml")


def planner(scope: Scope, **changes: str) -> Planner:
    return Planner(scope, {**TEXTS, **changes}, source="s" * 64, versions={"torch": "1"})


def asked(claim: ClaimFile, scope: Scope) -> Asked:
    return Asked(
        requests=tuple(dict.fromkeys(need for check in claim.claim.checks for need in needs(claim.claim, scope, check)))
    )


def keys(scope: Scope, claim: ClaimFile, **changes: str) -> set[str]:
    return {cell.key for cell in planner(scope, **changes).plan([Planned(claim, asked(claim, scope))]).cells}


def test_exact_number_of_cells_parents_first_each_once(scope: Scope, claim: ClaimFile) -> None:
    plan = planner(scope).plan([Planned(claim, asked(claim, scope))] * 2)
    seen: set[str] = set()
    for cell in plan.cells:
        assert cell.parent is None or cell.parent.key in seen
        seen.add(cell.key)
    assert len(seen) == len(plan.cells) == 25
    kinds = [type(cell.work) for cell in plan.cells]
    assert [kinds.count(kind) for kind in (PretrainCell, TrainCell, EncodeCell)] == [5, 10, 10]


def test_other_texts_change_exactly_the_cells_they_go_into(scope: Scope, claim: ClaimFile) -> None:
    before = keys(scope, claim)
    assert len(before & keys(scope, claim, **{"xquad-r": "y" * 64})) == 15  # pre-training and training stand
    assert len(before & keys(scope, claim, pairs="y" * 64)) == 5  # pre-training stands
    assert not before & keys(scope, claim, parallel="y" * 64)


def test_other_settings_source_or_versions_change_keys(scope: Scope, claim: ClaimFile) -> None:
    before = keys(scope, claim)
    slower = scope.model_copy(update={"settings": scope.settings.model_copy(update={"steps": 4})})
    assert len(before & keys(slower, claim)) == 5
    for changed in (
        Planner(scope, TEXTS, source="t" * 64, versions={"torch": "1"}),
        Planner(scope, TEXTS, source="s" * 64, versions={"torch": "2"}),
    ):
        assert not before & {cell.key for cell in changed.plan([Planned(claim, asked(claim, scope))]).cells}


def test_labels_are_no_part_of_a_key(scope: Scope, claim: ClaimFile) -> None:
    cell = planner(scope).plan([Planned(claim, asked(claim, scope))]).cells[0]
    assert cell.key == cell.model_copy(update={"label": "other"}).key


@pytest.mark.parametrize("missing", [0, 4, 9])
def test_a_script_that_leaves_out_any_arm_or_seed_is_refused(scope: Scope, claim: ClaimFile, missing: int) -> None:
    requests = list(asked(claim, scope).requests)
    dropped = requests.pop(missing)
    assert isinstance(dropped, RetrieveRequest)
    told = f"{dropped.vectors.encoder.arm.label} on xlm-r, seed {dropped.vectors.encoder.seed}, xquad-r, monolingual"
    with pytest.raises(ScriptError, match=told):
        refuse_gaps(claim.claim, scope, Asked(requests=tuple(requests)))


def test_a_claim_with_a_gap_gets_no_cells(scope: Scope, claim: ClaimFile) -> None:
    plan = planner(scope).plan([Planned(claim, Asked(requests=asked(claim, scope).requests[:1]))])
    assert plan.cells == ()
    assert isinstance(plan.claims[0].problem, ScriptError)


@pytest.mark.parametrize("changes", [{"datasets": ("miracl",)}, {"bases": ("labse",)}])
def test_what_the_scope_does_not_bind_is_named(scope: Scope, claim: ClaimFile, changes: dict[str, tuple[str]]) -> None:
    with pytest.raises(ScopeUnbound, match=next(iter(changes.values()))[0]):
        refuse_unbound(claim.claim.model_copy(update=changes), scope)


def test_the_source_digest_covers_everything_a_cell_imports() -> None:
    program = "import sys, harness.lab.cell; print(*(m for m in sys.modules if m.startswith('harness.')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = {name.removeprefix("harness.").replace(".", "/") + ".py" for name in done.stdout.split()}
    packages = {"lab.py", "records.py"}  # their files hold a docstring
    assert imported - packages <= set(LAB_SOURCE)


def test_the_source_digest_tells_places_apart() -> None:
    assert source_digest(("lab/cell.py",)) != source_digest(("lab/train.py",))
    assert source_digest(("lab",)) != source_digest(("lab/cell.py",))


def test_time_is_predicted_only_from_what_the_store_remembers(scope: Scope, claim: ClaimFile, tmp_path: Path) -> None:
    store = Store(tmp_path)
    plan = planner(scope).plan([Planned(claim, asked(claim, scope))])
    assert prediction(plan, "tiny", store, 2).minutes is None
    for cell in plan.cells[:3]:  # one of each kind: 6 s apiece, so 22 cells take 66 s on two workers
        store.put(cell.key, store.underway(), {"operation": cell.work.op, "seconds": "6.0"})
    told = prediction(plan, "tiny", store, 2)
    assert (told.lacking, told.minutes) == (22, pytest.approx(1.1))
    assert "22 to make, about 1.1 min on 2 workers" in told.sentence()
