"""The table of outcomes: what it says, what it replaces, what it finds changed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_builders import (
    HOSTILE,
    composite,
    contrast,
    counts,
    every_kind,
    fitted,
    hostile,
    inconclusive,
    never_third,
    not_by_sinking,
    order,
    ruling,
    turned,
    two_datasets,
    untested,
    verdict,
)

from harness.__main__ import cli
from harness.errors import UsageError
from harness.records.verdict import Verdict
from harness.report import outcomes
from harness.report.folder import ReportsFolder

MARKED = "# Ours\n\n<!-- outcomes:atlas -->\nold\n<!-- /outcomes:atlas -->\n\nThe end"
KINDS = every_kind()


def row(spoken: Verdict) -> list[str]:
    line = outcomes.outcomes([spoken]).splitlines()[-1]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_exact_rows() -> None:
    assert row(verdict())[1:] == ["supported", "lower: by 31% [28, 34]", "15.4% (labse), 30.1% (xlm-r)", ""]
    assert row(two_datasets())[2:4] == [
        "mono: +7% [4, 11] on xquad-r; +5% [2, 9] on mlqa-r",
        "0.99% (labse), 6.5% (xlm-r) on xquad-r; 3.1% (labse), 4.2% (xlm-r) on mlqa-r",
    ]
    assert row(counts())[1:] == ["supported", "38 of 38 counts equal", "38 counts", ""]
    assert row(composite(order(), "c10"))[2] == "ndcg: x-x-mono above hybrid supported, hybrid above x-y inconclusive"
    assert row(composite(never_third(), "c11"))[2] == "never-third: 2 of 54 cells third"
    assert row(composite(contrast(), "c04"))[2] == "middle: contrast 0.013 [0.004, 0.021] MAP"


def test_exact_notes_say_why_nothing_was_decided() -> None:
    floored = row(fitted())
    assert floored[1:4] == ["untested", "none", "none"]
    assert floored[4] == (
        "below_floor: hybrid has multilingual MAP 0.344 on xquad-r, below 0.9 of the lexical baseline's 0.512, and more"
    )
    assert row(untested())[4].startswith("resource_missing: XQuAD-R is not on this machine")
    assert row(inconclusive(seeds_needed=23))[4] == "lower on xquad-r would take 23 seeds"
    assert row(inconclusive(seeds_needed=None))[4] == "lower on xquad-r unsettled, more seeds would not do"
    assert (
        row(turned())[4] == "contradicted, but not at a neighbouring setting: lower turns at temperature one step down"
    )
    against = ruling(id="other", outcome="contradicted", p_against=0.001)
    assert row(verdict(outcome="contradicted", checks=(ruling(), against)))[4] == "other contradicted"


def test_exact_the_sentence_says_where_in_the_words_of_the_scoped_sentences() -> None:
    files = counts(sentence="In the real files: hybrid has a lower mean rank distance than x-x-mono")
    words = verdict().model_copy(update={"sentence": f"On Atlas, small encoders: {verdict().statement}"})
    sentence = outcomes.outcomes([words, words.model_copy(update={"claim": "c07"}), files]).partition("\n")[0]
    assert sentence.startswith("These are outcomes on Atlas, small encoders (c13 in the real files).")
    assert "wrong" not in sentence


def test_exact_data_sets_and_bases_are_no_part_of_the_place() -> None:
    rest = ", on xquad-r and mlqa-r, pooled over xlm-r and labse: hybrid has a higher mean monolingual MAP than x-y"
    text = outcomes.outcomes([verdict(sentence=f"On Atlas, small encoders{rest}")])
    assert text.startswith("These are outcomes on Atlas, small encoders. ")


def test_theory_a_place_with_a_colon_is_kept_whole() -> None:
    given = verdict(sentence=f"On Atlas: small encoders: {verdict().statement}")
    assert "outcomes on Atlas: small encoders." in outcomes.outcomes([given])


def test_degenerate_hostile_words_stay_words() -> None:
    text = outcomes.outcomes([hostile(), verdict(claim="c67", title=HOSTILE[1] + "[1](javascript:1) | x _y_ a_b")])
    assert "<script" not in text
    assert "](" not in text.replace("\\](", "")
    assert "\x1b" not in text
    assert len(text.splitlines()) == 6
    assert "a_b" in text
    assert "\\_y\\_" in text


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    before=st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    after=st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    shown=st.lists(st.sampled_from(KINDS), min_size=1, max_size=5, unique_by=lambda one: one.claim),
)
def test_property_writing_keeps_the_rest_and_what_was_written_checks(
    tmp_path_factory: pytest.TempPathFactory, before: str, after: str, shown: list[Verdict]
) -> None:
    path = tmp_path_factory.mktemp("readme") / "README.md"
    opening, closing = f"{before}\n<!-- outcomes:atlas -->\r\n", f"<!-- /outcomes:atlas -->\n{after}"
    path.write_bytes(f"{opening}old\n{closing}".encode())
    outcomes.write(path, "atlas", outcomes.outcomes(shown))
    once = path.read_bytes()
    assert once.startswith(opening.encode())
    assert once.endswith(closing.encode())
    assert outcomes.differences(path, "atlas", shown) == []
    outcomes.write(path, "atlas", outcomes.outcomes(shown))
    assert path.read_bytes() == once
    other = shown[0].model_copy(update={"outcome": "untested" if shown[0].outcome != "untested" else "supported"})
    assert len(outcomes.differences(path, "atlas", [other, *shown[1:]])) == 1
    assert len(outcomes.differences(path, "atlas", [*shown[1:], shown[0].model_copy(update={"claim": "c99"})])) == 2


def test_theory_other_numbers_are_no_difference(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(MARKED)
    outcomes.write(path, "atlas", outcomes.outcomes([verdict()]))
    effect = verdict().checks[0].effect
    assert effect is not None
    moved = ruling(effect=effect.model_copy(update={"percent": -29.0}))
    assert outcomes.differences(path, "atlas", [verdict(checks=(moved, not_by_sinking()))]) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no lines", "expected one line <!-- outcomes:atlas -->, found none"),
        (MARKED.replace("atlas", "lareqa"), "expected one line <!-- outcomes:atlas -->, found none"),
        (MARKED + "\n" + MARKED, "found 2 (README.md:3, README.md:10)"),
        (MARKED.replace("<!-- /outcomes:atlas -->", ""), "expected one line <!-- /outcomes:atlas -->, found none"),
        ("<!-- /outcomes:atlas -->\n<!-- outcomes:atlas -->", "README.md:1: expected <!-- /outcomes:atlas --> after"),
    ],
    ids=["none", "another-scope", "twice", "open", "exchanged"],
)
def test_exact_lines_that_are_missing_or_doubled_are_refused_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("README.md")
    path.write_text(text)
    with pytest.raises(UsageError, match=re.escape(words)):
        outcomes.write(path, "atlas", "new")
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("nothing here", "expected a table of outcomes between its two lines, found none"),
        ("| c01 a | supported | x |", "expected one row of 5 cells for c01, found 3"),
        ("| c01 a | supported | x | y | z |\n" * 2, "found a second row of it"),
    ],
    ids=["empty", "short", "doubled"],
)
def test_exact_a_table_that_is_none_cannot_be_checked(tmp_path: Path, table: str, words: str) -> None:
    path = tmp_path / "README.md"
    path.write_text(MARKED.replace("old", table))
    with pytest.raises(UsageError, match=words):
        outcomes.differences(path, "atlas", [verdict()])


def test_degenerate_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "bytes", tmp_path / "none", tmp_path):
        with pytest.raises(UsageError, match="expected a text file in UTF-8"):
            outcomes.write(path, "atlas", "")


def test_theory_no_verdict_and_a_refused_one_make_no_table(tmp_path: Path) -> None:
    folder = ReportsFolder(tmp_path)
    with pytest.raises(UsageError, match="expected verdicts of scope atlas, found none"):
        outcomes.standing(folder, "atlas")
    folder.write_verdict(verdict())
    folder.write_verdict(verdict(scope="lareqa"))
    assert [one.scope for one in outcomes.standing(folder, "atlas")] == ["atlas"]
    path = folder.write_verdict(verdict(claim="c07"))
    path.write_text(path.read_text().replace("hybrid", "Hybrid", 1))
    with pytest.raises(UsageError, match=r"verdicts/c07\.atlas\.json"):
        outcomes.standing(folder, "atlas")
    assert len(outcomes.standing(folder, "lareqa")) == 1


def command(*arguments: Any) -> Any:
    return CliRunner().invoke(cli, ["outcomes", *map(str, arguments)])


def test_exact_the_command_prints_writes_checks_and_says_no(tmp_path: Path) -> None:
    reports, readme = tmp_path / "reports", tmp_path / "README.md"
    ReportsFolder(reports).write_verdict(verdict())
    readme.write_text(MARKED)
    printed = command("--reports", reports)
    assert printed.exit_code == 0
    assert printed.stdout == outcomes.outcomes(ReportsFolder(reports).read_verdicts()[0])
    assert command("--reports", reports, "--write", readme).exit_code == 0
    assert printed.stdout in readme.read_text()
    assert command("--reports", reports, "--check", readme).exit_code == 0
    ReportsFolder(reports).write_verdict(verdict(outcome="inconclusive"))
    changed = command("--reports", reports, "--check", readme)
    assert changed.exit_code == 1
    assert "c06: expected inconclusive, found supported; write it anew with: harness outcomes" in changed.stdout
    for arguments in (("--check", tmp_path / "none"), ("--check", readme, "--write", readme)):
        assert isinstance(command("--reports", reports, *arguments).exception, UsageError)
