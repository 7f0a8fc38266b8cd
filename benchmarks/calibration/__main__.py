"""Calibrate the judge and write `reports/calibration.json`; exit 1 where it judges fewer clusters than it may.

python -m benchmarks.calibration [--workers N] [--reports DIR]
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmarks.calibration.criteria import AGAIN
from benchmarks.calibration.kinds import beside, deciding
from benchmarks.calibration.run import WORLDS, calibration, drawn_again, run, shapes
from benchmarks.calibration.table import lines
from harness.codec import pretty
from harness.court.linear import LEAST_CLUSTERS
from harness.store.atomic import replace_file


@click.command()
@click.option("--workers", type=click.IntRange(min=1), default=2, help="Processes.")
@click.option("--reports", type=click.Path(path_type=Path, file_okay=False), default=Path("reports"))
def main(workers: int, reports: Path) -> None:
    """Calibrate, write the file, print the table."""
    wanted, others = deciding(shapes()), beside(shapes())
    cells = run([*wanted, *others], WORLDS, workers, lambda words: click.echo(words, err=True))
    missing = drawn_again(wanted, cells[: len(wanted)])
    again = run(missing, AGAIN * WORLDS, workers, lambda words: click.echo(words, err=True))
    told = calibration(cells[: len(wanted)], cells[len(wanted) :], again, WORLDS)
    path = replace_file(reports / "calibration.json", pretty(told.plain()))
    click.echo("\n".join(lines(told)))
    click.echo(f"{path}; the judge refuses fewer than {LEAST_CLUSTERS} clusters")
    sys.exit(told.least_clusters is None or told.least_clusters > LEAST_CLUSTERS)


if __name__ == "__main__":
    main()
