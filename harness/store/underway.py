"""The folder of unfinished work, and who still works on what.

    <process>-<random>.lock     held by its owner for life
    <process>-<random>/         its work; removed once nobody holds the lock

A lock, because a process number comes back: in containers often with the very next run.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOCK = ".lock"


def hold(path: Path) -> int:
    """Return a descriptor that shares the lock at `path`; where the file can only be read, that will do.

    Raises:
        OSError: it can neither be made nor read.
    """
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:
        lock = os.open(path, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def alone(lock: int) -> bool:
    """Turn a shared lock into one that nobody shares, and tell whether that was possible at once."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        fcntl.flock(lock, fcntl.LOCK_SH)  # changing the kind gives up the lock first
        return False
    return True


def shared(lock: int) -> None:
    """Share a lock again that was held alone."""
    fcntl.flock(lock, fcntl.LOCK_SH)


def claim(underway: Path) -> tuple[Path, int]:
    """Return a folder of one's own and the descriptor that holds its lock."""
    while True:
        mine = underway / f"{os.getpid()}-{secrets.token_hex(4)}"
        path = mine.with_suffix(LOCK)
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists() and os.fstat(lock).st_ino == path.stat().st_ino:
            return mine, lock
        os.close(lock)  # a process that was clearing took the lock first, and the file with it


def clear(underway: Path) -> None:
    """Remove what nobody holds; a folder without a lock, or any stray file, has no owner."""
    for path in underway.iterdir():
        if path.suffix == LOCK:
            _clear_one(path)
        elif not path.with_suffix(LOCK).exists():
            _remove(path)


def _clear_one(path: Path) -> None:
    try:
        lock = os.open(path, os.O_RDWR)
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return  # its owner is alive
    else:
        _remove(path.with_suffix(""))
        path.unlink(missing_ok=True)
    finally:
        os.close(lock)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
