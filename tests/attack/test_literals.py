"""Numbers that a script holds: oracle is Python itself, which computes the same from the same text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.attack import literals

HIDDEN = {
    "plain": "x = 11",
    "arithmetic": "x = 5 + 6",
    "power": "x = 2 ** 3 + 3",
    "length of a string": "x = len('hello world')",
    "length of a list": "x = len(['ar', 'de', 'el', 'en', 'es', 'hi', 'ru', 'th', 'tr', 'vi', 'zh'])",
    "joined digits": "x = int(''.join(['1', '1']))",
    "an f-string": "x = int(f'{1}{1}')",
    "letters": "x = ord('k') - 96",
    "bytes": "x = float(b'11'.decode())",
    "through names": "a = 4\nb = a + 7\nx = b",
    "sum of parts": "x = sum([5, 6])",
    "a slot": "x = [3, 11, 7][1]",
    "a string that reads so": "x = '11'",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_exact_hidden_elevens_are_found(name: str) -> None:
    assert 11.0 in literals.numbers(HIDDEN[name])


def test_exact_an_eleven_that_is_not_there_is_not_found() -> None:
    assert 11.0 not in literals.numbers("x = len(bench.seeds)\ny = 12 - bench.one\nz = f'{x}1'")


@given(st.recursive(st.integers(-50, 50), lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner), max_leaves=8))
def test_other_implementation_arithmetic_is_folded_as_python_does(tree: object) -> None:
    def text(node: object) -> str:
        return f"({text(node[0])} {node[1]} {text(node[2])})" if isinstance(node, tuple) else f"({node})"

    source = text(tree)
    assert float(eval(source)) in literals.numbers(f"x = {source}")  # noqa: S307 - the oracle, on its own text


@pytest.mark.parametrize(
    "source",
    [
        "def (",
        "x = " + "(" * 5000,
        "x = 10 ** 10 ** 10",
        "x = 'a' * 10 ** 9",
        "x = 1 / 0",
        "x = [1][5]",
        "x = -'a'",
        "\0",
    ],
)
def test_degenerate_what_cannot_be_folded_is_left_alone(source: str) -> None:
    assert literals.numbers(source) <= {0.0, 1.0, 5.0, 9.0, 10.0, 1e9, 1e10}


def test_exact_files_beside_the_script_are_read_and_its_own_are_not(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("the value is 30.1 percent")
    (tmp_path / "own.py").write_text("11")
    (tmp_path / "large.txt").write_bytes(b"7 " * literals.LARGEST)
    assert literals.brought(tmp_path, {"own.py"}) == {"data.txt": {30.1}}
