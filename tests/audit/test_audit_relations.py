"""Oracles: small tables worked out by hand; each is right at one value and wrong one step further."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.audit import audit, read

if TYPE_CHECKING:
    from pathlib import Path

    from harness.records.audit import Finding

HEADER = "id,section,kind,left,relation,right,claimed,unit\n"


def found(folder: Path, tables: dict[str, str], statements: str = "") -> list[Finding]:
    (folder / "tables").mkdir(parents=True)
    for name, text in tables.items():
        (folder / f"tables/{name}.csv").write_text(text)
    said = None
    if statements:
        said = folder / "statements.csv"
        said.write_text(HEADER + statements)
    return list(audit(read(folder / "tables", said), {}, {}).findings)


@pytest.mark.parametrize(
    ("name", "rows", "right", "wrong"),
    [
        ("mean", "0.10 0.20 0.30", "0.20 0.21 0.19", "0.22 0.18 0.02 -0.20"),
        ("average", "0.10 0.20 0.30", "0.20", "0.22"),
        ("median", "0.10 0.20 0.60", "0.20", "0.21 0.30"),
        ("median", "0.10 0.20 0.30 0.60", "0.25 0.26 0.24", "0.27 0.20"),
        ("total", "1 2 3", "6 7 8 9 4", "10 3"),
        ("min", "1 2 3", "1", "2 0"),
        ("max", "0.1 0.2 0.5", "0.5", "0.4 0.6"),
    ],
)
@pytest.mark.parametrize("across", [False, True])
def test_exact_what_is_made_of_rows_or_columns(
    *, name: str, rows: str, right: str, wrong: str, across: bool, tmp_path: Path
) -> None:
    for at, value in enumerate([*right.split(), *wrong.split()]):
        cells = rows.split()
        if across:
            header = ",".join(f"x_{place}" for place, _ in enumerate(cells))
            text = f"language,{header},x_{name}\nde,{','.join(cells)},{value}\n"
        else:
            text = (
                "language,x\n" + "".join(f"{place}w,{cell}\n" for place, cell in enumerate(cells)) + f"{name},{value}\n"
            )
        told = found(tmp_path / str(at), {"table-1-made": text})
        assert bool(told) == (value in wrong.split()), value
        if told:
            assert told[0].where[0] == ("T1:de:x_" + name if across else f"T1:{name}:x")


def test_exact_a_count_is_not_rounded_so_its_total_is_exact(tmp_path: Path) -> None:
    rows = "language,queries\nde,10\nen,20\nfr,30\ntotal,{}\n"
    assert found(tmp_path / "right", {"table-1-made": rows.format(60)}) == []
    (one,) = found(tmp_path / "wrong", {"table-1-made": rows.format(61)})
    assert (one.kind, one.grave, one.follows[:34]) == ("sum", "slip", "the sum of 3 cells is 60.00, and b")


def test_exact_of_long_tables_nobody_says_whose_slip_it_is(tmp_path: Path) -> None:
    rows = "".join(f"w{at},0.5\n" for at in range(100))
    (one,) = found(tmp_path, {"table-1-made": f"l,x\n{rows}mean,95.7\n"})
    assert (one.grave, one.origin, one.mends) == ("contradiction", "cannot-tell", ())


def test_exact_a_slip_in_a_row_is_named_with_what_would_mend_it(tmp_path: Path) -> None:
    """The mean of 0.5012, 0.7501, 0.6100 and 0.4400 is 0.5753; 0.7501 was typed as 0.7051."""
    (one,) = found(tmp_path, {"table-1-made": "l,x\nde,0.5012\nen,0.7051\nfr,0.6100\nit,0.4400\nmean,0.5753\n"})
    assert (one.kind, one.grave, one.origin) == ("mean", "slip", "cannot-tell")
    assert one.follows.startswith("the mean of 4 cells is 0.564075, and between 0.56")
    assert one.where[0] == "T1:mean:x"
    assert len(one.mends) <= 6


def test_exact_two_wrong_digits_are_rather_the_papers_own(tmp_path: Path) -> None:
    (one,) = found(tmp_path, {"table-1-made": "l,x\nde,0.1\nen,0.2\nfr,0.3\nmean,95.7\n"})
    assert (one.grave, one.origin, one.mends, one.where) == ("contradiction", "rather-the-paper", (), ("T1:mean:x",))


@pytest.mark.parametrize(
    ("name", "header", "value", "wrong"),
    [
        ("map-of-all", "language,x", "1.2", True),
        ("map-of-all", "language,x", "-0.1", True),
        ("map-of-all", "language,x", "1", False),
        ("scores", "language,ndcg@10_x", "1.01", True),
        ("scores", "language,x", "1.01", False),
        ("rank-distance", "language,x", "-3", True),
        ("rank-distance", "language,x", "300", False),
        ("data", "language,queries", "-12", True),
        ("data", "language,queries", "12", False),
    ],
)
def test_exact_measures_and_counts_have_ranges(
    name: str, header: str, value: str, *, wrong: bool, tmp_path: Path
) -> None:
    low = {"data": "7", "rank-distance": "7"}.get(name, "0.5")
    told = found(tmp_path, {f"table-1-{name}": f"{header}\nde,{low}\nfr,{low}\nen,{value}\n"})
    assert [one.kind for one in told] == (["impossible"] if wrong else [])


def test_exact_means_of_counts_and_sizes_in_millions_need_not_be_whole(tmp_path: Path) -> None:
    assert found(tmp_path / "mean", {"table-1-data": "l,queries\nde,7\nen,8\nfr,8\nmean,7.7\nmedian,8\n"}) == []
    assert found(tmp_path / "round", {"table-1-data": "l,queries\nde,7\nen,8\nfr,8\nmean,8\nmedian,8\n"}) == []
    assert found(tmp_path / "size", {"table-1-data": "l,size\nde,7.5\nen,8\nfr,8.1\nit,8.2\n"}) == []
    (one,) = found(tmp_path / "slip", {"table-1-data": "l,size\nde,75\nen,8.1\nfr,81\nit,82\n"})
    assert one.where == ("T1:en:size",)


def test_exact_percent_is_no_impossible_value(tmp_path: Path) -> None:
    assert found(tmp_path, {"table-1-map": "language,x\nde,65.5\nen,71.2\n"}) == []


def test_exact_less_is_found_among_fewer(tmp_path: Path) -> None:
    text = "metric,language,x\nR@1,de,0.501\nR@1,en,0.401\nR@10,de,0.6\nR@10,en,0.3\nMAP,de,0.4\nMAP,en,0.45\n"
    told = {one.where for one in found(tmp_path, {"table-1-made": text})}
    assert told == {("T1:R@1/en:x", "T1:R@10/en:x"), ("T1:R@1/de:x", "T1:MAP/de:x")}


DETAIL = (
    "metric,language,mono_x-x-late,mono_x-y\nMAP,de,0.6012,0.5001\nMAP,en,0.7036,0.6003\nMAP,mean,0.6524,0.5502\n"
    "R@1,de,0.5012,0.4001\nR@1,en,0.6036,0.5003\nR@1,mean,0.5524,0.4502\n"
)
OTHER = (
    "metric,language,mono_x-x-late,mono_x-y\nMAP,de,0.6412,0.5103\nMAP,en,0.7032,0.5907\nMAP,mean,0.6722,0.5505\n"
    "R@1,de,0.5112,0.4101\nR@1,en,0.6136,0.5103\nR@1,mean,0.5624,0.4602\n"
)


def summary(tmp_path: Path, first: str, last: str = ".672") -> list[Finding]:
    text = f"model,how,birds_mono,bats_mono\nBig,X-X,{first},{last}\nBig,X-Y,.550,.550\n"
    files = {"table-1-map": text, "table-2-birds-big": DETAIL, "table-3-bats-big": OTHER}
    return found(tmp_path / first / last, files)


def test_exact_two_cells_are_too_few_to_be_read_as_a_summary(tmp_path: Path) -> None:
    few = "model,how,birds_mono,bats_mono\nBig,X-X,.652,.111\n"
    assert found(tmp_path, {"table-1-map": few, "table-2-birds-big": DETAIL, "table-3-bats-big": OTHER}) == []


def test_exact_a_summary_is_read_off_names_and_values_and_held_against_its_source(tmp_path: Path) -> None:
    assert summary(tmp_path, ".652") == []
    (one,) = summary(tmp_path, ".662")
    assert (one.where, one.says) == (("T1:Big/X-X:birds_mono", "T2:MAP/mean:mono_x-x-late"), (".662", "0.6524"))
    assert (one.grave, one.mends) == ("slip", ("T1:Big/X-X:birds_mono read .652 instead of .662",))
    (one,) = summary(tmp_path, ".653", ".671")  # touches what 0.6524 may have been, if that was cut off
    assert one.says == (".671", "0.6722")


@pytest.mark.parametrize(
    ("statement", "right", "wrong"),
    [
        ("value,T1:de:x_a,=,,{},", "0.5", "0.6 0.05 -0.5"),
        ("reduction,T1:de:x_a,below,T1:en:x_a,{},percent", "33.3", "33.4 66.7 0.3"),
        ("reduction,T1:de:x_a,below,T1:en:x_a,{},", "0.333", "0.334 33.3"),
        ("increase,T1:en:x_a,above,T1:de:x_a,{},percent", "50.0 49.9", "50.1 33.3"),
        ("difference,T1:en:x_a,=,T1:de:x_a,{},", "0.2500", "0.2503 0.2600"),
        ("ratio,T1:en:x_a,=,T1:de:x_a,{},", "1.500", "1.501 0.667"),
        ("order,T1:de:x_a,<,T1:en:x_a,{},", " ", ""),
        ("order,T1:de:x_a,>,T1:en:x_a,{},", "", " "),
        ("best,T1:de:x_*,max,a,{},", " ", ""),
        ("best,T1:de:x_*,min,a,{},", "", " "),
        ("best,T1:de:x_*,max,b,{},", "", " "),
        ("best,T1:*:x_*,max,A,{},", " ", ""),
    ],
)
def test_exact_what_the_text_states(statement: str, right: str, wrong: str, tmp_path: Path) -> None:
    table = "language,x_a,x_b\nde,0.5000,0.25\nen,0.7500,0.5123\n"
    for value in (right.split(" ") if right != " " else ["", ""]) if right else []:
        assert found(tmp_path / f"right{value}", {"table-1-made": table}, f"S01,1,{statement.format(value)}\n") == []
        if not value:
            break
    for value in (wrong.split(" ") if wrong != " " else [""]) if wrong else []:
        (one,) = found(tmp_path / f"wrong{value}", {"table-1-made": table}, f"S01,1,{statement.format(value)}\n")
        assert "S01" in one.where
        assert one.grave == "contradiction"


def test_exact_a_tie_is_no_contradiction_unless_finer_digits_make_it_one(tmp_path: Path) -> None:
    table, said = "language,x_a,x_b\nde,0.51,0.51\nen,0.70,0.60\n", "S01,1,best,T1:de:x_*,max,a,,\n"
    (one,) = found(tmp_path / "tie", {"table-1-made": table}, said)
    assert (one.kind, one.grave) == ("tie", "rounding")
    assert one.follows == "T1:de:x_a and T1:de:x_b print the same: neither is shown to be above"
    table = "system,birds_one,birds_two\nA,.652,.550\nB,.652,.560\n"
    for best, finer in (("A", "0.6522"), ("B", "0.6518")):
        detail = f"metric,language,one_a,one_b,two_a,two_b\nMAP,de,{finer},0.6520,0.5512,0.5598\n"
        detail += f"MAP,en,{finer},0.6520,0.5492,0.5606\nMAP,mean,{finer},0.6520,0.5502,0.5602\n"
        for said in "AB":
            told = found(
                tmp_path / f"{best}{said}",
                {"table-1-map": table, "table-2-birds": detail},
                f"S01,1,best,T1:*:birds_one,max,{said},,\n",
            )
            assert [(one.kind, one.grave) for one in told] == ([] if said == best else [("best", "contradiction")])


def test_exact_a_number_that_is_that_of_another_cell_is_said_to_be(tmp_path: Path) -> None:
    table = "language,x_a,x_b\nde,0.51,0.72\nen,0.70,0.60\n"
    (one,) = found(tmp_path, {"table-1-made": table}, "S01,1,value,T1:de:x_a,=,,0.72,\n")
    assert one.mends == ("S01 spoke of T1:de:x_b",)
    assert one.follows == "T1:de:x_a says 0.51; the number of S01 is that of T1:de:x_b"


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("Birds languages;3 Birds cross-lingual settings;6 Birds monolingual settings;3", []),
        ("Birds languages;4", [("count", "unclear")]),
        ("Birds cross-lingual settings;3", [("count", "unclear")]),
        ("Bats languages;2", []),
        ("Bats languages;3", [("count", "unclear")]),
        ("Sagas languages;2 training languages;4", []),
        ("Sagas languages;4", [("count", "unclear")]),
        ("training languages;3", [("count", "unclear")]),
        ("training data languages;9", []),
        ("Whale languages;9", []),
        ("Whale languages;9 Whale languages;8", [("count", "contradiction")]),
        ("whale songs;9 Whale songs;8", [("count", "contradiction")]),
        ("whale songs;9 bird songs;8", []),
    ],
)
def test_exact_counts_of_the_text(said: str, kinds: list[tuple[str, str]], tmp_path: Path) -> None:
    tables = {
        "table-1-data": "language,birds_size,bats_size\nde,5,7\nen,6,8\nfr,7,\nmean,6,7.5\n",
        "table-2-training": "dataset,size,languages\nSagas,5,de en\nLogs,6,fr it\n",
    }
    tables["table-1-data"] = "language,birds_queries,bats_queries\nde,5,7\nen,6,8\nfr,7,\n"
    named = [
        one.strip().split(";")
        for one in said.replace("1 ", "1|")
        .replace("2 ", "2|")
        .replace("3 ", "3|")
        .replace("6 ", "6|")
        .replace("9 ", "9|")
        .split("|")
    ]
    rows = "".join(f"S0{at},1,count,{name},=,,{number},\n" for at, (name, number) in enumerate(named))
    assert [(one.kind, one.grave) for one in found(tmp_path, tables, rows)] == kinds


def test_exact_lines_that_repeat_are_found_and_means_or_equal_counts_are_not(tmp_path: Path) -> None:
    rows = "l,x_a,x_b,queries_a,queries_b\nde,0.512,0.512,900,900\nen,0.634,0.634,900,900\nfr,0.771,0.771,900,900\n"
    (one,) = found(tmp_path / "yes", {"table-1-made": rows})
    assert (one.kind, one.grave) == ("repeat", "unclear")
    assert one.where == ("T1:de:x_a", "T1:en:x_a", "T1:fr:x_a", "T1:de:x_b", "T1:en:x_b", "T1:fr:x_b")
    assert found(tmp_path / "short", {"table-1-made": rows.replace("0.771,0.771", "0.771,0.781")}) == []
    low = "l,a,b,c\nde,0.512,0.634,0.771\nen,0.612,0.734,0.871\nfr,0.412,0.534,0.671\nmedian,0.512,0.634,0.771\n"
    assert found(tmp_path / "median", {"table-1-made": low}) == []


def shares(cells: str, queries: str = "517 512 500") -> dict[str, str]:
    rows = [row.split() for row in cells.split(";")]
    counted = dict(zip(("ar", "de", "es"), queries.split(), strict=True))
    return {
        "table-1-birds": "metric,language,a,b,c\n"
        + "".join(f"R@1,{name},{','.join(row)}\n" for name, row in zip(counted, rows, strict=True)),
        "table-2-data": "language,birds_queries\n" + "".join(f"{name},{count}\n" for name, count in counted.items()),
    }


GOOD = "0.4971 0.4778 0.4952;0.4883 0.4785 0.4980;0.5800 0.5600 0.5840"
"""Shares of 517, 512 and 500 queries that MLQA-R's tables print."""


