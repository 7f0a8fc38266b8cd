"""From what scripts ask for to cells: what is to be made, once, for all claims together.

A cell's key covers everything that goes into it: operation, parameters, seed, the sha256 of its
texts, the encoder it starts from, the lab's own source and the versions it computes with. So
equal work is shared between claims and scopes, and changed work is never taken for the old.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.errors import HarnessError, ScriptError
from harness.planner.needs import refuse_gaps
from harness.records.asked import Asked, BaseRequest, EncodeRequest, TrainRequest
from harness.records.cells import Cell, EncodeCell, PretrainCell, TrainCell
from harness.records.folds import withheld_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.claimfile.claims import ClaimFile
    from harness.records.record import SealStatus
    from harness.records.scope import Scope, Side

PAIRS, PARALLEL, SHUFFLED = "pairs", "parallel", "shuffled"
"""Kinds of texts other than those of a claim's datasets; `Side.text` names them."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One claim's share of the plan; `problem` says why it cannot be measured, if it cannot."""

    file: ClaimFile
    asked: Asked | None
    problem: HarnessError | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All cells, parents before children, each once; and which cell answers which request."""

    claims: tuple[Planned, ...]
    cells: tuple[Cell, ...]
    encodings: Mapping[EncodeRequest, Cell]

    def vectors(self) -> dict[str, str]:
        """Return the dataset of each encoding, by its key."""
        return {cell.key: request.dataset for request, cell in self.encodings.items()}

    def weights(self) -> set[str]:
        """Return the keys of the encoders whose weights the court reads, beside the vectors of all."""
        trained = first_trained(self.encodings)
        return {cell.key for cell in trained} | {cell.parent.key for cell in trained if cell.parent is not None}


def first_trained(encodings: Mapping[EncodeRequest, Cell]) -> list[Cell]:
    """Return the training of the first seed of each arm, on each side, that something is encoded with."""
    first: dict[tuple[str, str, int | None, str], tuple[int, Cell]] = {}
    for request, cell in encodings.items():
        encoder, trained = request.encoder, cell.parent
        if isinstance(encoder, TrainRequest) and trained is not None:
            arm = (encoder.base, encoder.arm.label, encoder.held_out, trained.work.texts)
            if arm not in first or encoder.seed < first[arm][0]:
                first[arm] = (encoder.seed, trained)
    return [trained for _, trained in first.values()]


def checked(scope: Scope, planned: Planned) -> Planned:
    """Return the claim, with a problem where its script does not ask for what its checks need."""
    if planned.problem is not None or planned.asked is None:
        return planned
    try:
        refuse_gaps(planned.file.claim, scope, planned.asked)
    except ScriptError as error:
        return replace(planned, problem=error)
    return planned


@dataclass(slots=True)
class Planner:
    """Builds a plan for one scope.

    `texts` maps dataset names and each side's names of pairs, parallel texts and validation to sha256;
    `source` is the lab's digest. `told` stands in labels of what is trained, where it is not trained on
    the scope's own pairs.
    """

    scope: Scope
    texts: Mapping[str, str]
    source: str
    versions: Mapping[str, str]
    seal: SealStatus
    told: str = ""
    cells: dict[str, Cell] = field(default_factory=dict)
    encodings: dict[EncodeRequest, Cell] = field(default_factory=dict)

    def plan(self, claims: Sequence[Planned], also: Sequence[EncodeRequest] = ()) -> Plan:
        """Return the plan; a claim whose script does not ask for what its checks need is a problem.

        `also` are encodings that the harness wants for itself. Where their texts could not be made
        they are left out, and what rests on them finds nothing.
        """
        sound = tuple(checked(self.scope, planned) for planned in claims)
        for planned in sound:
            if planned.problem is None and planned.asked is not None:
                for retrieval in planned.asked.retrievals:
                    self._encode(retrieval.vectors)
        for request in also:
            side = self.scope.side(request.dataset)
            if {request.dataset, side.text(PAIRS), side.text(PARALLEL)} <= self.texts.keys():
                self._encode(request)
        return Plan(sound, tuple(self.cells.values()), self.encodings)

    def _add(self, work: PretrainCell | TrainCell | EncodeCell, label: str) -> Cell:
        cell = Cell(work=work, label=label, source=self.source, versions=dict(self.versions), seal=self.seal)
        return self.cells.setdefault(cell.key, cell)

    def _pretrain(self, base: str, seed: int, side: Side) -> PretrainCell:
        work = PretrainCell(recipe=self.scope.recipe_of(base), seed=seed, texts=self.texts[side.text(PARALLEL)])
        self._add(work, f"{base} seed {seed}{_told(side)}")
        return work

    def _train(self, request: TrainRequest, side: Side) -> TrainCell:
        work = TrainCell(
            base=self._pretrain(request.base, request.seed, side),
            arm=request.arm,
            settings=self.scope.settings_of(request.base, request.arm.sampling),
            seed=request.seed,
            texts=self.texts[side.text(PAIRS)],
            withheld=self._withheld(request.held_out),
        )
        self._add(work, _label(request) + _told(side) + self.told)
        return work

    def _withheld(self, fold: int | None) -> tuple[tuple[str, str], ...]:
        return () if fold is None else withheld_pairs(self.scope.training.languages, self.scope.folds, fold)

    def _encode(self, request: EncodeRequest) -> None:
        if request in self.encodings:
            return
        encoder, side = request.encoder, self.scope.side(request.dataset)
        if isinstance(encoder, BaseRequest):
            made: PretrainCell | TrainCell = self._pretrain(encoder.base, encoder.seed, side)
        else:
            made = self._train(encoder, side)
        work = EncodeCell(encoder=made, texts=self.texts[request.dataset])
        self.encodings[request] = self._add(work, f"{_label(encoder)} on {request.dataset}")


def _told(side: Side) -> str:
    return f" for {side.name}" if side.name else ""


def _label(encoder: TrainRequest | BaseRequest) -> str:
    if isinstance(encoder, BaseRequest):
        return f"{encoder.base} seed {encoder.seed}"
    without = "" if encoder.held_out is None else f" without fold {encoder.held_out}"
    return f"{encoder.base} {encoder.arm.label}{without} seed {encoder.seed}"
