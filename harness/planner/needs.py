"""What a claim's checks rest on: every retrieval, so that a script that leaves one out is told before anything is made.

A check needs its arms, on its bases or on those its sides name, in its settings, under every seed
of the claim, on every dataset of the claim. `pairs: withheld` needs each fold's pairs, measured
on the encoder that never met them; an arm without cross-lingual batches has one encoder for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.court.contrast import on_base, sides
from harness.errors import ScopeUnbound, ScriptError
from harness.records.asked import BenchView, EncodeRequest, RetrieveRequest, TrainRequest
from harness.records.folds import held_out
from harness.records.training import ARM_LABELS, arm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.records.asked import Asked
    from harness.records.claim import Check, Claim, Side
    from harness.records.scope import Scope


def view_of(claim: Claim, scope: Scope) -> BenchView:
    """Return what the bench shows a claim's script; the arms are those that its checks compare."""
    named = dict.fromkeys(side.sampling for check in claim.checks for side in sides(check))
    known = [label for label in ARM_LABELS if label in named]
    return BenchView(
        bases=claim.bases,
        samplings=(*known, *(label for label in named if label not in ARM_LABELS)),
        seeds=tuple(range(scope.seeds_of(claim.id))),
        datasets=claim.datasets,
        folds=scope.folds,
    )


def refuse_unbound(claim: Claim, scope: Scope) -> None:
    """Refuse a claim whose datasets, bases or withheld pairs the scope does not bind.

    Raises:
        ScopeUnbound: naming them.
    """
    if claim.kind == "counted":
        unbound = [name for name in claim.datasets if name not in scope.counted]
    else:
        unbound = [name for name in claim.datasets if name not in scope.datasets]
        unbound += [name for name in claim.bases if name not in scope.bases]
        if not scope.folds and any(check.pairs for check in claim.checks):
            unbound.append("folds of withheld language pairs")
    if unbound:
        raise ScopeUnbound(f"scope {scope.name} does not bind {', '.join(unbound)}")


def refuse_gaps(claim: Claim, scope: Scope, asked: Asked) -> None:
    """Refuse a script that leaves a check without scores, or asks for what no bench hands out.

    Raises:
        ScriptError: a check needs an arm, seed, base, dataset, setting or fold that was not asked
            for, or a request is none that a script can make.
    """
    for retrieval in asked.retrievals:
        _refuse_odd(retrieval, scope)
    given = set(asked.retrievals)
    for check in claim.checks:
        lacking = [need for need in needs(claim, scope, check) if need not in given]
        if lacking:
            raise ScriptError(f"check {check.id} needs {told(lacking[0])}; the script does not ask for it")


def needs(claim: Claim, scope: Scope, check: Check) -> Iterator[RetrieveRequest]:
    """Yield every retrieval that a check's contrasts are made of, each once."""
    for dataset in claim.datasets:
        for side in _placed(claim, check):
            for seed in range(scope.seeds_of(claim.id)):
                yield from _of_encoder(check, side, seed, dataset, scope.folds)


def _placed(claim: Claim, check: Check) -> dict[Side, None]:
    """Return the check's arms on every base of the claim, or on the base that an arm names."""
    return dict.fromkeys(on_base(side, base) for base in claim.bases for side in sides(check))


def _of_encoder(check: Check, side: Side, seed: int, dataset: str, folds: int) -> Iterator[RetrieveRequest]:
    for fold in (None,) if check.pairs is None else range(folds):
        request = TrainRequest(
            base=str(side.base), arm=arm(side.sampling), seed=seed, held_out=held_out(side.sampling, fold)
        )
        vectors = EncodeRequest(encoder=request, dataset=dataset)
        for setting in check.settings:
            yield RetrieveRequest(vectors=vectors, setting=setting, fold=fold)


def _refuse_odd(retrieval: RetrieveRequest, scope: Scope) -> None:
    """Refuse what the bench refuses: the answer comes from a process that is not trusted."""
    encoder, fold = retrieval.vectors.encoder, retrieval.fold
    if not isinstance(encoder, TrainRequest):
        raise ScriptError(f"expected trained encoders, found the base {encoder.base} as it is; no script asks for one")
    unknown = [number for number in (fold, encoder.held_out) if number is not None and number >= scope.folds]
    if unknown:
        raise ScriptError(f"expected a fold of the {scope.folds} that scope {scope.name} has, found {unknown[0]}")
    if encoder.held_out != held_out(encoder.arm.label, encoder.held_out):
        raise ScriptError(f"expected no withheld pairs with {encoder.arm.label}, found fold {encoder.held_out}")
    if fold is not None and (retrieval.setting != "crosslingual" or encoder.held_out not in {None, fold}):
        raise ScriptError(f"expected pairs that were withheld, in the crosslingual setting, found {told(retrieval)}")


def told(need: RetrieveRequest) -> str:
    """Return a retrieval in words."""
    encoder = need.vectors.encoder
    label = encoder.arm.label if isinstance(encoder, TrainRequest) else "nothing"
    trained = "" if encoder.op == "base" or encoder.held_out is None else f" without fold {encoder.held_out}"
    kept = "" if need.fold is None else f", pairs of fold {need.fold}"
    return f"{label}{trained} on {encoder.base}, seed {encoder.seed}, {need.vectors.dataset}, {need.setting}{kept}"
