"""Which single slips of typing would explain a finding.

A slip explains it if with the other number the relation holds, and every other relation that
speaks of that cell (but counts by name, which prove little). Then the printed number may be a slip
of the paper or of whoever copied it: arithmetic sees only the number. If no slip does, more than
one digit or cell would have to be wrong, and the finding is rather the paper's own.

Cost: some 40 slips for each cell of a relation, most of which fail at once.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from harness.audit.counts import Count
from harness.audit.numbers import slips
from harness.audit.said import Above

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.audit.grain import Grain
    from harness.audit.layout import Paper
    from harness.audit.relations import Relation, World

MOST_TRIED = 60
"""Of so many cells of a relation slips are tried, in its order: what it is about comes first."""


class Trial:
    """A paper's relations, by the cells they speak of, to be tried in changed worlds."""

    def __init__(
        self, paper: Paper, world: World, relations: Sequence[Relation], files: Mapping[str, Mapping[str, int]]
    ) -> None:
        """Nothing of these is changed; `files` are counts of data files, for findings that they explain."""
        self.world, self.files = world, files
        self._texts = {cell.id: cell.text for cell in paper.cells.values()}
        self._texts |= {one.id: one.claimed for one in paper.statements if one.claimed}
        self._of: dict[str, list[Relation]] = defaultdict(list)
        for one in relations:
            for cell in () if isinstance(one, Count) else one.cells:
                self._of[cell].append(one)

    def mends(self, relation: Relation) -> list[tuple[str, str]]:
        """Return each cell and what it would have to read, in the order of the relation's cells."""
        near = self.world if isinstance(relation, Above) else self.world.only(relation.cells)
        kind = near.kind(relation.family)
        return [
            (cell, text)
            for cell in relation.cells[:MOST_TRIED]
            if cell in self._texts
            for text in dict.fromkeys(slips(self._texts[cell]))
            if relation.holds(near.changed({cell: Fraction(text)}), kind) and self._others_hold(relation, cell, text)
        ]

    def of_whole(self, grain: Grain, odd: Sequence[str], queries: int) -> list[tuple[str, str]]:
        """Return which of the `odd` shares one slip would make a share of `queries`."""
        kind = self.world.kind(grain.family)
        return [
            (cell, text)
            for cell in odd
            for text in dict.fromkeys(slips(self._texts[cell]))
            if cell not in grain.odd(self.world.changed({cell: Fraction(text)}), kind, queries)
            and self._others_hold(grain, cell, text)
        ]

    def _others_hold(self, relation: Relation, cell: str, text: str) -> bool:
        world = self.world.changed({cell: Fraction(text)})
        return all(one.holds(world, world.kind(one.family)) for one in self._of[cell] if one is not relation)

    def told(self, mends: Sequence[tuple[str, str]]) -> Iterator[str]:
        """Yield words for some slips."""
        for cell, text in mends:
            yield f"{cell} read {text} instead of {self._texts[cell]}"
