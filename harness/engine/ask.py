"""What does a script want? One process per script, ended with all it started.

The process writes its answer to a file; what it prints goes nowhere, except for the last words of
its standard error, which are told when it dies without an answer. The answer comes from code that
is not trusted, so it is read as a record and compared with what the script was shown.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from harness.engine.processes import end, start
from harness.errors import ScriptError, ScriptTimeout
from harness.records.plan import Asked, CountRequest, EncodeRequest, RetrieveRequest, TrainRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from harness.records.plan import BaseRequest, BenchView, Request

COMMAND = (sys.executable, "-m", "harness.lab.ask")
ORDER, ANSWER = "order.json", "asked.json"
LONGEST = 64 << 20
LAST_WORDS = 4096
POLL_SECONDS = 0.1


def ask(script: Path, view: BenchView, seconds: float, stopped: threading.Event | None = None) -> Asked:
    """Return what one script asks for; `stopped` ends the wait early.

    Raises:
        ScriptError: it raised, asked for nothing, or asked for what it may not.
        ScriptTimeout: it took longer than `seconds`.
    """
    with tempfile.TemporaryDirectory(prefix="harness-ask-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        order = {"script": str(script.resolve()), "view": view.plain(), "out": str(home / ANSWER)}
        (home / ORDER).write_text(json.dumps(order), encoding="utf-8")
        status, words = _wait(script, home, seconds, stopped or threading.Event())
        answer = _answer(script, home / ANSWER, f"its process ended with status {status}: {words}")
    asked = _asked(script, answer)
    for request in asked.requests:
        for kind, value, shown in _named(request, view):
            if value not in shown:
                names = ", ".join(map(str, shown)) or "none"
                raise ScriptError(f"{script}: expected a {kind} of this claim and scope ({names}), found {value!r}")
    return asked


def _wait(script: Path, home: Path, seconds: float, stopped: threading.Event) -> tuple[int, str]:
    """Run the process to its end; return its exit status and last words."""
    with (home / ORDER).open("rb") as order:
        child = start(COMMAND, home, order, subprocess.DEVNULL, subprocess.PIPE)
    heard = _Tail(child.stderr)
    deadline = time.monotonic() + seconds
    try:
        while child.poll() is None and time.monotonic() < deadline and not stopped.is_set():
            _nap(child)
        late = child.poll() is None
    finally:
        status = end(child, home)
    if late and stopped.is_set():
        raise ScriptError(f"{script}: stopped before it answered")
    if late:
        raise ScriptTimeout(
            f"{script}: expected an answer within {seconds:g} s, found none; a script only says what to run"
        )
    return status, heard.words()


def _nap(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return


class _Tail:
    """Reads a pipe to its end and remembers the last of it, so that no script can fill the memory."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._kept = b""
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe: IO[bytes] | None) -> None:
        if pipe is None:
            return
        with pipe:
            while chunk := pipe.read(1 << 16):
                self._kept = (self._kept + chunk)[-LAST_WORDS:]

    def words(self) -> str:
        """Return the last line; the pipe ends with the last process that holds it."""
        self._thread.join(timeout=1)
        lines = self._kept.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "no words"


def _answer(script: Path, path: Path, otherwise: str) -> dict[str, Any]:
    """Read the answer's file; a script can write there too, so anything may lie there."""
    if path.is_symlink() or not path.is_file():
        raise ScriptError(f"{script}: {otherwise}")
    if path.stat().st_size > LONGEST:
        raise ScriptError(f"{script}: expected at most {LONGEST} bytes of requests, found {path.stat().st_size}")
    try:
        answer = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or not ({"asked", "error"} & set(answer)):
        raise ScriptError(f"{script}: expected the answer of bench.asked(), found other bytes; {otherwise}")
    return answer


def _asked(script: Path, answer: dict[str, Any]) -> Asked:
    if "error" in answer:
        raise ScriptError(str(answer["error"]))
    try:
        asked = Asked.model_validate_json(json.dumps(answer["asked"]))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ScriptError(f"{script}: expected what the bench records, found {where}: {first['msg']}") from error
    if not asked.requests:
        raise ScriptError(f"{script}: expected it to ask for something, found that it asked for nothing")
    return asked


def _named(request: Request | BaseRequest, view: BenchView) -> Iterator[tuple[str, object, tuple[object, ...]]]:
    """Yield what a request names, with the names that the script was shown."""
    if isinstance(request, RetrieveRequest):
        yield from _named(request.vectors, view)
    elif isinstance(request, EncodeRequest):
        yield "dataset", request.dataset, view.datasets
        yield from _named(request.encoder, view)
    elif isinstance(request, TrainRequest):
        yield "base", request.base, view.bases
        yield "seed", request.seed, view.seeds
    elif isinstance(request, CountRequest):
        yield "dataset", request.dataset, view.datasets
