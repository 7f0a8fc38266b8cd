"""The audit: a paper in, findings out; the order of the steps.

1. Relations are read off names of tables, rows and columns, and off the statements.
2. Each family of relations (a table's means, its summary cells, one kind of statement) is judged
   under the kind of rounding that fewest of it fail; of equals, the likeliest. So one printed
   number cannot choose its own rounding, and a paper that cuts off throughout is not accused.
3. What fails becomes a finding: what is said where, what follows, and which single slips of typing
   would mend it without breaking any other relation. If there is none, it is rather the paper's.

What can be caught: a change of a printed number is caught exactly if afterwards some family holds
under no kind of rounding, or fails in more places than before. Cost: under half a second for 13 tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from harness.audit.counted import Counted, counted
from harness.audit.counts import counts
from harness.audit.finding import Draft, drafts, repeated
from harness.audit.grain import grains
from harness.audit.mend import Trial
from harness.audit.numbers import KINDS
from harness.audit.relations import Made, Relation, Summary, World
from harness.audit.repeats import repeats
from harness.audit.said import Refused, said
from harness.audit.tables import made, nested, ranges, summaries
from harness.errors import Fault, FileFaults
from harness.records.audit import Audit, Checked, Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from harness.audit.layout import Paper


def audit(paper: Paper, cited: Mapping[str, Collection[str]], files: Mapping[str, Mapping[str, int]]) -> Audit:
    """Hold a paper's numbers against each other.

    `cited` maps claims to the cells and statements they cite; `files` datasets to counts by name.

    Raises:
        FileFaults: statements that cite what does not exist or cannot be read, all at once.
    """
    world, relations = related(paper, files)
    found = [*drafts(relations, Trial(paper, world, relations, files)), *map(repeated, repeats(paper))]
    checked = Checked(
        tables=len(paper.tables),
        statements=len(paper.statements),
        cells=len(paper.cells),
        relations=dict(sorted(Counter(one.kind for one in relations).items())),
        data=tuple(sorted({one.dataset for one in relations if isinstance(one, Counted)})),
        claims=tuple(sorted(cited)),
    )
    return Audit(checked=checked, findings=tuple(_named(found, paper, cited)))


def related(paper: Paper, files: Mapping[str, Mapping[str, int]]) -> tuple[World, list[Relation]]:
    """Return the printed world, its kinds of rounding settled, and all relations.

    Raises:
        FileFaults: as `audit`.
    """
    values = {cell.id: cell.value for cell in paper.cells.values()}
    values |= {one.id: Fraction(one.claimed) for one in paper.statements if one.claimed}
    world = World(values, paper.cells)
    aggregates = list(made(paper))
    world.made = {one.target: one for one in aggregates}
    settle(world, aggregates)
    repeated_cells = list(summaries(paper, world))
    settle(world, repeated_cells)
    world.detail = {one.target: one.source for one in repeated_cells}
    others: list[Relation] = [*ranges(paper), *nested(paper), *grains(paper), *_stated(paper)]
    others += [*counts(paper), *counted(paper, files)]
    world.known.clear()
    settle(world, others)
    return world, [*aggregates, *repeated_cells, *others]


def settle(world: World, relations: Iterable[Relation]) -> None:
    """Choose for each family the kind of rounding that fewest of its relations fail."""
    families: dict[str, list[Relation]] = defaultdict(list)
    for one in relations:
        families[one.family].append(one)
    for family, alike in families.items():
        kinds = KINDS if isinstance(alike[0], Made) else KINDS[:2]
        fails = {kind: sum(not one.holds(world, kind) for one in alike) for kind in kinds}
        fitting = tuple(kind for kind in kinds if fails[kind] == min(fails.values()))
        world.kinds[family] = fitting
        if isinstance(alike[0], Summary):
            world.kinds[alike[0].target.partition(":")[0]] = fitting
    world.known.clear()


def _stated(paper: Paper) -> list[Relation]:
    relations: list[Relation] = []
    faults: list[Fault] = []
    for one in paper.statements:
        try:
            relations += said(one, paper)
        except Refused as error:
            todo = f"mend {one.id}, or the table it cites"
            faults.append(Fault(paper.path, one.line, error.expected, error.found, todo))
    if faults:
        raise FileFaults(faults)
    return relations


def _named(found: Iterable[Draft], paper: Paper, cited: Mapping[str, Collection[str]]) -> Iterable[Finding]:
    """Give each finding its id, what its places say and the claims it touches."""
    uses: Counter[str] = Counter()
    says = {cell.id: cell.text for cell in paper.cells.values()} | {
        one.id: one.claimed or _words(one.id, paper) for one in paper.statements
    }
    for one in found:
        name = f"{one.kind}/{one.where[0]}"
        uses[name] += 1
        yield Finding(
            id=name if uses[name] == 1 else f"{name}/{uses[name]}",
            kind=one.kind,
            where=one.where,
            says=tuple(says.get(where) or _listed(where, paper) for where in one.where),
            follows=one.follows,
            grave=one.grave,
            origin=one.origin,
            mends=one.mends,
            claims=tuple(sorted(claim for claim, cells in cited.items() if set(cells) & set(one.where))),
        )


def _words(statement: str, paper: Paper) -> str:
    one = next(each for each in paper.statements if each.id == statement)
    return f"{one.left} {one.relation} {one.right}"


def _listed(where: str, paper: Paper) -> str:
    """Return what a column or cell of words says; a whole table or column is told by its name."""
    for table in paper.tables:
        for (row, column), text in table.texts.items():
            if where == f"{table.id}:{'/'.join(row)}:{column}":
                return text
        if where == table.id:
            return table.title
    return where
