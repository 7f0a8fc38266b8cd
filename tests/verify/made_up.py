"""A verdict on vectors that nobody trained: judgements and noise, kept where the lab would have put its own."""

from __future__ import annotations

import json
import shutil
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import save_file

from harness.claimfile.claims import read_claim
from harness.claimfile.scopes import read_scope
from harness.court.case import untested
from harness.court.controls import oracle_vectors
from harness.court.scores import place_of
from harness.report.desk import Desk
from harness.report.folder import ReportsFolder
from harness.seeds import generator
from harness.store import Store
from harness.verify import verify
from harness.verify.company import neighbours
from harness.verify.conductor import Run
from harness.verify.job import Job

if TYPE_CHECKING:
    from harness.court.sandbox import Enclosure
    from harness.planner import Plan
    from harness.records.asked import EncodeRequest
    from harness.records.cells import Cell
    from harness.records.verdict import Verdict

NOISE = {"untrained": 3.0, "hybrid": 2.1, "x-x-mono": 2.2}
"""How far vectors lie from the answers, in standard deviations, by arm."""


class MadeUp:
    """The tiny claim in a copy of its own, with a verdict in `folder/reports` on vectors in `folder/store`."""

    def __init__(self, root: Path, folder: Path, walls: Enclosure, scope: str = "tiny", **noise: float) -> None:
        self.folder = folder
        shutil.copytree(root / "fixtures/claims/tiny", folder / "claims", ignore=shutil.ignore_patterns("__pycache__"))
        self.scope_file = Path(shutil.copy(root / f"fixtures/scopes/{scope}.yaml", folder))
        self.reports = folder / "reports"
        self.walls = walls
        self.noise = {**NOISE, **{name.replace("_", "-"): value for name, value in noise.items()}}

    def copied(self, folder: Path) -> MadeUp:
        """Return the same in a copy of everything, which a test may damage."""
        other = copy(self)
        shutil.copytree(self.folder, folder, symlinks=True)
        other.folder, other.scope_file, other.reports = folder, folder / self.scope_file.name, folder / "reports"
        return other

    def job(self) -> Job:
        """Return a job as the command makes it; its tables go where the verdict's do."""
        scope = read_scope(self.scope_file)
        return Job(
            files=[read_claim(self.folder / "claims/c71-tiny.yaml", scope)],
            scope=scope,
            lock=None,
            store=Store(self.folder / "store"),
            desk=Desk(ReportsFolder(self.reports)),
            workers=2,
            cache="only-cache",
            enclosure=self.walls,
            tell=lambda _words: None,
        )

    def verdict(self) -> Verdict:
        """Make up what the plan asks for, judge it, file the verdict."""
        job = self.job()
        run = Run(job)
        plan = run.planning.plan()
        self.fill(run, plan)
        if job.scope.grid is not None:
            rulings = [untested(check, "xquad-r", "not yet") for check in job.files[0].claim.checks]
            for _, neighbour in neighbours(job.files[0].claim, job.scope, rulings, run.planning.planner):
                self.fill(run, neighbour)
        (verdict,) = verify(job)
        ReportsFolder(self.reports).write_verdict(verdict)
        return verdict

    def replaying(self) -> Job:
        """Return a job whose tables go elsewhere."""
        return replace(self.job(), desk=Desk(ReportsFolder(self.folder / "again")))

    def fill(self, run: Run, plan: Plan) -> None:
        """Put made-up vectors, and weights, where the plan's cells would be."""
        store, weights = run.job.store, plan.weights()
        for request, cell in plan.encodings.items():
            self.encoded(store, cell, request, run)
            one = cell.parent
            while one is not None:
                if one.key in weights and not store.has(one.key):
                    weigh(store, one)
                one = one.parent

    def encoded(self, store: Store, cell: Cell, request: EncodeRequest, run: Run) -> None:
        """Keep vectors of one cell, unless they are there."""
        if store.has(cell.key):
            return
        judgements, place = run.texts.datasets[request.dataset].judgements, place_of(request)
        rng, noise = generator("made up", place.sampling, place.seed, place.dataset), self.noise[place.sampling]
        fresh = store.underway()
        for name, rows in zip(("queries", "passages"), oracle_vectors(judgements), strict=True):
            noisy = rows + noise * np.abs(rows).max() * rng.standard_normal(rows.shape)
            np.save(fresh / f"{name}.npy", noisy.astype(np.float32))
        ids = {"queries": list(judgements.query_ids), "passages": list(judgements.passage_ids)}
        (fresh / "ids.json").write_text(json.dumps(ids))
        store.put(cell.key, fresh, {"operation": "encode", "cell": cell.label, "seal": cell.seal})


def weigh(store: Store, cell: Cell) -> None:
    """Keep weights of one cell, other than those of any other."""
    fresh = store.underway()
    save_file({"layer.weight": generator("weights", cell.key).random((2, 2))}, fresh / "model.safetensors")
    store.put(cell.key, fresh, {"operation": cell.work.op, "cell": cell.label, "seal": cell.seal})
