"""Made-up papers that are consistent by construction, and their files; also the maker of `fixtures/made_up_paper`.

    python tests/audit/paper_maker.py FOLDER      writes the fixture anew

Every printed number comes from true ones in exact fractions: rows are rounded, means are made of
rounded or unrounded rows, summaries of means, percentages of means, each rounded as `Habits` say.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

Grid = list[list[str]]
LANGUAGES = ("is", "eu", "mt", "cy", "ga", "lb", "fo", "se")
ARMS = ("base", "late", "twin")
SETTINGS = ("monolingual", "multilingual")
SETS = ("birds", "whales")
STATEMENT_HEADER = ["id", "section", "kind", "left", "relation", "right", "claimed", "unit"]


@dataclass(frozen=True)
class Habits:
    """How the authors of a paper round: rows, what is made of rows, and the text; and what they compute with."""

    rows: str = "nearest"
    results: str = "nearest"
    text: str = "nearest"
    from_printed: bool = False
    zeros: bool = False


def rounded(value: Fraction, places: int, how: str) -> Fraction:
    scaled = value * 10**places
    return Fraction(int(scaled) if how == "cut" else int(scaled + Fraction(1, 2)), 10**places)


def text(value: Fraction, places: int, *, zeros: bool = False) -> str:
    digits = str(int(value * 10**places)).rjust(places + 1, "0")
    told = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return told if zeros or not places else told.rstrip("0").rstrip(".")


def mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def median(values: Sequence[Fraction]) -> Fraction:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


class Maker:
    """One made-up paper: `files` are grids by path; `printed` the numbers of all cells by id."""

    def __init__(self, rng: np.random.Generator, habits: Habits, languages: int = 7) -> None:
        self.rng, self.habits = rng, habits
        self.languages = LANGUAGES[:languages]
        self.files: dict[str, Grid] = {}
        self.printed: dict[str, Fraction] = {}
        self.true: dict[str, Fraction] = {}
        self.queries = {name: {lang: int(rng.integers(300, 900)) for lang in self.languages} for name in SETS}
        self.measures(2, "birds")
        self.measures(3, "whales")
        self.distances()
        self.summary()
        self.data()
        self.statements()

    def number(self) -> Fraction:
        return Fraction(int(self.rng.integers(1, 10**7)), 10**7)

    def put(self, cell: str, value: Fraction, places: int, how: str) -> str:
        self.true[cell], self.printed[cell] = value, rounded(value, places, how)
        return text(self.printed[cell], places, zeros=self.habits.zeros)

    def result(self, cell: str, cells: Sequence[str], places: int, how: object = mean) -> str:
        """Make a result; one that is a cell itself is copied as it is printed."""
        copied = how is median and len(cells) % 2 == 1
        known = self.printed if self.habits.from_printed or copied else self.true
        assert callable(how)
        return self.put(cell, how([known[one] for one in cells]), places, self.habits.results)

    def measures(self, table: int, name: str) -> None:
        columns = [f"{setting}_{arm}" for setting in SETTINGS for arm in ARMS]
        grid = [["metric", "language", *columns]]
        hits = {
            (lang, column): Fraction(
                int(self.rng.integers(50, self.queries[name][lang] - 60)), self.queries[name][lang]
            )
            for lang in self.languages
            for column in columns
        }
        for metric in ("MAP", "R@1"):
            wanted = [column for column in columns if metric == "MAP" or column.startswith("mono")]
            for lang in self.languages:
                row = [metric, lang]
                for column in columns:
                    value = hits[lang, column]
                    value += (1 - value) / 2 * self.number() if metric == "MAP" else 0
                    cell = f"T{table}:{metric}/{lang}:{column}"
                    row.append(self.put(cell, value, 4, self.habits.rows) if column in wanted else "")
                grid.append(row)
            made = [
                self.result(f"T{table}:{metric}/mean:{column}", self.rows_of(table, f"{metric}/", column), 4)
                if column in wanted
                else ""
                for column in columns
            ]
            grid.append([metric, "mean", *made])
        self.files[f"tables/table-0{table}-{name}-retrieval.csv"] = grid

    def rows_of(self, table: int, prefix: str, column: str) -> list[str]:
        return [f"T{table}:{prefix}{lang}:{column}" for lang in self.languages]

    def distances(self) -> None:
        grid = [["language", *ARMS]]
        for lang in self.languages:
            cells = [f"T4:{lang}:{arm}" for arm in ARMS]
            grid.append([lang, *(self.put(cell, 50 + 400 * self.number(), 1, self.habits.rows) for cell in cells)])
        for name, how in (("mean", mean), ("median", median)):
            made = [self.result(f"T4:{name}:{arm}", self.rows_of(4, "", arm), 1, how) for arm in ARMS]
            grid.append([name, *made])
        self.files["tables/table-04-rank-distance-birds.csv"] = grid

    def summary(self) -> None:
        columns = [f"{name}_{setting}" for name in SETS for setting in SETTINGS]
        grid = [["system", *columns]]
        for arm in ARMS:
            row = [arm.title()]
            for column in columns:
                name, _, setting = column.partition("_")
                source = f"T{2 + SETS.index(name)}:MAP/mean:{setting}_{arm}"
                known = self.printed if self.habits.from_printed else self.true
                shown = self.put(f"T1:{arm.title()}:{column}", known[source], 3, self.habits.results)
                row.append(shown.removeprefix("0"))
            grid.append(row)
        self.files["tables/table-01-main-map.csv"] = grid

    def data(self) -> None:
        grid = [["language", *(f"{name}_{what}" for name in SETS for what in ("queries", "candidates"))]]
        for lang in self.languages:
            row = [lang]
            for name in SETS:
                row.append(self.put(f"T5:{lang}:{name}_queries", Fraction(self.queries[name][lang]), 0, "nearest"))
                many = Fraction(int(self.rng.integers(1000, 9000)))
                row.append(self.put(f"T5:{lang}:{name}_candidates", many, 0, "nearest"))
            grid.append(row)
        self.files["tables/table-05-evaluation-data.csv"] = grid
        self.files["tables/table-06-training-data.csv"] = [
            ["dataset", "size", "languages"],
            ["Sagas", self.put("T6:Sagas:size", Fraction(1469), 0, "nearest"), " ".join(self.languages)],
            ["Logs", self.put("T6:Logs:size", Fraction(3547), 0, "nearest"), self.languages[0]],
        ]

    def statements(self) -> None:
        n = len(self.languages)
        first, second = sorted(ARMS[:2], key=lambda arm: self.printed[f"T4:mean:{arm}"])
        low, high = f"T4:mean:{first}", f"T4:mean:{second}"
        known = self.printed if self.habits.from_printed else self.true
        share = 100 * (known[high] - known[low]) / known[high]
        told = [
            ["count", "birds languages", "=", "", str(n), "languages"],
            ["count", "whales cross-lingual settings", "=", "", str(n * (n - 1)), "settings"],
            ["count", "translated training languages", "=", "", str(n), "languages"],
            ["value", low, "=", "", text(self.printed[low], 1), "ranks"],
            ["reduction", low, "below", high, text(rounded(share, 1, self.habits.text), 1), "percent"],
        ]
        if self.printed[low] < self.printed[high]:
            told.append(["order", low, "<", high, "", ""])
        for table in (2, 3):
            for setting in SETTINGS:
                of = {arm: self.printed[f"T{table}:MAP/mean:{setting}_{arm}"] for arm in ARMS}
                best = max(ARMS, key=of.__getitem__)
                if sorted(of.values())[-2] < of[best]:
                    told.append(["best", f"T{table}:MAP/mean:{setting}_*", "max", best, "", ""])
        rows = [[f"S{at:02}", "4", *row] for at, row in enumerate(told, 1)]
        self.files["statements.csv"] = [STATEMENT_HEADER, *rows]

    def write(self, folder: Path) -> Path:
        write(folder, self.files)
        return folder


def write(folder: Path, files: dict[str, Grid]) -> None:
    for name, grid in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(grid)


def fixture() -> Maker:
    return Maker(generator("made-up paper"), Habits())


if __name__ == "__main__":
    fixture().write(Path(sys.argv[1]))
