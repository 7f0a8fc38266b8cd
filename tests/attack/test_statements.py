"""What is cited of how arms lie to each other: the oracle is a table of small claims, and what the paper prints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attacked_builders import subject
from court_builders import check, claim

from harness.attack.statements import bests, orders, spreads
from harness.claimfile.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.attack.subject import Subject
    from harness.records.claim import Check, Claim

TITLES = {"T3": "xquad-r-xlm-r", "T7": "rank-distance-xquad-r"}
PLACE = "T3:MAP/mean:multilingual_"
LEVEL: dict[str, Any] = {"relation": "comparable-or-above", "margin": "0.01"}
BELOW: dict[str, Any] = {"measure": "rank-distance", "relation": "below"}
CROSS, MONO = {"right": "x-y"}, {"right": "x-x-mono"}
REVERSED: dict[str, Any] = {"left": "x-x-mono", "right": "hybrid"}
SIZE: dict[str, Any] = {"relation": "reduced-by", "required": "full"}
AWAY: dict[str, Any] = {"left": None, "right": None}
ORDER: dict[str, Any] = {"relation": "order", **AWAY, "arms": ("hybrid", "x-x-mono", "x-y")}
ODD: dict[str, Any] = {"relation": "contrast", **AWAY, "weights": {"hybrid": 2, "x-y": -1, "x-x-mono": -1}}


def numbered(changes: Iterable[dict[str, Any]]) -> tuple[Check, ...]:
    return tuple(check(**{"id": f"check{at}"} | one) for at, one in enumerate(changes))


def beside(paper: Paper, of: Claim, folder: Path) -> Subject:
    one = subject(of, folder, cells={}, titles=TITLES)
    return replace(one, file=replace(one.file, paper=paper))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((LEVEL | MONO, LEVEL | CROSS), True),
        ((LEVEL | MONO, LEVEL | CROSS, CROSS | {"required": False}), True),
        ((LEVEL | MONO, LEVEL | CROSS, {"left": "x-y", "right": "x-x-mono"}), True),
        ((LEVEL | MONO, LEVEL | CROSS, ODD), True),
        ((MONO, LEVEL | CROSS), False),
        ((LEVEL | MONO, CROSS), False),
        ((MONO, CROSS), False),
        ((ORDER,), False),
    ],
)
def test_exact_who_is_level_with_all_others_is_not_best(
    tmp_path: Path, changes: tuple[dict[str, Any], ...], *, told: bool
) -> None:
    checks = numbered(changes)
    paper = Paper({"S43": ""}, "0" * 64, TITLES, {"S43": (f"{PLACE}*", "hybrid")})
    assert bests(beside(paper, claim(cells=("S43",), checks=checks), tmp_path)).succeeded is told


@pytest.mark.parametrize(
    ("printed", "changes", "told"),
    [
        # hybrid, x-x-mono, x-y as printed; level of the two that are furthest apart
        (("0.511", "0.50", None), (LEVEL | MONO,), True),
        (("0.509", "0.50", None), (LEVEL | MONO,), False),
        (("0.50", "0.52", None), (LEVEL | MONO,), False),
        (("0.53", "0.50", None), (LEVEL | {"relation": "equivalent"} | MONO,), True),
        (("0.53", "0.50", None), (LEVEL | MONO, {"measure": "R@1"}), True),
        (("0.53", "0.50", None), (LEVEL | MONO, {"setting": "monolingual"}), True),
        (("0.53", "0.50", None), (LEVEL | MONO, MONO | {"languages": ("de",)}), True),
        (("0.53", "0.50", None), (LEVEL | MONO, MONO | {"required": False}), True),
        (("0.53", "0.50", None), (LEVEL | MONO, MONO), False),
        (("0.53", "0.50", None), (MONO,), False),
        # a third one that is printed between them, or below
        (("0.53", "0.52", "0.50"), (LEVEL | MONO, CROSS), False),
        (("0.53", "0.52", "0.50"), (LEVEL | MONO, LEVEL | CROSS), True),
        (("0.53", "0.52", "0.50"), (LEVEL | MONO, ODD), False),
        (("0.53", "0.52", "0.50"), (LEVEL | MONO,), False),
        # a margin that is wider than those of the fourteen makes nothing level
        (("0.52", "0.50", None), (LEVEL | MONO | {"margin": "0.1"},), True),
        # a narrower one asks more, not less
        (("0.505", "0.50", None), (LEVEL | MONO | {"margin": "0.001"},), False),
        (("0.53", "0.50", None), (LEVEL | MONO | {"margin": "0"},), False),
        # what is asked of others does not put the two apart
        (("0.53", "0.50", "0.48"), (LEVEL | MONO, {"left": "x-x-mono", "right": "x-y"}), True),
        (("0.53", "0.50", "0.52"), (LEVEL | MONO, {"left": "x-y", "right": "x-x-mono"}), True),
        # what is no number is not compared
        (("best", "0.50", None), (LEVEL | MONO,), False),
    ],
)
def test_exact_arms_that_are_printed_apart_are_not_only_asked_to_be_level(
    tmp_path: Path, printed: tuple[str | None, ...], changes: tuple[dict[str, Any], ...], *, told: bool
) -> None:
    arms = ("hybrid", "x-x-mono", "x-y")
    cells = {f"{PLACE}{arm}": value for arm, value in zip(arms, printed, strict=True) if value is not None}
    checks = numbered(changes)
    assert found(tmp_path, cells, checks) is told


def found(folder: Path, cells: dict[str, str], checks: tuple[Check, ...]) -> bool:
    of = claim(cells=tuple(cells), checks=checks, bases=("xlm-r",))
    return spreads(subject(of, folder, cells=cells, titles=TITLES)).succeeded


@pytest.mark.parametrize(
    ("distances", "guard", "told"),
    [
        (("hybrid", "x-x-mono"), BELOW | MONO, False),
        (("hybrid", "x-x-mono"), BELOW | {"left": "x-x-mono", "right": "hybrid"}, True),
        (("hybrid", "x-x-mono"), BELOW | MONO | {"relation": "comparable-or-below", "margin": "0.05"}, True),
        (("hybrid", "x-x-mono"), BELOW | MONO | {"languages": ("de",)}, True),
        # distances that are not cited, of these arms, are not what the claim is about
        ((), BELOW | MONO, True),
        (("hybrid", "x-y"), BELOW | MONO, True),
    ],
)
def test_exact_the_guard_of_a_cited_rank_distance_may_hold_level(
    tmp_path: Path, distances: tuple[str, ...], guard: dict[str, Any], *, told: bool
) -> None:
    cells = {f"{PLACE}hybrid": "0.53", f"{PLACE}x-x-mono": "0.50"}
    cells |= {f"T7:mean:xlm-r_{arm}": "300" for arm in distances}
    lower = check(**{"id": "lower"} | guard)
    assert found(tmp_path, cells, (check(**LEVEL | MONO), lower)) is told
    assert found(tmp_path, cells, (check(**LEVEL | MONO | {"margin": "0.05"}), lower))


@pytest.mark.parametrize(
    ("printed", "told"), [(("300", "340"), True), (("300", "325"), False), (("340", "300"), False)]
)
def test_exact_of_rank_distance_ten_percent_is_apart(tmp_path: Path, printed: tuple[str, str], *, told: bool) -> None:
    cells = dict(zip(("T7:mean:xlm-r_hybrid", "T7:mean:xlm-r_x-y"), printed, strict=True))
    level = check(**BELOW | CROSS | {"relation": "comparable-or-below", "margin": "0.05"})
    of = claim(cells=tuple(cells), checks=(level,), bases=("xlm-r",))
    assert spreads(subject(of, tmp_path, cells=cells, titles=TITLES)).succeeded is told


@pytest.mark.parametrize(
    ("relation", "changes", "told"),
    [
        (">", (MONO,), False),
        (">", (LEVEL | MONO,), True),
        ("<", (REVERSED,), False),
        ("<", (MONO,), True),
        # by how much is said: a difference is asked for, and its size, which a check can ask of a reduction alone
        ("above", (MONO,), True),
        ("above", (REVERSED | SIZE,), True),
        ("more", (MONO,), True),
        ("less", (REVERSED,), True),
        ("less", (MONO | SIZE,), True),
        ("below", (MONO | SIZE,), False),
        ("level", (LEVEL | {"relation": "equivalent"} | MONO,), False),
        ("level", (LEVEL | MONO, LEVEL | REVERSED), False),
        ("level", (MONO,), True),
        ("level", (LEVEL | MONO,), True),
        ("level", (), True),
        # a number alone puts nothing anywhere
        ("=", (), False),
    ],
)
def test_exact_what_a_statement_says_of_two_arms_is_asked(
    tmp_path: Path, relation: str, changes: tuple[dict[str, Any], ...], *, told: bool
) -> None:
    cells = {f"{PLACE}hybrid": "0.53", f"{PLACE}x-x-mono": "0.50", "S9": "3"}
    checks = numbered(changes) or (check(measure="MRR"),)
    paper = Paper(cells, "0" * 64, TITLES, {"S9": (f"{PLACE}hybrid", f"{PLACE}x-x-mono")}, {"S9": relation})
    assert orders(beside(paper, claim(cells=("S9",), checks=checks, bases=("xlm-r",)), tmp_path)).succeeded is told


@pytest.mark.parametrize(
    ("relation", "said", "told"),
    [
        (">", (f"{PLACE}hybrid", f"{PLACE}x-x-mono"), False),
        (">", ("T3..T6:MAP/mean:multilingual_hybrid", "T3..T6:MAP/mean:multilingual_x-x-mono"), True),
        (">", (f"{PLACE}hybrid",), True),
        ("beats", (f"{PLACE}hybrid", f"{PLACE}x-x-mono"), True),
        ("max", (f"{PLACE}*", "hybrid"), False),
        ("max", (f"{PLACE}*", "Hybrid batches"), True),
        ("min", (f"{PLACE}*", "xlm-r"), True),
        ("=", ("XQuAD-R languages",), False),
    ],
)
def test_exact_what_cannot_be_held_against_a_check_is_no_evidence(
    tmp_path: Path, relation: str, said: tuple[str, ...], *, told: bool
) -> None:
    cells = {f"{PLACE}hybrid": "0.53", f"{PLACE}x-x-mono": "0.50", "S9": ""}
    paper = Paper(cells, "0" * 64, TITLES, {"S9": said}, {"S9": relation})
    assert orders(beside(paper, claim(cells=("S9",), bases=("xlm-r",)), tmp_path)).succeeded is told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((BELOW | MONO, SIZE | {"measure": "rank-distance"} | MONO), False),
        ((SIZE | {"measure": "rank-distance", "required": True} | MONO,), False),
        ((BELOW | MONO,), True),
        ((BELOW | MONO, SIZE | {"measure": "rank-distance", "required": False} | MONO), True),
        ((BELOW | MONO, SIZE | {"measure": "rank-distance"} | REVERSED), True),
        ((BELOW | MONO, SIZE | MONO), True),
    ],
)
def test_exact_a_reduction_is_asked_for_its_size(
    tmp_path: Path, changes: tuple[dict[str, Any], ...], *, told: bool
) -> None:
    cells = {"T7:mean:xlm-r_hybrid": "286.6", "T7:mean:xlm-r_x-x-mono": "410.2", "S14": "30.1"}
    checks = numbered(changes)
    paper = Paper(cells, "0" * 64, TITLES, {"S14": tuple(cells)[:2]}, {"S14": "below"})
    assert orders(beside(paper, claim(cells=("S14",), checks=checks, bases=("xlm-r",)), tmp_path)).succeeded is told


@pytest.mark.parametrize(
    ("bases", "changes", "told"),
    [
        (("xlm-r",), (MONO, CROSS), True),
        (("xlm-r",), tuple(arm | {"languages": ("de",)} for arm in (MONO, CROSS)), True),
        (("xlm-r",), tuple(arm | {"languages": (one,)} for arm in (MONO, CROSS) for one in ("de", "en")), True),
        (
            ("xlm-r", "labse"),
            tuple(arm | {"languages": (one,)} for arm in (MONO, CROSS) for one in ("de", "en")),
            False,
        ),
        (
            ("xlm-r", "labse"),
            tuple(
                {"left": "hybrid@0.25"} | arm | {"languages": (one,)} for arm in (MONO, CROSS) for one in ("de", "en")
            ),
            True,
        ),
    ],
)
def test_exact_who_is_best_in_every_row_is_so_in_each_place_that_is_printed(
    tmp_path: Path, bases: tuple[str, ...], changes: tuple[dict[str, Any], ...], *, told: bool
) -> None:
    rows = ("T3:MAP/de", "T3:MAP/en", "T5:MAP/de")
    cells = {f"{row}:multilingual_{arm}": "0.5" for row in rows for arm in ("hybrid", "x-x-mono", "x-y")}
    checks = numbered(changes)
    titles = TITLES | {"T5": "xquad-r-labse"}
    paper = Paper(cells | {"S9": ""}, "0" * 64, titles, {"S9": ("T3..T5:MAP/*:multilingual_*", "hybrid")})
    assert bests(beside(paper, claim(cells=("S9",), checks=checks, bases=bases), tmp_path)).succeeded is told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((REVERSED, CROSS | {"relation": "below"}), False),
        ((REVERSED, LEVEL | {"left": "x-y", "right": "hybrid"}), False),
        ((LEVEL | REVERSED, LEVEL | {"left": "x-y", "right": "hybrid"}), True),
        ((MONO, CROSS), True),
        ((REVERSED,), True),
    ],
)
def test_exact_who_is_lowest_is_below_each_other(
    tmp_path: Path, changes: tuple[dict[str, Any], ...], *, told: bool
) -> None:
    checks = numbered(changes)
    paper = Paper({"S9": ""}, "0" * 64, TITLES, {"S9": (f"{PLACE}*", "hybrid")}, {"S9": "min"})
    assert bests(beside(paper, claim(cells=("S9",), checks=checks), tmp_path)).succeeded is told
