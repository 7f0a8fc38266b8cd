"""Scores that somebody brings: a CSV or parquet file, checked against what a claim can be judged by.

Each row is one value: `check` (`<id>/<dataset>/<base>`), `side` (an arm), `seed`, `query`, `value`,
`cluster`, `language` (of the query; `query>passage` for cross-lingual rows) and, where a check
takes several settings, `setting`. Read in two stages, each of which tells all that it finds:

    row by row   unknown checks and sides, cells that are empty or of the wrong form, values
                 outside their measure's range
    together     rows told twice, queries of two clusters or languages (`harness.data.rows`); rows,
                 seeds, sides or bases that are there for one and not for another, copied seeds
                 (`harness.data.complete`)

What a file does not speak of at all is left out: the check is then untested, which never helps.
Cost: 1,000,000 rows of CSV take 4 s and 200 MB, of parquet 2 s and 350 MB.
Source: design, Outside interfaces (harness judge).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from harness.data.columns import FINITE, LIMIT, Columns, Faults, Layout, Texts, shown
from harness.data.complete import sheets
from harness.data.rows import Rows, refuse_twofold
from harness.data.tables import read_columns
from harness.records.record import LANGUAGE
from harness.records.scores import COLUMNS, SETTING, ScoreTable, Slot
from harness.records.training import arm

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LAYOUT = Layout("value", tuple(name for name in COLUMNS if name != "value"), (SETTING,))
SEED = re.compile(r"[0-9]{1,18}")
CODE = re.compile(LANGUAGE)
ONE = 1 + 1e-9
"""The most that a mean of shares can be; sums of floats end a little above 1."""

FARTHEST = 2.0**53
"""No pool has so many passages; beyond, floats do not tell neighbouring ranks apart."""


class Wrong(NamedTuple):
    """What is wrong with a cell, or with cells beside each other."""

    expected: str
    found: str
    todo: str = ""


def read_scores(path: Path, slots: Sequence[Slot]) -> ScoreTable:
    """Return the scores in a file, sheet by sheet; `slots` are what a claim can be judged by.

    Raises:
        FileFaults: everything that is wrong with it, with the line of each row.
    """
    faults = Faults(path)
    columns = read_columns(path, LAYOUT, faults)
    rows = _Cells(columns, slots, faults).rows()
    faults.close()
    refuse_twofold(rows, slots, faults)
    found = sheets(rows, slots, faults)
    faults.close()
    return ScoreTable(str(path), len(rows.lines), found)


@dataclass(frozen=True, slots=True)
class _Cells:
    """The first stage: every cell on its own, and beside the check of its row."""

    columns: Columns
    slots: Sequence[Slot]
    faults: Faults

    def rows(self) -> Rows:
        """Return the rows as numbers; where a fault was told they mean nothing."""
        for name in LAYOUT.texts:
            self._each(name, lambda cell: None if cell.strip() else Wrong("a word or number in every cell", "nothing"))
        self._each("seed", _seed)
        slot = self._slot()
        asked, answered, languages = self._language(slot)
        self._range(slot)
        seeds = self.columns.texts["seed"]
        numbers = np.array([int(name) if SEED.fullmatch(name) else -1 for name in seeds.names], dtype=np.int64)
        return Rows(
            lines=self.columns.lines,
            slots=slot,
            seeds=numbers[seeds.codes],
            queries=self.columns.texts["query"],
            clusters=self.columns.texts["cluster"],
            asked=Texts(asked, languages),
            answered=Texts(answered, languages),
            values=self.columns.values,
        )

    def _each(self, column: str, look: Callable[[str], Wrong | None]) -> None:
        """Look once at each different cell of a column."""
        texts = self.columns.texts[column]
        self._tell(texts.codes, [look(name) for name in texts.names], f"in the column {column}")

    def _tell(self, codes: NDArray[np.int64], wrongs: Sequence[Wrong | None], where: str = "") -> None:
        """Tell each wrong with the first of its rows, and how many there are."""
        if not any(wrongs):
            return
        found, first, counts = np.unique(codes, return_index=True, return_counts=True)
        for code, at, count in zip(found.tolist(), first.tolist(), counts.tolist(), strict=True):
            wrong = wrongs[code]
            if wrong is not None:
                again = f" on {count:,} lines, this the first" if count > 1 else ""
                place = f" {where}" if where else ""
                self.faults.add(self._line(at), wrong.expected + place, wrong.found + again, wrong.todo)

    def _line(self, row: int) -> int:
        return int(self.columns.lines[row])

    def _slot(self) -> NDArray[np.int64]:
        """Return the number of each row's slot, -1 where it has none."""
        texts = [self.columns.texts[name] for name in ("check", "side", SETTING)]
        codes, combined = _together([one.codes for one in texts])
        index = _Index(self.slots)
        found = [
            index.find(*(one.names[at] for one, at in zip(texts, place, strict=True))) for place in combined.tolist()
        ]
        self._tell(codes, [one if isinstance(one, Wrong) else None for one in found])
        return np.array([one if isinstance(one, int) else -1 for one in found], dtype=np.int64)[codes]

    def _language(self, slot: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
        """Return the languages of each row's query and passage, as codes along sorted names."""
        texts = self.columns.texts["language"]
        codes, combined = _together([slot, texts.codes])
        told = [(self.slots[at] if at >= 0 else None, texts.names[name]) for at, name in combined.tolist()]
        self._tell(codes, [None if one is None or not name.strip() else _language(one, name) for one, name in told])
        pairs = [name.partition(">") for _, name in told]
        names = sorted({part for asked, _, answered in pairs for part in (asked, answered)})
        number = {name: at for at, name in enumerate(names)}
        asked = np.array([number[asked] for asked, _, _ in pairs], dtype=np.int64)
        answered = np.array([number[answered] for _, _, answered in pairs], dtype=np.int64)
        return asked[codes], answered[codes], tuple(names)

    def _range(self, slot: NDArray[np.int64]) -> None:
        """Refuse values that their measure cannot have."""
        values = self.columns.values
        for row in np.flatnonzero(np.isinf(values)).tolist():
            self.faults.add(self._line(row), FINITE, f"{values[row]:g}")
        distance = np.array([one.check.measure == "rank-distance" for one in self.slots] or [False])[slot]
        most = np.where(distance, FARTHEST, ONE)
        outside = np.isfinite(values) & (slot >= 0) & ((values < 0) | (values > most))
        for row in np.flatnonzero(outside).tolist():
            measure = self.slots[slot[row]].check.measure
            said = "a rank distance of at least 0" if distance[row] else f"a {measure} from 0 to 1"
            todo = "write shares, not percents" if 1 < values[row] <= 100 and not distance[row] else ""  # noqa: PLR2004
            self.faults.add(self._line(row), said, f"{values[row]:g}", todo)


def _together(codes: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which of the different combinations each row has (R,), and these (C, columns)."""
    key, sizes = np.zeros(len(codes[0]), dtype=np.int64), [int(one.max()) + 2 for one in codes]
    for one, size in zip(codes, sizes, strict=True):
        key = key * size + one + 1  # a code may be -1
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return inverse.astype(np.int64), np.stack([one[first] for one in codes], axis=1)


def _seed(cell: str) -> Wrong | None:
    if SEED.fullmatch(cell) or not cell.strip():
        return None
    return Wrong("a whole number of at least 0", shown(cell), "number the seeds")


def _language(slot: Slot, cell: str) -> Wrong | None:
    """Return what is wrong with a language beside the slot of its row."""
    asked, arrow, answered = cell.partition(">")
    if slot.setting == "crosslingual":
        if not (CODE.fullmatch(asked) and CODE.fullmatch(answered) and asked != answered):
            expected = f"two different languages as query>passage ({slot.where})"
            return Wrong(expected, shown(cell), "write en>de for a query in English, answered in German")
    elif arrow or not CODE.fullmatch(asked):
        return Wrong(f"the query's language, a code of 2 or 3 letters ({slot.where})", shown(cell))
    wanted = slot.check.languages
    if wanted is not None and asked not in wanted:
        return Wrong(f"a query in {' or '.join(wanted)}, of which {slot.check.id} speaks", shown(cell), "remove it")
    return None


class _Index:
    """Slots by what a row says: check, side, setting."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self.slots, self.unknown = slots, 0
        self.by_name: dict[str, dict[str, dict[str, int]]] = {}
        for number, slot in enumerate(slots):
            self.by_name.setdefault(slot.name, {}).setdefault(slot.side, {})[slot.setting] = number

    def find(self, name: str, side: str, setting: str) -> int | Wrong | None:
        """Return a slot's number, or why there is none; None where an empty cell was told already."""
        if not name.strip() or not side.strip():
            return None
        if name not in self.by_name:
            return self._unknown(name)
        sides = self.by_name[name]
        settings = sides.get(_arm(side))
        if settings is None:
            return Wrong(f"one of the sides {', '.join(sides)} of {name}", shown(side))
        first = self.slots[next(iter(settings.values()))]
        if setting in settings:
            return settings[setting]
        if not setting and not first.composite:
            return next(iter(settings.values()))
        takes = f"in the column setting one of {', '.join(settings)}, for {name}"
        return Wrong(takes, shown(setting), "" if first.composite else "leave it empty")

    def _unknown(self, name: str) -> Wrong:
        self.unknown += 1  # looking for a near name takes long, and no more than LIMIT are told
        near = get_close_matches(name, self.by_name, n=1) if self.unknown <= LIMIT else ()
        known = {part: dict.fromkeys(one.split("/")[at] for one in self.by_name) for at, part in enumerate(PARTS)}
        told = "; ".join(f"{part} one of {', '.join(found)}" for part, found in known.items())
        return Wrong(f"<check>/<dataset>/<base> ({told})", shown(name), f"did you mean {near[0]}?" if near else "")


PARTS = ("check", "dataset", "base")


def _arm(side: str) -> str:
    """Return the one name of an arm; what is none stays as it is."""
    try:
        return arm(side).label
    except ValueError:
        return side
