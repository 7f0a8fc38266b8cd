"""What a sentence says, held against what the required checks ask for.

    grammar   a sentence that cannot be read: what it says was not attacked, so the verification is incomplete
    reading   a sentence that says what does not follow from the required checks: the verification is defeated

Each check asks for some meanings (`harness.attack.meaning`), and what follows from one of them follows from
the check (`harness.attack.following`). A setting that a statement leaves open is all three of them, but for rank
distance, which is of the pool alone; in a title it is any. Source: design, Attacking (wording beyond scope).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from harness.attack.counting import miscounted
from harness.attack.following import follows
from harness.attack.idioms import borne_out
from harness.attack.meaning import Form, Meaning, Where, Who
from harness.attack.parsing import UnreadError, parsed
from harness.attack.probe import Attempt, Probe
from harness.attack.reading import WAYS
from harness.attack.titles import read
from harness.claimfile.coverage import IMPLIED, SETTINGS
from harness.court.contrast import sides
from harness.records.record import decimal
from harness.records.scope import bound_languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.attack.reading import Reading
    from harness.attack.subject import Subject
    from harness.records.claim import Check, Claim

GRAMMAR, READING = "grammar", "reading"
UNREAD, BEYOND = 5.0, 7.5
PERCENT = 100


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
    """Yield what a sentence says without grounds."""
    claim = subject.claim
    checks = subject.required()
    grounds = [one for check in checks for one in asked(check, claim)]
    for meaning in reading.meanings:
        for one in _settled(meaning, claim, title=reading.title):
            if not any(follows(one, ground, title=reading.title) for ground in grounds):
                yield one.told
                break
    bases = [one.where.pooled for one in reading.meanings if one.where.pooled is not None]
    named = any(side.base for check in checks for side in sides(check))
    if any(one != set(claim.bases) for one in bases) or (bases and named):
        yield "bases pooled that the checks do not pool"
    sizes = _sizes(subject)
    yield from (f"{number} languages" for number in reading.counts if number not in sizes)
    yield from (f"something of {name}" for name in reading.datasets if name not in claim.datasets)
    yield from (idiom.told for idiom in reading.idioms if not borne_out(idiom, reading, subject, grounds))


def asked(check: Check, claim: Claim) -> Iterator[Meaning]:
    """Yield what a check asks for, and what follows from an order."""
    margin = round(float(decimal(check.margin)) * PERCENT, 6)
    languages = frozenset(check.languages) if check.languages else None
    settings = SETTINGS if check.relation == "never-third" else (str(check.setting),)
    where = Where(settings=settings, measure=check.measure, languages=languages, pairs=check.pairs is not None or None)
    base = claim.bases[0] if len(claim.bases) == 1 else None
    named = {side.base for side in sides(check)} if base is None else set()
    where = Where(base=named.pop() if len(named) == 1 else None).over(where)
    who = [Who(side.sampling, side.base or base) for side in sides(check)]
    within = Where(size=margin).over(where)
    match check.relation:
        case "above":
            yield Meaning("above", who[0], (who[1],), where)
        case "below" | "reduced-by":
            yield Meaning("above", who[1], (who[0],), where)
        case "comparable-or-above":
            yield from (Meaning(form, who[0], (who[1],), within) for form in ("at-least", "near"))
        case "comparable-or-below":
            yield from (Meaning("at-least", who[1], (who[0],), within), Meaning("near", who[0], (who[1],), within))
        case "equivalent":
            yield from (Meaning("equal", *pair, within) for pair in ((who[0], (who[1],)), (who[1], (who[0],))))
        case "order":
            yield from (Meaning("above", one, (other,), where) for one, other in combinations(who, 2))
        case "contrast":
            yield from _weighed(check, base, where)
        case "never-third":
            yield Meaning("never-third", Who("hybrid", base), (), where)
        case _:
            return


def _weighed(check: Check, base: str | None, where: Where) -> Iterator[Meaning]:
    """Yield that one arm lies above or below the mean of two others, if that is what weights say."""
    weights = check.weights or {}
    for name, weight in weights.items():
        others = {other: share for other, share in weights.items() if other != name}
        if len(others) + 1 == len(WAYS) and all(share == -weight / 2 for share in others.values()):
            form: Form = "over-mean" if weight > 0 else "under-mean"
            yield Meaning(form, Who(name, base), tuple(Who(other, base) for other in others), where)


def _settled(meaning: Meaning, claim: Claim, *, title: bool) -> Iterator[Meaning]:
    """Yield what has to follow: one for each setting and each base that the sentence speaks of."""
    where = meaning.where
    settings = where.settings
    if settings is None and not title:
        names = ["rank-distance"] if where.measure == "rank-distance" else claim.datasets
        implied = [IMPLIED.get(name) for name in names]
        settings = SETTINGS if None in implied else tuple(dict.fromkeys(filter(None, implied)))
    bases = claim.bases if where.base == "each" else (where.base,)
    for setting in settings or (None,):
        for base in bases:
            place = Where(settings=(setting,) if setting else None, base=base).over(where)
            yield Meaning(meaning.form, meaning.left, meaning.rights, place)


def _sizes(subject: Subject) -> set[int]:
    """Return the numbers of languages that there are in what is measured."""
    scope, found = subject.scope, {len(check.languages or ()) for check in subject.claim.checks}
    for name in subject.claim.datasets:
        found.add(len((bound_languages(scope.datasets[name]) or ()) if name in scope.datasets else ()))
    return found
