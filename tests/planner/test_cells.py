"""Cells from requests: shared, keyed by everything that goes in, complete for every check."""

from __future__ import annotations

from pathlib import Path

import pytest
from asked_builders import SCOPE, TEXTS, TRAINED, planner, sufficient

from harness.claimfile.claims import ClaimFile, read_claim
from harness.errors import ScriptError
from harness.planner import VALIDATION, Planned, Planner, first_trained
from harness.records.asked import Asked, BaseRequest, EncodeRequest, TrainRequest
from harness.records.cells import EncodeCell, PretrainCell, TrainCell
from harness.records.folds import withheld_pairs
from harness.records.scope import OTHER, LareqaBinding, OtherBinding, Scope
from harness.records.training import arm

SMALL = SCOPE.model_copy(update={"seeds_otherwise": 5})


@pytest.fixture
def claim(root: Path) -> ClaimFile:
    return read_claim(root / "fixtures/claims/tiny/c71-tiny.yaml")


def keys(claim: ClaimFile, scope: Scope = SMALL, **changes: str) -> set[str]:
    return {cell.key for cell in planner(scope, **changes).plan([sufficient(claim, scope)]).cells}


def one(request: EncodeRequest, scope: Scope = SMALL) -> EncodeCell:
    plan = planner(scope).plan([], [request])
    work = plan.encodings[request].work
    assert isinstance(work, EncodeCell)
    return work


def trained(label: str, base: str = "xlm-r", held_out: int | None = None) -> TrainCell:
    request = TrainRequest(base=base, arm=arm(label), seed=1, held_out=held_out)
    work = one(EncodeRequest(encoder=request, dataset="xquad-r")).encoder
    assert isinstance(work, TrainCell)
    return work


def test_exact_number_of_cells_parents_first_each_once(claim: ClaimFile) -> None:
    plan = planner(SMALL).plan([sufficient(claim, SMALL)] * 2)
    seen: set[str] = set()
    for cell in plan.cells:
        assert cell.parent is None or cell.parent.key in seen
        seen.add(cell.key)
    assert len(seen) == len(plan.cells) == 25
    kinds = [type(cell.work) for cell in plan.cells]
    assert [kinds.count(kind) for kind in (PretrainCell, TrainCell, EncodeCell)] == [5, 10, 10]


def test_exact_other_texts_change_the_cells_they_go_into_and_no_others(claim: ClaimFile) -> None:
    before = keys(claim)
    assert len(before & keys(claim, SMALL, **{"xquad-r": "y" * 64})) == 15  # pre-training and training stand
    assert len(before & keys(claim, pairs="y" * 64)) == 5  # pre-training stands
    assert not before & keys(claim, parallel="y" * 64)


def test_exact_other_settings_recipes_source_or_versions_change_keys(claim: ClaimFile) -> None:
    before = keys(claim)
    slower = SMALL.model_copy(update={"settings": SMALL.settings.model_copy(update={"steps": 4})})
    assert len(before & keys(claim, slower)) == 5
    other = SMALL.bases["xlm-r"].model_copy(update={"dose": 5})
    assert not before & keys(claim, SMALL.model_copy(update={"bases": {**SMALL.bases, "xlm-r": other}}))
    for changed in (planner(SMALL, source="t" * 64), planner(SMALL, torch="2")):
        assert not before & {cell.key for cell in changed.plan([sufficient(claim, SMALL)]).cells}


def test_exact_labels_are_no_part_of_a_key(claim: ClaimFile) -> None:
    cell = planner(SMALL).plan([sufficient(claim, SMALL)]).cells[0]
    assert cell.key == cell.model_copy(update={"label": "other"}).key


def test_exact_arms_bring_what_tuning_chose_and_bases_their_dose() -> None:
    rates = {label: trained(label, "labse").settings for label in ("x-x-mono", "x-y", "hybrid", "hybrid@0.25")}
    assert rates["x-x-mono"] == SCOPE.settings
    assert (rates["x-y"].learning_rate, rates["x-y"].temperature) == (0.03, 0.05)
    assert (rates["hybrid"].learning_rate, rates["hybrid"].temperature) == (0.02, 0.1)
    assert rates["hybrid@0.25"] == rates["hybrid"], "hybrid@alpha uses hybrid's"
    assert {settings.steps for settings in rates.values()} == {3}
    assert (trained("x-y", "labse").base.recipe.dose, trained("x-y").base.recipe.dose) == (6, 4)
    assert trained("x-y").settings == SCOPE.settings


