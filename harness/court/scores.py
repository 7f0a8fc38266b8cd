"""Measured values by arm and place, from ranks: what the judge and the tables read.

Ranks are what is kept between runs; measures cost milliseconds and are computed on demand, once.
What the judgements alone decide (which pairs make which row, the cell of each row) is made once
per dataset. One `Measured` serves all claims of a run.

Rows of a check on withheld pairs are stitched from folds: each row is measured on the encoder that
never saw the row's pair of languages in a cross-lingual batch. An arm without cross-lingual
batches depends on no fold and has one encoder. As every pair of training languages is withheld
once, each row is taken once, and equal weights per ordered pair are the folds' own weights.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.court.measure import (
    CellMean,
    Cells,
    Rows,
    cells_of,
    chance_rank_distance,
    judged_pairs,
    layout,
    measure,
)
from harness.errors import ScopeUnbound, ScriptError
from harness.records.asked import BaseRequest
from harness.records.folds import MONOLINGUAL
from harness.records.measurement import MeasurementRow
from harness.records.training import arm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.court.rank import Ranks
    from harness.court.relevant import JudgedPairs, Layout, Relevant
    from harness.records.asked import EncodeRequest, RetrieveRequest
    from harness.records.claim import Check, Setting, Side
    from harness.records.judgements import Judgements

MEASURES: dict[Setting, tuple[str, ...]] = {
    "monolingual": ("MAP", "R@1", "R@100", "nDCG@10"),
    "crosslingual": ("MAP", "R@1", "nDCG@10"),
    "multilingual": ("MAP", "R@10", "nDCG@10", "rank-distance"),
}
"""What the tables show per setting; the paper's tables 3 to 6 show MAP and R@k, 7 and 8 the last, 12 and 13 nDCG."""

MEDIAN, OVER_CHANCE = "rank-distance-median", "rank-distance-over-chance"
"""Shown beside rank distance: the median over queries, and the mean as a share of a random order's."""

QUANTILES = {f"rank-distance-p{percent}": percent / 100 for percent in (10, 25, 50, 75, 90)}
"""Its distribution over the queries of all languages together."""

EVERY = "*"
"""In the place of a query language: the queries of all."""

UNTRAINED = "untrained"
"""Stands for an arm where a place is a base before contrastive training."""

LEXICAL = "lexical"
"""Stands for an arm, and for its base, where a place is the court's own lexical baseline."""

RELEASED = "released"
"""Stands for an arm where a place is a released encoder, its base then the key of its vectors; no check names one."""

UNFILLED = frozenset({UNTRAINED, LEXICAL, RELEASED})
"""What stands in an arm's place and fills no batches."""

FOLDLESS = MONOLINGUAL | {UNTRAINED, LEXICAL}
"""What no fold of withheld pairs changes, because nothing of it is trained on two languages at once."""


ROWS_KEPT = 256
"""Measures of the last places are kept: those of one check, which asks again for its slices."""


@dataclass(frozen=True, slots=True)
class Place:
    """One set of vectors: which encoder, which dataset; `held_out` is the fold its training withheld."""

    base: str
    sampling: str
    seed: int
    dataset: str
    held_out: int | None = None


def label(sampling: str) -> str:
    """Return the one name of an arm, or of what stands in an arm's place.

    Raises:
        ValueError: no such arm.
    """
    return sampling if sampling in {UNTRAINED, LEXICAL} else arm(sampling).label


def place_of(vectors: EncodeRequest) -> Place:
    """Return where the vectors of a request are kept."""
    encoder = vectors.encoder
    if isinstance(encoder, BaseRequest):
        return Place(encoder.base, UNTRAINED, encoder.seed, vectors.dataset)
    return Place(encoder.base, encoder.arm.label, encoder.seed, vectors.dataset, encoder.held_out)


