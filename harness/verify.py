"""The conductor: from claims to verdicts, once for all claims of one scope.

    (1) check the analysis against the lock
    (2) ask each script what it wants, in a process of its own
    (3) plan the cells, each once
    (4) make the texts that the cells need, and the judgements that stay here
    (5) run the cells that the store lacks
    (6) admit vectors and count ranks
    (7) judge every check
    (8) attack            not in this version: every verification stays incomplete
    (9) decide

A claim that fails on the way gets a verdict that says how; the others are not touched by it.
"""

from __future__ import annotations

import platform
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from harness.codec import canonical, digest
from harness.court.admit import refuse_twins
from harness.court.hearing import Heard, hear, law
from harness.court.judge import Case, rule, rule_counts, untested
from harness.court.scores import Measured, Place
from harness.court.verdict import Evidence, decide
from harness.data import catalogue
from harness.engine import Engine, Progress, ask
from harness.errors import (
    AdmissionRefused,
    CellTimeout,
    EntryDamaged,
    HarnessError,
    ResourceMissing,
    ScopeUnbound,
    ScriptError,
    ScriptTimeout,
)
from harness.lockfile import violations
from harness.planner import (
    COURT_ROOMS,
    LAB_ROOMS,
    PAIRS,
    PARALLEL,
    Plan,
    Planned,
    Planner,
    Prediction,
    prediction,
    source_digest,
    versions,
)
from harness.records.plan import BenchView
from harness.records.ruling import Occasion, Provenance
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from harness.claimfile.claims import ClaimFile
    from harness.court.rank import Ranks
    from harness.engine import Ran
    from harness.records.claim import Cause
    from harness.records.judgements import Dataset
    from harness.records.plan import Cell, CountRequest, EncodeRequest
    from harness.records.record import Record
    from harness.records.ruling import Artifact, Lock, MeasurementRow, Ruling, Verdict
    from harness.records.scope import Scope

TEXTS = "texts.json"
CacheMode = Literal["always", "never", "only-missing", "only-cache"]
MEND_CACHE = "pytest claims/ --cache always"
CAUSE_OF: tuple[tuple[type[HarnessError], Cause], ...] = (
    (ScriptTimeout, "timeout"),
    (CellTimeout, "timeout"),
    (ScriptError, "script_error"),
    (AdmissionRefused, "script_error"),
    (ResourceMissing, "resource_missing"),
    (ScopeUnbound, "untested"),
)
"""Which cause an error is; any other error of ours is `infrastructure`."""


