"""One lab process that takes orders, one at a time, and its successor when it dies.

A process that dies takes with it the cell it was at and no other: the next order starts a fresh
one. Three deaths in a row before any answer say that the lab does not start here; then every
further order fails at once, with the last words of the process. One that neither answers nor
dies is killed `GRACE` seconds after the cell's own time: the lab keeps that time itself, unless
it is the lab that hangs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

from harness.engine.processes import end, start
from harness.errors import CellError, CellTimeout

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.engine.processes import Child
    from harness.records.plan import CellOrder

COMMAND = (sys.executable, "-m", "harness.lab.worker")
WORDS = "words.log"
GRACE = 120.0
PATIENCE = 3


class Worker:
    """A place where lab processes follow one another; `home` is theirs alone."""

    def __init__(self, home: Path, command: Sequence[str] = COMMAND, grace: float = GRACE) -> None:
        """Start nothing yet; `command` reads an order (JSON) per line and writes an answer per line."""
        self._home, self._command, self._grace = home, command, grace
        self._changing = threading.Lock()
        self._child: Child | None = None
        self._closed = False
        self._deaths = 0

    def carry_out(self, order: CellOrder) -> float:
        """Return the seconds the cell took.

        Raises:
            CellError: it failed, or the process ended.
            CellTimeout: it was killed for its time.
        """
        child = self._started(order.label)
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
        return float(answer["seconds"])

    def close(self) -> None:
        """End the process and whatever it started; start no other."""
        with self._changing:
            self._closed = True
            self._retire()

    def _started(self, label: str) -> Child:
        with self._changing:
            if self._closed:
                raise CellError(label, "the run was ended")
            if self._child is None:
                if self._deaths >= PATIENCE:
                    raise CellError(label, f"the lab does not start: {self._words()}")
                self._home.mkdir(parents=True, exist_ok=True)
                with (self._home / WORDS).open("wb") as words:
                    self._child = start(self._command, self._home, subprocess.PIPE, subprocess.PIPE, words)
            return self._child

    def _hurry(self, child: Child, overdue: threading.Event) -> None:
        overdue.set()
        with self._changing:
            if self._child is child:
                end(child, self._home)

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
        status = end(child, self._home)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        return status

    def _words(self) -> str:
        lines = (self._home / WORDS).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "no words"


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
