"""Oracles: what the paper's own cells name, read off its tables by hand; claims with a required check taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from claim_folder import ATLAS, GOOD, changed, lay

from harness.claimfile.claims import read_claim
from harness.claimfile.coverage import cited, covered, waivable
from harness.claimfile.paper import Paper, read_paper
from harness.errors import FileFaults
from harness.records.claim import Check, Claim, Side

XQUAD = "language,xlm-r_x-y\nmean,1.5\n"


@pytest.fixture(scope="module")
def paper(request: pytest.FixtureRequest) -> Paper:
    return read_paper(Path(request.config.rootpath) / "claims" / "paper", "p")


@pytest.fixture
def claim(tmp_path: Path) -> Claim:
    return read_claim(lay(tmp_path), ATLAS).claim


@pytest.mark.parametrize(
    ("cell", "spot"),
    [
        ("T1:XLM-R/X-X:xquad_r_monolingual", ("xlm-r", "xquad-r", "monolingual")),
        ("T1:LaBSE/Hybrid:mlqa_r_multilingual", ("labse", "mlqa-r", "multilingual")),
        ("T2:LaBSE/X-Y:mlqa_r", ("labse", "mlqa-r", "multilingual")),
        ("T3:MAP/vi:crosslingual_hybrid", ("xlm-r", "xquad-r", "crosslingual")),
        ("T6:R@10/mean:multilingual_x-x-mono", ("labse", "mlqa-r", "multilingual")),
        ("T7:mean:labse_x-x-mono", ("labse", "xquad-r", "multilingual")),
        ("T8:mean:xlm-r_hybrid", ("xlm-r", "mlqa-r", "multilingual")),
        ("T12:mean:recall@100_x-y", ("xlm-r", "miracl", "monolingual")),
        ("T13:sw:ndcg@10_hybrid", ("labse", "miracl", "monolingual")),
        ("T9:WikiQA:size_per_language", None),
        ("T10:ar:xquad_r_queries", None),
        ("T11:ar:queries", None),
        ("S14", None),
    ],
)
def test_exact_what_a_cell_speaks_of(claim: Claim, paper: Paper, cell: str, spot: tuple[str, str, str] | None) -> None:
    assert cell in paper.cells
    found = cited(claim.model_copy(update={"cells": ("S01", cell, cell)}), paper)
    assert found == ({} if spot is None else {spot: 1})


def test_exact_every_cell_of_the_result_tables_speaks_of_something(claim: Claim, paper: Paper) -> None:
    results = {f"T{number}" for number in (*range(1, 9), 12, 13)}
    for cell in paper.cells:
        named = cited(claim.model_copy(update={"cells": (cell,)}), paper)
        assert bool(named) == (cell.partition(":")[0] in results), cell


def test_exact_the_longest_name_is_meant(claim: Claim) -> None:
    both = claim.model_copy(update={"bases": ("xlm-r", "xlm-r-xl"), "cells": ("T1:XLM-R-XL:monolingual", "T1:XLM-R:x")})
    titled = Paper({}, "d", {"T1": "crosslingual-xquad-r"})
    assert cited(both, titled) == {
        ("xlm-r-xl", "xquad-r", "monolingual"): 0,
        ("xlm-r", "xquad-r", "crosslingual"): 1,
    }


def check(claim: Claim, **keys: object) -> Claim:
    one = Check.model_validate({"id": "one", "measure": "MAP", **keys})
    return claim.model_copy(update={"checks": (one,), "bases": ("xlm-r", "labse")})


SIDES = {"left": Side(sampling="hybrid", base="labse"), "right": Side(sampling="x-y", base="labse")}


@pytest.mark.parametrize(
    ("keys", "bases", "settings"),
    [
        ({"relation": "above", "setting": "monolingual"}, {"xlm-r", "labse"}, {"monolingual"}),
        ({"relation": "above", "setting": "monolingual", **SIDES}, {"labse"}, {"monolingual"}),
        ({"relation": "above", "setting": "monolingual", "required": False}, set(), set()),
        ({"relation": "reduced-by", "setting": "monolingual", "required": "full"}, set(), set()),
        (
            {"relation": "never-third"},
            {"xlm-r", "labse"},
            {"monolingual", "crosslingual", "multilingual"},
        ),
        (
            {"relation": "equivalent", "setting": "balanced"},
            {"xlm-r", "labse"},
            {"monolingual", "crosslingual", "multilingual"},
        ),
    ],
)
def test_exact_what_a_check_covers(claim: Claim, keys: dict[str, object], bases: set[str], settings: set[str]) -> None:
    found = covered(check(claim, **keys))
    assert found == {(base, "xquad-r", setting) for base in bases for setting in settings}


def test_exact_a_waiver_may_name_what_stands_between_bases_and_datasets_and_what_is_cited(claim: Claim) -> None:
    known = waivable(claim, [("labse", "miracl", "monolingual")])
    own = [f"xlm-r/xquad-r/{setting}" for setting in ("monolingual", "crosslingual", "multilingual")]
    assert list(known) == [*own, "labse/miracl/monolingual"]


def told(path: Path) -> list[str]:
    with pytest.raises(FileFaults) as refused:
        read_claim(path, ATLAS)
    return [str(fault) for fault in refused.value.faults]


def lay_cell(folder: Path, name: str, table: str, cell: str, *, waived: str = "") -> Path:
    """Lay the good claim with one more table and a cell of it, cited on line 10."""
    text = changed(GOOD, 'cells: ["T1:XLM-R/X-X:mono", S1]', f'cells: ["T1:XLM-R/X-X:mono", S1, "{cell}"]')
    text = changed(text, "waived: {", f"waived: {{{waived}") if waived else text
    path = lay(folder, text)
    (folder / "paper" / "tables" / name).write_text(table)
    return path


def test_exact_a_cited_cell_without_a_required_check_is_told_on_its_line(tmp_path: Path) -> None:
    path = lay_cell(tmp_path, "table-2-cr-mlqa-r.csv", "k,crosslingual_xlm-r\nmean,1\n", "T2:mean:crosslingual_xlm-r")
    expected = "a required check on xlm-r/mlqa-r/crosslingual, of which this cell speaks"
    assert told(path) == [f"{path}:10: expected {expected}, found none; add one, or say under waived why not"]


def test_exact_a_check_or_a_waiver_covers_it(tmp_path: Path) -> None:
    covered_cell = "T2:mean:xlm-r_x-y"
    assert read_claim(lay_cell(tmp_path, "table-2-rank-distance-xquad-r.csv", XQUAD, covered_cell), ATLAS)
    (tmp_path / "paper/tables/table-2-rank-distance-xquad-r.csv").unlink()
    waived = lay_cell(
        tmp_path, "table-2-miracl.csv", "k,labse\nmean,1\n", "T2:mean:labse", waived="labse/miracl/monolingual: no, "
    )
    assert read_claim(waived, ATLAS).claim.waived["labse/miracl/monolingual"] == "no"


def test_exact_a_check_at_full_scale_or_on_another_base_covers_nothing(tmp_path: Path) -> None:
    path = lay_cell(
        tmp_path, "table-2-rank-distance-xquad-r.csv", "language,labse_x-y\nmean,1.5\n", "T2:mean:labse_x-y"
    )
    assert "a required check on labse/xquad-r/multilingual" in told(path)[0]
    text = path.read_text().replace("bases: [xlm-r]", "bases: [xlm-r, labse]")
    text = text.replace('30.1"}}', '30.1"}, labse: {cell: S1, value: "30.1"}}')
    path.write_text(text)
    assert read_claim(path, ATLAS)
    path.write_text(text.replace("required: true\n", "required: full\n"))
    assert any("labse/xquad-r/multilingual" in fault for fault in told(path))


@pytest.mark.parametrize(
    ("name", "taken"),
    [("c01", "crosslingual"), ("c03", "over-x-x-mono"), ("c06", "lower"), ("c10", "ndcg"), ("c11", "never-third")],
)
def test_exact_a_claim_of_this_repository_loses_coverage_with_its_checks(root: Path, name: str, taken: str) -> None:
    path = next((root / "claims").glob(f"{name}-*.yaml"))
    claim = read_claim(path, ATLAS).claim
    paper = read_paper(root / "claims" / "paper", "p")
    assert set(cited(claim, paper)) <= covered(claim)
    settings = {check.setting for check in claim.checks if check.id == taken}
    left = tuple(check for check in claim.checks if check.id != taken and check.setting not in settings)
    left = left if taken != "never-third" else ()
    assert not set(cited(claim, paper)) <= covered(claim.model_copy(update={"checks": left}))