def test_exact_a_share_that_no_number_of_queries_makes_is_found(tmp_path: Path) -> None:
    assert found(tmp_path / "good", shares(GOOD)) == []
    (one,) = found(tmp_path / "bad", shares(GOOD.replace("0.4785", "0.4795")))
    assert one.where == ("T1:R@1/de:b", "T2:de:birds_queries")
    assert one.follows == "no whole number out of 512 queries is such a share; 2 others of this language are one"
    assert "T1:R@1/de:b read 0.4785 instead of 0.4795" in one.mends


def test_exact_where_the_stated_numbers_explain_most_no_other_is_sought(tmp_path: Path) -> None:
    """0.1988 is no share of 512, but 503 queries make all three."""
    three = "0.1074 0.1988 0.2266"
    (one,) = found(tmp_path, shares(GOOD.replace("0.4883 0.4785 0.4980", three)))
    assert one.where == ("T1:R@1/de:b", "T2:de:birds_queries")


def test_exact_other_numbers_of_queries_are_told_where_the_stated_ones_explain_little(tmp_path: Path) -> None:
    (one,) = found(tmp_path, shares(GOOD, "516 510 502"))
    assert (one.kind, one.grave, one.origin) == ("queries", "contradiction", "rather-the-paper")
    assert "8 of 9 shares cannot" in one.follows
    assert "9 can come from these numbers: ar 517, de 512, es 500" in one.follows


def test_degenerate_no_queries_no_shares_or_coarse_digits_say_nothing(tmp_path: Path) -> None:
    told = found(tmp_path / "none", shares(GOOD, "0 512 500"))
    assert told != []
    coarse = "0.5 0.4 0.5;0.4 0.5 0.5;0.6 0.6 0.6"
    assert found(tmp_path / "coarse", shares(coarse)) == []
    assert (
        found(
            tmp_path / "several",
            {
                k: v.replace("a,b,c", "crosslingual_a,crosslingual_b,crosslingual_c")
                for k, v in shares(GOOD, "516 510 502").items()
            },
        )
        == []
    )
