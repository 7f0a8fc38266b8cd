"""What a store gives up when it is to be smaller: what has not been used for longest.

Rule: first what was not used for `keep_days` days; then, until at most `most` bytes are left, the
rest by the day of its last use, the oldest day first. Of one day the weights of encoders go first,
because only further cells are made from them, while verdicts are said again and replayed from
vectors; then by the hour. Damaged entries that were set aside count and go like the others, by the
day they were damaged.

While another process uses the store nothing is collected at all, so no reader ever loses what it
has verified. Under a lock that nobody shares, each entry is moved aside in one step; its files are
removed when the lock is shared again, so that whoever waits, waits for renames alone. What a
collector leaves when it is killed lies among unfinished work and goes like that.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from harness.errors import UsageError
from harness.store import underway
from harness.store.listing import DAY, Entry, entries, entry_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.store.folder import Store

WEIGHTS = frozenset({"pretrain", "train"})


@dataclass(frozen=True, slots=True)
class Kept:
    """What to keep: what was used within so many days, at most so many bytes; None for no such limit."""

    days: float | None = None
    bytes: float | None = None


@dataclass(frozen=True, slots=True)
class Collected:
    """What was (or would be) removed and what stays: entries and bytes, by operation what goes."""

    removed: int
    removed_bytes: int
    left: int
    left_bytes: int
    operations: dict[str, int]

    def plain(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def collect(store: Store, keep: Kept, now: float, *, dry_run: bool = False) -> Collected:
    """Remove what goes by the rule above; with `dry_run` only say what would go.

    Raises:
        UsageError: no limit, one below 0, or another process uses the store.
    """
    _refuse(keep)
    if dry_run:
        return _told(*chosen(_all(store.root), keep, now))
    if not underway.alone(store.lock):
        raise UsageError(
            f"{store.root}: expected a store that nobody else uses, found it in use; collect when that has ended"
        )
    aside = store.underway()
    try:
        goes, stays = chosen(_all(store.root), keep, now)
        for number, one in enumerate(goes):
            one.path.rename(aside / str(number))
    finally:
        underway.shared(store.lock)
    shutil.rmtree(aside)
    return _told(goes, stays)


def chosen(found: Iterable[Entry], keep: Kept, now: float) -> tuple[list[Entry], list[Entry]]:
    """Return what goes and what stays, both in the order in which they go."""
    each = sorted(found, key=_order)
    left = sum(one.size for one in each)
    oldest = 0.0 if keep.days is None else now - keep.days * DAY
    goes = [one for one in each if one.used < oldest]
    left -= sum(one.size for one in goes)
    stays = []
    for one in each:
        if one.used < oldest:
            continue
        if keep.bytes is not None and left > keep.bytes:
            goes.append(one)
            left -= one.size
        else:
            stays.append(one)
    return goes, stays


def _order(one: Entry) -> tuple[int, bool, float, str]:
    return int(one.used // DAY), one.operation not in WEIGHTS, one.used, one.path.name


def _all(root: Path) -> list[Entry]:
    return [*entries(root), *(entry_at(path) for path in sorted((root / "damaged").glob("*")))]


def _refuse(keep: Kept) -> None:
    limits = [limit for limit in (keep.days, keep.bytes) if limit is not None]
    if not limits or not all(limit >= 0 for limit in limits):
        raise UsageError("store gc: expected --keep-days N, --max-gib G or both, none below 0; see --help")


def _told(goes: list[Entry], stays: list[Entry]) -> Collected:
    operations: dict[str, int] = {}
    for one in goes:
        operations[one.operation] = operations.get(one.operation, 0) + 1
    return Collected(
        removed=len(goes),
        removed_bytes=sum(one.size for one in goes),
        left=len(stays),
        left_bytes=sum(one.size for one in stays),
        operations=dict(sorted(operations.items())),
    )
