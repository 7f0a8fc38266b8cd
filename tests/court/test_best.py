"""Oracles: a plain sort; a whole list measures what the vectors measure; ties by row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.court.admit import admit_arrays
from harness.court.best import QUERIES_AT_ONCE, best, run_lines
from harness.court.pool import measure_run, measure_vectors
from harness.data.trec import read_run
from harness.errors import AdmissionRefused, UsageError
from harness.seeds import generator

QUERIES, PASSAGES = (
    generator("test", "best", name).integers(-2, 3, (count, 3)) + 0.5 for name, count in (("q", 70), ("p", 40))
)
"""Few different numbers, so many ties; more queries than stand in one block."""
QUERY_IDS, PASSAGE_IDS = [
    [f"{kind}{row}" for row in range(len(rows))] for kind, rows in (("q", QUERIES), ("p", PASSAGES))
]


@pytest.mark.parametrize("depth", [1, 7, 40, 1000])
def test_other_a_plain_sort_lists_the_same(depth: int) -> None:
    vectors = admit_arrays(QUERIES, PASSAGES)
    assert len(QUERIES) > QUERIES_AT_ONCE
    scores = vectors.queries @ vectors.passages.T
    listed = list(best(vectors.queries, vectors.passages, depth))
    assert len(listed) == len(QUERIES)
    for own, (rows, values) in zip(scores.tolist(), listed, strict=True):
        plain = sorted(range(len(own)), key=lambda row, own=own: (-own[row], row))[:depth]
        assert rows.tolist() == plain
        assert values.tolist() == [own[row] for row in plain]


def test_itself_a_whole_run_measures_what_the_vectors_measure(tmp_path: Path) -> None:
    rng = generator("test", "best", "judged")
    judged = {
        name: {str(one): 1 + at for at, one in enumerate(rng.choice(PASSAGE_IDS, 3, replace=False))}
        for name in QUERY_IDS
    }
    lines = list(run_lines(QUERIES, PASSAGES, QUERY_IDS, PASSAGE_IDS, len(PASSAGES)))
    (tmp_path / "run").write_text("\n".join(lines))
    read = read_run(tmp_path / "run", QUERY_IDS, PASSAGE_IDS)
    assert measure_run(read, judged, len(PASSAGES)) == measure_vectors(
        QUERIES, PASSAGES, judged, QUERY_IDS, PASSAGE_IDS
    )


def test_exact_a_line_is_one_of_trecs() -> None:
    lines = run_lines(np.array([[1.0, 0.0]]), np.array([[0.0, -1.0], [3.0, 0.0]]), ["q"], ["a", "b"], 2)
    assert list(lines) == ["q Q0 b 1 1.0 harness", "q Q0 a 2 0.0 harness"]


def test_degenerate_ids_and_vectors_that_no_run_can_hold() -> None:
    one = np.ones((1, 2))
    for name in ("a b", "a\t", ""):
        with pytest.raises(UsageError, match="ids without blanks"):
            list(run_lines(one, one, ["q"], [name], 1))
    with pytest.raises(AdmissionRefused):
        list(run_lines(one, one * np.nan, ["q"], ["a"], 1))
