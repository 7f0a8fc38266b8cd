"""What does a script want? One process per script behind the walls, ended with all it started.

The process gets a copy of the script, alone in a folder, and writes its answer to its standard
output, of which no more is read than an answer can be long. Of its standard error the last words
are kept, and told when it dies without an answer. The answer comes from code that is not trusted,
so it is read as a record and compared with what the script was shown.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from harness.codec import sha256
from harness.engine.processes import end, start
from harness.errors import ScriptError, ScriptTimeout
from harness.records.asked import (
    Asked,
    CountRequest,
    EncodeReleased,
    EncodeRequest,
    RetrieveReleased,
    RetrieveRequest,
    TrainRequest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from harness.court.sandbox import Enclosure
    from harness.engine.processes import Child
    from harness.records.asked import BaseRequest, BenchView, Request

MODULE = ("harness.lab.ask",)
LONGEST = 64 << 20
MEMORY = 4 << 30
"""Of addresses: a script says what to run and needs no torch."""

LAST_WORDS = 4096
POLL_SECONDS = 0.1


def ask(  # noqa: PLR0913 - what is asked, how long, behind which walls
    script: Path,
    view: BenchView,
    seconds: float,
    enclosure: Enclosure,
    stopped: threading.Event | None = None,
    *,
    expected: str | None = None,
) -> Asked:
    """Return what one script asks for; `stopped` ends the wait early.

    Raises:
        OSError: it cannot be read.
        ScriptError: it raised, asked for nothing, or asked for what it may not; or its sha256 is not
            the `expected` one, because it was changed since the claim was read.
        ScriptTimeout: it took longer than `seconds`.
    """
    with tempfile.TemporaryDirectory(prefix="harness-ask-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        limits = {**enclosure.limits, "cpu_seconds": round(seconds) + 1, "file_bytes": LONGEST}
        limits["memory_bytes"] = min(MEMORY, limits.get("memory_bytes", MEMORY))
        with enclosure.walls.launch(home, MODULE, limits, writes=False) as launch:
            data = script.read_bytes()
            if expected is not None and sha256(data) != expected:
                raise ScriptError(f"{script}: expected the script as it was read with its claim, found it changed")
            (home / "in" / script.name).write_bytes(data)
            order = {"script": f"{launch.readable}/{script.name}", "shown": str(script), "view": view.plain()}
            with tempfile.TemporaryFile() as given:  # without a name: who reads a file can write it through /proc
                given.write(json.dumps(order).encode())
                given.seek(0)
                child = start(launch, home, given, subprocess.PIPE, subprocess.PIPE)
            heard = _wait(script, home, child, seconds, stopped or threading.Event())
        answer = _answer(script, heard)
    asked = _asked(script, answer)
    for request in asked.requests:
        for kind, value, shown in _named(request, view):
            if value not in shown:
                names = ", ".join(map(str, shown)) or "none"
                raise ScriptError(f"{script}: expected a {kind} of this claim and scope ({names}), found {value!r}")
    return asked


class _Heard(NamedTuple):
    """What came of the process: its exit status, the start of what it answered, the end of what it said."""

    status: int
    answer: bytes
    words: str


def _wait(script: Path, home: Path, child: Child, seconds: float, stopped: threading.Event) -> _Heard:
    """Hear a process out."""
    answer, words = _Read(child.stdout, first=LONGEST + 1), _Read(child.stderr, last=LAST_WORDS)
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
    lines = words.kept().decode(errors="replace").strip().splitlines()
    return _Heard(status, answer.kept(), lines[-1] if lines else "no words")


def _nap(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return


class _Read:
    """Reads a pipe to its end and keeps its first bytes, or its last, so that no script can fill the memory."""

    def __init__(self, pipe: IO[bytes] | None, *, first: int = 0, last: int = 0) -> None:
        self._first, self._last, self._kept = first, last, bytearray()
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe: IO[bytes] | None) -> None:
        if pipe is None:
            return
        with pipe:
            while chunk := pipe.read(1 << 16):
                if self._last:
                    self._kept = (self._kept + chunk)[-self._last :]
                else:
                    self._kept += chunk[: self._first - len(self._kept)]

    def kept(self) -> bytes:
        """Return what was kept; the pipe ends with the last process that holds it."""
        self._thread.join(timeout=1)
        return bytes(self._kept)


def _answer(script: Path, heard: _Heard) -> dict[str, Any]:
    """Read the answer; a script can write there too, so anything may come."""
    if not heard.answer:
        raise ScriptError(f"{script}: its process ended with status {heard.status}: {heard.words}")
    if len(heard.answer) > LONGEST:
        raise ScriptError(f"{script}: expected at most {LONGEST} bytes of requests, found more")
    try:
        answer = json.loads(heard.answer)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or not ({"asked", "error"} & set(answer)):
        raise ScriptError(
            f"{script}: expected the answer of bench.asked(), found other bytes; "
            f"its process ended with status {heard.status}: {heard.words}"
        )
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
    if isinstance(request, RetrieveRequest | RetrieveReleased):
        yield from _named(request.vectors, view)
    elif isinstance(request, EncodeRequest):
        yield "dataset", request.dataset, view.datasets
        yield from _named(request.encoder, view)
    elif isinstance(request, TrainRequest):
        yield "base", request.base, view.bases
        yield "seed", request.seed, view.seeds
    elif isinstance(request, CountRequest | EncodeReleased):
        yield "dataset", request.dataset, view.datasets
