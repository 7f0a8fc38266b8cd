"""Two sets of verdicts against each other, claim by claim: (1) to (5).

    (1) read both sets; refuse a baseline that is damaged, empty or of another project
    (2) of what was accepted: is there a verdict now, may it be missing, does the accepted one stand?
    (3) what differs, and why
    (4) what of it is drift
    (5) of what was not accepted: it needs a baseline

The empty set never passes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.gate import rules
from harness.gate.places import placed
from harness.gate.sets import VerdictSet, read_set
from harness.gate.why import PROBE, QUESTION, changes
from harness.records.gate import Compared, Drift, GateAnswer, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from harness.gate.sets import Key
    from harness.records.gate import Change, Moved, Why
    from harness.records.verdict import Verdict

MACHINE: frozenset[Why] = frozenset({"dependency", "seal", "seed or noise", "red team"})
"""What numbers may move with, from one machine to another."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is compared, and what is allowed.

    `scopes` None: those of the baseline. `allowed_missing`: claims that may want a resource.
    `unrun`: claims that need no new verdict where the fingerprint of their inputs is the accepted
    verdict's. `claims` is where claim files lie; `entered` maps what the ledger knows to the digest
    of the verdict that it entered last, None where there is no ledger.
    """

    baseline: Path
    current: Path
    claims: Path
    scopes: frozenset[str] | None = None
    allowed_missing: frozenset[str] = frozenset()
    unrun: Mapping[Key, str] = field(default_factory=dict)
    entered: Mapping[Key, str] | None = None


def compare(terms: Terms) -> GateAnswer:
    """Return what differs between the two sets, and what of it is drift.

    Raises:
        UsageError: nothing to compare: a set that is empty, a scope that neither has, a baseline
            that is damaged, not as the ledger entered it, or of another project.
    """
    accepted, found = read_set(terms.baseline), read_set(terms.current)  # (1)
    scopes = _scopes(terms, accepted, found)
    notes = _notes(terms, found, scopes)
    accepted, found = accepted.within(scopes | {""}), found.within(scopes | {""})
    _refuse_baseline(terms, accepted, found)
    keys = sorted({*accepted.found, *found.found, *found.refused}, key=_order)
    compared = tuple(placed(_one(key, accepted, found, terms), terms.claims, terms.current) for key in keys)
    return GateAnswer(
        baseline=str(terms.baseline),
        current=str(terms.current),
        scopes=tuple(sorted(scopes)),
        compared=compared,
        notes=tuple(notes),
    )


def unaccepted(terms: Terms) -> list[Verdict]:
    """Return the verdicts that stand and have no baseline, for whoever writes one.

    None of them is returned where the baseline is damaged or of another project, which `compare` refuses.
    """
    accepted, found = read_set(terms.baseline), read_set(terms.current)
    if accepted.refused or (accepted.found and not rules.kin(accepted.found, found.found)):
        return []
    scopes = terms.scopes or accepted.scopes() or found.scopes()
    return [one for key, one in found.found.items() if key[1] in scopes and key not in accepted.found]


def _order(key: Key) -> tuple[str, int, str]:
    claim, scope = key
    digits = claim[1:]
    return scope, int(digits) if digits.isdigit() else 0, claim


def _scopes(terms: Terms, accepted: VerdictSet, found: VerdictSet) -> frozenset[str]:
    known = accepted.scopes() | found.scopes()
    unknown = sorted((terms.scopes or frozenset()) - known)
    if unknown:
        there = ", ".join(sorted(known - {""})) or "none"
        raise UsageError(f"--scope: expected a scope that has verdicts ({there}), found {', '.join(unknown)}")
    return terms.scopes or accepted.scopes() - {""}


def _notes(terms: Terms, found: VerdictSet, scopes: frozenset[str]) -> Iterator[str]:
    """Yield what is not looked at."""
    others = sorted(found.scopes() - scopes - {""})
    if others:
        yield f"not compared, for nothing is accepted there: scope {', '.join(others)}; name one with --scope"
    if found.found and not found.checked:
        yield f"{terms.current} has no gate documents beside it, so one that was edited by hand may pass"
    if terms.entered is None:
        yield f"{terms.baseline} has no ledger beside it, so one that was edited by hand may pass"


def _refuse_baseline(terms: Terms, accepted: VerdictSet, found: VerdictSet) -> None:
    where = terms.baseline
    if accepted.refused:
        told = "\n".join(f"{where}/{'.'.join(filter(None, key))}.json: {why}" for key, why in accepted.refused.items())
        raise UsageError(f"{told}\nrestore the baseline from version control")
    if not accepted.found:
        raise UsageError(f"{where}: expected accepted verdicts, found none; accept some, or --write-baseline")
    if not found.found and not found.refused and not terms.unrun:
        raise UsageError(f"{terms.current}: expected verdicts, found none; measure with: pytest {terms.claims}/")
    if found.found and not rules.kin(accepted.found, found.found):
        raise UsageError(
            f"{where}: expected a baseline of the project of {terms.current}, found that of another: no claim of both "
            "has title, text, analysis or script in common; name another --baseline"
        )
    _refuse_edited(where, accepted.digests, terms.entered or {})


def _refuse_edited(where: Path, accepted: Mapping[Key, str], entered: Mapping[Key, str]) -> None:
    """Refuse accepted verdicts that are not those that the ledger entered last."""
    told = [
        f"{where}/{claim}.{scope}.json: expected the verdict that was entered last in the ledger "
        f"({entered[claim, scope][:12]}), found another ({digest[:12]}); restore it, or: harness accept"
        for (claim, scope), digest in accepted.items()
        if entered.get((claim, scope), digest) != digest
    ]
    if told:
        raise UsageError("\n".join(told))


def _one(key: Key, accepted: VerdictSet, found: VerdictSet, terms: Terms) -> Compared:
    claim, scope = key
    before, after = accepted.found.get(key), found.found.get(key)
    title = before.title if before else after.title if after else ""
    if key in found.refused:
        drift = Drift(rule="invalid-document", says=found.refused[key])
        return Compared(claim=claim, scope=scope, title=title, state="drift", drifts=(drift,))
    if before is None:  # (5)
        says = 'nothing is accepted of it; look at it, then: harness accept --reason "..."'
        drift = Drift(rule="no-baseline", says=says)
        return Compared(claim=claim, scope=scope, title=title, state="drift", drifts=(drift,))
    if after is None:
        return _unmeasured(before, terms)
    return _measured(before, after, terms, same=accepted.digests[key] == found.digests[key])


def _unmeasured(before: Verdict, terms: Terms) -> Compared:
    """Return how a claim stands that has no verdict now (2)."""
    key = (before.claim, before.scope)
    if terms.unrun.get(key) == before.provenance.fingerprint():
        return Compared(claim=before.claim, scope=before.scope, title=before.title, state="stands")
    came_out = f"accepted as {before.status}, {before.outcome}"
    if any(terms.claims.glob(f"{before.claim}-*.yaml")):
        run = f"pytest {terms.claims} --scope {before.scope} -k {before.claim}"
        drift = Drift(rule="unrun-claim", says=f"{came_out}, and not run; run it: {run}")
    else:
        drift = Drift(rule="lost-claim", says=f"{came_out}, and no claim file is left")
    return Compared(claim=before.claim, scope=before.scope, title=before.title, state="drift", drifts=(drift,))


def _measured(before: Verdict, after: Verdict, terms: Terms, *, same: bool) -> Compared:
    """Return how a claim stands that has a verdict now: what differs (3), what of it is drift (4)."""
    why = () if same else changes(before, after)
    moved = () if same else rules.moves(before, after)
    missing = "resource_missing" in after.causes
    allowed = missing and after.claim in terms.allowed_missing
    drifts = [*rules.loosened(before, after)]
    if missing and not allowed:
        says = f"{after.reason}; bring it, or allow it: --allow-missing {after.claim}"
        drifts.append(Drift(rule="resource-missing", says=says))
    if not allowed:
        drifts += [*rules.came_out(before, after), *rules.upgraded(before, after), *rules.sealed_less(before, after)]
    if not drifts and not allowed and not QUESTION & {one.why for one in why}:
        drifts += rules.left(moved)
    return Compared(
        claim=after.claim,
        scope=after.scope,
        title=after.title,
        state=_state(drifts, why, moved, allowed=allowed),
        drifts=tuple(drifts),
        changes=why,
        moved=moved,
    )


def _state(drifts: list[Drift], why: tuple[Change, ...], moved: tuple[Moved, ...], *, allowed: bool) -> State:
    """Name how a claim stands."""
    if drifts:
        return "drift"
    if allowed:
        return "missing"
    if not why:
        return "same"
    return "numeric" if moved and all(map(_machine, why)) else "changed"


def _machine(change: Change) -> bool:
    """Tell whether another machine alone can bring a change about; how a probe ends it should not touch."""
    return change.why in MACHINE and not change.what.startswith(PROBE)
