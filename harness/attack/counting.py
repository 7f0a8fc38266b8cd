"""What a sentence says of the files themselves, held against what checks count.

Counts are named as checks name them: `<dataset>/languages`, `<dataset>/queries-<language>`. Source: design,
Attacking (wording beyond scope).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.attack.parsing import UnreadError, has, names, rules
from harness.attack.places import count
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lark import Token, Tree

    from harness.attack.subject import Subject

COUNTED = {
    "language_count": "languages",
    "query_count": "queries-",
    "candidate_count": "candidates-",
    "mono": "monolingual-settings",
    "cross": "crosslingual-settings",
}
SIZE = [COUNTED["query_count"], COUNTED["candidate_count"]]
"""What makes a data set large."""


def miscounted(tree: Tree[Token], subject: Subject) -> Iterator[str]:
    """Yield what a sentence says of the files that no required check counts.

    What is counted language by language is counted in all that the paper's column has a number for.

    Raises:
        UnreadError: it says of nothing how much of it there is.
    """
    counted = {name: one for check in subject.required() for name, one in check.counts.items()}
    paper = subject.file.paper
    if all(part.data in {"not_counted", "stop"} for part in rules(tree)):
        raise UnreadError("counts nothing")
    for part in rules(tree):
        if has(part, "all_sets") and len(subject.claim.datasets) < 2:  # noqa: PLR2004 - sets are two at least
            yield "more than one evaluation set"
        for dataset in names(part, "DATASET") or subject.claim.datasets:
            for kind in SIZE if part.data == "sets_as_large" else _kinds(part):
                found = {name: one for name, one in counted.items() if name.startswith(f"{dataset}/{kind}")}
                told = f"{kind.strip('-')} of {dataset}"
                yield from [told] * (not found)
                if kind.endswith("-"):
                    left = _left_out({one.cell for one in found.values()}, {} if paper is None else paper.cells)
                    yield from (f"{told}, of which {cell} is not counted" for cell in left[:1])
                    numbers = [count(one) for one in part.find_data("count")]
                    yield from (f"{number} languages of {dataset}" for number in numbers if number != len(found))
                values = {float(decimal(one.value)) for one in found.values()}
                if part.data == "in_each" and not (len(values) == 1 and set(_each(part)) <= values):
                    yield f"one number in each language of {dataset}"


def _left_out(cited: set[str], cells: Mapping[str, str]) -> list[str]:
    """Return the cells of the columns that are cited which hold a number and are not."""
    columns = {(cell.split(":")[0], cell.split(":")[-1]) for cell in cited if ":" in cell}
    numbers = (cell for cell, value in cells.items() if value.replace(".", "", 1).isdecimal())
    return sorted(
        cell for cell in numbers if (cell.split(":")[0], cell.split(":")[-1]) in columns and cell not in cited
    )


def _kinds(part: Tree[Token]) -> Iterator[str]:
    """Yield what a part says is counted, as checks call it."""
    yield from (COUNTED[str(one.data)] for one in part.iter_subtrees() if one.data in COUNTED)


def _each(part: Tree[Token]) -> Iterator[float]:
    """Yield the number that a part says stands in each language."""
    yield from (float(str(one).partition(":")[2]) for one in part.children if getattr(one, "type", "") == "NUMBER")
