"""Tries what a seal must prevent, from inside: `python -m harness.lab.probe < ORDER`.

ORDER is JSON: `tcp` and `outside` (host, port), `name` to look up, `unix` (path), `abstract` (name) and
`vsock` (cid, port) of sockets that somebody listens at, `write` (folders that must not be written),
`secret_file`, and `secrets`, the sha256 of each entry of the caller's environment. Prints one line
of JSON: the name of each attempt with `blocked: ...` or `OPEN: ...`.

An attempt that fails for another reason than the seal counts as blocked here; that what it tries
would succeed without a seal is the caller's to show, who runs the same outside (and does, in tests).
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 2.0
IO_URING_SETUP = 425
OPEN = "OPEN"


def _connect(family: int, kind: int, address: Any) -> Callable[[], str]:
    def attempt() -> str:
        with socket.socket(family, kind) as one:
            one.settimeout(SECONDS)
            one.connect(tuple(address) if isinstance(address, list) else address)
            if kind == socket.SOCK_DGRAM:
                one.send(b"x")  # nothing leaves before
        return "reached it"

    return attempt


def _io_uring() -> str:
    """Ask for what opens sockets past a filter on `socket`; any answer of the call itself is a way out."""
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.syscall(IO_URING_SETUP, 1, None)
    if made >= 0 or ctypes.get_errno() not in {errno.EPERM, errno.ENOSYS}:
        return "the kernel answered"
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _look_up(name: str) -> str:
    socket.getaddrinfo(name, 80)
    return "looked it up"


def _write(folder: str) -> str:
    path = Path(folder) / "harness-probe"
    path.write_bytes(b"x")
    path.unlink()
    return "wrote there"


def _read(path: str) -> str:
    Path(path).read_bytes()
    return "read it"


def _environments(secrets: list[str]) -> str:
    """Look for any entry of the caller's environment, in this process's and in all that can be read."""
    found = [f"{name}={value}".encode() for name, value in os.environ.items()]
    for process in filter(str.isdecimal, os.listdir("/proc")):  # noqa: PTH208 - a glob trips over one that just ended
        try:
            found += Path("/proc", process, "environ").read_bytes().split(b"\0")
        except OSError:
            continue
    if any(hashlib.sha256(entry).hexdigest() in secrets for entry in found):
        return "found the caller's"
    raise PermissionError("nothing of the caller's")


def attempts(order: dict[str, Any]) -> dict[str, Callable[[], str]]:
    """Return everything that is tried, by name."""
    tried = {
        "loopback": _connect(socket.AF_INET, socket.SOCK_STREAM, order["tcp"]),
        "outside": _connect(socket.AF_INET, socket.SOCK_STREAM, order["outside"]),
        "datagram": _connect(socket.AF_INET, socket.SOCK_DGRAM, order["outside"]),
        "dns": lambda: _look_up(order["name"]),
        "unix-path": _connect(socket.AF_UNIX, socket.SOCK_STREAM, order["unix"]),
        "unix-abstract": _connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + order["abstract"]),
        "vsock": _connect(socket.AF_VSOCK, socket.SOCK_STREAM, order["vsock"]),
        "io-uring": _io_uring,
        "secret-file": lambda: _read(order["secret_file"]),
        "secret-environment": lambda: _environments(order["secrets"]),
    }
    for name, folder in order["write"].items():
        tried[f"write-{name}"] = lambda folder=folder: _write(folder)  # type: ignore[misc]
    return tried


def answer(attempt: Callable[[], str]) -> str:
    """Make one attempt; return how it ended."""
    try:
        return f"{OPEN}: {attempt()}"
    except OSError as error:
        return f"blocked: {error.strerror or error}"


def main() -> None:
    """Try everything."""
    order = json.load(sys.stdin)
    print(json.dumps({name: answer(attempt) for name, attempt in attempts(order).items()}))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
