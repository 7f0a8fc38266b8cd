"""One claim's day in court: from the ranks of its vectors to its verdict.

Whatever stands in a claim's way becomes part of its verdict and touches no other claim.
"""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.codec import digest
from harness.court.admit import refuse_twins
from harness.court.judge import Case, rule, rule_counts, untested
from harness.court.scores import Measured, Place
from harness.court.verdict import Evidence, decide
from harness.data import catalogue
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
from harness.planner import PAIRS, PARALLEL
from harness.records.ruling import Occasion, Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.court.hearing import Heard
    from harness.court.rank import Ranks
    from harness.planner import Plan, Planned
    from harness.records.claim import Cause
    from harness.records.plan import Asked, Cell, CountRequest, EncodeRequest
    from harness.records.ruling import Artifact, MeasurementRow, Ruling, Verdict
    from harness.verify.job import Job
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
    """What all claims of a run share: digests of sources, versions, texts, the hour it began."""

    lab: str
    court: str
    versions: Mapping[str, str]
    texts: Texts
    started: float


@dataclass(slots=True)
class Trial:
    """One claim before the court."""

    job: Job
    plan: Plan
    planned: Planned
    around: Circumstances
    faults: dict[Cause, str] = field(default_factory=dict)

    def verdict(self, heard: Mapping[str, Heard | HarnessError]) -> Verdict:
        """Judge and decide; `heard` holds ranks, or why there are none, by the key of an encoding."""
        claim, scope = self.planned.file.claim, self.job.scope
        rulings, artifacts = self._rulings(heard)
        changed = violations(self.job.lock, claim, scope)
        if changed:
            self.faults["analysis_changed"] = "; ".join(changed)
        occasion = Occasion(
            evaluated_at=datetime.now(UTC).isoformat(timespec="microseconds"),
            seconds=round(time.monotonic() - self.around.started, 3),
            host=platform.node(),
        )
        return decide(Evidence(claim, scope, rulings, self.faults, self.provenance(), occasion, artifacts))

    def encodings(self) -> dict[EncodeRequest, Cell]:
        """Return the cells that this claim's vectors come from."""
        asked = self.planned.asked
        requests = dict.fromkeys(retrieval.vectors for retrieval in asked.retrievals) if asked else {}
        return {request: cell for request in requests if (cell := self.plan.encodings.get(request))}

    def provenance(self) -> Provenance:
        """Return the digests of everything the verdict is a function of."""
        file, around = self.planned.file, self.around
        cells = self.encodings()
        names = {PAIRS, PARALLEL, *(request.dataset for request in cells)} if cells else set()
        return Provenance(
            claim=file.sha256,
            analysis=digest(file.claim.analysis()),
            scope=self.job.scope.fingerprint(),
            script=file.script_sha256,
            lock=self.job.lock.fingerprint() if self.job.lock else None,
            paper=file.paper.digest if file.paper else None,
            lab=around.lab,
            court=around.court,
            texts={name: around.texts.digests[name] for name in sorted(names)},
            cells=tuple(sorted(cell.key for cell in cells.values())),
            versions=dict(around.versions),
        )

    def _rulings(self, heard: Mapping[str, Heard | HarnessError]) -> tuple[list[Ruling], list[Artifact]]:
        """Judge every check and file what was measured; where that cannot be, say why on every check."""
        claim = self.planned.file.claim
        try:
            asked = self._asked()
            if claim.kind == "counted":
                return self._counts(asked), []
            rulings, rows = self._effects(asked, heard)
            return rulings, [self.job.desk.file_measurements(claim.id, self.job.scope.name, rows)]
        except HarnessError as error:
            problem = error
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this claim's and no other's
            problem = HarnessError(f"{type(error).__name__}: {error}")
        cause: Cause = next((cause for kind, cause in CAUSES if isinstance(problem, kind)), "infrastructure")
        self.faults[cause] = str(problem)
        return [untested(check, name, str(problem)) for check in claim.checks for name in claim.datasets], []

    def _asked(self) -> Asked:
        if self.planned.problem is not None:
            raise self.planned.problem
        if self.planned.asked is None:
            raise ScriptError(f"{self.planned.file.script}: expected requests, found none")
        return self.planned.asked

    def _effects(
        self, asked: Asked, heard: Mapping[str, Heard | HarnessError]
    ) -> tuple[list[Ruling], list[MeasurementRow]]:
        file = self.planned.file
        judgements = {name: dataset.judgements for name, dataset in self.around.texts.datasets.items()}
        scores = Measured(judgements, self._ranks(heard))
        cells = file.paper.cells if file.paper else {}
        case = Case(file.claim, range(self.job.scope.seeds_of(file.claim.id)), scores, cells)
        rulings = [rule(case, check, name) for check in file.claim.checks for name in file.claim.datasets]
        return rulings, [row for retrieval in asked.retrievals for row in scores.table(retrieval)]

    def _ranks(self, heard: Mapping[str, Heard | HarnessError]) -> dict[Place, Ranks]:
        """Return ranks by place; refuse what failed, and seeds that are copies of each other."""
        found: dict[Place, Ranks] = {}
        twins: dict[tuple[str, str, str], dict[int, str]] = {}
        for request, cell in self.encodings().items():
            one = heard[cell.key]
            if isinstance(one, HarnessError):
                raise one
            encoder = request.encoder
            found[Place(encoder.base, encoder.arm.label, encoder.seed, request.dataset)] = one.ranks
            twins.setdefault((encoder.base, encoder.arm.label, request.dataset), {})[encoder.seed] = one.vectors
        for (base, sampling, dataset), digests in twins.items():
            refuse_twins(digests, f"{sampling} on {base}, {dataset}")
        return found

    def _counts(self, asked: Asked) -> list[Ruling]:
        claim, bound = self.planned.file.claim, self.job.scope.counted
        found = {
            name: selected(catalogue.counts(bound[name]), [one for one in asked.counts if one.dataset == name])
            for name in claim.datasets
        }
        return [rule_counts(check, name, found[name]) for check in claim.checks for name in claim.datasets]


def selected(known: Mapping[str, int], wanted: Iterable[CountRequest]) -> dict[str, int]:
    """Return the counts that were asked for; one named without its language stands for all languages.

    Raises:
        ScriptError: nothing of that name can be counted.
    """
    found: dict[str, int] = {}
    for request in wanted:
        chosen = {name: value for name, value in known.items() if f"{name}-".startswith(f"{request.what}-")}
        if not chosen:
            raise ScriptError(f"count: expected one of {', '.join(known)}, found {request.what!r}")
        found |= chosen
    return found
