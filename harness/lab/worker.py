"""A worker: imports torch once, then forks for every cell.

    python -m harness.lab.worker     one order (JSON) per line in, one answer per line out

Importing takes seconds, a fork milliseconds; start-up would otherwise be most of a small
training. Each child has torch at one thread: results do not depend on the number of cores, and
two cells do not fight for them. A child that outlives its time is killed and said to have done
so; one that fails, or an order that cannot be read, is answered and the next is served.

What a child leaves behind becomes the worker's own (it is the subreaper of all it started) and is
killed before the next order: no cell finds another one's processes beside it.

Limits: Linux only. A child shares its worker's session, so that whoever ends the worker's session
ends the child with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from pydantic import ValidationError

from harness.lab import cell
from harness.records.cells import CellOrder

if TYPE_CHECKING:
    from typing import NoReturn

POLL_SECONDS = 0.005
PR_SET_CHILD_SUBREAPER = 36
LOG_SUFFIX = ".log"
LONGEST_MESSAGE = 2000


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST_MESSAGE]


def _child(order: CellOrder, answers: int, log: int) -> NoReturn:
    """Run the order with its prints in `log`; never return."""
    status = 1
    try:
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # no cell can read the orders that wait,
        os.close(answers)  # or write an answer
        cell.run(order)
        status = 0
    except BaseException as error:  # noqa: BLE001 - the child's only way to tell is its log and status
        traceback.print_exc()
        print(_one_line(error), file=sys.stderr)  # noqa: T201 - the line that the answer quotes
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _wait(child: int, seconds: float) -> int | None:
    """Return the child's exit status (minus the signal that ended it), or None when its time was up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(POLL_SECONDS)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _end_kin() -> None:
    """Kill whatever descends from this process; what is being killed may still fork."""
    while kin := _children():
        for child in kin:
            os.kill(child, signal.SIGKILL)
        for child in kin:
            os.waitpid(child, 0)


def _children() -> list[int]:
    """Return the processes whose parent this one is, dead ones that nobody waited for among them."""
    found = []
    for entry in os.listdir("/proc"):  # noqa: PTH208 - names, no paths
        if entry.isdecimal():
            with contextlib.suppress(OSError):
                told = Path(f"/proc/{entry}/stat").read_bytes().rpartition(b")")[2].split()
                if int(told[1]) == os.getpid():
                    found.append(int(entry))
    return found


def _reason(order: CellOrder, status: int | None) -> str:
    """Return why a child failed in one line; empty when it did not."""
    if status == 0:
        return ""
    words = Path(order.out + LOG_SUFFIX).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    last = words[-1][:LONGEST_MESSAGE] if words else "no words"
    if status is None:
        return f"killed after {order.seconds} s; its last words: {last}"
    if status < 0:
        return f"ended by {signal.Signals(-status).name}; its last words: {last}"
    return last


def _prepare(order: CellOrder) -> None:
    """Read and hash the texts here, where later children find them; what goes wrong the child will say."""
    with contextlib.suppress(OSError, ValueError):
        cell.prepare(order)
        gc.freeze()


def carry_out(order: CellOrder, answers: int) -> dict[str, Any]:
    """Fork, run, wait; return `{"ok", "timeout", "error", "seconds"}`.

    `answers` is the file descriptor that the child must not keep.
    """
    started = time.monotonic()
    _prepare(order)
    try:
        log = os.open(order.out + LOG_SUFFIX, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        return _answer(f"expected a folder to write into: {_one_line(error)}")
    child = os.fork()
    if child == 0:
        _child(order, answers, log)
    os.close(log)
    status = _wait(child, order.seconds)
    _end_kin()
    return _answer(_reason(order, status), timeout=status is None, seconds=time.monotonic() - started)


def _answer(error: str, *, timeout: bool = False, seconds: float = 0.0) -> dict[str, Any]:
    return {"ok": not error, "timeout": timeout, "error": error, "seconds": round(seconds, 3)}


def serve(line: str, answers: int) -> dict[str, Any]:
    """Return the answer to one line of input."""
    try:
        order = CellOrder.model_validate_json(line)
    except ValidationError as error:
        return _answer(f"expected an order as JSON, found another line: {_one_line(error)}")
    return carry_out(order, answers)


def main() -> None:
    """Serve orders until standard input closes."""
    descriptor = os.dup(1)
    os.dup2(2, 1)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    torch.set_num_threads(1)
    gc.freeze()  # what is imported is shared by all children and never garbage
    with os.fdopen(descriptor, "w", encoding="utf-8") as answers:
        for line in sys.stdin:
            print(json.dumps(serve(line, descriptor)), file=answers, flush=True)


if __name__ == "__main__":
    main()
