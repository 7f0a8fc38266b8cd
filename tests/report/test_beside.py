from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from page_reader import Page
from verdict_builders import stamp

from harness.codec import pretty
from harness.records.attack import AttackAnswer, AttackedCase, KillMatrix
from harness.records.bench import Bench
from harness.records.calibration import Calibration, CalibrationCell, Population
from harness.report.beside import beside
from harness.report.folder import ReportsFolder
from harness.report.page import write_page


def cell(clusters: int, coverage: float, effect: Any, supported: float) -> CalibrationCell:
    numbers = {"truth": 0.0, "contradicted": 0.0, "refused": 0.0, "expected": 0.025, "at_least": 0.0, "at_most": 1.0}
    return CalibrationCell(
        seeds=5,
        clusters=clusters,
        seed_variance="even",
        seed_shape="normal",
        shape="<b>normal",
        effect=effect,
        coverage=coverage,
        supported=supported,
        misses=(),
        **numbers,
    )


def calibration() -> Calibration:
    cells = (cell(30, 0.95, "null", 0.02), cell(30, 0.91, "full", 0.99), cell(240, 0.94, "margin", 0.03))
    return Calibration(
        worlds=2000,
        margin=0.01,
        seed_share={"even": 1.0},
        population=Population(contrast="c", sha256=stamp("p")),
        cells=cells,
        beside=(),
        again=(),
        least={"coverage": 30},
        least_clusters=30,
        mean_power=0.9,
        under_power=0,
        missed=(),
        versions={},
    )


def attack() -> AttackAnswer:
    def case(name: str, label: Any) -> AttackedCase:
        return AttackedCase(
            case=name, claim="c01", label=label, family=None, status="UNVERIFIED", verification="sound", cause=None,
            red_team=None, killed=(), refused="", met=True,
        )  # fmt: skip

    killed = ((True, False), (True, True), (False, True))
    matrix = KillMatrix(probes=("literals", "<i>lock"), cases=("a", "b", "h"), killed=killed)
    cases = (case("a", "worthless"), case("b", "worthless"), case("h", "honest"))
    return AttackAnswer(cases=cases, matrix=matrix, same_arm=None)


def test_exact_rows_quote_the_worst_cells_and_kills_are_counted(tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_bytes(pretty(calibration().plain()))
    (tmp_path / "attack.json").write_text(json.dumps(attack().plain(), indent=1))
    found = beside(tmp_path)
    assert [(row.clusters, row.worlds, row.covered, row.supported) for row in found.rows] == [
        (30, 2, 1, 0),
        (240, 1, 2, 2),
    ]
    assert found.kills == (("literals", 2, 0), ("<i>lock", 1, 1))
    assert (found.worthless, found.honest) == (2, 1)
    page = Page(write_page(ReportsFolder(tmp_path)).read_text(encoding="utf-8"))
    words = page.root.words()
    assert "91.0%" in words
    assert "<i>lock" in words
    assert (
        len(
            re.findall(
                r"h0", next(one for one in page.tagged("path") if one.attributes["class"] == "dots").attributes["d"]
            )
        )
        == 3
    )


def test_exact_what_cells_cost_is_quoted(tmp_path: Path) -> None:
    bench = Bench(
        rows=(),
        seconds_per_operation={"pretrain": 4.25, "train": 1.5},
        minutes_of_cells_per_claim={"c01": 3.14, "c02": None},
        seconds_of_company=0.0,
        machine={"cores": 2, "processor": "<i>x86"},
        versions={},
    )
    (tmp_path / "bench.json").write_bytes(pretty(bench.plain()))
    page = Page(write_page(ReportsFolder(tmp_path)).read_text(encoding="utf-8"))
    rows = [row.words() for row in page.tagged("tr") if any(one.attributes.get("id") == "cost" for one in row.around)]
    assert rows == ["A cellSeconds", "pretrain4.25", "train1.50", "A claimMinutes", "c013.1", "c02none"]
    assert "On 2 cores (<i>x86)" in page.root.words()


def test_degenerate_figures_that_are_not_as_they_were_written_are_refused(tmp_path: Path) -> None:
    bench = Bench(
        rows=(),
        seconds_per_operation={},
        minutes_of_cells_per_claim={},
        seconds_of_company=0.0,
        machine={},
        versions={},
    )
    (tmp_path / "bench.json").write_bytes(pretty(bench.plain()))
    assert beside(tmp_path).refused == ()
    (tmp_path / "bench.json").write_text(json.dumps(bench.plain()))
    assert [file.path for file in beside(tmp_path).refused] == ["bench.json"]


@pytest.mark.parametrize("name", ["calibration.json", "attack.json", "bench.json"])
def test_degenerate_what_cannot_be_read_is_named_as_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"schema": "urn:harness:other:1"}')
    assert [file.path for file in beside(tmp_path).refused] == [name]
    assert name in Page(write_page(ReportsFolder(tmp_path)).read_text(encoding="utf-8")).root.words()


def test_degenerate_where_nothing_lies_the_page_says_how_to_make_it(tmp_path: Path) -> None:
    words = Page(write_page(ReportsFolder(tmp_path)).read_text(encoding="utf-8")).root.words()
    assert "make calibrate" in words
    assert "harness attack fixtures/zoo --json" in words
    assert "make bench" in words
