"""Vectors in numpy's own format, .npy: floats of shape (N, D), without objects; read whole, or row by row.

A file that is read row by row is mapped into memory for as long as it takes to copy the rows that are
asked for, so that a pool of many files takes no more memory than what is worked on.
Source: numpy.lib.format; design, Outside interfaces.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from tokenize import TokenError

import numpy as np
from numpy.typing import NDArray

from harness.errors import Fault, FileFaults

SHOWN = 60
FLOATS = ("float16", "float32", "float64")
UNREADABLE = (EOFError, MemoryError, OverflowError, RecursionError, SyntaxError, TokenError, TypeError, ValueError)
"""What numpy lets escape from a damaged header; `UserWarning` is its guess at an old one."""


def read_array(path: Path) -> NDArray[np.floating]:
    """Return the vectors of a .npy file, shape (N, D).

    Raises:
        FileFaults: not a .npy file, another shape or dtype, NaN or infinity.
    """
    array = _opened(path, mapped=False)
    if not np.isfinite(array).all():
        rows = np.unique(np.argwhere(~np.isfinite(array))[:, :1])
        found = f"NaN or infinity in {len(rows)} rows, first row {rows[:1]}"
        raise FileFaults([Fault(str(path), 0, "finite numbers", found, "mend the encoder")])
    return _native(array)


class ArrayFile:
    """The vectors of a .npy file, read as they are asked for: `shape` (N, D), `dtype` a float."""

    def __init__(self, path: Path) -> None:
        """Read the header alone; entries may still be NaN.

        Raises:
            FileFaults: not a .npy file, another shape or dtype.
        """
        array = _opened(path, mapped=True)
        self.path, self.shape, self.dtype = path, array.shape, array.dtype.newbyteorder("=")

    def __getitem__(self, rows: slice | NDArray[np.int64], /) -> NDArray[np.floating]:
        """Return a copy of some rows.

        Raises:
            FileFaults: the file is no longer what it was.
        """
        array = _opened(self.path, mapped=True)
        if array.shape != self.shape:
            raise FileFaults(
                [
                    Fault(
                        str(self.path), 0, f"shape {self.shape} as before", str(array.shape), "leave it alone meanwhile"
                    )
                ]
            )
        return _native(np.array(array[rows]))


def _native(array: NDArray[np.floating]) -> NDArray[np.floating]:
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _opened(path: Path, *, mapped: bool) -> NDArray[np.floating]:
    """Return an array of floats of two dimensions.

    Raises:
        FileFaults: as for `read_array`, entries aside.
    """
    try:
        with warnings.catch_warnings(action="error"):
            array = np.lib.format.open_memmap(path, mode="r") if mapped else _read(path)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise FileFaults([Fault(str(path), 0, "a readable file", found, "check the path")]) from error
    except (*UNREADABLE, UserWarning) as error:
        text = str(error)
        found = repr(text if len(text) <= SHOWN else text[:SHOWN] + "...")
        raise FileFaults([Fault(str(path), 0, "an array in numpy's .npy format", found, "np.save it")]) from error
    faults = [Fault(str(path), 0, *parts) for parts in _array_faults(array)]
    if faults:
        raise FileFaults(faults)
    return array


def _read(path: Path) -> NDArray[np.floating]:
    with path.open("rb") as stream:
        array: NDArray[np.floating] = np.lib.format.read_array(stream, allow_pickle=False)
    return array


def _array_faults(array: NDArray[np.generic]) -> Iterator[tuple[str, str, str]]:
    if array.ndim != 2 or 0 in array.shape:  # noqa: PLR2004  (rows and dimensions)
        yield "shape (rows, dimensions), none of them 0", str(array.shape), "stack the vectors"
    if array.dtype.name not in FLOATS:
        yield f"one of {', '.join(FLOATS)}", str(array.dtype), "save floats"
