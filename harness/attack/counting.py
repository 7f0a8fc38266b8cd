"""What a sentence says of the files themselves, held against what checks count.

Counts are named as checks name them: `<dataset>/languages`, `<dataset>/queries-<language>`. Source: design,
Attacking (wording beyond scope).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.attack.parsing import UnreadError, has, names, rules
from harness.attack.places import count
from harness.records.record import decimal
from harness.records.scope import bound_languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lark import Token, Tree

    from harness.attack.subject import Subject
    from harness.records.claim import CitedValue

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
        if part.data == "not_counted" and any("/candidates-" in name for name in counted):
            yield "not how many sentences there are, which a check counts"
        for dataset in names(part, "DATASET") or subject.claim.datasets:
            told_languages = [count(one) for one in part.find_data("count")]
            yield from _other_number(told_languages, counted.get(f"{dataset}/languages"), dataset)
            for kind in SIZE if part.data == "sets_as_large" else _kinds(part):
                found = {name: one for name, one in counted.items() if name.startswith(f"{dataset}/{kind}")}
                told = f"{kind.strip('-')} of {dataset}"
                yield from [told] * (not found)
                if part.data == "stated" and kind == COUNTED["language_count"]:
                    by_name = any(name.startswith(f"{dataset}/{one}") for name in counted for one in SIZE)
                    yield from [f"which languages {dataset} has, beside how many"] * (not by_name)
                if kind.endswith("-"):
                    left = _left_out({one.cell for one in found.values()}, {} if paper is None else paper.cells)
                    left += _not_reached(subject, dataset, {name.removeprefix(f"{dataset}/{kind}") for name in found})
                    yield from (f"{told}, of which {one} is not counted" for one in left[:1])
                    yield from (f"{number} languages of {dataset}" for number in told_languages if number != len(found))
                values = {float(decimal(one.value)) for one in found.values()}
                if part.data == "in_each" and not (len(values) == 1 and set(_each(part)) <= values):
                    yield f"one number in each language of {dataset}"


def _other_number(told: list[int], counted: CitedValue | None, dataset: str) -> Iterator[str]:
    """Yield numbers of languages that are not the one which is counted, where one is."""
    number = None if counted is None else float(decimal(counted.value))
    yield from (f"{one} languages of {dataset}" for one in told if number not in {None, float(one)})


def _not_reached(subject: Subject, dataset: str, counted: set[str]) -> list[str]:
    """Return the languages that a data set has in the scope and that are not counted, where some are."""
    bound = subject.scope.datasets.get(dataset)
    return sorted(set((bound_languages(bound) if bound is not None else None) or ()) - counted) if counted else []


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
