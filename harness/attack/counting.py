"""What a sentence says of the files themselves, held against what checks count.

Counts are named as checks name them: `<dataset>/languages`, `<dataset>/queries-<language>`. Source: design,
Attacking (wording beyond scope).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.attack.parsing import has, names, rules
from harness.attack.places import count, settings
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lark import Token, Tree

    from harness.records.claim import Claim

COUNTED = {
    "language_count": "languages",
    "query_count": "queries-",
    "candidate_count": "candidates-",
    "monolingual": "monolingual-settings",
    "crosslingual": "crosslingual-settings",
}


SIZE = [COUNTED["query_count"], COUNTED["candidate_count"]]
"""What makes a data set large."""


def miscounted(tree: Tree[Token], claim: Claim, cells: Mapping[str, str]) -> Iterator[str]:
    """Yield what a sentence says of the files that no check counts; `cells` are those of the paper.

    What is counted language by language is counted in all that the paper's column has a number for.
    """
    cited = {name: one.cell for check in claim.checks for name, one in check.counts.items()}
    counts = {name: float(decimal(one.value)) for check in claim.checks for name, one in check.counts.items()}
    for part in rules(tree):
        kinds = SIZE if part.data == "sets_as_large" else list(_kinds(part))
        if has(part, "all_sets") and len(claim.datasets) < 2:  # noqa: PLR2004 - sets are two at least
            yield "more than one evaluation set"
        for dataset in names(part, "DATASET") or claim.datasets:
            for kind in kinds:
                found = {value for name, value in counts.items() if name.startswith(f"{dataset}/{kind}")}
                if not found:
                    yield f"{kind.strip('-') or 'counts'} of {dataset}"
                left = _left_out({cell for name, cell in cited.items() if name.startswith(f"{dataset}/{kind}")}, cells)
                if kind.endswith("-") and left:
                    yield f"{kind.strip('-')} of {dataset}, of which {left[0]} is not counted"
                numbers = [count(one) for one in part.find_data("count")]
                if numbers and numbers != [sum(name.startswith(f"{dataset}/{kind}") for name in counts)]:
                    yield f"{numbers[0]} languages of {dataset}"
                if part.data == "in_each" and not (len(found) == 1 and set(_each(part)) <= found):
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
    for counted in part.find_data("settings_counted"):
        yield from (COUNTED[setting] for setting in settings(counted) or () if setting in COUNTED)


def _each(part: Tree[Token]) -> Iterator[float]:
    """Yield the number that a part says stands in each language."""
    yield from (float(str(one).partition(":")[2]) for one in part.children if getattr(one, "type", "") == "NUMBER")
