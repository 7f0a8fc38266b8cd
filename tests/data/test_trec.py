"""Readers: oracles are the formats' definitions, files with known faults, and bytes at random."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.data.arrays import read_array
from harness.data.trec import LIMIT, read_ids, read_judgements, read_run
from harness.errors import FileFaults
from harness.seeds import generator

FUZZ = settings(
    derandomize=True, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ID = st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r\ufeff"), min_size=1).filter(str.strip)


def written(folder: Path, data: bytes | str) -> Path:
    path = folder / "file"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "q1\tp1\t1\nq1\tp2\t0\nq2\tp1\t3\n",
        "q1\tp1\t1\r\nq1\tp2\t0\r\nq2\tp1\t3",
        "\ufeffq1\tp1\t1\nq1\tp2\t0\nq2\tp1\t3\n",
        "query-id\tcorpus-id\tscore\nq1\tp1\t1\nq1\tp2\t0\nq2\tp1\t3\n",
        "q1 0 p1 1\nq1 0 p2 0\nq2\t0\tp1\t3\n",
        "q1  0 p1 1 \nq1 Q0 p2   0\nq2 0 p1 3\n",
    ],
)
def test_rule_three_forms_of_judgements(tmp_path: Path, text: str) -> None:
    assert read_judgements(written(tmp_path, text)) == {"q1": {"p1": 1, "p2": 0}, "q2": {"p1": 3}}


@FUZZ
@given(judged=st.dictionaries(st.tuples(ID, ID), st.integers(0, 10**9 - 1), min_size=1), header=st.booleans())
def test_itself_judgements_come_back(tmp_path: Path, judged: dict, *, header: bool) -> None:
    lines = ["query-id\tcorpus-id\tscore"] * header + [f"{q}\t{p}\t{grade}" for (q, p), grade in judged.items()]
    read = read_judgements(written(tmp_path, "\n".join(lines)))
    assert {(q, p): grade for q, found in read.items() for p, grade in found.items()} == judged


BAD_JUDGEMENTS = {
    "empty": ("", r"file: expected at least one line, found an empty file"),
    "negative": ("q\tp\t-1", r"file:1: expected a grade .* found '-1'"),
    "fraction": ("q\tp\t1\nq\tr\t0.5", r"file:2: expected a grade .* found '0.5'"),
    "word": ("query\tpassage\tgrade\nq\tp\t1", r"file:1: expected a grade .* found 'grade'"),
    "long": ("q\tp\t" + "9" * 5000, r"file:1: expected a grade"),
    "two columns": ("q\tp", r"file:1: expected query, passage, grade"),
    "blanks": ("q p 1", r"file:1: expected query, passage, grade"),
    "blank line": ("q\tp\t1\n\nq\tr\t1", r"file:2: expected query, passage, grade"),
    "empty id": ("q\tp\t1\n\tr\t1", r"file:2: expected query, passage, grade"),
    "mixed forms": ("q 0 p 1\nq\tr\t1", r"file:2: expected query, passage, grade"),
    "twice": ("q\tp\t1\nq\tr\t1\nq\tp\t2", r"file:3: .* found 'q p' as on line 1"),
    "bytes": (b"q\tp\t1\nq\t\xff\t1", r"file:2: expected UTF-8, found byte 0xff at column 3"),
    "query": ("q\tp\t1\nz\tp\t1", r"file:2: expected the id of one of 1 queries, found 'z'"),
    "passage": ("q\tp\t1\nq\tz\t1", r"file:2: expected the id of one of 2 passages, found 'z'"),
}


@pytest.mark.parametrize("name", BAD_JUDGEMENTS)
def test_degenerate_judgements(tmp_path: Path, name: str) -> None:
    data, message = BAD_JUDGEMENTS[name]
    with pytest.raises(FileFaults, match=message):
        read_judgements(written(tmp_path, data), ["q"], ["p", "r"])


def test_rule_all_faults_of_a_file_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, b"q\tp\tx\nq\nq\tr\t1\nq\tr\t1\nz\tz\t1\n\xff\n")
    with pytest.raises(FileFaults) as refusal:
        read_judgements(path, ["q"], ["p", "r"])
    assert [fault.line for fault in refusal.value.faults] == [1, 2, 4, 5, 5, 6]


def test_rule_too_many_faults_are_counted(tmp_path: Path) -> None:
    with pytest.raises(FileFaults) as refusal:
        read_judgements(written(tmp_path, "bad\n" * 1000))
    assert len(refusal.value.faults) == LIMIT + 1
    assert "found 1000, of which 50 are shown" in str(refusal.value.faults[0])
    assert refusal.value.faults[-1].line == LIMIT


def test_rule_a_run_is_ordered_by_score_not_by_its_rank_column(tmp_path: Path) -> None:
    path = written(tmp_path, "q Q0 a 1 0.5 t\nq\tQ0\tb\t2\t2e0\tt\nq Q0 c 3 -1 t\nr Q0 a 1 1 t\n")
    assert read_run(path) == {"q": ("b", "a", "c"), "r": ("a",)}


TIED = "q Q0 10 1 1.0 t\nq Q0 9 2 1 t\nq Q0 2 3 1e0 t\nq Q0 30 4 3 t\n"


def test_rule_ties_go_by_file_of_ids_then_by_number_then_by_appearance(tmp_path: Path) -> None:
    assert read_run(written(tmp_path, TIED), ["q"], ["2", "10", "30", "9"])["q"] == ("30", "2", "10", "9")
    assert read_run(written(tmp_path, TIED))["q"] == ("30", "2", "9", "10")
    assert read_run(written(tmp_path, TIED.replace(" 9 ", " n ")))["q"] == ("30", "10", "n", "2")


BAD_RUNS = {
    "nan": ("q Q0 a 1 nan t", r"file:1: expected a finite score, found 'nan'"),
    "infinite": ("q Q0 a 1 1e999 t", r"file:1: expected a finite score, found '1e999'"),
    "word": ("q Q0 a 1 1_0 t", r"file:1: expected a finite score, found '1_0'"),
    "columns": ("q Q0 a 1 1", r"file:1: expected six columns"),
    "too many": ("q Q0 a 1 1 t t", r"file:1: expected six columns"),
    "twice": ("q Q0 a 1 1 t\nq Q0 a 2 0 t", r"file:2: .* found 'q a' as on line 1"),
    "query": ("z Q0 a 1 1 t", r"file:1: expected the id of one of 1 queries, found 'z'"),
    "passage": ("q Q0 z 1 1 t", r"file:1: expected the id of one of 1 passages, found 'z'"),
    "empty": ("", r"expected at least one line"),
}


@pytest.mark.parametrize("name", BAD_RUNS)
def test_degenerate_runs(tmp_path: Path, name: str) -> None:
    data, message = BAD_RUNS[name]
    with pytest.raises(FileFaults, match=message):
        read_run(written(tmp_path, data), ["q"], ["a"])


def test_rule_ids_are_lines(tmp_path: Path) -> None:
    assert read_ids(written(tmp_path, "b\na c\r\n\u00e9\u2028x\n")) == ("b", "a c", "\u00e9\u2028x")
    with pytest.raises(FileFaults, match=r"file:2: expected one id.*\n.*file:4: .* 'b' as on line 1"):
        read_ids(written(tmp_path, "b\n \nc\nb\n"))


def test_degenerate_missing_file(tmp_path: Path) -> None:
    for read in (read_judgements, read_run, read_ids, read_array):
        with pytest.raises(FileFaults, match="nowhere: expected a readable file, found No such file"):
            read(tmp_path / "nowhere")


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", ">f4"])
def test_itself_arrays_come_back(tmp_path: Path, dtype: str) -> None:
    array = generator("test", "npy").standard_normal((4, 3)).astype(dtype)
    path = tmp_path / "a.npy"
    np.save(path, array)
    read = read_array(path)
    assert (read == array).all()
    assert read.dtype == np.dtype(dtype).newbyteorder("=")


BAD_ARRAYS = {
    "one axis": (np.ones(3), r"expected shape .* found \(3,\)"),
    "no rows": (np.ones((0, 3)), r"expected shape .* found \(0, 3\)"),
    "integers": (np.ones((2, 2), int), "found int64"),
    "complex": (np.ones((2, 2), complex), "found complex128"),
    "nan": (np.array([[1.0, 2.0], [np.nan, np.inf]]), r"NaN or infinity in 1 rows, first row \[1\]"),
    "both": (np.ones(3, int), r"expected shape[^\n]*\n.*found int64"),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_degenerate_arrays(tmp_path: Path, name: str) -> None:
    array, message = BAD_ARRAYS[name]
    path = tmp_path / "a.npy"
    np.save(path, array)
    with pytest.raises(FileFaults, match=message):
        read_array(path)


def test_degenerate_arrays_of_objects_and_archives_are_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(FileFaults, match=r"expected an array in numpy's \.npy format"):
        read_array(path)
    np.savez(tmp_path / "a.npz", np.ones((2, 2)))
    with pytest.raises(FileFaults, match=r"expected an array in numpy's \.npy format"):
        read_array(tmp_path / "a.npz")


def outcome(read: Callable[[Path], Any], path: Path) -> Any:
    try:
        return read(path)
    except FileFaults as refusal:
        return refusal


def npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.ones((3, 2), np.float32))
    return stream.getvalue()


@FUZZ
@given(data=st.binary(max_size=200))
def test_itself_any_text_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    path = written(tmp_path, data)
    for read in (read_judgements, read_run, read_ids):
        found = outcome(read, path)
        assert found
        assert not isinstance(found, FileFaults) or all(fault.path == str(path) for fault in found.faults)


@FUZZ
@given(place=st.integers(0, len(npy()) - 1), byte=st.integers(0, 255), cut=st.integers(0, len(npy())))
def test_itself_any_array_file_is_read_or_refused(tmp_path: Path, place: int, byte: int, cut: int) -> None:
    data = bytearray(npy())
    data[place] = byte
    for damaged in (bytes(data), npy()[:cut]):
        found = outcome(read_array, written(tmp_path, damaged))
        assert isinstance(found, FileFaults) or found.ndim == 2
