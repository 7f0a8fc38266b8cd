"""The fourteen claims as plans. Oracles: trainings counted by hand; what their checks need, no less, little more."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from asked_builders import SCOPE, asked, needed, planner

from harness.claimfile.claims import ClaimFile, read_claim
from harness.planner import Planned, house_requests, refuse_gaps, refuse_unbound
from harness.records.asked import EncodeRequest, TrainRequest
from harness.records.cells import TrainCell

ROOM = 1.2
"""A script may ask for a fifth more than its checks need."""

# id -> trainings, in the numbers of seeds of SCOPE: bases x arms (x folds) x seeds
TRAININGS = {
    "c01": 2 * 2 * 8,
    "c02": 2 * 3 * 12,
    "c03": 2 * 3 * 12,
    "c04": 2 * 3 * 8,
    "c05": 2 * 3 * 12,
    "c06": 2 * 2 * 8,
    "c07": 2 * 2 * 8,
    "c08": 2 * 2 * 8,
    "c09": 2 * 3 * 8,
    "c10": 2 * 3 * 8,
    "c11": 2 * 3 * 8,
    "c12": 2 * 7 * 8,
    "c13": 0,
    "c14": 2 * (1 + 2 * 3) * 5,
}
TOGETHER = 2 * (3 * 12 + 4 * 8 + 2 * 3 * 5)
"""The three arms under twelve seeds serve all; c12 adds four shares, c14 two arms in three folds."""


@pytest.fixture(scope="module")
def claims(request: pytest.FixtureRequest) -> dict[str, ClaimFile]:
    folder = Path(request.config.rootpath) / "claims"
    files = (read_claim(path, SCOPE) for path in sorted(folder.glob("c*.yaml")))
    return {file.claim.id: file for file in files}


def trainings(file: ClaimFile) -> set[TrainRequest]:
    encoders = {one.vectors.encoder for one in asked(file).retrievals}
    return {encoder for encoder in encoders if isinstance(encoder, TrainRequest)}


def test_exact_there_are_fourteen(claims: dict[str, ClaimFile]) -> None:
    assert list(claims) == list(TRAININGS)


@pytest.mark.parametrize("name", TRAININGS)
def test_exact_every_script_asks_for_what_its_checks_need_and_hardly_more(
    claims: dict[str, ClaimFile], name: str
) -> None:
    file = claims[name]
    given, wanted = asked(file), needed(file.claim)
    refuse_gaps(file.claim, SCOPE, given)
    if file.claim.kind == "effectiveness":
        refuse_unbound(file.claim, SCOPE)
        assert len(given.retrievals) <= ROOM * len(wanted)
        assert len({one.vectors for one in given.retrievals}) <= ROOM * len({one.vectors for one in wanted})
    assert given.emitted == ()


@pytest.mark.parametrize("name", TRAININGS)
def test_exact_numbers_of_trainings_per_claim(claims: dict[str, ClaimFile], name: str) -> None:
    assert len(trainings(claims[name])) == TRAININGS[name]


def test_exact_cells_of_all_claims_together(claims: dict[str, ClaimFile]) -> None:
    sufficient = [Planned(file, asked(file)) for name, file in claims.items() if name != "c13"]
    own = planner().plan(sufficient)
    assert [planned.problem for planned in own.claims] == [None] * 13
    trained = {cell.key for cell in own.cells if isinstance(cell.work, TrainCell)}
    assert len(trained) == TOGETHER == 196
    assert sum(cell.work.op == "pretrain" for cell in own.cells) == 2 * 12
    whole = planner().plan(sufficient, house_requests(SCOPE, sufficient))
    assert {cell.key for cell in whole.cells if isinstance(cell.work, TrainCell)} == trained
    # per base and seed of five: the base on validation and three datasets, thirteen arms on validation
    assert len(whole.cells) - len(own.cells) == 2 * 5 * (4 + 3 + 4 + 6)


def test_exact_c12_takes_the_ends_of_its_scale_from_other_claims(claims: dict[str, ClaimFile]) -> None:
    ends = {one for one in trainings(claims["c12"]) if one.arm.label in {"x-x-mono", "x-y"}}
    assert len(ends) == 2 * 2 * 8
    assert ends <= trainings(claims["c02"])


def test_exact_c14_measures_each_encoder_on_the_pairs_it_never_met(claims: dict[str, ClaimFile]) -> None:
    for one in asked(claims["c14"]).retrievals:
        encoder = one.vectors.encoder
        assert isinstance(encoder, TrainRequest)
        assert encoder.held_out == (None if encoder.arm.label == "x-x-mono" else one.fold)
        assert (one.setting, one.fold in range(3)) == ("crosslingual", True)


@pytest.mark.parametrize("name", TRAININGS)
def test_exact_scripts_are_short_and_import_run_alone(claims: dict[str, ClaimFile], name: str) -> None:
    source = claims[name].script.read_text(encoding="utf-8")
    assert 5 <= len(source.splitlines()) <= 40
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert [ast.unparse(node) for node in imports] == ["from harness.script import run"]


@pytest.mark.parametrize("name", TRAININGS)
def test_exact_every_claim_says_what_is_unknown_and_why_it_checks_so(claims: dict[str, ClaimFile], name: str) -> None:
    claim = claims[name].claim
    # one of them has a reading of its own to tell: what a balance is
    shared = claims["c02"].claim.unknowns
    assert len(shared) == 9
    assert claim.unknowns[name == "c12" :] == shared
    assert all(check.reason for check in claim.checks)
    superior = [check for check in claim.checks if check.required is False and check.relation in {"above", "below"}]
    told = {check.reason for check in superior if name in {"c02", "c03", "c05", "c08"}}
    assert told <= {"claimed edge near or below margin"}


def test_exact_margins_are_those_of_the_fourteen(claims: dict[str, ClaimFile]) -> None:
    for file in claims.values():
        for check in file.claim.checks:
            if check.relation in {"comparable-or-above", "comparable-or-below", "equivalent"}:
                assert check.margin == ("0.05" if check.measure == "rank-distance" else "0.01")


def test_exact_encodings_are_of_what_each_claim_is_about(claims: dict[str, ClaimFile]) -> None:
    for name, file in claims.items():
        encodings = {one for one in asked(file).requests if isinstance(one, EncodeRequest)}
        assert {one.dataset for one in encodings} == (set() if name == "c13" else set(file.claim.datasets))
