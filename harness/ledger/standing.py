"""Whether accepted verdicts and claim files are what the ledger entered last.

Rule: an accepted verdict has an entry, and is the one of its last entry; an entry whose claim file
is still there has its verdict, and the claim file says the same four words. A claim that is gone with its
verdict leaves its entries behind and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.ledger.chain import Key, Ledger
    from harness.records.ledger import Entry
    from harness.records.verdict import Verdict

FOUR = ("status", "outcome", "verification", "cause")
MEND = 'accept what stands: harness accept ... --reason "...", or restore it from version control'


def departures(
    ledger: Ledger, accepted: Mapping[Key, Verdict], stated: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Yield in words what is not as it was entered.

    `accepted` are the accepted verdicts that can be read; `stated` what each claim file that is there
    says under `accepted`, by scope.
    """
    last = ledger.last()
    for key, verdict in accepted.items():
        name = f"accepted/{'.'.join(key)}.json"
        if key not in last:
            yield f"{name}: expected an entry in the ledger, found none; {MEND}"
        elif last[key].verdict != verdict.timeless():
            entry = last[key]
            told = (
                f"the verdict of entry {entry.number} ({entry.verdict[:12]}), found another ({verdict.timeless()[:12]})"
            )
            yield f"{name}: expected {told}; {MEND}"
    for key, entry in last.items():
        claim, scope = key
        if claim in stated and key not in accepted:
            yield f"accepted/{claim}.{scope}.json: expected the verdict of entry {entry.number}, found none; {MEND}"
        if claim in stated:
            yield from _stated(entry, stated[claim].get(scope))
    for claim, scopes in stated.items():
        for scope in scopes:
            if (claim, scope) not in last:
                yield f"{claim}: accepted.{scope} has no entry in the ledger; {MEND}"


def _stated(entry: Entry, said: Any) -> Iterator[str]:
    expected = {name: getattr(entry, name) for name in FOUR}
    found = {name: said.get(name) for name in FOUR} if isinstance(said, dict) else None
    if found != expected:
        words = "none" if found is None else ", ".join(str(value) for value in found.values())
        told = ", ".join(str(value) for value in expected.values())
        where = f"{entry.claim}: accepted.{entry.scope}"
        yield f"{where}: expected {told}, as entry {entry.number} has it, found {words}; {MEND}"
