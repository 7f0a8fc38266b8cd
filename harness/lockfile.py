"""The lock: what decides, fixed before anything is measured (design: Lock).

It holds a digest of each claim's analysis part (checks, margins, coverage, waivers) and of each
scope (bases, settings, grid, seeds), with the day it was fixed. A digest that has evidence is
changed only with a stated reason, which stays in the lock.

Who changes a lock can delete the evidence first. So it is compared with the base branch's too: what
stood there is changed or removed only by a new break that names it, dated as the new entry is;
breaks are only added, at the end; no day moves back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from harness.codec import digest, pretty
from harness.errors import Fault, FileFaults, LockRefused
from harness.records.lock import Break, Lock, LockEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from harness.records.claim import Claim
    from harness.records.scope import Scope

NAME = "lock.json"


def read_lock(folder: Path) -> Lock | None:
    """Return the lock beside the claims, or None where there is none.

    Raises:
        FileFaults: a lock that is not one.
    """
    path = folder / NAME
    return read_lock_file(path) if path.exists() or path.is_symlink() else None


def read_lock_file(path: Path) -> Lock:
    """Return the lock in a file of any name.

    Raises:
        FileFaults: no such file, or a lock that is not one.
    """
    try:
        data = path.read_bytes()
        again = _repeated(data)
        if again:
            raise FileFaults([_fault(path, "a lock that names each thing once", f"{name} twice") for name in again])
        return Lock.model_validate_json(data, by_alias=True, by_name=False)
    except OSError as error:
        raise FileFaults([_fault(path, "a readable file", error.strerror or str(error))]) from error
    except ValidationError as error:
        raise FileFaults([_fault(path, f"a lock{_at(one['loc'])}", one["msg"]) for one in error.errors()]) from error


def _repeated(data: bytes) -> list[str]:
    """Return keys that stand twice in one object: a reader sees the first, a parser takes the last."""
    found: list[str] = []

    def seen(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        found.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(pairs)

    try:
        json.loads(data, object_pairs_hook=seen)
    except (ValueError, RecursionError):  # no JSON, which the record's own parser tells better
        return []
    return found


def _fault(path: Path, expected: str, found: str) -> Fault:
    return Fault(str(path), 0, expected, found, "restore it from version control")


def _at(place: tuple[int | str, ...]) -> str:
    return f" at {'.'.join(map(str, place))}" if place else ""


def entries(claims: Iterable[Claim], scopes: Iterable[Scope]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a lock of these would hold: digests by claim id, and by scope name."""
    by_claim = {claim.id: digest(claim.analysis()) for claim in claims}
    return by_claim, {scope.name: scope.fingerprint() for scope in scopes}


def violations(lock: Lock | None, claim: Claim, scope: Scope) -> list[str]:
    """Return in words how a claim or the scope differs from the lock; empty when it holds."""
    if lock is None:
        return [f"no {NAME} beside the claims; write it with: harness lock"]
    return departures(lock, [claim], [scope])


def standing(lock: Lock | None, claims: Sequence[Claim], scopes: Sequence[Scope]) -> list[str]:
    """Return in words how a whole folder of claims and its scopes differ from their lock; empty when it holds."""
    if lock is None:
        return []
    here = {claim.id for claim in claims}
    gone = [f"claim {name} is in {NAME} and nowhere else; restore it" for name in lock.claims if name not in here]
    return departures(lock, claims, scopes) + gone


def departures(lock: Lock, claims: Iterable[Claim], scopes: Iterable[Scope]) -> list[str]:
    """Return in words how claims and scopes differ from the lock; empty when it holds."""
    by_claim, by_scope = entries(claims, scopes)
    found = []
    for kind, held, now in (("claim", lock.claims, by_claim), ("scope", lock.scopes, by_scope)):
        for name, value in now.items():
            if name not in held:
                found.append(f"{kind} {name} is not in {NAME}")
            elif held[name].digest != value:
                found.append(f"{kind} {name} is not the one locked on {held[name].date}")
    return found


