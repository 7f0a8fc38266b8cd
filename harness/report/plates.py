"""Means of all measurements of a scope: what every encoder reached, seed by seed and language by language.

Rule: claims of one run share encoders, so what they measured is shown once. A *plate* is a dataset,
a setting and a measure: one row per encoder with its mean over seeds (of each seed the mean over
query languages, in the cross-lingual setting over ordered pairs, with equal weight: the macro-average
that the court's contrasts are made of) and the mean of every single seed. Bases before training
and the lexical baseline are averaged over the languages that the arms were measured on. Tables of
two claims go together unless they differ in a mean of the same name (other settings, folds): those
stand apart as runs of their own. Nothing here decides or is recorded; beside `grids` it is the
only place where this room adds numbers up.

What is shown: the measures that the claims' checks use, where they use them, and MAP beside them.
Cost: a few ms a claim; Arrow does the sums, in one thread, so that equal files give equal means.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from harness.records.claim import SETTINGS, Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.records.ruling import Ruling

LEXICAL, UNTRAINED, RELEASED = "lexical", "untrained", "released"
BASELINES = frozenset({LEXICAL, UNTRAINED, RELEASED})
QUANTILES = {f"rank-distance-p{percent}": f"p{percent}" for percent in (10, 25, 50, 75, 90)}
"""Of the distribution of rank distance over all questions; they stand within its plate, on none of their own."""

BESIDE = {"rank-distance": ("MAP", "rank-distance-over-chance", *QUANTILES)}
"""What a measure is not read without: sinking all translations together lowers rank distance too."""

BY = ["dataset", "setting", "measure", "base", "sampling", "alpha"]
BLOCK = "block"
"""A column of our own: all of `BY` in one string, by which rows are found again."""

ARMS = ("untrained", "x-x-mono", "x-y", "hybrid")
LAST = (RELEASED, LEXICAL)
"""What belongs to no base, at the end of a table."""


class Place(NamedTuple):
    """What is measured, and on what."""

    dataset: str
    setting: Setting
    measure: str


class Encoder(NamedTuple):
    """A row: a base and how its batches were filled, with alpha where that is not one half."""

    base: str
    arm: str


Languages = tuple[str, str]
Seeds = dict[int, float]
ByLanguage = dict[Languages, Seeds]
Key = tuple[Place, Encoder]
Sum = tuple[Any, ...]
"""Sum, least, greatest and number of all values of one encoder at one place, first and last of the languages, sum of
the seeds: encoders in which all of these are equal are taken for the same."""


@dataclass
class Measured:
    """The tables of claims that go together: values by place, encoder, languages and seed; which claims they are."""

    claims: list[str] = field(default_factory=list)
    sums: dict[Key, Sum] = field(default_factory=dict)
    values: dict[Key, ByLanguage] = field(default_factory=dict)

    def agrees(self, sums: Mapping[Key, Sum]) -> bool:
        """Tell whether all encoders that both hold have the same values."""
        return all(self.sums.get(key, own) == own for key, own in sums.items())


@dataclass(frozen=True)
class Line:
    """One encoder on one plate: its mean, the mean of each seed, and how many languages or pairs are behind them."""

    encoder: Encoder
    value: float
    seeds: tuple[float, ...]
    languages: int

    def plain(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"value": self.value, "seeds": list(self.seeds), "languages": self.languages}


@dataclass(frozen=True)
class Plate:
    """All encoders at one place, in the order of a table; `by_language` are their means over seeds."""

    place: Place
    lines: tuple[Line, ...]
    by_language: dict[Encoder, dict[Languages, float]]


def wanted_columns(checks: Iterable[Ruling]) -> frozenset[tuple[Setting, str]]:
    """Return the settings and measures that checks use, with MAP and what else stands beside them."""
    found: set[tuple[Setting, str]] = set()
    for check in checks:
        if check.measure is not None:
            own = SETTINGS if check.setting is None or check.setting == "balanced" else (check.setting,)
            names = {check.measure, *BESIDE.get(check.measure, ("MAP",))}
            found |= {(setting, name) for setting in own for name in names}
    return frozenset(found)


def together(tables: Mapping[str, pa.Table], wanted: Iterable[tuple[Setting, str]]) -> list[Measured]:
    """Return the claims' tables, those that agree put together; in the order of the claims."""
    columns = set(wanted)
    found: list[Measured] = []
    for claim, table in tables.items():
        chosen = _chosen(table, columns)
        sums, blocks = _sums(chosen, columns)
        home = next((one for one in found if one.agrees(sums)), None)
        if home is None:
            home = Measured()
            found.append(home)
        new = sums.keys() - home.sums.keys()
        home.claims.append(claim)
        home.sums.update(sums)
        home.values.update(_values(chosen, {blocks[key]: key for key in new}))
    return found


