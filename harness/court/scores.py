"""Measured values by arm and place, from ranks: what the judge and the tables read.

Ranks are what is kept between runs; measures cost milliseconds and are computed on demand, once.
What the judgements alone decide (pairs as columns, the cell of each row) is made once per dataset.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.court.measure import Cells, JudgedPairs, Relevant, Rows, cells_of, judged_pairs, measure, relevant_rows
from harness.errors import ScriptError
from harness.records.plan import arm
from harness.records.ruling import MeasurementRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.court.rank import Ranks
    from harness.records.claim import Check, Setting, Side
    from harness.records.judgements import Judgements
    from harness.records.plan import RetrieveRequest

MEASURES: dict[Setting, tuple[str, ...]] = {
    "monolingual": ("MAP", "R@1", "nDCG@10"),
    "crosslingual": ("MAP", "R@1", "nDCG@10"),
    "multilingual": ("MAP", "R@10", "nDCG@10", "rank-distance"),
}
"""What the tables show per setting; the paper's tables 3 to 6 show the first two, 7 and 8 the last."""


@dataclass(frozen=True, slots=True)
class Place:
    """One set of vectors: which encoder, which dataset."""

    base: str
    sampling: str
    seed: int
    dataset: str


@dataclass(slots=True)
class Measured:
    """Scores over `ranks` by place, with the judgements of each dataset."""

    of_dataset: Mapping[str, Judgements]
    ranks: Mapping[Place, Ranks]
    _pairs: dict[str, JudgedPairs] = field(default_factory=dict)
    _cells: dict[tuple[str, Setting, str], Cells] = field(default_factory=dict)
    _relevant: dict[tuple[Place, Setting], Relevant] = field(default_factory=dict)
    _rows: dict[tuple[Place, Setting, str], Rows] = field(default_factory=dict)

    def judgements(self, dataset: str) -> Judgements:
        """Return the judgements of a dataset."""
        return self.of_dataset[dataset]

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        """Return one value per row of one arm, as the judge asks for them.

        Raises:
            ValueError: a check without setting or measure, or a side without base.
            ScriptError: an arm, seed, base or dataset of which there are no ranks.
        """
        if side.base is None or check.setting is None or check.measure is None:
            msg = f"expected a base, a setting and a measure for {check.id}"
            raise ValueError(msg)
        return self.measured(Place(side.base, arm(side.sampling).label, seed, dataset), check.setting, check.measure)

    def measured(self, place: Place, setting: Setting, name: str) -> Rows:
        """Return one measure of one set of vectors in one setting.

        Raises:
            ScriptError: a place of which there are no ranks.
        """
        if (place, setting, name) not in self._rows:
            self._rows[place, setting, name] = measure(self._judged(place, setting), name)
        return self._rows[place, setting, name]

    def _judged(self, place: Place, setting: Setting) -> Relevant:
        if place not in self.ranks:
            raise ScriptError(
                f"expected vectors of {place.sampling} on {place.base}, seed {place.seed}, {place.dataset}, "
                "found none; have the script encode and retrieve them"
            )
        if place.dataset not in self._pairs:
            self._pairs[place.dataset] = judged_pairs(self.of_dataset[place.dataset])
        if (place, setting) not in self._relevant:
            self._relevant[place, setting] = relevant_rows(self._pairs[place.dataset], self.ranks[place], setting)
        return self._relevant[place, setting]

    def table(self, retrieval: RetrieveRequest) -> Iterator[MeasurementRow]:
        """Yield the means of one retrieval, language by language.

        Raises:
            ScriptError: a retrieval of which there are no ranks.
        """
        encoder, dataset, setting = retrieval.vectors.encoder, retrieval.vectors.dataset, retrieval.setting
        place = Place(encoder.base, encoder.arm.label, encoder.seed, dataset)
        for name in MEASURES[setting]:
            rows = self.measured(place, setting, name)
            for mean in self._cells_of(rows, dataset, setting, name).means(rows.values):
                yield MeasurementRow(
                    base=encoder.base,
                    sampling=encoder.arm.sampling,
                    alpha=arm(encoder.arm.label).alpha,
                    seed=encoder.seed,
                    dataset=dataset,
                    setting=setting,
                    measure=name,
                    query_language=mean.query_language,
                    passage_language=mean.passage_language,
                    value=mean.value,
                    queries=mean.queries,
                )

    def _cells_of(self, rows: Rows, dataset: str, setting: Setting, name: str) -> Cells:
        """Return the cells of rows; vectors rank every judged passage, so that all places have the same rows."""
        if (dataset, setting, name) not in self._cells:
            self._cells[dataset, setting, name] = cells_of(rows, self.of_dataset[dataset].query_languages)
        return self._cells[dataset, setting, name]
