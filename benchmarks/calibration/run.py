"""All kinds of world, on several processes, and what follows from them.

The result is a pure function of the source, of numpy and scipy, and of the fixture: every draw is
named after its kind, so neither the number of processes nor their order changes a byte.
"""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, get_args

from benchmarks.calibration.criteria import LEAST_POWER, PROMISES, REFUSED, least_clusters
from benchmarks.calibration.fixture import FILE, read
from benchmarks.calibration.judged import judged
from benchmarks.calibration.kinds import MARGIN, SHARE, Kind
from benchmarks.calibration.shapes import all_shapes
from harness.codec import file_sha256
from harness.records.calibration import Calibration, CalibrationCell, Criterion, Population

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.calibration.shapes import Shape

WORLDS = 2000
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
TELL_EVERY_SECONDS = 10.0
DIGITS = 6


@cache
def shapes() -> dict[str, Shape]:
    """Return every shape by name; once per process."""
    return all_shapes(read()[1])


def cell_of(kind: Kind, worlds: int) -> CalibrationCell:
    """Return the cell of a kind of world."""
    return judged(kind, shapes()[kind.shape], worlds)


def run(kinds: Sequence[Kind], worlds: int, workers: int, tell: Callable[[str], None]) -> list[CalibrationCell]:
    """Return the cells of all kinds, in their order; the largest are begun first, so that none is left at the end."""
    started = told = time.monotonic()
    queue = sorted(kinds, key=lambda kind: -kind.seeds * kind.clusters)
    found: dict[Kind, CalibrationCell] = {}
    # a fresh process knows nothing of this one's threads
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for kind, cell in zip(queue, pool.map(partial(cell_of, worlds=worlds), queue), strict=True):
            found[kind] = cell
            now = time.monotonic()
            if now - told >= TELL_EVERY_SECONDS:
                told = now
                tell(f"{len(found)}/{len(queue)} cells after {now - started:.0f} s")
    tell(f"{len(found)} cells in {time.monotonic() - started:.0f} s")
    return [found[kind] for kind in kinds]


def drawn_again(kinds: Sequence[Kind], cells: Sequence[CalibrationCell]) -> list[Kind]:
    """Return other worlds of the kinds whose cells miss a promise."""
    return [
        replace(kind, draw=kind.draw + 1)
        for kind, cell in zip(kinds, cells, strict=True)
        if set(cell.misses) & set(PROMISES)
    ]


def calibration(
    cells: Sequence[CalibrationCell], others: Sequence[CalibrationCell], again: Sequence[CalibrationCell], worlds: int
) -> Calibration:
    """Return what the cells say; `others` decide nothing, nor does what was drawn `again`."""
    full = [cell.supported for cell in cells if cell.effect == "full" and cell.refused <= REFUSED]
    return Calibration(
        worlds=worlds,
        margin=float(MARGIN),
        seed_share=dict(SHARE),
        population=Population(contrast=read()[0], sha256=file_sha256(FILE)),
        cells=tuple(cells),
        beside=tuple(others),
        again=tuple(again),
        least={name: least_clusters(cells, (name,)) for name in CRITERIA},
        least_clusters=least_clusters(cells, PROMISES),
        mean_power=round(sum(full) / len(full), DIGITS),
        under_power=sum(power < LEAST_POWER for power in full),
        missed=tuple(cell for cell in cells if cell.misses),
        versions={package: version(package) for package in ("numpy", "scipy")},
    )
