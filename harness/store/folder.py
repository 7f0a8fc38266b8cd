"""The store as a folder: find, put, set aside, remember.

Writing: make the entry aside, write its manifest, sync every file and folder, rename, sync the
parent. A rename is atomic, so an entry is there whole or not at all, also after a power cut.

Reading sets the date of the entry's folder, which is when it was last used; that of its manifest
is when it was made. As long as a `Store` is, it shares the lock `in-use`: nothing is collected then.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import threading
import weakref
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from harness.cache import cache_folder
from harness.codec import file_sha256
from harness.errors import EntryDamaged, UsageError
from harness.store.atomic import sync
from harness.store.entry import MANIFEST, files_of, manifest_bytes, verify
from harness.store.underway import claim, clear, hold

REMEMBERED = 50
"""Entries of one operation that an average is taken of: enough to be steady, few enough to follow a new machine."""

LOOKED_AT = 5000
ENVIRONMENT = "HARNESS_STORE"
IN_USE = "in-use"
KEY = re.compile(r"[0-9a-f]{64}")


def default_root() -> Path:
    """Return `$HARNESS_STORE`, else a folder in the user's cache."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    return cache_folder() / "store"


@dataclass(frozen=True, slots=True)
class Past:
    """What an operation took: wall seconds and bytes kept."""

    seconds: float
    bytes: float


class Store:
    """Finished work under `root`; several threads and processes may use it at once.

    `moved` says of each damaged entry that was set aside what was wrong with it and where it lies.
    """

    def __init__(self, root: Path) -> None:
        """Make the folders; clear what processes that are gone left underway; wait while another collects.

        Raises:
            UsageError: a root that cannot be made or written.
        """
        self.moved: list[str] = []
        self._damage: dict[str, tuple[int, str]] = {}
        self.root = root = root.absolute()  # lab processes work in folders of their own
        self._underway = root / "underway"
        self._mine: Path | None = None
        self._claiming = threading.Lock()
        self._numbers = itertools.count()
        try:
            self._underway.mkdir(parents=True, exist_ok=True)
            (root / "entries").mkdir(exist_ok=True)
            self.lock = hold(root / IN_USE)
            weakref.finalize(self, os.close, self.lock)
            clear(self._underway)
        except OSError as error:
            raise UsageError(
                f"{root}: expected a folder to keep finished work in, found {error.strerror}; name another with --store"
            ) from error

    def place(self, key: str) -> Path:
        """Return where an entry lies, or would lie.

        Raises:
            UsageError: a key that is no sha256, and so might name a place outside the store.
        """
        if not KEY.fullmatch(key):
            raise UsageError(f"expected a sha256 as the key of an entry, found {key!r}")
        return self.root / "entries" / key[:2] / key

    def underway(self) -> Path:
        """Return a fresh folder to make an entry in; it goes when this store or its process does."""
        with self._claiming:
            if self._mine is None:
                self._mine, lock = claim(self._underway)
                weakref.finalize(self, os.close, lock)
            folder = self._mine / str(next(self._numbers))
        folder.mkdir(parents=True)
        return folder

    def has(self, key: str) -> bool:
        """Tell whether an entry is there, without verifying it."""
        return (self.place(key) / MANIFEST).exists()

    def find(self, key: str, *, using: bool = True) -> Path | None:
        """Return the verified folder of `key`, or None where there is none; `using` notes the date.

        Raises:
            EntryDamaged: it is there, and its bytes are not those of its manifest.
        """
        folder = self.place(key)
        found = _inode(folder)
        if found is None:
            return None
        try:
            verify(folder, key)
        except (EntryDamaged, OSError) as error:
            if isinstance(error, FileNotFoundError) and not os.path.lexists(folder):
                return None  # another process set it aside meanwhile
            words = str(error) if isinstance(error, EntryDamaged) else _unreadable(folder, error)
            self._damage[key] = found, words
            raise EntryDamaged(words) from error
        if using:
            with suppress(OSError):  # a store that can only be read
                os.utime(folder)
        return folder

    def put(self, key: str, folder: Path, about: dict[str, str]) -> Path:
        """Move `folder`, made by `underway`, into place; keep the first of two whole entries.

        `about` is for people; it is protected like the rest and is no part of the key.

        Raises:
            EntryDamaged: something in `folder` is no plain file or folder.
            OSError: it cannot be written (a full disk, for one).
        """
        files = {name: file_sha256(path) for name, path in files_of(folder).items() if name != MANIFEST}
        (folder / MANIFEST).write_bytes(manifest_bytes(key, files, about))
        for path in [*folder.rglob("*"), folder]:
            sync(path)
        target = self.place(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.rename(target)
        except OSError:
            if not self._whole(key):
                self.set_aside(key)
                folder.rename(target)
            else:
                shutil.rmtree(folder)
        sync(target.parent)
        sync(target.parent.parent)
        return target

    def _whole(self, key: str) -> bool:
        try:
            return self.find(key) is not None
        except EntryDamaged:
            return False

    def history(self) -> dict[str, Past]:
        """Return what finished entries of each operation took on average, from its latest 50.

        An entry that cannot be read has no part in it; cost: one look at every manifest's date.
        """
        dated = [(_changed(path), path) for path in (self.root / "entries").glob(f"*/*/{MANIFEST}")]
        taken: dict[str, list[Past]] = {}
        for _, path in sorted(dated, reverse=True)[:LOOKED_AT]:
            past = _past(path)
            if past is not None and len(taken.setdefault(past[0], [])) < REMEMBERED:
                taken[past[0]].append(past[1])
        return {
            operation: Past(sum(p.seconds for p in past) / len(past), sum(p.bytes for p in past) / len(past))
            for operation, past in taken.items()
        }

    def set_aside(self, key: str) -> Path:
        """Move a damaged entry out of the way, note it in `moved`, and return where it now lies.

        Where another process did so first, and perhaps made it again, return the folder of damaged entries.
        """
        damaged = self.root / "damaged"
        damaged.mkdir(exist_ok=True)
        other = f"{self.place(key)}: expected what it is kept for, found other content"
        inode, words = self._damage.pop(key, (None, other))
        for number in itertools.count():
            target = damaged / f"{key}.{number}"
            if os.path.lexists(target):
                continue
            if inode is not None and _inode(self.place(key)) != inode:
                return damaged
            try:
                self.place(key).rename(target)
            except FileNotFoundError:
                return damaged
            except OSError:
                if not os.path.lexists(target):
                    raise
            else:
                with suppress(OSError):
                    os.utime(target, follow_symlinks=False)  # the day that it was set aside
                self.moved.append(f"{words}; moved to {target}")
                return target
        raise AssertionError


def _inode(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except OSError:
        return None


def _unreadable(folder: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{folder}: expected a {MANIFEST} and its files, found one missing"
    return f"{folder}: expected a folder that can be read, found {error.strerror}"


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _past(path: Path) -> tuple[str, Past] | None:
    """Return an entry's operation and what it took, where its manifest says so."""
    try:
        about = json.loads(path.read_bytes())["about"]
        size = sum(file.stat().st_size for file in path.parent.rglob("*") if file.is_file())
        return str(about["operation"]), Past(float(about["seconds"]), size)
    except (OSError, ValueError, KeyError, TypeError):
        return None
