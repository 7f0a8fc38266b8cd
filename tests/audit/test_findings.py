"""Oracles: this paper by hand; consistency by construction; a second implementation for slips."""

from __future__ import annotations

import re
import tempfile
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_maker import ARMS, SETS, Habits, Maker, fixture, mean, median, write

from harness.audit import audit, read
from harness.audit.counted import distinct
from harness.records.audit import Audit

if TYPE_CHECKING:
    from harness.audit.layout import Paper
    from harness.records.audit import Finding

QUIET = settings(derandomize=True, deadline=None, max_examples=40)
ROUNDINGS = ("nearest", "cut")
KINDS = [(rows, results) for rows in ROUNDINGS for results in ROUNDINGS]
NUMBER = re.compile(r"-?[0-9]*\.?[0-9]+")


def audited(folder: Path) -> Audit:
    return audit(read(folder / "tables", folder / "statements.csv"), {}, {})


def by_id(found: Audit) -> dict[str, Finding]:
    return {one.id: one for one in found.findings}


def told(maker: Maker) -> Audit:
    with tempfile.TemporaryDirectory() as folder:
        return audited(maker.write(Path(folder)))


# this paper


def test_exact_what_is_wrong_with_this_paper(this_paper: Paper) -> None:
    found = by_id(audit(this_paper, {"c06": ["T7:mean:xlm-r_x-x-mono"], "c04": ["S43"]}, {}))
    assert {name: (one.grave, one.origin) for name, one in found.items()} == {
        "summary/T1:XLM-R/X-X:xquad_r_multilingual": ("rounding", "cannot-tell"),
        "value/T7:mean:xlm-r_x-x-mono": ("contradiction", "cannot-tell"),
        "best/S43": ("contradiction", "rather-the-paper"),
        "count/S01": ("contradiction", "cannot-tell"),
        "count/S10": ("unclear", "cannot-tell"),
        "queries/T10:ar:xquad_r_queries": ("contradiction", "rather-the-paper"),
    }
    text = found["value/T7:mean:xlm-r_x-x-mono"]
    assert (text.where, text.says) == (("T7:mean:xlm-r_x-x-mono", "S24"), ("410.2", "295.4"))
    assert text.mends == ("S24 spoke of T7:mean:xlm-r_x-y",)
    assert text.claims == ("c06",)
    assert found["best/S43"].claims == ("c04",)
    assert found["count/S01"].mends == ("S01 read 13 instead of 14", "S02 read 14 instead of 13")


def test_exact_the_numbers_of_queries_behind_the_shares_are_those_of_distinct_questions(this_paper: Paper) -> None:
    """Counted apart with a set over the questions of each of XQuAD-R's files."""
    distinct_questions = {
        "ar": 1187, "de": 1182, "el": 1184, "en": 1187, "es": 1185, "hi": 1183,
        "ru": 1186, "th": 1183, "tr": 1184, "vi": 1182, "zh": 1181,
    }  # fmt: skip
    counts = {f"distinct-queries-{language}": number for language, number in distinct_questions.items()}
    found = by_id(audit(this_paper, {}, {"xquad-r": counts}))["queries/T10:ar:xquad_r_queries"]
    assert found.follows.startswith("57 of 66 shares cannot come from so many queries, whatever was hit; 66 can")
    assert all(f"{language} {number}" in found.follows for language, number in distinct_questions.items())
    assert found.follows.endswith("as many distinct questions do the files of xquad-r hold")
    assert distinct("T10:ar:xquad_r_queries", {"ar": 1188}, {"xquad-r": counts}) == ""


def test_exact_a_count_that_the_files_do_not_hold_is_found(this_paper: Paper) -> None:
    files = {"mlqa-r": {"queries-ar": 517, "queries-de": 521, "candidates-de": 2362, "languages": 8}}
    found = {name: one for name, one in by_id(audit(this_paper, {}, files)).items() if one.kind == "data"}
    assert {name: (one.says, one.follows, one.grave) for name, one in found.items()} == {
        "data/T10:de:mlqa_r_queries": (("512",), "the files of mlqa-r hold 521", "contradiction"),
        "data/S05": (("7",), "the files of mlqa-r hold 8", "contradiction"),
    }


def test_exact_this_paper_takes_less_than_a_second(root: Path) -> None:
    paper = root / "claims/paper"
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        audited(paper)
        seconds.append(time.process_time() - begun)
    assert min(seconds) < 1


def test_itself_order_of_rows_and_files_does_not_matter(this_paper: Paper, root: Path, tmp_path: Path) -> None:
    del this_paper
    grids = {
        f"tables/{path.name}": [line.split(",") for line in path.read_text().splitlines()]
        for path in (root / "claims/paper/tables").glob("*.csv")
    }
    turned = {name: [grid[0], *reversed(grid[1:])] for name, grid in reversed(grids.items())}
    write(tmp_path, turned)
    (tmp_path / "statements.csv").write_bytes((root / "claims/paper/statements.csv").read_bytes())
    assert set(by_id(audited(tmp_path))) == {
        name.replace("T10:ar:", "T10:zh:") for name in by_id(audited(root / "claims/paper"))
    }


