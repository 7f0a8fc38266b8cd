"""One entry of the store: plain files and a manifest that has the sha256 of each, and its own.

A manifest is only whole when its bytes are exactly those that were written, white space included:
so a flipped bit is found wherever it falls, in what is for people too.
"""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

from harness.codec import digest, file_sha256, pretty
from harness.errors import EntryDamaged

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "manifest.json"


def files_of(folder: Path) -> dict[str, Path]:
    """Return an entry's files by name.

    Raises:
        EntryDamaged: a link, a pipe, a device: what it holds may change, or may never end.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            found[path.relative_to(folder).as_posix()] = path
        elif not stat.S_ISDIR(mode):
            raise EntryDamaged(f"{path}: expected a plain file or folder, found {stat.filemode(mode)}")
    return found


def manifest_bytes(key: str, files: dict[str, str], about: object) -> bytes:
    """Return the only bytes that a manifest of this may have."""
    told = {"key": key, "files": files, "about": about}
    return pretty({**told, "sha256": digest(told)})


def verify(folder: Path, key: str) -> None:
    """Compare every byte with the manifest.

    Raises:
        EntryDamaged: a missing, extra or changed file, or another manifest.
        OSError: something cannot be read, or is gone.
    """
    if folder.is_symlink():
        raise EntryDamaged(f"{folder}: expected a folder, found a symbolic link")
    manifest = _manifest(folder / MANIFEST, key)
    found = files_of(folder)
    found.pop(MANIFEST, None)
    if set(found) != set(manifest["files"]):
        odd = ", ".join(sorted(set(found) ^ set(manifest["files"])))
        raise EntryDamaged(f"{folder}: expected the files of its manifest, found a difference in {odd}")
    for name, expected in manifest["files"].items():
        actual = file_sha256(found[name])
        if actual != expected:
            raise EntryDamaged(f"{folder / name}: expected sha256 {expected}, found {actual}")


def _manifest(path: Path, key: str) -> dict[str, Any]:
    """Return a manifest whose bytes are exactly those that were written for `key`."""
    data = path.read_bytes()
    try:
        manifest = json.loads(data)
        whole = data == manifest_bytes(key, manifest["files"], manifest["about"])
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise EntryDamaged(f"{path}: expected the manifest written for {key}, found other bytes")
    return manifest  # type: ignore[no-any-return]
