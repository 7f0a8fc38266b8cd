"""Replace a file whole or not at all.

Rule: write to a hidden temporary name in the same folder, fsync, `os.replace`, fsync the folder.
A reader sees the old bytes or the new ones; whatever interrupts the writer, including Ctrl-C,
the temporary file goes away. Limit: after SIGKILL it stays, under a name that no reader opens
and that the next write of the same process number overwrites.
"""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, data: bytes) -> Path:
    """Make `data` the content of `path`, with its folders, and return `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync(path.parent)
    return path


def sync(path: Path) -> None:
    """Wait until a file or a folder is on disk; a rename survives a power cut only once its folder is."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
