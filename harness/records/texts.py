"""What the lab may see of a dataset: texts, their languages, opaque ids. Never a judgement."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from harness.records.record import Language, Record

TRANSLATED = 2
"""A sentence in fewer languages has no translation."""


class TextTable(Record):
    """Texts as columns of one length n: `ids` (unique), `languages`, `texts`."""

    ids: tuple[str, ...]
    languages: tuple[Language, ...]
    texts: tuple[str, ...]

    @model_validator(mode="after")
    def _columns_agree(self) -> TextTable:
        if not len(self.ids) == len(self.languages) == len(self.texts):
            msg = f"expected columns of one length, found {len(self.ids)}, {len(self.languages)}, {len(self.texts)}"
            raise ValueError(msg)
        if len(set(self.ids)) != len(self.ids):
            msg = "expected unique ids, found repeated ones"
            raise ValueError(msg)
        return self

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.ids)


class EvaluationTexts(Record):
    """The queries and passages of one evaluation set, in an order that tells nothing."""

    kind: Literal["evaluation"] = "evaluation"
    queries: TextTable
    passages: TextTable


class PairTexts(Record):
    """Question-passage pairs to train on, as columns.

    Row i is one fact asked and answered in one language: `facts[i]` is shared by its
    translations, so a cross-lingual pair takes `queries[i]` and `passages[j]` where
    `facts[i] == facts[j]` and the languages differ.
    """

    kind: Literal["pairs"] = "pairs"
    facts: tuple[int, ...]
    languages: tuple[Language, ...]
    queries: tuple[str, ...]
    passages: tuple[str, ...]

    @model_validator(mode="after")
    def _columns_agree(self) -> PairTexts:
        lengths = {len(self.facts), len(self.languages), len(self.queries), len(self.passages)}
        if len(lengths) != 1:
            msg = f"expected columns of one length, found {sorted(lengths)}"
            raise ValueError(msg)
        if len(set(zip(self.facts, self.languages, strict=True))) != len(self.facts):
            msg = "expected each fact at most once per language"
            raise ValueError(msg)
        return self

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.facts)


class ParallelTexts(Record):
    """Sentences and their translations, for aligned pre-training of a base.

    `sentences[k]` holds the texts of one sentence, in the order of `languages`; an empty text
    stands for a language that cannot say it. Every row has at least two others.
    """

    kind: Literal["parallel"] = "parallel"
    languages: tuple[Language, ...]
    sentences: tuple[tuple[str, ...], ...]

    @model_validator(mode="after")
    def _rows_agree(self) -> ParallelTexts:
        if any(len(row) != len(self.languages) for row in self.sentences):
            msg = "expected one text per language in every row, empty where there is none"
            raise ValueError(msg)
        if any(len(row) - row.count("") < TRANSLATED for row in self.sentences):
            msg = "expected at least two texts that are not empty in every row"
            raise ValueError(msg)
        return self
