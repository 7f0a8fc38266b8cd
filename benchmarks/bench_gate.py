"""What the gate costs: the whole command, over the accepted verdicts of this repository against themselves.

Work: `harness gate` in a process of its own, in seconds against 1; the median over runs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.row import Row

RUNS, LIMIT_S = 7, 1.0
ACCEPTED = Path("reports/accepted")
COMMAND = (sys.executable, "-m", "harness", "gate", "--baseline", str(ACCEPTED), "--current", str(ACCEPTED))


def _gate() -> float:
    started = time.perf_counter()
    subprocess.run(COMMAND, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def rows() -> list[Row]:
    """Measure; return one row for the table of benchmarks."""
    _gate()  # the first start pays for reading files
    seconds = statistics.median(_gate() for _ in range(RUNS))
    claims = len(list(ACCEPTED.glob("*.json")))
    return [Row(work=f"seconds that the gate takes over {claims} claims", against="1 s", ratio=seconds, target=LIMIT_S)]


if __name__ == "__main__":
    print("\n".join(row.line() for row in rows()))
