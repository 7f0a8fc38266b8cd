"""The next line of the ledger, for a verdict that a person accepted."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from harness.codec import canonical
from harness.records.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.ledger.chain import Ledger
    from harness.records.gate import Why
    from harness.records.verdict import Verdict

TOLD = ("title", "scale", "status", "outcome", "verification", "cause", "paper_status", "level", "artifacts")
"""What an entry says in the verdict's own words."""


def entered(  # noqa: PLR0913 - what an entry says beside its verdict
    ledger: Ledger, verdict: Verdict, *, before: Verdict | None, why: Sequence[Why], reason: str, at: str
) -> Ledger:
    """Return the ledger with this acceptance; the same one where exactly this was entered last.

    `before` is the verdict that was accepted until now, if one was and can be read, and `why` what its difference is
    laid to; `at` an ISO time with its zone, or that of the last line where a clock went back.
    """
    last = ledger.last().get((verdict.claim, verdict.scope))
    if last is not None and (last.verdict, last.reason) == (verdict.timeless(), reason):
        return ledger
    made = verdict.provenance
    entry = Entry(
        number=len(ledger.entries) + 1,
        previous=ledger.tip,
        at=max([at, *(one.at for one in ledger.entries[-1:])], key=datetime.fromisoformat),
        claim=verdict.claim,
        scope=verdict.scope,
        title=verdict.title,
        scale=verdict.scale,
        status=verdict.status,
        outcome=verdict.outcome,
        verification=verdict.verification,
        cause=verdict.cause,
        paper_status=verdict.paper_status,
        level=verdict.level,
        seal=verdict.seal.status,
        reason=reason,
        verdict=verdict.timeless(),
        claim_digest=made.claim,
        analysis=made.analysis,
        artifacts=verdict.artifacts,
        corrects=last.number if last else None,
        changed=_changed(last, before, verdict) if last else (),
        why=tuple(dict.fromkeys(why if before else ["code"])) if last else (),
    )
    return ledger.and_then(entry)


def _changed(last: Entry, before: Verdict | None, verdict: Verdict) -> tuple[str, ...]:
    """Return the fields that differ, but for the occasion, which always does.

    An accepted verdict that this version cannot read was of another schema: then `schema`, which a
    change of code brought about, and what differs from the entry's own fields.
    """
    new = verdict.plain()
    if before is not None:
        old = before.plain()
        return tuple(name for name in new if name != "occasion" and canonical(old[name]) != canonical(new[name]))
    told = last.plain()
    return ("schema", *(name for name in TOLD if canonical(told[name]) != canonical(new[name])))
