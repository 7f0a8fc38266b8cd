"""What stands under several names and is one, or under another name than its own: measures, texts, languages, grades.

one-measure       measures of several names with the same values question for question
texts             copies of questions that call themselves translations, passages that call themselves questions,
                  passages in the pools of several languages, questions that read like passages of another language
grades            graded judgements that prefer the question's language, for a gain in the pool of all languages
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from harness.attack.probe import Attempt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.attack.subject import Stand
    from harness.records.judgements import Judgements
    from harness.records.texts import EvaluationTexts, TextTable

OWN_RULES = frozenset({"equals", "never-third"})
"""Relations without a measure of their own, or with several arms' values side by side."""

MOST_ALIKE = 0.5
"""Share of a dataset's questions that may be alike by chance: names and numbers are, sentences are not."""

MOST_SHARED = 0.05
"""Share of passages that may stand word for word in several languages: of LAReQA's sentences 0.2% do."""

LIKER = 1.25
"""How much liker questions may be to passages of another language; those of packaged sets are .6 times as like."""

LETTERS, ENOUGH = 3, 500
"""Letters of a run, and runs of a language from which its profile tells anything."""

MOST_PREFERRED = 1.05
"""How much higher grades of the question's language may be on the mean: languages are not what graders grade."""


def one_measure(stands: Sequence[Stand]) -> Attempt:
    """Return whether two checks of the same sides, by measures of different names, have the very same values."""
    for at, one in enumerate(stands):
        for other in stands[at + 1 :]:
            compared = [(stand.dataset, stand.check.left, stand.check.right) for stand in (one, other)]
            if compared[0] != compared[1] or one.check.measure == other.check.measure:
                continue
            if one.check.relation in OWN_RULES or one.values.shape != other.values.shape:
                continue
            if np.allclose(one.values, other.values, rtol=1e-12, atol=0):
                words = f"{one.check.measure} and {other.check.measure} of {one.name} and {other.name} are one measure"
                return Attempt(succeeded=True, detail=words)
    return Attempt(succeeded=False, detail="checks by several measures have values of their own")


def odd_texts(name: str, texts: EvaluationTexts) -> str:
    """Say where texts of the dataset `name` are not what they are called; empty where they are."""
    asked, passages = texts.queries, texts.passages
    found = set(passages.texts)
    for count, most, table, what in (
        (_in_several(asked), MOST_ALIKE, asked, f"questions of {name} stand word for word under several languages"),
        (sum(text in found for text in asked.texts), MOST_ALIKE, asked, f"questions of {name} are passages"),
        (_in_several(passages), MOST_SHARED, passages, f"passages of {name} stand in the pools of several languages"),
    ):
        if count > most * len(table):
            return f"{count} of {len(table)} {what}"
    return _mislabelled(name, asked, passages)


def _in_several(table: TextTable) -> int:
    """Return how many texts stand word for word under several languages."""
    languages: dict[str, set[str]] = {}
    for text, language in zip(table.texts, table.languages, strict=True):
        languages.setdefault(text, set()).add(language)
    return sum(len(languages[text]) > 1 for text in table.texts)


def _mislabelled(name: str, asked: TextTable, passages: TextTable) -> str:
    """Say where questions in a language are liker to another one's passages than to its own; empty where none are."""
    profiles = _profiles(passages)
    for language, profile in _profiles(asked).items():
        like = {other: _cosine(profile, one) for other, one in profiles.items() if one.total() >= ENOUGH}
        if profile.total() < ENOUGH or language not in like:
            continue
        nearest = max(like, key=lambda other: (like[other], other))
        if like[nearest] > LIKER * like[language]:
            return f"questions of {name} in {language} read like passages in {nearest}"
    return ""


def _profiles(table: TextTable) -> dict[str, Counter[str]]:
    """Return how often each run of LETTERS letters stands in the texts of each language."""
    found: dict[str, Counter[str]] = {}
    for text, language in zip(table.texts, table.languages, strict=True):
        plain = f" {text.casefold()} "
        runs = (plain[at : at + LETTERS] for at in range(len(plain) - LETTERS + 1))
        found.setdefault(language, Counter()).update(runs)
    return found


def _cosine(left: Counter[str], right: Counter[str]) -> float:
    return sum(count * right[run] for run, count in left.items()) / (_length(left.values()) * _length(right.values()))


def _length(counts: Iterable[int]) -> float:
    return math.sqrt(sum(count * count for count in counts)) or 1.0


def preferred(stands: Sequence[Stand]) -> Attempt:
    """Return whether a gain over the pool of all languages is one of finding the question's own language first."""
    for stand in stands:
        if not str(stand.check.measure).startswith("nDCG") or "multilingual" not in stand.check.settings:
            continue
        own, others = _mean_grades(stand.case.scores.judgements(stand.dataset))
        if max(own, others) > MOST_PREFERRED * min(own, others) > 0:
            told = (
                f"of {own:.3g} in the question's language and {others:.3g} in others, so {stand.name} gains by language"
            )
            return Attempt(succeeded=True, detail=f"judged passages of {stand.dataset} have a mean grade {told}")
    return Attempt(succeeded=False, detail="grades do not go by language")


def _mean_grades(judgements: Judgements) -> tuple[float, float]:
    """Return the mean grades of judged passages in their question's language, and in others; 0 where there are none."""
    same, grades = [], np.array(judgements.grades, dtype=np.float64)
    for query, passage in zip(judgements.query_rows, judgements.passage_rows, strict=True):
        same.append(judgements.query_languages[query] == judgements.passage_languages[passage])
    own = np.array(same, dtype=np.bool_)
    means = [float(grades[part].mean()) if part.any() else 0.0 for part in (own, ~own)]
    return means[0], means[1]
