"""The Atlas: evaluation sets and training pairs made of CLDR facts and templates.

    part         facts                      languages of a fact          pool
    train        40% of each relation       all of the binding           -
    validation   15%                        all of the binding           its own passages
    xquad-r      25%                        all of the binding           its own passages
    mlqa-r       20%                        2 to 4, drawn by name        its own and xquad-r's

A question's relevant passages are those of its fact, one per language of the fact. A passage
states its own fact and says of one other entity that it has another answer, which answers no
question of the pool. The wording of each question and passage is drawn by name for its fact,
language and role, so wordings do not give pairs away.

The court's order: by language, then by a hash of the fact. The lab's: by opaque id, a hash of
the set's content and the row, so the two orders have nothing to do with each other.

Limits: about 900 facts, four relations; difficulty is that of short, formulaic sentences.
Source: the design of XQuAD-R and MLQA-R (Roy et al. 2020, LAReQA, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from harness.codec import digest
from harness.data.cldr import LANGUAGES
from harness.data.splits import contrast, place, splits
from harness.data.templates import templates
from harness.records.judgements import Dataset, Judgements
from harness.records.texts import EvaluationTexts, PairTexts, TextTable
from harness.seeds import child_seed, generator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.data.facts import Fact

EvaluationPart = Literal["validation", "xquad-r", "mlqa-r"]
FULL_LANGUAGES: dict[str, tuple[str, ...]] = {
    "pairs": LANGUAGES,
    "parallel": LANGUAGES,
    "validation": LANGUAGES,
    "xquad-r": LANGUAGES,
    "mlqa-r": ("ar", "de", "en", "es", "hi", "vi", "zh"),
}
"""Part -> the languages that a binding of it may choose from; a pinned part has them all."""

PARTLY_PARALLEL = "mlqa-r"
DISTRACTORS = "xquad-r"
FEWEST, MOST = 2, 4
ID_HEX_DIGITS = 12


@dataclass(frozen=True, slots=True, order=True)
class Telling:
    """A fact told in one language; the order is the court's."""

    language: str
    place: int
    split: str
    fact: Fact

    def question(self) -> str:
        """Return the question that asks for the fact."""
        wording = self._wording("question", templates().questions)
        return wording.format(entity=self.fact.entity_name(self.language))

    def passage(self) -> str:
        """Return the passage that states the fact."""
        other = contrast(self.split)[self.fact]
        return self._wording("passage", templates().passages).format(
            entity=self.fact.entity_name(self.language),
            answer=self.fact.answer_name(self.language),
            other=other.entity_name(self.language),
        )

    def _wording(self, role: str, table: dict[str, dict[str, tuple[str, ...]]]) -> str:
        wordings = table[self.fact.relation][self.language]
        return wordings[child_seed("atlas", role, self.fact.relation, self.fact.entity, self.language) % len(wordings)]


def facts_of(split: str, limit: int | None) -> tuple[Fact, ...]:
    """Return a split's facts, or its first `limit` ones."""
    return splits()[split][:limit]


def tellings(split: str, limit: int | None, languages: Sequence[str]) -> list[Telling]:
    """Return each fact of a split told in each language, in the court's order."""
    facts = facts_of(split, limit)
    return sorted(Telling(language, place(fact), split, fact) for fact in facts for language in languages)


def evaluation(part: EvaluationPart, languages: Sequence[str], limit: int | None) -> Dataset:
    """Return an evaluation set: the lab's texts and the court's judgements."""
    asked = tellings(part, limit, languages)
    if part != PARTLY_PARALLEL:
        return _dataset(asked, asked)
    asked = [telling for telling in asked if telling.language in _asked_in(telling.fact, languages)]
    return _dataset(asked, sorted(asked + tellings(DISTRACTORS, limit, languages)))


def _asked_in(fact: Fact, languages: Sequence[str]) -> set[str]:
    """Draw the 2 to 4 languages (fewer where there are fewer) in which a fact is told."""
    rng = generator("atlas", "languages", fact.relation, fact.entity)
    number = min(int(rng.integers(FEWEST, MOST + 1)), len(languages))
    return {str(language) for language in rng.permutation(sorted(languages))[:number]}


def _dataset(asked: Sequence[Telling], told: Sequence[Telling]) -> Dataset:
    query_texts = [telling.question() for telling in asked]
    passage_texts = [telling.passage() for telling in told]
    query_languages = tuple(telling.language for telling in asked)
    passage_languages = tuple(telling.language for telling in told)
    content = digest([query_languages, query_texts, passage_languages, passage_texts])
    query_ids = _ids(content, "q", len(asked))
    passage_ids = _ids(content, "p", len(told))
    pairs = _judged(asked, told)
    return Dataset(
        texts=EvaluationTexts(
            queries=_shuffled(query_ids, query_languages, query_texts),
            passages=_shuffled(passage_ids, passage_languages, passage_texts),
        ),
        judgements=Judgements(
            query_ids=query_ids,
            query_languages=query_languages,
            clusters=tuple(telling.fact.entity for telling in asked),
            relations=tuple(telling.fact.relation for telling in asked),
            passage_ids=passage_ids,
            passage_languages=passage_languages,
            query_rows=tuple(query for query, _ in pairs),
            passage_rows=tuple(passage for _, passage in pairs),
            grades=(1,) * len(pairs),
        ),
    )


def _judged(asked: Sequence[Telling], told: Sequence[Telling]) -> list[tuple[int, int]]:
    rows: dict[Fact, list[int]] = {}
    for row, telling in enumerate(told):
        rows.setdefault(telling.fact, []).append(row)
    return [(query, passage) for query, telling in enumerate(asked) for passage in rows[telling.fact]]


def _ids(content: str, prefix: str, number: int) -> tuple[str, ...]:
    return tuple(prefix + digest([content, prefix, row])[:ID_HEX_DIGITS] for row in range(number))


def _shuffled(ids: Iterable[str], languages: Iterable[str], texts: Iterable[str]) -> TextTable:
    rows = sorted(zip(ids, languages, texts, strict=True))
    return TextTable(
        ids=tuple(row[0] for row in rows),
        languages=tuple(row[1] for row in rows),
        texts=tuple(row[2] for row in rows),
    )


def pairs(languages: Sequence[str], limit: int | None) -> PairTexts:
    """Return the train split's questions and passages, by fact, then by language."""
    numbers = {fact: number for number, fact in enumerate(facts_of("train", limit))}
    told = sorted(tellings("train", limit, languages), key=lambda telling: (numbers[telling.fact], telling.language))
    return PairTexts(
        facts=tuple(numbers[telling.fact] for telling in told),
        languages=tuple(telling.language for telling in told),
        queries=tuple(telling.question() for telling in told),
        passages=tuple(telling.passage() for telling in told),
    )
