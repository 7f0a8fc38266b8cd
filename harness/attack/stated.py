"""What title and statement say, held against the required checks: they say what is checked, and nothing else.

    unread     free words: what they say was not attacked, so the verification is incomplete and not defeated
    unasked    a clause of the form below that no required check is told in: the verification is defeated

A statement is one clause or more, with `;` between them, of those that the required checks are told in
(`harness.court.sentence`); before them may stand on which data sets and bases. A title names a topic, which is
something that the required checks compare, measure or are made on, and asserts nothing; the one that does,
that an arm lowers language bias, is held to its check. The words with which a scope begins a verdict's sentence are
always the same, but for packaged scopes. English in which more may be said was tried for long: whoever was bent on it
found a sentence that said more than it was read to say. Source: design, Attacking (wording beyond
scope), and README, Decisions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from harness.attack.probe import Attempt, Probe
from harness.claimfile.coverage import bases_of
from harness.claimfile.scopes import find_scope, packaged_scopes, read_scope
from harness.court.contrast import sides
from harness.court.sentence import SETTING_WORDS, apart, clauses, ground, quantity
from harness.data.cldr import name as word_for
from harness.records.claim import Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.attack.subject import Subject
    from harness.records.claim import Check, Claim

UNREAD, UNASKED = "unread", "unasked"
INCOMPLETE, BEYOND = 5.0, 7.5
WAYS = {"hybrid": "hybrid", "x-x-mono": "monolingual", "x-y": "cross-lingual"}
"""What arms are called in a title, beside their labels."""

QUANTITY = r"(?:(?:monolingual|cross-lingual|multilingual|balanced) (?:map|mrr|(?:r|ndcg)@\d+)|rank distance)"
ARM = r"\S+(?: on \S+)?"
CLAUSE = re.compile(
    rf"{ARM} has a (?:higher|lower) mean {QUANTITY} than {ARM}.*|{ARM} has a mean {QUANTITY} .+ that of {ARM}.*"
    r"|hybrid is third of .+|in mean .+ is above 0|\S+ has as many .+ as the paper states",
)
"""Sentences in small letters of the form that clauses have, whosever."""

TITLES = {
    "effectiveness": (
        r"(?P<lower>.+?) batches lower language bias(?: on (?P<datasets>.+?))?",
        (
            r"(?P<arms>.+?) batches(?: in (?P<settings>.+?) retrieval)?(?: by (?P<measures>.+?))?"
            r"(?: on (?P<datasets>.+?))?(?: with (?P<bases>.+?))?"
            r"(?: for (?P<questions>questions in .+|withheld pairs))?"
        ),
    ),
    "counted": (r"counts of (?P<datasets>.+)",),
}
"""Titles of each kind of claim, in small letters; before topics the one that asserts something."""

LONGEST_TITLE = 200
"""Letters: a title of many prepositions can be divided among them in many ways."""

FORMS = {
    "effectiveness": (
        "ARMS batches [in SETTINGS retrieval] [by MEASURES] [on DATASETS] [with BASES] "
        "[for questions in LANGUAGES | for withheld pairs]"
    ),
    "counted": "counts of DATASETS",
}
"""The last of them, as it is told to an author."""

OWN_SCOPE = "In a scope of its own, small encoders"
"""How a scope that is not packaged begins its verdicts' sentences; its name stands beside them."""

JOINT = re.compile(r", | and ")


@dataclass(frozen=True, slots=True)
class Held:
    """What came of reading title and statement, in words: what cannot be read, and what no check asks for."""

    unread: tuple[str, ...]
    unasked: tuple[str, ...]


def probes(subject: Subject) -> Iterator[Probe]:
    """Yield the probes that read title and statement, which are read once."""
    held = cache(lambda: hold(subject))
    told = f"a statement may say {'; '.join(sayable(subject)) or 'nothing, for no check is required'}"
    yield Probe(UNREAD, INCOMPLETE, lambda: _attempt(held().unread, told, "title and statement can be read"))
    yield Probe(UNASKED, BEYOND, lambda: _attempt(held().unasked, told, "what title and statement say is checked"))


def hold(subject: Subject) -> Held:
    """Hold title and statement to the required checks."""
    found: dict[str, list[str]] = {UNREAD: [], UNASKED: []}
    for kind, words in (*_of_statement(subject), *_of_title(subject), *_of_scope(subject)):
        found[kind].append(words)
    return Held(tuple(found[UNREAD]), tuple(found[UNASKED]))


