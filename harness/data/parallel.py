"""Parallel sentences for the aligned pre-training of a base.

Two sources:
1. Names: everything that a fact of any split names, alone in its row.
2. The questions and passages of the train split.

So the names of tested entities and answers occur in pre-training, and no tested fact does: an
entity and its answer are never in one row, and no question or passage of another split is used.
This is what a base like XLM-R or LaBSE brings along: words, not the answers. Codes, shares and
autonyms are in no row of their own: they read the same in all languages.

Tried on the validation split and left (x-x-mono, equal steps): lists of names instead of names
alone, which left cross-lingual MAP at about two thirds; names four times as often, which cost the
languages that contrastive training does not see a third of their monolingual MAP.

A language that lacks a name has "" in that row; the eleven languages of the facts lack none.
Source: translation ranking as in LaBSE (Feng et al. 2022), on a small scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.data.cldr import LANGUAGES, LITERAL, name
from harness.data.splits import SPLITS
from harness.data.telling import facts_of, tellings
from harness.records.texts import TRANSLATED, ParallelTexts
from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.data.facts import Fact
    from harness.data.relations import Draw


def parallel(draw: Draw, languages: Sequence[str], limit: int | None) -> ParallelTexts:
    """Return the sentences, one row each, in `languages`; shuffled by name."""
    ordered = [language for language in LANGUAGES if language in languages]
    rows = [*_train_rows(draw, ordered, limit), *_name_rows(draw, ordered, limit)]
    rows = [row for row in rows if len(row) - row.count("") >= TRANSLATED]
    order = generator("atlas", draw, "parallel", len(rows)).permutation(len(rows))
    return ParallelTexts(languages=tuple(ordered), sentences=tuple(rows[row] for row in order))


def _train_rows(draw: Draw, languages: Sequence[str], limit: int | None) -> Iterator[tuple[str, ...]]:
    told: dict[Fact, dict[str, tuple[str, str]]] = {}
    for telling in tellings(draw, "train", limit, languages):
        told.setdefault(telling.fact, {})[telling.language] = telling.question(), telling.passage()
    for translations in told.values():
        questions, passages = zip(*(translations.get(language, ("", "")) for language in languages), strict=True)
        yield questions
        yield passages


def _name_rows(draw: Draw, languages: Sequence[str], limit: int | None) -> Iterator[tuple[str, ...]]:
    facts = (fact for split in SPLITS for fact in facts_of(draw, split, limit))
    for thing in sorted({thing for fact in facts for thing in (fact.entity, fact.answer)}):
        if thing.partition("/")[0] not in LITERAL:
            yield tuple(name(thing, language) or "" for language in languages)
