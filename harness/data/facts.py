"""The Atlas's facts: an entity, a relation, its one right answer, named in eleven languages.

    relation            entity      answer
    currency            territory   its only current legal tender
    official-language   territory   its only official language
    zone-city           territory   the city that names its only time zone
    script              language    the only script that CLDR pairs with it

Kept: facts with exactly one answer whose names all eleven languages have. Dropped: facts that
are vacuous (entity and answer share a name in some language) and facts whose question would
read like another's (two entities of one relation share a name). Of the languages of one script
a draw keeps at most `SAME_SCRIPT`: Latin alone would make up a third of the record.

Limits: CLDR gives nominatives and one current state of the world; see `harness.data.cldr`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from harness.codec import digest
from harness.data import cldr
from harness.seeds import child_seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

RELATIONS = ("currency", "official-language", "script", "zone-city")
SAME_SCRIPT = 260
FACT_HEX_DIGITS = 8


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One fact; `entity` and `answer` are things as `harness.data.cldr` writes them."""

    relation: str
    entity: str
    answer: str

    def entity_name(self, language: str) -> str:
        """Return the entity's name, as CLDR's nominative."""
        return cldr.names(language)[self.entity]

    def answer_name(self, language: str) -> str:
        """Return the answer's name, as CLDR's nominative."""
        return cldr.names(language)[self.answer]

    def differs_everywhere(self, other: Fact) -> bool:
        """Tell whether the two answers have different names in every language."""
        return all(self.answer_name(language) != other.answer_name(language) for language in cldr.LANGUAGES)


@cache
def facts() -> tuple[Fact, ...]:
    """Return every kept fact, sorted by relation and entity."""
    named = [fact for fact in _single_answers() if _is_named(fact) and not _is_vacuous(fact)]
    return tuple(sorted(_thinned(told_apart(named))))


def _single_answers() -> Iterator[Fact]:
    sources = (
        ("currency", cldr.currencies),
        ("official-language", cldr.official_languages),
        ("zone-city", cldr.zone_cities),
    )
    for territory in cldr.territories():
        for relation, answers_of in sources:
            answers = answers_of(territory)
            if len(answers) == 1:
                yield Fact(relation, f"territory/{territory}", answers[0])
    for language, scripts in cldr.scripts().items():
        if len(scripts) == 1:
            yield Fact("script", f"language/{language}", f"script/{min(scripts)}")


def _is_named(fact: Fact) -> bool:
    things = {fact.entity, fact.answer}
    return all(things <= cldr.names(language).keys() for language in cldr.LANGUAGES)


def _is_vacuous(fact: Fact) -> bool:
    return any(
        fact.entity_name(language).casefold() == fact.answer_name(language).casefold() for language in cldr.LANGUAGES
    )


def told_apart(candidates: Sequence[Fact]) -> list[Fact]:
    """Drop every fact whose entity shares its name with another one of its relation."""
    uses = Counter(
        (fact.relation, language, fact.entity_name(language).casefold())
        for fact in candidates
        for language in cldr.LANGUAGES
    )
    return [
        fact
        for fact in candidates
        if all(uses[fact.relation, language, fact.entity_name(language).casefold()] == 1 for language in cldr.LANGUAGES)
    ]


def _thinned(candidates: Sequence[Fact]) -> Iterator[Fact]:
    """Keep at most `SAME_SCRIPT` languages of one script, drawn by name."""
    kept: Counter[str] = Counter()
    for fact in sorted(candidates, key=lambda fact: child_seed("atlas", "thin", fact.entity)):
        kept[fact.answer] += fact.relation == "script"
        if kept[fact.answer] <= SAME_SCRIPT:
            yield fact


def fingerprints() -> Mapping[str, Mapping[str, str]]:
    """Return relation -> entity -> the first digits of the sha256 of the fact and all its names."""
    prints: dict[str, dict[str, str]] = {relation: {} for relation in RELATIONS}
    for fact in facts():
        told = [[fact.entity_name(language), fact.answer_name(language)] for language in cldr.LANGUAGES]
        prints[fact.relation][fact.entity] = digest([fact.answer, told])[:FACT_HEX_DIGITS]
    return prints
