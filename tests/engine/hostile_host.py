"""What hostile scripts go for, planted anew for each of them, and what is left of it afterwards."""

from __future__ import annotations

import ast
import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import harness
from harness.codec import sha256
from harness.court.sandbox import Enclosure
from harness.engine import ask
from harness.errors import ScriptError, ScriptTimeout
from harness.records.asked import Asked, BenchView, CountRequest, EmitRequest

VIEW = BenchView(bases=("xlm-r",), samplings=("x-x-mono", "x-y"), seeds=(0, 1), datasets=("xquad-r",))
HONEST = (CountRequest(dataset="xquad-r", what="queries"),)
REACHED = EmitRequest(name="reached", value=1.0)
FILES = ("judgements", "claim", "table", "fixture", "entry", "other", "key", "source")
SECONDS, HASTY = 60.0, 1.5
SLEEPER = (sys.executable, "-S", "-c", "print(flush=True); import time; time.sleep(600)")
OWNERS_NEW_SEGMENT, REMOVE = 0o1600, 0
DYING_SECONDS = 2.0
TOGETHER = """
import importlib
import sys


class Recorder:
    def __init__(self):
        self.reached = False

    def __getattr__(self, name):
        return lambda *given, **named: None

    def emit(self, name, value):
        self.reached = self.reached or name == "reached"


def reproduce(bench):
    for name, text in SCRIPTS.items():
        path, modules, recorder = list(sys.path), dict(sys.modules), Recorder()
        try:
            room = {"__file__": __file__}
            exec(compile(text, name, "exec"), room)
            room["reproduce"](recorder)
        except Exception:
            pass
        sys.path[:] = path
        for one in [one for one in sys.modules if one.startswith("harness.") or one == "harness"]:
            del sys.modules[one]
        sys.modules.update(modules)
        bench.emit(name, float(recorder.reached))
"""
"""Makes many attempts in one process, for where only their success is asked about."""


@dataclass(frozen=True)
class Hostile:
    """One file of fixtures/hostile, by what it says of itself."""

    path: Path
    promise: str
    words: str
    open_to: tuple[str, ...]

    def succeeds_in(self, where: str) -> bool:
        """Tell whether it must succeed without a seal, or behind the weaker one."""
        return where in self.open_to or (where == "bare" and "root" in self.open_to and os.geteuid() == 0)


def read_hostile(path: Path) -> Hostile:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), path
    told = {
        name.id: ast.literal_eval(line.value)
        for line in tree.body
        if isinstance(line, ast.Assign)
        for name in line.targets
        if isinstance(name, ast.Name) and name.id in {"PROMISE", "WORDS", "OPEN_TO"}
    }
    return Hostile(path, told["PROMISE"], told.get("WORDS", ""), told["OPEN_TO"])


class Became(NamedTuple):
    """How it ended: one of the promises or `reached`, with the words it ended in."""

    how: str
    words: str