# consistent papers


@pytest.mark.parametrize("zeros", [False, True])
@given(
    seed=st.integers(0, 10**6), rows=st.sampled_from(ROUNDINGS), results=st.sampled_from(ROUNDINGS),
    text=st.sampled_from(ROUNDINGS), from_printed=st.booleans(), languages=st.integers(4, 8),
)  # fmt: skip
@QUIET
def test_theory_nothing_is_found_in_a_consistent_paper(
    *, zeros: bool, seed: int, rows: str, results: str, text: str, from_printed: bool, languages: int
) -> None:
    maker = Maker(np.random.default_rng(seed), Habits(rows, results, text, from_printed, zeros), languages)
    found = told(maker)
    assert found.findings == ()
    assert found.checked.relations["mean"] == 21
    assert found.checked.relations["summary"] == 12
    assert found.checked.relations["share-of-queries"] == 2 * languages


def test_exact_the_fixture_is_what_the_maker_makes_and_nothing_is_found_in_it(made_up: Path, tmp_path: Path) -> None:
    fixture().write(tmp_path)
    names = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv")]
    assert len(names) == 7
    for name in names:
        assert (tmp_path / name).read_bytes() == (made_up / name).read_bytes(), "run: tests/audit/paper_maker.py"
    assert audited(made_up).findings == ()


# planted slips: a second implementation says which of them break something under every rounding


def numbers(maker: Maker) -> dict[str, Fraction]:
    """Read the numbers back from the grids, without the audit's reader."""
    found: dict[str, Fraction] = {}
    for name, grid in maker.files.items():
        if name == "statements.csv":
            found |= {row[0]: Fraction(row[6]) for row in grid[1:] if row[6]}
            continue
        keys = 2 if grid[0][0] == "metric" else 1
        table = f"T{int(name.split('-')[1])}"
        for row in grid[1:]:
            for column, cell in zip(grid[0][keys:], row[keys:], strict=True):
                if NUMBER.fullmatch(cell):
                    found[f"{table}:{'/'.join(row[:keys])}:{column}"] = Fraction(cell)
    return found


def off(result: Fraction, computed: Fraction, unit: Fraction, kind: tuple[str, str]) -> bool:
    """Tell whether a result is further from what its rows give than rounding of both can bring it."""
    distance = (result - computed) / unit
    low, high = {"nc": (-1.5, 0.5), "cn": (-0.5, 1.5)}.get(kind[0][0] + kind[1][0], (-1, 1))
    return not low <= distance <= high


def broken_table(maker: Maker, found: dict[str, Fraction], table: int, blocks: list[str], unit: Fraction) -> bool:
    columns = {cell.rpartition(":")[2] for cell in found if cell.startswith(f"T{table}:")}
    fails = dict.fromkeys(KINDS, 0)
    for block in blocks:
        for column in columns:
            rows = [found[cell] for cell in maker.rows_of(table, block, column) if cell in found]
            for name, how in (("mean", mean), ("median", median)):
                cell = f"T{table}:{block}{name}:{column}"
                if cell not in found or not rows:
                    continue
                for kind in KINDS:
                    exact = name == "median" and len(rows) % 2
                    fails[kind] += found[cell] != how(rows) if exact else off(found[cell], how(rows), unit, kind)
    return min(fails.values()) > 0


def broken_summary(found: dict[str, Fraction]) -> bool:
    nearest = cut = 0
    for cell, value in found.items():
        if not cell.startswith("T1:"):
            continue
        _, arm, column = cell.split(":")
        name, _, setting = column.partition("_")
        source = found[f"T{2 + SETS.index(name)}:MAP/mean:{setting}_{arm.lower()}"] * 10000
        low, high = source - Fraction(1, 2), source + 1
        ten = value * 10000
        nearest += not (low <= ten + 5 and ten - 5 <= high)
        cut += not (low <= ten + 10 and ten <= high)
    return min(nearest, cut) > 0


ROOM = {"nearest": (Fraction(1, 2), Fraction(1, 2)), "cut": (Fraction(0), Fraction(1))}
"""How far below and above its last digit an unrounded share may lie."""


def broken_shares(maker: Maker, found: dict[str, Fraction]) -> bool:
    for at, name in enumerate(SETS):
        of = [
            (found[f"T{2 + at}:R@1/{language}:monolingual_{arm}"], found[f"T5:{language}:{name}_queries"])
            for language in maker.languages
            for arm in ARMS
        ]
        if all(any(not is_share(share, queries, how) for share, queries in of) for how in ROOM):
            return True
    return False


def is_share(share: Fraction, queries: Fraction, how: str) -> bool:
    """Tell whether some whole number of hits prints as this share: three neighbours of the likeliest are tried."""
    likeliest = int(share * queries)
    less, more = ROOM[how]
    return queries > 0 and any(
        share * 10000 - less <= hits * 10000 / queries <= share * 10000 + more
        for hits in range(likeliest - 2, likeliest + 3)
    )


