"""One claim's day in court: from the ranks of its vectors to its verdict.

Whatever stands in a claim's way becomes part of its verdict and touches no other claim.
"""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.attack import NOT_ATTACKED, Attacked
from harness.codec import digest
from harness.court.case import Case, untested
from harness.court.conditions import conditioned, joined, refusals, together
from harness.court.floor import floors
from harness.court.judge import datasets_of, rule
from harness.court.memory import once
from harness.court.settle import counts
from harness.court.verdict import ALONE, Company, Evidence, decide
from harness.errors import (
    AdmissionRefused,
    CellTimeout,
    HarnessError,
    ResourceMissing,
    ScopeUnbound,
    ScriptError,
    ScriptTimeout,
)
from harness.lockfile import violations
from harness.planner import PAIRS, PARALLEL, house_requests
from harness.records.verdict import Occasion, Provenance
from harness.verify.counting import count, count_rulings, counted_files, emitted_rulings
from harness.verify.exhibits import refuse_unheard
from harness.verify.fitness import conditions, exposures
from harness.verify.tables import released_rows, trained_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.court.conditions import Conditions
    from harness.court.contrast import Scores
    from harness.planner import Plan, Planned
    from harness.records.asked import Asked, EncodeRequest
    from harness.records.cells import Cell
    from harness.records.claim import Cause, Check, Claim
    from harness.records.ruling import Ruling
    from harness.records.verdict import Artifact, RegimeReading, ReleasedVectors, Verdict
    from harness.verify.exhibits import Exhibits
    from harness.verify.job import Desk, Job
    from harness.verify.loading import Released
    from harness.verify.texts import Texts

CAUSES: tuple[tuple[type[HarnessError], Cause], ...] = (
    (ScriptTimeout, "timeout"),
    (CellTimeout, "timeout"),
    (ScriptError, "script_error"),
    (AdmissionRefused, "script_error"),
    (ResourceMissing, "resource_missing"),
    (ScopeUnbound, "untested"),
)
"""Which cause an error is; any other error of ours is `infrastructure`."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all claims of a run share: digests of sources, versions, texts, released encoders, the hour it began."""

    lab: str
    court: str
    versions: Mapping[str, str]
    texts: Texts
    started: float
    released: Released


