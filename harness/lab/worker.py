"""A worker: imports torch once, then forks for every cell.

    python -m harness.lab.worker     one order (JSON) per line in, one answer per line out

Importing takes seconds, a fork milliseconds; start-up would otherwise be most of a small
training. Each child has torch at one thread: results do not depend on the number of cores, and
two cells do not fight for them. A child that outlives its time is killed and said to have done so.
"""

from __future__ import annotations

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

from harness.lab import cell
from harness.records.plan import CellOrder

if TYPE_CHECKING:
    from typing import NoReturn

POLL_SECONDS = 0.005
LOG_SUFFIX = ".log"


def _child(order: CellOrder) -> NoReturn:
    """Run the order with its prints in a log beside its output; never return."""
    log = os.open(order.out + LOG_SUFFIX, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    status = 1
    try:
        cell.run(order)
        status = 0
    except BaseException:  # noqa: BLE001 - the child's only way to tell is its log and status
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _wait(child: int, seconds: float) -> int | None:
    """Return the child's exit status, or None when it had to be killed for its time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(POLL_SECONDS)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def carry_out(order: CellOrder) -> dict[str, Any]:
    """Fork, run, wait; return `{"ok", "timeout", "error", "seconds"}`."""
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _child(order)
    status = _wait(child, order.seconds)
    log = Path(order.out + LOG_SUFFIX)
    words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    return {
        "ok": status == 0,
        "timeout": status is None,
        "error": "" if status == 0 else (words[-1] if words else f"exit status {status}"),
        "seconds": round(time.monotonic() - started, 3),
    }


def main() -> None:
    """Serve orders until standard input closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    torch.set_num_threads(1)
    gc.freeze()  # what is imported is shared by all children and never garbage
    for line in sys.stdin:
        answer = carry_out(CellOrder.model_validate_json(line))
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
