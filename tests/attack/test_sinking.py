"""The sunk world: which arms are claimed to be less biased, and who has to object when they sink."""

from __future__ import annotations

import pytest
from attacked_builders import questions, stand
from court_builders import PlantedScores, check

from harness.attack.sinking import less_biased, sinking
from harness.attack.subject import Stand
from harness.records.claim import Check

LOWER = check(id="lower", measure="rank-distance", relation="below")
GUARD = check(id="guard", relation="comparable-or-above", margin="0.01")


def sunk() -> PlantedScores:
    return PlantedScores({"xquad-r": questions()}, lambda *_: 0.05, noise=0.004, world="sunk")


def placed(one: Check) -> Stand:
    level = {"hybrid": 0.5, "x-x-mono": 0.58} if one.measure == "rank-distance" else {"hybrid": 0.62, "x-x-mono": 0.58}
    return stand(one, level, noise=0.004)


def attempt(*checks: Check) -> bool:
    return sinking([placed(one) for one in checks], sunk()).succeeded  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "guard",
    [
        GUARD,
        check(id="guard", left="x-x-mono", right="hybrid", relation="comparable-or-below", margin="0.01"),
        check(id="guard", relation="contrast", left=None, right=None, weights={"hybrid": 1, "x-x-mono": -1}),
        check(id="guard", relation="above", setting="balanced"),
    ],
    ids=["beside", "exchanged", "contrast", "balanced"],
)
def test_exact_a_guard_objects_however_it_is_written(guard: Check) -> None:
    assert not attempt(LOWER, guard)


@pytest.mark.parametrize(
    "lower",
    [
        LOWER,
        check(id="lower", measure="rank-distance", left="x-x-mono", right="hybrid", relation="above"),
        check(
            id="lower",
            measure="rank-distance",
            relation="contrast",
            left=None,
            right=None,
            weights={"x-x-mono": 1, "hybrid": -1},
        ),
    ],
    ids=["below", "above", "contrast"],
)
def test_exact_less_distance_alone_is_no_merit_however_it_is_written(lower: Check) -> None:
    assert attempt(lower)
    assert attempt(lower, check(id="other", setting="monolingual"))
    assert attempt(lower, check(id="size", measure="rank-distance", relation="reduced-by"))
    assert not attempt(lower, GUARD)


@pytest.mark.parametrize(("measure", "sees"), [("R@10", True), ("nDCG@10", True), ("MRR", True), ("R@100", False)])
def test_exact_a_guard_at_a_deep_cut_sees_nothing_sink(measure: str, *, sees: bool) -> None:
    assert attempt(LOWER, GUARD.model_copy(update={"measure": measure})) is not sees


@pytest.mark.parametrize(
    ("of_distance", "of_guard", "covers"),
    [(None, ("de",), False), (("de",), ("de", "en"), True), (("de", "en"), ("de",), False), (("de",), None, True)],
)
def test_exact_a_guard_is_of_the_questions_that_the_distance_is_of(
    of_distance: tuple[str, ...] | None, of_guard: tuple[str, ...] | None, *, covers: bool
) -> None:
    lower, guard = (
        one.model_copy(update={"languages": kept}) for one, kept in ((LOWER, of_distance), (GUARD, of_guard))
    )
    assert attempt(lower, guard) is not covers


def test_exact_what_names_no_less_biased_arm() -> None:
    assert less_biased(check(measure="rank-distance", relation="equivalent", margin="0.1")) == ()
    assert [side.sampling for side in less_biased(LOWER)] == ["hybrid"]


@pytest.mark.parametrize(
    ("guards", "objects"),
    [
        # beside whom the distance is less, or beside one who may have sunk as well
        (({"right": "x-x-mono"},), True),
        (({"right": "x-y"},), False),
        (({"right": "x-y"}, {"right": "x-x-mono"}), True),
        (({"relation": "order", "left": None, "right": None, "arms": ("hybrid", "x-y", "x-x-mono")},), True),
        (({"left": "x-y", "right": "x-x-mono"},), False),
    ],
)
def test_exact_a_guard_holds_the_arm_beside_whom_its_distance_is_less(
    guards: tuple[dict[str, object], ...], *, objects: bool
) -> None:
    placed = [
        stand(one, {"hybrid": 0.62, "x-x-mono": 0.58, "x-y": 0.6}, noise=0.004)
        for one in (GUARD.model_copy(update={"id": f"guard{at}"} | guard) for at, guard in enumerate(guards))
    ]
    lower = stand(LOWER, {"hybrid": 0.5, "x-x-mono": 0.58}, noise=0.004)
    assert sinking([lower, *placed], sunk()).succeeded is not objects  # type: ignore[arg-type]
