"""A table of text cells and one column of numbers: what its file must hold, and its faults.

Text stands as codes along the sorted different cells, so that what follows looks at each different
cell once and the order of rows leaves no trace. Faults are gathered and told together: at most
LIMIT of a file, with a count of the rest. `harness.data.tables` reads such tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import Fault, FileFaults

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMIT = 50
KEPT = 20 * LIMIT
SHOWN = 60
NAMED = 12
FINITE = "a finite number with a decimal point"


class Faults:
    """The faults of one file, as they are found."""

    def __init__(self, path: Path) -> None:
        """Start without any."""
        self.path = str(path)
        self.total = 0
        self._kept: list[Fault] = []

    def add(self, line: int, expected: str, found: str, todo: str = "") -> None:
        """Add one; of very many only the first are kept, the others counted."""
        self.total += 1
        self._kept.append(Fault(self.path, line, expected, found, todo))
        if len(self._kept) > KEPT:
            self._kept = self._first()

    def close(self) -> None:
        """Raise what was found, in the order of lines.

        Raises:
            FileFaults: there is any.
        """
        if self.total > LIMIT:
            found = f"{self.total:,}, of which {LIMIT} are shown"
            raise FileFaults([Fault(self.path, 0, "no faults", found, "mend these first"), *self._first()])
        if self.total:
            raise FileFaults(self._kept)

    def _first(self) -> list[Fault]:
        return sorted(self._kept, key=lambda fault: fault.line)[:LIMIT]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """One column of text: the cell of row i is `names[codes[i]]`; `names` are sorted, each once."""

    codes: NDArray[np.int64]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A table of R rows: where each begins, its texts by column, its numbers (NaN where a fault was told)."""

    lines: NDArray[np.int64]
    texts: dict[str, Texts]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a table has: one of numbers, those of text, and those that may be left out (as if empty)."""

    number: str
    texts: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns that must be there."""
        return (*self.texts, self.number)


def shown(cell: str) -> str:
    """Return a cell as a fault shows it, cut where it is long."""
    if not cell:
        return "nothing"
    return repr(cell if len(cell) <= SHOWN else cell[:SHOWN] + "...")


def refuse_columns(names: Sequence[str], layout: Layout, line: int, faults: Faults) -> None:
    """Refuse columns that are missing, unknown or there twice; which order they come in says nothing.

    Raises:
        FileFaults: there are such.
    """
    known = (*layout.names, *layout.optional)
    if len(names) == 1 and len(layout.names) > 1:
        told = f"the columns {', '.join(layout.names)}, separated by commas"
        faults.add(line, told, shown(names[0]), "begin with this header")
    else:
        told = ", ".join(map(shown, names[:NAMED])) + (", .." if len(names) > NAMED else "")
        for name in layout.names:
            if name not in names:
                faults.add(line, f"a column {name}", f"none among {told}", "add it")
        for name, times in Counter(names).items():
            if name not in known:
                faults.add(line, f"one of the columns {', '.join(known)}", shown(name), "remove it: it decides nothing")
            elif times > 1:
                faults.add(line, "each column once", f"{name} again", "remove one")
    faults.close()


def sorted_texts(codes: NDArray[np.int64], names: Sequence[str]) -> Texts:
    """Return texts along sorted names; the cell of row i is `names[codes[i]]`, each name once."""
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    return Texts(place[codes], tuple(names[at] for at in order))


def no_texts(rows: int) -> Texts:
    """Return a column of empty cells."""
    return Texts(np.zeros(rows, dtype=np.int64), ("",))
