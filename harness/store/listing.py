"""What a store holds, and whether all of it is whole.

`listing` reads manifests and sizes alone; `check` compares every byte, on several threads, because
hashing waits for nobody (cost: one pass over the store, some hundred MB per second and core).
Something in `entries/` that is no entry is named too: nobody put it there through this package.
"""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from harness.errors import EntryDamaged
from harness.store.entry import MANIFEST
from harness.store.folder import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from harness.store.folder import Store

UNREADABLE = "unreadable"
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it lies there, unverified; dates in seconds since 1970, size in bytes."""

    path: Path
    operation: str
    seal: str
    size: int
    made: float
    used: float


@dataclass(frozen=True, slots=True)
class Listed:
    """All entries of one operation under one seal (`-` where none is stated); ages in days."""

    operation: str
    seal: str
    count: int
    bytes: int
    oldest_made: float
    latest_used: float

    def plain(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def entries(root: Path) -> Iterator[Entry]:
    """Yield every entry by key; one that another process takes away meanwhile is left out."""
    for path in sorted((root / "entries").glob("*/*")):
        try:
            yield entry_at(path)
        except OSError:
            continue


def entry_at(path: Path) -> Entry:
    """Return what lies at a path, which may be damaged in any way.

    Raises:
        OSError: nothing lies there, or it may not be looked at.
    """
    files = [path] if not path.is_dir() else [file for file in path.rglob("*") if not file.is_dir()]
    operation, seal, made = UNREADABLE, "-", path.lstat().st_mtime
    try:
        manifest = path / MANIFEST
        about = json.loads(manifest.read_bytes())["about"]
        operation, seal = str(about["operation"]), str(about.get("seal", "-"))
        made = manifest.stat().st_mtime
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass  # it is shown as unreadable
    return Entry(path, operation, seal, sum(file.lstat().st_size for file in files), made, path.lstat().st_mtime)


def listing(root: Path, now: float) -> list[Listed]:
    """Return what lies in a store by operation and seal, the largest first; `now` in seconds since 1970."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for one in entries(root):
        groups.setdefault((one.operation, one.seal), []).append(one)
    damaged = [entry_at(path) for path in sorted((root / "damaged").glob("*"))]
    if damaged:
        groups["damaged, set aside", "-"] = damaged
    listed = [
        Listed(
            operation=operation,
            seal=seal,
            count=len(group),
            bytes=sum(one.size for one in group),
            oldest_made=round((now - min(one.made for one in group)) / DAY, 3),
            latest_used=round((now - max(one.used for one in group)) / DAY, 3),
        )
        for (operation, seal), group in groups.items()
    ]
    return sorted(listed, key=lambda one: (-one.bytes, one.operation, one.seal))


def check(store: Store, workers: int, tell: Callable[[int, int], None]) -> tuple[int, list[str]]:
    """Compare every byte of every entry with its manifest; return how many there are and each fault in words.

    `tell` is called with (done, all) after each entry. Nothing is moved: what next wants the entry does that.
    """
    places = sorted((store.root / "entries").glob("*/*"))
    strays = [path for path in sorted((store.root / "entries").glob("*")) if not path.is_dir() or path.is_symlink()]
    faults = [f"{path}: expected folders of entries alone, found something else; remove it" for path in strays]
    done: Counter[str] = Counter()

    def look(place: Path) -> str:
        words = _fault(store, place)
        done["entries"] += 1
        tell(done["entries"], len(places))
        return words

    with ThreadPoolExecutor(workers) as pool:
        faults += [words for words in pool.map(look, places) if words]
    return len(places), faults


def _fault(store: Store, place: Path) -> str:
    key = place.name
    if not KEY.fullmatch(key) or store.place(key) != place:
        return f"{place}: expected an entry under its own key, found another name; remove it"
    try:
        store.find(key, using=False)
    except EntryDamaged as error:
        return str(error)
    return ""
