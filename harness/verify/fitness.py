"""Whether one claim's encoders are fit for its question: what is found of them before it is judged.

Read from the run's exhibits, and only from what this claim's own plan asks for: so a claim's
verdict does not depend on which other claims were run with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.court.conditions import NO_LEAK, Conditions, control_name, of_side
from harness.court.controls import trained_beats_untrained
from harness.court.mechanism import exposure, layer_changed, reaches
from harness.court.regime import READ_FROM, read_regimes
from harness.court.scores import UNTRAINED, Place, place_of
from harness.errors import AdmissionRefused, ResourceMissing
from harness.planner import first_trained
from harness.records.asked import TrainRequest
from harness.records.scope import VALIDATION, TaughtBinding, taught_languages
from harness.verify.exhibits import MEND_CACHE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from harness.court.validation import Validation
    from harness.planner import Planned
    from harness.records.asked import EncodeRequest
    from harness.records.cells import Cell
    from harness.records.scope import Scope, Side
    from harness.records.verdict import Control, Exposure
    from harness.store import Store
    from harness.verify.exhibits import Exhibits


def conditions(  # noqa: PLR0913, PLR0917 - a claim, its cells, what is found of them, and of which side
    scope: Scope,
    store: Store,
    planned: Planned,
    cells: Mapping[EncodeRequest, Cell],
    found: Exhibits,
    side: Side,
) -> Conditions:
    """Return what was found of a claim on one side; `cells` are all encodings that it rests on.

    Raises:
        HarnessError: what stood in the way of a dataset's findings.
    """
    claim, split = planned.file.claim, side.text(VALIDATION)
    own = {request: cell for request, cell in cells.items() if scope.side(request.dataset).name == side.name}
    tested = [name for name in claim.datasets if scope.side(name).name == side.name]
    places = [place_of(request) for request in own]
    chosen_on = [place for place in places if place.dataset == split]
    datasets = [name for name in (*tested, split) if name in found.findings]
    if not chosen_on:
        datasets = [name for name in datasets if name != split]
    read = {}
    controls = [control for name in datasets for control in found.finding(name).controls]
    if chosen_on and split in found.validation:
        seeds: dict[str, list[int]] = {}
        for place in chosen_on:
            if place.sampling == READ_FROM:
                seeds.setdefault(place.base, []).append(place.seed)
        read = read_regimes(found.validation[split], split, scope.regimes, seeds)
        controls += beaten(found.validation[split], chosen_on)
    bases = {*claim.bases, *(place.base for place in places)}
    counts = [found.finding(name).touched for name in tested]
    return Conditions(
        controls=tuple(controls),
        readings={base: read.get(base) for base in sorted(bases) if base in scope.regimes},
        reach=reaches(counts, shared=shared(store, own, found.changed)),
        validation=None if scope.validation is None else split,
        of_tested=(NO_LEAK,) if isinstance(side.training, TaughtBinding) else (),
    )


def beaten(validation: Validation, places: Iterable[Place]) -> list[Control]:
    """Return, for each arm on each base, whether training made it better than its base."""
    arms: dict[str, list[tuple[Place, Place]]] = {}
    for place in places:
        if place.sampling != UNTRAINED:
            before = Place(place.base, UNTRAINED, place.seed, place.dataset)
            name = control_name(place.base, place.sampling, place.held_out)
            arms.setdefault(name, []).append((place, before))
    return [trained_beats_untrained(validation, name, pairs) for name, pairs in sorted(arms.items())]


def shared(store: Store, cells: Mapping[EncodeRequest, Cell], known: dict[str, bool]) -> bool:
    """Tell whether training changed the layer that all languages share, in every arm; one seed of each is read.

    `known` remembers answers by the key of a trained encoder, so that the next claim need not read
    it again. Weights of another shape than expected show no change.

    Raises:
        EntryDamaged: the weights' entry is damaged.
        ResourceMissing: it is not in the store.
    """
    trained = first_trained(cells)
    return bool(trained) and all(_changed(store, cell, known) for cell in trained)


def _changed(store: Store, cell: Cell, known: dict[str, bool]) -> bool:
    if cell.parent is None:
        return False
    if cell.key not in known:
        try:
            known[cell.key] = layer_changed(_weights(store, cell.parent), _weights(store, cell))
        except AdmissionRefused:
            known[cell.key] = False
    return known[cell.key]


def _weights(store: Store, cell: Cell) -> Path:
    folder = store.find(cell.key)
    if folder is None:
        raise ResourceMissing(f"the weights of {cell.label} are not in the store", MEND_CACHE)
    return folder


def exposures(scope: Scope, cells: Iterable[EncodeRequest]) -> tuple[Exposure, ...]:
    """Return what each arm on each base is trained on, side by side."""
    arms = {
        (scope.side(request.dataset).name, request.encoder.base, request.encoder.arm.label): request
        for request in cells
        if isinstance(request.encoder, TrainRequest)
    }
    return tuple(_exposed(scope, request) for _, request in sorted(arms.items(), key=lambda item: item[0]))


def _exposed(scope: Scope, request: EncodeRequest) -> Exposure:
    encoder, side = request.encoder, scope.side(request.dataset)
    if not isinstance(encoder, TrainRequest):
        msg = f"expected a trained encoder, found the base {encoder.base}"
        raise TypeError(msg)
    settings = scope.settings_of(encoder.base, encoder.arm.sampling)
    return exposure(of_side(encoder.base, side.name), encoder.arm, settings, taught_languages(side.training))
