"""Which slips an audit of this paper would catch: every one of five sorts, planted and judged.

    digit    one digit of a printed number becomes any other
    swap     two unequal neighbouring digits change places
    row      two neighbouring rows of a block change places, all their numbers at once
    sign     a minus is put before a number
    unit     a share becomes percent, any other number a hundredth

A slip can be caught in principle if it makes some family of relations fail in more places, under
whatever kind of rounding suits the family best then; this is exactly what the audit reports.

Cost: relations that speak of the changed cells are judged anew, nothing else; some 43 thousand
slips of 13 tables take about a minute. Statements' own numbers are planted too; words are not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from harness.audit.grain import Grain, trusted
from harness.audit.numbers import DIGITS, KINDS
from harness.audit.relations import Made

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.audit.layout import Paper
    from harness.audit.numbers import Kind
    from harness.audit.relations import Relation, World

Sort = Literal["digit", "swap", "sign", "unit", "row"]
SORTS: tuple[Sort, ...] = ("digit", "swap", "sign", "unit", "row")
HUNDRED = 100


class Slip(NamedTuple):
    """What is read instead, by cell or statement."""

    sort: Sort
    read: dict[str, str]


class Share(NamedTuple):
    """Slips of one sort: how many, and how many of them are caught."""

    planted: int
    caught: int


def planted(paper: Paper) -> Iterator[Slip]:
    """Yield every slip of every sort."""
    texts = {cell.id: cell.text for cell in paper.cells.values()}
    texts |= {one.id: one.claimed for one in paper.statements if one.claimed}
    for cell, text in texts.items():
        yield from (Slip(sort, {cell: other}) for sort, other in _of_one(text))
    for table in paper.tables:
        for first, second in pairwise(table.rows):
            if first[:-1] == second[:-1]:
                yield from _rows(
                    paper, f"{table.id}:{'/'.join(first)}:", f"{table.id}:{'/'.join(second)}:", table.columns
                )


def _of_one(text: str) -> Iterator[tuple[Sort, str]]:
    for place, mark in enumerate(text):
        if mark in DIGITS:
            yield from (("digit", text[:place] + other + text[place + 1 :]) for other in DIGITS if other != mark)
    for place, (one, other) in enumerate(pairwise(text)):
        if one in DIGITS and other in DIGITS and one != other:
            yield "swap", text[:place] + other + one + text[place + 2 :]
    if Fraction(text) > 0:
        yield "sign", f"-{text}"
    if Fraction(text):
        yield "unit", _moved(text, 2 if abs(Fraction(text)) <= 1 else -2)


def _moved(text: str, by: int) -> str:
    """Move the point by so many places; nothing is lost."""
    sign, (whole, _, after) = "-" * text.startswith("-"), text.removeprefix("-").partition(".")
    point = max(len(whole) + by, 0)
    digits = whole.rjust(len(whole) + max(0, -by - len(whole)), "0") + after
    digits = digits.ljust(point, "0")
    return f"{sign}{digits[:point].lstrip('0') or '0'}{f'.{digits[point:]}' if digits[point:] else ''}"


def _rows(paper: Paper, first: str, second: str, columns: Sequence[str]) -> Iterator[Slip]:
    pairs = [(first + column, second + column) for column in columns]
    both = [(one, other) for one, other in pairs if one in paper.cells and other in paper.cells]
    read = {one: paper.cells[other].text for pair in both for one, other in (pair, pair[::-1])}
    if any(paper.cells[cell].text != text for cell, text in read.items()):
        yield Slip("row", read)


class Net:
    """How many of each family's relations fail under each kind, and how a slip changes that."""

    def __init__(self, world: World, relations: Sequence[Relation]) -> None:
        """`world` is the printed one; nothing of it is changed."""
        self._world = world
        self._of: dict[str, list[Relation]] = defaultdict(list)
        self._grains: dict[str, list[Grain]] = defaultdict(list)
        self._fails: dict[tuple[str, Kind], int] = Counter()
        for one in relations:
            for cell in one.cells:
                self._of[cell].append(one)
            if isinstance(one, Grain):
                self._grains[one.family].append(one)
        for one in relations:
            for kind in _kinds(one):
                self._fails[one.family, kind] += self._failing(one, world, kind)

    def catches(self, read: Mapping[str, str]) -> bool:
        """Tell whether some family fails in more places with these numbers than without."""
        world = self._world.changed({cell: Fraction(text) for cell, text in read.items()})
        families: dict[str, list[Relation]] = defaultdict(list)
        for one in {id(one): one for cell in read for one in self._of[cell]}.values():
            families[one.family].append(one)
        return any(self._worse(family, touched, world) for family, touched in families.items())

    def _worse(self, family: str, touched: Sequence[Relation], world: World) -> bool:
        kinds = _kinds(touched[0])
        before = {kind: self._fails[family, kind] for kind in kinds}
        after = {
            kind: before[kind]
            + sum(self._failing(one, world, kind) - self._failing(one, self._world, kind) for one in touched)
            for kind in kinds
        }
        return min(after.values()) > min(before.values())

    def _failing(self, one: Relation, world: World, kind: Kind) -> int:
        if not isinstance(one, Grain):
            return int(not one.holds(world, kind))
        sure = trusted(self._grains[one.family], self._world, kind)
        return len(one.fit(world, kind, trusted=sure).odd)


def _kinds(one: Relation) -> Sequence[Kind]:
    return KINDS if isinstance(one, Made) else KINDS[:2]


def shares(
    paper: Paper, world: World, relations: Sequence[Relation], slips: Iterable[Slip] | None = None
) -> dict[Sort, Share]:
    """Return for each sort how many slips there are and how many are caught."""
    net = Net(world, relations)
    found: dict[Sort, Share] = dict.fromkeys(SORTS, Share(0, 0))
    for slip in planted(paper) if slips is None else slips:
        known = found[slip.sort]
        found[slip.sort] = Share(known.planted + 1, known.caught + net.catches(slip.read))
    return found
