"""Oracles: the same text back, every other byte as it was; the words of each refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.store import section

PLENTY = settings(derandomize=True, deadline=None, max_examples=100)
LINES = st.lists(st.text(st.characters(categories=("L", "N", "P", "Zs"), exclude_characters="<")))


@PLENTY
@given(before=LINES, after=LINES, first=LINES, second=LINES)
def test_theory_what_is_written_is_read_and_the_rest_stays(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str], first: list[str], second: list[str]
) -> None:
    path = tmp_path_factory.mktemp("section") / "README.md"
    head, tail = ("".join(f"{line}\n" for line in lines) for lines in (before, after))
    path.write_bytes(f"{head}<!-- a -->\n<!-- /a -->\n{tail}".encode())
    for lines in (first, second):
        text = "".join(f"{line}\n" for line in lines)
        section.write(path, "a", text)
        assert section.read(path, "a") == f"\n{text}\n"
        assert path.read_bytes() == f"{head}<!-- a -->\n\n{text}\n<!-- /a -->\n{tail}".encode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "expected one line <!-- a -->, found none; the table lies between <!-- a --> and <!-- /a -->"),
        (b"<!-- a -->\n", "expected one line <!-- /a -->, found none"),
        (b"<!-- b -->\n<!-- /b -->\n", "expected one line <!-- a -->, found none"),
        (b"<!-- a -->\n<!-- a -->\n<!-- /a -->\n", r"expected one line <!-- a -->, found 2 \(.*:1, .*:2\)"),
        (
            b"<!-- /a -->\n\n<!-- a -->\n",
            ":1: expected <!-- /a --> after <!-- a -->, found it before .*:3; exchange them",
        ),
        (b"\xff", "expected a text file in UTF-8"),
    ],
)
def test_degenerate_a_file_without_the_two_lines_is_refused_and_left_alone(
    tmp_path: Path, text: bytes, words: str
) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(text)
    with pytest.raises(UsageError, match=words):
        section.read(path, "a")
    with pytest.raises(UsageError, match=words):
        section.write(path, "a", "b\n")
    assert path.read_bytes() == text


def test_degenerate_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"expected a text file in UTF-8, found .*No such file"):
        section.read(tmp_path / "README.md", "a")
