"""Why two verdicts on one claim are not the same: what went into them, place by place.

Rule: a verdict is a pure function of its provenance and its seal, so a difference is laid to
whatever of these differs, with both digests. Numbers that moved although nothing that went in did
are seed or noise: another processor, or something that ought to be fixed and is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from harness.codec import canonical, digest
from harness.records.gate import Change, Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.records.attack import RedTeam
    from harness.records.verdict import Provenance, Seal, Verdict

STORE = "store:"
PROBE = "probe"
ORDER: tuple[Why, ...] = get_args(Why)
INPUTS: frozenset[Why] = frozenset({"claim text", "analysis", "scope", "code", "data", "dependency", "resource"})
"""What numbers are a function of; the seal does not enter them, the red team comes after."""

QUESTION: frozenset[Why] = frozenset({"claim text", "analysis", "scope", "data"})
"""What makes it another question, so that its estimates cannot be held against the accepted ones."""


def changes(accepted: Verdict, found: Verdict) -> tuple[Change, ...]:
    """Return everything that differs, by why; empty for verdicts that differ in their occasion alone."""
    told = [*_made_of(accepted, found), *_seal(accepted.seal, found.seal), *_resource(accepted, found)]
    told += _red_team(accepted.red_team, found.red_team)
    if not INPUTS & {one.why for one in told}:
        told += _noise(accepted, found)
    return tuple(sorted(told, key=lambda one: ORDER.index(one.why)))


def evidence(verdict: Verdict) -> str:
    """Return the digest of what was measured: vectors, texts and tables."""
    made = verdict.provenance
    released = [one.plain() for one in made.released]
    return digest([list(made.cells), released, made.texts, [one.plain() for one in verdict.artifacts]])


def _made_of(accepted: Verdict, found: Verdict) -> Iterator[Change]:
    before, after = accepted.provenance, found.provenance
    if before.claim != after.claim and before.analysis != after.analysis and _words(accepted) != _words(found):
        yield Change(why="claim text", what="claim", accepted=before.claim, found=after.claim)
    yield from inputs(before, after)
    yield from _each("data", "files", _files(accepted), _files(found))


def inputs(before: Provenance, after: Provenance) -> Iterator[Change]:
    """Yield what two verdicts are made of otherwise, digest by digest; but not the cells that follow from it."""
    if before.claim != after.claim and before.analysis == after.analysis:
        yield Change(why="claim text", what="claim", accepted=before.claim, found=after.claim)
    places: tuple[tuple[Why, str], ...] = (
        ("analysis", "analysis"),
        ("analysis", "lock"),
        ("scope", "scope"),
        ("code", "script"),
        ("code", "lab"),
        ("code", "court"),
        ("data", "paper"),
    )
    for why, name in places:
        yield from _differing(why, name, getattr(before, name), getattr(after, name))
    yield from _each("data", "texts", before.texts, after.texts)
    yield from _each("data", "released", _released(before), _released(after))
    if (before.texts, before.versions) == (after.texts, after.versions):
        old, new = _encoded(before), _encoded(after)
        shared = old.keys() & new.keys()
        yield from _each("code", "encoding", {key: old[key] for key in shared}, {key: new[key] for key in shared})
    yield from _each("dependency", "version", before.versions, after.versions)


def _released(made: Provenance) -> dict[str, str]:
    """Return the digests of the released encoders."""
    return {one.model: one.digest for one in made.released}


def _encoded(made: Provenance) -> dict[str, str]:
    """Return the keys of the vectors of equal files, which differ where they were encoded in another way."""
    return {f"{one.dataset} by {one.model} ({one.digest[:12]})": one.vectors for one in made.released}


def _words(verdict: Verdict) -> tuple[object, ...]:
    return verdict.title, verdict.statement, verdict.unknowns


def _files(verdict: Verdict) -> dict[str, str]:
    """Return the digests of the real files that were counted, by number."""
    stored = [one.sha256 for one in verdict.artifacts if one.path.startswith(STORE)]
    return {f"counted {number}": sha256 for number, sha256 in enumerate(stored, 1)}


def _seal(before: Seal, after: Seal) -> Iterator[Change]:
    yield from _differing("seal", "status", before.status, after.status)
    yield from _differing("seal", "tier", before.tier, after.tier)
    for name in ("argv", "self_test", "mechanisms", "limits", "not_covered"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change(why="seal", what=name, accepted=_digested(old), found=_digested(new))


def _digested(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else digest(value)


def _resource(accepted: Verdict, found: Verdict) -> Iterator[Change]:
    before, after = ("missing" if "resource_missing" in one.causes else "there" for one in (accepted, found))
    yield from _differing("resource", "what the run needs", before, after)


def _red_team(before: RedTeam, after: RedTeam) -> Iterator[Change]:
    """Yield each probe that ended otherwise, is new or is gone; else, where only words differ, the digests of all."""
    ended = [
        {f"{attacker.name} {probe.name}": probe.succeeded for attacker in team.attackers for probe in attacker.probes}
        for team in (before, after)
    ]
    found = list(_each("red team", PROBE, *({name: _ending(how) for name, how in one.items()} for one in ended)))
    yield from found
    if not found and canonical(before.plain()) != canonical(after.plain()):
        yield Change(why="red team", what="details", accepted=before.fingerprint(), found=after.fingerprint())


def _ending(succeeded: bool | None) -> str:  # noqa: FBT001 - the three ways in which a probe ends
    return "crashed" if succeeded is None else "succeeded" if succeeded else "in vain"


def _noise(accepted: Verdict, found: Verdict) -> Iterator[Change]:
    """Yield what differs in vectors, tables and rulings, though all that went in is the same."""
    for name, old, new in (
        ("cells", list(accepted.provenance.cells), list(found.provenance.cells)),
        ("tables", [one.plain() for one in accepted.artifacts], [one.plain() for one in found.artifacts]),
        ("checks", [one.plain() for one in accepted.checks], [one.plain() for one in found.checks]),
    ):
        if canonical(old) != canonical(new):
            yield Change(why="seed or noise", what=name, accepted=digest(old), found=digest(new))


def _each(why: Why, what: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        yield from _differing(why, f"{what} {name}", before.get(name), after.get(name))


def _differing(why: Why, what: str, before: str | None, after: str | None) -> Iterator[Change]:
    if before != after:
        yield Change(why=why, what=what, accepted=before, found=after)
