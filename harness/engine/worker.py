"""One lab process behind walls that takes orders, one at a time, and its successor when it dies.

What an order needs is put into the process's `in/` under names of its own (as another name of the
same file, where the file system can), and is taken out again before the next one: no training finds
evaluation texts there. What the process leaves in `out/` is handed over and cleared.

A process that dies takes with it the cell it was at and no other: the next order starts a fresh
one. Three deaths in a row before any answer say that the lab does not start here; then every
further order fails at once, with the last words of the process. One that neither answers nor
dies is killed `GRACE` seconds after the cell's own time: the lab keeps that time itself, unless
it is the lab that hangs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING, Any

from harness.engine.processes import end, start
from harness.errors import CellError, CellTimeout
from harness.records.cells import CellOrder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.court.sandbox import Enclosure
    from harness.court.walls import Launch
    from harness.engine.processes import Child
    from harness.records.cells import Cell

MODULE = ("harness.lab.worker",)
WORDS, ENCODER, RESULT = "words.log", "encoder", "cell"
GRACE = 120.0
PATIENCE = 3


class Worker:
    """A place where lab processes follow one another; `home` is theirs alone."""

    def __init__(
        self, home: Path, enclosure: Enclosure, grace: float = GRACE, begin: Callable[..., Child] = start
    ) -> None:
        """Start nothing yet; `begin` is `harness.engine.processes.start`, in whichever thread."""
        self.home, self._enclosure, self._grace, self._begin = home, enclosure, grace, begin
        self._changing = threading.Lock()
        self._child: Child | None = None
        self._launch: Launch | None = None
        self._closed = False
        self._deaths = 0

    def carry_out(self, cell: Cell, texts: Path, encoder: Path | None, seconds: int) -> tuple[float, Path]:
        """Return the seconds a cell took and the folder of its result, which the next order clears.

        Raises:
            CellError: it failed, or the process ended.
            CellTimeout: it was killed for its time.
            OSError: its inputs could not be put where it finds them.
        """
        child, launch = self._started(cell.label)
        order = self._order(launch, cell, texts, encoder, seconds)
        overdue = threading.Event()
        watch = threading.Timer(order.seconds + self._grace, self._hurry, (child, overdue))
        watch.daemon = True
        watch.start()
        try:
            answer = _exchange(child, order)
        finally:
            watch.cancel()
        if answer is None:
            raise self._died(order, late=overdue.is_set())
        self._deaths = 0
        if answer["timeout"]:
            raise CellTimeout(order.label, f"expected an end within {order.seconds} s, found none; {answer['error']}")
        if not answer["ok"]:
            raise CellError(order.label, str(answer["error"]))
        return float(answer["seconds"]), self.home / "out" / RESULT

    def _order(self, launch: Launch, cell: Cell, texts: Path, encoder: Path | None, seconds: int) -> CellOrder:
        """Put what the order needs where the process finds it, and nothing else."""
        clear(self.home / "out")
        place = self.home / "in"
        clear(place)
        if encoder is not None:
            for path in encoder.rglob("*"):
                if path.is_file():
                    put(path, place / ENCODER / path.relative_to(encoder))
        named = place / f"{cell.work.texts}.json"
        put(texts, named)
        return CellOrder(
            label=cell.label,
            work=cell.work,
            texts=f"{launch.readable}/{named.name}",
            encoder=None if encoder is None else f"{launch.readable}/{ENCODER}",
            out=f"{launch.writable}/{RESULT}",
            seconds=seconds,
        )

    def close(self) -> None:
        """End the process and whatever it started; start no other."""
        with self._changing:
            self._closed = True
            self._retire()

    def _started(self, label: str) -> tuple[Child, Launch]:
        with self._changing:
            if self._closed:
                raise CellError(label, "the run was ended")
            if self._child is None or self._launch is None:
                if self._deaths >= PATIENCE:
                    raise CellError(label, f"the lab does not start: {self._words()}")
                self.home.mkdir(parents=True, exist_ok=True)
                with (
                    self._enclosure.walls.launch(self.home, MODULE, self._enclosure.limits) as self._launch,
                    (self.home / WORDS).open("wb") as words,
                ):
                    self._child = self._begin(self._launch, self.home, subprocess.PIPE, subprocess.PIPE, words)
            return self._child, self._launch

    def _hurry(self, child: Child, overdue: threading.Event) -> None:
        overdue.set()
        with self._changing:
            if self._child is child:
                end(child, self.home)

    def _died(self, order: CellOrder, *, late: bool) -> CellError:
        with self._changing:
            status = self._retire()
        self._deaths += 1
        if late:
            return CellTimeout(order.label, f"expected an answer within {order.seconds} s, found none; it was killed")
        return CellError(order.label, f"its process ended with status {status}: {self._words()}")

    def _retire(self) -> int | None:
        """End the process; its pipes are closed last, when nobody can be waiting at them."""
        child, self._child = self._child, None
        if child is None:
            return None
        status = end(child, self.home)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        return status

    def _words(self) -> str:
        lines = (self.home / WORDS).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "no words"


def put(path: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the file system has no such thing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


def clear(folder: Path) -> None:
    """Remove all that lies in a folder, whatever it is."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _exchange(child: Child, order: CellOrder) -> dict[str, Any] | None:
    """Send an order and return its answer, or None where none came."""
    if child.stdin is None or child.stdout is None:
        raise AssertionError
    try:
        child.stdin.write(json.dumps(order.plain()).encode() + b"\n")
        answer = json.loads(child.stdout.readline())
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) and {"ok", "timeout", "error", "seconds"} <= set(answer) else None