def _chosen(table: pa.Table, columns: set[tuple[Setting, str]]) -> pa.Table:
    measures, settings = ({column[at] for column in columns} for at in (1, 0))
    kept = pc.and_(
        pc.is_in(table["measure"], pa.array(sorted(measures), pa.string())),
        pc.is_in(table["setting"], pa.array(sorted(settings), pa.string())),
    )
    chosen = table.filter(kept)
    alpha = pc.fill_null(pc.cast(chosen["alpha"], pa.string()), "")
    names = [alpha if name == "alpha" else chosen[name] for name in BY]
    return chosen.append_column(BLOCK, pc.binary_join_element_wise(*names, "\n"))


def _sums(table: pa.Table, columns: set[tuple[Setting, str]]) -> tuple[dict[Key, Sum], dict[Key, str]]:
    """Return what tells the values of each encoder at each place apart, and the name of their block of rows."""
    of_values = [("value", kind) for kind in ("sum", "min", "max", "count")]
    of_names = [(name, kind) for name in ("query_language", "passage_language") for kind in ("min", "max")]
    looked_at = [*of_values, *of_names, ("seed", "sum")]
    grouped = table.group_by([BLOCK, *BY], use_threads=False).aggregate(looked_at)
    rows = {_key(row): row for row in grouped.to_pylist() if (row["setting"], row["measure"]) in columns}
    sums = {key: tuple(row[f"{name}_{kind}"] for name, kind in looked_at) for key, row in rows.items()}
    return sums, {key: row[BLOCK] for key, row in rows.items()}


def _key(row: Mapping[str, Any]) -> Key:
    arm = row["sampling"] if row["alpha"] in {None, 0.5} else f"{row['sampling']}@{row['alpha']:g}"
    return Place(row["dataset"], row["setting"], row["measure"]), Encoder(row["base"], arm)


def _values(table: pa.Table, wanted: Mapping[str, Key]) -> dict[Key, ByLanguage]:
    """Return the values of the blocks that are wanted; no other row is looked at."""
    own: dict[str, ByLanguage] = {block: {} for block in wanted}
    rows = table.filter(pc.is_in(table[BLOCK], pa.array(sorted(wanted), pa.string())))
    names = (BLOCK, "query_language", "passage_language", "seed", "value")
    for block, query, passage, seed, value in zip(*(rows[name].to_pylist() for name in names), strict=True):
        own[block].setdefault((query, passage), {})[seed] = value
    return {key: own[block] for block, key in wanted.items()}


def plates(measured: Measured) -> list[Plate]:
    """Return one plate per place, by dataset, setting and measure."""
    places = sorted({place for place, _ in measured.values}, key=_in_order)
    return [_plate(place, {enc: own for (at, enc), own in measured.values.items() if at == place}) for place in places]


def _plate(place: Place, encoders: Mapping[Encoder, ByLanguage]) -> Plate:
    asked = {pair for encoder, own in encoders.items() if encoder.arm not in BASELINES for pair in own}
    lines: list[Line] = []
    by_language: dict[Encoder, dict[Languages, float]] = {}
    for encoder in sorted(encoders, key=_rank):
        own = {pair: seeds for pair, seeds in encoders[encoder].items() if pair in asked or not asked}
        if own:
            seeds = [_mean([one[seed] for one in own.values()]) for seed in _shared(own)]
            by_language[encoder] = {pair: _mean(list(one.values())) for pair, one in sorted(own.items())}
            value = _mean(list(by_language[encoder].values()))
            lines.append(Line(encoder, value, tuple(seeds), len(own)))
    return Plate(place, tuple(lines), by_language)


def _shared(own: ByLanguage) -> list[int]:
    """Return the seeds that every language was measured under."""
    return sorted(set.intersection(*(set(seeds) for seeds in own.values())))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _in_order(place: Place) -> tuple[str, int, bool, str]:
    return (place.dataset, SETTINGS.index(place.setting), place.measure != "MAP", place.measure)


def _rank(encoder: Encoder) -> tuple[int, str, int, str]:
    """Base by base, in each the untrained one first and hybrids last; then released encoders, then the lexical one."""
    family = encoder.arm.partition("@")[0]
    rank = ARMS.index(family) if family in ARMS else len(ARMS)
    return (LAST.index(encoder.arm) if encoder.arm in LAST else -1, encoder.base, rank, encoder.arm)
