"""Landlock: which files a process and all it starts may read and write, and whom they may reach.

Everything that the kernel's version of Landlock can deny is denied, and then given back for the
named paths and what lies beneath them. From version 4 on TCP is denied, from 6 on abstract sockets
and signals that leave the process's own tree. Not denied by any version: sockets other than TCP
(the seccomp filter does that), paths of unix sockets before version 9, and looking at what files
there are and whom they belong to. Source: the kernel's userspace-api/landlock.
"""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION, PATH_BENEATH = 1, 1
PR_SET_NO_NEW_PRIVS = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15, 9: 1 << 16}
"""Rights on files that a version adds: the first 13, refer, truncate, device ioctl, unix sockets."""

ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15
TCP, TCP_SINCE = 3, 4
SCOPES, SCOPES_SINCE = 3, 6


def version() -> int:
    """Return the kernel's version of Landlock; 0 where there is none."""
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(CREATE_RULESET, None, 0, VERSION)))


def rights(known: int) -> int:
    """Return every right on files that version `known` can deny."""
    return sum(bits for since, bits in FILE_RIGHTS.items() if since <= known)


def restrict(readable: Iterable[Path], listable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Confine this process for good; other threads that run already are not confined.

    `readable` may be read and executed with all beneath, `listable` folders (and all folders beneath)
    only listed, `writable` anything.

    Raises:
        OSError: no Landlock here, or a path that is not there.
    """
    known = version()
    every = rights(known)
    ruleset = struct.pack("=QQQ", every, TCP if known >= TCP_SINCE else 0, SCOPES if known >= SCOPES_SINCE else 0)
    descriptor = _call(CREATE_RULESET, ruleset, len(ruleset), 0)
    try:
        for paths, allowed in (
            (readable, EXECUTE | READ_FILE | READ_DIR),
            (listable, READ_DIR),
            (writable, every & ~EXECUTE),
        ):
            for path in paths:
                _allow(descriptor, path, allowed)
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        _call(RESTRICT_SELF, descriptor, 0)
    finally:
        os.close(descriptor)


def _allow(ruleset: int, path: Path, allowed: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        own = allowed if path.is_dir() else allowed & ON_FILES
        _call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", own, opened), 0)
    finally:
        os.close(opened)


def _call(number: int, *arguments: int | bytes) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    told = [argument if isinstance(argument, bytes) else ctypes.c_long(argument) for argument in arguments]
    result = int(libc.syscall(ctypes.c_long(number), *told))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
