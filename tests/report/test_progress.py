"""How far a run is, as a terminal and as a file show it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report.progress import Reading, Teller, clock, progress_line, read


class Screen:
    """What a terminal would show: lines that stand, and the one that is being rewritten."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.rewritten: list[str] = []

    def teller(self, *, terminal: bool = True, width: int = 200) -> Teller:
        return Teller(self.lines.append, self.rewritten.append if terminal else None, width)


def cells(done: int, total: int, seconds: int, last: str = "xlm-r hybrid seed 3") -> str:
    return f"{done}/{total} cells after {seconds} s, last {last}"


def test_exact_a_line() -> None:
    line = progress_line(Reading(230, 400, 125, "xlm-r hybrid seed 3"), Reading(30, 400, 25, "xlm-r"))
    assert line == "[###########.........]  57% 230/400 cells, 2:05, about 1:25 still; xlm-r hybrid seed 3"


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59.6, "1:00"), (61, "1:01"), (3600, "60:00")])
def test_exact_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_exact_only_the_conductors_form_is_a_reading() -> None:
    assert read(cells(1, 2, 3, "a, last b")) == Reading(1, 2, 3, "a, last b")
    for words in ("atlas: 3 claims, 108 cells, 0 to make", "1/2 cells", "x 1/2 cells after 3 s, last y", ""):
        assert read(words) is None


def test_theory_on_a_terminal_one_line_is_rewritten_and_ended_before_any_other() -> None:
    screen = Screen()
    teller = screen.teller(width=40)
    for words in ("hello", cells(1, 9, 1), cells(2, 9, 2), "by the way", cells(9, 9, 9)):
        teller(words)
    assert screen.lines == ["hello", "", "by the way", ""]
    assert len(screen.rewritten) == 3
    assert all(len(line) <= 40 for line in screen.rewritten)
    teller.close()
    assert len(screen.lines) == 4


def test_theory_elsewhere_a_line_every_ten_seconds_and_the_last() -> None:
    screen = Screen()
    teller = screen.teller(terminal=False)
    for second in range(36):
        teller(cells(second + 1, 36, second))
    shown = [line.split()[2] for line in (line.replace("[", "[ ") for line in screen.lines)]
    assert len(shown) == 5
    assert "1/36" in screen.lines[0]
    assert "36/36" in screen.lines[-1]
    assert not screen.rewritten


def test_theory_another_batch_starts_its_own_pace() -> None:
    screen = Screen()
    teller = screen.teller()
    for words in (cells(10, 20, 100), cells(20, 20, 110), cells(1, 8, 200), cells(2, 8, 203)):
        teller(words)
    assert "still" not in screen.rewritten[2]
    assert "about 0:18 still" in screen.rewritten[3]
    teller(cells(3, 90, 300))  # no fewer are done, but of others
    assert "still" not in screen.rewritten[4]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    readings=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 9999), st.text(max_size=30))),
    width=st.integers(10, 120),
)
def test_property_a_line_is_one_printable_line_of_the_terminals_width(
    readings: list[tuple[int, int, int, str]], width: int
) -> None:
    screen = Screen()
    teller = screen.teller(width=width)
    for done, more, seconds, last in readings:
        teller(cells(done, done + more, seconds, last))
    for line in screen.rewritten:
        assert len(line) <= width
        assert not [sign for sign in line if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}]
