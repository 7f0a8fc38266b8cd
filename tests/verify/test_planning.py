"""Planning, with real scripts asked behind real walls: what they ask for and what the harness wants, each once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made_up import MadeUp

from harness.claimfile.claims import read_claim
from harness.errors import ScriptError
from harness.records.asked import BaseRequest
from harness.records.scope import VALIDATION
from harness.verify.conductor import Run

if TYPE_CHECKING:
    from harness.court.sandbox import Enclosure


@pytest.fixture
def made(root: Path, sealed: Enclosure, tmp_path: Path) -> MadeUp:
    return MadeUp(root, tmp_path / "made", sealed, "fit")


def test_exact_a_plan_holds_what_the_script_asks_for_and_what_the_harness_wants(made: MadeUp) -> None:
    plan = Run(made.job()).planning.plan()
    (planned,) = plan.claims
    assert planned.problem is None
    assert planned.asked is not None
    asked = {one.vectors for one in planned.asked.retrievals}
    assert asked < set(plan.encodings)
    own = set(plan.encodings) - asked
    assert {one.dataset for one in own} == {VALIDATION, *(one.dataset for one in asked)}
    assert {one.dataset for one in own if isinstance(one.encoder, BaseRequest)} == {one.dataset for one in own}
    assert len({cell.key for cell in plan.cells}) == len(plan.cells)


def test_exact_a_script_that_fails_has_a_plan_that_says_so_and_the_others_go_on(made: MadeUp) -> None:
    job = made.job()
    script = made.folder / "claims/c72_broken.py"
    script.write_text('raise RuntimeError("not today")\n')
    claim = made.folder / "claims/c72-broken.yaml"
    claim.write_text((made.folder / "claims/c71-tiny.yaml").read_text().replace("id: c71", "id: c72"))
    both = replace(job, files=[read_claim(claim, job.scope), *job.files])
    broken, whole = Run(both).planning.plan().claims
    assert isinstance(broken.problem, ScriptError)
    assert "not today" in str(broken.problem)
    assert whole.problem is None


def test_itself_the_same_script_is_not_asked_again(made: MadeUp, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Run(made.job()).planning.plan()
    monkeypatch.setattr("harness.verify.planning.ask", None)
    again = Run(made.job()).planning.plan()
    assert (again.encodings, again.cells) == (first.encodings, first.cells)
