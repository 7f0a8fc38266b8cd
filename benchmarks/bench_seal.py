"""What sealing costs: the start of a process, and work inside against the same work outside.

Work: a process that does nothing behind the best walls of this machine, started as every process of the
lab is, less the same start without walls, in milliseconds against 60. Then a worker that has imported what
the lab needs, and forks for each order, as the lab does: the same tiny training inside and outside.
Both are medians over starts or orders measured alternately in one run.
"""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.row import Row
from harness.codec import canonical, sha256
from harness.court.sandbox import Enclosure, enclosure
from harness.data import catalogue
from harness.engine.processes import start
from harness.engine.worker import Worker
from harness.records.cells import Cell, PretrainCell
from harness.records.scope import DataBinding
from harness.records.training import Recipe

STARTS, LIMIT_MS = 31, 60.0
ORDERS, TARGET = 15, 1.05
RECIPE = Recipe(
    buckets=2048, width=32, dimensions=32, shortest=2, longest=3, dose=60, batch=32, learning_rate=0.01, temperature=0.1
)
TEXTS = DataBinding(source="atlas", part="parallel", languages=("de", "en", "es"), facts=60)


def _start(walls: Enclosure, home: Path) -> float:
    """Return the seconds from the start of a process that does nothing to its end."""
    started = time.perf_counter()
    with walls.walls.launch(home, ("this",), walls.limits) as launch:
        child = start(launch, home, subprocess.DEVNULL, subprocess.DEVNULL, subprocess.DEVNULL)
    status = child.wait()
    taken = time.perf_counter() - started
    if status:
        raise RuntimeError(f"expected a start, found status {status}")
    return taken


def _alternately(sealed: Enclosure, bare: Enclosure, homes: Path) -> list[tuple[float, float]]:
    return [(_start(sealed, homes / "sealed"), _start(bare, homes / "bare")) for _ in range(STARTS)]


def _cell(texts: str, seed: int) -> Cell:
    work = PretrainCell(recipe=RECIPE, seed=seed, texts=texts)
    return Cell(work=work, label="tiny", source="0" * 64, versions={}, seal="UNSEALED")


def _orders(sealed: Enclosure, bare: Enclosure, homes: Path) -> list[tuple[float, float]]:
    """Return seconds that a worker says a cell took, inside and outside."""
    data = canonical(catalogue.parallel(TEXTS).plain())
    texts = sha256(data)
    (homes / "texts").write_bytes(data)
    workers = [Worker(homes / "inside", sealed), Worker(homes / "outside", bare)]
    try:
        for worker in workers:
            worker.carry_out(_cell(texts, 0), homes / "texts", None, 600)  # imports, and reads the texts
        return [
            (
                workers[0].carry_out(_cell(texts, seed), homes / "texts", None, 600)[0],
                workers[1].carry_out(_cell(texts, seed), homes / "texts", None, 600)[0],
            )
            for seed in range(ORDERS)
        ]
    finally:
        for worker in workers:
            worker.close()


def rows() -> list[Row]:
    """Measure; return one row per figure for the table of benchmarks."""
    with ExitStack() as stack:
        homes = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="harness-bench-")))
        sealed = stack.enter_context(enclosure())
        bare = stack.enter_context(enclosure(allow_unsealed=True, tiers=()))
        _alternately(sealed, bare, homes)  # the first start of anything pays for reading it
        starts = _alternately(sealed, bare, homes)
        orders = _orders(sealed, bare, homes)
    cost = 1000 * statistics.median(inside - outside for inside, outside in starts)
    ratio = statistics.median(inside / outside for inside, outside in orders)
    tier = sealed.seal.tier
    return [
        Row(
            work=f"milliseconds that a start behind {tier} takes longer",
            against="1 ms",
            ratio=cost,
            target=LIMIT_MS,
        ),
        Row(work=f"a tiny cell forked behind {tier}", against="the same outside", ratio=ratio, target=TARGET),
    ]


if __name__ == "__main__":
    print("\n".join(row.line() for row in rows()))
