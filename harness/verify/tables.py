"""The rows of one claim's table: means at every place that its script had measured, and what stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.court.scores import LEXICAL, RELEASED, Place, place_of
from harness.records.asked import BaseRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.records.asked import Asked, EncodeRequest
    from harness.records.claim import Setting
    from harness.records.measurement import MeasurementRow
    from harness.records.verdict import ReleasedVectors
    from harness.verify.exhibits import Exhibits


def trained_rows(asked: Asked, cells: Iterable[EncodeRequest], found: Exhibits) -> Iterator[MeasurementRow]:
    """Yield the means of every retrieval, then those of bases before training and of the lexical baseline."""
    settings: dict[str, dict[Setting, None]] = {}
    seen: set[tuple[object, ...]] = set()
    for retrieval in asked.retrievals:
        fold = "all pairs" if retrieval.fold is None else f"fold {retrieval.fold}"
        for row in found.scores.table(retrieval):
            key = tuple(value for name, value in row if name not in {"value", "queries"})
            # an arm may be measured on all pairs and fold by fold, by several encoders of one seed
            yield row.model_copy(update={"sampling": f"{row.sampling}, {fold}"}) if key in seen else row
            seen.add(key)
        settings.setdefault(retrieval.vectors.dataset, {})[retrieval.setting] = None
    for request in cells:
        if isinstance(request.encoder, BaseRequest):
            for setting in settings.get(request.dataset, ()):
                yield from found.scores.table_at(place_of(request), setting)
    for dataset, own in settings.items():
        for setting in own:
            yield from found.scores.table_at(Place(LEXICAL, LEXICAL, 0, dataset), setting)


def released_rows(asked: Asked, released: Sequence[ReleasedVectors], found: Exhibits) -> Iterator[MeasurementRow]:
    """Yield the means of released encoders, under the names that the script loads them by."""
    made = {(one.model, one.dataset): one for one in released}
    for retrieval in asked.released:
        one = made[retrieval.vectors.encoder.model, retrieval.vectors.dataset]
        for row in found.scores.table_at(Place(one.vectors, RELEASED, 0, one.dataset), retrieval.setting):
            yield row.model_copy(update={"base": one.model})
