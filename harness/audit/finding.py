"""A relation that fails, in words: what is said where, what follows, how grave it is, whose slip it may be.

Shares that a stated number of queries cannot explain make one finding for a whole column of
numbers, because they have one cause; everything else makes one finding each.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.audit.counted import Counted, distinct
from harness.audit.counts import Alike, Count
from harness.audit.grain import Grain, trusted
from harness.audit.mend import MOST_TRIED
from harness.audit.numbers import KINDS
from harness.audit.relations import Made, Summary
from harness.audit.said import Above, Derived, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.audit.grain import Fit
    from harness.audit.layout import Cell
    from harness.audit.mend import Trial
    from harness.audit.relations import Relation
    from harness.records.audit import Grave, Origin

MOST_MENDS = 6


@dataclass(frozen=True, slots=True)
class Draft:
    """A finding without its id, what its places say and the claims it touches."""

    kind: str
    where: tuple[str, ...]
    follows: str
    grave: Grave
    origin: Origin = "cannot-tell"
    mends: tuple[str, ...] = ()


def drafts(relations: Sequence[Relation], trial: Trial) -> Iterator[Draft]:
    """Yield the findings that failing relations make, in their order."""
    world = trial.world
    columns: dict[str, list[Grain]] = defaultdict(list)
    for one in relations:
        if isinstance(one, Grain):
            columns[one.family].append(one)
        elif not one.holds(world, world.kind(one.family)):
            yield _draft(one, trial)
    for grains in columns.values():
        yield from _shares(grains, trial)


def _shares(grains: Sequence[Grain], trial: Trial) -> Iterator[Draft]:
    """Yield what is odd about one dataset's shares of queries."""
    world, kind = trial.world, trial.world.kind(grains[0].family)
    sure = trusted(grains, world, kind)
    fits = [one.fit(world, kind, trusted=sure) for one in grains]
    for one, fit in zip(grains, fits, strict=True):
        if fit.odd:
            yield _odd(one, fit, trial)
    others = [(one, fit) for one, fit in zip(grains, fits, strict=True) if fit.queries != world.values[one.count]]
    if others:
        yield _other_numbers(others, trial)


def _draft(one: Relation, trial: Trial) -> Draft:
    world, kind = trial.world, trial.world.kind(one.family)
    mends = trial.mends(one)
    grave = _grave(one, trial, mended=bool(mends))
    where = _where(one, trial, [cell for cell, _ in mends])
    follows = one.follows(world, kind)
    if isinstance(one, Count):
        return Draft(one.kind, where, follows, grave)
    told = list(trial.told(mends[:MOST_MENDS]))
    if isinstance(one, Value):
        told += [f"{one.statement} spoke of {cell}" for cell in one.elsewhere(world)]
    all_tried = len(one.cells) <= MOST_TRIED
    name = "tie" if isinstance(one, Above) and one.tied(world) else one.kind
    return Draft(name, where, follows, grave, _origin(told, sure=all_tried), tuple(told))


def _origin(mends: Sequence[str], *, sure: bool = True) -> Origin:
    return "cannot-tell" if mends or not sure else "rather-the-paper"


def _grave(one: Relation, trial: Trial, *, mended: bool) -> Grave:
    world = trial.world
    if isinstance(one, Above) and one.tied(world):
        return "rounding"
    if isinstance(one, Count):
        return "unclear"
    if isinstance(one, (Made, Summary, Derived)) and any(one.holds(world, kind) for kind in KINDS):
        return "rounding"
    if isinstance(one, (Value, Derived, Above, Alike, Counted)):
        return "contradiction"
    return "slip" if mended else "contradiction"


def _where(one: Relation, trial: Trial, mending: Sequence[str]) -> tuple[str, ...]:
    """Return the places of a finding: for a mean, itself and the cells that a slip may be in."""
    if isinstance(one, Made):
        return (one.target, *(cell for cell in one.inputs if cell in mending))
    if isinstance(one, Above):
        return (*one.cells, *one.sources(trial.world))
    return one.cells


def _odd(one: Grain, fit: Fit, trial: Trial) -> Draft:
    """Shares that the likeliest number of queries does not explain."""
    told = tuple(trial.told(trial.of_whole(one, fit.odd, fit.queries)[:MOST_MENDS]))
    others = len(one.shares) - len(fit.odd)
    follows = f"no whole number out of {fit.queries} queries is such a share; {others} others of this language are one"
    grave: Grave = "slip" if told else "contradiction"
    return Draft(one.kind, (*fit.odd, one.count), follows, grave, _origin(told), told)


def _other_numbers(others: Sequence[tuple[Grain, Fit]], trial: Trial) -> Draft:
    """Numbers of queries that most of their shares cannot come from."""
    world, kind = trial.world, trial.world.kind(others[0][0].family)
    odd = [cell for one, _ in others for cell in one.odd(world, kind, int(world.values[one.count]))]
    shares = sum(len(one.shares) for one, _ in others)
    better = {world.cells[one.count].row[-1]: fit.queries for one, fit in others}
    explained = shares - sum(len(fit.odd) for _, fit in others)
    follows = (
        f"{len(odd)} of {shares} shares cannot come from so many queries, whatever was hit; "
        f"{explained} can come from these numbers: {', '.join(f'{name} {number}' for name, number in better.items())}"
    )
    if dataset := distinct(others[0][0].count, better, trial.files):
        follows += f"; as many distinct questions do the files of {dataset} hold"
    return Draft("queries", (*(one.count for one, _ in others), *odd), follows, "contradiction", "rather-the-paper")


def repeated(run: tuple[tuple[Cell, Cell], ...]) -> Draft:
    """Numbers that stand twice."""
    where = (*(one.id for one, _ in run), *(other.id for _, other in run))
    follows = f"{len(run)} neighbouring numbers stand twice; by chance that hardly ever happens"
    return Draft("repeat", where, follows, "unclear")
