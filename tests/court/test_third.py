"""never-third: oracles are the rule cell by cell, planted cells, and ties."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np
import pytest
from court_builders import FakeScores, PlantedScores, check, claim, judged

from harness.court.contrast import Inquiry
from harness.court.judge import Case, rule
from harness.court.settle import settle
from harness.records.claim import SETTINGS
from harness.records.ruling import Ruling

LANGUAGES = ("ar", "de", "en", "hi", "th")
DATASETS = ("xquad-r", "mlqa-r")
OF = {name: judged([(language, f"{name}-k{n}", "r") for language in LANGUAGES for n in range(15)]) for name in DATASETS}
NEVER = check(relation="never-third", left=None, right=None, setting=None)
CELLS = 2 * 2 * 3 * 5
MIDDLE = {"hybrid": 0.62, "x-x-mono": 0.5, "x-y": 0.66}
"""Second everywhere, and above the mean of the others."""


def ruled(level: object, seeds: int = 6, scores: object = None, **changes: object) -> Ruling:
    found = scores or PlantedScores(OF, level)  # type: ignore[arg-type]
    return rule(Case(claim(datasets=DATASETS), range(seeds), found, {}), NEVER.model_copy(update=changes), "all")  # type: ignore[arg-type]


def constant(level: Mapping[str, float]) -> PlantedScores:
    return PlantedScores(OF, lambda arm, *_: level[arm])


def test_second_everywhere_is_supported() -> None:
    found = ruled(None, scores=constant(MIDDLE))
    assert (found.outcome, found.dataset, found.note) == ("supported", "all", f"0 of {CELLS} cells third")
    assert [part.name for part in found.parts[:3]] == list(SETTINGS)
    assert len(found.parts) == 6
    assert found.p == max(part.p for part in found.parts[:3])
    assert (found.queries, found.clusters, found.seeds) == (150, 30, 6)
    assert settle([found], "reduced")[0] == "supported"


def test_third_everywhere_is_contradicted() -> None:
    found = ruled(None, scores=constant({"hybrid": 0.45, "x-x-mono": 0.5, "x-y": 0.5}))
    assert found.outcome == "contradicted"
    assert found.note.startswith(f"{CELLS} of {CELLS} cells third; surely so in ")
    assert found.high is not None
    assert found.high < 0
    outcome, reason = settle([found], "reduced")
    assert outcome == "contradicted"
    assert "cells third" in reason


def test_one_cell_that_is_surely_third_contradicts() -> None:
    class OneCell(PlantedScores):
        def rows(self, *where):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN202
            plain = super().rows(*where)
            side, _, asked, dataset = where
            if (side.sampling, side.base, asked.setting, dataset) == ("hybrid", "labse", "crosslingual", "mlqa-r"):
                plain.values[30:45] = 0.3  # en
                plain.values[30:45] += 0.01 * np.arange(15)
            return plain

    found = ruled(None, scores=OneCell(OF, lambda arm, *_: MIDDLE[arm]))
    assert found.outcome == "contradicted"
    assert (
        f"1 of {CELLS} cells third; surely so in mlqa-r, labse, crosslingual, en: hybrid above x-x-mono" in found.note
    )
    worst = found.parts[3]
    assert worst.name == "mlqa-r, labse, crosslingual, en: hybrid above x-x-mono"
    assert found.p_against == pytest.approx(CELLS * worst.p_against)
    assert (found.estimate, found.low, found.high) == (worst.estimate, worst.low, worst.high)


def test_the_cells_p_is_the_greater_of_both_rivals() -> None:
    scores = constant({"hybrid": 0.5, "x-x-mono": 0.5, "x-y": 0.5})
    found = ruled(None, scores=scores)
    least = []
    for dataset, setting, language in product(DATASETS, SETTINGS, LANGUAGES):
        for base in ("xlm-r", "labse"):
            both = []
            for right in ("x-x-mono", "x-y"):
                wanted = check(right=right, setting=setting)
                interval = (
                    Inquiry(scores, range(6), wanted, dataset).sample((base,)).asked_in(language).interval((1, -1))
                )
                assert interval is not None
                both.append(interval.p_below)
            least.append(max(both))
    assert len(least) == CELLS
    assert [part.p_against for part in found.parts[3:]] == pytest.approx(sorted(least)[:3])
    assert found.p_against == pytest.approx(min(1.0, CELLS * min(least)))


def test_too_many_cells_third_are_not_supported_although_the_means_are() -> None:
    # above the mean of the others by much in four languages, third in one by less than noise
    class Thin(PlantedScores):
        def rows(self, *where):  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN202
            plain = super().rows(*where)
            if where[0].sampling == "hybrid":
                plain.values[:15] -= 0.1205
            return plain

    found = ruled(None, scores=Thin(OF, lambda arm, *_: MIDDLE[arm], 0.02))
    assert found.outcome == "inconclusive"
    third = int(found.note.split()[0])
    assert CELLS * 0.05 < third <= 12
    assert all(part.outcome == "supported" for part in found.parts[:3])
    assert (found.detectable, found.seeds_needed) == (None, None)
    assert settle([found], "reduced")[1] == f"higher on all is inconclusive: {third} of {CELLS} cells third"


@pytest.mark.parametrize(
    ("values", "third"),
    [((0.5, 0.5, 0.5), 0), ((0.5, 0.5, 0.6), 1), ((0.5, 0.4, 0.5), 0), ((0.5, 0.4, 0.6), 0), ((0.5, 0.6, 0.7), 1)],
    ids=["all tie for first", "tie for last", "tie for first", "between", "below both"],
)
def test_ties(values: tuple[float, float, float], third: int) -> None:
    levels = dict(zip(("hybrid", "x-x-mono", "x-y"), values, strict=True))
    of = judged([(language, f"k{n}", "r") for language in LANGUAGES for n in range(15)])
    rows = {
        (arm, base, seed): np.full(75, levels[arm])
        for arm in levels
        for base in ("xlm-r", "labse")
        for seed in range(5)
    }
    found = rule(Case(claim(), range(5), FakeScores(of, rows), {}), NEVER, "all")
    assert found.note.endswith(f"; {third * 30} of 30 cells third")
    assert found.outcome == "inconclusive"  # nothing varies, so nothing is decided
    assert found.p_against == 1.0


def test_below_the_mean_of_the_others_is_not_yet_third() -> None:
    found = ruled(None, scores=constant({"hybrid": 0.52, "x-x-mono": 0.5, "x-y": 0.7}))
    assert found.outcome == "inconclusive"
    assert found.parts[0].outcome == "contradicted"
    assert found.note.startswith(f"0 of {CELLS} cells third; below the mean of the others in ")
    assert (found.seeds_needed, found.detectable) == (None, None)
    assert "more clusters" not in settle([found], "reduced")[1]


def test_cells_of_one_cluster_each_have_no_interval_and_decide_nothing() -> None:
    of = {name: judged([("en", "k0", "r")] + [("th", f"k{n}", "r") for n in range(15)]) for name in DATASETS}
    scores = PlantedScores(of, lambda arm, *_: MIDDLE[arm])
    found = ruled(None, scores=scores)
    assert found.outcome == "supported"
    assert all(", th: " in part.name for part in found.parts[3:])
    alone = {name: judged([(language, language, "r") for language in LANGUAGES]) for name in DATASETS}
    nothing = ruled(None, scores=PlantedScores(alone, lambda arm, *_: MIDDLE[arm]))
    assert (nothing.outcome, nothing.p_against, len(nothing.parts)) == ("inconclusive", 1.0, 3)


def test_four_seeds_decide_nothing() -> None:
    found = ruled(None, 4, scores=constant({"hybrid": 0.2, "x-x-mono": 0.5, "x-y": 0.5}))
    assert found.outcome == "inconclusive"
    assert found.p_against == 1.0
    assert found.note == f"4 seeds; trained arms need at least 5; {CELLS} of {CELLS} cells third"
    assert ruled(None, 1, scores=constant(MIDDLE)).note.startswith("no interval from 1 seed")


def test_languages_of_the_check_are_the_cells() -> None:
    found = ruled(None, scores=constant(MIDDLE), languages=("de", "th"))
    assert found.note == "0 of 24 cells third"
    assert found.queries == 60
