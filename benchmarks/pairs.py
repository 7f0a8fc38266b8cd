"""Two things timed against each other in one process, and the memory of a process.

A machine that does other work at the same time slows down whatever runs at the moment, so both sides
are measured alternately and the median of the ratios of neighbours is taken: a slow minute makes
both sides of some pairs slow and no ratio of its own.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

STATUS = Path("/proc/self/status")
KIB = 1 << 10
MIB = 1 << 20


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes by the wall clock."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def ratio(ours: Callable[[], object], theirs: Callable[[], object], pairs: int) -> float:
    """Return the median ratio of the times of `ours` to those of `theirs`, measured alternately.

    Both are called once before: the first call of anything pays for loading it.
    """
    ours()
    theirs()
    return statistics.median(1.0 / (seconds(theirs) / seconds(ours)) for _ in range(pairs))


def peak_bytes() -> int:
    """Return the most memory that this process has held so far, mapped files included."""
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * KIB


def in_child(program: str) -> str:
    """Run a program in a Python of its own, and return what it prints."""
    done = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout
