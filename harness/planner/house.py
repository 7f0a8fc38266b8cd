"""What the harness itself wants to see of the encoders that claims ask for (design: Regime, Controls).

For each base that is asked for, under its first `control_seeds` seeds:

    the base before contrastive training    on the validation split and on every dataset asked for
    x-x-mono                                on the validation split: the regime is judged from it alone
    every arm asked for, fold by fold       on the validation split: does training improve on the base?

No claim sees these, and no script can ask for the first. Cost: they add encodings, and a training
only where a claim names a base without x-x-mono on it. Where sides have splits of their own (`Scope.side`),
each is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.planner.cells import checked
from harness.records.asked import BaseRequest, EncodeRequest, TrainRequest
from harness.records.scope import VALIDATION
from harness.records.training import arm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.planner.cells import Planned
    from harness.records.scope import Scope

REGIME_ARM = arm("x-x-mono")


def house_requests(scope: Scope, claims: Sequence[Planned]) -> tuple[EncodeRequest, ...]:
    """Return the encodings to make beside those that scripts ask for, each once; none without a validation split."""
    if scope.validation is None:
        return ()
    asked: dict[str, dict[TrainRequest, list[str]]] = {}
    for planned in claims:
        sound = checked(scope, planned)
        if sound.problem is not None or sound.asked is None:
            continue
        for retrieval in sound.asked.retrievals:
            encoder = retrieval.vectors.encoder
            if isinstance(encoder, TrainRequest):
                asked.setdefault(encoder.base, {}).setdefault(encoder, []).append(retrieval.vectors.dataset)
    return tuple(dict.fromkeys(request for base, own in asked.items() for request in _of_base(scope, base, own)))


def _of_base(scope: Scope, base: str, asked: dict[TrainRequest, list[str]]) -> Iterator[EncodeRequest]:
    seeds = sorted({encoder.seed for encoder in asked})[: scope.control_seeds]
    datasets = dict.fromkeys(dataset for named in asked.values() for dataset in named)
    splits = dict.fromkeys(scope.side(dataset).text(VALIDATION) for dataset in datasets)
    for seed in seeds:
        for dataset in (*splits, *datasets):
            yield EncodeRequest(encoder=BaseRequest(base=base, seed=seed), dataset=dataset)
        for split in splits:
            yield EncodeRequest(encoder=TrainRequest(base=base, arm=REGIME_ARM, seed=seed), dataset=split)
    for encoder, named in asked.items():
        if encoder.seed in seeds:
            for split in dict.fromkeys(scope.side(dataset).text(VALIDATION) for dataset in named):
                yield EncodeRequest(encoder=encoder, dataset=split)
