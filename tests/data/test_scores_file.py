"""Scores files: exact faults with their lines, and tables that are the same however the file is written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.data.columns import LIMIT
from harness.data.scores import read_scores
from harness.errors import FileFaults
from harness.records.claim import Check, Setting
from harness.records.scores import COLUMNS, ScoreTable, Slot

HEADER = ",".join(COLUMNS)
Row = dict[str, str]


def slots(
    setting: Setting = "monolingual", *, composite: bool = False, asked_on: str = "set", **changes: Any
) -> list[Slot]:
    check = Check(**({"id": "higher", "measure": "MAP", "relation": "above"} | changes))
    return [
        Slot(check, "set", base, side, setting, asked_on, composite)
        for base in ("small", "large")
        for side in ("hybrid", "x-y")
    ]


ONE = slots()
TWO = [*ONE, *slots(id="again")]
CROSS = slots("crosslingual")
DISTANCE = slots("multilingual", measure="rank-distance")
BALANCED = [slot for one in ("monolingual", "multilingual") for slot in slots(one, composite=True)]


def rows(wanted: Sequence[Slot] = ONE, seeds: int = 2, queries: int = 3) -> list[Row]:
    """Good rows: line 2 on, slot by slot, seed by seed, query by query."""
    languages = ("en>de", "en>fr") if wanted[0].setting == "crosslingual" else ("en",)
    return [
        {"check": slot.name, "side": slot.side, "seed": str(seed), "query": f"q{query}"}
        | {"value": f"0.{1 + number % len(ONE)}{seed}{query}{at}", "cluster": f"k{query}", "language": language}
        | {"setting": slot.setting if slot.composite else ""}
        for number, slot in enumerate(wanted)
        for seed in range(seeds)
        for query in range(queries)
        for at, language in enumerate(languages)
    ]


def text(of: Sequence[Row], columns: Sequence[str] = COLUMNS, end: str = "\n") -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator=end, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(of)
    return stream.getvalue()


def read(path: Path, content: str | bytes, wanted: Sequence[Slot] = ONE) -> ScoreTable:
    file = path / "scores.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_scores(file, wanted)


def faults(path: Path, content: str | bytes, wanted: Sequence[Slot] = ONE) -> list[tuple[int, str]]:
    with pytest.raises(FileFaults) as caught:
        read(path, content, wanted)
    return [(fault.line, str(fault).partition(": ")[2]) for fault in caught.value.faults]


def one_fault(path: Path, content: str | bytes, line: int, words: str, wanted: Sequence[Slot] = ONE) -> None:
    found = faults(path, content, wanted)
    assert [at for at, _ in found] == [line], found
    assert re.search(words, found[0][1]), found


def plain(table: ScoreTable) -> Any:
    """All that a table holds."""
    return {
        question: (
            sheet.seeds,
            dict(sheet.queries),
            {
                place: (
                    part.query_rows.tolist(),
                    part.passage_languages,
                    {k: v.tolist() for k, v in part.values.items()},
                )
                for place, part in sheet.parts.items()
            },
        )
        for question, sheet in table.sheets.items()
    }


def changed(at: int, wanted: Sequence[Slot] = ONE, **cells: str) -> str:
    """The good file with other cells in row `at`, which stands on line `at` + 2."""
    good = rows(wanted)
    good[at] |= cells
    return text(good, [*COLUMNS, "setting"] if any(slot.composite for slot in wanted) else COLUMNS)


def test_exact_a_good_file_is_a_sheet_with_every_value_in_its_place(tmp_path: Path) -> None:
    table = read(tmp_path, text(rows()))
    assert table.rows == 2 * 2 * 2 * 3
    (sheet,) = table.sheets.values()
    assert list(table.sheets) == [("higher", "set")]
    assert sheet.seeds == (0, 1)
    assert sheet.queries["set"].ids == ("q0", "q1", "q2")
    assert sheet.queries["set"].clusters == ("k0", "k1", "k2")
    assert sheet.queries["set"].languages == ("en", "en", "en")
    part = sheet.parts["set", "monolingual"]
    assert part.query_rows.tolist() == [0, 1, 2]
    assert part.values["x-y", "small", 1].tolist() == [0.2100, 0.2110, 0.2120]
    assert len(part.values) == 2 * 2 * 2


def test_exact_crosslingual_rows_are_told_apart_by_their_pair(tmp_path: Path) -> None:
    (sheet,) = read(tmp_path, text(rows(CROSS)), CROSS).sheets.values()
    part = sheet.parts["set", "crosslingual"]
    assert part.query_rows.tolist() == [0, 0, 1, 1, 2, 2]
    assert part.passage_languages == ("de", "fr") * 3
    assert part.values["hybrid", "small", 0].tolist() == [0.1000, 0.1001, 0.1010, 0.1011, 0.1020, 0.1021]


CELLS = [
    *[("value", cell, "a finite number") for cell in ("nan", "NaN", "inf", "-inf", "", "abc", "1e999", " 0.5", "1_0")],
    *[("value", cell, "a finite number") for cell in ("0,5", "0x1", "\uff10.5", "--1", "NULL")],
    ("value", "-0.1", "MAP from 0 to 1, found -0.1$"),
    ("value", "1.01", "from 0 to 1, found 1.01; write shares, not percents"),
    ("value", "73", "shares, not percents"),
    *[("seed", cell, "whole number") for cell in ("1.0", "-1", "one", "\u0661", "1" * 19)],
    ("seed", "", "in the column seed, found nothing"),
    ("query", "", "in the column query, found nothing"),
    ("cluster", "  ", "in the column cluster, found nothing"),
    ("check", "", "in the column check, found nothing"),
    ("side", "", "in the column side, found nothing"),
    ("language", "", "in the column language, found nothing"),
    *[("language", cell, "query's language") for cell in ("en>de", "EN", "english", "e", "en>")],
    ("check", "lower/set/small", "check one of higher.*found 'lower/set/small'"),
    ("check", "higher/test/small", "dataset one of set.*did you mean higher/set/small"),
    ("check", "higher/set/huge", "base one of small, large"),
    ("check", "higher", "<check>/<dataset>/<base>"),
    ("side", "x-x-mono", "one of the sides hybrid, x-y of higher/set/small, found 'x-x-mono'"),
    ("side", "Hybrid", "one of the sides hybrid, x-y"),
]


@pytest.mark.parametrize(("column", "cell", "words"), CELLS)
def test_exact_a_wrong_cell_is_told_with_its_line(tmp_path: Path, column: str, cell: str, words: str) -> None:
    one_fault(tmp_path, changed(4, ONE, **{column: cell}), 6, words)


def test_exact_all_faults_of_a_file_are_told_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    wrong = rows()
    for at, cells in ((7, {"value": "x"}), (1, {"side": "bm25"}), (3, {"seed": "a"}), (5, {"value": "7"})):
        wrong[at] |= cells
    assert [line for line, _ in faults(tmp_path, text(wrong))] == [3, 5, 7, 9]


def test_exact_the_same_wrong_cell_is_told_once_with_how_often(tmp_path: Path) -> None:
    wrong = [row | {"side": row["side"].replace("x-y", "bm25")} for row in rows()]
    found = faults(tmp_path, text(wrong))
    assert [line for line, _ in found] == [8, 20]
    assert "'bm25' on 6 lines, this the first" in found[0][1]


def test_exact_of_very_many_faults_the_first_lines_are_those_shown(tmp_path: Path) -> None:
    wrong = [row | {"value": "7"} for row in rows(queries=400)]  # told after the cells, 3,200 of them
    wrong[2]["value"] = wrong[-1]["value"] = "x"
    found = faults(tmp_path, text(wrong))
    assert "found 3,200, of which" in found[0][1]
    assert [line for line, _ in found[1:]] == list(range(2, LIMIT + 2))
    assert "found 'x'" in found[3][1]


def test_exact_a_path_that_cannot_be_looked_at_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="a readable file, found File name too long"):
        read_scores(tmp_path / ("x" * 300 + ".csv"), ONE)


def test_exact_text_of_parquet_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    columns = parquet_columns(rows())
    columns["query"] = pa.Array.from_buffers(pa.string(), 24, pa.array([b"\xff\xfe"] * 24).buffers())
    with pytest.raises(FileFaults, match="a parquet file, found"):
        read_scores(as_parquet(tmp_path, columns), ONE)


def test_exact_of_many_faults_the_first_are_shown_and_all_counted(tmp_path: Path) -> None:
    wrong = [row | {"value": "nan"} for row in rows(queries=100)]
    found = faults(tmp_path, text(wrong))
    assert len(found) == LIMIT + 1
    assert "found 800, of which 50 are shown" in found[0][1]
    assert [line for line, _ in found[1:]] == list(range(2, LIMIT + 2))


@pytest.mark.parametrize("value", ["0", "-0", "1", "1.0000000000000002", "5e-324", "1E-3", "+.5", "1."])
def test_exact_every_way_to_write_a_share_is_read(tmp_path: Path, value: str) -> None:
    (sheet,) = read(tmp_path, changed(0, value=value)).sheets.values()
    assert sheet.parts["set", "monolingual"].values["hybrid", "small", 0][0] == float(value)


def test_exact_any_real_from_0_on_is_a_rank_distance_as_long_as_a_pool_can_have_it(tmp_path: Path) -> None:
    read(tmp_path, changed(0, DISTANCE, value="123456.5"), DISTANCE)
    one_fault(tmp_path, changed(0, DISTANCE, value="-1"), 2, "a rank distance of at least 0, found -1", DISTANCE)
    one_fault(tmp_path, changed(0, DISTANCE, value="1e300"), 2, "a rank distance", DISTANCE)


@pytest.mark.parametrize("language", ["en", "en>en", "en>", ">en", "en>de>fr", "en-de"])
def test_exact_crosslingual_rows_name_two_languages(tmp_path: Path, language: str) -> None:
    one_fault(tmp_path, changed(2, CROSS, language=language), 4, "two different languages as query>passage", CROSS)


def test_exact_checks_over_several_settings_need_one_in_each_row(tmp_path: Path) -> None:
    read(tmp_path, changed(0, BALANCED), BALANCED)
    one_fault(
        tmp_path,
        changed(0, BALANCED, setting=""),
        2,
        "setting one of monolingual, multilingual.*none|nothing",
        BALANCED,
    )
    one_fault(tmp_path, changed(0, BALANCED, setting="mono"), 2, "found 'mono'", BALANCED)
    found = faults(tmp_path, text(rows(BALANCED)), BALANCED)  # without the column
    assert all("in the column setting" in words for _, words in found)


def test_exact_other_checks_may_repeat_their_setting_and_name_no_other(tmp_path: Path) -> None:
    columns = [*COLUMNS, "setting"]
    named = [row | {"setting": "monolingual"} for row in rows()]
    assert plain(read(tmp_path, text(named, columns))) == plain(read(tmp_path, text(rows())))
    named[3]["setting"] = "multilingual"
    one_fault(tmp_path, text(named, columns), 5, "setting one of monolingual.*found 'multilingual'; leave it empty")


HEADERS = [
    (HEADER.replace(",cluster", ""), 1, "a column cluster, found none among"),
    (HEADER.replace("seed", " seed"), 2, "a column seed"),
    (HEADER + ",relation", 1, "found 'relation'; remove it"),
    ("," + HEADER, 1, "found nothing; remove it"),
    (HEADER + ",query", 1, "each column once, found query again"),
    (HEADER.replace(",", ";"), 1, "separated by commas, found 'check;side"),
    ("higher/set/small,hybrid,0,q0,0.5,k0,en", 14, "a column check"),
]


@pytest.mark.parametrize(("header", "count", "words"), HEADERS)
def test_exact_columns_that_are_missing_unknown_or_twice_are_told_on_the_header(
    tmp_path: Path, header: str, count: int, words: str
) -> None:
    found = faults(tmp_path, text(rows()).replace(HEADER, header, 1))
    assert [line for line, _ in found] == [1] * count
    assert re.search(words, found[0][1])


WAYS: dict[str, Callable[[str], bytes]] = {
    "BOM": lambda good: b"\xef\xbb\xbf" + good.encode(),
    "CRLF": lambda good: good.replace("\n", "\r\n").encode(),
    "blank lines": lambda good: ("\n\n" + good.replace("\n", "\n\n")).encode(),
    "no last end": lambda good: good.rstrip("\n").encode(),
    "quotes": lambda good: re.sub(r"([^,\n]+)", r'"\1"', good).encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_itself_ways_to_write_a_file_make_no_difference(tmp_path: Path, way: str) -> None:
    assert plain(read(tmp_path, WAYS[way](text(rows())))) == plain(read(tmp_path, text(rows())))


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.data())
def test_law_the_order_of_rows_and_columns_leaves_no_trace(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    path = tmp_path_factory.mktemp("order")
    wanted = data.draw(st.sampled_from([ONE, TWO, CROSS, BALANCED]))
    columns = [*COLUMNS, "setting"]
    good = rows(wanted)
    shuffled = [good[at] for at in np.random.default_rng(data.draw(st.integers(0, 99))).permutation(len(good))]
    told = read(path, text(shuffled, data.draw(st.permutations(columns))), wanted)
    assert plain(told) == plain(read(path, text(good, columns), wanted))


def test_exact_lines_are_those_of_the_file_behind_blank_lines_and_cells_with_line_ends(tmp_path: Path) -> None:
    good = rows()
    good[0]["query"] = good[3]["query"] = "two\nlines"
    for at in (0, 3, 6, 9, 12, 15, 18, 21):
        good[at]["query"] = "two\r\nlines"
    good[5]["value"] = "none"
    # line 1 blank, 2 header, 3-4 and 5, 6, then 7-8, 9 and the row sought on 10
    one_fault(tmp_path, "\n" + text(good), 10, "found 'none'")


WHOLE = [
    (b"", 0, "a header .check,side,.*an empty file"),
    (b"\n\n", 0, "an empty file"),
    (b"\xef\xbb\xbf", 0, "an empty file"),
    (HEADER.encode(), 0, "at least one row beside the header, found none"),
    (HEADER.encode() + b"\r\n\r\n", 0, "at least one row"),
]


@pytest.mark.parametrize(("content", "line", "words"), WHOLE)
def test_exact_files_without_rows_are_refused(tmp_path: Path, content: bytes, line: int, words: str) -> None:
    one_fault(tmp_path, content, line, words)


def test_exact_bytes_that_are_no_utf8_are_told_line_by_line(tmp_path: Path) -> None:
    lines = text(rows()).encode().split(b"\n")
    for at in (2, 9):
        lines[at] = lines[at].replace(b",q", b",\xe9q")
    found = faults(tmp_path, b"\n".join(lines))
    assert [line for line, _ in found] == [3, 10]
    assert "expected UTF-8, found byte 0xe9 at column 27; re-encode it" in found[0][1]
    assert faults(tmp_path, text(rows()).encode("utf-16"))[0][0] == 1


def test_exact_a_row_of_another_length_is_told_and_the_others_are_looked_at(tmp_path: Path) -> None:
    lines = text(rows()).split("\n")
    lines[3] = lines[3].replace("0.1", "0,1")
    lines[5] = "only"
    lines[8] = lines[8].replace("0.2", "x")
    found = faults(tmp_path, "\n".join(lines))
    assert [line for line, _ in found] == [4, 6, 9]
    assert "7 cells, as in the header, found 8; quote a cell that holds a comma; write decimals" in found[0][1]


def test_exact_gigantic_cells_and_lines_and_open_quotes_are_told_where_they_begin(tmp_path: Path) -> None:
    good = text(rows()).split("\n")

    def with_line(line: str) -> str:
        return "\n".join([*good[:4], line, *good[5:]])

    one_fault(tmp_path, with_line(good[4].replace("q0", "q" * 200_000)), 5, "at most 131,072 characters")
    one_fault(tmp_path, with_line("x" * 3_000_000), 5, "lines under 1,048,576 bytes")
    one_fault(tmp_path, with_line(good[4].replace("q0", '"q0')), 5, "quotes that are closed")
    one_fault(tmp_path, with_line(good[4].replace("q0", '"q"0')), 5, "a comma after a closing quote")
    one_fault(tmp_path, text(rows()).replace("\n", "\r"), 1, "end with LF or CRLF")
    (_, words), *_ = faults(tmp_path, with_line(good[4].replace("hybrid", "h" * 100_000)))
    assert len(words) < 300


def test_exact_paths_that_are_no_file_of_these_kinds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name, words in (
        ("folder.csv", "a readable file, found a folder"),
        ("none.csv", "a readable file, found none"),
        ("scores.tsv", r"ends with .csv or .parquet, found 'scores.tsv'"),
        ("scores", "ends with"),
    ):
        with pytest.raises(FileFaults, match=words):
            read_scores(tmp_path / name, ONE)
    (tmp_path / "SCORES.CSV").write_text(text(rows()))
    assert read_scores(tmp_path / "SCORES.CSV", ONE).rows == 24


def test_exact_a_row_told_twice_is_refused_beside_the_line_of_the_first(tmp_path: Path) -> None:
    good = rows()
    one_fault(tmp_path, text([*good, good[4]]), 26, r"hybrid in higher/set/small, seed 1\), found 'q1' as on line 6")
    one_fault(tmp_path, text([*good, good[4] | {"value": "0.5"}]), 26, "as on line 6")
    aliases = [row | {"side": "hybrid@0.5"} if row["side"] == "hybrid" else row for row in good]
    assert plain(read(tmp_path, text(aliases))) == plain(read(tmp_path, text(good)))
    one_fault(tmp_path, text([*good, good[4] | {"side": "hybrid@0.5", "seed": "01"}]), 26, "as on line 6")


def test_exact_a_query_of_two_clusters_or_two_languages_is_refused_once(tmp_path: Path) -> None:
    good = rows(TWO)
    for at in range(30, 36):
        good[at]["cluster"] = "k9"
    found = faults(tmp_path, text(good), TWO)
    assert [line for line, _ in found] == [32, 33, 34]
    assert "one cluster per query: 'k0' for 'q0' of set, as on line 2, found 'k9'" in found[0][1]
    asked = rows()
    asked[20]["language"] = "de"
    found = faults(tmp_path, text(asked))
    assert (found[0][0], found[0][1].count("one language per query: 'en' for 'q2' of set, as on line 4")) == (22, 1)


def test_exact_one_run_has_one_value_whichever_check_it_is_brought_for(tmp_path: Path) -> None:
    good = rows(TWO)
    assert len(read(tmp_path, text(good), TWO).sheets) == 2
    good[24 + 7]["value"] = "0.9"
    one_fault(
        tmp_path, text(good), 33, r"the MAP of 'q1', x-y in again/set/small, seed 0: 0.201 as on line 9, found 0.9", TWO
    )


def test_exact_checks_of_other_measures_have_values_of_their_own(tmp_path: Path) -> None:
    wanted = [*ONE, *slots(id="again", measure="R@1")]
    good = rows(wanted)
    good[24]["value"] = "1"
    assert len(read(tmp_path, text(good), wanted).sheets) == 2


def test_exact_a_check_without_rows_is_no_fault_but_no_sheet_either(tmp_path: Path) -> None:
    assert list(read(tmp_path, text(rows()), TWO).sheets) == [("higher", "set")]


def without(keep: Callable[[Row], bool], wanted: Sequence[Slot] = ONE) -> str:
    return text([row for row in rows(wanted) if keep(row)], [*COLUMNS, "setting"])


LACKING: list[tuple[Sequence[Slot], Callable[[Row], bool], int, str]] = [
    (
        ONE,
        lambda row: row["side"] == "hybrid",
        2,
        "rows of x-y in higher/set/(small|large) too, found none; bring them",
    ),
    (ONE, lambda row: "large" not in row["check"], 2, "in higher/set/large too"),
    (
        ONE,
        lambda row: (row["side"], row["seed"]) != ("x-y", "1"),
        8,
        "x-y in .* every seed .*none of seed 1; seeds are",
    ),
    (ONE, lambda row: (row["side"], row["query"]) != ("x-y", "q1"), 8, "1 missing: 'q1'; measure every arm"),
    (
        CROSS,
        lambda row: (row["side"], row["language"]) != ("x-y", "en>de"),
        14,
        "3 missing: 'q0' > de, 'q1' > de, 'q2' > de",
    ),
    (BALANCED, lambda row: row["setting"] != "multilingual", 2, "rows of hybrid in higher/set/small, multilingual too"),
]


@pytest.mark.parametrize(("wanted", "keep", "line", "words"), LACKING)
def test_exact_what_one_arm_lacks_is_told_and_never_dropped(
    tmp_path: Path, wanted: Sequence[Slot], keep: Callable[[Row], bool], line: int, words: str
) -> None:
    found = faults(tmp_path, without(keep, wanted), wanted)
    assert found[0][0] == line
    assert re.search(words, found[0][1]), found


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.sampled_from([ONE, CROSS, BALANCED, DISTANCE]), st.integers(0, 10**6))
def test_law_a_file_that_lacks_any_one_row_is_refused(
    tmp_path_factory: pytest.TempPathFactory, wanted: Sequence[Slot], number: int
) -> None:
    good = rows(wanted)
    del good[number % len(good)]
    assert faults(tmp_path_factory.mktemp("lacking"), text(good, [*COLUMNS, "setting"]), wanted)


def test_exact_rows_that_one_arm_has_more_are_told_on_their_line(tmp_path: Path) -> None:
    good = rows()
    more = good[1] | {"query": "q9", "cluster": "k9"}
    one_fault(
        tmp_path,
        text([*good, more]),
        26,
        "the 3 queries .* in hybrid in higher/set/small, seed 0 too, found 1 more: 'q9'",
    )
    many = [good[1] | {"query": f"p{at}", "cluster": "k9"} for at in range(9)]
    one_fault(tmp_path, text([*good, *many]), 26, "9 more: 'p0', 'p1', 'p2', ..;")


def test_exact_a_question_over_all_datasets_needs_all_of_them(tmp_path: Path) -> None:
    here = slots(asked_on="all")
    there = [Slot(one.check, "other", one.base, one.side, one.setting, "all", composite=False) for one in here]
    wanted = [*here, *there]
    (sheet,) = read(tmp_path, text(rows(wanted)), wanted).sheets.values()
    assert set(sheet.parts) == {("set", "monolingual"), ("other", "monolingual")}
    found = faults(tmp_path, text(rows(here)), wanted)
    assert len(found) == 4
    assert "rows of hybrid in higher/other/small too" in found[0][1]


def test_exact_a_check_of_some_languages_takes_these_and_no_others(tmp_path: Path) -> None:
    wanted = slots(languages=("de", "en"))
    lacking = faults(tmp_path, text(rows(wanted)), wanted)
    assert "expected queries in de and en in hybrid in higher/set/small, found none in de" in lacking[0][1]
    other = [row | {"language": "fr"} for row in rows(wanted)]
    found = faults(tmp_path, text(other), wanted)
    assert "a query in de or en, of which higher speaks, found 'fr' on 6 lines" in found[0][1]


def test_exact_copies_of_a_seed_are_refused(tmp_path: Path) -> None:
    good = rows(queries=40)
    for row in good:
        if (row["side"], row["check"]) == ("x-y", "higher/set/large"):
            row["value"] = f"0.{row['query'].removeprefix('q'):0>3}"
    one_fault(tmp_path, text(good), 282, "found the 40 values of seed 0 again under seed 1; bring trainings")


def test_exact_arms_that_answer_nearly_all_may_agree_under_two_seeds(tmp_path: Path) -> None:
    good = [row | {"value": "0" if int(row["query"][1:]) < 29 else "1"} for row in rows(queries=400)]
    read(tmp_path, text(good))
    good = [row | {"value": "0" if int(row["query"][1:]) < 30 else "1"} for row in rows(queries=400)]
    assert len(faults(tmp_path, text(good))) == 4
    read(tmp_path, text([row | {"value": "1"} for row in good]))


def as_parquet(path: Path, columns: dict[str, Any]) -> Path:
    file = path / "scores.parquet"
    pq.write_table(pa.table(columns), file)
    return file


def parquet_columns(of: Sequence[Row]) -> dict[str, Any]:
    found: dict[str, Any] = {name: [row[name] for row in of] for name in COLUMNS}
    return found | {"seed": [int(row["seed"]) for row in of], "value": [float(row["value"]) for row in of]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"check": pa.large_string(), "side": pa.dictionary(pa.int8(), pa.string()), "seed": pa.uint8()},
        {"seed": pa.string(), "cluster": pa.dictionary(pa.int32(), pa.large_string())},
    ],
)
def test_itself_parquet_is_read_as_the_same_table(tmp_path: Path, changes: dict[str, pa.DataType]) -> None:
    columns = parquet_columns(rows())
    columns |= {name: pa.array(columns[name]).cast(kind) for name, kind in changes.items()}
    file = as_parquet(tmp_path, columns)
    assert plain(read_scores(file, ONE)) == plain(read(tmp_path, text(rows())))


def test_exact_whole_numbers_name_queries_and_clusters_too(tmp_path: Path) -> None:
    columns = parquet_columns(rows()) | {"query": [int(row["query"][1:]) for row in rows()]}
    (sheet,) = read_scores(as_parquet(tmp_path, columns), ONE).sheets.values()
    assert sheet.queries["set"].ids == ("0", "1", "2")


@pytest.mark.parametrize(
    ("name", "cells", "words"),
    [
        ("value", ["0.5"] * 24, "numbers in the column value, found string"),
        ("value", [True] * 24, "numbers in the column value, found bool"),
        ("value", [[0.5]] * 24, "found list<"),
        ("seed", [0.0] * 24, "text or whole numbers in the column seed, found double"),
        ("query", [b"q"] * 24, "in the column query, found binary"),
        ("relation", ["r"] * 24, "one of the columns .*found 'relation'"),
    ],
)
def test_exact_parquet_of_other_types_is_refused(tmp_path: Path, name: str, cells: list[Any], words: str) -> None:
    with pytest.raises(FileFaults, match=words):
        read_scores(as_parquet(tmp_path, parquet_columns(rows()) | {name: cells}), ONE)


def test_exact_nulls_and_nans_of_parquet_are_told_with_their_row(tmp_path: Path) -> None:
    columns = parquet_columns(rows())
    columns["value"][4], columns["value"][6], columns["value"][9] = None, float("nan"), float("inf")
    columns["query"][2] = None
    with pytest.raises(FileFaults) as caught:
        read_scores(as_parquet(tmp_path, columns), ONE)
    assert [(fault.line, fault.found) for fault in caught.value.faults] == [
        (3, "nothing"),
        (5, "nothing"),
        (7, "nan"),
        (10, "inf"),
    ]


def test_exact_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    file = as_parquet(tmp_path, parquet_columns(rows()))
    data = file.read_bytes()
    for damaged in (b"", b"PAR1", text(rows()).encode(), data[:-30], data[:40] + bytes(20) + data[60:]):
        file.write_bytes(damaged)
        with pytest.raises(FileFaults, match="a parquet file, found"):
            read_scores(file, ONE)
    pq.write_table(pa.table(parquet_columns(rows())).slice(0, 0), file)
    with pytest.raises(FileFaults, match="at least one row"):
        read_scores(file, ONE)


def test_degenerate_many_rows_are_read_and_many_faults_told(tmp_path: Path) -> None:
    names = [(slot.name, slot.side, seed) for slot in ONE for seed in range(5)]
    values = np.random.default_rng(0).uniform(0.1, 0.9, (len(names), 5000))
    content = "".join(
        f"{check},{side},{seed},q{at},{value!r},k{at // 5},en\n"
        for (check, side, seed), own in zip(names, values.tolist(), strict=True)
        for at, value in enumerate(own)
    )
    assert read(tmp_path, f"{HEADER}\n{content}").rows == 100_000
    found = faults(tmp_path, f"{HEADER}\n{content}".replace(",0.", ",x0."))
    assert "found 100,000, of which 50 are shown" in found[0][1]