def sayable(subject: Subject) -> list[str]:
    """Return the clauses that a statement may consist of."""
    return list(dict.fromkeys(one for check in subject.required() for one in clauses(check, subject.claim)))


def _attempt(found: Sequence[str], may: str, otherwise: str) -> Attempt:
    return Attempt(succeeded=bool(found), detail="; ".join([*found, may]) if found else otherwise)


def _plain(text: str) -> str:
    """Return words without what makes no difference: letters' size, how lines break, a last full stop."""
    return " ".join(text.casefold().split()).removesuffix(".").strip()


def _of_statement(subject: Subject) -> Iterator[tuple[str, str]]:
    own = set(map(_plain, sayable(subject)))
    said = _plain(subject.claim.statement).removeprefix(f"{_plain(ground(subject.claim))}: ")
    for one in map(str.strip, said.split(";")):
        if one not in own:
            sort = UNASKED if CLAUSE.fullmatch(one) else UNREAD
            yield sort, f"the statement says {one!r}, which is no clause of a required check"


def _of_title(subject: Subject) -> Iterator[tuple[str, str]]:
    claim, said = subject.claim, _plain(subject.claim.title)
    forms = TITLES[claim.kind] if len(said) <= LONGEST_TITLE else ()
    found = next(filter(None, (re.fullmatch(form, said) for form in forms)), None)
    if found is None:
        yield UNREAD, f"the title says {said!r}, where it may name a topic: {FORMS[claim.kind]}"
        return
    topics = {kind: set(map(_plain, names)) for kind, names in _topics(subject.required(), claim)}
    for kind, told in found.groupdict(default="").items():
        for one in JOINT.split(told.removeprefix("questions in ")) if told else ():
            if one not in topics[kind]:
                sort = UNASKED if kind == "lower" else UNREAD
                yield sort, f"the title says {said!r}, and no required check is about {kind} {one!r}"


def _of_scope(subject: Subject) -> Iterator[tuple[str, str]]:
    scope = subject.scope
    if scope.sentence != OWN_SCOPE and scope.fingerprint() not in _packaged():
        yield UNREAD, f"the scope says {scope.sentence!r}, where it may say {OWN_SCOPE!r}"


@cache
def _packaged() -> set[str]:
    """Return the packaged scopes, which say what they are in words of their own."""
    return {read_scope(find_scope(name)).fingerprint() for name in packaged_scopes()}


def _topics(checks: Sequence[Check], claim: Claim) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield what a title may name, by kind."""
    yield "arms", _called(arm for check in checks for arm in _subjects(check))
    yield "lower", _called(arm for check in checks for arm in _less_biased(check))
    yield "settings", {SETTING_WORDS.get(one, one) for check in checks for one in check.settings}
    yield "measures", {name for check in checks if check.measure for name in (_measure(check), quantity(check))}
    yield "datasets", claim.datasets
    yield "bases", {base for check in checks for base in bases_of(claim, check)}
    codes = {code for check in checks for code in check.languages or ()}
    named = {word_for(f"language/{code}", "en") or code for code in codes}
    yield "questions", codes | named | ({"withheld pairs"} if any(check.pairs for check in checks) else set())


def _measure(check: Check) -> str:
    return str(check.measure).replace("-", " ")


def _subjects(check: Check) -> Iterator[str]:
    """Yield the arms that a check's clauses begin with, or speak of without an order."""
    named = [side.sampling for side in sides(check)]
    match check.relation:
        case "never-third":
            yield named[0]
        case "order":
            yield from named[:-1]
        case "contrast":
            weights = check.weights or {}
            alone = apart(weights)
            yield from weights if alone is None else [alone]
        case _:
            yield from named[:1]


def _called(arms: Iterable[str]) -> set[str]:
    """Return arms by their labels and by the names that titles have for them."""
    return {name for arm in arms for name in (arm, WAYS.get(arm, arm))}


def _less_biased(check: Check) -> Iterator[str]:
    """Yield the arm that has to have less rank distance than monolingual batches, on all bases and questions."""
    if check.relation in {"below", "reduced-by"} and check.measure == "rank-distance" and check.languages is None:
        less, than = sides(check)
        if than == Side(sampling="x-x-mono"):
            yield less.sampling