class Desk(Protocol):
    """Where tables are filed and earlier verdicts stand; the reports folder, seen from here."""

    def file_measurements(self, claim: str, scope: str, rows: Sequence[MeasurementRow]) -> Artifact:
        """Write the means behind a verdict and return what to cite them by."""
        ...

    def standing(self, claim: str, scope: str) -> Verdict | None:
        """Return the verdict that stands from an earlier run, if one does."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """What to verify and with what. `tell` gets progress, a sentence at a time."""

    files: Sequence[ClaimFile]
    scope: Scope
    lock: Lock | None
    store: Store
    desk: Desk
    workers: int
    cache: CacheMode
    tell: Callable[[str], None]


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
    run = _Run(job)
    plan = run.planned()
    return prediction(plan, job.scope.name, job.store, job.workers)


class _Run:
    """One run over one scope."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.started = time.monotonic()
        self.court = source_digest(COURT_ROOMS)
        self.versions = versions()
        self.datasets: dict[str, Dataset] = {}
        self.texts: dict[str, str] = {}
        self.files: dict[str, Path] = {}

    def verdicts(self) -> list[Verdict]:
        job = self.job
        plan = self.planned()  # (2) to (4)
        job.tell(prediction(plan, job.scope.name, job.store, job.workers).sentence())
        standing = {} if job.cache != "only-missing" else self.standing(plan)
        ran = self.cells(plan)  # (5)
        hearings = self.hearings(plan, ran)  # (6)
        return [
            standing.get(planned.file.claim.id) or _Hearing(self, plan, planned, hearings).verdict()  # (7) to (9)
            for planned in plan.claims
        ]

    def planned(self) -> Plan:
        """Ask the scripts, make the texts, plan the cells."""
        with ThreadPoolExecutor(self.job.workers) as pool:
            asked = list(pool.map(self.ask, self.job.files))  # (2)
        wanted = sorted({r.vectors.dataset for one in asked if one.asked for r in one.asked.retrievals})
        self.make_texts([name for name in wanted if name in self.job.scope.datasets])  # (4)
        planner = Planner(self.job.scope, self.texts, versions=self.versions)
        return planner.plan(asked)  # (3)

    def ask(self, file: ClaimFile) -> Planned:
        scope = self.job.scope
        view = BenchView(
            bases=file.claim.bases,
            samplings=("x-x-mono", "x-y", "hybrid"),
            seeds=tuple(range(scope.seeds_of(file.claim.id))),
            datasets=file.claim.datasets,
        )
        try:
            return Planned(file, ask(file.script, view, scope.script_seconds))
        except ScriptError as error:
            return Planned(file, None, error)

    def make_texts(self, names: Sequence[str]) -> None:
        if not names:
            return
        scope = self.job.scope
        self.file_texts(PAIRS, catalogue.pairs(scope.training))
        self.file_texts(PARALLEL, catalogue.parallel(scope.pretraining))
        for name in names:
            self.datasets[name] = catalogue.evaluation(scope.datasets[name])
            self.file_texts(name, self.datasets[name].texts)

    def file_texts(self, name: str, texts: Record) -> None:
        """Put texts into the store, where workers find them by their digest."""
        key = digest({"operation": "texts", "sha256": texts.fingerprint()})
        try:
            folder = self.job.store.find(key)
        except EntryDamaged:
            self.job.store.set_aside(key)
            folder = None
        if folder is None:
            fresh = self.job.store.underway()
            (fresh / TEXTS).write_bytes(canonical(texts.plain()))
            folder = self.job.store.put(key, fresh, {"operation": "texts", "name": name})
        self.texts[name] = texts.fingerprint()
        self.files[texts.fingerprint()] = folder / TEXTS

    def standing(self, plan: Plan) -> dict[str, Verdict]:
        """Return the verdicts of claims that lack no cell and were made of exactly this."""
        found = {}
        for planned in plan.claims:
            verdict = self.job.desk.standing(planned.file.claim.id, self.job.scope.name)
            hearing = _Hearing(self, plan, planned, {})
            lacking = [cell for cell in hearing.encodings().values() if not self.job.store.has(cell.key)]
            if verdict is not None and not lacking and verdict.provenance == hearing.provenance():
                found[verdict.claim] = verdict
        return found

    def cells(self, plan: Plan) -> Ran | None:
        if self.job.cache == "only-cache":
            return None
        engine = Engine(self.job.store, self.job.workers, self.job.scope.cell_seconds)
        ran = engine.run(plan.cells, self.files, self.progress)
        for words in ran.set_aside:
            self.job.tell(words)
        return ran

    def progress(self, progress: Progress) -> None:
        elapsed = time.monotonic() - self.started
        self.job.tell(f"{progress.done}/{progress.total} cells, {elapsed:.0f} s: {progress.event}")

    def hearings(self, plan: Plan, ran: Ran | None) -> dict[str, Heard | HarnessError]:
        """Return ranks, or why there are none, by the key of each encoding."""
        failed = ran.failed if ran else {}

        laws = {name: law(data.judgements, self.court) for name, data in self.datasets.items()}

        def one(item: tuple[str, str]) -> Heard | HarnessError:
            key, dataset = item
            if key in failed:
                return failed[key]
            if not self.job.store.has(key):
                return ResourceMissing(f"cell {key[:12]} is not in the store", MEND_CACHE)
            try:
                return hear(self.job.store, key, self.datasets[dataset].judgements, laws[dataset])
            except HarnessError as error:
                return error

        items = {cell.key: request.dataset for request, cell in plan.encodings.items()}
        with ThreadPoolExecutor(self.job.workers) as pool:
            return dict(zip(items, pool.map(one, items.items()), strict=True))


