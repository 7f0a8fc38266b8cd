"""A content-addressed store of finished work.

An entry is a folder named by its key, with a manifest of the sha256 of each of its files. It is
written under a temporary name, synced, and renamed into place, so that no reader ever sees half
of one. It is verified on every read: an entry whose bytes are not those of its manifest is
never served; `set_aside` moves it to `damaged/` so that the work can be done again.

    <root>/entries/<first two digits>/<key>/{manifest.json, ...}
    <root>/damaged/<key>.<n>
    <root>/underway/<process>-<n>/        removed when its process is gone
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.codec import file_sha256, pretty
from harness.errors import EntryDamaged

MANIFEST = "manifest.json"
REMEMBERED = 200
ENVIRONMENT = "HARNESS_STORE"


def default_root() -> Path:
    """Return `$HARNESS_STORE`, else a folder in the user's cache."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "harness" / "store"


@dataclass(frozen=True, slots=True)
class Past:
    """What an operation took: wall seconds and bytes kept."""

    seconds: float
    bytes: float


class Store:
    """Finished work under `root`; several processes may use it at once."""

    def __init__(self, root: Path) -> None:
        """Make the folders; clear what processes that are gone left underway."""
        self.root = root
        self._underway = root / "underway"
        self._numbers = itertools.count()
        self._underway.mkdir(parents=True, exist_ok=True)
        (root / "entries").mkdir(exist_ok=True)
        for folder in self._underway.iterdir():
            if not _alive(folder.name.partition("-")[0]):
                shutil.rmtree(folder, ignore_errors=True)

    def place(self, key: str) -> Path:
        """Return where an entry lies, or would lie."""
        return self.root / "entries" / key[:2] / key

    def underway(self) -> Path:
        """Return a fresh folder of this process to make an entry in."""
        while True:
            folder = self._underway / f"{os.getpid()}-{next(self._numbers)}"
            if not folder.exists():
                folder.mkdir()
                return folder

    def has(self, key: str) -> bool:
        """Tell whether an entry is there, without verifying it."""
        return (self.place(key) / MANIFEST).exists()

    def find(self, key: str) -> Path | None:
        """Return the verified folder of `key`, or None where there is none.

        Raises:
            EntryDamaged: it is there, and its bytes are not those of its manifest.
        """
        folder = self.place(key)
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            if folder.exists():
                raise EntryDamaged(f"{folder}: expected a {MANIFEST}, found none") from None
            return None
        except ValueError as error:
            raise EntryDamaged(f"{folder / MANIFEST}: expected JSON, found {error}") from error
        _verify(folder, key, manifest)
        return folder

    def put(self, key: str, folder: Path, about: dict[str, str]) -> Path:
        """Move `folder`, made by `underway`, into place; keep the first of two equal entries.

        `about` is kept in the manifest for people and is not verified.
        """
        files = {
            path.relative_to(folder).as_posix(): file_sha256(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }
        (folder / MANIFEST).write_bytes(pretty({"key": key, "files": files, "about": about}))
        for path in [*folder.rglob("*"), folder]:
            _sync(path)
        target = self.place(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.rename(target)
        except OSError:
            if not (target / MANIFEST).exists():
                raise
            shutil.rmtree(folder)
        _sync(target.parent)
        return target

    def history(self) -> dict[str, Past]:
        """Return what finished entries of each operation took on average, from the latest 200."""
        manifests = list((self.root / "entries").glob(f"*/*/{MANIFEST}"))
        latest = sorted(manifests, key=lambda path: path.stat().st_mtime, reverse=True)[:REMEMBERED]
        taken: dict[str, list[Past]] = {}
        for path in latest:
            about = json.loads(path.read_text(encoding="utf-8"))["about"]
            if "seconds" in about:
                size = sum(file.stat().st_size for file in path.parent.iterdir())
                taken.setdefault(about["operation"], []).append(Past(float(about["seconds"]), size))
        return {
            operation: Past(sum(p.seconds for p in past) / len(past), sum(p.bytes for p in past) / len(past))
            for operation, past in taken.items()
        }

    def set_aside(self, key: str) -> Path:
        """Move a damaged entry out of the way and return where it now lies."""
        damaged = self.root / "damaged"
        damaged.mkdir(exist_ok=True)
        for number in itertools.count():
            target = damaged / f"{key}.{number}"
            if not target.exists():
                self.place(key).rename(target)
                return target
        raise AssertionError


def _alive(process: str) -> bool:
    if not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _verify(folder: Path, key: str, manifest: object) -> None:
    """Compare every file with the manifest; a missing, extra or changed one is damage."""
    if not isinstance(manifest, dict) or manifest.get("key") != key or not isinstance(manifest.get("files"), dict):
        raise EntryDamaged(f"{folder / MANIFEST}: expected a manifest of {key}, found another")
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if (path.is_file() or path.is_symlink()) and path.name != MANIFEST
    }
    if set(found) != set(manifest["files"]):
        odd = ", ".join(sorted(set(found) ^ set(manifest["files"])))
        raise EntryDamaged(f"{folder}: expected the files of its manifest, found a difference in {odd}")
    for name, expected in manifest["files"].items():
        actual = file_sha256(found[name])
        if actual != expected:
            raise EntryDamaged(f"{folder / name}: expected sha256 {expected}, found {actual}")
