"""Claims on counts: what the real files hold, beside what the paper says they hold.

The files were compared with their pinned digests before anything was counted; those digests are
filed in the store and cited, so that a reader can tell which files a verdict speaks of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.codec import canonical, digest, file_sha256
from harness.court.judge import rule_counts
from harness.data import catalogue, lareqa
from harness.errors import EntryDamaged, ScriptError
from harness.records.ruling import Artifact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from harness.records.claim import Claim
    from harness.records.plan import Asked, CountRequest
    from harness.records.ruling import Ruling
    from harness.records.scope import CountBinding, Scope
    from harness.store import Store

FILES = "files.json"


def count_rulings(claim: Claim, scope: Scope, asked: Asked) -> list[Ruling]:
    """Count the real files and rule on every check.

    Raises:
        HarnessError: files that are missing or not the pinned ones, or nothing of that name to count.
    """
    found = {
        name: selected(catalogue.counts(scope.counted[name]), [one for one in asked.counts if one.dataset == name])
        for name in claim.datasets
    }
    return [rule_counts(check, name, found[name]) for check in claim.checks for name in claim.datasets]


def counted_files(store: Store, bindings: Iterable[CountBinding]) -> Artifact:
    """File the digests of what was counted and return what to cite them by."""
    pinned = {binding.part: lareqa.pins()[binding.part].plain() for binding in bindings}
    key = digest({"operation": "counted", "files": pinned})
    folder = _kept(store, key)
    if folder is None:
        fresh = store.underway()
        (fresh / FILES).write_bytes(canonical(pinned))
        folder = store.put(key, fresh, {"operation": "counted"})
    return Artifact(path=f"store:{key}", sha256=file_sha256(folder / FILES))


def _kept(store: Store, key: str) -> Path | None:
    try:
        return store.find(key)
    except EntryDamaged:
        store.set_aside(key)
        return None


def selected(known: Mapping[str, int], wanted: Iterable[CountRequest]) -> dict[str, int]:
    """Return the counts that were asked for; one named without its language stands for all languages.

    Raises:
        ScriptError: nothing of that name can be counted.
    """
    found: dict[str, int] = {}
    for request in wanted:
        chosen = {name: value for name, value in known.items() if f"{name}-".startswith(f"{request.what}-")}
        if not chosen:
            raise ScriptError(f"count: expected one of {', '.join(known)}, found {request.what!r}")
        found |= chosen
    return found
