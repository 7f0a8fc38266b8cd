"""A lab without a model: what a cell's label says, this does, in the protocol of harness.lab.worker.

A result is a function of the order's work and of the bytes it starts from, so a cell that is made
too early, twice, or from another parent can be told. Every process of it writes its number to
`pids` in the folder NOTES. A label may ask it to do wrong, once in each line of this file's table.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

FOREVER = 10_000
NOTES = Path(os.environ["NOTES"])


def note() -> None:
    with (NOTES / "pids").open("a", encoding="utf-8") as pids:
        pids.write(f"{os.getpid()}\n")


def daemon() -> None:
    """Leave a process behind that has its own session and holds no pipe."""
    if os.fork() == 0:
        os.setsid()
        note()
        for descriptor in (0, 1, 2):
            os.close(descriptor)
        time.sleep(FOREVER)


def answer(order: dict[str, Any]) -> str:
    label, out = order["label"], Path(order["out"])
    wrong = {"ok": False, "timeout": "late" in label, "error": "RuntimeError: as asked", "seconds": 0.5}
    note()
    if "daemon" in label:
        daemon()
    if "dies" in label:
        os.kill(os.getpid(), signal.SIGKILL)
    if "hangs" in label and not (NOTES / "calm").exists():
        time.sleep(FOREVER)
    if "nonsense" in label:
        return "[1, 2"
    if "fails" in label or "late" in label:
        return json.dumps(wrong)
    if "nothing" not in label:
        out.mkdir(parents=True)
        start = Path(order["encoder"], "result").read_text(encoding="utf-8") if order["encoder"] else ""
        words = json.dumps([order["work"], start, Path(order["texts"]).read_text(encoding="utf-8")])
        (out / "result").write_text(words, encoding="utf-8")
    if "link" in label:
        (out / "link").symlink_to("result")
    return json.dumps({**wrong, "ok": True, "error": ""})


for line in sys.stdin:
    print(answer(json.loads(line)), flush=True)  # noqa: T201 - the protocol
