"""The table of figures: its rows are what they say, without taking any figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import pairs
from benchmarks.__main__ import table, written
from benchmarks.bench_rank import drawn, full_depth
from benchmarks.row import Row
from harness.codec import pretty
from harness.errors import UsageError
from harness.records.bench import Bench, BenchRow


def test_a_target_is_met_up_to_and_including_it() -> None:
    assert Row(work="w", against="a", ratio=8.0, target=8.0).met
    assert not Row(work="w", against="a", ratio=8.01, target=8.0).met


def test_a_row_has_the_keys_of_the_public_table() -> None:
    told = Row(work="w", against="a", ratio=2.34567, target=8.0).record().plain()
    assert told == {"work": "w", "against": "a", "ratio": 2.346, "target": 8.0, "met": True}


def test_a_row_without_a_target_is_only_reported() -> None:
    row = Row(work="w", against="a", ratio=0.00123456, target=None)
    assert row.record().plain() == {"work": "w", "against": "a", "ratio": 0.00123, "target": None, "met": None}
    assert row.line() == "w | a | 0.0012 | none | reported"


def test_a_missed_target_says_by_how_much() -> None:
    assert Row(work="w", against="a", ratio=6.0, target=4.0).line() == "w | a | 6.00 | at most 4 | MISSED by 50%"


def test_the_median_of_pairs_is_ours_over_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 2.0, 2.0, 8.0, 8.0, 9.0, 9.0, 14.0, 14.0, 16.0, 16.0, 20.0])  # theirs, ours, in turn
    monkeypatch.setattr(pairs.time, "perf_counter", lambda: next(moments))
    assert pairs.ratio(lambda: None, lambda: None, 3) == 3.0


def test_the_peak_holds_what_was_held() -> None:
    size = pairs.peak_bytes() + (1 << 24)
    np.ones(size // 8)
    assert pairs.peak_bytes() > size


def test_what_is_measured_of_ranks_is_measured() -> None:
    vectors, judgements = drawn(22, 110, 8)
    *means, distance = full_depth(vectors, judgements)
    assert [0.0 < mean < 1.0 for mean in means] == [True] * 3
    assert 0.0 < distance < 110.0


def bench(**changes: object) -> Bench:
    rows = (
        BenchRow(work="fast", against="bare", ratio=2.345, target=4.0, met=True),
        BenchRow(work="slow", against="bare", ratio=6.0, target=4.0, met=False),
        BenchRow(work="told", against="BEIR", ratio=0.01234, target=None, met=None),
    )
    given = {
        "rows": rows,
        "seconds_per_operation": {"train": 1.0},
        "minutes_of_cells_per_claim": {"c01": None},
        "seconds_of_company": 2.0,
        "machine": {"cores": 2, "processor": "x86_64"},
        "versions": {"numpy": "2.0", "torch": "2.1"},
    }
    return Bench(**(given | changes))


def test_exact_the_table_says_what_was_written_and_names_what_was_missed(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_bytes(pretty(bench().plain()))
    assert table(written(path)) == (
        "2 cores, x86_64; numpy 2.0, torch 2.1.\n\n"
        "| work | against | ratio | target |\n| --- | --- | --- | --- |\n"
        "| fast | bare | 2.35 | at most 4 |\n"
        "| slow | bare | 6 | at most 4, MISSED |\n"
        "| told | BEIR | 0.0123 | none |\n"
    )


@pytest.mark.parametrize("text", [None, b"{", b'{"rows": []}'])
def test_degenerate_without_figures_there_is_no_table(tmp_path: Path, text: bytes | None) -> None:
    path = tmp_path / "bench.json"
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(UsageError, match="expected what `make bench` writes"):
        written(path)
