"""Means for the plates and heat maps of the page, against pandas and by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from page_builders import measurement_rows
from verdict_builders import not_by_sinking, order, ruling

from harness.records.measurement import MeasurementRow
from harness.report.grids import SHADES, grids
from harness.report.measured import table_of, to_parquet
from harness.report.plates import Encoder, Place, Plate, plates, together, wanted_columns

MUL_MAP = ("multilingual", "MAP")
MUL = Place("xquad-r", "multilingual", "MAP")


def row(**changes: Any) -> MeasurementRow:
    given: dict[str, Any] = {
        "base": "xlm-r",
        "sampling": "x-y",
        "alpha": None,
        "seed": 0,
        "dataset": "xquad-r",
        "value": 0.5,
        "setting": "multilingual",
        "measure": "MAP",
        "query_language": "de",
        "passage_language": "*",
        "queries": 9,
    }
    return MeasurementRow(**(given | changes))


def made(rows: list[MeasurementRow], *columns: Any) -> list[Plate]:
    (run,) = together({"c01": table_of(to_parquet(rows))}, columns or (MUL_MAP,))
    return plates(run)


def test_exact_mean_of_seeds_then_of_languages_with_equal_weight() -> None:
    values = {("de", 0): 0.2, ("de", 1): 0.4, ("en", 0): 0.9, ("en", 1): 0.7}
    (plate,) = made([row(query_language=name, seed=seed, value=value) for (name, seed), value in values.items()])
    (line,) = plate.lines
    assert line.value == pytest.approx((0.3 + 0.8) / 2)
    assert line.seeds == pytest.approx((0.55, 0.55))
    assert line.languages == 2


def test_theory_baselines_are_averaged_over_what_the_arms_were_measured_on() -> None:
    """The lexical baseline is measured on all pairs, arms of withheld pairs on some."""
    at = {"setting": "crosslingual", "query_language": "de"}
    lexical = [
        row(**at, base="lexical", sampling="lexical", passage_language=name, value=value)
        for name, value in (("en", 0.25), ("th", 0.05))
    ]
    (plate,) = made([row(**at, passage_language="en", value=0.7), *lexical], ("crosslingual", "MAP"))
    assert {line.encoder.arm: line.value for line in plate.lines} == {"x-y": 0.7, "lexical": 0.25}


def test_exact_rows_go_base_by_base_then_released_encoders_then_the_lexical_one() -> None:
    arms = [
        ("lexical", "lexical", None),
        ("sentence-transformers/LaBSE", "released", None),
        ("xlm-r", "hybrid", 0.5),
        ("xlm-r", "hybrid", 0.4),
        ("xlm-r", "untrained", None),
    ]
    rows = [row(base=base, sampling=sampling, alpha=alpha) for base, sampling, alpha in [*arms, ("labse", "x-y", None)]]
    (plate,) = made(rows)
    assert [tuple(line.encoder) for line in plate.lines] == [
        ("labse", "x-y"),
        ("xlm-r", "untrained"),
        ("xlm-r", "hybrid"),
        ("xlm-r", "hybrid@0.4"),
        ("sentence-transformers/LaBSE", "released"),
        ("lexical", "lexical"),
    ]


def test_theory_claims_share_a_plate_unless_they_differ_in_a_mean_of_one_name() -> None:
    tables = {
        "c01": table_of(to_parquet([row()])),
        "c02": table_of(to_parquet([row(), row(sampling="x-x-mono", value=0.4)])),
        "c14": table_of(to_parquet([row(value=0.6)])),
        "c15": table_of(to_parquet([row(query_language="th")])),
    }
    runs = together(tables, [MUL_MAP])
    assert [run.claims for run in runs] == [["c01", "c02"], ["c14"], ["c15"]]
    assert len(plates(runs[0])[0].lines) == 2


def test_other_implementation_means_are_those_of_pandas() -> None:
    rows = measurement_rows()
    table = pd.DataFrame([one.plain() for one in rows])
    for plate in made(rows, MUL_MAP, ("multilingual", "rank-distance"), ("crosslingual", "MAP")):
        for line in plate.lines:
            at = (table["setting"] == plate.place.setting) & (table["measure"] == plate.place.measure)
            arm, _, alpha = line.encoder.arm.partition("@")
            at &= (table["base"] == line.encoder.base) & (table["sampling"] == arm)
            at &= table["alpha"].isna() | (table["alpha"] == float(alpha or 0.5))
            assert line.value == pytest.approx(table[at]["value"].mean())
            assert list(line.seeds) == pytest.approx(table[at].groupby("seed")["value"].mean().tolist())


def test_exact_a_heat_map_has_the_diagonal_from_within_languages_and_shades_by_rank() -> None:
    (found,) = grids(made(measurement_rows(), ("crosslingual", "MAP"), ("monolingual", "MAP")))
    assert [panel.name for panel in found.panels] == [
        "x-x-mono",
        "x-y",
        "hybrid",
        "hybrid less x-x-mono",
        "hybrid less x-y",
    ]
    assert (found.bases, found.languages) == (("labse", "xlm-r"), ("de", "el", "th"))
    arms = [panel for panel in found.panels if not panel.difference]
    cells = {
        (panel.cells[query][passage], panel.shades[query][passage])
        for panel in arms
        for query in found.languages
        for passage in found.languages
    }
    shades = [shade for _, shade in sorted(cells)]
    assert shades == sorted(shades)
    assert (shades[0], shades[-1]) == (0, SHADES - 1)
    for panel in found.panels[3:]:
        for query, row_of in panel.cells.items():
            for passage, value in row_of.items():
                middle = SHADES // 2
                assert (panel.shades[query][passage] - middle) * value >= 0 or abs(value) < 0.1
                assert panel.text(query, passage)[0] in "+\u22120"


def test_degenerate_without_cross_lingual_rows_there_is_no_heat_map() -> None:
    assert grids(made([row()])) == []
    only = [row(setting="crosslingual", base="lexical", sampling="lexical", passage_language="en")]
    (found,) = grids(made(only, ("crosslingual", "MAP")))
    assert found.panels == ()


def test_exact_what_stands_beside_a_measure_is_wanted_too() -> None:
    assert wanted_columns([ruling()]) == {
        ("multilingual", "MAP"),
        ("multilingual", "rank-distance"),
        ("multilingual", "rank-distance-over-chance"),
        *(("multilingual", f"rank-distance-p{percent}") for percent in (10, 25, 50, 75, 90)),
    }
    everywhere = wanted_columns([not_by_sinking(setting="balanced")])
    assert everywhere == {(name, "MAP") for name in ("monolingual", "crosslingual", "multilingual")}
    assert ("monolingual", "nDCG@10") in wanted_columns([order()])


def test_exact_encoders_go_by_base_and_arm() -> None:
    (plate,) = made([row(sampling="hybrid", alpha=0.5), row(sampling="hybrid", alpha=0.25)])
    assert set(plate.by_language) == {Encoder("xlm-r", "hybrid"), Encoder("xlm-r", "hybrid@0.25")}
    assert plate.place == MUL
