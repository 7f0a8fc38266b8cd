"""Means for the tables of the page, against pandas and by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_reader import Page, look_up
from verdict_builders import not_by_sinking, order, ruling, verdict

from harness.codec import file_sha256
from harness.records.claim import Setting
from harness.records.ruling import Artifact, MeasurementRow, Verdict
from harness.report.folder import ReportsFolder
from harness.report.measured import table_of, to_parquet
from harness.report.page import write_page
from harness.report.tables import Encoder, Table, tables, wanted_columns

MUL_MAP: tuple[Setting, str] = ("multilingual", "MAP")


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


def made(rows: list[MeasurementRow], *columns: tuple[Setting, str]) -> list[Table]:
    return tables(table_of(to_parquet(rows)), columns or (MUL_MAP,))


def test_exact_mean_of_seeds_then_of_languages_with_equal_weight() -> None:
    values = {("de", 0): 0.2, ("de", 1): 0.4, ("en", 0): 0.9}
    (table,) = made([row(query_language=name, seed=seed, value=value) for (name, seed), value in values.items()])
    mean = table.cells[Encoder("xlm-r", "x-y"), MUL_MAP]
    assert mean.value == pytest.approx((0.3 + 0.9) / 2)
    assert (mean.seeds, mean.languages) == (1, 2)


def test_theory_baselines_are_averaged_over_what_the_arms_were_measured_on() -> None:
    """The lexical baseline is measured on all pairs, arms of withheld pairs on some."""
    at = {"setting": "crosslingual", "query_language": "de"}
    arms = [row(**at, passage_language="en", value=0.7)]
    lexical = [
        row(**at, base="lexical", sampling="lexical", passage_language=name, value=value)
        for name, value in (("en", 0.25), ("th", 0.05))
    ]
    (table,) = made([*arms, *lexical], ("crosslingual", "MAP"))
    assert table.cells[Encoder("lexical", "lexical"), ("crosslingual", "MAP")].value == 0.25


def test_exact_rows_go_base_by_base_and_the_lexical_one_comes_last() -> None:
    arms = [
        ("lexical", "lexical", None),
        ("xlm-r", "hybrid", 0.5),
        ("xlm-r", "hybrid", 0.4),
        ("xlm-r", "untrained", None),
    ]
    rows = [row(base=base, sampling=sampling, alpha=alpha) for base, sampling, alpha in [*arms, ("labse", "x-y", None)]]
    (table,) = made(rows)
    assert [(one.base, one.arm) for one in table.rows] == [
        ("labse", "x-y"),
        ("xlm-r", "untrained"),
        ("xlm-r", "hybrid"),
        ("xlm-r", "hybrid@0.4"),
        ("lexical", "lexical"),
    ]


def test_exact_columns_are_what_checks_use_and_map_beside_it() -> None:
    assert wanted_columns([ruling()]) == (
        MUL_MAP,
        ("multilingual", "rank-distance"),
        ("multilingual", "rank-distance-over-chance"),
    )
    assert wanted_columns([order()]) == (("monolingual", "MAP"), ("monolingual", "nDCG@10"))
    balanced = wanted_columns([not_by_sinking(setting="balanced")])
    assert [setting for setting, _ in balanced] == ["monolingual", "crosslingual", "multilingual"]
    assert wanted_columns([]) == ()


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    values=st.dictionaries(
        st.tuples(
            st.sampled_from(["x-x-mono", "hybrid", "untrained"]), st.sampled_from(["de", "en", "th"]), st.integers(0, 2)
        ),
        st.floats(0, 1),
        min_size=1,
    )
)
def test_other_implementation_pandas_gives_the_same_means(values: dict[tuple[str, str, int], float]) -> None:
    alphas = {"hybrid": 0.5}
    rows = [
        row(sampling=arm, alpha=alphas.get(arm), query_language=name, seed=seed, value=value)
        for (arm, name, seed), value in values.items()
    ]
    arms = {name for arm, name, _ in values if arm != "untrained"}
    frame = pd.DataFrame([one.plain() for one in rows])
    if arms:
        frame = frame[frame["query_language"].isin(arms) | (frame["sampling"] != "untrained")]
    kept = frame.groupby(["sampling", "query_language"])["value"].mean().groupby("sampling").mean()
    found = {encoder.arm: mean.value for table in made(rows) for (encoder, _), mean in table.cells.items()}
    assert found == pytest.approx(kept.to_dict())


def cited(root: Path, *, artifact: bool = True) -> Verdict:
    """A verdict on c24 with its measurements: two arms, an untrained base and the lexical baseline."""
    arms = [
        ("xlm-r", "x-x-mono", None),
        ("xlm-r", "hybrid", 0.5),
        ("xlm-r", "untrained", None),
        ("lexical", "lexical", None),
    ]
    rows = [
        row(base=base, sampling=arm, alpha=alpha, query_language=name, value=value + 0.0625 * number)
        for number, (base, arm, alpha) in enumerate(arms)
        for name, value in (("de", 0.5), ("th", 0.375))
    ]
    path = ReportsFolder(root).write_measurements("c24", "atlas", rows)
    files = (Artifact(path="measurements/c24.atlas.parquet", sha256=file_sha256(path)),) if artifact else ()
    given = verdict(claim="c24", checks=(not_by_sinking(),), artifacts=files)
    ReportsFolder(root).write_verdict(given)
    return given


def test_exact_the_page_shows_every_mean_with_untrained_and_lexical_rows(tmp_path: Path) -> None:
    cited(tmp_path)
    page = Page(write_page(ReportsFolder(tmp_path)).read_text(encoding="utf-8"))
    (table,) = made(list(ReportsFolder(tmp_path).read_measurements("c24", "atlas")))
    means = {"xquad-r": table.plain()}
    quoted = [one for one in page.with_attribute("data-value") if one.attributes["data-source"].startswith("means:")]
    assert len(quoted) == 2 * len(table.cells)
    for element in quoted:
        path = element.attributes["data-source"].removeprefix("means:c24.atlas ")
        assert json.loads(element.attributes["data-value"]) == look_up(means, path)
    rows = [" ".join(cell.words() for cell in line.children) for line in page.tagged("tr")]
    assert "xlm-r before training 0.562 1" in rows
    assert "lexical baseline 0.625 1" in rows
    assert "xlm-r, hybrid 0.500 1" in rows


def test_theory_a_table_that_the_verdict_does_not_cite_is_not_shown(tmp_path: Path) -> None:
    cited(tmp_path, artifact=False)
    assert (
        "lexical baseline 0.6" not in Page(write_page(ReportsFolder(tmp_path)).read_text(encoding="utf-8")).root.words()
    )


def test_degenerate_a_cited_file_that_is_no_table_is_refused_by_name_and_the_verdict_stands(tmp_path: Path) -> None:
    given = cited(tmp_path)
    path = tmp_path / "measurements/c24.atlas.parquet"
    path.write_bytes(b"PAR1")
    files = (Artifact(path="measurements/c24.atlas.parquet", sha256=file_sha256(path)),)
    ReportsFolder(tmp_path).write_verdict(given.model_copy(update={"artifacts": files}))
    words = Page(write_page(ReportsFolder(tmp_path)).read_text(encoding="utf-8")).root.words()
    assert "measurements/c24.atlas.parquet" in words
    assert "expected a whole parquet file" in words
    assert "c24" in words
