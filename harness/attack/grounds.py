"""What a sentence says, held against what the required checks ask for.

    grammar   a sentence that cannot be read: what it says was not attacked, so the verification is incomplete
    reading   a sentence that says what does not follow from the required checks: the verification is defeated

Each check asks for some meanings (`harness.attack.asking`), and what follows from one of them follows from the
check (`harness.attack.following`). All that a sentence says has to follow at one place: what it leaves open is the
same thing throughout (`harness.attack.settling`). Source: design, Attacking (wording beyond scope).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from harness.attack.asking import asked
from harness.attack.counting import miscounted
from harness.attack.following import denies, follows
from harness.attack.idioms import borne_out
from harness.attack.parsing import UnreadError, parsed
from harness.attack.places import FIRST
from harness.attack.probe import Attempt, Probe
from harness.attack.settling import absent, places, settled
from harness.attack.titles import read
from harness.claimfile.coverage import IMPLIED
from harness.court.contrast import sides
from harness.records.scope import bound_languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.attack.meaning import Meaning, Where
    from harness.attack.reading import Reading
    from harness.attack.subject import Subject

GRAMMAR, READING = "grammar", "reading"
UNREAD, BEYOND = 5.0, 7.5


def probes(subject: Subject) -> Iterator[Probe]:
    """Yield the probes that read title and statement, which are read once."""
    held = cache(lambda: hold(subject))
    yield Probe(GRAMMAR, UNREAD, lambda: _unread(held().unread))
    yield Probe(READING, BEYOND, lambda: _beyond(held().beyond))


@dataclass(frozen=True, slots=True)
class Held:
    """What came of reading title and statement, in words: what cannot be read, and what is said without grounds."""

    unread: tuple[str, ...]
    beyond: tuple[str, ...]


def hold(subject: Subject) -> Held:
    """Read title and statement, and hold what they say to the required checks."""
    unread: list[str] = []
    beyond: list[str] = []
    of_files = subject.claim.kind == "counted"
    for name, sentence in (("title", subject.claim.title), ("statement", subject.claim.statement)):
        title = name == "title"
        try:
            if of_files:
                tree = parsed(sentence, "counted_title" if title else "counted", subject)
                told = list(miscounted(tree, subject))
            else:
                told = list(_unfounded(read(sentence, subject, title=title), subject))
        except UnreadError as error:
            unread.append(f"the {name} {error}")
        else:
            beyond.extend(f"the {name} says: {one}" for one in told)
    return Held(tuple(unread), tuple(beyond))


def _unread(found: Sequence[str]) -> Attempt:
    if not found:
        return Attempt(succeeded=False, detail="title and statement can be read")
    return Attempt(succeeded=True, detail=f"{'; '.join(found)}: say it as the grammar of sentences has it")


def _beyond(found: Sequence[str]) -> Attempt:
    if not found:
        return Attempt(succeeded=False, detail="what can be read of title and statement follows from required checks")
    return Attempt(succeeded=True, detail=f"{found[0]}, which follows from no required check")


def _unfounded(reading: Reading, subject: Subject) -> Iterator[str]:
    """Yield what a sentence says without grounds; of what it compares, at the place where most has some."""
    grounds = [one for check in subject.required() for one in asked(check, subject.claim)]
    found = places(grounds, title=reading.title, whole=bool(reading.counts))
    at_each = [list(_without(reading, subject, grounds, at)) for at in found]
    yield from min(at_each, key=len)
    yield from _misnamed(reading, subject)
    yield from _miscounted(reading, subject)


def _without(reading: Reading, subject: Subject, grounds: list[Meaning], at: Where) -> Iterator[str]:
    """Yield what does not follow where all that is left open is as at one place."""
    for meaning in reading.meanings:
        for one in settled(meaning, at, subject):
            if not any(follows(one, ground) for ground in grounds):
                yield one.told
                break
            if any(denies(ground, one) for ground in grounds):
                yield f"{one.told}, of which a check asks the reverse"
                break
    yield from (one.told for one in reading.idioms if not borne_out(one, reading, subject, grounds, at))


def _misnamed(reading: Reading, subject: Subject) -> Iterator[str]:
    """Yield data sets and bases that are not those of the claim, and languages that training had."""
    claim = subject.claim
    pooled = [one.where.pooled for one in reading.meanings if one.where.pooled is not None]
    named = any(side.base for check in subject.required() for side in sides(check))
    if any(one != set(claim.bases) for one in pooled) or (pooled and named):
        yield "bases pooled that the checks do not pool"
    for each in reading.each:
        if (each and each != set(claim.bases)) or len(claim.bases) != 2:  # noqa: PLR2004 - each of two, or both
            yield "of each of two bases, which are not the claim's"
    yield from (f"something of {name}" for name in reading.datasets if name not in claim.datasets)
    for where in (one.where for one in reading.meanings):
        if where.measure == FIRST and any(IMPLIED.get(name) for name in claim.datasets):
            yield "an answer is first, where a question has several"
        for name in (where.sets or claim.datasets) if where.languages else ():
            held = bound_languages(subject.scope.datasets[name]) if name in subject.scope.datasets else None
            lacking = sorted((where.languages or frozenset()) - set(held or where.languages or ()))
            yield from (f"questions in {one} of {name}, which has none" for one in lacking)
        if where.unseen and not (where.languages or frozenset()) <= absent(subject):
            yield f"absent from training: {', '.join(sorted(where.languages or ()))}"


def _miscounted(reading: Reading, subject: Subject) -> Iterator[str]:
    """Yield numbers of languages that are not those of the data sets named with them, or of all that are measured."""
    bound = subject.scope.datasets
    for number, of in reading.counts:
        for name in of or subject.claim.datasets:
            # a set that the scope does not bind is not measured, and one that the claim does not have is told otherwise
            if name in bound and len(bound_languages(bound[name]) or ()) != number:
                yield f"{number} languages of {name}"
    kept = (one.where for one in reading.meanings if one.where.languages or one.where.unseen or one.where.pairs)
    if reading.counts and any(kept):
        yield "a number of languages, and of some of them alone"
