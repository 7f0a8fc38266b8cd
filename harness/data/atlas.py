"""The Atlas's evaluation sets and training pairs: CLDR facts in the words of templates.

    part         facts              told in             pool
    pairs        train              the binding's       -
    validation   validation         the binding's       its own passages
    xquad-r      xquad-r            the binding's       its own passages
    mlqa-r       mlqa-r             2 to 4 of them,     its own and xquad-r's, so larger
                                    drawn by name
    miracl       miracl             the binding's       its own passages in the question's language

A question's relevant passages are those of its fact, one per language of the fact; in `miracl`
the one in its own language. There ASKED facts of each language are asked, drawn by name, and the
passages of the others stand in the pool. Passages of a pool that read alike, in whatever
languages, are judged alike, and so are questions that read alike.

No fact that is trained on stands in a tested pool, nor does one that inverts or overlaps with
it (`harness.data.splits`). The court's order: by language, then by a hash of the fact; the lab's
has nothing to do with it (`harness.data.views`).

Limits: difficulty is that of short, formulaic sentences; a pool may hold a passage that answers a
question by implication (a city's only territory) and is not judged.
Source: the design of XQuAD-R and MLQA-R (Roy et al. 2020, LAReQA, section 3) and of MIRACL
(Zhang et al. 2023).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from harness.data.cldr import LANGUAGES
from harness.data.facts import ELEVEN
from harness.data.splits import splits
from harness.data.telling import facts_of, tellings
from harness.data.views import Passage, Query, two_views
from harness.records.texts import PairTexts
from harness.seeds import child_seed, generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.data.facts import Fact
    from harness.data.relations import Draw
    from harness.data.telling import Telling
    from harness.records.judgements import Dataset

EvaluationPart = Literal["validation", "xquad-r", "mlqa-r", "miracl"]
FULL_LANGUAGES: dict[str, tuple[str, ...]] = {
    "pairs": LANGUAGES,
    "parallel": LANGUAGES,
    "validation": ELEVEN,
    "xquad-r": ELEVEN,
    "mlqa-r": ("ar", "de", "en", "es", "hi", "vi", "zh"),
    "miracl": ("ar", "bn", "es", "fa", "fi", "fr", "hi", "id", "ja", "ko", "ru", "sw", "te", "th", "zh"),
}
"""Part -> the languages that a binding of it may choose from."""

FEWEST, MOST = 2, 4
ASKED = 200


def evaluation(draw: Draw, part: EvaluationPart, languages: Sequence[str], limit: int | None) -> Dataset:
    """Return an evaluation set: the lab's texts and the court's judgements."""
    told = tellings(draw, part, limit, languages)
    seen = splits(draw).seen
    if part == "mlqa-r":
        asked = [telling for telling in told if telling.language in _asked_in(telling.fact, languages)]
        return _dataset(asked, sorted(asked + tellings(draw, "xquad-r", limit, languages)), seen)
    if part == "miracl":
        return _dataset(_some_of_each(told), told, seen, monolingual=True)
    return _dataset(told, told, seen)


def _asked_in(fact: Fact, languages: Sequence[str]) -> set[str]:
    """Draw the 2 to 4 languages (fewer where there are fewer) in which a fact is told."""
    rng = generator("atlas", "languages", fact.relation, fact.entity)
    number = min(int(rng.integers(FEWEST, MOST + 1)), len(languages))
    return {str(language) for language in rng.permutation(sorted(languages))[:number]}


def _some_of_each(told: Sequence[Telling]) -> list[Telling]:
    """Keep ASKED tellings of each language, drawn by name."""
    drawn: dict[str, list[Telling]] = {}
    for telling in told:
        drawn.setdefault(telling.language, []).append(telling)
    return sorted(kept for of_language in drawn.values() for kept in sorted(of_language, key=_lot)[:ASKED])


def _lot(telling: Telling) -> int:
    return child_seed("atlas", "asked", telling.fact.relation, telling.fact.entity, telling.language)


class Said(NamedTuple):
    """A question or passage as judgements see it; `within` parts what may not answer each other."""

    within: str
    fact: Fact
    text: str


def judged(queries: Sequence[Said], passages: Sequence[Said]) -> list[tuple[int, int]]:
    """Return sorted (query row, passage row): one fact, or texts that read like such a pair's."""
    told: dict[tuple[str, Fact], set[str]] = defaultdict(set)
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        told[passage.within, passage.fact].add(passage.text)
        rows[passage.within, passage.text].append(row)
    meant: dict[tuple[str, str], set[str]] = defaultdict(set)
    for query in queries:
        meant[query.within, query.text] |= told[query.within, query.fact]
    return sorted(
        (at, row)
        for at, query in enumerate(queries)
        for text in meant[query.within, query.text]
        for row in rows[query.within, text]
    )


def _dataset(
    asked: Sequence[Telling], told: Sequence[Telling], seen: frozenset[str], *, monolingual: bool = False
) -> Dataset:
    queries = [
        Query(one.language, one.question(), one.fact.entity, one.fact.relation, one.fact.entity in seen)
        for one in asked
    ]
    passages = [Passage(one.language, one.passage()) for one in told]
    within = [[one.language if monolingual else "" for one in side] for side in (asked, told)]
    pairs = judged(
        [Said(where, one.fact, query.text) for where, one, query in zip(within[0], asked, queries, strict=True)],
        [Said(where, one.fact, passage.text) for where, one, passage in zip(within[1], told, passages, strict=True)],
    )
    return two_views(queries, passages, ((query, passage, 1) for query, passage in pairs))


def pairs(draw: Draw, languages: Sequence[str], limit: int | None) -> PairTexts:
    """Return the train split's questions and passages, by fact, then by language."""
    numbers = {fact: number for number, fact in enumerate(facts_of(draw, "train", limit))}
    told = sorted(
        tellings(draw, "train", limit, languages), key=lambda telling: (numbers[telling.fact], telling.language)
    )
    return PairTexts(
        facts=tuple(numbers[telling.fact] for telling in told),
        languages=tuple(telling.language for telling in told),
        queries=tuple(telling.question() for telling in told),
        passages=tuple(telling.passage() for telling in told),
    )
