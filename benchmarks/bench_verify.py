"""A whole run over `claims/`, cold (an empty store) and warm (nothing to make), against its limits.

The limits are wall seconds on two cores, after installation. Each run is a process of its own,
with its own store and reports.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.row import Row

ROOT = Path(__file__).resolve().parent.parent
COLD_SECONDS = 180.0
WARM_SECONDS = 10.0
WORKERS = 2


def _seconds(folder: Path) -> float:
    command = [sys.executable, "-m", "pytest", "claims/", "--workers", str(WORKERS)]
    places = ["--store", str(folder / "store"), "--reports", str(folder / "reports")]
    started = time.perf_counter()
    subprocess.run([*command, *places], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def rows() -> list[Row]:
    """Return one row for the cold run and one for the warm run after it."""
    with tempfile.TemporaryDirectory() as folder:
        taken = [_seconds(Path(folder)) for _ in range(2)]
    return [
        Row(work=f"pytest claims/, {name}", against=f"a limit of {limit:.0f} s", ratio=seconds / limit, target=1.0)
        for name, seconds, limit in zip(("cold", "warm"), taken, (COLD_SECONDS, WARM_SECONDS), strict=True)
    ]
