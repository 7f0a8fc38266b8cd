"""Child processes: their start behind walls (`harness.court.walls`), and their end.

A child leads a session: Ctrl-C reaches the controller alone, which then ends its children in order.

The end of a child is the end of its process group, and then of whatever carries its home in its
environment: a daemon leaves its group and keeps its environment. What replaces its own environment
as well ends with bubblewrap's process namespace; where there is none, and no /proc, the group is all.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from harness.court.walls import Launch

PROCESSES = Path("/proc")
SWEEPING_SECONDS = 10.0
SWEEP_SECONDS = 0.002
Child = subprocess.Popen[bytes]


def start(launch: Launch, home: Path, given: IO[bytes] | int, out: int, words: IO[bytes] | int) -> Child:
    """Start what `launch` says in `home`, a folder that no other child has; `words` takes its standard error."""
    return subprocess.Popen(
        launch.argv,
        stdin=given,
        stdout=out,
        stderr=words,
        env=dict(launch.environment),
        pass_fds=launch.descriptors,
        cwd=home,
        bufsize=0,
        start_new_session=True,
    )


def end(child: Child, home: Path) -> int:
    """Kill a child and everything it started; return its exit status."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)  # not yet waited for, so the number is still its own
    status = child.wait()
    deadline = time.monotonic() + SWEEPING_SECONDS
    while (kin := list(_kin(home))) and time.monotonic() < deadline:  # what is being killed may still fork
        for process in kin:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        time.sleep(SWEEP_SECONDS)
    return status


@contextmanager
def interrupted_once() -> Iterator[None]:
    """Let the first Ctrl-C through and no other, so that an impatient one leaves no child behind.

    Whoever ends children does so because of the first; a second would arrive anywhere, between
    two lines of that ending too. Only the main thread is told of Ctrl-C, so elsewhere there is
    nothing to hold off.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        signal.signal(signal.SIGINT, _unheard)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _unheard(*_: object) -> None:
    """Take a signal and do nothing; SIG_IGN would make Python complain of one that is under way."""


def _kin(home: Path) -> Iterator[int]:
    """Yield the processes whose environment names `home`; dead ones have none."""
    mark = b"HOME=" + os.fsencode(home / "out")
    entries = os.listdir(PROCESSES) if PROCESSES.is_dir() else []  # noqa: PTH208 - thousands of names, no paths
    for entry in entries:
        if entry.isdecimal():
            with suppress(OSError):
                if mark in (PROCESSES / entry / "environ").read_bytes().split(b"\0"):
                    yield int(entry)
