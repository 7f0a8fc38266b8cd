# ruff: noqa: E501 - the table of faults reads best with one case per line
from __future__ import annotations

import json
import math
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.claimfile.tree import DEEPEST, LARGEST, Tree, parse, read_tree
from harness.errors import FileFaults

if TYPE_CHECKING:
    from pathlib import Path

HERE = "x.yaml"


def told(data: bytes | str) -> str:
    with pytest.raises(FileFaults) as refused:
        parse(data.encode() if isinstance(data, str) else data, HERE)
    return str(refused.value)


def value(text: str) -> Any:
    return parse(text.encode(), HERE).value


def test_exact_words_and_numbers_are_those_of_yaml_1_2() -> None:
    assert value("[no, yes, on, off, y, NO]") == ["no", "yes", "on", "off", "y", "NO"]
    assert value("[true, false, null, ~, ]") == [True, False, None, None]
    assert value("[1, -2, 007, 1.5, .5, 1e3, 0x1F, 1_000, 12:30]") == [
        1,
        -2,
        7,
        1.5,
        0.5,
        1000.0,
        "0x1F",
        "1_000",
        "12:30",
    ]
    assert value("a: '1'\nb: \"true\"\nc: |\n  2\n") == {"a": "1", "b": "true", "c": "2\n"}
    assert value("a: 2025-11-22") == {"a": "2025-11-22"}
    assert value("a: 123456789012345678901234567890") == {"a": 1.2345678901234568e29}


def test_exact_lines_are_those_of_keys_and_items() -> None:
    tree = parse(b"a:\n  - x\n  - {b: 1.50,\n     c: 2}\n\nd: >\n  long\n", HERE)
    assert tree.lines == {(): 1, ("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 1, "b"): 3, ("a", 1, "c"): 4, ("d",): 6}
    assert tree.line(("a", 1, "c")) == 4
    assert tree.line(("a", 1, "missing")) == 3
    assert tree.line(("missing",)) == 1
    assert tree.written == {("a", 1, "b"): "1.50", ("a", 1, "c"): "2"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "x.yaml: expected a mapping of keys, found an empty file"),
        ("# nothing\n", "an empty file"),
        ("a: b: c", "x.yaml:1: expected YAML, found mapping values are not allowed here; put a text that holds"),
        ("a:\n\t- b", "x.yaml:2: expected YAML, found found character '\\t'"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2: expected YAML, found but found another document; keep one document per file"),
        ("a: 1\nb\n", 'write "key: value"'),
        ("a: [1", "x.yaml:1"),
        ("a: 'b", "x.yaml:1"),
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3: expected each key once ('a' stands on line 1), found it again"),
        ("{a: {b: 1, b: 2}}", "each key once ('b'"),
        ("? [a]\n: 1", "a key that is a word, found a collection"),
        ("a: &x 1\nb: *x\n", "x.yaml:1: expected a value without an anchor, found &x; remove it\nx.yaml:2: expected a value written out"),
        ("<<: {a: 1}\n<<: {a: 1}", "each key once"),
        ("a: !!str 5", "a value without a tag"),
        ("!!map {a: 1}", "a value without a tag"),
        ("a: ! b", "a value without a tag"),
        ('a: "\\ud800"', "x.yaml:1: expected characters of Unicode"),
        ('"\\udfff": 1', "half of a surrogate pair"),
        ('a: "\\UFFFFFFFF"', "x.yaml"),
        ("%YAML " + "9" * 5000 + ".1\n---\na: 1", "x.yaml"),
        ("a: 1\nb: \x07", "x.yaml:2: expected printable characters, found U+0007"),
        ("a: -1e400", "a number that a double can hold, found -1e400"),
        ("[" * 100_000, f"nesting of at most {DEEPEST}"),
        ("- " * 100_000, f"nesting of at most {DEEPEST}"),
        ("{a: " * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1), f"nesting of at most {DEEPEST}"),
    ],
    ids=str,
)  # fmt: skip
def test_exact_what_is_refused_is_said(text: str, said: str) -> None:
    assert said in told(text)


def test_exact_the_deepest_nesting_that_is_allowed_is_read() -> None:
    assert value("[" * DEEPEST + "]" * DEEPEST) is not None


def test_exact_all_faults_of_the_yaml_come_at_once() -> None:
    assert told("a: 1\na: 2\nb: 1e999\nb: 2\n[x]: 1\n").count("\n") == 3


def test_exact_bytes_that_are_no_utf_8_are_told_with_their_line() -> None:
    assert told(b"a: 1\nb: \xe9\n") == "x.yaml:2: expected UTF-8, found byte 0xe9; save it as UTF-8"


def test_exact_a_bomb_is_refused_at_once() -> None:
    """Nine levels of nine aliases each would make 400 million values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    started = time.monotonic()
    assert told("\n".join(lines)).count("the alias") == 72
    assert time.monotonic() - started < 5


def test_exact_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / HERE
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(FileFaults, match=f"expected at most {LARGEST} bytes, found more"):
        read_tree(path, HERE)


def test_exact_what_is_no_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, said in (("pipe", "no file"), ("missing", "nothing there"), (".", "no file")):
        with pytest.raises(FileFaults, match=said):
            read_tree(tmp_path / name, HERE)


def test_theory_large_files_are_done_in_seconds() -> None:
    for text in (
        "a: " + "x " * 20_000,
        "a:\n" + "- 'b'\n" * 8000,
        "a: " + "#" * LARGEST,
        "? a\n" * 10_000,
        "'" * LARGEST,
    ):
        started = time.monotonic()
        with suppress(FileFaults):
            parse(text.encode()[:LARGEST], HERE)
        assert time.monotonic() - started < 20


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@given(PLAIN.filter(lambda plain: plain is not None))
@settings(derandomize=True, deadline=None, max_examples=120)
def test_other_implementation_what_json_writes_is_read_as_it_was(plain: object) -> None:
    """JSON is YAML 1.2."""
    text = json.dumps(plain, ensure_ascii=True)
    try:
        found = parse(text.encode(), HERE)
    except FileFaults as refused:
        said = str(refused)
    else:
        assert found.value == plain
        return
    assert "surrogate" in said or "nesting" in said or "each key once" in said


@given(
    st.text(alphabet=st.sampled_from(list("ab:- \n\t{}[],'\"&*!|>%@#?~\\u0ud8é\x85\ufeff")), max_size=60)
    | st.binary(max_size=40)
)
@settings(derandomize=True, deadline=None, max_examples=400)
def test_theory_anything_is_a_tree_or_told(data: str | bytes) -> None:
    try:
        assert isinstance(parse(data.encode() if isinstance(data, str) else data, HERE), Tree)
    except FileFaults as refused:
        faults = refused.faults
    else:
        return
    assert faults


def test_other_implementation_the_packaged_files_read_as_pyyaml_reads_them(root: Path) -> None:
    """They hold no word on which YAML 1.1 and 1.2 differ, but for `no`."""
    for path in (*(root / "claims").glob("*.yaml"), *(root / "harness" / "scopes").glob("*.yaml")):
        assert read_tree(path, HERE).value == yaml.safe_load(path.read_bytes())
    assert math.isclose(value("a: 0.003")["a"], 0.003)
