"""A calibration in a few lines: the worst of every number of clusters, and every cell that misses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.calibration.criteria import FALSE, REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.records.calibration import Calibration, CalibrationCell


def lines(told: Calibration) -> Iterator[str]:
    """Yield the table's lines."""
    yield (
        "clusters | least and most coverage | most false support, expected there | least power | most refused | "
        "cells that miss"
    )
    for number in sorted({cell.clusters for cell in told.cells}):
        yield _line(number, [cell for cell in told.cells if cell.clusters == number])
    yield f"power at full effect: mean {told.mean_power:.4f}, {told.under_power} cells measure below 90%"
    yield from (f"misses {', '.join(cell.misses)}: {_words(cell)}" for cell in told.missed)
    yield from (f"drawn again, ten times as often: {_words(cell)}" for cell in told.again)
    least = ", ".join(f"{name} {number or 'none'}" for name, number in told.least.items())
    yield f"least clusters: {told.least_clusters or 'none'} ({least}), {told.worlds} worlds per cell"


def _line(number: int, cells: list[CalibrationCell]) -> str:
    coverage = [cell.coverage for cell in cells]
    wrong = max((cell for cell in cells if cell.effect in FALSE), key=lambda cell: cell.supported)
    judged = [cell.supported for cell in cells if cell.effect == "full" and cell.refused <= REFUSED]
    power, refused = min(judged, default=0.0), max(cells, key=lambda cell: cell.refused)
    return (
        f"{number} | {min(coverage):.4f} to {max(coverage):.4f} | {wrong.supported:.4f}, {wrong.expected:.4f} "
        f"({wrong.shape}, {wrong.seeds} seeds) | {power:.4f} | {refused.refused:.4f} ({refused.shape}) "
        f"| {sum(bool(cell.misses) for cell in cells)}"
    )


def _words(cell: CalibrationCell) -> str:
    return (
        f"{cell.clusters} clusters, {cell.seeds} seeds, {cell.seed_variance} seed "
        f"variance, {cell.shape}, {cell.effect}: coverage {cell.coverage:.4f}, supported {cell.supported:.4f} "
        f"[{cell.at_least:.4f}, {cell.at_most:.4f}], expected {cell.expected:.4f}"
    )
