"""Against a fresh judgement: what is said again is what was said, and nothing is said again that should not be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from courtroom import Court

from harness.court.verdict import ALONE, Company
from harness.errors import ScriptError
from harness.records.verdict import Neighbour, Verdict
from harness.store import Store
from harness.verify.standing import TABLE, VERDICT, keep, recall, standing
from harness.verify.trial import Trial

ELSEWHERE = Neighbour(at="elsewhere", check="lower", dataset="xquad-r", part="", estimate=None, turned=True)


@pytest.fixture
def court(root: Path, shared_folder: Path, tmp_path: Path) -> Court:
    court = Court(root, shared_folder)
    store = Store(tmp_path / "own")
    court.job = replace(court.job, store=store)
    for cell in court.trial().encodings().values():
        store.put(cell.key, store.underway(), {"operation": "encode"})
    return court


def tried(court: Court) -> tuple[Trial, Verdict]:
    trial = court.trial()
    return trial, court.tried(trial, court.heard(trial, {}))


def said(verdict: Verdict | None) -> dict[str, Any]:
    assert verdict is not None
    return {key: value for key, value in verdict.plain().items() if key != "occasion"}


def entry(court: Court, name: str) -> Path:
    return next((court.job.store.root / "entries").glob(f"*/*/{name}"))


def test_itself_what_was_said_is_said_again_with_its_table_and_a_new_occasion(court: Court) -> None:
    trial, verdict = tried(court)
    assert recall(trial) is None
    keep(trial, verdict, ALONE)
    table = court.job.desk.table("c71", "tiny")
    court.job.desk.file_table("c71", "tiny", b"")
    again = recall(court.trial())
    assert said(again) == said(verdict)
    assert again is not None
    assert again.occasion.evaluated_at > verdict.occasion.evaluated_at
    assert court.job.desk.table("c71", "tiny") == table != b""


def test_exact_another_analysis_scope_lab_or_court_is_judged_anew(court: Court) -> None:
    trial, verdict = tried(court)
    keep(trial, verdict, ALONE)
    other = court.file.claim.model_copy(update={"title": "Another"})
    for changed in (
        replace(trial, around=replace(trial.around, lab="1" * 64)),
        replace(trial, around=replace(trial.around, court="1" * 64)),
        replace(trial, around=replace(trial.around, versions={"torch": "2"})),
        replace(trial, planned=replace(trial.planned, file=replace(court.file, claim=other))),
        replace(trial, job=replace(court.job, scope=court.scope.model_copy(update={"cell_seconds": 1}))),
    ):
        assert recall(changed) is None
    assert recall(trial) is not None


@pytest.mark.parametrize("name", [VERDICT, TABLE, "manifest.json"])
def test_exact_a_damaged_entry_is_set_aside_and_never_said(court: Court, name: str) -> None:
    trial, verdict = tried(court)
    keep(trial, verdict, ALONE)
    path = next(file for file in entry(court, VERDICT).parent.iterdir() if file.name == name)
    path.write_bytes(path.read_bytes().replace(b"e", b"f", 1))
    assert recall(trial) is None
    assert not path.exists()
    assert len(list((court.job.store.root / "damaged").iterdir())) == 1


def test_exact_nothing_is_said_of_vectors_that_are_gone(court: Court) -> None:
    trial, verdict = tried(court)
    keep(trial, verdict, ALONE)
    court.job.store.set_aside(next(iter(trial.encodings().values())).key)
    assert recall(trial) is None


def test_exact_what_came_of_a_failure_is_not_kept(court: Court) -> None:
    trial, verdict = tried(court)
    keep(trial, verdict.model_copy(update={"causes": ("infrastructure",)}), ALONE)
    keep(trial, verdict, Company("its neighbours could not be tried"))
    keep(trial, verdict, Company("", (ELSEWHERE,)))
    broken = court.trial(ScriptError("it raised"))
    keep(broken, court.tried(broken, {}), ALONE)
    assert not list((court.job.store.root / "entries").glob(f"*/*/{VERDICT}"))
    assert recall(broken) is None


def test_exact_the_folders_own_verdict_stands_while_its_inputs_do(court: Court) -> None:
    trial, verdict = tried(court)
    assert standing(trial) is None
    court.job.desk.file_verdict(verdict)  # type: ignore[attr-defined]
    assert standing(trial) == verdict
    assert standing(replace(trial, around=replace(trial.around, court="1" * 64))) is None
