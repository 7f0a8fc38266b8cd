"""From what scripts ask for to cells: what is to be made, once, for all claims together.

A cell's key covers everything that goes into it: operation, parameters, seed, the sha256 of its
texts, the encoder it starts from, the lab's own source and the versions it computes with. So
equal work is shared between claims and scopes, and changed work is never taken for the old.
"""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass, field
from importlib import metadata, resources
from typing import TYPE_CHECKING

from harness.codec import digest, sha256
from harness.errors import HarnessError, ScopeUnbound, ScriptError
from harness.records.claim import Side
from harness.records.plan import (
    Asked,
    Cell,
    EncodeCell,
    EncodeRequest,
    PretrainCell,
    RetrieveRequest,
    TrainCell,
    TrainRequest,
    arm,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.claimfile.claims import ClaimFile
    from harness.records.claim import Check, Claim
    from harness.records.scope import Scope
    from harness.store import Store

PAIRS, PARALLEL = "pairs", "parallel"
LIBRARIES = ("numpy", "sentence-transformers", "tokenizers", "torch", "transformers")
LAB_SOURCE = (
    "errors.py",
    "codec.py",
    "seeds.py",
    "records/record.py",
    "records/claim.py",
    "records/scope.py",
    "records/plan.py",
    "records/texts.py",
    "lab/encoder.py",
    "lab/pairs.py",
    "lab/sampler.py",
    "lab/train.py",
    "lab/cell.py",
)
"""The files that a cell's result depends on; a test compares this with what a cell imports."""

RANK_SOURCE = ("court/admit.py", "court/rank.py", "records/judgements.py", "records/vectors.py")
COURT_SOURCE = ("court", "records", "data", "verify", "codec.py")


def source_digest(places: Sequence[str]) -> str:
    """Return the digest of the package's own files named in `places` (folders and modules)."""
    package = resources.files("harness")
    files: dict[str, str] = {}
    for name in places:
        place = package / name
        members = [place] if place.is_file() else [entry for entry in place.iterdir() if entry.name.endswith(".py")]
        files |= {f"{name}/{entry.name}": sha256(entry.read_bytes()) for entry in members}
    return digest(files)


def versions() -> dict[str, str]:
    """Return the versions that results may depend on, without importing what they name."""
    found = {name: metadata.version(name) for name in LIBRARIES}
    return {**found, "python": platform.python_version(), "machine": platform.machine()}


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


@dataclass(slots=True)
class Planner:
    """Builds a plan for one scope.

    `texts` maps `pairs`, `parallel` and dataset names to sha256; `source` is the lab's digest.
    """

    scope: Scope
    texts: Mapping[str, str]
    source: str
    versions: Mapping[str, str]
    cells: dict[str, Cell] = field(default_factory=dict)
    encodings: dict[EncodeRequest, Cell] = field(default_factory=dict)

    def plan(self, claims: Sequence[Planned]) -> Plan:
        """Return the plan; a claim whose script does not ask for what its checks need is a problem."""
        checked = tuple(self._checked(planned) for planned in claims)
        for planned in checked:
            if planned.problem is None and planned.asked is not None:
                for retrieval in planned.asked.retrievals:
                    self._encode(retrieval.vectors)
        return Plan(checked, tuple(self.cells.values()), self.encodings)

    def _checked(self, planned: Planned) -> Planned:
        if planned.problem is not None or planned.asked is None:
            return planned
        try:
            refuse_gaps(planned.file.claim, self.scope, planned.asked)
        except ScriptError as error:
            return Planned(planned.file, planned.asked, error)
        return planned

    def _add(self, work: PretrainCell | TrainCell | EncodeCell, label: str) -> Cell:
        cell = Cell(work=work, label=label, source=self.source, versions=dict(self.versions))
        return self.cells.setdefault(cell.key, cell)

    def _pretrain(self, base: str, seed: int) -> PretrainCell:
        work = PretrainCell(recipe=self.scope.bases[base], seed=seed, texts=self.texts[PARALLEL])
        self._add(work, f"{base} seed {seed}")
        return work

    def _train(self, request: TrainRequest) -> TrainCell:
        base = self._pretrain(request.base, request.seed)
        work = TrainCell(
            base=base, arm=request.arm, settings=self.scope.settings, seed=request.seed, texts=self.texts[PAIRS]
        )
        self._add(work, f"{request.base} {request.arm.label} seed {request.seed}")
        return work

    def _encode(self, request: EncodeRequest) -> None:
        if request in self.encodings:
            return
        encoder = self._train(request.encoder)
        label = f"{request.encoder.base} {request.encoder.arm.label} seed {request.encoder.seed} on {request.dataset}"
        work = EncodeCell(encoder=encoder, texts=self.texts[request.dataset])
        self.encodings[request] = self._add(work, label)


@dataclass(frozen=True, slots=True)
class ClaimShare:
    """How many cells a claim rests on, how many of them are to be made, and what stands in its way."""

    claim: str
    cells: int
    lacking: int
    problem: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a run would do. `minutes` is None where the store has no history of some operation."""

    scope: str
    workers: int
    cells: int
    lacking: int
    minutes: float | None
    bytes: int | None
    claims: tuple[ClaimShare, ...]

    def sentence(self) -> str:
        """Return the prediction in one line."""
        told = f"{self.scope}: {len(self.claims)} claims, {self.cells} cells, {self.lacking} to make"
        if not self.lacking:
            return told
        if self.minutes is None:
            return f"{told}; no history to predict the time from"
        return f"{told}, about {self.minutes:.1f} min on {self.workers} workers"

    def plain(self) -> dict[str, object]:
        """Return the JSON form."""
        return asdict(self)


def prediction(plan: Plan, scope: str, store: Store, workers: int) -> Prediction:
    """Predict a run from what the store remembers of each operation."""
    history = store.history()
    lacking = {cell.key: cell for cell in plan.cells if not store.has(cell.key)}
    known = [history.get(cell.work.op) for cell in lacking.values()]
    means = [mean for mean in known if mean is not None]
    whole = len(means) == len(known)
    return Prediction(
        scope=scope,
        workers=workers,
        cells=len(plan.cells),
        lacking=len(lacking),
        minutes=sum(mean.seconds for mean in means) / workers / 60 if whole else None,
        bytes=round(sum(mean.bytes for mean in means)) if whole else None,
        claims=tuple(_share(plan, planned, lacking) for planned in plan.claims),
    )


def _share(plan: Plan, planned: Planned, lacking: Mapping[str, Cell]) -> ClaimShare:
    own: dict[str, Cell] = {}
    asked = planned.asked.retrievals if planned.asked and planned.problem is None else ()
    for retrieval in asked:
        cell: Cell | None = plan.encodings[retrieval.vectors]
        while cell is not None:
            own[cell.key] = cell
            cell = cell.parent
    problem = str(planned.problem) if planned.problem else ""
    return ClaimShare(planned.file.claim.id, len(own), len(own.keys() & lacking.keys()), problem)


def refuse_unbound(claim: Claim, scope: Scope) -> None:
    """Refuse a claim whose datasets or bases the scope does not bind.

    Raises:
        ScopeUnbound: naming them.
    """
    if claim.kind == "counted":
        unbound = [name for name in claim.datasets if name not in scope.counted]
    else:
        unbound = [name for name in claim.datasets if name not in scope.datasets]
        unbound += [name for name in claim.bases if name not in scope.bases]
    if unbound:
        raise ScopeUnbound(f"scope {scope.name} does not bind {', '.join(unbound)}")


def refuse_gaps(claim: Claim, scope: Scope, asked: Asked) -> None:
    """Refuse a script that leaves a check without scores.

    Raises:
        ScriptError: a check needs an arm, seed, base, dataset or setting that was not asked for.
    """
    given = set(asked.retrievals)
    for check in claim.checks:
        lacking = [need for need in needs(claim, scope, check) if need not in given]
        if lacking:
            raise ScriptError(f"check {check.id} needs {_told(lacking[0])}; the script does not ask for it")


def needs(claim: Claim, scope: Scope, check: Check) -> Iterator[RetrieveRequest]:
    """Yield every retrieval that a check's contrast is made of."""
    if check.setting is None:
        return
    labels = list(check.weights or {})
    sides = [side if isinstance(side, Side) else Side(sampling=side) for side in (check.left, check.right) if side]
    sides += [Side(sampling=label) for label in labels]
    for dataset in claim.datasets:
        for base in claim.bases:
            for seed in range(scope.seeds_of(claim.id)):
                for side in sides:
                    encoder = TrainRequest(base=side.base or base, arm=arm(side.sampling), seed=seed)
                    yield RetrieveRequest(
                        vectors=EncodeRequest(encoder=encoder, dataset=dataset), setting=check.setting
                    )


def _told(need: RetrieveRequest) -> str:
    encoder = need.vectors.encoder
    return f"{encoder.arm.label} on {encoder.base}, seed {encoder.seed}, {need.vectors.dataset}, {need.setting}"