class Host:
    """A machine with something to lose: files, listeners, a process with a secret, memory with a number."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.token = folder.name
        self.mark = f"hostile-{sha256(str(folder).encode())[:16]}"
        self.folder = folder
        secret = f"SECRET={self.token}"
        for name in FILES:
            (folder / name).write_text(name, encoding="ascii")
        self.process = subprocess.Popen(
            SLEEPER, env=dict([secret.split("=")]), stdout=subprocess.PIPE, start_new_session=True
        )
        stack.callback(self._reap)
        assert self.process.stdout is not None
        self.process.stdout.readline()
        self.shared = Path(tempfile.gettempdir(), f"hostile-{self.token}"), Path("/dev/shm", f"hostile-{self.token}")  # noqa: S108 - tried
        self.memory = int(sha256(self.token.encode())[:7], 16)
        self._segment = ctypes.CDLL(None).shmget(self.memory, 4096, OWNERS_NEW_SEGMENT)
        stack.callback(ctypes.CDLL(None).shmctl, self._segment, REMOVE, None)
        tcp = self._listening(stack, socket.AF_INET, ("127.0.0.1", 0))
        tcp6 = self._listening(stack, socket.AF_INET6, ("::1", 0))
        self._listening(stack, socket.AF_UNIX, str(folder / "unix"))
        self._listening(stack, socket.AF_UNIX, f"\0{self.token}")
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        threading.Thread(target=_echo, args=(udp,), daemon=True).start()
        self.planted: dict[str, Any] = {
            **{name: str(folder / name) for name in FILES},
            "unix": str(folder / "unix"),
            "abstract": self.token,
            "tcp": tcp[1],
            "tcp6": tcp6[1],
            "udp": udp.getsockname()[1],
            "process": self.process.pid,
            "caller": os.getpid(),
            "secret": sha256(secret.encode()),
            "memory": self.memory,
            "host": os.uname().nodename,
            "notes": [str(path) for path in self.shared],
            "package": str(Path(harness.__file__).parent),
        }
        self._before = self._state()

    def run(self, hostile: Hostile, enclosure: Enclosure) -> Became:
        """Ask the script what it wants; say what became of it, and leave nothing of it."""
        script = self.folder / f"{hostile.path.stem}_{self.token}.py"
        script.write_text(self._text(hostile), encoding="utf-8")
        # a number of its own in the arguments marks every process that comes of it without a new program
        mark = enclosure.limits["memory_bytes"] // 16 + self.memory % (1 << 24)
        marked = replace(enclosure, limits={**enclosure.limits, "memory_bytes": mark})
        given = script.read_bytes()
        try:
            became = _became(ask(script, VIEW, HASTY if hostile.promise == "timeout" else SECONDS, marked))
        except ScriptTimeout as error:
            became = Became("timeout", str(error))
        except ScriptError as error:
            became = Became("script_error", str(error))
        survivors = left((str(mark), script.name), DYING_SECONDS)
        changed = self._state() != self._before or script.read_bytes() != given
        return Became("reached", f"processes {survivors}, changed {changed}") if survivors or changed else became

    def run_together(self, several: Sequence[Hostile], enclosure: Enclosure) -> set[str]:
        """Return the names of those that succeed."""
        script = self.folder / f"together_{self.token}.py"
        texts = {hostile.path.stem: self._text(hostile) for hostile in several}
        script.write_text(f"SCRIPTS = {texts!r}\n{TOGETHER}", encoding="utf-8")
        requests = ask(script, VIEW, SECONDS, enclosure).emitted
        assert {request.name for request in requests} == set(texts)
        return {request.name for request in requests if request.value}

    def _text(self, hostile: Hostile) -> str:
        """Return a script that knows where things lie."""
        text = hostile.path.read_text(encoding="utf-8")
        return text.replace("PLANTED = {}", f"PLANTED = {self.planted!r}")

    def _state(self) -> list[object]:
        """Return all that a script could change outside."""
        files = [(path.name, path.stat().st_mode, path.read_bytes()) for path in map(self.folder.joinpath, FILES)]
        return [files, self.process.poll(), *(path.exists() for path in self.shared)]

    def _reap(self) -> None:
        self.process.kill()
        self.process.communicate()
        for path in self.shared:
            path.unlink(missing_ok=True)

    @staticmethod
    def _listening(stack: ExitStack, family: int, address: object) -> Any:
        one = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
        one.bind(address)  # type: ignore[arg-type]
        one.listen()
        return one.getsockname()


def _became(asked: Asked) -> Became:
    if REACHED in asked.requests:
        return Became("reached", "it says so")
    return Became("harmless" if asked.requests == HONEST else "other requests", str(asked))


def left(marks: tuple[str, ...], seconds: float) -> list[int]:
    """Return the processes with one of `marks` among their arguments that `seconds` do not see die; end them."""
    deadline = time.monotonic() + seconds
    while (survivors := list(_marked(marks))) and time.monotonic() < deadline:
        continue  # what was killed with its namespace may be dying
    for number in survivors:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    return survivors


def _marked(marks: tuple[str, ...]) -> Iterator[int]:
    for entry in filter(str.isdecimal, os.listdir("/proc")):  # noqa: PTH208 - a glob would trip over the dying
        with suppress(OSError):
            told = Path("/proc", entry, "cmdline").read_text("utf-8", "replace")
            if int(entry) != os.getpid() and any(mark in told for mark in marks):
                yield int(entry)


def _echo(udp: socket.socket) -> None:
    with suppress(OSError):
        while True:
            data, address = udp.recvfrom(512)
            udp.sendto(data, address)


@contextmanager
def planted(folder: Path) -> Iterator[Host]:
    with ExitStack() as stack:
        yield Host(folder, stack)
