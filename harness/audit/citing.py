"""What a claim cites of its paper: the cells and statements by which a finding touches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.records.claim import CitedValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.records.claim import Claim


def cited_by(claim: Claim) -> Iterator[str]:
    """Yield the cells and statements that a claim or one of its checks cites."""
    yield from claim.cells
    for check in claim.checks:
        yield from (one.cell for one in check.counts.values())
        for one in check.claimed.values():
            yield from (one.cell,) if isinstance(one, CitedValue) else (one.left, one.right)
