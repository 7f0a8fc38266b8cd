"""Whether shares of queries can come from as many queries as the paper says (the GRIM test).

R@1 with one relevant passage per query, or accuracy, is a whole number of queries out of n. Printed
to four digits, only about n of the 10,000 numbers between 0 and 1 can come from n queries. So:

1. For each language, the shares of all tables whose names tell the same dataset, language and a
   single pool (not cross-lingual or multilingual means) are held against the stated n.
2. Where the stated numbers explain at least half of a dataset's shares, the others are odd.
3. Where they do not, the n within 2% that explains most is sought for each language; the stated n
   is then odd, and so are shares that the better n does not explain.

Limits: it says nothing from about n = 10^digits on, and little for less than three shares.
Source: Brown and Heathers 2017, The GRIM test (Social Psychological and Personality Science 8).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from harness.audit.names import ASKED, SEVERAL_POOLS, atoms, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.audit.layout import Cell, Paper
    from harness.audit.numbers import Interval, Kind
    from harness.audit.relations import World

SHARE = re.compile(r"(?:recall|r|hits|success|p|precision)@1|accuracy|exact-match|em")
NEAR = 50
"""n is sought up to one part in so many away from the stated one."""

FEWEST = 3
"""So many shares can tell another n from chance."""


class Fit(NamedTuple):
    """The number of queries that explains the most shares, and those it does not explain."""

    queries: int
    odd: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grain:
    """`shares` are of `count` queries."""

    count: str
    shares: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Of its own."""
        return "share-of-queries"

    @property
    def family(self) -> str:
        """The shares of one dataset were rounded one way."""
        table, _, rest = self.count.partition(":")
        return f"shares {table}:{rest.rpartition(':')[2]}"

    @property
    def cells(self) -> tuple[str, ...]:
        """The count and the shares."""
        return (self.count, *self.shares)

    def holds(self, world: World, kind: Kind) -> bool:
        """See whether the stated number explains all shares."""
        count = world.values[self.count]
        return count.denominator == 1 and count > 0 and not self.odd(world, kind, int(count))

    def fit(self, world: World, kind: Kind, *, trusted: bool) -> Fit:
        """Return what explains the shares best: the stated number where that is `trusted` or nothing tells another."""
        stated = max(1, int(world.values[self.count]))
        if trusted or len(self.shares) < FEWEST:
            return Fit(stated, self.odd(world, kind, stated))
        tried = range(max(1, stated - stated // NEAR), stated + stated // NEAR + 1)
        fits = [Fit(queries, self.odd(world, kind, queries)) for queries in tried]
        return min(fits, key=lambda fit: (len(fit.odd), abs(fit.queries - stated), fit.queries))

    def follows(self, world: World, kind: Kind) -> str:
        """Say how many shares the stated number does not explain."""
        stated = world.values[self.count]
        odd = self.odd(world, kind, int(stated))
        return f"{len(odd)} of {len(self.shares)} shares cannot come from {stated} queries"

    def odd(self, world: World, kind: Kind, queries: int) -> tuple[str, ...]:
        """Return the shares that are no whole number of `queries`."""
        return tuple(
            cell for cell in self.shares if not _possible(world.lay(cell, kind.result), queries, _scale(world, cell))
        )


def trusted(grains: Sequence[Grain], world: World, kind: Kind) -> bool:
    """Tell whether stated numbers explain at least half of a dataset's shares."""
    odd = sum(len(one.odd(world, kind, max(1, int(world.values[one.count])))) for one in grains)
    return 2 * odd <= sum(len(one.shares) for one in grains)


def _possible(lay: Interval, queries: int, scale: int) -> bool:
    """Tell whether some whole number of queries is such a share."""
    return -(-lay.low * queries // scale) <= lay.high * queries // scale


def _scale(world: World, cell: str) -> int:
    """Return 100 for percent. A share printed with digits enough to tell is far from 1."""
    return 100 if world.values[cell] > 1 else 1


def grains(paper: Paper) -> Iterator[Grain]:
    """Yield each stated number of queries with the shares that are of so many queries."""
    shares: dict[str, list[Cell]] = defaultdict(list)
    for cell in paper.cells.values():
        measure, rest = place(cell.row, cell.column, cell.title)
        if SHARE.fullmatch(measure) and not any(SEVERAL_POOLS.search(part.casefold()) for part in (*rest, cell.title)):
            shares[cell.row[-1]].append(cell)
    for cell in paper.cells.values():
        if not ASKED & atoms(cell.column):
            continue
        dataset = atoms(cell.column) - ASKED or atoms(cell.title)
        of = [one.id for one in shares.get(cell.row[-1], ()) if dataset <= _dataset(one)]
        if of:
            yield Grain(cell.id, tuple(of))


def _dataset(cell: Cell) -> frozenset[str]:
    return atoms(" ".join([cell.title, *cell.row[:-1], cell.column]))
