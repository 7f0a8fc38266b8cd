"""What a sentence says, held against what the required checks ask for.

    grammar   a sentence that cannot be read: what it says was not attacked, so the verification is incomplete
    reading   a sentence that says what does not follow from the required checks: the verification is defeated

Each check asks for some meanings (`harness.attack.meaning`), and what follows from one of them follows from
the check: above is at least level, an order is above from arm to arm, equivalent is near. A setting that a
statement leaves open is all three of them, but for rank distance, which is of the pool alone; in a title it is
any. A measure that is left open is any but rank distance, a base any; languages, pairs and margins must be
those of the check, or be said by neither. So a statement in the grammar says no more than is checked, up to
what `harness.attack.reading` fills in. Source: design, Attacking (wording beyond scope).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from harness.attack.counting import miscounted
from harness.attack.meaning import WITHIN, Form, Idiom, Meaning, Where, Who
from harness.attack.parsing import UnreadError, parsed
from harness.attack.places import FIRST
from harness.attack.probe import Attempt, Probe
from harness.attack.reading import WAYS, Reading, read
from harness.claimfile.coverage import IMPLIED, SETTINGS
from harness.court.contrast import sides
from harness.records.record import decimal
from harness.records.scope import bound_languages
from harness.records.training import arm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from harness.attack.subject import Subject
    from harness.records.claim import Check, Claim

GRAMMAR, READING = "grammar", "reading"
UNREAD, BEYOND = 5.0, 7.5
PERCENT = 100
UNSAID, UNSAID_OTHERWISE = {"rank-distance": 5.0}, 1.0
"""Margins in percent up to which arms may be called level without saying so: those of the fourteen claims."""

OF_RANKINGS = frozenset({"MAP", "MRR", "nDCG@10"})
"""Measures that need no naming; how many are among the first so many does."""

FOLLOWS = {
    "above": frozenset({"above"}),
    "at-least": frozenset({"above", "at-least", "equal"}),
    "near": frozenset({"near", "equal"}),
    "equal": frozenset({"equal"}),
    "over-mean": frozenset({"over-mean"}),
    "under-mean": frozenset({"under-mean"}),
    "never-third": frozenset({"never-third"}),
}
"""What is said, by what it follows from."""


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
                told = miscounted(tree, subject.claim, paper.cells if (paper := subject.file.paper) is not None else {})
            else:
                told = _unfounded(read(sentence, subject, title=title), subject)
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
            if not any(_follows(one, ground, title=reading.title) for ground in grounds):
                yield one.told
                break
    bases = [one.where.pooled for one in reading.meanings if one.where.pooled is not None]
    named = any(side.base for check in checks for side in sides(check))
    if any(one != set(claim.bases) for one in bases) or (bases and named):
        yield "bases pooled that the checks do not pool"
    sizes = _sizes(subject)
    yield from (f"{number} languages" for number in reading.counts if number not in sizes)
    yield from (f"something of {name}" for name in reading.datasets if name not in claim.datasets)
    yield from (idiom.told for idiom in reading.idioms if not _borne_out(idiom, reading, subject, grounds))


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


def _follows(said: Meaning, ground: Meaning, *, title: bool) -> bool:
    """Tell whether what is said follows from what is asked; a title may leave out what narrows a check down."""
    return (
        ground.form in FOLLOWS[said.form]
        and not (said.form == "above" and said.where.size is not None)
        and said.where.arm in {None, said.left.arm or said.where.arm}
        and _is(said.left, ground.left, said.where)
        and _are(said, ground)
        and _there(said.where, ground, title=title)
        and (title or not ground.rights or _arm_told(said, ground))
    )


def _arm_told(said: Meaning, ground: Meaning) -> bool:
    """Tell whether a comparison of bases says under which batches; a check of bases is of one arm alone."""
    return ground.left.arm != ground.rights[0].arm or (said.left.arm or said.where.arm) is not None


def _is(said: Who, ground: Who, where: Where) -> bool:
    base = said.base or where.base
    name = said.arm or where.arm
    return (name is None or name == ground.arm) and (base is None or base == ground.base)


def _are(said: Meaning, ground: Meaning) -> bool:
    """Tell whether the rivals are those of the check; one that is left open is another arm, not the same on a base."""
    if said.form == "never-third":
        return True
    if len(said.rights) != len(ground.rights):
        return False
    rest = list(ground.rights)
    for one in said.rights:
        found = next((other for other in rest if _is(one, other, said.where)), None)
        if found is None or (one == Who() and found.arm == ground.left.arm):
            return False
        rest.remove(found)
    return True


def _there(said: Where, ground: Meaning, *, title: bool) -> bool:
    """Tell whether both are of one place."""
    its = ground.where
    return (
        (said.settings is None or set(said.settings) <= set(its.settings or ()))
        and _measured(said.measure, its, title=title)
        and (title or its.base is None or said.base is not None)
        and (not said.each_language or ground.form == "never-third")
        and (said.pairs == its.pairs or (title and said.pairs is None))
        and (ground.form not in WITHIN or _sized(said, its, title=title))
        and (said.languages == its.languages or (said.languages is None and (title or said.unseen is True)))
    )


def _measured(said: str | None, its: Where, *, title: bool) -> bool:
    """Tell whether the measure is the check's; one that nobody names looks at the whole ranking, but in a title."""
    if said is None:
        return title or its.measure in OF_RANKINGS
    if said == FIRST:
        return its.measure == "R@1" and set(its.settings or ()) <= {"monolingual", "crosslingual"}
    return said == its.measure


