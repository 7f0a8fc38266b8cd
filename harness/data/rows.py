"""Rows of scores beside each other: nothing told twice, nothing that says two things.

    one row       per check, side, base, seed, query and language (and setting)
    one cluster   and one language per query of a dataset, wherever it stands
    one value     per side, base, seed, query and measure, in whichever checks it stands

Cost: a sort per rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.data.columns import Faults, Texts, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.records.scores import Slot

ROOM = 2**62
"""Keys stay below, so that they fit an int64."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """R rows of a file: slot, seed, query, cluster, languages and value of each, and where it begins.

    `asked` and `answered` share their names; `answered` is the empty word where a row names none.
    """

    lines: NDArray[np.int64]
    slots: NDArray[np.int64]
    seeds: NDArray[np.int64]
    queries: Texts
    clusters: Texts
    asked: Texts
    answered: Texts
    values: NDArray[np.float64]

    def row_name(self, row: int) -> str:
        """Return the query of a row, and where it names one the language of its passages."""
        name, answered = self.queries.names[self.queries.codes[row]], self.answered.names[self.answered.codes[row]]
        return f"{shown(name)}{f' > {answered}' if answered else ''}"


def refuse_twofold(rows: Rows, slots: Sequence[Slot], faults: Faults) -> None:
    """Tell every row that stands there twice or says another thing than an earlier one."""
    _once(rows, slots, faults)
    _one_each(rows, slots, faults)
    _one_value(rows, slots, faults)


def row_keys(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number per row that differs where any column does."""
    key, room = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        codes = np.unique(column, return_inverse=True)[1].astype(np.int64)
        width = int(codes.max(initial=0)) + 1
        if room * width > ROOM:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            room = int(key.max(initial=0)) + 1
        key, room = key * width + codes, room * width
    return key


def _first(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each row, the first row of the file that all columns agree with."""
    _, first, inverse = np.unique(row_keys(*columns), return_index=True, return_inverse=True)
    return np.asarray(first[inverse], dtype=np.int64)


def _once(rows: Rows, slots: Sequence[Slot], faults: Faults) -> None:
    """Refuse a row that is told twice."""
    first = _first(rows.slots, rows.seeds, rows.queries.codes, rows.answered.codes)
    for row in np.flatnonzero(first != np.arange(len(first))).tolist():
        where = f"{slots[rows.slots[row]].where}, seed {rows.seeds[row]}"
        found = f"{rows.row_name(row)} as on line {rows.lines[first[row]]}"
        faults.add(int(rows.lines[row]), f"each query and language once ({where})", found, "keep one of the rows")


def _one_each(rows: Rows, slots: Sequence[Slot], faults: Faults) -> None:
    """Refuse a query that stands in two clusters, or in two languages."""
    names = list(dict.fromkeys(slot.dataset for slot in slots))
    dataset = np.array([names.index(slot.dataset) for slot in slots], dtype=np.int64)[rows.slots]
    first = _first(dataset, rows.queries.codes)
    for what, texts in (("cluster", rows.clusters), ("language", rows.asked)):
        other = np.flatnonzero(texts.codes != texts.codes[first])
        for row in other[np.unique(first[other], return_index=True)[1]].tolist():
            of, before = rows.queries.names[rows.queries.codes[row]], texts.names[texts.codes[first[row]]]
            expected = f"one {what} per query: {before!r} for {of!r} of {names[dataset[row]]}, as on line"
            todo = "put the language into the query's name" if what == "language" else ""
            found = repr(texts.names[texts.codes[row]])
            faults.add(int(rows.lines[row]), f"{expected} {rows.lines[first[row]]}", found, todo)


def _one_value(rows: Rows, slots: Sequence[Slot], faults: Faults) -> None:
    """Refuse two values of one measure of one query, told by two checks."""
    things = [
        (one.dataset, one.base, one.side, one.setting, str(one.check.measure), str(one.check.pairs)) for one in slots
    ]
    different = list(dict.fromkeys(things))
    thing = np.array([different.index(one) for one in things], dtype=np.int64)[rows.slots]
    first = _first(thing, rows.seeds, rows.queries.codes, rows.answered.codes)
    same_check = rows.slots == rows.slots[first]  # rows told twice are another fault
    for row in np.flatnonzero((rows.values != rows.values[first]) & ~same_check).tolist():
        slot = slots[rows.slots[row]]
        what = f"the {slot.check.measure} of {rows.row_name(row)}, {slot.where}, seed {rows.seeds[row]}"
        before, now = (float(rows.values[at]) for at in (first[row], row))
        todo = "one run has one value, whichever check it is brought for"
        expected = f"{what}: {before!r} as on line {rows.lines[first[row]]}"
        faults.add(int(rows.lines[row]), expected, repr(now), todo)
