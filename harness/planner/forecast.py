"""What a run would do and cost, from what the store remembers of each operation.

An operation's cells are taken to cost what its finished ones did on average; where one that is
needed was never finished, nothing is predicted rather than half of it. Workers are taken to share
the work evenly.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from harness.records.lacking import lacking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.planner.cells import Plan, Planned
    from harness.planner.expected import CheckPower
    from harness.records.cells import Cell
    from harness.store import Store
    from harness.store.folder import Past

SECONDS_PER_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Operation:
    """Cells of one operation: how many, how many to make, and what one took; None without history."""

    name: str
    cells: int
    lacking: int
    seconds: float | None
    bytes: int | None

    def sentence(self) -> str:
        """Return the operation in one line."""
        each = "no history" if self.seconds is None else f"{self.seconds:.1f} s each"
        return f"{self.name}: {self.cells} cells, {self.lacking} to make, {each}"


@dataclass(frozen=True, slots=True)
class ClaimShare:
    """How many cells a claim rests on, how many are to be made, what they cost, what stands in its way.

    Cells that several claims share count for each of them. `minutes` and `bytes` are those of the
    cells to be made, `minutes_all` those of all, on all workers.
    """

    claim: str
    cells: int
    lacking: int
    minutes: float | None
    minutes_all: float | None
    bytes: int | None
    problem: str

    def sentence(self) -> str:
        """Return the share in one line."""
        cost = "" if not self.lacking or self.minutes is None else f", about {self.minutes:.1f} min alone"
        problem = f"; {self.problem}" if self.problem else ""
        return f"{self.claim}: {self.cells} cells, {self.lacking} to make{cost}{problem}"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a run would do. `minutes` and `bytes` are None where the store has no history of some operation.

    `cells` and `lacking` hold what the harness itself wants beside the claims' own.
    """

    scope: str
    workers: int
    cells: int
    lacking: int
    minutes: float | None
    bytes: int | None
    operations: tuple[Operation, ...]
    claims: tuple[ClaimShare, ...]
    power: tuple[CheckPower, ...] = ()

    def sentence(self) -> str:
        """Return the prediction in one line."""
        told = f"{self.scope}: {len(self.claims)} claims, {self.cells} cells, {self.lacking} to make"
        if not self.lacking:
            return told
        if self.minutes is None:
            unknown = [one.name for one in self.operations if one.lacking and one.seconds is None]
            return f"{told}; no history of {', '.join(unknown)} to predict the time from"
        return f"{told}, about {self.minutes:.1f} min on {self.workers} workers"

    def lines(self) -> list[str]:
        """Return all of it in lines: the whole, operations, claims, the planned power of required checks."""
        told = [self.sentence(), *(operation.sentence() for operation in self.operations)]
        told += [claim.sentence() for claim in self.claims]
        return told + [check.sentence() for check in self.power if check.required]

    def plain(self) -> dict[str, object]:
        """Return the JSON form."""
        return asdict(self)


def prediction(plan: Plan, scope: str, store: Store, workers: int) -> Prediction:
    """Predict a run from what the store remembers of each operation."""
    return _predicted(plan, scope, workers, _missing(plan, store), store.history())


def announced(plan: Plan, scope: str, store: Store, workers: int) -> str:
    """Return the prediction in one line; where nothing is to be made, no history is read."""
    missing = _missing(plan, store)
    return _predicted(plan, scope, workers, missing, store.history() if missing else {}).sentence()


def _missing(plan: Plan, store: Store) -> dict[str, Cell]:
    return lacking(plan.cells, plan.weights(), lambda keys: {key: store.has(key) for key in keys})


def _predicted(
    plan: Plan, scope: str, workers: int, missing: Mapping[str, Cell], history: Mapping[str, Past]
) -> Prediction:
    minutes, size = _cost(missing.values(), history, workers)
    every, still = (Counter(cell.work.op for cell in cells) for cells in (plan.cells, missing.values()))
    return Prediction(
        scope=scope,
        workers=workers,
        cells=len(plan.cells),
        lacking=len(missing),
        minutes=minutes,
        bytes=size,
        operations=tuple(_operation(name, count, still[name], history) for name, count in every.items()),
        claims=tuple(_share(plan, planned, missing, history, workers) for planned in plan.claims),
    )


def _cost(cells: Iterable[Cell], history: Mapping[str, Past], workers: int) -> tuple[float | None, int | None]:
    """Return minutes and bytes, or None twice where an operation is not remembered."""
    pasts = [history.get(cell.work.op) for cell in cells]
    known = [past for past in pasts if past is not None]
    if len(known) < len(pasts):
        return None, None
    minutes = sum(past.seconds for past in known) / workers / SECONDS_PER_MINUTE
    return minutes, round(sum(past.bytes for past in known))


def _operation(name: str, cells: int, lacking: int, history: Mapping[str, Past]) -> Operation:
    past = history.get(name)
    return Operation(name, cells, lacking, past.seconds if past else None, round(past.bytes) if past else None)


def _share(
    plan: Plan, planned: Planned, missing: Mapping[str, Cell], history: Mapping[str, Past], workers: int
) -> ClaimShare:
    own: dict[str, Cell] = {}
    asked = planned.asked.retrievals if planned.asked and planned.problem is None else ()
    for retrieval in dict.fromkeys(retrieval.vectors for retrieval in asked):
        cell: Cell | None = plan.encodings[retrieval]
        while cell is not None and cell.key not in own:
            own[cell.key] = cell
            cell = cell.parent
    minutes, size = _cost((cell for key, cell in own.items() if key in missing), history, workers)
    minutes_all, _ = _cost(own.values(), history, workers)
    return ClaimShare(
        claim=planned.file.claim.id,
        cells=len(own),
        lacking=len(own.keys() & missing.keys()),
        minutes=minutes,
        minutes_all=minutes_all,
        bytes=size,
        problem=str(planned.problem) if planned.problem else "",
    )
