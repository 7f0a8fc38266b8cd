"""What stands under several names and is one: a measure, a sentence in several languages, a passage as its question.

one-measure       measures of several names with the same values question for question
texts             copies of questions that call themselves translations, passages that call themselves questions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.attack.probe import Attempt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.attack.subject import Stand
    from harness.records.texts import EvaluationTexts

OWN_RULES = frozenset({"equals", "never-third"})
"""Relations without a measure of their own, or with several arms' values side by side."""

MOST_ALIKE = 0.5
"""Share of a dataset's questions that may be alike by chance: names and numbers are, sentences are not."""


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
    """Say where most questions of the dataset `name` are not what they are called; empty where they are."""
    asked, passages = texts.queries, set(texts.passages.texts)
    languages: dict[str, set[str]] = {}
    for text, language in zip(asked.texts, asked.languages, strict=True):
        languages.setdefault(text, set()).add(language)
    copies = sum(len(languages[text]) > 1 for text in asked.texts)
    answers = sum(text in passages for text in asked.texts)
    for count, what in ((copies, "stand word for word under several languages"), (answers, "are passages")):
        if count > MOST_ALIKE * len(asked):
            return f"{count} of {len(asked)} questions of {name} {what}"
    return ""
