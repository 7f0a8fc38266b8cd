"""What a claim says or cites and does not check: a table of small claims, honest and not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from attacked_builders import small_scope, subject
from court_builders import check, claim

from harness.attack import auditor, comparison, coverage
from harness.attack.probe import results
from harness.attack.subject import Subject
from harness.claimfile.claims import read_folder
from harness.claimfile.paper import Paper, read_paper
from harness.claimfile.scopes import find_scope, read_scope
from harness.court.sentence import ground
from harness.records.asked import Asked, CountRequest, EncodeRequest, RetrieveRequest, TrainRequest
from harness.records.claim import Check, CitedEffect, CitedValue, Claim
from harness.records.training import arm

TITLES = {"T1": "main-map", "T3": "xquad-r-xlm-r", "T7": "rank-distance-xquad-r", "T10": "evaluation-data"}
CELLS = {
    "T3:MAP/mean:multilingual_hybrid": "0.6",
    "T3:MAP/mean:multilingual_x-x-mono": "0.5",
    "T3:MAP/mean:multilingual_x-y": "0.55",
    "T3:MAP/de:multilingual_hybrid": "0.61",
    "T3:MAP/en:multilingual_hybrid": "0.62",
    "T3:R@1/mean:monolingual_hybrid": "0.4",
    "T7:mean:xlm-r_hybrid": "286.6",
    "T7:mean:xlm-r_x-x-mono": "410.2",
    "T10:ar:xquad_r_queries": "1190",
    "S04": "11",
}
HYBRID, MONO, CROSS = (f"T3:MAP/mean:multilingual_{name}" for name in ("hybrid", "x-x-mono", "x-y"))
TRAINS = Asked(
    requests=(
        RetrieveRequest(
            vectors=EncodeRequest(encoder=TrainRequest(base="xlm-r", arm=arm("hybrid"), seed=0), dataset="xquad-r"),
            setting="multilingual",
        ),
    )
)
COUNTS = Asked(requests=(CountRequest(dataset="xquad-r", what="languages"),))
LANGUAGES = "xquad-r has as many languages as the paper states"
EQUALS = Check(
    id="counts",
    relation="equals",
    counts={"xquad-r/languages": CitedValue(cell="S04", value="11")},
    reason="so many there are",
)


def won(tmp_path: Path, of: dict[str, Any], **more: Any) -> set[str]:
    given: dict[str, Any] = {"bases": ("xlm-r",), "title": "Hybrid batches with XLM-R", **of}
    made = claim(**given)
    if "statement" not in given and given["bases"] == ("xlm-r",):
        made = made.model_copy(update={"statement": f"{ground(made)}: {made.statement}"})
    one = subject(made, tmp_path, cells=CELLS, titles=TITLES, **{"asked": TRAINS, **more})
    found = results([*coverage.probes(one), *comparison.probes(one), *auditor.probes(one)])
    assert not [probe for probe in found if probe.succeeded is None]
    return {probe.name for probe in found if probe.succeeded}


def on(base: str) -> dict[str, Any]:
    return {side: {"sampling": arm, "base": base} for side, arm in (("left", "hybrid"), ("right", "x-x-mono"))}


OTHERWISE = check(id="other", setting="crosslingual", **on("labse"))
HONEST: dict[str, dict[str, Any]] = {
    "cites and compares both arms": {"cells": (HYBRID, MONO)},
    "cites nothing": {"cells": ()},
    "a language that the statement names": {
        "checks": (check(languages=("de",)),),
        "cells": (),
    },
    "a language that its cells name": {
        "checks": (check(languages=("de",)),),
        "cells": ("T3:MAP/de:multilingual_hybrid",),
    },
    "an optional check beside": {"checks": (check(), check(id="more", required=False, measure="R@1"))},
    "a waived cell": {
        "cells": (HYBRID, MONO, "T3:R@1/mean:monolingual_hybrid"),
        "waived": {"xlm-r/xquad-r/monolingual": "measured elsewhere"},
    },
    "a margin of five percent in rank distance": {
        "checks": (check(measure="rank-distance", relation="comparable-or-below", margin="0.05"),),
    },
    "each specialist on its own ground": {
        "checks": (check(setting="monolingual", right="x-y"), check(id="other", setting="crosslingual")),
    },
    "alpha arms": {
        "checks": (check(left="hybrid", right="hybrid@0.25"),),
    },
}
WORTHLESS: dict[str, tuple[str, dict[str, Any]]] = {
    "a number of its own": ("category", {"checks": (EQUALS,)}),
    "a cited measure that nothing measures": ("measures", {"cells": (HYBRID, MONO, "T7:mean:xlm-r_hybrid")}),
    "nothing but waived cells": (
        "measures",
        {"cells": ("T3:R@1/mean:monolingual_hybrid",), "waived": {"xlm-r/xquad-r/monolingual": "elsewhere"}},
    ),
    "a cited arm that nothing compares": ("measures", {"cells": (HYBRID, MONO, CROSS)}),
    "an arm of the statement that nothing compares": ("arms", {"statement": "hybrid is above x-x-mono and x-y"}),
    "two arms of the statement that meet through other shares alone": (
        "arms",
        {
            "statement": "hybrid is above x-y",
            "checks": (
                check(right="hybrid@0.25", setting="crosslingual"),
                check(id="rest", left="hybrid@0.25", right="x-y", setting="crosslingual"),
            ),
        },
    ),
    "two arms of the statement that meet through a third alone": (
        "arms",
        {
            "statement": "hybrid is above x-x-mono",
            "checks": (check(right="x-y"), check(id="other", left="x-y")),
        },
    ),
    "questions in a language for passages in it": (
        "languages",
        {
            "statement": "passages in German are found sooner by hybrid than by x-x-mono",
            "checks": (check(languages=("de",), setting="crosslingual"),),
            "cells": (),
        },
    ),
    "the harder check made optional": (
        "measures",
        {"cells": (HYBRID, MONO, CROSS), "checks": (check(), check(id="harder", right="x-y", required=False))},
    ),
    "a language that nobody speaks of": ("languages", {"checks": (check(languages=("de",)),), "cells": (HYBRID, MONO)}),
    "all languages kept, for a cell of one": (
        "languages",
        {"checks": (check(languages=("de", "en")),), "cells": ("T3:MAP/de:multilingual_hybrid",)},
    ),
    "languages that the data set does not have": ("languages", {"checks": (check(languages=("de", "el")),)}),
    "the contrary of its cells": ("direction", {"checks": (check(relation="below"),), "cells": (HYBRID, MONO)}),
    "a tolerance on the side that its cells are not on": (
        "direction",
        {"checks": (check(relation="comparable-or-below", margin="0.01"),), "cells": (HYBRID, MONO)},
    ),
    "cells of a single language beside those of the mean": (
        "measures",
        {"cells": (HYBRID, MONO, "T3:MAP/de:multilingual_hybrid")},
    ),
    "sides the wrong way round": (
        "claimed-sides",
        {"checks": (check(claimed={"xlm-r": CitedEffect(left=MONO, right=HYBRID)}),), "cells": (HYBRID, MONO)},
    ),
    "an effect of another measure": (
        "claimed-sides",
        {"checks": (check(claimed={"xlm-r": CitedEffect(left="T7:mean:xlm-r_hybrid", right=MONO)}),)},
    ),
    "an effect of the half, for a quarter": (
        "claimed-sides",
        {"checks": (check(left="hybrid@0.25", claimed={"xlm-r": CitedEffect(left=HYBRID, right=MONO)}),)},
    ),
    "an effect of cells that the claim does not cite": (
        "claimed-sides",
        {"checks": (check(claimed={"xlm-r": CitedEffect(left=HYBRID, right=MONO)}),), "cells": (HYBRID,)},
    ),
    "a value that is not its cell's": (
        "claimed-values",
        {"checks": (check(claimed={"xlm-r": CitedValue(cell="S04", value="12")}, unit="percent"),)},
    ),
    "a cell that is not there": (
        "claimed-values",
        {"checks": (check(claimed={"xlm-r": CitedValue(cell="S99", value="12")}, unit="percent"),)},
    ),
    "a margin that cannot fail": ("margins", {"checks": (check(relation="comparable-or-above", margin="0.3"),)}),
    "a wide margin in rank distance": (
        "margins",
        {"checks": (check(measure="rank-distance", relation="comparable-or-below", margin="0.9"),)},
    ),
    "a share for each setting": (
        "grid",
        {
            "checks": (
                check(setting="monolingual", left="hybrid@0.75"),
                check(id="other", setting="crosslingual", left="hybrid@0.25"),
            )
        },
    ),
    "a base for each setting": (
        "grid",
        {"bases": ("xlm-r", "labse"), "checks": (check(setting="monolingual", **on("xlm-r")), OTHERWISE)},
    ),
    "all models": ("wording", {"statement": "hybrid is above x-x-mono for all models"}),
    "all data sets": ("wording", {"statement": "On any dataset hybrid is above x-x-mono"}),
    "always": ("wording", {"statement": "hybrid is always above x-x-mono"}),
}


@pytest.mark.parametrize("name", HONEST)
def test_exact_honest_claims_lose_nothing(tmp_path: Path, name: str) -> None:
    assert won(tmp_path, {"cells": (), **HONEST[name]}) == set()


@pytest.mark.parametrize("name", WORTHLESS)
def test_exact_each_gap_is_found_by_its_probe(tmp_path: Path, name: str) -> None:
    expected, of = WORTHLESS[name]
    assert expected in won(tmp_path, {"cells": (), **of})


@pytest.mark.parametrize(
    ("statement", "cells", "asked", "expected"),
    [
        (LANGUAGES, ("S04",), COUNTS, set()),
        ("Hybrid training generalises to eleven languages", ("S04",), COUNTS, {"category", "unread"}),
        (LANGUAGES, (HYBRID,), COUNTS, {"category"}),
        (LANGUAGES, ("S04",), Asked(requests=()), {"no-evidence"}),
    ],
)
def test_exact_counts_answer_claims_on_counts(
    tmp_path: Path, statement: str, cells: tuple[str, ...], asked: Asked, expected: set[str]
) -> None:
    of = {
        "kind": "counted",
        "bases": (),
        "evidence": ("counted-data",),
        "checks": (EQUALS,),
        "title": "Counts of XQuAD-R",
        "statement": statement,
        "cells": cells,
    }
    assert won(tmp_path, of, asked=asked) == expected


@pytest.mark.parametrize(
    ("name", "cell", "own"),
    [
        ("xquad-r/queries-ar", "T10:ar:xquad_r_queries", True),
        ("xquad-r/queries-de", "T10:ar:xquad_r_queries", False),
        ("xquad-r/candidates-ar", "T10:ar:xquad_r_queries", False),
        ("mlqa-r/queries-ar", "T10:ar:xquad_r_queries", False),
        ("xquad-r/languages", "S04", True),
    ],
)
def test_exact_a_count_cites_a_cell_of_its_own_set_language_and_kind(
    tmp_path: Path, name: str, cell: str, *, own: bool
) -> None:
    equals = EQUALS.model_copy(update={"counts": {name: CitedValue(cell=cell, value=CELLS[cell])}})
    of = claim(kind="counted", bases=(), evidence=("counted-data",), checks=(equals,), title="Counts of XQuAD-R")
    one = subject(of, tmp_path, cells=CELLS, titles=TITLES, asked=COUNTS)
    (probe,) = (probe for probe in results(auditor.probes(one)) if probe.name == "claimed-sides")
    assert probe.succeeded is not own


TWO_BASES = ("T5:MAP/mean:multilingual_hybrid", "T5:MAP/mean:multilingual_x-x-mono")
TWO_SETS = ("T4:MAP/mean:multilingual_hybrid", "T4:MAP/mean:multilingual_x-x-mono")


@pytest.mark.parametrize(
    ("of", "cells", "told"),
    [
        ({"bases": ("xlm-r", "labse")}, (HYBRID, MONO), True),
        ({"bases": ("xlm-r", "labse")}, (HYBRID, MONO, TWO_BASES[0]), True),
        ({"bases": ("xlm-r", "labse")}, (HYBRID, MONO, *TWO_BASES), False),
        ({"bases": ("xlm-r",)}, (HYBRID, MONO), False),
        # a base of one's own, of which the paper prints nothing
        ({"bases": ("xlm-r", "mine")}, (HYBRID, MONO), False),
        ({"bases": ("xlm-r",), "datasets": ("xquad-r", "mlqa-r")}, (HYBRID, MONO), True),
        ({"bases": ("xlm-r",), "datasets": ("xquad-r", "mlqa-r")}, (HYBRID, MONO, *TWO_SETS), False),
        # a check on one of the bases takes no mean over both
        ({"bases": ("xlm-r", "labse"), "checks": (check(**on("xlm-r")),)}, (HYBRID, MONO), False),
    ],
)
def test_exact_the_cells_of_one_base_are_no_evidence_for_a_mean_over_two(
    tmp_path: Path, of: dict[str, Any], cells: tuple[str, ...], *, told: bool
) -> None:
    printed = CELLS | dict.fromkeys((*TWO_BASES, *TWO_SETS), "0.5")
    titles = TITLES | {"T4": "mlqa-r-xlm-r", "T5": "xquad-r-labse"}
    one = subject(claim(**of, cells=cells), tmp_path, cells=printed, titles=titles, asked=TRAINS)
    assert ("measures" in {probe.name for probe in results(coverage.probes(one)) if probe.succeeded}) is told


def lost(of: Claim, folder: Path, **statement: tuple[str, ...]) -> set[str]:
    """The probes of a claim's coverage that succeed where its paper's S14 says so of these cells."""
    relations = {"below": "below", "less": "<", "more": ">"}
    ((name, cells),) = statement.items()
    paper = Paper(CELLS | {"S14": ""}, "0" * 64, TITLES, {"S14": cells}, {"S14": relations[name]})
    one = subject(of, folder, cells=CELLS, titles=TITLES, asked=TRAINS)
    cited = replace(one, file=replace(one.file, paper=paper))
    return {probe.name for probe in results(coverage.probes(cited)) if probe.succeeded}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, set()),
        ({"relation": "comparable-or-above", "margin": "0.05"}, {"orders"}),  # 0.6 against 0.5 is printed
        ({"relation": "equivalent", "margin": "0.2"}, {"orders"}),
        ({"relation": "below", "left": "x-x-mono", "right": "hybrid"}, set()),
        ({"required": "full"}, set()),
        ({"relation": "order", "left": None, "right": None, "arms": ("hybrid", "x-y", "x-x-mono")}, set()),
        ({"relation": "order", "left": None, "right": None, "arms": ("x-x-mono", "x-y", "hybrid")}, {"orders"}),
        (
            {"relation": "contrast", "left": None, "right": None, "weights": {"hybrid": 2, "x-x-mono": -1, "x-y": -1}},
            {"orders"},
        ),
        ({"relation": "below"}, {"orders"}),
        ({"relation": "comparable-or-below", "margin": "0.01"}, {"orders"}),
        ({"measure": "R@1"}, {"orders", "measures"}),
        ({"setting": "balanced"}, {"orders", "measures"}),
        ({"languages": ("de",)}, {"orders", "measures"}),
        ({"required": False}, {"orders", "measures"}),
        ({"right": "x-y"}, {"orders", "measures"}),
    ],
)
def test_exact_an_order_that_is_cited_is_asked_for_of_its_own_arms_and_measure(
    tmp_path: Path, changes: dict[str, Any], told: set[str]
) -> None:
    of = claim(cells=("S14",), checks=(check(**changes),), statement="for questions in German")
    assert lost(of, tmp_path, more=(HYBRID, MONO)) == lost(of, tmp_path, less=(MONO, HYBRID)) == told


@pytest.mark.parametrize(
    ("printed", "margin", "told"),
    [
        ("0.509", "0.01", False),
        ("0.51", "0.01", True),
        ("0.504", "0.001", True),
        ("0.51", "0.05", True),
        ("?", "0.01", False),
    ],
)
@pytest.mark.parametrize("relation", ["comparable-or-above", "equivalent"])
def test_exact_an_order_by_twice_the_margin_is_not_borne_by_level(
    tmp_path: Path, printed: str, margin: str, relation: str, *, told: bool
) -> None:
    of = claim(cells=("S14",), checks=(check(relation=relation, margin=margin),))
    cells = {**CELLS, HYBRID: printed, MONO: "0.5", "S14": ""}
    paper = Paper(cells, "0" * 64, TITLES, {"S14": (HYBRID, MONO)}, {"S14": ">"})
    one = subject(of, tmp_path, cells=cells, titles=TITLES)
    cited = replace(one, file=replace(one.file, paper=paper))
    (probe,) = (probe for probe in results(coverage.probes(cited)) if probe.name == "orders")
    assert probe.succeeded is told


def test_exact_a_median_is_cited_only_in_an_order_beside_the_means_that_are_checked(tmp_path: Path) -> None:
    medians = tuple(cell.replace("mean", "median") for cell in (HYBRID, MONO))
    of = claim(bases=("xlm-r",), statement=f"{ground(claim(bases=('xlm-r',)))}: {claim().statement}")
    cells = {**CELLS, medians[0]: "0.6", medians[1]: "0.5", "S57": ""}
    paper = Paper(cells, "0" * 64, TITLES, {"S57": medians}, {"S57": ">"})
    for cited, told in (
        (medians, True),
        ((*medians, HYBRID, MONO), True),
        (("S57",), True),
        (("S57", HYBRID), True),
        (("S57", HYBRID, MONO), False),
        (("S57", medians[0], HYBRID, MONO), True),
    ):
        one = subject(of.model_copy(update={"cells": cited}), tmp_path, cells=cells, titles=TITLES)
        one = replace(one, file=replace(one.file, paper=paper))
        (probe,) = (probe for probe in results(coverage.probes(one)) if probe.name == "measures")
        assert probe.succeeded is told
    paired = check(claimed={"xlm-r": CitedEffect(left=medians[0], right=medians[1])})
    one = subject(of.model_copy(update={"checks": (paired,)}), tmp_path, cells=cells, titles=TITLES)
    assert "claimed-sides" in {probe.name for probe in results(auditor.probes(one)) if probe.succeeded}


@pytest.mark.parametrize(
    ("row", "told"),
    [("MAP/mean", False), ("MAP/Avg", False), ("MAP", False), ("XLM-R/X-X", False), ("MAP/Median", True)],
)
def test_exact_a_row_is_of_the_mean_unless_it_is_named_after_another_statistic(
    tmp_path: Path, row: str, *, told: bool
) -> None:
    cells = {f"T3:{row}:multilingual_map_hybrid": "0.6"}
    one = subject(claim(cells=tuple(cells), checks=(check(),)), tmp_path, cells=cells, titles=TITLES)
    (probe,) = (probe for probe in results(coverage.probes(one)) if probe.name == "measures")
    assert probe.succeeded is told


@pytest.mark.parametrize(
    ("cells", "changes", "told"),
    [
        (("T3:MAP/de:multilingual_hybrid",), {"languages": ("de", "en")}, True),
        (("T3:MAP/de:multilingual_hybrid", "T3:MAP/en:multilingual_hybrid"), {"languages": ("de", "en")}, False),
        (("T3:MAP/de:multilingual_hybrid",), {"languages": ("de",)}, False),
        (("T3:MAP/de:multilingual_hybrid",), {"languages": ("en",)}, True),
        (("T3:MAP/de:multilingual_hybrid",), {}, True),
        (("T3:MAP/de:multilingual_hybrid",), {"relation": "never-third", "left": None, "right": None}, False),
        ((HYBRID,), {"languages": ("de",)}, True),
        ((HYBRID,), {"setting": "balanced"}, True),
        ((HYBRID,), {"pairs": "withheld"}, True),
        ((HYBRID,), {"left": "hybrid@0.5"}, False),
        # the paper's hybrid is the half
        ((HYBRID,), {"left": "hybrid@0.75"}, True),
        ((HYBRID,), {"left": "x-y"}, True),
    ],
)
def test_exact_what_is_cited_is_what_a_check_measures(
    tmp_path: Path, cells: tuple[str, ...], changes: dict[str, Any], *, told: bool
) -> None:
    one = subject(claim(cells=cells, checks=(check(**changes),)), tmp_path, cells=CELLS, titles=TITLES)
    (probe,) = (probe for probe in results(coverage.probes(one)) if probe.name == "measures")
    assert probe.succeeded is told


@pytest.mark.parametrize(
    ("cells", "changes", "told"),
    [
        (("S04",), {}, False),
        (("S04", "T10:ar:xquad_r_queries"), {}, True),
        (("S04", "S05"), {}, True),
        (("S04",), {"required": "full"}, True),
        (("S04",), {"required": False}, True),
        # results, and statements on some, are no counts
        (("S06",), {}, False),
        (("S07",), {}, False),
        ((HYBRID, MONO), {}, False),
        ((), {}, False),
    ],
)
def test_exact_a_count_that_is_cited_is_counted_now(
    tmp_path: Path, cells: tuple[str, ...], changes: dict[str, Any], *, told: bool
) -> None:
    of = claim(cells=cells, checks=(EQUALS.model_copy(update=changes),))
    one = saying(subject(of, tmp_path, cells=CELLS, titles=TITLES, asked=COUNTS))
    (probe,) = (probe for probe in results(coverage.probes(one)) if probe.name == "counts")
    assert probe.succeeded is told


def saying(one: Subject, **more: tuple[str, ...]) -> Subject:
    """The same beside a paper whose text says things."""
    speaks = {"S04": ("XQuAD-R languages",), "S05": ("MLQA-R languages",), "S06": (HYBRID,)}
    speaks |= {"S07": ("T3..T6:MAP/mean:multilingual_*", "hybrid"), **more}
    paper = Paper(CELLS | {"S05": "7", "S06": "0.6", "S07": "", "S08": "11"}, "0" * 64, TITLES, speaks, {})
    return replace(one, file=replace(one.file, paper=paper))


@pytest.mark.parametrize(("cells", "told"), [(("S04",), False), (("S04", "S06"), True), (("S04", "S07"), True)])
def test_exact_counts_are_no_evidence_for_what_a_statement_says_of_results(
    tmp_path: Path, cells: tuple[str, ...], *, told: bool
) -> None:
    of = claim(
        kind="counted",
        evidence=("counted-data",),
        bases=(),
        cells=cells,
        checks=(EQUALS,),
        title="Counts",
        statement="-",
    )
    one = saying(subject(of, tmp_path, cells=CELLS, titles=TITLES, asked=COUNTS))
    (probe,) = (probe for probe in results(coverage.probes(one)) if probe.name == "category")
    assert probe.succeeded is told


@pytest.mark.parametrize(
    ("thing", "text", "own"),
    [
        ("xquad-r/languages", "XQuAD-R languages", True),
        ("xquad-r/languages", "languages", True),
        ("xquad-r/languages", "XQuAD-R monolingual settings", False),
        ("xquad-r/languages", "MLQA-R languages", False),
        ("xquad-r/crosslingual-settings", "XQuAD-R cross-lingual settings", True),
        ("xquad-r/crosslingual-settings", "XQuAD-R monolingual settings", False),
        ("xquad-r/queries-de", "XQuAD-R queries in German", True),
        ("xquad-r/queries-de", "XQuAD-R candidates in German", False),
    ],
)
def test_exact_a_count_cites_a_statement_of_its_own_kind_and_set(
    tmp_path: Path, thing: str, text: str, *, own: bool
) -> None:
    equals = EQUALS.model_copy(update={"counts": {thing: CitedValue(cell="S08", value="11")}})
    of = claim(kind="counted", bases=(), evidence=("counted-data",), checks=(equals,), title="Counts of XQuAD-R")
    one = saying(subject(of, tmp_path, cells=CELLS, titles=TITLES, asked=COUNTS), S08=(text,))
    (probe,) = (probe for probe in results(auditor.probes(one)) if probe.name == "claimed-sides")
    assert probe.succeeded is not own


@pytest.mark.parametrize(
    ("bound", "cells", "told"),
    [
        (("de", "en"), (HYBRID, MONO), False),
        (("de", "en", "fr"), (HYBRID, MONO), False),
        (("de", "fr"), (HYBRID, MONO), True),
        (("de", "fr"), ("T3:MAP/de:multilingual_hybrid",), False),
        (("de", "fr"), (), False),
    ],
)
def test_exact_a_mean_that_is_cited_is_of_all_languages_that_are_printed(
    tmp_path: Path, bound: tuple[str, ...], cells: tuple[str, ...], *, told: bool
) -> None:
    scope = small_scope(datasets={"xquad-r": {"source": "atlas", "part": "xquad-r", "languages": bound}})
    one = subject(claim(cells=cells), tmp_path, cells=CELLS, titles=TITLES, scope=scope, asked=TRAINS)
    (probe,) = (probe for probe in results(coverage.probes(one)) if probe.name == "spans")
    assert probe.succeeded is told


OVER_MONO: dict[str, Any] = {}
LEVEL_WITH_CROSS = {"relation": "comparable-or-above", "margin": "0.01", "right": "x-y"}
ARMS_ALONE = {"left": None, "right": None}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((OVER_MONO, LEVEL_WITH_CROSS), False),
        ((OVER_MONO, {"relation": "below", "left": "x-y", "right": "hybrid"}), False),
        (({"relation": "order", **ARMS_ALONE, "arms": ("hybrid", "x-x-mono", "x-y")},), False),
        ((OVER_MONO,), True),
        ((LEVEL_WITH_CROSS,), True),
        ((OVER_MONO, {"left": "x-x-mono", "right": "x-y"}), True),
        (({"relation": "order", **ARMS_ALONE, "arms": ("x-x-mono", "hybrid", "x-y")},), True),
        (({"relation": "contrast", **ARMS_ALONE, "weights": {"hybrid": 2, "x-y": -1, "x-x-mono": -1}},), True),
        (({"relation": "contrast", **ARMS_ALONE, "weights": {"hybrid": 1, "x-x-mono": 1, "x-y": -2}},), True),
        (({"relation": "never-third", **ARMS_ALONE, "setting": None},), True),
        ((OVER_MONO, LEVEL_WITH_CROSS | {"relation": "comparable-or-below"}), True),
        ((OVER_MONO, LEVEL_WITH_CROSS | {"setting": "monolingual"}), True),
        ((OVER_MONO, LEVEL_WITH_CROSS | {"measure": "R@1"}), True),
        ((OVER_MONO, LEVEL_WITH_CROSS | {"required": False}), True),
        ((OVER_MONO, LEVEL_WITH_CROSS | {"languages": ("de",)}), True),
    ],
)
def test_exact_whom_a_cited_statement_calls_best_checks_put_above_each_other_arm_or_level(
    tmp_path: Path, changes: tuple[dict[str, Any], ...], *, told: bool
) -> None:
    checks = tuple(check(**{"id": f"check{at}"} | one) for at, one in enumerate(changes))
    for pattern in ("T1:*:*_multilingual", "T3..T6:MAP/mean:multilingual_*"):
        one = subject(claim(cells=("S43",), checks=checks), tmp_path, cells=CELLS, titles=TITLES)
        paper = Paper({**CELLS, "S43": ""}, "0" * 64, TITLES, {"S43": (pattern, "hybrid")})
        cited = replace(one, file=replace(one.file, paper=paper))
        (probe,) = (probe for probe in results(coverage.probes(cited)) if probe.name == "bests")
        assert probe.succeeded is told


@pytest.mark.parametrize(
    ("bases", "side_base", "told"),
    [(("xlm-r", "labse"), None, False), (("xlm-r", "labse"), "xlm-r", True), (("xlm-r",), None, True)],
)
def test_exact_neither_a_waiver_nor_other_bases_excuse_a_place_in_which_a_cited_statement_calls_an_arm_best(
    tmp_path: Path, bases: tuple[str, ...], side_base: str | None, *, told: bool
) -> None:
    titles = {"T3": "xquad-r-xlm-r", "T5": "xquad-r-labse"}
    sides = [{"sampling": arm, "base": side_base} for arm in ("hybrid", "x-x-mono", "x-y")]
    checks = tuple(check(id=f"check{at}", left=sides[0], right=other) for at, other in enumerate(sides[1:]))
    of = claim(
        bases=bases,
        cells=("S39",),
        checks=checks,
        waived={"labse/xquad-r/multilingual": "elsewhere"} if side_base else {},
    )
    paper = Paper({"S39": ""}, "0" * 64, titles, {"S39": ("T3..T6:MAP/mean:multilingual_*", "hybrid")})
    one = subject(of, tmp_path, cells={}, titles=titles)
    cited = replace(one, file=replace(one.file, paper=paper))
    (probe,) = (probe for probe in results(coverage.probes(cited)) if probe.name == "bests")
    assert probe.succeeded is told


@pytest.mark.parametrize("kind", ["counted", "effectiveness"])
def test_exact_a_data_set_of_the_paper_is_not_found_in_another(tmp_path: Path, kind: str) -> None:
    for name, own in (("xquad-r", True), ("mlqa-r", False), ("postcards", True)):
        data = {name: {"source": "atlas", "part": "xquad-r", "languages": ("de", "en")}}
        scope = small_scope(datasets=data, counted={name: {"source": "lareqa", "part": "xquad-r"}})
        one = subject(claim(kind=kind, datasets=(name,)), tmp_path, scope=scope)
        (probe,) = (probe for probe in results(coverage.probes(one)) if probe.name == "files")
        assert probe.succeeded is not own


def test_exact_encoders_are_claimed_and_none_is_asked_for(tmp_path: Path) -> None:
    assert won(tmp_path, {"cells": ()}, asked=Asked(requests=())) == {"no-evidence"}


@pytest.mark.parametrize(
    ("kinds", "cells", "told"),
    [
        (("trained-encoder",), (), False),
        (("trained-encoder", "paper-tables"), (HYBRID, MONO), False),
        (("trained-encoder", "paper-tables"), (), True),
        (("trained-encoder", "released-encoder"), (), True),
        (("trained-encoder", "counted-data"), (), True),
        (("paper-tables",), (HYBRID, MONO), True),
    ],
)
def test_exact_every_kind_of_evidence_that_is_named_is_there(
    tmp_path: Path, kinds: tuple[str, ...], cells: tuple[str, ...], *, told: bool
) -> None:
    assert ("no-evidence" in won(tmp_path, {"cells": cells, "evidence": kinds})) is told


def test_exact_a_number_that_the_paper_prints_is_not_handed_in(tmp_path: Path) -> None:
    of = {"cells": ("T7:mean:xlm-r_hybrid",), "checks": (check(measure="rank-distance", relation="below"),)}
    one = subject(claim(bases=("xlm-r",), **of), tmp_path, cells=CELLS, titles=TITLES, emitted={"found": 286.6})
    assert "handed-in" in {probe.name for probe in results(auditor.probes(one)) if probe.succeeded}
    other = subject(claim(bases=("xlm-r",), **of), tmp_path, cells=CELLS, titles=TITLES, emitted={"found": 3.25})
    assert "handed-in" not in {probe.name for probe in results(auditor.probes(other)) if probe.succeeded}


def test_exact_a_number_of_the_paper_in_the_script_or_beside_it_is_told_and_does_not_defeat(tmp_path: Path) -> None:
    of = claim(bases=("xlm-r",), cells=("T7:mean:xlm-r_hybrid",))
    one = subject(of, tmp_path, cells=CELLS, titles=TITLES, script="x = 286.6\n")
    (probe,) = [probe for probe in results(auditor.probes(one)) if probe.name == "literals"]
    assert (probe.succeeded, probe.severity < 7) == (True, True)
    (tmp_path / "beside.txt").write_text("286.6")
    other = subject(of, tmp_path, cells=CELLS, titles=TITLES)
    (probe,) = [probe for probe in results(auditor.probes(other)) if probe.name == "literals"]
    assert probe.succeeded
    assert "beside.txt" in probe.detail


def test_exact_an_analysis_that_was_changed_defeats_and_one_without_a_lock_does_not(tmp_path: Path) -> None:
    one = subject(claim(), tmp_path, lapses=("claim c06 is not the one locked",))
    without = subject(claim(), tmp_path, lapses=("no lock.json beside the claims",), locked=False)
    (changed,), (none,) = (
        [probe for probe in results(auditor.probes(each)) if probe.name == "lock"] for each in (one, without)
    )
    assert (changed.succeeded, none.succeeded) == (True, True)
    assert changed.severity >= 7 > none.severity


def test_real_part_none_of_the_fourteen_claims_leaves_a_gap() -> None:
    scope = read_scope(find_scope("atlas"))
    root = Path(__file__).parents[2]
    for file in read_folder(root / "claims", scope):
        one = Subject(file=file, scope=scope, asked=Asked(requests=()), rulings=())
        found = [*results([*coverage.probes(one), *comparison.probes(one)]), *results(auditor.probes(one))]
        assert {probe.name for probe in found if probe.succeeded is not False} <= {"no-evidence"}, file


@pytest.mark.parametrize(("table", "told"), [("table-3-map.csv", True), ("table-3-other.csv", False)])
def test_exact_a_copy_of_the_paper_that_prints_otherwise_is_told_and_another_paper_is_not(
    tmp_path: Path, table: str, told: object
) -> None:
    for folder, name, value in ((tmp_path, "table-3-map.csv", "0.5"), (tmp_path / "own", table, "0.6")):
        (folder / "paper/tables").mkdir(parents=True)
        (folder / "paper/tables" / name).write_text(f"measure,hybrid\nMAP,{value}\n")
    one = subject(claim(cells=("T3:MAP:hybrid",)), tmp_path / "own")
    paper = read_paper(tmp_path / "own/paper", "paper")
    (probe,) = (
        probe
        for probe in results(auditor.probes(replace(one, file=replace(one.file, paper=paper))))
        if probe.name == "paper-copy"
    )
    assert probe.succeeded is told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("main-map", "0.5", False), ("main-map", "0.54", True), ("another-table", "0.54", False)],
    ids=["the same", "a cell that nobody cites", "a table of another paper"],
)
def test_exact_a_copy_of_the_paper_prints_what_the_one_above_it_does(
    tmp_path: Path, name: str, value: str, *, told: bool
) -> None:
    for folder, table, cell in ((tmp_path, "main-map", "0.5"), (tmp_path / "case", name, value)):
        (folder / "paper" / "tables").mkdir(parents=True)
        (folder / "paper" / "tables" / f"table-01-{table}.csv").write_text(f"model,map\nXLM-R,{cell}\n")
    one = subject(claim(), tmp_path / "case")
    cited = replace(one, file=replace(one.file, paper=read_paper(tmp_path / "case" / "paper", "paper")))
    (probe,) = (probe for probe in results(auditor.probes(cited)) if probe.name == "paper-copy")
    assert probe.succeeded is told


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        ({}, True),
        ({"locked": False}, False),
        ({"recounted": {}}, False),
        ({"unaudited": "statements.csv:2: no such kind"}, False),
    ],
)
def test_exact_what_cannot_all_be_attacked_is_not_whole(
    tmp_path: Path, changes: dict[str, Any], *, whole: bool
) -> None:
    of = claim(kind="counted", bases=(), evidence=("counted-data",), checks=(EQUALS,), title="Counts of XQuAD-R")
    given: dict[str, Any] = {"locked": True, "recounted": {"xquad-r": {"as it is": {"languages": 11}}}} | changes
    assert subject(of, tmp_path, cells=CELLS, titles=TITLES, asked=COUNTS, **given).whole is whole
