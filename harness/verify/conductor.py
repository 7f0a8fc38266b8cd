"""The conductor: from claims to verdicts, once for all claims of one scope.

    (1) ask each script what it wants, in a process of its own
    (2) make the texts that the cells need, and the judgements that stay here
    (3) plan the cells, each once
    (4) run the cells that the store lacks
    (5) admit vectors and count ranks
    (6) judge every check, hold the analysis against the lock
    (7) decide

The red team's place is between (6) and (7). This version has none, so every verification stays
incomplete, and says so. A claim that fails on the way gets a verdict that says how.
"""

from __future__ import annotations

import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.court.hearing import Heard, hear, law
from harness.engine import Engine, Progress, ask
from harness.errors import HarnessError, ResourceMissing
from harness.planner import (
    COURT_SOURCE,
    LAB_SOURCE,
    RANK_SOURCE,
    Plan,
    Planned,
    Planner,
    Prediction,
    prediction,
    refuse_unbound,
    source_digest,
    versions,
)
from harness.records.plan import ARM_LABELS, BenchView
from harness.store import Store
from harness.verify.texts import Texts
from harness.verify.trial import Circumstances, Trial

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.claimfile.claims import ClaimFile
    from harness.errors import CellError
    from harness.records.claim import Cause
    from harness.records.ruling import Verdict
    from harness.verify.job import Job

TELL_EVERY_SECONDS = 10.0
AGAIN: frozenset[Cause] = frozenset({"script_error", "timeout", "infrastructure", "resource_missing"})
"""Verdicts that came of a failure do not stand: what failed may work now."""

MEND_CACHE = "pytest claims/ --cache always"


def verify(job: Job) -> list[Verdict]:
    """Return one verdict per claim, in the order of `job.files`."""
    if job.cache != "never":
        return _Run(job).verdicts()
    folder = job.store.underway()
    try:
        return _Run(replace(job, store=Store(folder))).verdicts()
    finally:
        shutil.rmtree(folder)


def predict(job: Job) -> Prediction:
    """Return what `verify` would do; scripts are asked and texts made, nothing is trained."""
    return prediction(_Run(job).plan(), job.scope.name, job.store, job.workers)


class _Run:
    """One run over one scope."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.texts = Texts(job.store)
        self.around = Circumstances(
            lab=source_digest(LAB_SOURCE),
            court=source_digest(COURT_SOURCE),
            versions=versions(),
            texts=self.texts,
            started=time.monotonic(),
        )
        self.told = 0.0

    def verdicts(self) -> list[Verdict]:
        plan = self.plan()  # (1) to (3)
        self.job.tell(prediction(plan, self.job.scope.name, self.job.store, self.job.workers).sentence())
        trials = [Trial(self.job, plan, planned, self.around) for planned in plan.claims]
        standing = self.standing(trials)
        failed = self.run_cells(plan)  # (4)
        heard = self.hear(plan, failed)  # (5)
        return [standing.get(number) or trial.verdict(heard) for number, trial in enumerate(trials)]  # (6), (7)

    def plan(self) -> Plan:
        claims = self.ask_all()  # (1)
        retrievals = [retrieval for one in claims if one.asked for retrieval in one.asked.retrievals]
        bound = self.job.scope.datasets
        self.texts.make(self.job.scope, sorted({one.vectors.dataset for one in retrievals} & set(bound)))  # (2)
        claims = [self.with_texts(one) for one in claims]
        planner = Planner(self.job.scope, self.texts.digests, self.around.lab, self.around.versions)
        return planner.plan(claims)  # (3)

    def with_texts(self, planned: Planned) -> Planned:
        """Return the claim with a problem, if texts it needs could not be made."""
        if planned.problem is None and planned.asked is not None:
            for retrieval in planned.asked.retrievals:
                error = self.texts.failed.get(retrieval.vectors.dataset)
                if error is not None:
                    return replace(planned, problem=error)
        return planned

    def ask_all(self) -> list[Planned]:
        """Ask every script at once; Ctrl-C ends them all instead of waiting for them."""
        stopped = threading.Event()
        with ThreadPoolExecutor(self.job.workers) as pool:
            try:
                return list(pool.map(lambda file: self.ask(file, stopped), self.job.files))
            except BaseException:
                stopped.set()
                raise

    def ask(self, file: ClaimFile, stopped: threading.Event) -> Planned:
        """Ask one script; what is wrong with it becomes part of its plan."""
        scope = self.job.scope
        view = BenchView(
            bases=file.claim.bases,
            samplings=ARM_LABELS,
            seeds=tuple(range(scope.seeds_of(file.claim.id))),
            datasets=file.claim.datasets,
        )
        try:
            refuse_unbound(file.claim, scope)
            return Planned(file, ask(file.script, view, scope.script_seconds, stopped))
        except HarnessError as error:
            return Planned(file, None, error)
        except OSError as error:
            return Planned(file, None, HarnessError(f"{file.script}: it could not be asked: {error}"))

    def standing(self, trials: list[Trial]) -> dict[int, Verdict]:
        """With `only-missing`: verdicts of claims that lack no cell and were made of exactly this."""
        found = {}
        if self.job.cache == "only-missing":
            for number, trial in enumerate(trials):
                verdict = self.job.desk.standing(trial.planned.file.claim.id, self.job.scope.name)
                cells = trial.encodings().values()
                whole = bool(cells) and all(self.job.store.has(cell.key) for cell in cells)
                if verdict is None or not whole or trial.planned.problem or AGAIN & set(verdict.causes):
                    continue
                if verdict.provenance == trial.provenance():
                    found[number] = verdict
        return found

    def run_cells(self, plan: Plan) -> Mapping[str, CellError]:
        """Make what the store lacks; return what failed, by key."""
        if self.job.cache == "only-cache":
            return {}
        engine = Engine(self.job.store, self.job.workers, self.job.scope.cell_seconds)
        ran = engine.run(plan.cells, self.texts.files, self.tell)
        for words in ran.set_aside:
            self.job.tell(words)
        return ran.failed

    def tell(self, progress: Progress) -> None:
        """Tell how far the run is, every ten seconds and at the end."""
        elapsed = time.monotonic() - self.around.started
        if elapsed - self.told >= TELL_EVERY_SECONDS or progress.done == progress.total:
            self.told = elapsed
            self.job.tell(f"{progress.done}/{progress.total} cells after {elapsed:.0f} s, last {progress.event}")

    def hear(self, plan: Plan, failed: Mapping[str, CellError]) -> dict[str, Heard | HarnessError]:
        """Return ranks, or why there are none, by the key of each encoding."""
        datasets = self.texts.datasets
        source = source_digest(RANK_SOURCE)
        laws = {name: law(dataset.judgements, source) for name, dataset in datasets.items()}

        def one(key: str, dataset: str) -> Heard | HarnessError:
            if key in failed:
                return failed[key]
            if not self.job.store.has(key):
                return ResourceMissing(f"cell {key[:12]} is not in the store", MEND_CACHE)
            try:
                return hear(self.job.store, key, datasets[dataset].judgements, laws[dataset])
            except HarnessError as error:
                return error
            except Exception as error:  # noqa: BLE001 - one set of vectors must not end the run
                return HarnessError(f"{key[:12]} on {dataset}: {type(error).__name__}: {error}")

        wanted = {cell.key: request.dataset for request, cell in plan.encodings.items()}
        with ThreadPoolExecutor(self.job.workers) as pool:
            return dict(zip(wanted, pool.map(one, wanted.keys(), wanted.values()), strict=True))
