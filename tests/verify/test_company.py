"""Company for a contradiction: oracle is the design's list of neighbours, and signs made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from court_builders import FakeScores, check, claim, judged, ruling, scope

from harness.claimfile.claims import read_claim
from harness.claimfile.scopes import read_scope
from harness.court.case import Case
from harness.court.judge import rule
from harness.court.verdict import Company
from harness.errors import CellError
from harness.planner import Plan, Planner
from harness.records.cells import PretrainCell, TrainCell
from harness.records.ruling import Ruling
from harness.records.scope import Chosen, Grid, Scope
from harness.records.training import arm
from harness.seeds import generator
from harness.verify.company import contradicted, neighbours, variants, weigh

TEXTS = {"pairs": "p" * 64, "parallel": "l" * 64, "xquad-r": "x" * 64}
GRID = Grid(
    learning_rates=(0.1, 0.001, 0.01),
    temperatures=(0.05,),
    doses={"xlm-r": (4,)},
    seeds=(1000,),
    pilot_seeds=(2000, 2001),
)
ARMS = (arm("hybrid"), arm("x-x-mono"))


def gridded(root: Path, **arms: tuple[float, float]) -> Scope:
    tiny = read_scope(root / "fixtures/scopes/tiny.yaml")
    named = {name.replace("_", "-"): point for name, point in arms.items()}
    return tiny.model_copy(update={"grid": GRID, "chosen": {"xlm-r": Chosen(dose=4, arms=named)} if arms else {}})


def points(found: Scope) -> dict[str, float]:
    return {name: found.settings_of("xlm-r", name).learning_rate for name in ("hybrid", "x-x-mono")}


def test_exact_every_arm_moves_one_step_from_its_own_point_and_stays_at_the_edge(root: Path) -> None:
    whole = gridded(root, hybrid=(0.1, 0.05), x_x_mono=(0.01, 0.05))
    up, down, longer = variants(whole, ["xlm-r"], ARMS)
    assert (up.at, down.at) == ("learning rate one step up", "learning rate one step down")
    assert points(up.scopes["hybrid"]) == {"hybrid": 0.1, "x-x-mono": 0.1}
    assert points(down.scopes["x-x-mono"]) == {"hybrid": 0.01, "x-x-mono": 0.001}
    assert longer.scopes["x-x-mono"] == whole
    assert longer.scopes["hybrid"].settings.steps == 2 * whole.settings.steps
    assert longer.scopes["hybrid"].chosen == whole.chosen


def test_without_a_choice_the_middle_point_moves_and_the_dose_stays(root: Path) -> None:
    whole = gridded(root)
    up, down, _ = variants(whole, ["xlm-r"], ARMS)
    assert points(up.scopes["hybrid"]) == {"hybrid": 0.1, "x-x-mono": 0.1}
    assert points(down.scopes["hybrid"]) == {"hybrid": 0.001, "x-x-mono": 0.001}
    assert up.scopes["hybrid"].recipe_of("xlm-r") == whole.recipe_of("xlm-r")


def test_a_hybrid_of_any_alpha_gets_the_cross_lingual_pairs_of_x_y(root: Path) -> None:
    *_, longer = variants(gridded(root), ["xlm-r"], [arm("hybrid@0.25"), arm("hybrid@0.75"), arm("hybrid@1")])
    steps = {label: found.settings.steps for label, found in longer.scopes.items()}
    assert steps == {"hybrid@0.25": 4, "hybrid@0.75": 12, "hybrid@1": 3}


def test_degenerate_no_grid_no_neighbours_and_no_hybrid_no_longer_training(root: Path) -> None:
    tiny = read_scope(root / "fixtures/scopes/tiny.yaml")
    assert list(variants(tiny, ["xlm-r"], ARMS)) == []
    assert [one.at for one in variants(gridded(root), ["xlm-r"], [arm("x-y")])] == [
        "learning rate one step up",
        "learning rate one step down",
    ]


def test_exact_cells_of_the_neighbours_are_new_trainings_of_the_same_bases(root: Path) -> None:
    whole, file = gridded(root), read_claim(root / "fixtures/claims/tiny/c71-tiny.yaml")

    def planner(of: Scope) -> Planner:
        return Planner(of, TEXTS, source="s" * 64, versions={"torch": "1"}, seal="SEALED")

    (one,) = file.claim.checks
    plans = neighbours(file.claim, whole, [ruling(id=one.id, outcome="contradicted")], planner)
    assert [at for at, _ in plans][-1] == "hybrid with as many cross-lingual pairs as x-y"
    trained = [{cell.key for cell in plan.cells if isinstance(cell.work, TrainCell)} for _, plan in plans]
    assert [len(keys) for keys in trained] == [8, 8, 8]  # two arms, four seeds
    assert not trained[0] & trained[1]
    assert len((trained[0] | trained[1]) & trained[2]) == 0
    bases = [{cell.key for cell in plan.cells if isinstance(cell.work, PretrainCell)} for _, plan in plans]
    assert bases[0] == bases[1] == bases[2]
    assert {request.encoder.seed for _, plan in plans for request in plan.encodings} == {0, 1, 2, 3}
    assert neighbours(file.claim, whole, [ruling(id="other", outcome="contradicted")], planner) == []


JUDGED = judged([(language, f"entity {at}", "r") for language in ("de", "en") for at in range(12)])
EMPTY = Plan((), (), {})


def case(edges: dict[str, float], seeds: int = 4, **changes: Any) -> Case:
    """Scores in which each arm lies so much above x-x-mono."""
    values = {}
    for label in ("hybrid", "x-x-mono", "x-y"):
        for seed in range(seeds):
            noise = generator("company", label, seed).normal(0, 0.01, len(JUDGED.query_ids))
            values[label, "xlm-r", seed] = 0.5 + edges.get(label, 0.0) + noise
    return Case(claim(bases=("xlm-r",), **changes), range(seeds), FakeScores(JUDGED, values), {})


def ruled(before: Case) -> list[Ruling]:
    return [rule(before, one, "xquad-r") for one in before.claim.checks]


def weighed(before: Case, *edges: dict[str, float]) -> Company:
    plans = [(f"neighbour {at}", Plan((), (), {})) for at in range(len(edges))]
    there = {id(plan): case(one, checks=before.claim.checks) for (_, plan), one in zip(plans, edges, strict=True)}
    found = contradicted(ruled(before), scope())
    return weigh(before.claim, found, plans, lambda plan: there[id(plan)])


def test_theory_a_contradiction_that_all_neighbours_share_stands() -> None:
    before = case({"hybrid": -0.1}, seeds=5)
    told = weighed(before, {"hybrid": -0.05}, {"hybrid": -0.2})
    assert not told.turned
    assert [one.estimate for one in told.neighbours] == pytest.approx([-0.05, -0.2], abs=0.02)


def test_theory_one_neighbour_of_another_sign_takes_it_back_and_is_named() -> None:
    told = weighed(case({"hybrid": -0.1}, seeds=5), {"hybrid": -0.05}, {"hybrid": 0.1})
    assert [one.turned for one in told.neighbours] == [False, True]
    assert "neighbour 1" in told.turned
    assert "neighbour 0" not in told.turned


def test_a_contradiction_stands_on_one_of_two_checks() -> None:
    both = (check(), check(id="other", right="x-y"))
    before = case({"hybrid": -0.1, "x-y": 0.1}, seeds=5, checks=both)
    assert len(contradicted(ruled(before), scope())) == 2
    assert not weighed(before, {"hybrid": 0.05, "x-y": 0.2}).turned
    assert weighed(before, {"hybrid": 0.3, "x-y": 0.2}).turned


def test_an_order_is_followed_in_the_contrast_that_contradicts_it() -> None:
    order = check(relation="order", arms=("x-y", "hybrid", "x-x-mono"), left=None, right=None)
    before = case({"hybrid": -0.1}, seeds=5, checks=(order,))  # x-y is above hybrid, hybrid not above x-x-mono
    told = weighed(before, {"hybrid": -0.1, "x-y": -0.2})
    assert [one.part for one in told.neighbours] == ["hybrid above x-x-mono"]
    assert not told.turned


def test_an_order_stands_contradicted_while_one_of_its_contrasts_keeps_its_sign() -> None:
    order = check(relation="order", arms=("x-y", "hybrid", "x-x-mono"), left=None, right=None)
    before = case({"x-y": -0.2, "hybrid": -0.1}, seeds=5, checks=(order,))  # the other way round
    told = weighed(before, {"x-y": -0.2, "hybrid": 0.1})
    assert [one.turned for one in told.neighbours] == [False, True]
    assert not told.turned
    assert weighed(before, {"x-y": -0.2, "hybrid": 0.1}, {"x-y": 0.2, "hybrid": -0.1}).turned


def test_never_third_is_followed_in_the_cell_that_contradicts_it() -> None:
    whole = check(relation="never-third", setting=None, left=None, right=None)
    before = case({"hybrid": -0.1}, seeds=5, checks=(whole,))
    found = [rule(before, whole, "all")]
    assert found[0].outcome == "contradicted"
    same = case({"hybrid": -0.2}, checks=(whole,))
    told = weigh(before.claim, found, [("here", EMPTY)], lambda _: same)
    # the fake scores are the same in every setting, so the cell is named in each
    assert {one.part.rpartition(", ")[2] for one in told.neighbours} == {found[0].parts[3].name.rpartition(", ")[2]}
    assert [one.estimate for one in told.neighbours] == pytest.approx([-0.2] * len(told.neighbours), abs=0.02)
    assert not told.turned
    other = case({"hybrid": 0.1}, checks=(whole,))
    assert weigh(before.claim, found, [("here", EMPTY)], lambda _: other).turned


def test_what_could_not_be_trained_is_no_company() -> None:
    before = case({"hybrid": -0.1}, seeds=5)

    def scored(_: Plan) -> Case:
        raise CellError("hybrid", "no memory")

    told = weigh(before.claim, contradicted(ruled(before), scope()), [("here", EMPTY)], scored)
    assert [one.estimate for one in told.neighbours] == [None]
    assert "could not be measured with here" in told.turned


def test_only_what_contradicts_the_claim_needs_company() -> None:
    twice = [ruling(outcome="contradicted", p=0.98, p_against=0.02, id=name) for name in ("higher", "other")]
    assert contradicted(twice, scope()) == []  # not after Holm
    assert contradicted([ruling(required=False, outcome="contradicted"), ruling()], scope()) == []
    assert len(contradicted([ruling(outcome="contradicted"), ruling(outcome="untested", note="x")], scope())) == 1
    assert len(contradicted([ruling(outcome="contradicted"), ruling()], scope())) == 1
