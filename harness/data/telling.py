"""A fact told in one language: its question and its passage.

The wording of each is drawn by name for its fact, language and role, so wordings do not give
pairs away. The order of tellings is the court's: by language, then by a hash of the fact.

Limits: texts are as varied as two wordings of each relation and role are.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from harness.data.splits import place, splits
from harness.data.templates import templates
from harness.seeds import child_seed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.data.facts import Fact
    from harness.data.relations import Draw
    from harness.data.splits import Split


class Telling(NamedTuple):
    """A fact told in one of its languages; `place` is that of `harness.data.splits`."""

    language: str
    place: int
    fact: Fact

    def question(self) -> str:
        """Return the question that asks for the fact."""
        return _question(self.fact, self.language)

    def passage(self) -> str:
        """Return the passage that states the fact."""
        return _passage(self.fact, self.language)


@cache
def _question(fact: Fact, language: str) -> str:
    wording = _drawn("question", templates()[language].questions, fact, language)
    return wording.format(entity=fact.entity_name(language))


@cache
def _passage(fact: Fact, language: str) -> str:
    wording = _drawn("passage", templates()[language].passages, fact, language)
    return wording.format(entity=fact.entity_name(language), answer=fact.answer_name(language))


def _drawn(role: str, table: Mapping[str, tuple[str, ...]], fact: Fact, language: str) -> str:
    """Return the wording that a fact has in a role and language."""
    wordings = table[fact.relation]
    return wordings[child_seed("atlas", role, fact.relation, fact.entity, language) % len(wordings)]


def facts_of(draw: Draw, split: Split, limit: int | None) -> tuple[Fact, ...]:
    """Return a split's facts, or its first `limit` ones."""
    return splits(draw).parts[split][:limit]


def tellings(draw: Draw, split: Split, limit: int | None, languages: Sequence[str]) -> list[Telling]:
    """Return each fact of a split told in each language that can tell it, in the court's order."""
    told = [
        Telling(language, place(fact), fact)
        for fact in facts_of(draw, split, limit)
        for language in fact.languages
        if language in languages
    ]
    return sorted(told)
