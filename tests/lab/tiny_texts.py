"""Small texts and recipes that the lab's tests share; every value is made up."""

from __future__ import annotations

from harness.records.cells import PretrainCell
from harness.records.texts import EvaluationTexts, PairTexts, ParallelTexts, TextTable
from harness.records.training import Recipe, Settings

LANGUAGES = ("de", "en", "es")
NOUNS = ("stone", "river", "cloud", "ember", "forest", "harbor", "island", "jungle", "meadow", "prairie")


def recipe(**changes: object) -> Recipe:
    plain = {
        "buckets": 512,
        "width": 16,
        "dimensions": 16,
        "shortest": 2,
        "longest": 3,
        "dose": 4,
        "batch": 4,
        "learning_rate": 0.01,
        "temperature": 0.05,
    }
    return Recipe.model_validate(plain | changes)


WIDE = {"buckets": 4096, "width": 128, "dimensions": 128, "batch": 10}
"""Wide enough for torch to share its sums out over threads."""


def settings(**changes: object) -> Settings:
    plain = {
        "steps": 6,
        "batch": 4,
        "learning_rate": 0.01,
        "weight_decay": 0.01,
        "temperature": 0.05,
    }
    return Settings.model_validate(plain | changes)


def pretrain_cell(seed: int = 1, **changes: object) -> PretrainCell:
    return PretrainCell(recipe=recipe(**changes), seed=seed, texts="parallel")


def pair_texts() -> PairTexts:
    """Ten facts in three languages; each fact's texts differ from all others'."""
    rows = [(fact, language, noun) for fact, noun in enumerate(NOUNS) for language in LANGUAGES]
    return PairTexts(
        facts=tuple(fact for fact, _, _ in rows),
        languages=tuple(language for _, language, _ in rows),
        queries=tuple(f"{language} what is {noun}?" for _, language, noun in rows),
        passages=tuple(f"{language} {noun} is the {fact}th thing" for fact, language, noun in rows),
    )


def parallel_texts() -> ParallelTexts:
    return ParallelTexts(
        languages=LANGUAGES,
        sentences=tuple(tuple(f"{noun} said in {language}" for language in LANGUAGES) for noun in NOUNS),
    )


def evaluation_texts() -> EvaluationTexts:
    """Query i is answered by passage i; the ids tell nothing of it."""
    count = len(NOUNS)
    return EvaluationTexts(
        queries=TextTable(
            ids=tuple(f"q{7 * i % count}" for i in range(count)),
            languages=("en",) * count,
            texts=tuple(f"where do I find the {noun}" for noun in NOUNS),
        ),
        passages=TextTable(
            ids=tuple(f"p{3 * i % count}" for i in range(count)),
            languages=("en",) * count,
            texts=tuple(f"the {noun} is behind the house" for noun in NOUNS),
        ),
    )
