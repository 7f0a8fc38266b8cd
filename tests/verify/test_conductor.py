"""The conductor's search for company, without a lab: what the store lacks cannot take a contradiction's side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from courtroom import Court

from harness.court.verdict import ALONE
from harness.verify.conductor import Run
from harness.verify.exhibits import Exhibits
from harness.verify.trial import Judged, Trial


@pytest.fixture(scope="module")
def court(root: Path, shared_folder: Path) -> Court:
    return Court(root, shared_folder, "fit")


def judged(court: Court, **worse: float) -> tuple[Run, Trial, Judged, Exhibits]:
    trial = court.trial()
    shares = {name.replace("_", "-"): share for name, share in worse.items()}
    found = court.exhibits(trial, court.heard(trial, shares))
    run = Run(replace(court.job, cache="only-cache"))
    run.around = replace(run.around, texts=court.texts)
    return run, trial, trial.judged(found), found


def test_a_contradiction_whose_neighbours_are_not_in_the_store_is_inconclusive(court: Court) -> None:
    run, trial, told, found = judged(court, x_x_mono=0.0)
    assert trial.verdict(told).outcome == "contradicted"
    (company,) = run.company([trial], [told], found)
    assert {one.at for one in company.neighbours} == {
        "learning rate one step down",
        "hybrid with as many cross-lingual pairs as x-y",
    }
    verdict = trial.verdict(told, company)
    assert (verdict.outcome, verdict.company) == ("inconclusive", company.neighbours)
    assert "could not be measured with learning rate one step down" in verdict.reason


def test_what_is_not_contradicted_and_a_scope_without_grid_seek_no_company(court: Court) -> None:
    run, trial, told, found = judged(court, hybrid=0.0)
    assert run.company([trial], [told], found) == [ALONE]
    run, trial, told, found = judged(court, x_x_mono=0.0)
    run.job = replace(run.job, scope=court.scope.model_copy(update={"grid": None}))
    assert run.company([trial], [told], found) == [ALONE]


def test_what_was_found_damaged_is_told_once(court: Court) -> None:
    told: list[str] = []
    run = Run(replace(court.job, tell=told.append))
    run.moved = len(run.job.store.moved)
    run.job.store.moved.append("an entry; moved aside")
    run.tell_moved()
    run.tell_moved()
    run.job.store.moved.remove("an entry; moved aside")
    assert told == ["an entry; moved aside"]
