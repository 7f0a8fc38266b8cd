"""Take all figures, print the table, write `reports/bench.json`."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

from benchmarks import (
    bench_gate,
    bench_judge,
    bench_page,
    bench_rank,
    bench_seal,
    bench_shards,
    bench_train,
    bench_verify,
)
from harness.codec import pretty
from harness.planner import versions
from harness.records.bench import Bench
from harness.store.atomic import replace_file


def main() -> None:
    """Run every benchmark; missing a target is told, not hidden, and is no failure of this command."""
    runs = bench_verify.runs()  # first: the largest process among its children is one of its own
    found = [*bench_rank.rows(), *bench_shards.rows(), *bench_judge.rows(), *bench_gate.rows()]
    found += [*bench_seal.rows(), *bench_train.rows(), *bench_page.rows(), *runs.rows]
    for row in found:
        print(row.line())
    told = Bench(
        rows=tuple(row.record() for row in found),
        seconds_per_operation=runs.operations,
        minutes_of_cells_per_claim=runs.claims,
        seconds_of_company=runs.company,
        machine={"cores": os.cpu_count(), "processor": platform.processor() or platform.machine()},
        versions={**versions(), "numba": metadata.version("numba"), "beir": metadata.version("beir")},
    )
    path = Path("reports/bench.json")
    path.parent.mkdir(exist_ok=True)
    replace_file(path, pretty(told.plain()))
    print(path)


if __name__ == "__main__":
    main()
