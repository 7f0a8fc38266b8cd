"""Counts that the text states, held against each other and against what the tables list.

A count speaks by its name: `XQuAD-R cross-lingual settings`. Of L languages there are L
monolingual and L (L - 1) cross-lingual settings, ordered pairs, so settings are counted as
languages are. Of the names in front of it those are taken that the paper's tables have; a place
answers if its table's title, column and row have them all:

- a table with a key column `language`: its rows, or those where the column has a number;
- a column `languages` with lists of codes: a row's list, or all its codes where no row is named.

A count without any place that answers, or that some place confirms, is let be. Two statements with
one name must say one number.

Limits: names decide, so that 18 languages of a collection and 15 that were evaluated are told
apart by nobody; such a finding says so and weighs least.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.audit.names import LANGUAGES, atoms, statistic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.audit.layout import Paper, Statement, Table
    from harness.audit.numbers import Kind
    from harness.audit.relations import World

CROSSLINGUAL = re.compile(r"\bcross-?lingual\b", re.IGNORECASE)
MONOLINGUAL = re.compile(r"\bmono-?lingual\b", re.IGNORECASE)
NOUN = re.compile(r"\b(languages|settings)\b", re.IGNORECASE)
CODES = re.compile(r"[a-z]{2,3}( [a-z]{2,3})*")

OF_LANGUAGES: dict[str, Callable[[int], int]] = {
    "languages": lambda languages: languages,
    "monolingual settings": lambda languages: languages,
    "crosslingual settings": lambda languages: languages * (languages - 1),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """How many languages a place of the tables lists; `cell` where it is one cell."""

    where: str
    languages: int


@dataclass(frozen=True, slots=True)
class Count:
    """Statements with one name, and the places that answer it."""

    statements: tuple[str, ...]
    what: str
    places: tuple[Listed, ...]

    @property
    def kind(self) -> str:
        """As in the statements."""
        return "count"

    @property
    def family(self) -> str:
        """Nothing is rounded."""
        return "count"

    @property
    def cells(self) -> tuple[str, ...]:
        """The statements and the places, which are cells or columns."""
        return (*self.statements, *(place.where for place in self.places))

    @property
    def counted(self) -> Callable[[int], int]:
        """What so many languages come to."""
        return OF_LANGUAGES[self.what]

    def holds(self, world: World, _kind: Kind) -> bool:
        """See whether a place confirms the number; statements that differ are `Alike`'s affair."""
        said = {world.values[one] for one in self.statements}
        confirmed = {self.counted(place.languages) for place in self.places}
        return len(said) > 1 or said <= confirmed

    def follows(self, _world: World, _kind: Kind) -> str:
        """Say which numbers stand where."""
        return "; ".join([*self.listed(), "the same name may stand for another set"])

    def listed(self) -> list[str]:
        """Return what each place lists."""
        return [f"{place.where} lists {self.counted(place.languages)}" for place in self.places]


@dataclass(frozen=True, slots=True)
class Alike:
    """Statements that count one thing; `also` is what tables list of it."""

    statements: tuple[str, ...]
    also: Count | None

    @property
    def kind(self) -> str:
        """As in the statements."""
        return "count"

    @property
    def family(self) -> str:
        """Nothing is rounded."""
        return "count"

    @property
    def cells(self) -> tuple[str, ...]:
        """The statements and what tables list."""
        return (*self.statements, *(() if self.also is None else (place.where for place in self.also.places)))

    def holds(self, world: World, _kind: Kind) -> bool:
        """See whether they say one number."""
        return len({world.values[one] for one in self.statements}) == 1

    def follows(self, _world: World, _kind: Kind) -> str:
        """Say that one thing has one number, and what tables list."""
        return "; ".join(["one thing has one number", *(self.also.listed() if self.also is not None else ())])


def counts(paper: Paper) -> Iterator[Count | Alike]:
    """Yield what each name of a count must fulfil."""
    named: dict[tuple[str, frozenset[str]], list[Statement]] = defaultdict(list)
    for one in paper.statements:
        what = what_is_counted(one.left)
        if one.kind == "count" and what:
            named[what, dataset_names(one.left)].append(one)
        elif one.kind == "count":
            named[one.left.casefold(), frozenset()].append(one)
    vocabulary = frozenset[str]().union(*(_all_names(table) for table in paper.tables))
    for (what, names), told in named.items():
        ids = tuple(one.id for one in told)
        places = tuple(_places(names & vocabulary, paper)) if what in OF_LANGUAGES else ()
        count = Count(ids, what, places) if places else None
        if count is not None:
            yield count
        if len(ids) > 1:
            yield Alike(ids, count)


def what_is_counted(name: str) -> str:
    """Return which of OF_LANGUAGES a name speaks of, or nothing."""
    noun = NOUN.search(name)
    if noun is None or noun[1].casefold() == "languages":
        return "languages" if noun else ""
    if CROSSLINGUAL.search(name):
        return "crosslingual settings"
    return "monolingual settings" if MONOLINGUAL.search(name) else ""


def dataset_names(name: str) -> frozenset[str]:
    """Return the atoms of what is counted, without the words for how."""
    return atoms(NOUN.sub(" ", MONOLINGUAL.sub(" ", CROSSLINGUAL.sub(" ", name))))


def _all_names(table: Table) -> frozenset[str]:
    keys = (part for row in table.rows for part in row)
    return atoms(table.title).union(*map(atoms, table.columns), *map(atoms, keys))


def _places(names: frozenset[str], paper: Paper) -> Iterator[Listed]:
    if not names:
        return
    for table in paper.tables:
        yield from _rows(table, names)
        yield from _lists(table, names)


def _rows(table: Table, names: frozenset[str]) -> Iterator[Listed]:
    """Count a table's languages, whole if its title has the names, else by columns."""
    if not {key.casefold() for key in table.keys} & set(LANGUAGES):
        return
    at = next(number for number, key in enumerate(table.keys) if key.casefold() in LANGUAGES)
    languages = {row[at] for row in table.rows if statistic(row[at]) is None}
    if names <= atoms(table.title):
        yield Listed(table.id, len(languages))
        return
    for column in table.columns:
        if names <= atoms(f"{table.title} {column}"):
            filled = {row[at] for row in table.rows if statistic(row[at]) is None and (row, column) in table.cells}
            yield Listed(f"{table.id}:*:{column}", len(filled))


def _lists(table: Table, names: frozenset[str]) -> Iterator[Listed]:
    for column in table.columns:
        if column.casefold() not in LANGUAGES:
            continue
        lists = {
            row: text.split() for (row, name), text in table.texts.items() if name == column and CODES.fullmatch(text)
        }
        own = [row for row in lists if names <= atoms("/".join(row))]
        for row in own:
            yield Listed(f"{table.id}:{'/'.join(row)}:{column}", len(set(lists[row])))
        if lists and not own and names <= atoms(table.title):
            yield Listed(f"{table.id}:*:{column}", len(set[str]().union(*map(set, lists.values()))))