def test_exact_a_fold_withholds_its_pairs_of_the_training_languages() -> None:
    assert trained("hybrid", held_out=1).withheld == withheld_pairs(TRAINED, 3, 1)
    assert trained("hybrid").withheld == ()
    requests = [
        EncodeRequest(encoder=TrainRequest(base="xlm-r", arm=arm("x-y"), seed=1, held_out=fold), dataset="xquad-r")
        for fold in (None, 0, 1, 2)
    ]
    plan = planner().plan([], requests)
    assert len({plan.encodings[request].key for request in requests}) == 4
    assert [plan.encodings[request].label for request in requests[:2]] == [
        "xlm-r x-y seed 1 on xquad-r",
        "xlm-r x-y without fold 0 seed 1 on xquad-r",
    ]


def test_exact_a_base_is_encoded_as_pre_training_left_it() -> None:
    request = EncodeRequest(encoder=BaseRequest(base="labse", seed=3), dataset=VALIDATION)
    assert one(request) == EncodeCell(
        encoder=PretrainCell(recipe=SCOPE.recipe_of("labse"), seed=3, texts=TEXTS["parallel"]),
        texts=TEXTS["validation"],
    )
    plan = planner().plan([], [request])
    assert [cell.label for cell in plan.cells] == ["labse seed 3", "labse seed 3 on validation"]
    assert plan.cells[1].parent is not None
    assert plan.cells[1].parent.key == plan.cells[0].key


@pytest.mark.parametrize("lacking", ["validation", "pairs", "parallel"])
def test_exact_what_the_harness_wants_is_left_out_where_texts_could_not_be_made(lacking: str) -> None:
    request = EncodeRequest(encoder=BaseRequest(base="labse", seed=3), dataset=VALIDATION)
    texts = {name: sha for name, sha in TEXTS.items() if name != lacking}
    plan = Planner(SCOPE, texts, source="s" * 64, versions={}, seal="SEALED").plan([], [request])
    assert (plan.cells, plan.encodings) == ((), {})


def test_exact_what_the_harness_wants_is_shared_with_what_claims_ask_for(claim: ClaimFile) -> None:
    planned = sufficient(claim, SMALL)
    assert planned.asked is not None
    same = planned.asked.retrievals[0].vectors
    assert planner(SMALL).plan([planned], [same]).cells == planner(SMALL).plan([planned]).cells


def test_exact_a_claim_with_a_gap_gets_no_cells(claim: ClaimFile) -> None:
    gap = Asked(requests=sufficient(claim, SMALL).asked.requests[:1])  # type: ignore[union-attr]  # it asks
    plan = planner(SMALL).plan([Planned(claim, gap)])
    assert plan.cells == ()
    assert isinstance(plan.claims[0].problem, ScriptError)


def test_exact_a_claim_with_a_problem_keeps_it_and_gets_no_cells(claim: ClaimFile) -> None:
    problem = ScriptError("it hangs")
    plan = planner(SMALL).plan([Planned(claim, None, problem), Planned(claim, sufficient(claim).asked, problem)])
    assert plan.cells == ()
    assert [planned.problem for planned in plan.claims] == [problem, problem]


def test_exact_each_real_set_has_encoders_of_its_own_side() -> None:
    languages = {"languages": ("de", "zh")}
    both = {name: LareqaBinding(source="lareqa", part=name, **languages) for name in OTHER}
    other = OtherBinding(source="lareqa", part="other", **languages)
    bound = {"datasets": both, "training": other, "pretraining": other, "validation": other, "folds": 0}
    scope = SMALL.model_copy(update=bound)
    texts = {f"{kind}-{name}": f"{kind} {name}" for name in both for kind in ("pairs", "parallel", "validation")}
    own = Planner(scope, {**TEXTS, **texts}, source="s", versions={}, seal="SEALED")
    request = TrainRequest(base="xlm-r", arm=arm("x-y"), seed=1)
    plan = own.plan([], [EncodeRequest(encoder=request, dataset=name) for name in (*both, "validation-mlqa-r")])
    works = {asked.dataset: cell.work for asked, cell in plan.encodings.items()}
    made = {name: work.encoder for name, work in works.items() if isinstance(work, EncodeCell)}
    assert made["mlqa-r"] == made["validation-mlqa-r"] != made["xquad-r"]
    assert [made[name].texts for name in both] == ["pairs xquad-r", "pairs mlqa-r"]
    assert {cell.label for cell in plan.cells if cell.work.op == "train"} == {
        "xlm-r x-y seed 1 for xquad-r",
        "xlm-r x-y seed 1 for mlqa-r",
    }
    assert len(first_trained(plan.encodings)) == 2
