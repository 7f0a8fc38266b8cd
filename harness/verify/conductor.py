"""The conductor: from claims to verdicts, once for all claims of one scope.

    (1) ask each script what it wants, in a process of its own
    (2) make the texts that the cells need, and the judgements that stay here
    (3) plan the cells, each once, with those that the harness itself wants
    (4) run the cells that the store lacks, and encode with the released encoders that scripts load
    (5) admit vectors and count ranks; rank by the lexical baseline, run the controls
    (6) judge every check, and hold it to its conditions: controls, regime, floor, mechanism
    (7) seek company for contradictions, among neighbouring settings
    (8) let the red team attack the verification: what would it have said in a false world?
    (9) hold the analysis against the lock, and decide

A claim that fails on the way gets a verdict that says how. A verdict that
was made of exactly the same before is said again after (4) (`standing`).
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.court.verdict import ALONE, Company
from harness.engine import Crew, Engine, Progress
from harness.errors import HarnessError
from harness.planner import (
    COURT_SOURCE,
    LAB_SOURCE,
    Plan,
    Prediction,
    announced,
    expected,
    prediction,
    source_digest,
    versions,
)
from harness.store import Store
from harness.verify.company import SEEDS, contradicted, neighbours, weigh
from harness.verify.exhibits import exhibits, gather, hear_all, refuse_unheard
from harness.verify.loading import Released
from harness.verify.planning import Planning
from harness.verify.red_team import Room
from harness.verify.repeats import Runner
from harness.verify.standing import keep, recall, standing
from harness.verify.texts import Texts
from harness.verify.trial import Circumstances, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.attack import Attacked
    from harness.court.case import Case
    from harness.errors import CellError
    from harness.records.attack import RedTeam
    from harness.records.ruling import Ruling
    from harness.records.verdict import Provenance, Verdict
    from harness.verify.exhibits import Exhibits
    from harness.verify.job import Job
    from harness.verify.trial import Judged

HEAR_EVERY_SECONDS = 0.5
TELL_EVERY_SECONDS = 10.0


def verify(job: Job) -> list[Verdict]:
    """Return one verdict per claim, in the order of `job.files`."""
    if job.cache != "never":
        return _verdicts(job)
    folder = job.store.underway()
    try:
        return _verdicts(replace(job, store=Store(folder)))
    finally:
        shutil.rmtree(folder)


def _verdicts(job: Job) -> list[Verdict]:
    run = Run(job)
    with run.crew:
        return run.verdicts()


def predict(job: Job) -> Prediction:
    """Return what `verify` would do and could find; it asks and makes texts, trains nothing."""
    run = Run(job)
    plan = run.planning.plan()
    clusters = {name: len(set(dataset.judgements.clusters)) for name, dataset in run.texts.datasets.items()}
    power = [row for one in plan.claims if not one.problem for row in expected(one.file, job.scope, clusters)]
    return replace(prediction(plan, job.scope.name, job.store, job.workers), power=tuple(power))


def made_of(job: Job) -> list[Provenance]:
    """Return what a verdict on each claim would be made of now; it asks and makes texts, trains nothing."""
    run = Run(job)
    plan = run.planning.plan()
    return [Trial(job, plan, planned, run.around).provenance() for planned in plan.claims]


@dataclass(frozen=True, slots=True)
class Sought:
    """A claim and, if it would be contradicted, by which rulings and with what plans its company is sought."""

    trial: Trial
    rulings: Sequence[Ruling] = ()
    plans: Sequence[tuple[str, Plan]] = ()
    found: Company = ALONE


class Run:
    """One run over one scope, step by step."""

    def __init__(self, job: Job) -> None:
        """Begin nothing yet."""
        self.job = job
        self.crew = Crew(job.store, job.workers, job.enclosure)
        self.moved = 0
        texts = Texts(job.store)
        self.around = Circumstances(
            lab=source_digest(LAB_SOURCE),
            court=source_digest(COURT_SOURCE),
            versions=versions(),
            texts=texts,
            started=time.monotonic(),
            released=Released(job, texts, versions()),
        )
        self.told = 0.0

    @property
    def texts(self) -> Texts:
        """The texts and judgements of all claims."""
        return self.around.texts

    @property
    def planning(self) -> Planning:
        """Steps (1) to (3), under the circumstances as they are now: a replay puts a verdict's in their place."""
        return Planning(self.job, self.around)

    def verdicts(self) -> list[Verdict]:
        """Return one verdict per claim; tell what was found damaged in the store on the way."""
        try:
            return self.judged()
        finally:
            self.tell_moved()

    def tell_moved(self) -> None:
        """Tell of each damaged entry that was moved aside and not told of yet."""
        for words in self.job.store.moved[self.moved :]:
            self.job.tell(words)
        self.moved = len(self.job.store.moved)

    def judged(self) -> list[Verdict]:
        """Return one verdict per claim."""
        plan = self.planning.plan()  # (1) to (3)
        self.job.tell(announced(plan, self.job.scope.name, self.job.store, self.job.workers))
        trials = [Trial(self.job, plan, planned, self.around) for planned in plan.claims]
        failed = {**self.run_cells(plan), **self.around.released.encode(plan.claims)}  # (4)
        stood = [self.stood(trial) for trial in trials]
        if all(stood):
            return [verdict for verdict in stood if verdict]
        left = [trial for trial, verdict in zip(trials, stood, strict=True) if verdict is None]
        wanted = {request: cell for trial in left for request, cell in trial.encodings().items()}
        released = {one.vectors: one.dataset for trial in left for one in trial.released()}
        found = gather(self.job, replace(plan, encodings=wanted), self.texts, failed, released)  # (5)
        judged = [trial.judged(found) for trial in left]  # (6)
        company = self.company(left, judged, found)  # (7)
        attacked = self.attacked(left, judged, found)  # (8)
        said = iter([self.said(*one) for one in zip(left, judged, company, attacked, strict=True)])  # (9)
        return [verdict or next(said) for verdict in stood]

    def stood(self, trial: Trial) -> Verdict | None:
        """Return the verdict of an earlier run on exactly this, if there is one."""
        verdict = standing(trial) if self.job.cache == "only-missing" else None
        return verdict or recall(trial)

    def company(self, trials: Sequence[Trial], judged: Sequence[Judged], found: Exhibits) -> list[Company]:
        """Return what neighbouring settings say of each claim that would be contradicted; of others nothing.

        The cells of all of them are made at once, after all claims are judged.
        """
        sought = [self.sought(trial, one) for trial, one in zip(trials, judged, strict=True)]
        cells = {cell.key: cell for one in sought for _, plan in one.plans for cell in plan.cells}
        if not cells:
            return [one.found for one in sought]
        ids = ", ".join(one.trial.claim.id for one in sought if one.plans)
        self.job.tell(f"would be contradicted: {ids}; now seeking company among neighbouring settings")
        failed = self.run_cells(Plan((), tuple(cells.values()), {}))
        company = [self.weighed(one, failed, found) for one in sought]
        self.job.tell(f"company sought, after {time.monotonic() - self.around.started:.0f} s in all")
        return company

    def sought(self, trial: Trial, judged: Judged) -> Sought:
        """Return what has to be trained to find company for a claim, if anything."""
        scope = self.job.scope
        rulings = contradicted(judged.rulings, scope)
        if judged.conditions is None or scope.grid is None or not rulings:
            return Sought(trial)
        try:
            return Sought(trial, rulings, neighbours(trial.claim, scope, rulings, self.planning.planner))
        except HarnessError as error:
            return Sought(trial, found=Company(f"its neighbouring settings could not be planned: {error}"))

    def weighed(self, sought: Sought, failed: Mapping[str, CellError], found: Exhibits) -> Company:
        """Return what was found of one claim's company."""

        def scored(plan: Plan) -> Case:
            heard = hear_all(self.job, plan.vectors(), self.texts, failed)
            refuse_unheard(plan.encodings, heard)
            there = exhibits(self.job.scope, plan, self.texts, heard, found.findings)
            return sought.trial.case(there.scores, range(SEEDS))

        return weigh(sought.trial.claim, sought.rulings, sought.plans, scored) if sought.plans else sought.found

    def attacked(
        self, trials: Sequence[Trial], judged: Sequence[Judged], found: Exhibits, stated: RedTeam | None = None
    ) -> Iterator[Attacked]:
        """Yield what the red team finds of each claim's verification; what it trains is made for all at once.

        What takes training is taken from `stated`, where it is given and nothing may be trained.
        """
        self.job.tell("now attacking the verifications")
        runner = Runner(self.job, self.crew, self.texts, lambda: self.planning.planner(self.job.scope), self.tell)
        room = Room(trials, found, runner)
        for done, (trial, one) in enumerate(zip(trials, judged, strict=True)):
            elapsed = time.monotonic() - self.around.started
            if elapsed - self.told >= TELL_EVERY_SECONDS:
                self.told = elapsed
                self.job.tell(f"{done}/{len(trials)} claims attacked after {elapsed:.0f} s")
            yield room.attacked(trial, one, stated)
        self.job.tell(f"attacked, after {time.monotonic() - self.around.started:.0f} s in all")

    def said(self, trial: Trial, judged: Judged, company: Company, attacked: Attacked) -> Verdict:
        """Decide on one claim, and keep the verdict."""
        verdict = trial.verdict(judged, company, attacked)
        keep(trial, verdict, company)
        return verdict

    def run_cells(self, plan: Plan) -> Mapping[str, CellError]:
        """Make what the store lacks; return what failed, by key."""
        if self.job.cache == "only-cache":
            return {}
        self.tell_moved()
        engine = Engine(self.job.store, self.crew, self.job.scope.cell_seconds)
        ran = engine.run(plan.cells, self.texts.files, self.tell, plan.weights())
        for words in ran.set_aside:
            self.job.tell(words)
        self.moved = len(self.job.store.moved)
        return ran.failed

    def tell(self, progress: Progress) -> None:
        """Tell how far the run is, every ten seconds and at the end."""
        elapsed = time.monotonic() - self.around.started
        if elapsed - self.told >= TELL_EVERY_SECONDS or progress.done == progress.total:
            self.told = elapsed
            self.job.tell(f"{progress.done}/{progress.total} cells after {elapsed:.0f} s, last {progress.event}")
