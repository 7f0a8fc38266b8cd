"""What the validation split tells of encoders, whatever the claim: single numbers, each made once.

Claims are judged on test sets alone. The split answers only whether an encoder is fit for the
question: whether its base is in the paper's regime (`harness.court.regime`) and whether training
made it better (`harness.court.controls`). Macro-averages as in every table. Source: design,
Encoders fit for the question.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from harness.court.measure import cells_of, chance_rank_distance, judged_pairs, measure, relevant_rows
from harness.records.claim import SETTINGS, Setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.court.measure import Cells, JudgedPairs, Relevant, Rows
    from harness.court.rank import Ranks
    from harness.court.scores import Place
    from harness.records.judgements import Judgements


@dataclass
class Validation:
    """Ranks on the validation split by place; `judgements` are those of the split."""

    judgements: Judgements
    ranks: Mapping[Place, Ranks]
    _scores: dict[tuple[Place, Setting], float] = field(default_factory=dict)
    _distances: dict[Place, float] = field(default_factory=dict)
    _cells: dict[tuple[Setting, str], Cells] = field(default_factory=dict)

    @cached_property
    def pairs(self) -> JudgedPairs:
        """Return the split's judged pairs as columns."""
        return judged_pairs(self.judgements)

    def score(self, place: Place, setting: Setting) -> float:
        """Return MAP, macro-averaged.

        Raises:
            KeyError: a place without ranks.
        """
        if (place, setting) not in self._scores:
            rows = measure(self._relevant(place, setting), "MAP")
            self._scores[place, setting] = self._average(rows, setting, "MAP")
        return self._scores[place, setting]

    def balanced(self, place: Place) -> float:
        """Return the mean MAP of the three settings."""
        return math.fsum(self.score(place, setting) for setting in SETTINGS) / len(SETTINGS)

    def distance(self, place: Place) -> float:
        """Return the mean rank distance as a share of what a random order has."""
        if place not in self._distances:
            relevant = self._relevant(place, "multilingual")
            found, chance = (
                self._average(rows, "multilingual", "rank-distance")
                for rows in (measure(relevant, "rank-distance"), chance_rank_distance(relevant))
            )
            self._distances[place] = found / chance
        return self._distances[place]

    def _relevant(self, place: Place, setting: Setting) -> Relevant:
        return relevant_rows(self.pairs, self.ranks[place], setting)

    def _average(self, rows: Rows, setting: Setting, name: str) -> float:
        """Return the mean over cells; every place has the same rows, so cells are made once."""
        if (setting, name) not in self._cells:
            self._cells[setting, name] = cells_of(rows, self.judgements.query_languages)
        means = [mean.value for mean in self._cells[setting, name].means(rows.values)]
        return math.fsum(means) / len(means)
