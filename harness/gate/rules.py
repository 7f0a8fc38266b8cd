"""What of a difference is drift, each rule on its own: it returns words, or nothing.

Rule: a claim must come out as it was accepted, by an analysis that is no looser, in a seal that is
no lower, and nothing gets better without new evidence. A number may move on another machine, as
far as its accepted interval goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.gate.why import evidence
from harness.records.gate import Drift, Moved
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.records.ruling import Ruling
    from harness.records.verdict import Verdict

SEALS = ("UNSEALED", "PARTIAL", "SEALED")
RANKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "status": (("UNVERIFIED",), ("VERIFIED", "FALSIFIED")),
    "paper_status": (("UNVERIFIED",), ("VERIFIED", "FALSIFIED")),
    "outcome": (("untested",), ("inconclusive",), ("supported", "contradicted")),
    "verification": (("incomplete", "defeated"), ("sound",)),
    "level": (("L2",), ("L5",), ("L6",)),
}
"""What is worth more, from least to most."""

TIGHTER = {("comparable-or-above", "above"), ("comparable-or-below", "below")}
"""Changes of a relation that ask for more than was asked."""

BETWEEN = ("measure", "setting", "left", "right")
"""What a check compares, beside its relation."""

STRICTNESS = (False, "full", True)


def came_out(accepted: Verdict, found: Verdict) -> Iterator[Drift]:
    """Yield what of status, outcome, verification and cause is another than accepted."""
    told = (
        Drift(rule="status", says=_instead(accepted.status, found.status)),
        Drift(rule="outcome", says=_instead(accepted.outcome, found.outcome)),
        Drift(rule="verification", says=_instead(accepted.verification, found.verification)),
        Drift(rule="cause", says=_instead(accepted.cause, found.cause)),
    )
    yield from (one for one in told if getattr(accepted, one.rule) != getattr(found, one.rule))
    if "timeout" in found.causes and "timeout" not in accepted.causes:
        yield Drift(rule="timeout", says=f"ran out of time, which was not accepted: {found.reason}")


def _instead(accepted: object, found: object) -> str:
    return f"accepted {accepted or 'none'}, found {found or 'none'}"


def upgraded(accepted: Verdict, found: Verdict) -> Iterator[Drift]:
    """Yield what is worth more than accepted although no vector, text or table is new."""
    if evidence(accepted) != evidence(found):
        return
    better = [
        f"{name} {getattr(accepted, name)} to {getattr(found, name)}"
        for name in RANKS
        if _rank(name, getattr(found, name)) > _rank(name, getattr(accepted, name))
    ]
    if SEALS.index(found.seal.status) > SEALS.index(accepted.seal.status):
        better.append(f"seal {accepted.seal.status} to {found.seal.status}")
    if better:
        says = f"{', '.join(better)} on the evidence that was accepted ({evidence(found)[:12]})"
        yield Drift(rule="upgrade-without-evidence", says=says)


def _rank(name: str, value: str) -> int:
    return next(place for place, values in enumerate(RANKS[name]) if value in values)


def sealed_less(accepted: Verdict, found: Verdict) -> Iterator[Drift]:
    """Yield a seal that is lower than accepted."""
    if SEALS.index(found.seal.status) < SEALS.index(accepted.seal.status):
        yield Drift(rule="lowered-seal", says=_instead(accepted.seal.status, found.seal.status))


def loosened(accepted: Verdict, found: Verdict) -> Iterator[Drift]:
    """Yield checks that ask for less than was asked: gone, no longer required, of a wider margin, of something else."""
    now = rulings(found)
    for key, before in rulings(accepted).items():
        words = _looser(before, now.get(key)) if before.required is not False else ""
        if words:
            yield Drift(rule="loosened-check", check=before.id, says=f"{before.id} on {before.dataset} {words}")


def rulings(verdict: Verdict) -> dict[tuple[str, str], Ruling]:
    """Return a verdict's checks by id and dataset."""
    return {(one.id, one.dataset): one for one in verdict.checks}


def _looser(before: Ruling, after: Ruling | None) -> str:
    if after is None:
        return "is required, and is gone"
    if STRICTNESS.index(after.required) < STRICTNESS.index(before.required):
        return f"is required: {_yaml(before.required)}, found {_yaml(after.required)}"
    other = [name for name in BETWEEN if getattr(before, name) != getattr(after, name)]
    if other:
        told = ", ".join(f"{name} {getattr(after, name)}, accepted {getattr(before, name)}" for name in other)
        return f"asks something else: {told}"
    if before.relation != after.relation and (before.relation, after.relation) not in TIGHTER:
        return f"has the relation {after.relation}, accepted {before.relation}"
    if decimal(after.margin) > decimal(before.margin):
        return f"has the margin {after.margin}, accepted {before.margin}"
    return ""


def _yaml(required: object) -> str:
    return str(required).lower()


def moves(accepted: Verdict, found: Verdict) -> tuple[Moved, ...]:
    """Return the estimates that moved, each beside its accepted interval."""
    now = rulings(found)
    return tuple(
        Moved(
            check=before.id,
            dataset=before.dataset,
            required=before.required is True or (before.required == "full" and accepted.scale == "full"),
            accepted=before.estimate,
            low=before.low,
            high=before.high,
            found=now[key].estimate,
            inside=_inside(before, now[key]),
        )
        for key, before in rulings(accepted).items()
        if key in now and before.estimate != now[key].estimate
    )


def _inside(before: Ruling, after: Ruling) -> bool:
    if before.low is None or before.high is None or after.estimate is None:
        return False
    return before.low <= after.estimate <= before.high


def left(moved: Sequence[Moved]) -> Iterator[Drift]:
    """Yield required estimates outside the interval that was accepted."""
    for one in moved:
        if one.required and not one.inside:
            interval = f"[{one.low}, {one.high}]" if one.low is not None else f"{one.accepted}, which has no interval"
            says = f"{one.check} on {one.dataset} is {one.found}, accepted {interval}"
            yield Drift(rule="estimate-left-interval", check=one.check, says=says)


def kin(accepted: Mapping[tuple[str, str], Verdict], found: Mapping[tuple[str, str], Verdict]) -> bool:
    """Tell whether two sets speak of one project: some claim of both has text, analysis, script or title in common."""
    return any(
        before.title == found[key].title or _parts(before) & _parts(found[key])
        for key, before in accepted.items()
        if key in found
    )


def _parts(verdict: Verdict) -> set[str]:
    made = verdict.provenance
    return {made.claim, made.analysis, made.script}
