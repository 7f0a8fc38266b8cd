"""Oracles: what each kind of check needs, listed by hand; requests that no bench hands out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asked_builders import SCOPE, needed

from harness.claimfile.claims import read_claim
from harness.errors import ScopeUnbound, ScriptError
from harness.planner import needs, refuse_gaps, refuse_unbound, view_of
from harness.records.asked import Asked, BaseRequest, EncodeRequest, RetrieveRequest, TrainRequest
from harness.records.claim import Check, Claim, Side
from harness.records.training import arm

SEEDS = 8
THREE = {"x-x-mono", "x-y", "hybrid"}


@pytest.fixture
def claim(root: Path) -> Claim:
    return read_claim(root / "fixtures/claims/tiny/c71-tiny.yaml").claim


def told(claim: Claim, **keys: Any) -> tuple[list[RetrieveRequest], list[TrainRequest]]:
    """Return what one check of the claim needs, and on which encoders."""
    keys = {"setting": "monolingual", "measure": "MAP", **keys}
    found = list(needs(claim, SCOPE, Check(id="one", **keys)))
    assert len(found) == len(set(found)), "each once"
    return found, [one.vectors.encoder for one in found if isinstance(one.vectors.encoder, TrainRequest)]


def test_exact_two_sides(claim: Claim) -> None:
    found, encoders = told(claim, left="hybrid", relation="above", right="x-y")
    assert len(found) == 2 * SEEDS
    assert {encoder.arm.label for encoder in encoders} == {"hybrid", "x-y"}
    assert {encoder.seed for encoder in encoders} == set(range(SEEDS))
    assert {(one.vectors.dataset, one.setting, one.fold) for one in found} == {("xquad-r", "monolingual", None)}


def test_exact_sides_with_their_own_base_need_that_base_alone(claim: Claim) -> None:
    wide = claim.model_copy(update={"bases": ("xlm-r", "labse"), "datasets": ("xquad-r", "mlqa-r")})
    pinned = {"left": Side(sampling="hybrid", base="labse"), "right": Side(sampling="x-y", base="labse")}
    found, encoders = told(wide, **pinned, relation="above")
    assert len(found) == 2 * 2 * SEEDS
    assert {encoder.base for encoder in encoders} == {"labse"}
    across = {"left": Side(sampling="hybrid", base="labse"), "right": Side(sampling="hybrid", base="xlm-r")}
    assert {encoder.base for encoder in told(wide, **across, relation="above")[1]} == {"labse", "xlm-r"}
    assert len(told(wide, left="hybrid", relation="above", right="x-y")[0]) == 2 * 2 * 2 * SEEDS


@pytest.mark.parametrize(
    ("keys", "labels", "settings"),
    [
        ({"relation": "order", "arms": ("x-x-mono", "hybrid", "x-y")}, THREE, 1),
        ({"relation": "contrast", "weights": {"hybrid": 2.0, "x-y": -1.0, "x-x-mono": -1.0}}, THREE, 1),
        ({"relation": "never-third", "setting": None}, THREE, 3),
        ({"relation": "equivalent", "left": "hybrid@0.40", "right": "hybrid@0.5"}, {"hybrid@0.4", "hybrid"}, 1),
        ({"relation": "above", "left": "hybrid", "right": "x-y", "setting": "balanced"}, {"hybrid", "x-y"}, 3),
        ({"relation": "reduced-by", "left": "hybrid", "right": "x-y"}, {"hybrid", "x-y"}, 1),
        ({"relation": "equals", "measure": None, "setting": None}, set(), 0),
    ],
)
def test_exact_every_kind_of_check(claim: Claim, keys: dict[str, Any], labels: set[str], settings: int) -> None:
    found, encoders = told(claim, **keys)
    assert {encoder.arm.label for encoder in encoders} == labels
    assert len({one.setting for one in found}) == settings
    assert len(found) == len(labels) * settings * SEEDS


def test_exact_withheld_pairs_need_an_encoder_per_fold_and_one_of_x_x_mono(claim: Claim) -> None:
    found, encoders = told(
        claim, left="hybrid", relation="above", right="x-x-mono", setting="crosslingual", pairs="withheld"
    )
    assert len(found) == 2 * 3 * SEEDS
    assert len(set(encoders)) == (3 + 1) * SEEDS
    for one, encoder in zip(found, encoders, strict=True):
        assert encoder.held_out == (one.fold if encoder.arm.label == "hybrid" else None)


def test_exact_the_bench_shows_the_arms_that_checks_compare(claim: Claim, root: Path) -> None:
    assert view_of(claim, SCOPE).plain() == {
        "bases": ["xlm-r"],
        "samplings": ["x-x-mono", "hybrid"],
        "seeds": list(range(SEEDS)),
        "datasets": ["xquad-r"],
        "folds": 3,
    }
    half = read_claim(root / "claims/c12-alpha-half.yaml").claim
    labels = ("x-x-mono", "x-y", "hybrid", "hybrid@0.25", "hybrid@0.75", "hybrid@0.4", "hybrid@0.6")
    assert view_of(half, SCOPE).samplings == labels
    assert view_of(read_claim(root / "claims/c13-protocol-counts.yaml").claim, SCOPE).samplings == ()


@pytest.mark.parametrize("missing", [0, 7, 15])
def test_exact_a_script_that_leaves_out_any_arm_or_seed_is_refused(claim: Claim, missing: int) -> None:
    requests = list(needed(claim))
    dropped = requests.pop(missing)
    encoder = dropped.vectors.encoder
    assert isinstance(encoder, TrainRequest)
    words = f"check comparable needs {encoder.arm.label} on xlm-r, seed {encoder.seed}, xquad-r, monolingual;"
    with pytest.raises(ScriptError, match=words):
        refuse_gaps(claim, SCOPE, Asked(requests=tuple(requests)))
    refuse_gaps(claim, SCOPE, Asked(requests=needed(claim)))


def test_exact_a_missing_fold_is_named(root: Path) -> None:
    pairs = read_claim(root / "claims/c14-unseen-pairs-beir.yaml").claim
    kept = tuple(one for one in needed(pairs) if one.fold != 2)
    with pytest.raises(
        ScriptError, match=r"hybrid without fold 2 on xlm-r, seed 0, xquad-r, crosslingual, pairs of fo"
    ):
        refuse_gaps(pairs, SCOPE, Asked(requests=kept))


def retrieval(setting: str = "crosslingual", fold: int | None = None, **encoder: Any) -> RetrieveRequest:
    trained = TrainRequest(**{"base": "xlm-r", "arm": arm("x-y"), "seed": 0, **encoder})
    return RetrieveRequest(
        vectors=EncodeRequest(encoder=trained, dataset="xquad-r"),
        setting=setting,  # type: ignore[arg-type]  # a name of one of them
        fold=fold,
    )


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (
            RetrieveRequest(
                vectors=EncodeRequest(encoder=BaseRequest(base="xlm-r", seed=0), dataset="xquad-r"),
                setting="monolingual",
            ),
            "expected trained encoders, found the base xlm-r as it is",
        ),
        (retrieval(fold=3), "a fold of the 3 that scope small has, found 3"),
        (retrieval(held_out=4), "a fold of the 3 that scope small has, found 4"),
        (retrieval(held_out=1, arm=arm("x-x-mono")), "no withheld pairs with x-x-mono, found fold 1"),
        (retrieval(held_out=1, fold=2), "pairs that were withheld.* x-y without fold 1 .* pairs of fold 2"),
        (retrieval(setting="monolingual", fold=2), "pairs that were withheld, in the crosslingual setting"),
    ],
)
def test_exact_what_no_bench_hands_out_is_refused(claim: Claim, odd: RetrieveRequest, words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        refuse_gaps(claim, SCOPE, Asked(requests=(*needed(claim), odd)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"datasets": ("squad",)}, "does not bind squad"),
        ({"bases": ("bert", "labse")}, "does not bind bert$"),
        ({"kind": "counted"}, "does not bind xquad-r"),
    ],
)
def test_exact_what_the_scope_does_not_bind_is_named(claim: Claim, changes: dict[str, Any], words: str) -> None:
    refuse_unbound(claim, SCOPE)
    with pytest.raises(ScopeUnbound, match=words):
        refuse_unbound(claim.model_copy(update=changes), SCOPE)


def test_exact_a_scope_without_folds_binds_no_withheld_pairs(root: Path) -> None:
    pairs = read_claim(root / "claims/c14-unseen-pairs-beir.yaml").claim
    refuse_unbound(pairs, SCOPE)
    with pytest.raises(ScopeUnbound, match="does not bind folds of withheld language pairs"):
        refuse_unbound(pairs, SCOPE.model_copy(update={"folds": 0}))