@dataclass(slots=True)
class _Hearing:
    """One claim before the court."""

    run: _Run
    plan: Plan
    planned: Planned
    heard: Mapping[str, Heard | HarnessError]
    faults: dict[Cause, str] = field(default_factory=dict)

    def verdict(self) -> Verdict:
        job, claim = self.run.job, self.planned.file.claim
        rulings, rows = self.rulings()
        changed = violations(job.lock, claim, job.scope)  # (1)
        if changed:
            self.faults["analysis_changed"] = "; ".join(changed)
        artifacts = [job.desk.file_measurements(claim.id, job.scope.name, rows)] if rows else []
        occasion = Occasion(
            evaluated_at=datetime.now(UTC).isoformat(timespec="microseconds"),
            seconds=round(time.monotonic() - self.run.started, 3),
            host=platform.node(),
        )
        evidence = Evidence(claim, job.scope, rulings, self.faults, self.provenance(), occasion, artifacts)
        return decide(evidence)  # (9)

    def encodings(self) -> dict[EncodeRequest, Cell]:
        """Return the cells that this claim's vectors come from."""
        asked = self.planned.asked
        requests = dict.fromkeys(retrieval.vectors for retrieval in asked.retrievals) if asked else {}
        return {request: cell for request in requests if (cell := self.plan.encodings.get(request))}

    def rulings(self) -> tuple[list[Ruling], list[MeasurementRow]]:
        """Judge every check; where that cannot be, say why on every check."""
        claim = self.planned.file.claim
        problem: HarnessError | None = self.planned.problem
        if problem is None:
            try:
                return self.counts() if claim.kind == "counted" else self.effects()
            except HarnessError as error:
                problem = error
        cause: Cause = next((cause for kind, cause in CAUSE_OF if isinstance(problem, kind)), "infrastructure")
        self.faults[cause] = str(problem)
        case = self.case(Measured({}, {}))
        return [
            untested(case, check, dataset, str(problem)) for check in claim.checks for dataset in claim.datasets
        ], []

    def case(self, scores: Measured) -> Case:
        file, scope = self.planned.file, self.run.job.scope
        cells = file.paper.cells if file.paper else {}
        return Case(file.claim, range(scope.seeds_of(file.claim.id)), scores, cells)

    def effects(self) -> tuple[list[Ruling], list[MeasurementRow]]:
        asked = self.planned.asked
        if asked is None:
            raise ScriptError("nothing was asked for")
        scores = Measured({name: data.judgements for name, data in self.run.datasets.items()}, self.ranks())
        case = self.case(scores)
        rulings = [rule(case, check, dataset) for check in case.claim.checks for dataset in case.claim.datasets]  # (7)
        rows = {row: None for retrieval in asked.retrievals for row in scores.table(retrieval)}
        return rulings, list(rows)

    def ranks(self) -> dict[Place, Ranks]:
        """Return ranks by place; refuse what failed, and seeds that are copies of each other."""
        found: dict[Place, Ranks] = {}
        twins: dict[tuple[str, str, str], dict[int, str]] = {}
        for request, cell in self.encodings().items():
            heard = self.heard[cell.key]
            if isinstance(heard, HarnessError):
                raise heard
            encoder = request.encoder
            found[Place(encoder.base, encoder.arm.label, encoder.seed, request.dataset)] = heard.ranks
            twins.setdefault((encoder.base, encoder.arm.label, request.dataset), {})[encoder.seed] = heard.vectors
        for (base, sampling, dataset), digests in twins.items():
            refuse_twins(digests, f"{sampling} on {base}, {dataset}")
        return found

    def counts(self) -> tuple[list[Ruling], list[MeasurementRow]]:
        asked = self.planned.asked
        scope, claim = self.run.job.scope, self.planned.file.claim
        wanted = asked.counts if asked else ()
        rulings = []
        for check in claim.checks:
            for dataset in claim.datasets:
                known = catalogue.counts(scope.counted[dataset])
                counted = _selected(known, [request for request in wanted if request.dataset == dataset])
                rulings.append(rule_counts(check, dataset, counted))
        return rulings, []

    def provenance(self) -> Provenance:
        file, run = self.planned.file, self.run
        cells = self.encodings()
        used = {request.dataset for request in cells}
        names = {PAIRS, PARALLEL, *used} if used else set()
        return Provenance(
            claim=file.sha256,
            analysis=digest(file.claim.analysis()),
            scope=run.job.scope.fingerprint(),
            script=file.script_sha256,
            lock=run.job.lock.fingerprint() if run.job.lock else None,
            paper=file.paper.digest if file.paper else None,
            lab=source_digest(LAB_ROOMS),
            court=run.court,
            texts={name: run.texts[name] for name in sorted(names)},
            cells=tuple(sorted(cell.key for cell in cells.values())),
            versions=run.versions,
        )


def _selected(known: Mapping[str, int], wanted: Iterable[CountRequest]) -> dict[str, int]:
    """Return the counts that were asked for; one without a language stands for all languages."""
    found: dict[str, int] = {}
    for request in wanted:
        chosen = {name: value for name, value in known.items() if f"{name}-".startswith(f"{request.what}-")}
        if not chosen:
            raise ScriptError(f"count: expected one of {', '.join(known)}, found {request.what!r}")
        found |= chosen
    return found
