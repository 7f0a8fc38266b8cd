"""Files of vectors that are read row by row: the oracle is the array that was written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.data.arrays import ArrayFile
from harness.errors import FileFaults


@pytest.mark.parametrize("dtype", ["<f2", ">f4", "<f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_itself_rows_are_those_of_the_array(tmp_path: Path, dtype: str, order: str) -> None:
    array = np.asarray(np.arange(24).reshape(6, 4), dtype=dtype, order=order)
    np.save(tmp_path / "a.npy", array)
    read = ArrayFile(tmp_path / "a.npy")
    assert (read.shape, read.dtype) == ((6, 4), array.dtype.newbyteorder("="))
    for rows in (slice(1, 4), slice(5, 9), np.array([4, 0, 4])):
        assert read[rows].dtype == read.dtype
        assert read[rows].tolist() == array[rows].tolist()


def test_exact_what_is_no_array_of_vectors_is_refused(tmp_path: Path) -> None:
    for name, array in (("flat", np.ones(3)), ("whole", np.ones((2, 2), dtype=int)), ("none", np.ones((0, 2)))):
        np.save(tmp_path / f"{name}.npy", array)
    (tmp_path / "text.npy").write_text("no array")
    (tmp_path / "empty.npy").touch()
    for name in ("flat", "whole", "none", "text", "empty", "absent"):
        with pytest.raises(FileFaults, match=f"{name}.npy"):
            ArrayFile(tmp_path / f"{name}.npy")


def test_rule_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.ones((3, 2)))
    read = ArrayFile(tmp_path / "a.npy")
    np.save(tmp_path / "a.npy", np.ones((4, 2)))
    with pytest.raises(FileFaults, match="as before, found"):
        read[0:1]
