"""Measured values by arm and place, from ranks: what the judge and the tables read.

Ranks are what is kept between runs; measures cost milliseconds and are computed on demand, once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.court.measure import Relevant, Rows, cell_means, measure, relevant_rows
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
    _relevant: dict[tuple[Place, Setting], Relevant] = field(default_factory=dict)
    _rows: dict[tuple[Place, Setting, str], Rows] = field(default_factory=dict)

    def judgements(self, dataset: str) -> Judgements:
        """Return the judgements of a dataset."""
        return self.of_dataset[dataset]

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        """Return one value per row of one arm, as the judge asks for them."""
        if side.base is None or check.setting is None or check.measure is None:
            msg = f"expected a base, a setting and a measure for {check.id}"
            raise ValueError(msg)
        return self.measured(Place(side.base, side.sampling, seed, dataset), check.setting, check.measure)

    def measured(self, place: Place, setting: Setting, name: str) -> Rows:
        """Return one measure of one set of vectors in one setting."""
        if (place, setting) not in self._relevant:
            judgements = self.of_dataset[place.dataset]
            self._relevant[place, setting] = relevant_rows(judgements, self.ranks[place], setting)
        if (place, setting, name) not in self._rows:
            self._rows[place, setting, name] = measure(self._relevant[place, setting], name)
        return self._rows[place, setting, name]

    def table(self, retrieval: RetrieveRequest) -> Iterator[MeasurementRow]:
        """Yield the means of one retrieval, language by language."""
        encoder, dataset, setting = retrieval.vectors.encoder, retrieval.vectors.dataset, retrieval.setting
        place = Place(encoder.base, encoder.arm.label, encoder.seed, dataset)
        for name in MEASURES[setting]:
            for mean in cell_means(self.measured(place, setting, name), self.of_dataset[dataset].query_languages):
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
