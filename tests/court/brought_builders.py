"""Scores files made by hand: what a claim can be judged by, filled in with values that a test names."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import permutations

from harness.court.brought import slots
from harness.records.claim import Claim
from harness.records.scores import COLUMNS, SETTING, Slot

Row = dict[str, str]
Value = Callable[[Slot, int, str, str], float]
"""The value of one row: its slot, seed, query and language."""


def questions(slot: Slot, languages: Sequence[str], clusters: int) -> Iterator[Row]:
    """The rows of one slot under one seed: each cluster is asked about once in every language."""
    wanted = slot.check.languages or languages
    for asked in languages:
        if asked not in wanted:
            continue
        pools = [asked]
        if slot.setting == "crosslingual":
            pools = [f"{one}>{other}" for one, other in permutations(languages, 2) if one == asked]
        for number in range(clusters):
            for language in pools:
                yield {"query": f"{asked}-q{number:03}", "cluster": f"k{number:03}", "language": language}


def rows_of(
    claim: Claim, value: Value, *, seeds: int = 5, languages: Sequence[str] = ("de", "en"), clusters: int = 12
) -> list[Row]:
    """Return all rows that a claim can be judged by."""
    return [
        {"check": slot.name, "side": slot.side, SETTING: slot.setting if slot.composite else ""}
        | {"seed": str(seed), "value": repr(float(value(slot, seed, one["query"], one["language"])))}
        | one
        for slot in slots(claim)
        for seed in range(seeds)
        for one in questions(slot, languages, clusters)
    ]


def csv_of(rows: Iterable[Row], columns: Sequence[str] = (*COLUMNS, SETTING), end: str = "\n") -> str:
    """Return the text of a scores file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator=end, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
