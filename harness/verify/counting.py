"""Claims on counts: what the real files hold, beside what the paper says they hold.

The files were compared with their pinned digests before anything was counted; those digests are
filed in the store and cited, so that a reader can tell which files a verdict speaks of.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from harness.codec import canonical, digest, file_sha256
from harness.court.case import of_dataset
from harness.court.judge import rule_counts
from harness.data import catalogue, lareqa
from harness.errors import EntryDamaged, ScriptError
from harness.records.verdict import Artifact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from harness.records.asked import Asked, CountRequest
    from harness.records.claim import Claim
    from harness.records.ruling import Ruling
    from harness.records.scope import CountBinding, Scope
    from harness.store import Store

FILES = "files.json"


def count(claim: Claim, scope: Scope, asked: Asked) -> dict[str, dict[str, int]]:
    """Count the real files; return what the script asks for, by dataset.

    Raises:
        HarnessError: files that are missing or not the pinned ones, or nothing of that name to count.
    """
    return {
        name: selected(catalogue.counts(scope.counted[name]), [one for one in asked.counts if one.dataset == name])
        for name in claim.datasets
    }


def count_rulings(claim: Claim, found: Mapping[str, Mapping[str, int]]) -> list[Ruling]:
    """Rule on every check of a claim that counts."""
    return [rule_counts(check, name, found[name]) for check in claim.checks for name in claim.datasets]


def emitted_rulings(claim: Claim, asked: Asked) -> list[Ruling]:
    """Rule on checks of a claim on effectiveness that only compare numbers, by those that the script hands in.

    Such a number may equal its cell and never verifies anything: the red team sees to that.
    """
    made = {one.name: Decimal(f"{one.value:.12g}") for one in asked.emitted}
    found = []
    for check in claim.checks:
        for name in claim.datasets if check.relation == "equals" else ():
            stated = of_dataset(name, check.counts)
            found.append(rule_counts(check, name, {what: made[what] for what in stated if what in made}))
    return found


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
