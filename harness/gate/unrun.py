"""Which claims need no new verdict, because all that goes into it is what the accepted one was made of.

A verdict is a pure function of its inputs, so it would be said again. That this holds here is tried on
one of them, the sentinel, which is run in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.codec import digest, sha256
from harness.gate.why import inputs
from harness.records.changed import ChangedInputs
from harness.records.gate import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.records.verdict import Provenance


def compare_inputs(
    scope: str, accepted: Mapping[str, Provenance], now: Mapping[str, Provenance], word: str | None
) -> ChangedInputs:
    """Return which claims' inputs are the accepted ones; `word` draws the sentinel, None draws none."""
    unchanged = {claim: made.fingerprint() for claim, made in now.items() if accepted.get(claim) == made}
    changed = {claim: _differences(accepted.get(claim), made) for claim, made in now.items() if claim not in unchanged}
    return ChangedInputs(scope=scope, changed=changed, unchanged=unchanged, sentinel=_drawn(sorted(unchanged), word))


def _differences(before: Provenance | None, made: Provenance) -> tuple[Change, ...]:
    """Return what differs; cells alone where nothing that they follow from does."""
    if before is None:
        return ()
    cells = Change(
        why="seed or noise", what="cells", accepted=digest(list(before.cells)), found=digest(list(made.cells))
    )
    return tuple(inputs(before, made)) or (cells,)


def _drawn(claims: list[str], word: str | None) -> str | None:
    """Return the claim that a word draws, each with the same chance over many words."""
    return claims[int(sha256(word.encode()), 16) % len(claims)] if word is not None and claims else None