def relock(
    old: Lock | None,
    new: tuple[Mapping[str, str], Mapping[str, str]],
    evidence: Sequence[tuple[str, str]],
    *,
    today: str,
    reason: str | None,
) -> Lock:
    """Return the lock that holds `new`; entries that did not change keep their day.

    `evidence` lists (claim, scope) of what was measured, under a lock or not; that of claims of other
    folders says nothing of these. An entry that has evidence and is not in `old` counts as changed:
    whoever measures first, or deletes the lock, fixes the analysis after having seen what it says,
    and has to say why. With a `reason` every entry of `old` that changes is recorded, for there may
    be evidence elsewhere.

    Raises:
        LockRefused: an entry with evidence would change and no `reason` is given.
    """
    held = old or Lock(claims={}, scopes={})
    reason = (reason or "").strip()
    own = [(claim, scope) for claim, scope in evidence if claim in new[0] or claim in held.claims]
    moved = _moved(held.claims, new[0], {claim for claim, _ in own} | set(held.claims if reason else ()))
    moved += _moved(held.scopes, new[1], {scope for _, scope in own} | set(held.scopes if reason else ()))
    if moved and not reason:
        raise LockRefused(
            f"expected the analysis as it was when measured, found changes or new entries in {', '.join(moved)}; "
            'restore it, or say why: harness lock --break "reason"'
        )
    breaks = (*held.breaks, Break(date=today, reason=reason, changed=tuple(moved))) if moved else held.breaks
    return Lock(claims=_dated(held.claims, new[0], today), scopes=_dated(held.scopes, new[1], today), breaks=breaks)


def _moved(held: Mapping[str, LockEntry], new: Mapping[str, str], measured: set[str]) -> list[str]:
    before = {name: entry.digest for name, entry in held.items()}
    named = sorted(measured & (before.keys() | new.keys()))
    return [name for name in named if before.get(name) != new.get(name)]


def _dated(held: Mapping[str, LockEntry], new: Mapping[str, str], today: str) -> dict[str, LockEntry]:
    return {
        name: held[name] if name in held and held[name].digest == value else LockEntry(digest=value, date=today)
        for name, value in new.items()
    }


def lapses(base: Lock, now: Lock | None) -> list[str]:
    """Return in words what differs from the base branch's lock without a recorded break; empty where nothing does."""
    if now is None:
        return [f"{NAME} is gone, and the base branch has one; restore it"]
    kept = now.breaks[: len(base.breaks)]
    found = [
        f"the break of {one.date} ({one.reason}) was removed or rewritten; restore it, new ones stand behind it"
        for at, one in enumerate(base.breaks)
        if at >= len(kept) or kept[at] != one
    ]
    new = [one for one in now.breaks if one not in base.breaks]
    found += [f"the break of {one.date} gives no reason; say why" for one in new if not one.reason.strip()]
    for kind, before, after in (("claim", base.claims, now.claims), ("scope", base.scopes, now.scopes)):
        told = ((name, _lapse(entry, after.get(name), _broken(new, name))) for name, entry in before.items())
        found += [f"{kind} {name} {words}" for name, words in told if words]
    return found


def _broken(breaks: Sequence[Break], name: str) -> str | None:
    """Return the day of the last break that names an entry."""
    return max((one.date for one in breaks if name in one.changed), default=None)


def _lapse(before: LockEntry, after: LockEntry | None, broken: str | None) -> str:
    """Say what is unlawful about one entry of the base branch; `broken` is the day of its new break."""
    if after == before:
        return ""
    if broken is None:
        done = "removed" if after is None else "changed" if after.digest != before.digest else "redated"
        return f"was {done} and no new break names it; restore {NAME}, then: harness lock --break REASON"
    if broken < before.date or (after is not None and after.date < before.date):
        return f"was locked on {before.date}, and its change is dated before that; days do not move back"
    if after is not None and after.date != broken:
        return f"was locked anew on {after.date}, and the last break that names it is of {broken}; say why it changed"
    return ""


def lock_bytes(lock: Lock) -> bytes:
    """Return the file's bytes."""
    return pretty(lock.plain())
