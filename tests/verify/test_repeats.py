"""Cells made again: real training of the tiny claim, once honest and once with vectors that somebody put there."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.claimfile.claims import read_claim
from harness.claimfile.scopes import read_scope
from harness.codec import digest
from harness.court.sandbox import Enclosure
from harness.lockfile import entries
from harness.planner import Plan
from harness.records.attack import ProbeResult
from harness.records.cells import EncodeCell
from harness.records.lock import Lock, LockEntry
from harness.records.texts import EvaluationTexts, TextTable
from harness.records.verdict import Verdict
from harness.report.desk import Desk
from harness.report.folder import ReportsFolder
from harness.store import Store
from harness.store.listing import MANIFEST
from harness.verify import Job, verify
from harness.verify.conductor import Run
from harness.verify.repeats import chosen, reordered
from harness.verify.trial import Trial


@pytest.fixture
def job(root: Path, tmp_path: Path, tiny_store: Path, sealed: Enclosure) -> Job:
    """The tiny claim on a copy of finished cells, or on cells made now."""
    first = locked(root, root / "fixtures/claims/tiny/c71-tiny.yaml", tmp_path, tiny_store, sealed)
    verify(first)
    shutil.copytree(tiny_store, tmp_path / "store")
    return replace(first, store=Store(tmp_path / "store"), desk=Desk(ReportsFolder(tmp_path / "reports")))


def locked(root: Path, path: Path, tmp_path: Path, store: Path, sealed: Enclosure) -> Job:
    """One claim under the tiny scope, with a lock of its own."""
    scope = read_scope(root / "fixtures/scopes/tiny.yaml")
    file = read_claim(path, scope)
    claims, scopes = entries([file.claim], [scope])
    entry = [
        {name: LockEntry(digest=value, date="2026-01-01") for name, value in of.items()} for of in (claims, scopes)
    ]
    return Job(
        [file],
        scope,
        Lock(claims=entry[0], scopes=entry[1]),
        Store(store),
        Desk(ReportsFolder(tmp_path / "first")),
        workers=1,
        cache="always",
        enclosure=sealed,
        tell=lambda _: None,
    )


def probes(verdict: Verdict) -> dict[str, ProbeResult]:
    return {probe.name.partition(":")[0]: probe for one in verdict.red_team.attackers for probe in one.probes}


def tried(job: Job) -> tuple[Trial, Plan]:
    run = Run(job)
    plan = run.planning.plan()
    return Trial(job, plan, plan.claims[0], run.around), plan


SMALLER = """
  - id: smaller
    required: full
    measure: rank-distance
    setting: multilingual
    left: hybrid
    relation: reduced-by
    right: x-x-mono
    unit: percent
    claimed: {xlm-r: {cell: S14, value: "30.1"}}
    reason: the world of shuffled pairs is made for such a check
"""


def test_real_part_arms_of_a_claimed_reduction_are_trained_on_shuffled_pairs_and_told(
    root: Path, tmp_path: Path, tiny_store: Path, sealed: Enclosure
) -> None:
    folder = Path(shutil.copytree(root / "fixtures/claims/tiny", tmp_path / "tiny"))
    claim, script = folder / "c71-tiny.yaml", folder / "c71_tiny.py"
    claim.write_text(claim.read_text().rstrip() + SMALLER)
    asks = 'bench.retrieve(vectors, setting="monolingual")'
    script.write_text(script.read_text().replace(asks, f"{asks}\n        {asks.replace('mono', 'multi')}"))
    job = locked(root, claim, tmp_path, tiny_store, sealed)
    (verdict,) = verify(job)
    shuffled = probes(verdict)["shuffled-pairs"]
    assert (shuffled.required, shuffled.severity) == (False, 2.0)
    assert shuffled.detail.startswith("trained on passages that answer other questions, rank-distance ")
    told = [json.loads((path / MANIFEST).read_bytes())["about"] for path in (tiny_store / "entries").glob("*/*")]
    assert sum(about.get("cell", "").endswith("pairs shuffled") for about in told) == 10  # two arms, five seeds


def with_cells_alone(job: Job, root: Path) -> Job:
    """The same with a store of its own, which knows the plan's cells and nothing that was made of them."""
    store = Store(root)
    trial, plan = tried(job)
    for cell in (*trial.encodings().values(), *plan.cells):
        shutil.copytree(job.store.place(cell.key), store.place(cell.key), dirs_exist_ok=True)
    return replace(job, store=store)


