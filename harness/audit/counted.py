"""Counts of the real data files, held against the tables and statements that give them.

A column answers to a dataset by name (`xquad_r_queries`: the queries of xquad-r, a row for each
language), a statement likewise (`XQuAD-R cross-lingual settings`). The counts themselves come from
`harness.data.lareqa`, whose files are pinned by sha256; this module counts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.audit.counts import dataset_names, what_is_counted
from harness.audit.names import atoms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.audit.layout import Paper
    from harness.audit.numbers import Kind
    from harness.audit.relations import World

COLUMNS = ("queries", "candidates")


@dataclass(frozen=True, slots=True)
class Counted:
    """A cell or statement, and how many there are in the files."""

    place: str
    dataset: str
    found: int

    @property
    def kind(self) -> str:
        """Of its own."""
        return "data"

    @property
    def family(self) -> str:
        """Nothing is rounded."""
        return "data"

    @property
    def cells(self) -> tuple[str, ...]:
        """The one."""
        return (self.place,)

    def holds(self, world: World, _kind: Kind) -> bool:
        """See whether it is the count."""
        return world.values[self.place] == self.found

    def follows(self, _world: World, _kind: Kind) -> str:
        """Say what the files hold."""
        return f"the files of {self.dataset} hold {self.found}"


def counted(paper: Paper, counts: Mapping[str, Mapping[str, int]]) -> Iterator[Counted]:
    """Yield each cell and statement that the files of `counts` (dataset -> name -> number) answer."""
    for dataset, numbers in counts.items():
        for cell in paper.cells.values():
            for what in COLUMNS:
                name = f"{what}-{cell.row[-1]}"
                if name in numbers and atoms(cell.column) == atoms(f"{dataset} {what}"):
                    yield Counted(cell.id, dataset, numbers[name])
        for one in paper.statements:
            name = what_is_counted(one.left).replace(" ", "-")
            if one.kind == "count" and name in numbers and dataset_names(one.left) == atoms(dataset):
                yield Counted(one.id, dataset, numbers[name])


def distinct(count: str, numbers: Mapping[str, int], files: Mapping[str, Mapping[str, int]]) -> str:
    """Return in which dataset's files so many distinct questions stand, for every language of `numbers`.

    `count` is the id of a cell of the column that gives the numbers of queries.
    """
    column = count.rpartition(":")[2]
    for dataset, counts in files.items():
        told = {language: counts.get(f"distinct-queries-{language}") for language in numbers}
        if atoms(column) == atoms(f"{dataset} queries") and told == dict(numbers):
            return dataset
    return ""