@dataclass(slots=True)
class Measured:
    """Scores over `ranks` by place, with the judgements of each dataset.

    `withheld` lists, fold by fold, the unordered pairs of languages that were withheld there.
    `memory` keeps what is derived from rows and vectors and serves several claims, as long as the scores live.
    """

    of_dataset: Mapping[str, Judgements]
    ranks: Mapping[Place, Ranks]
    withheld: Sequence[Sequence[tuple[str, str]]] = ()
    memory: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)
    _pairs: dict[str, JudgedPairs] = field(default_factory=dict, init=False, repr=False)
    _layouts: dict[tuple[str, Setting], Layout] = field(default_factory=dict, init=False, repr=False)
    _cells: dict[tuple[str, Setting, bool, int | None], Cells] = field(default_factory=dict, init=False, repr=False)
    _folds: dict[str, NDArray[np.int64]] = field(default_factory=dict, init=False, repr=False)
    _stitched: dict[str, Rows] = field(default_factory=dict, init=False, repr=False)
    _rows: dict[tuple[Place, Setting, str], Rows] = field(default_factory=dict, init=False, repr=False)

    def judgements(self, dataset: str) -> Judgements:
        """Return the judgements of a dataset."""
        return self.of_dataset[dataset]

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        """Return one value per row of one arm, as the judge asks for them; one setting at a time.

        Raises:
            ValueError: a check without measure or setting, or all settings at once; a side without base.
            ScriptError: an arm, seed, base, dataset or fold of which there are no ranks.
            ScopeUnbound: withheld pairs where none were withheld.
        """
        setting = check.setting
        if side.base is None or setting is None or setting == "balanced" or check.measure is None:
            msg = f"expected a base, a setting and a measure for {check.id}"
            raise ValueError(msg)
        place = Place(side.base, label(side.sampling), seed, dataset)
        if check.pairs is None:
            return self.measured(place, setting, check.measure)
        if setting != "crosslingual":
            msg = f"{check.id}: expected the crosslingual setting for withheld pairs, found {setting}"
            raise ValueError(msg)
        return self._withheld(place, check.measure)

    def measured(self, place: Place, setting: Setting, name: str) -> Rows:
        """Return one measure of one set of vectors in one setting.

        Raises:
            ScriptError: a place of which there are no ranks.
        """
        key = (place, setting, name)
        if key not in self._rows:
            if len(self._rows) >= ROWS_KEPT:
                del self._rows[next(iter(self._rows))]
            self._rows[key] = measure(self._judged(place, setting), name)
        return self._rows[key]

    def chance(self, place: Place) -> Rows:
        """Return, for each row that has a rank distance, that of a random order of the pool."""
        return chance_rank_distance(self._judged(place, "multilingual"))

    def _judged(self, place: Place, setting: Setting) -> Relevant:
        if place not in self.ranks:
            fold = "" if place.held_out is None else f", fold {place.held_out}"
            raise ScriptError(
                f"expected vectors of {place.sampling} on {place.base}, seed {place.seed}, {place.dataset}{fold}, "
                "found none; have the script encode and retrieve them"
            )
        return self._layout(place.dataset, setting).relevant(self.ranks[place])

    def _layout(self, dataset: str, setting: Setting) -> Layout:
        if dataset not in self._pairs:
            self._pairs[dataset] = judged_pairs(self.of_dataset[dataset])
        if (dataset, setting) not in self._layouts:
            self._layouts[dataset, setting] = layout(self._pairs[dataset], setting)
        return self._layouts[dataset, setting]

    def _withheld(self, place: Place, name: str) -> Rows:
        """Return the rows of all withheld pairs, each from the encoder of its fold."""
        fold_of_row = self._fold_of_row(place.dataset)
        kept = np.flatnonzero(fold_of_row >= 0)
        if place.sampling in FOLDLESS:
            values = self.measured(place, "crosslingual", name).values
        else:
            values = np.zeros(len(fold_of_row))
            for fold in np.unique(fold_of_row[kept]).tolist():
                one = Place(place.base, place.sampling, place.seed, place.dataset, held_out=fold)
                own = fold_of_row == fold
                values[own] = self.measured(one, "crosslingual", name).values[own]
        if place.dataset not in self._stitched:  # rows are the same for every arm, so they are made once
            plain = self._layout(place.dataset, "crosslingual")
            answered = tuple(plain.passage_languages[row] for row in kept.tolist())
            self._stitched[place.dataset] = Rows(plain.query_rows[kept], answered, np.empty(0))
        rows = self._stitched[place.dataset]
        return Rows(rows.query_rows, rows.passage_languages, values[kept])

    def _fold_of_row(self, dataset: str) -> NDArray[np.int64]:
        """Return the fold that withheld each crosslingual row's pair of languages, -1 where none did.

        Raises:
            ScopeUnbound: there is no such row.
        """
        if dataset not in self._folds:
            fold_of = {frozenset(pair): fold for fold, pairs in enumerate(self.withheld) for pair in pairs}
            plain = self._layout(dataset, "crosslingual")
            asked = np.array(self.of_dataset[dataset].query_languages)[plain.query_rows].tolist()
            pairs = zip(asked, plain.passage_languages, strict=True)
            self._folds[dataset] = np.array([fold_of.get(frozenset(pair), -1) for pair in pairs], dtype=np.int64)
        if not (self._folds[dataset] >= 0).any():
            raise ScopeUnbound(
                f"{dataset}: expected questions in one and passages in the other of two withheld languages, found "
                f"none among {len(self.withheld)} folds; bind folds and training languages that the dataset holds"
            )
        return self._folds[dataset]

    def table(self, retrieval: RetrieveRequest) -> Iterator[MeasurementRow]:
        """Yield the means of one retrieval, language by language; of its fold's language pairs, where it has one.

        Raises:
            ScriptError: a retrieval of which there are no ranks.
        """
        return self.table_at(place_of(retrieval.vectors), retrieval.setting, retrieval.fold)

    def table_at(self, place: Place, setting: Setting, fold: int | None = None) -> Iterator[MeasurementRow]:
        """Yield the means at one place, which need not be an arm's.

        Raises:
            ScriptError: a place of which there are no ranks.
        """
        for name in MEASURES[setting]:
            rows = self.measured(place, setting, name)
            distance = name == "rank-distance"
            cells = self._cells_of(rows, place.dataset, setting, distance=distance, fold=fold)
            means = cells.means(rows.values)
            yield from _rows_of(place, setting, name, means)
            if distance:
                yield from _rows_of(place, setting, MEDIAN, cells.medians(rows.values))
                chance = cells.means(self.chance(place).values)
                yield from _rows_of(place, setting, OVER_CHANCE, map(_share, means, chance))
                if len(rows.values):
                    found = np.quantile(rows.values, list(QUANTILES.values())).tolist()
                    for quantile, value in zip(QUANTILES, found, strict=True):
                        cell = CellMean(EVERY, means[0].passage_language, value=value, queries=len(rows.values))
                        yield from _rows_of(place, setting, quantile, (cell,))

    def _cells_of(self, rows: Rows, dataset: str, setting: Setting, *, distance: bool, fold: int | None) -> Cells:
        """Return the cells of rows; vectors rank every judged passage, so that all places have the same rows."""
        key = (dataset, setting, distance, fold)
        if key not in self._cells:
            kept = None if fold is None else np.flatnonzero(self._fold_of_row(dataset) == fold)
            self._cells[key] = cells_of(rows, self.of_dataset[dataset].query_languages, kept)
        return self._cells[key]


def _share(mean: CellMean, chance: CellMean) -> CellMean:
    return CellMean(mean.query_language, mean.passage_language, value=mean.value / chance.value, queries=mean.queries)


def _rows_of(
    place: Place, setting: Setting, name: str, means: Iterator[CellMean] | Sequence[CellMean]
) -> Iterator[MeasurementRow]:
    sampling = place.sampling.partition("@")[0]
    alpha = None if sampling in UNFILLED else arm(place.sampling).alpha
    for mean in means:
        yield MeasurementRow(
            base=place.base,
            sampling=sampling,
            alpha=alpha,
            seed=place.seed,
            dataset=place.dataset,
            setting=setting,
            measure=name,
            query_language=mean.query_language,
            passage_language=mean.passage_language,
            value=mean.value,
            queries=mean.queries,
        )
