"""What the names of a paper's tables, rows and columns say.

Nothing here knows one paper. Names are cut into atoms (`xlm-r_x-x-mono` -> xlm r x x mono), because
papers write one name in several ways: XLM-R and xlm-r, X-X and x-x-mono, xquad_r and XQuAD-R.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

ATOM = re.compile(r"[a-z]+|[0-9]+")
MEASURE = re.compile(
    r"(map|mrr|ap|f1|accuracy|exact-match|em|(?:ndcg|recall|r|p|precision|hits|success|mrr|map)@[0-9]+)"
)
RECALL = re.compile(r"(?:recall|r|hits|success)@([0-9]+)")
AT_LEAST_0 = (frozenset({"rank", "distance"}),)
WHOLE = frozenset({"queries", "questions", "candidates", "passages", "documents", "sentences", "pairs", "size"})
ASKED = frozenset({"queries", "questions"})
SEVERAL_POOLS = re.compile(r"cross-?lingual|multi-?lingual")
LANGUAGES = ("language", "languages")

Statistic = Literal["mean", "median", "sum", "min", "max"]
STATISTICS: dict[str, Statistic] = {
    "mean": "mean", "average": "mean", "avg": "mean", "avg.": "mean", "macro-average": "mean", "macro avg": "mean",
    "median": "median", "sum": "sum", "total": "sum", "min": "min", "minimum": "min", "max": "max", "maximum": "max",
}  # fmt: skip
"""What a row or column is called -> how it is made of the others."""


@cache
def atoms(name: str) -> frozenset[str]:
    """Return the atoms of a name, the second of two equal ones as `x#2`, so that a set can hold both."""
    counted: dict[str, int] = {}
    found = set()
    for atom in ATOM.findall(name.casefold()):
        counted[atom] = counted.get(atom, 0) + 1
        found.add(atom if counted[atom] == 1 else f"{atom}#{counted[atom]}")
    return frozenset(found)


def statistic(name: str) -> Statistic | None:
    """Return how a row or column of this name is made of the others, or None where it is not."""
    return STATISTICS.get(name.casefold().strip())


@cache
def pieces(name: str) -> tuple[str, ...]:
    """Return the parts of a column's name: `monolingual_x-x-mono` -> monolingual, x-x-mono."""
    return tuple(name.split("_"))


class Place(NamedTuple):
    """A measure's name and everything else that says which number a cell is."""

    measure: str
    rest: tuple[str, ...]


@cache
def place(row: tuple[str, ...], column: str, title: str) -> Place:
    """Return the measure a cell holds (empty where its names tell none), and its other names.

    A row's or column's own word goes before the title's.
    """
    parts = (*row, *pieces(column))
    named = [number for number, part in enumerate(parts) if MEASURE.fullmatch(part.casefold())]
    if named:
        first = named[0]
        return Place(parts[first].casefold(), parts[:first] + parts[first + 1 :])
    told = [word for word in title.split("-") if MEASURE.fullmatch(word)]
    return Place(told[0] if told else "", parts)


def is_whole(column: str) -> bool:
    """Tell whether a column counts things."""
    return bool(WHOLE & atoms(column))


def never_negative(title: str) -> bool:
    """Tell whether a table's numbers cannot be below zero, though nothing bounds them above."""
    return any(words <= atoms(title) for words in AT_LEAST_0)