def broken_range(found: dict[str, Fraction]) -> bool:
    def bad(cell: str, value: Fraction) -> bool:
        table = cell.partition(":")[0]
        if table in {"T1", "T2", "T3"} and value > 1:
            return True
        return value < 0 or (table == "T5" and value.denominator > 1) or (table == "T6" and value.denominator > 1)

    if any(bad(cell, value) for cell, value in found.items() if cell.startswith("T")):
        return True
    pairs = [(cell, cell.replace(":R@1/", ":MAP/")) for cell in found if ":R@1/" in cell]
    return any((found[less] - found[more]) * 10000 > Fraction(3, 2) for less, more in pairs)


def broken_text(maker: Maker, found: dict[str, Fraction]) -> bool:
    nearest = cut = 0
    for row in maker.files["statements.csv"][1:]:
        name, _, kind, left, _, right = row[:6]
        if kind == "count":
            n = len(maker.languages)
            if found[name] != (n * (n - 1) if "settings" in left else n):
                return True
        if kind == "value" and found[name] != found[left]:
            return True
        if kind == "order" and found[left] > found[right]:
            return True
        if kind == "best":
            arms = {arm: found[left.replace("*", arm)] for arm in ARMS}
            if max(arms.values()) > arms[right]:
                return True
        if kind == "reduction":
            places = max(len(row[6].partition(".")[2]), 0)
            ends = [
                100 * (found[right] + b - found[left] - a) / (found[right] + b)
                for a in (Fraction(-1, 20), Fraction(1, 10))
                for b in (Fraction(-1, 20), Fraction(1, 10))
                if found[right] + b != 0
            ]
            unit = Fraction(1, 10**places)
            nearest += not (min(ends) <= found[name] + unit / 2 and found[name] - unit / 2 <= max(ends))
            away = (found[name], found[name] + unit) if found[name] >= 0 else (found[name] - unit, found[name])
            cut += not (min(ends) <= away[1] and away[0] <= max(ends))
    return min(nearest, cut) > 0


def broken(maker: Maker) -> bool:
    found = numbers(maker)
    four, one = Fraction(1, 10**4), Fraction(1, 10)
    return (
        broken_table(maker, found, 2, ["MAP/", "R@1/"], four)
        or broken_table(maker, found, 3, ["MAP/", "R@1/"], four)
        or broken_table(maker, found, 4, [""], one)
        or broken_range(found)
        or broken_summary(found)
        or broken_shares(maker, found)
        or broken_text(maker, found)
    )


def changed(value: str, sort: str, at: int) -> str:
    digits = [place for place, mark in enumerate(value) if mark.isdigit()]
    place = digits[at % len(digits)]
    if sort == "digit":
        other = str((int(value[place]) + 1 + at % 9) % 10)
        return value[:place] + other + value[place + 1 :]
    if sort == "sign":
        return f"-{value}"
    pairs = [one for one, other in pairwise(digits) if other == one + 1]
    if not pairs:
        return value
    place = pairs[at % len(pairs)]
    return value[:place] + value[place + 1] + value[place] + value[place + 2 :]


def plant(maker: Maker, draw: st.DrawFn) -> str:
    """Plant one slip in the maker's grids; return a word for it."""
    name = draw(st.sampled_from(sorted(maker.files)))
    grid = maker.files[name]
    sort = draw(st.sampled_from(["digit", "digit", "swap", "sign", "row"]))
    if sort == "row" and name != "statements.csv":
        first, second = draw(st.permutations(range(1, len(grid))))[:2]
        keys = 2 if grid[0][0] == "metric" else 1
        if grid[first][: keys - 1] == grid[second][: keys - 1]:
            grid[first][keys:], grid[second][keys:] = grid[second][keys:], grid[first][keys:]
        return f"{name}: rows {first} and {second}"
    cells = [
        (row, column)
        for row in range(1, len(grid))
        for column in range(len(grid[0]))
        if NUMBER.fullmatch(grid[row][column]) and (name != "statements.csv" or column == 6)
    ]
    row, column = draw(st.sampled_from(cells))
    before = grid[row][column]
    grid[row][column] = changed(before, sort if sort != "row" else "digit", draw(st.integers(0, 80)))
    return f"{name}:{row + 1}: {before} -> {grid[row][column]}"


CAUGHT: list[bool] = []


@given(data=st.data(), seed=st.integers(0, 200), habits=st.sampled_from(KINDS))
@settings(derandomize=True, deadline=None, max_examples=100)
def test_other_implementation_every_slip_that_breaks_something_is_caught(
    data: st.DataObject, seed: int, habits: tuple[str, str]
) -> None:
    maker = Maker(np.random.default_rng(seed), Habits(*habits))
    assert not broken(maker)
    word = data.draw(st.composite(lambda draw: plant(maker, draw))())
    CAUGHT.append(broken(maker))
    if CAUGHT[-1]:
        assert told(maker).findings, word


def test_exact_slips_that_break_something_were_among_those() -> None:
    assert sum(CAUGHT) > len(CAUGHT) // 3
    assert not all(CAUGHT)
