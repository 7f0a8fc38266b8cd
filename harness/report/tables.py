"""Means of a claim's measurements, one row per encoder, for the tables of the page.

Rule: the mean over seeds of each query language (of each ordered pair in the cross-lingual
setting), then the mean of those with equal weight: the macro-average that the court's contrasts
are made of. Bases before training and the lexical baseline are averaged over the language pairs
that the arms were measured on, so that one column speaks of one set of rows. Nothing here decides
or is recorded; it is the only place where this room adds numbers up.

What is shown: the measures that the claim's checks use, where they use them, and MAP beside them.
Cost: 5 ms a claim; Arrow does the sums, in one thread, so that equal files give equal means.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, get_args

import pyarrow as pa
import pyarrow.compute as pc

from harness.records.claim import Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.records.ruling import Ruling

LEXICAL, UNTRAINED = "lexical", "untrained"
BASELINES = frozenset({LEXICAL, UNTRAINED})
SETTINGS: tuple[Setting, ...] = get_args(Setting)
BESIDE = {"rank-distance": ("MAP", "rank-distance-over-chance")}
"""What a measure is not read without: sinking all translations together lowers rank distance too."""

BY = ["base", "sampling", "alpha", "dataset", "setting", "measure", "query_language", "passage_language"]
ARMS = ("untrained", "x-x-mono", "x-y", "hybrid")


@dataclass(frozen=True, order=True)
class Encoder:
    """A row: a base and how its batches were filled, with alpha where that is not one half."""

    base: str
    arm: str


@dataclass(frozen=True)
class Mean:
    """A cell: the mean, over how many seeds and how many languages or pairs of languages."""

    value: float
    seeds: int
    languages: int


@dataclass(frozen=True)
class Table:
    """One dataset: `cells` by encoder and column; a column is a setting and a measure."""

    dataset: str
    columns: tuple[tuple[Setting, str], ...]
    rows: tuple[Encoder, ...]
    cells: dict[tuple[Encoder, tuple[Setting, str]], Mean]

    def plain(self) -> dict[str, dict[str, dict[str, dict[str, dict[str, Any]]]]]:
        """Return the cells by setting, measure, base and arm."""
        found: dict[str, dict[str, dict[str, dict[str, dict[str, Any]]]]] = {}
        for (encoder, (setting, measure)), mean in self.cells.items():
            of_base = found.setdefault(setting, {}).setdefault(measure, {}).setdefault(encoder.base, {})
            of_base[encoder.arm] = asdict(mean)
        return found


def wanted_columns(checks: Iterable[Ruling]) -> tuple[tuple[Setting, str], ...]:
    """Return the settings and measures that checks use, with MAP and what else stands beside them."""
    found: set[tuple[Setting, str]] = set()
    for check in checks:
        if check.measure is not None:
            own = SETTINGS if check.setting is None or check.setting == "balanced" else (check.setting,)
            names = {check.measure, *BESIDE.get(check.measure, ("MAP",))}
            found |= {(setting, name) for setting in own for name in names}
    return tuple(sorted(found, key=lambda column: (SETTINGS.index(column[0]), column[1] != "MAP", column[1])))


def tables(measured: pa.Table, columns: Sequence[tuple[Setting, str]]) -> list[Table]:
    """Return one table per dataset; a column without any row is left out."""
    cells = _by_language(measured, columns)
    return [_table(name, cells[name], columns) for name in sorted(cells)]


Place = tuple[Setting, str]
Languages = dict[tuple[str, str], tuple[float, int]]
Cells = dict[tuple[Encoder, Place], Languages]


def _by_language(measured: pa.Table, columns: Sequence[Place]) -> dict[str, Cells]:
    """Return means over seeds and how many there were, by dataset, encoder, column and languages."""
    chosen = measured.filter(pc.is_in(measured["measure"], pa.array({name for _, name in columns}, pa.string())))
    grouped = chosen.group_by(BY, use_threads=False).aggregate([("value", "mean"), ("value", "count")])
    found: dict[str, Cells] = {}
    for row in grouped.to_pylist():
        place = (row["setting"], row["measure"])
        if place in columns:
            arm = row["sampling"] if row["alpha"] in {None, 0.5} else f"{row['sampling']}@{row['alpha']:g}"
            own = found.setdefault(row["dataset"], {}).setdefault((Encoder(row["base"], arm), place), {})
            own[row["query_language"], row["passage_language"]] = (row["value_mean"], row["value_count"])
    return found


def _table(dataset: str, cells: Cells, columns: Sequence[Place]) -> Table:
    asked: dict[Place, set[tuple[str, str]]] = {}
    for (encoder, place), languages in cells.items():
        if encoder.arm not in BASELINES:
            asked.setdefault(place, set()).update(languages)
    means = {
        (encoder, place): _mean([one for key, one in languages.items() if key in asked.get(place, languages)])
        for (encoder, place), languages in cells.items()
    }
    kept = {key: mean for key, mean in means.items() if mean.languages}
    rows = sorted({encoder for encoder, _ in kept}, key=_order)
    present = {place for _, place in kept}
    return Table(dataset, tuple(place for place in columns if place in present), tuple(rows), kept)


def _mean(values: Sequence[tuple[float, int]]) -> Mean:
    if not values:
        return Mean(math.nan, 0, 0)
    return Mean(math.fsum(value for value, _ in values) / len(values), min(seeds for _, seeds in values), len(values))


def _order(encoder: Encoder) -> tuple[bool, str, int, str]:
    """Base by base, in each the untrained one first and hybrids last; the lexical baseline at the end."""
    family = encoder.arm.partition("@")[0]
    rank = ARMS.index(family) if family in ARMS else len(ARMS)
    return (encoder.base == LEXICAL, encoder.base, rank, encoder.arm)
