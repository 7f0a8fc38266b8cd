"""Oracles: the harness's own encodings, listed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from asked_builders import SCOPE, needed, sufficient

from harness.claimfile.claims import ClaimFile, read_claim
from harness.errors import ScriptError
from harness.planner import Planned, house_requests
from harness.records.asked import Asked, BaseRequest, EncodeRequest, TrainRequest
from harness.records.training import arm

TWO = SCOPE.model_copy(update={"control_seeds": 2})


@pytest.fixture
def claim(root: Path) -> ClaimFile:
    return read_claim(root / "claims/c08-bias-beside-crosslingual.yaml")


def found(*claims: Planned) -> set[tuple[str, str, int, int | None, str]]:
    """Return (base, arm, seed, fold, dataset) of each request."""
    requests = house_requests(TWO, claims)
    assert len(requests) == len(set(requests))
    return {_told(request) for request in requests}


def _told(request: EncodeRequest) -> tuple[str, str, int, int | None, str]:
    encoder = request.encoder
    if isinstance(encoder, BaseRequest):
        return encoder.base, "as it is", encoder.seed, None, request.dataset
    return encoder.base, encoder.arm.label, encoder.seed, encoder.held_out, request.dataset


def test_exact_bases_as_they_are_x_x_mono_and_every_arm_under_the_first_seeds(claim: ClaimFile) -> None:
    expected = {
        (base, label, seed, None, dataset)
        for base in ("xlm-r", "labse")
        for seed in (0, 1)
        for label, dataset in (
            ("as it is", "validation"),
            ("as it is", "xquad-r"),
            ("as it is", "mlqa-r"),
            ("x-x-mono", "validation"),  # of which c08 does not speak
            ("x-y", "validation"),
            ("hybrid", "validation"),
        )
    }
    assert found(sufficient(claim)) == expected
    assert found(sufficient(claim), sufficient(claim)) == expected


def test_exact_folds_are_arms_of_their_own(root: Path) -> None:
    pairs = read_claim(root / "claims/c14-unseen-pairs-beir.yaml")
    own = {one for one in found(sufficient(pairs)) if one[1] in {"hybrid", "x-y", "x-x-mono"} and one[0] == "labse"}
    assert {one[3] for one in own if one[1] == "hybrid"} == {0, 1, 2}
    assert {one[3] for one in own if one[1] == "x-x-mono"} == {None}
    assert len(own) == 2 * (3 + 3 + 1)


def test_exact_the_first_seeds_are_of_those_asked_for(claim: ClaimFile) -> None:
    late = TrainRequest(base="xlm-r", arm=arm("x-y"), seed=7)
    requests = [one for one in needed(claim.claim) if one.vectors.encoder.seed]
    later = claim.claim.model_copy(update={"checks": ()})
    planned = Planned(
        ClaimFile(later, claim.path, claim.script, claim.script_sha256, None),
        Asked(requests=(*requests, late)),
    )
    assert {one[2] for one in found(planned)} == {1, 2}


def test_exact_nothing_for_claims_with_a_problem_or_a_gap_or_without_a_validation_split(claim: ClaimFile) -> None:
    asked = sufficient(claim).asked
    assert asked is not None
    assert found(Planned(claim, asked, ScriptError("it hangs")), Planned(claim, None)) == set()
    assert found(Planned(claim, Asked(requests=asked.requests[1:]))) == set()
    assert house_requests(TWO.model_copy(update={"validation": None}), [sufficient(claim)]) == ()


def test_exact_counted_claims_want_nothing(root: Path) -> None:
    assert found(sufficient(read_claim(root / "claims/c13-protocol-counts.yaml"))) == set()