def _sized(said: Where, its: Where, *, title: bool) -> bool:
    """Tell whether a margin is the one that is said, or small enough to need no saying."""
    if said.size is not None:
        return said.size == its.size
    return title or (its.size or 0) <= UNSAID.get(str(its.measure), UNSAID_OTHERWISE)


def _sizes(subject: Subject) -> set[int]:
    """Return the numbers of languages that there are in what is measured."""
    scope, found = subject.scope, {len(check.languages or ()) for check in subject.claim.checks}
    for name in subject.claim.datasets:
        found.add(len((bound_languages(scope.datasets[name]) or ()) if name in scope.datasets else ()))
    return found


def _borne_out(idiom: Idiom, reading: Reading, subject: Subject, grounds: list[Meaning]) -> bool:
    """Tell whether checks ask for what an idiom says."""
    checks, claim = subject.required(), subject.claim
    balanced = [one for one in grounds if one.where.settings == ("balanced",) and one.form in FOLLOWS["at-least"]]
    there = [one for one in grounds if _there(idiom.where, one, title=reading.title)]
    told: dict[str, Callable[[], bool]] = {
        "balances": lambda: _best_balance(checks, balanced),
        "balances_best": lambda: _best_balance(checks, balanced),
        "balanced_three": lambda: bool(balanced),
        "our_balance": lambda: bool(balanced),
        "range": lambda: all(_held(idiom, one) for one in _everywhere(idiom, there, title=reading.title)),
        "results_hold": lambda: _held(idiom, there),
        "buys": lambda: _buys(grounds),
        "base_ahead": lambda: any(one.form == "above" and one.left.base != one.rights[0].base for one in grounds),
        "ordered_pairs": lambda: all(one.where.settings == ("crosslingual",) for one in reading.meanings),
        "many_sets": lambda: all(IMPLIED.get(name) == "monolingual" for name in claim.datasets),
        "both_sets": lambda: len(claim.datasets) == 2,  # noqa: PLR2004 - both are two
        "no_numbers": lambda: not any(check.claimed for check in claim.checks),
        "size_later": lambda: any(check.required == "full" for check in claim.checks),
    }
    return told[idiom.name]()


def _best_balance(checks: Iterable[Check], balanced: list[Meaning]) -> bool:
    """Tell whether hybrid is held in the balanced score against all other arms, pure and mixed with less and more."""
    arms = {side.sampling for check in checks for side in sides(check)} | set(WAYS)
    met = {str(one.rights[0].arm) for one in balanced if one.left.arm == "hybrid"}
    shares = [share for name in met if (share := _share(Who(name))) is not None]
    return arms - {"hybrid"} <= met and min(shares, default=1) < 0.5 < max(shares, default=0)  # noqa: PLR2004 - a half


def _everywhere(idiom: Idiom, grounds: list[Meaning], *, title: bool) -> Iterator[list[Meaning]]:
    """Yield the grounds of each setting in which a statement says so; those of all three where it names none."""
    for setting in (None,) if title else idiom.where.settings or SETTINGS:
        yield [one for one in grounds if setting is None or one.where.settings == (setting,)]


def _held(idiom: Idiom, grounds: list[Meaning]) -> bool:
    """Tell whether each end of a range of shares is equivalent to a share between them; of no range, any to a half."""
    equal = [(_share(one.left), _share(one.rights[0])) for one in grounds if one.form == "equal"]
    if not idiom.numbers:
        return any(0.5 in pair for pair in equal)  # noqa: PLR2004 - hybrid is a half
    low, high = sorted(idiom.numbers)
    return all(any(one == end and low < (other or 0) < high for one, other in equal) for end in (low, high))


def _share(who: Who) -> float | None:
    return arm(who.arm).alpha if who.arm else None


def _buys(grounds: list[Meaning]) -> bool:
    above = [one for one in grounds if one.form == "above"]
    return any(
        one.left == other.rights[0]
        and one.rights[0] == other.left
        and {one.where.settings, other.where.settings} == {("monolingual",), ("crosslingual",)}
        for one, other in combinations(above, 2)
    )
