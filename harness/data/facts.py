"""The Atlas's facts: an entity, a relation, its one right answer, and the languages it is told in.

A fact can be told in a language that has names for entity and answer. Kept are facts that all of
`ELEVEN` can tell; the nine other languages tell as many of them as they can.

Vacuous facts are dropped: entity and answer share a name in two of the eleven or more, as
Singapore and its city do. One language is let pass, because Thai names countries and languages by
one word, and an autonym is the name in its own language. The nine others do not tell such a fact.

Facts of a relation whose entities share a name in a language cannot be told apart there: among
the eleven they are dropped, elsewhere that language does not tell them. No language is thinned
out for its script, although three in four are written in Latin: what a question asks for turns
on its entity, and without them the eleven would tell fewer than 3,000 facts.

Limits: CLDR gives nominatives and one current state of the world; see `harness.data.cldr`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from harness.codec import digest
from harness.data import cldr
from harness.data.cldr import LANGUAGES
from harness.data.relations import DRAWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.data.relations import Draw

ELEVEN = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
"""The languages that tell every fact: those of XQuAD-R."""

ALIKE = 1
"""In so many of the eleven languages may entity and answer share a name."""

FACT_HEX_DIGITS = 8


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One fact; `entity` and `answer` are things as `harness.data.cldr` writes them.

    `languages` are those it is told in, in the Atlas's order; two facts are equal without them.
    """

    relation: str
    entity: str
    answer: str
    languages: tuple[str, ...] = field(default=LANGUAGES, compare=False)

    def entity_name(self, language: str) -> str:
        """Return the entity's name, as CLDR's nominative."""
        return _named(self.entity, language)

    def answer_name(self, language: str) -> str:
        """Return the answer's name, as CLDR's nominative."""
        return _named(self.answer, language)


def _named(thing: str, language: str) -> str:
    told = cldr.name(thing, language)
    if told is None:
        msg = f"expected a name of {thing} in {language}, found none; ask only in a fact's languages"
        raise ValueError(msg)
    return told


@cache
def facts(draw: Draw) -> tuple[Fact, ...]:
    """Return every kept fact of a draw, sorted by relation and entity."""
    candidates = [
        fact
        for relation, source in DRAWS[draw].items()
        for entity, answer in source()
        if (fact := _told(Fact(relation, entity, answer))) is not None
    ]
    return tuple(sorted(told_apart(candidates)))


def _told(fact: Fact) -> Fact | None:
    """Return the fact with its languages, or None where one of the eleven lacks a name or two cannot tell it."""
    named = [language for language in LANGUAGES if _names(fact, language)]
    alike = {language for language in named if len(set(_names(fact, language))) == 1}
    if not set(ELEVEN) <= set(named) or len(alike & set(ELEVEN)) > ALIKE:
        return None
    return replace(fact, languages=tuple(x for x in named if x in ELEVEN or x not in alike))


def _names(fact: Fact, language: str) -> tuple[str, ...]:
    """Return the names of entity and answer without regard to case, or nothing where one is missing."""
    entity, answer = cldr.name(fact.entity, language), cldr.name(fact.answer, language)
    return (entity.casefold(), answer.casefold()) if entity and answer else ()


def told_apart(candidates: Sequence[Fact]) -> list[Fact]:
    """Take from each fact the languages in which another entity of its relation shares its name.

    A fact that loses one of the eleven is dropped.
    """
    uses = Counter(_asked(fact, language) for fact in candidates for language in fact.languages)
    kept = []
    for fact in candidates:
        languages = tuple(language for language in fact.languages if uses[_asked(fact, language)] == 1)
        if set(ELEVEN) <= set(languages):
            kept.append(replace(fact, languages=languages))
    return kept


def _asked(fact: Fact, language: str) -> tuple[str, str, str]:
    return fact.relation, language, fact.entity_name(language).casefold()


def fingerprints(draw: Draw) -> Mapping[str, Mapping[str, str]]:
    """Return relation -> entity -> the first digits of the sha256 of the fact and all its names."""
    prints: dict[str, dict[str, str]] = {relation: {} for relation in DRAWS[draw]}
    for fact in facts(draw):
        told = [[language, fact.entity_name(language), fact.answer_name(language)] for language in fact.languages]
        prints[fact.relation][fact.entity] = digest([fact.answer, told])[:FACT_HEX_DIGITS]
    return prints