def swap(job: Job, label: str) -> None:
    """Put other vectors where one arm's are, as whole as any other entry."""
    trial, _ = tried(job)
    for cell in (cell for cell in trial.encodings().values() if label in cell.label):
        folder, fresh = job.store.place(cell.key), job.store.underway()
        for path in folder.glob("*.npy"):
            vectors = np.load(path)
            np.save(fresh / path.name, np.roll(vectors, 1, axis=1))
        shutil.copy(folder / "ids.json", fresh)
        job.store.set_aside(cell.key)
        job.store.put(cell.key, fresh, {"operation": "encode", "cell": cell.label, "seal": "SEALED"})


def test_real_part_honest_cells_come_out_again_and_a_second_run_says_the_same(job: Job) -> None:
    (verdict,) = verify(job)
    assert verdict.verification == "sound"
    found = probes(verdict)
    assert {"same-seed", "order", "fresh-seeds", "other-ids", "second-measures", "foreign-vectors"} <= set(found)
    assert "hybrid" in found["same-seed"].detail
    assert "x-x-mono" in found["same-seed"].detail
    (again,) = verify(job)
    assert again.red_team == verdict.red_team


def test_real_part_vectors_that_training_does_not_give_defeat_the_verification(job: Job, tmp_path: Path) -> None:
    other = with_cells_alone(job, tmp_path / "other")
    swap(other, "hybrid")
    (verdict,) = verify(other)
    assert verdict.verification == "defeated"
    found = probes(verdict)
    assert found["same-seed"].succeeded
    assert found["order"].succeeded
    assert "hybrid" in found["same-seed"].detail


def test_theory_one_cell_of_each_arm_is_chosen_by_the_claim_alone(job: Job) -> None:
    trial, _ = tried(job)
    found = chosen(trial)
    assert sorted(cell.label.split(" seed")[0] for cell in found.values()) == ["xlm-r hybrid", "xlm-r x-x-mono"]
    assert found == chosen(trial)
    assert len({cell.work.encoder.seed for cell in found.values() if isinstance(cell.work, EncodeCell)}) == 1


def test_exact_reordered_texts_are_the_same_under_other_ids() -> None:
    tables = [
        TextTable(ids=tuple(f"{kind}{at}" for at in range(9)), languages=("de",) * 9, texts=tuple(map(str, range(9))))
        for kind in "qp"
    ]
    other, names = reordered(EvaluationTexts(queries=tables[0], passages=tables[1]))
    for before, after in zip(tables, (other.queries, other.passages), strict=True):
        assert set(after.ids).isdisjoint(before.ids)
        assert after.texts != before.texts
        known = dict(zip(before.ids, before.texts, strict=True))
        assert [known[names[name]] for name in after.ids] == list(after.texts)
    assert len(names) == 18
    assert digest(other.plain()) != digest(EvaluationTexts(queries=tables[0], passages=tables[1]).plain())


def test_itself_with_the_cache_alone_an_attack_has_no_answer_to_what_takes_training(job: Job, tmp_path: Path) -> None:
    (verdict,) = verify(replace(with_cells_alone(job, tmp_path / "other"), cache="only-cache"))
    assert (verdict.verification, "attacker_error" in verdict.causes) == ("incomplete", True)
    assert probes(verdict)["same-seed"].succeeded is None
