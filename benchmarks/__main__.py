"""Take all figures, print the table, write `reports/bench.json`.

python -m benchmarks                    everything
python -m benchmarks --write README.md  the ratios that were written last, between two lines of a file
"""

from __future__ import annotations

import argparse
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
from harness.errors import HarnessError, UsageError
from harness.planner import versions
from harness.records.bench import Bench
from harness.store import section
from harness.store.atomic import replace_file

BENCH = Path("reports/bench.json")
SECTION = "bench"


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--write", type=Path, default=None, help="put the ratios written last into this file")
    chosen = parser.parse_args()
    if chosen.write is None:
        measure()
        return
    try:
        section.write(chosen.write, SECTION, table(written(BENCH)))
    except HarnessError as error:
        parser.exit(2, f"{error}\n")


def measure() -> None:
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
    replace_file(BENCH, pretty(told.plain()))
    print(BENCH)


def written(path: Path) -> Bench:
    """Return the figures of an earlier run.

    Raises:
        UsageError: there are none.
    """
    try:
        return Bench.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: expected what `make bench` writes, found {error}; run it first") from error


def table(bench: Bench) -> str:
    """Return all rows as a table of Markdown, with a line on what they were taken on."""
    machine, versions_ = bench.machine, bench.versions
    head = f"{machine['cores']} cores, {machine['processor']}; numpy {versions_['numpy']}, torch {versions_['torch']}."
    rows = [("work", "against", "ratio", "target"), ("---",) * 4]
    for row in bench.rows:
        missed = ", MISSED" if row.met is False else ""
        target = "none" if row.target is None else f"at most {row.target:g}{missed}"
        rows.append((row.work, row.against, f"{row.ratio:.3g}", target))
    return f"{head}\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    main()
