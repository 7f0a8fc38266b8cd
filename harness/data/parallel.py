"""Parallel sentences for the aligned pre-training of a base.

Two sources:
1. Lists of names: every entity and answer of every split, `ROUNDS` times each, two to four
   names of one kind (territories, languages, scripts, currencies, cities) with separators; the
   last list of a round may be shorter.
2. The questions and passages of the train split.

So the names of tested entities and answers occur in pre-training, and no tested fact does: an
entity and its answer are always of different kinds, hence never in one list, and no question or
passage of another split is used. This is what a base like XLM-R or LaBSE brings along: words,
not the answers.

Limits: about 3,300 sentences for the whole Atlas; their variety is that of the templates.
Source: translation ranking as in LaBSE (Feng et al. 2022), on a small scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.data.atlas import Telling, facts_of, tellings
from harness.data.cldr import LANGUAGES, names
from harness.data.splits import SHARES
from harness.data.templates import templates
from harness.records.texts import ParallelTexts
from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROUNDS = 8
SHORTEST, LONGEST = 2, 4


def parallel(languages: Sequence[str], limit: int | None) -> ParallelTexts:
    """Return the sentences, one row each, in `languages`; shuffled by name."""
    ordered = [language for language in LANGUAGES if language in languages]
    rows = [*_train_rows(ordered, limit), *_name_rows(ordered, limit)]
    order = generator("atlas", "parallel", len(rows)).permutation(len(rows))
    return ParallelTexts(languages=tuple(ordered), sentences=tuple(rows[row] for row in order))


def _train_rows(languages: Sequence[str], limit: int | None) -> Iterator[tuple[str, ...]]:
    told: dict[object, list[Telling]] = {}
    for telling in tellings("train", limit, languages):
        told.setdefault(telling.fact, []).append(telling)
    for translations in told.values():
        yield tuple(telling.question() for telling in translations)
        yield tuple(telling.passage() for telling in translations)


def _name_rows(languages: Sequence[str], limit: int | None) -> Iterator[tuple[str, ...]]:
    separators = templates().separators
    for things in _lists(_kinds(limit)):
        yield tuple(separators[language].join(names(language)[thing] for thing in things) for language in languages)


def _kinds(limit: int | None) -> dict[str, list[str]]:
    """Return kind -> every thing of that kind that some fact in use names, sorted."""
    things = {thing for split, _ in SHARES for fact in facts_of(split, limit) for thing in (fact.entity, fact.answer)}
    kinds: dict[str, list[str]] = {}
    for thing in sorted(things):
        kinds.setdefault(thing.partition("/")[0], []).append(thing)
    return kinds


def _lists(kinds: dict[str, list[str]]) -> Iterator[list[str]]:
    for kind, things in kinds.items():
        for turn in range(ROUNDS):
            rng = generator("atlas", "lists", kind, turn)
            shuffled = [things[row] for row in rng.permutation(len(things))]
            while shuffled:
                length = int(rng.integers(SHORTEST, LONGEST + 1))
                yield shuffled[:length]
                shuffled = shuffled[length:]
