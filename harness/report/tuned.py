"""What tuning chose and between which doses, as tables for a README, on the validation split.

    chosen   one row per base and arm: the point that the arm took
    doses    one row per base and dose: x-x-mono at the grid's middle, which the dose is chosen by

`Cr/Mo` and rank distance are those that decide the regime, and only of x-x-mono; a base without a
regime is shown the same way. Nothing is computed but a ratio of two columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.records.tuning import Setup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.records.training import Settings
    from harness.records.tuning import Point, Tuning

BASELINE = "x-x-mono"

HEAD = (
    "base",
    "dose",
    "arm",
    "learning rate",
    "temperature",
    "Mo MAP",
    "Cr MAP",
    "Mul MAP",
    "Cr/Mo",
    "rank distance / chance",
)


def tuning_table(results: Tuning) -> str:
    """Return the chosen points as a table in Markdown, one line end after each line."""
    return _table(_chosen(results))


def doses_table(results: Tuning, middle: Settings) -> str:
    """Return what each dose that was tried came to at the grid's middle point, as `tuning_table` shows points."""
    tried = (
        point
        for point in results.points
        if point.setup
        == Setup(
            base=point.setup.base,
            dose=point.setup.dose,
            sampling=BASELINE,
            learning_rate=middle.learning_rate,
            temperature=middle.temperature,
        )
    )
    return _table(sorted(tried, key=lambda point: (point.setup.base, point.setup.dose)))


def _table(points: Iterable[Point]) -> str:
    rows = [HEAD, tuple("---" for _ in HEAD), *map(_row, points)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _chosen(results: Tuning) -> Iterator[Point]:
    known = {point.setup: point for point in results.points}
    for base, chosen in results.chosen.items():
        for sampling, (rate, temperature) in chosen.arms.items():
            wanted = (base, chosen.dose, sampling, rate, temperature)
            yield from (
                point
                for setup, point in known.items()
                if wanted == (setup.base, setup.dose, setup.sampling, setup.learning_rate, setup.temperature)
            )


def _row(point: Point) -> tuple[str, ...]:
    setup = point.setup
    ratio = f"{point.crosslingual / point.monolingual:.3f}" if point.monolingual else "none"
    scores = (point.monolingual, point.crosslingual, point.multilingual)
    return (
        setup.base,
        str(setup.dose),
        setup.sampling,
        f"{setup.learning_rate:g}",
        f"{setup.temperature:g}",
        *(f"{score:.3f}" for score in scores),
        ratio,
        f"{point.distance:.3f}",
    )
