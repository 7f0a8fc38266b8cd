"""The file of real differences: one contrast's z (S, K) and its name, as `benchmarks.calibration.atlas` kept it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "calibration" / "atlas.npz"


def read(path: Path = FILE) -> tuple[str, NDArray[np.float64]]:
    """Return the name of the contrast and its z (S, K)."""
    with np.load(path, allow_pickle=False) as kept:
        return str(kept["contrast"]), kept["z"].astype(np.float64)


def write(contrast: str, z: NDArray[np.float64], path: Path = FILE) -> None:
    """Keep a contrast, in single precision; the same contrast gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, contrast=np.array(contrast), z=z.astype(np.float32))
