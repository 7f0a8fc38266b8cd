"""The lock: what decides, fixed before anything is measured (design: Lock).

It holds a digest of each claim's analysis part (checks, margins, coverage, waivers) and of each
scope (bases, settings, seeds), with the day it was fixed. A digest that has evidence is changed
only with a stated reason, which stays in the lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    try:
        return Lock.model_validate_json(path.read_bytes(), by_alias=True, by_name=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileFaults([_fault(path, "a readable file", error.strerror or str(error))]) from error
    except ValidationError as error:
        raise FileFaults([_fault(path, f"a lock{_at(one['loc'])}", one["msg"]) for one in error.errors()]) from error


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
    by_claim, by_scope = entries([claim], [scope])
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

    `evidence` lists (claim, scope) of what was measured, under a lock or not. An entry that has
    evidence and is not in `old` counts as changed: whoever measures first, or deletes the lock,
    fixes the analysis after having seen what it says, and has to say why.

    Raises:
        LockRefused: an entry with evidence would change and no `reason` is given.
    """
    held = old or Lock(claims={}, scopes={})
    moved = _moved(held.claims, new[0], {claim for claim, _ in evidence})
    moved += _moved(held.scopes, new[1], {scope for _, scope in evidence})
    reason = (reason or "").strip()
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


def lock_bytes(lock: Lock) -> bytes:
    """Return the file's bytes."""
    return pretty(lock.plain())
