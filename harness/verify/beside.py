"""Encoders that are trained beside a run's own: arms under fresh seeds, and arms in the world of shuffled pairs.

    fresh seeds   every required check's arms under FRESH_SEEDS, which no plan has
    shuffled      the arms of a claimed reduction, under SHUFFLED_SEEDS, from the bases as they are

Cost: a training per arm, base and seed; all of a run's are made at once and kept like any other cell.
Source: design, Attacking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.attack import Trained
from harness.court.contrast import sides
from harness.court.infer import LEAST_SEEDS
from harness.errors import HarnessError
from harness.planner import needs
from harness.verify.exhibits import exhibits, hear_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.court.hearing import Heard
    from harness.planner import Planner
    from harness.records.asked import EncodeRequest
    from harness.records.claim import Check
    from harness.verify.repeats import Runner
    from harness.verify.trial import Trial

FRESH_SEEDS = (3000, 3001)
SHUFFLED_SEEDS = tuple(range(LEAST_SEEDS))


class Beside:
    """Encodings beside a run's own, made all at once, and their scores."""

    def __init__(self, run: Runner, planner: Planner, wanted: Sequence[EncodeRequest]) -> None:
        """Make them with this planner."""
        job, texts = run.job, run.texts
        plan = planner.plan((), wanted)
        self.keys = {request: cell.key for request, cell in plan.encodings.items()}
        failed = run.make(plan.cells, texts.files, job.store)
        self.heard: Mapping[str, Heard | HarnessError] = hear_all(job, plan.vectors(), texts, failed)
        self.scores = exhibits(job.scope, plan, texts, self.heard, {}).scores

    def trained(self, requests: Iterable[EncodeRequest], seeds: Sequence[int]) -> Trained | None:
        """Return the scores, or None where any of these encodings was not made or none was asked for."""
        keys = [self.keys.get(request, "") for request in requests]
        unheard = [key for key in keys if isinstance(self.heard.get(key, HarnessError()), HarnessError)]
        return Trained(self.scores, seeds) if keys and not unheard else None


def fresh_requests(trial: Trial) -> Iterator[EncodeRequest]:
    """Yield what the required checks of a claim need, under fresh seeds."""
    claim, scope = trial.claim, trial.job.scope
    for check in claim.checks:
        if not sides(check) or not (check.required is True or (check.required and scope.scale == "full")):
            continue
        yield from _under(trial, check, FRESH_SEEDS)


def shuffled_requests(trial: Trial) -> Iterator[EncodeRequest]:
    """Yield what the claimed reductions of a claim need, under SHUFFLED_SEEDS."""
    for check in trial.claim.checks:
        if check.relation == "reduced-by":
            yield from _under(trial, check, SHUFFLED_SEEDS)


def _under(trial: Trial, check: Check, seeds: Sequence[int]) -> Iterator[EncodeRequest]:
    """Yield what a check needs, under these seeds."""
    for need in needs(trial.claim, trial.job.scope, check):
        if need.vectors.encoder.seed == 0:
            for seed in seeds:
                encoder = need.vectors.encoder.model_copy(update={"seed": seed})
                yield need.vectors.model_copy(update={"encoder": encoder})
