"""Rows of scores as sheets: all or none of what a question needs.

    all or none   a question (a check on a dataset) has rows of all its sides, bases and settings, of
                  every one under the same seeds, and under each of them on the same queries
    no copies     of a seed: an arm's values under two seeds are not the same

The last rule spares arms of which fewer than TELLING rows differ from the commonest value: two
trainings may well agree where nearly every query is answered perfectly.
Rows are sorted, so that their order in the file leaves no trace. Cost: a few sorts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from harness.data.columns import Faults
from harness.data.rows import Rows, row_keys
from harness.records.scores import Part, Queries, Sheet, Slot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.records.claim import Setting

NAMED = 3
"""How many of what is missing are named."""

TELLING = 30


def sheets(rows: Rows, slots: Sequence[Slot], faults: Faults) -> dict[tuple[str, str], Sheet]:
    """Return a sheet for each question that has rows; those with faults are told and left out."""
    ordered = _Ordered.of(rows)
    questions: dict[tuple[str, str], list[int]] = {}
    for number, slot in enumerate(slots):
        questions.setdefault(slot.question, []).append(number)
    found = {}
    for question, numbers in questions.items():
        if any(number in ordered.groups for number in numbers):
            sheet = _Question(rows, slots, numbers, ordered, faults).sheet()
            if sheet is not None:
                found[question] = sheet
    return found


class _Known(NamedTuple):
    """Every key, sorted, and a row that has it."""

    keys: NDArray[np.int64]
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Ordered:
    """Rows sorted by slot, seed, query and language: `order` (R,), `keys` (R,) of query and language.

    `groups` finds by slot, then seed, which part of `order` it is.
    """

    order: NDArray[np.int64]
    keys: NDArray[np.int64]
    groups: Mapping[int, Mapping[int, slice]]
    known: _Known

    def rows(self, slot: int) -> NDArray[np.int64]:
        """Return the rows of one slot, under all seeds."""
        return np.concatenate([self.order[part] for part in self.groups[slot].values()])

    @classmethod
    def of(cls, rows: Rows) -> _Ordered:
        keys = row_keys(rows.queries.codes, rows.answered.codes)
        order = np.lexsort((keys, rows.seeds, rows.slots))
        slots, seeds = rows.slots[order], rows.seeds[order]
        starts = np.flatnonzero(np.diff(slots, prepend=-1) | np.diff(seeds, prepend=-1))
        groups: dict[int, dict[int, slice]] = {}
        for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), len(order)], strict=True):
            groups.setdefault(int(slots[start]), {})[int(seeds[start])] = slice(start, stop)
        return cls(order, keys[order], groups, _Known(*np.unique(keys, return_index=True)))


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """All rows of one question; `numbers` are its slots."""

    rows: Rows
    slots: Sequence[Slot]
    numbers: Sequence[int]
    ordered: _Ordered
    faults: Faults

    def sheet(self) -> Sheet | None:
        """Return the sheet, or None where something is missing and was told."""
        groups = self.ordered.groups
        present = [number for number in self.numbers if number in groups]
        seeds = sorted({seed for number in present for seed in groups[number]})
        before = self.faults.total
        self._all_slots(present)
        self._all_seeds(present, seeds)
        parts: dict[tuple[str, Setting], list[int]] = {}
        for number in present:
            parts.setdefault((self.slots[number].dataset, self.slots[number].setting), []).append(number)
        for own in parts.values():
            self._same_rows(own)
        self._all_languages(present)
        if self.faults.total > before:
            return None
        self._copies(seeds)
        datasets = dict.fromkeys(dataset for dataset, _ in parts)
        queries = {name: self._queries([n for n in present if self.slots[n].dataset == name]) for name in datasets}
        return Sheet(
            seeds=tuple(seeds),
            queries={name: told for name, (_, told) in queries.items()},
            parts={place: self._part(own, queries[place[0]][0]) for place, own in parts.items()},
        )

    def _line(self, *numbers: int) -> int:
        """Return the first line of some slots."""
        parts = [part for number in numbers for part in self.ordered.groups[number].values()]
        return min(self._first_line(part) for part in parts)

    def _first_line(self, part: slice) -> int:
        return int(self.rows.lines[self.ordered.order[part]].min())

    def _all_slots(self, present: Sequence[int]) -> None:
        for number in self.numbers:
            if number not in present:
                slot = self.slots[number]
                todo = f"bring them, or no row of {slot.check.id} on {slot.asked_on}, which is then untested"
                self.faults.add(self._line(*present), f"rows of {slot.where} too", "none", todo)

    def _all_seeds(self, present: Sequence[int], seeds: Sequence[int]) -> None:
        for number in present:
            lacking = [seed for seed in seeds if seed not in self.ordered.groups[number]]
            if lacking:
                slot = self.slots[number]
                expected = f"in {slot.where} every seed that {slot.check.id} has elsewhere ({_several(seeds)})"
                self.faults.add(self._line(number), expected, f"none of seed {_several(lacking)}", "seeds are paired")

    def _same_rows(self, numbers: Sequence[int]) -> None:
        """Refuse groups whose rows are not those that most groups have."""
        keys = {
            (number, seed): self.ordered.keys[part]
            for number in numbers
            for seed, part in self.ordered.groups[number].items()
        }
        counted = Counter(one.tobytes() for one in keys.values())
        usual = np.frombuffer(counted.most_common(1)[0][0], dtype=np.int64)
        for (number, seed), own in keys.items():
            if np.array_equal(own, usual):
                continue
            where = f"{self.slots[number].where}, seed {seed}"
            part = self.ordered.groups[number][seed]
            more = np.flatnonzero(~np.isin(own, usual))
            lacking = usual[~np.isin(usual, own)]
            expected = f"the {len(usual):,} queries and languages of most arms and seeds in {where} too"
            todo = "measure every arm under every seed on the same queries"
            if len(lacking):
                found = f"{len(lacking):,} missing: {_several(self._named(lacking))}"
                self.faults.add(self._first_line(part), expected, found, todo)
            if len(more):
                rows = self.ordered.order[part][more]
                found = f"{len(more):,} more: {_several(self._named(own[more]))}"
                self.faults.add(int(self.rows.lines[rows].min()), expected, found, todo)

    def _named(self, keys: NDArray[np.int64]) -> list[str]:
        """Return the first rows in words, one more than is told."""
        known = self.ordered.known
        return [self.rows.row_name(int(row)) for row in known.rows[np.searchsorted(known.keys, keys[: NAMED + 1])]]

    def _all_languages(self, present: Sequence[int]) -> None:
        wanted = self.slots[present[0]].check.languages or ()
        asked = self.rows.asked
        for number in present:
            rows = self.ordered.rows(number)
            found = {asked.names[code] for code in np.unique(asked.codes[rows]).tolist()}
            lacking = [language for language in wanted if language not in found]
            if lacking:
                expected = f"queries in {' and '.join(wanted)} in {self.slots[number].where}"
                self.faults.add(self._line(number), expected, f"none in {', '.join(lacking)}")

    def _copies(self, seeds: Sequence[int]) -> None:
        """Refuse an arm with the same values under two seeds."""
        arms: dict[tuple[str, str], list[int]] = {}
        for number in self.numbers:
            arms.setdefault((self.slots[number].side, self.slots[number].base), []).append(number)
        for own in arms.values():
            seen: dict[bytes, int] = {}
            for seed in seeds:
                rows = np.concatenate([self.ordered.order[self.ordered.groups[number][seed]] for number in own])
                values = self.rows.values[rows]
                twin = seen.setdefault(values.tobytes(), seed)
                if twin != seed and len(values) - np.unique(values, return_counts=True)[1].max() >= TELLING:
                    expected = f"values of their own under each seed of {self.slots[own[0]].where}"
                    found = f"the {len(values):,} values of seed {twin} again under seed {seed}"
                    line = int(self.rows.lines[rows].min())
                    self.faults.add(line, expected, found, "bring trainings, not copies of one")

    def _queries(self, numbers: Sequence[int]) -> tuple[NDArray[np.int64], Queries]:
        """Return the queries of a dataset: their codes, and what is known of them."""
        rows = np.concatenate([self.ordered.rows(number) for number in numbers])
        codes, first = np.unique(self.rows.queries.codes[rows], return_index=True)
        chosen = rows[first]
        columns = (self.rows.queries, self.rows.asked, self.rows.clusters)
        return codes, Queries(*(tuple(one.names[at] for at in one.codes[chosen].tolist()) for one in columns))

    def _part(self, numbers: Sequence[int], queries: NDArray[np.int64]) -> Part:
        values = {}
        for number in numbers:
            for seed, part in self.ordered.groups[number].items():
                arm = (self.slots[number].side, self.slots[number].base, seed)
                values[arm] = self.rows.values[self.ordered.order[part]]
        some = next(iter(self.ordered.groups[numbers[0]].values()))
        rows = self.ordered.order[some]
        answered = self.rows.answered
        return Part(
            query_rows=np.searchsorted(queries, self.rows.queries.codes[rows]).astype(np.int64),
            passage_languages=tuple(answered.names[code] for code in answered.codes[rows].tolist()),
            values=values,
        )


def _several(things: Sequence[object]) -> str:
    """Name the first few, and say whether there are more."""
    named = ", ".join(map(str, things[:NAMED]))
    return f"{named}, .." if len(things) > NAMED else named
