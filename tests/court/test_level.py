"""Oracles: statsmodels' cluster-robust errors; what translations may not add; worlds whose mean is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import t

from harness.court.level import level
from harness.court.measure import Rows, macro_average
from harness.records.judgements import Judgements
from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LANGUAGES = ("de", "en", "zh")


def judged(languages: Sequence[str], clusters: Sequence[str]) -> Judgements:
    """Return judgements of queries, each answered by one passage."""
    numbers = tuple(range(len(languages)))
    return Judgements(
        query_ids=tuple(f"q{number}" for number in numbers),
        query_languages=tuple(languages),
        clusters=tuple(clusters),
        relations=("all",) * len(numbers),
        entities_seen=(True,) * len(numbers),
        passage_ids=tuple(f"p{number}" for number in numbers),
        passage_languages=tuple(languages),
        query_rows=numbers,
        passage_rows=numbers,
        grades=(1,) * len(numbers),
    )


def drawn(rng: np.random.Generator, clusters: int) -> tuple[Judgements, Rows]:
    """Return clusters of one to four questions, some of which lack a language; their effects skew and share a part."""
    languages, names, values = [], [], []
    for cluster in range(clusters):
        shared = rng.exponential()
        for _ in range(rng.integers(1, 5)):
            for at, language in enumerate(LANGUAGES):
                if rng.random() < 1 - at / 4:
                    languages.append(language)
                    names.append(f"c{cluster}")
                    values.append(at + shared + rng.standard_normal())
    return judged(languages, names), rows(languages, np.array(values))


def rows(languages: Sequence[str], values: NDArray[np.float64]) -> Rows:
    return Rows(np.arange(len(languages)), tuple(languages), values)


def test_other_implementation_the_interval_is_that_of_a_regression_on_cells_with_clustered_errors() -> None:
    judgements, measured = drawn(generator("level"), 40)
    cells = np.array([[language == one for one in LANGUAGES] for language in judgements.query_languages], dtype=float)
    groups = np.unique(judgements.clusters, return_inverse=True)[1]
    fitted = sm.OLS(measured.values, cells).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    weights = np.full(len(LANGUAGES), 1 / len(LANGUAGES))
    variance = weights @ fitted.cov_params() @ weights * 40 / 39
    half = t.ppf(0.975, 39) * np.sqrt(variance)
    found = level(measured, judgements)
    assert found is not None
    assert found.estimate == pytest.approx(weights @ fitted.params, rel=1e-12)
    assert (found.low, found.high) == pytest.approx((found.estimate - half, found.estimate + half), rel=1e-9)
    assert (found.clusters, found.rows) == (40, len(measured.values))


def test_exact_the_estimate_is_the_macro_average() -> None:
    judgements, measured = drawn(generator("macro"), 7)
    found = level(measured, judgements)
    assert found is not None
    assert found.estimate == pytest.approx(macro_average(measured, judgements.query_languages), rel=1e-12)
    assert found.note.startswith("7 clusters of questions; an interval is trusted from 30 on")


def test_exact_translations_with_the_same_answers_add_nothing() -> None:
    values = generator("once").standard_normal(50)
    names = [f"c{number}" for number in range(50)]
    alone = level(rows(["en"] * 50, values), judged(["en"] * 50, names))
    thrice = [language for language in LANGUAGES for _ in range(50)]
    together = level(rows(thrice, np.tile(values, 3)), judged(thrice, names * 3))
    assert alone is not None
    assert together is not None
    assert (together.low, together.high) == pytest.approx((alone.low, alone.high), rel=1e-9)
    assert (together.clusters, together.rows) == (50, 150)


def test_theory_the_interval_covers_the_mean_of_all_questions_as_often_as_it_says() -> None:
    rng, truth, worlds = generator("coverage"), 2.0, 200  # languages at 0, 1, 2 and a shared part of mean 1
    covered = 0
    for _ in range(worlds):
        judgements, measured = drawn(rng, 60)
        found = level(measured, judgements)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= truth <= found.high
    assert 0.91 <= covered / worlds <= 0.985


def test_degenerate_one_cluster_has_no_interval_and_no_rows_have_no_level() -> None:
    found = level(rows(["en", "en"], np.array([0.0, 1.0])), judged(["en", "en"], ["a", "a"]))
    assert found is not None
    assert (found.estimate, found.low, found.high, found.note) == (
        0.5,
        None,
        None,
        "no interval from one cluster of questions",
    )
    assert level(rows([], np.empty(0)), judged(["en"], ["a"])) is None


def test_degenerate_a_few_clusters_that_pull_are_told_of_and_equal_ones_are_a_point() -> None:
    names = [f"c{number}" for number in range(40)]
    few = level(rows(["en"] * 40, np.array([1.0] + [0.0] * 39)), judged(["en"] * 40, names))
    same = level(rows(["en"] * 40, np.full(40, 0.25)), judged(["en"] * 40, names))
    assert few is not None
    assert same is not None
    assert "pull to one side" in few.note
    assert (same.low, same.high) == (same.estimate, same.estimate) == pytest.approx((0.25, 0.25))
    assert same.note == ""