@dataclass(frozen=True, slots=True)
class Judged:
    """What the court found of one claim: rulings, what they rest on, the words for each fault, what was counted."""

    rulings: tuple[Ruling, ...]
    artifacts: tuple[Artifact, ...] = ()
    conditions: Conditions | None = None
    faults: Mapping[Cause, str] = field(default_factory=dict)
    counted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """One claim before the court."""

    job: Job
    plan: Plan
    planned: Planned
    around: Circumstances

    @property
    def claim(self) -> Claim:
        """Return the claim."""
        return self.planned.file.claim

    @property
    def desk(self) -> Desk:
        """Return where the claim's tables are filed."""
        return self.job.desk_of(self.planned.file)

    def case(self, scores: Scores, seeds: Sequence[int]) -> Case:
        """Return what the claim's checks are judged in, under its own settings or at neighbouring ones."""
        paper = self.planned.file.paper
        return Case(self.claim, seeds, scores, paper.cells if paper else {}, self.job.scope.scale)

    def judged(self, found: Exhibits) -> Judged:
        """Judge every check; where that cannot be, say why on every check."""
        try:
            asked = self._asked()
            return self._counted(asked) if self.claim.kind == "counted" else self._measured(asked, found)
        except HarnessError as error:
            problem = error
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this claim's and no other's
            problem = HarnessError(f"{type(error).__name__}: {error}")
        cause: Cause = next((cause for kind, cause in CAUSES if isinstance(problem, kind)), "infrastructure")
        rulings = [untested(check, name, str(problem)) for check, name in questions(self.claim)]
        return Judged(tuple(rulings), faults={cause: str(problem)})

    def verdict(self, judged: Judged, company: Company = ALONE, attacked: Attacked = NOT_ATTACKED) -> Verdict:
        """Decide; `company` is what neighbouring settings say of a contradiction, where there is one.

        `attacked` is what the red team found of the verification.
        """
        scope, conditions = self.job.scope, judged.conditions
        changed = violations(self.job.lock_of(self.planned.file), self.claim, scope)
        faults = dict(judged.faults)
        if changed:
            faults["analysis_changed"] = "; ".join(changed)
        return decide(
            Evidence(
                self.claim,
                scope,
                judged.rulings,
                faults,
                self.provenance(),
                self.occasion(),
                judged.artifacts,
                self.job.enclosure.seal,
                controls=conditions.controls if conditions else (),
                regime=_regime(conditions),
                exposure=exposures(scope, self._retrieved()) if conditions else (),
                reach=conditions.reach if conditions else (),
                company=company,
                red_team=attacked.team,
                verification=attacked.verification,
                findings=attacked.findings,
                cells=self.planned.file.paper.cells if self.planned.file.paper else {},
            )
        )

    def occasion(self) -> Occasion:
        """Return when, where and after how long this is said."""
        return Occasion(
            evaluated_at=datetime.now(UTC).isoformat(timespec="microseconds"),
            seconds=round(time.monotonic() - self.around.started, 3),
            host=platform.node(),
        )

    def encodings(self) -> dict[EncodeRequest, Cell]:
        """Return the encodings that the claim rests on: what its script asks for, then what the harness does."""
        if self.planned.problem is not None:
            return {}
        wanted = dict.fromkeys([*self._retrieved(), *house_requests(self.job.scope, [self.planned])])
        return {request: cell for request in wanted if (cell := self.plan.encodings.get(request))}

    def released(self) -> tuple[ReleasedVectors, ...]:
        """Return what the claim's script has released encoders encode."""
        return self.around.released.vectors(self.planned)

    def _retrieved(self) -> list[EncodeRequest]:
        retrievals = self.planned.asked.retrievals if self.planned.asked else ()
        return list(dict.fromkeys(retrieval.vectors for retrieval in retrievals))

    def provenance(self) -> Provenance:
        """Return the digests of everything the verdict is a function of."""
        file, around = self.planned.file, self.around
        lock = self.job.lock_of(file)
        cells = self.encodings()
        released = self.released()
        names = {request.dataset for request in cells} | {one.dataset for one in released}
        names |= {self.job.scope.side(name).text(kind) for name in names for kind in (PAIRS, PARALLEL)}
        return Provenance(
            claim=file.digest,
            analysis=digest(file.claim.analysis()),
            scope=self.job.scope.fingerprint(),
            script=file.script_sha256,
            lock=lock.fingerprint() if lock else None,
            paper=file.paper.digest if file.paper else None,
            lab=around.lab,
            court=around.court,
            texts={name: around.texts.digests[name] for name in sorted(names)},
            cells=tuple(sorted(cell.key for cell in cells.values())),
            released=released,
            versions=dict(around.versions),
        )

    def _asked(self) -> Asked:
        if self.planned.problem is not None:
            raise self.planned.problem
        if self.planned.asked is None:
            raise ScriptError(f"{self.planned.file.script}: expected requests, found none")
        return self.planned.asked

    def _counted(self, asked: Asked) -> Judged:
        scope = self.job.scope
        found = count(self.claim, scope, asked)
        files = counted_files(self.job.store, [scope.counted[name] for name in self.claim.datasets])
        return Judged(tuple(count_rulings(self.claim, found)), (files,), counted=found)

    def _measured(self, asked: Asked, found: Exhibits) -> Judged:
        cells = self.encodings()
        if not asked.retrievals:  # only numbers of the script's own, which rest on no encoder
            return Judged(tuple(emitted_rulings(self.claim, asked)))
        refuse_unheard(cells, found.heard, self.released())
        scope = self.job.scope
        fit = {
            side.name: conditions(scope, self.job.store, self.planned, cells, found, side)
            for side in map(scope.side, self.claim.datasets)
        }
        seeds = range(scope.seeds_of(self.claim.id))
        case = self.case(found.scores, seeds)
        faults: dict[Cause, str] = {}
        made = {(one.id, one.dataset): one for one in emitted_rulings(self.claim, asked)}
        rulings = [
            made.get((check.id, name)) or self._ruled(case, fit, (check, name), faults)
            for check, name in questions(self.claim)
        ]
        artifact = self.desk.file_table(self.claim.id, scope.name, self._table(asked, cells, found))
        return Judged(tuple(rulings), (artifact,), together(fit), faults)

    def _table(self, asked: Asked, cells: Mapping[EncodeRequest, Cell], found: Exhibits) -> bytes:
        """Return the file of the claim's means, made once for all claims that ask for the same."""
        released = self.released()
        key = ("table", asked.retrievals, asked.released, released, tuple(cells))

        def made() -> bytes:
            return self.desk.bytes_of([*trained_rows(asked, cells, found), *released_rows(asked, released, found)])

        return once(found.scores.memory, key, made)

    def _ruled(
        self, case: Case, fit: Mapping[str, Conditions], question: tuple[Check, str], faults: dict[Cause, str]
    ) -> Ruling:
        """Rule on one check and hold it to its conditions; what a required check fails is a fault."""
        check, dataset = question
        ruling = rule(case, check, dataset)
        if ruling.outcome == "untested":
            return ruling
        own = (dataset,) if dataset in self.claim.datasets else self.claim.datasets
        reached = floors(case, check, own)
        sides = {name: self.job.scope.side(name).name for name in own}
        refused = joined(
            [
                refusals(self.claim, check, [name for name in own if sides[name] == side], found, reached)
                for side, found in fit.items()
                if side in sides.values()
            ]
        )
        if counts(ruling, self.job.scope.scale):
            for cause, words in refused.items():
                faults.setdefault(cause, words)
        return conditioned(ruling, check, refused, reached)


def questions(claim: Claim) -> list[tuple[Check, str]]:
    """Return every check beside every dataset that it is ruled on."""
    return [(check, name) for check in claim.checks for name in datasets_of(check, claim)]


def _regime(conditions: Conditions | None) -> dict[str, RegimeReading] | None:
    """Return the readings there are, or None where no regime is wanted of any base."""
    if conditions is None or not conditions.readings:
        return None
    return {base: reading for base, reading in conditions.readings.items() if reading is not None}
