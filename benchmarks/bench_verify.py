"""A whole run over `claims/`, cold (an empty store) and warm (nothing to make), against its limits.

The limits are wall seconds on two cores, after installation, and bytes of the largest process of
either run. Trainings that seek company for a contradiction lie outside the limit, because how
many there are depends on what was found; they are told beside. So does the red team, which is held
against the rest of the cold run. Each run is a process of its own,
with its own store and reports. What the store then remembers of its cells is told too: seconds
per operation, and minutes of cells per claim.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.row import Row

ROOT = Path(__file__).resolve().parent.parent
COLD_SECONDS = 720.0
WARM_SECONDS = 12.0
MOST_BYTES = 2 << 30
WORKERS = 2
KIB = 1 << 10
SEEKING, SOUGHT = "now seeking company", "company sought"
ATTACKING, ATTACKED = "now attacking", "attacked, after"
"""What the conductor tells before and after."""

RED_TEAM = 0.6
"""What the red team may add to a cold run."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Rows for the table, and what `harness plan` says of the finished store."""

    rows: list[Row]
    operations: dict[str, float]
    claims: dict[str, float]
    company: float


def _seconds(folder: Path) -> tuple[float, float, float]:
    """Return the seconds of a run, and of it those to seek company and those of the red team."""
    command = [sys.executable, "-m", "pytest", "claims/", "--workers", str(WORKERS), *_places(folder)]
    started = time.perf_counter()
    marks = dict.fromkeys((SEEKING, SOUGHT, ATTACKING, ATTACKED), 0.0)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout or ():
            marks.update({mark: time.perf_counter() for mark in marks if mark in line})
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command)
    seconds = time.perf_counter() - started
    return seconds, marks[SOUGHT] - marks[SEEKING], marks[ATTACKED] - marks[ATTACKING]


def _places(folder: Path) -> list[str]:
    return ["--store", str(folder / "store"), "--reports", str(folder / "reports")]


def _planned(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "harness", "plan", "claims/", "--json", *_places(folder)]
    found: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return found


def runs() -> Runs:
    """Run cold, then warm; return what both took."""
    with tempfile.TemporaryDirectory() as folder:
        (cold, company, attack), (warm, _, _) = _seconds(Path(folder)), _seconds(Path(folder))
        planned = _planned(Path(folder))
    seconds = {one["name"]: one["seconds"] for one in planned["operations"]}
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KIB
    rows = [
        Row(work=f"pytest claims/, {name}", against=f"a limit of {limit:.0f} s", ratio=took / limit, target=1.0)
        for name, took, limit in (("cold", cold - company - attack, COLD_SECONDS), ("warm", warm, WARM_SECONDS))
    ]
    rows.append(
        Row(work="the red team", against="the same cold run", ratio=attack / (cold - company - attack), target=RED_TEAM)
    )
    rows.append(
        Row(work="memory of the largest process", against="a limit of 2 GiB", ratio=largest / MOST_BYTES, target=1.0)
    )
    return Runs(rows, seconds, {one["claim"]: one["minutes_all"] for one in planned["claims"]}, company)


if __name__ == "__main__":
    for row in runs().rows:
        print(row.line())
