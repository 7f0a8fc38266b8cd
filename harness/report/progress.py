"""How far a run is: one line that is rewritten in place on a terminal, else a line every ten seconds.

Rule: the run tells what it does in sentences; those of the form `DONE/TOTAL cells after N s, last
NAME` are shown as a bar, all others as they are. The rest of the time is guessed from the pace
between this batch's first reading and the last, so that what came before it (asking scripts,
making texts) does not count; with one reading nothing is guessed. Effects: the two writers alone.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.report.words import cut, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

CELLS = re.compile(r"([0-9]+)/([0-9]+) cells after ([0-9]+) s, last (.*)", re.DOTALL)
EVERY_SECONDS = 10
BAR = 20
MINUTE = 60


class Reading(NamedTuple):
    """So many cells of so many are done after so many seconds of the run; `last` names the last."""

    done: int
    total: int
    seconds: int
    last: str


def read(words: str) -> Reading | None:
    """Return what a sentence says of cells, or None where it says something else."""
    match = CELLS.fullmatch(words)
    return Reading(int(match[1]), int(match[2]), int(match[3]), match[4]) if match else None


def clock(seconds: float) -> str:
    """Return minutes and seconds."""
    whole = round(seconds)
    return f"{whole // MINUTE}:{whole % MINUTE:02d}"


def progress_line(now: Reading, first: Reading) -> str:
    """Return share done, cells, elapsed time, about how long still, and the last cell."""
    share = now.done / now.total if now.total else 1.0
    filled = int(share * BAR)
    still = ""
    if now.done > first.done and now.done < now.total:
        pace = (now.seconds - first.seconds) / (now.done - first.done)
        still = f", about {clock(pace * (now.total - now.done))} still"
    bar = f"[{'#' * filled}{'.' * (BAR - filled)}] {int(share * 100):3d}%"
    return f"{bar} {now.done}/{now.total} cells, {clock(now.seconds)}{still}; {plain_text(now.last)}"


class Teller:
    """Takes the run's sentences; `line` writes one, `rewrite` (None where there is no terminal) replaces it.

    `width` is the terminal's, which a line that is rewritten must not exceed.
    """

    def __init__(self, line: Callable[[str], None], rewrite: Callable[[str], None] | None, width: int) -> None:
        """Nothing is written yet."""
        self._line = line
        self._rewrite = rewrite
        self._width = width
        self._first: Reading | None = None
        self._last: Reading | None = None
        self._told = -EVERY_SECONDS
        self._open = False

    def __call__(self, words: str) -> None:
        """Tell one sentence."""
        now = read(words)
        if now is None:
            self.close()
            self._line(plain_text(words))
        else:
            self._show(now)

    def close(self) -> None:
        """End the line that is being rewritten, if there is one."""
        if self._open:
            self._open = False
            self._line("")

    def _show(self, now: Reading) -> None:
        if self._first is None or self._last is None or now.total != self._last.total or now.done < self._last.done:
            self._first, self._told = now, now.seconds - EVERY_SECONDS  # another batch of cells
        self._last = now
        words = progress_line(now, self._first)
        if self._rewrite is not None:
            self._rewrite(cut(words, self._width))
            self._open = True
            if now.done == now.total:
                self.close()
        elif now.seconds - self._told >= EVERY_SECONDS or now.done == now.total:
            self._told = now.seconds
            self._line(words)


def teller_on(terminal: Any) -> Teller:
    """Return what tells on pytest's terminal reporter, or prints where there is none."""
    if terminal is None:
        return Teller(print, None, 0)
    rewrite = (lambda words: terminal.rewrite(words, erase=True)) if terminal.isatty else None
    return Teller(terminal.write_line, rewrite, shutil.get_terminal_size().columns - 1)
