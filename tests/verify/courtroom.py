"""A courtroom for tests: a claim, planned, with texts made and nothing trained; ranks are made up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from harness.claimfile.claims import ClaimFile, read_claim
from harness.claimfile.scopes import read_scope
from harness.court.hearing import Heard
from harness.court.rank import Ranks
from harness.court.sandbox import Enclosure
from harness.court.scores import UNTRAINED, place_of
from harness.court.walls import Bare
from harness.errors import HarnessError, ScriptError
from harness.planner import VALIDATION, Planned, Planner, first_trained, house_requests, needs
from harness.records.asked import Asked
from harness.records.verdict import Seal, Verdict
from harness.report.desk import Desk
from harness.report.folder import ReportsFolder
from harness.seeds import generator
from harness.store import Store
from harness.verify.exhibits import Exhibits, Findings, exhibits, findings_on
from harness.verify.job import Job
from harness.verify.loading import Released
from harness.verify.texts import Texts
from harness.verify.trial import Circumstances, Trial

SHA = "0" * 64
NO_WALLS = Enclosure(Bare(Path("nowhere")), Seal(tier="T5", status="UNSEALED", self_test={}), {})
Heards = dict[str, Heard | HarnessError]
WORSE = {UNTRAINED: 0.8}
"""How often an arm's judged passages stand at rank 4 instead of 1, where it is not said: one in ten times."""


class Court:
    """The tiny claim in one of the fixtures' scopes."""

    def __init__(self, root: Path, folder: Path, scope: str = "tiny", **changes: Any) -> None:
        self.file: ClaimFile = read_claim(root / "fixtures/claims/tiny/c71-tiny.yaml")
        self.scope = read_scope(root / f"fixtures/scopes/{scope}.yaml").model_copy(update=changes)
        store = Store(folder / "store")
        self.texts = Texts(store)
        self.texts.make(self.scope, ["xquad-r", *([VALIDATION] if self.scope.validation else [])])
        desk = Desk(ReportsFolder(folder / "reports"))
        self.job = Job(
            [self.file], self.scope, None, store, desk, workers=1, cache="always", enclosure=NO_WALLS, tell=print
        )
        claim = self.file.claim
        requests = tuple(dict.fromkeys(need for check in claim.checks for need in needs(claim, self.scope, check)))
        self.asked = Asked(requests=requests)
        self.findings: dict[str, Findings | HarnessError] = {
            name: findings_on(self.job, self.texts, name) for name in self.texts.datasets
        }

    def trial(self, problem: ScriptError | None = None) -> Trial:
        planned = Planned(self.file, None if problem else self.asked, problem)
        planner = Planner(self.scope, self.texts.digests, SHA, {"torch": "1"}, "UNSEALED")
        plan = planner.plan([planned], house_requests(self.scope, [planned]))
        released = Released(self.job, self.texts, {"torch": "1"})
        around = Circumstances(SHA, SHA, {"torch": "1"}, texts=self.texts, started=0.0, released=released)
        return Trial(self.job, plan, plan.claims[0], around)

    def heard(self, trial: Trial, worse: Mapping[str, float], *, copies: bool = False) -> Heards:
        """Ranks of 1, and of 4 as often as `worse` says of an arm."""
        found: Heards = {}
        for request, cell in trial.encodings().items():
            place = place_of(request)
            share = {**WORSE, **worse}.get(place.sampling, 0.1)
            judged = self.texts.datasets[request.dataset].judgements.query_rows
            ranks = np.where(generator("ranks", place.seed, place.sampling).random(len(judged)) < share, 4, 1)
            found[cell.key] = Heard(Ranks(within=ranks, overall=ranks), "same" if copies else cell.key)
        return found

    def exhibits(self, trial: Trial, heard: Heards) -> Exhibits:
        found = exhibits(self.scope, trial.plan, self.texts, heard, self.findings)
        found.changed.update({cell.key: False for cell in first_trained(trial.encodings())})  # nothing was trained
        return found

    def tried(self, trial: Trial, heard: Heards) -> Verdict:
        return trial.verdict(trial.judged(self.exhibits(trial, heard)))

    def verdict(self, *, copies: bool = False, **worse: float) -> Verdict:
        """Return the verdict on arms that are so bad, `x_x_mono` for x-x-mono."""
        trial = self.trial()
        shares = {name.replace("_", "-"): share for name, share in worse.items()}
        return self.tried(trial, self.heard(trial, shares, copies=copies))
