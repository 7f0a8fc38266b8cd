"""Which cells have to be made: those whose results are wanted and not kept, and what these start from.

A parent whose children are all kept is not looked at: nobody reads it. Cost: one look per wanted
cell, and one per ancestor of what is lacking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from harness.records.cells import Cell


def lacking(
    cells: Iterable[Cell], also: Collection[str], kept: Callable[[Sequence[str]], Mapping[str, bool]]
) -> dict[str, Cell]:
    """Return what has to be made, by key and in the order of `cells`.

    Wanted are the ends, from which no other of `cells` starts, and those whose keys are in `also`.
    `kept` looks at several results at once and tells of each whether it is there and whole.
    """
    each = {cell.key: cell for cell in cells}
    parents = {key: cell.parent.key for key, cell in each.items() if cell.parent is not None}
    looking = [key for key in each if key in also or key not in parents.values()]
    found: dict[str, bool] = {}
    while looking:
        found |= kept(looking)
        above = dict.fromkeys(parents[key] for key in looking if not found[key] and key in parents)
        looking = [key for key in above if key in each and key not in found]
    return {key: cell for key, cell in each.items() if not found.get(key, True)}
