"""Cells of the lab made a second time, in an empty store, and how far their vectors are from the first.

For each arm of a claim one encoding of its plan is chosen: its base by the arm's name, its seed by
the base's name, so that arms share what they start from and claims share cells. It is made again
from pre-training on, and once more with its texts under other ids in another order. What came of it
is kept under the digest of the first vectors, so a store whose vectors are changed is looked at anew.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.attack import Again
from harness.codec import canonical, digest
from harness.court.admit import admit
from harness.court.hearing import Heard, read_vectors
from harness.court.remembered import remembered
from harness.engine import Engine
from harness.errors import HarnessError
from harness.records.asked import EncodeRequest, TrainRequest
from harness.records.cells import Cell, EncodeCell
from harness.records.texts import EvaluationTexts, TextTable
from harness.records.vectors import LabVectors
from harness.seeds import child_seed, generator
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.engine import Crew, Progress
    from harness.errors import CellError
    from harness.planner import Planner
    from harness.records.judgements import Judgements
    from harness.verify.job import Job
    from harness.verify.texts import Texts
    from harness.verify.trial import Trial

FIRST_SEEDS = 5
NEW = "new-"
FARTHEST = 2.0
"""Two unit vectors differ by no more in any entry; those of other widths are taken to differ so far."""


class Runner:
    """How cells beyond the plan are made: with whose planner and processes, into which store, and what failed."""

    def __init__(
        self, job: Job, crew: Crew, texts: Texts, planner: Callable[[], Planner], tell: Callable[[Progress], None]
    ) -> None:
        """Make nothing yet."""
        self.job, self.crew, self.texts, self.planner, self.tell = job, crew, texts, planner, tell

    def make(self, cells: Sequence[Cell], files: Mapping[str, Path], store: Store) -> Mapping[str, CellError]:
        """Make cells in a store and return what failed, by key; make none where only the cache may be used."""
        if self.job.cache == "only-cache" or not cells:
            return {}
        return Engine(store, self.crew, self.job.scope.cell_seconds).run(cells, files, self.tell).failed


def chosen(trial: Trial) -> dict[EncodeRequest, Cell]:
    """Return the encodings of a claim that are made again: one for each arm."""
    by_arm: dict[tuple[str, int | None], list[EncodeRequest]] = defaultdict(list)
    cells = trial.encodings()
    for request in cells:
        encoder = request.encoder
        if isinstance(encoder, TrainRequest) and request.dataset in trial.job.scope.datasets:
            by_arm[encoder.arm.label, encoder.held_out].append(request)
    found = {}
    for (label, _), requests in by_arm.items():
        base = _one(sorted({one.encoder.base for one in requests}), label)
        seed = _one(sorted({one.encoder.seed for one in requests})[:FIRST_SEEDS], base)
        here = [one for one in requests if (one.encoder.base, one.encoder.seed) == (base, seed)]
        request = here[child_seed("again", label) % len(here)]
        found[request] = cells[request]
    return found


def _one(names: Sequence[Any], by: str) -> Any:
    return names[child_seed("again", by) % len(names)]


class Repeats:
    """What came of making cells again, by the key of the first."""

    def __init__(
        self, run: Runner, heard: Mapping[str, Heard | HarnessError], wanted: Mapping[EncodeRequest, Cell]
    ) -> None:
        """Make what is not known yet, all at once."""
        self.run, self.heard = run, heard
        self.found: dict[str, Again] = {}
        store = run.job.store
        sound = {request: cell for request, cell in wanted.items() if isinstance(heard.get(cell.key), Heard)}
        lacking = {one: cell for one, cell in sound.items() if not store.has(digest(self._inputs(cell)))}
        folder = store.underway()
        try:
            made = _Made(run, folder, lacking)
            for request, cell in sound.items():
                self._compare(request, cell, made)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def of(self, trial: Trial) -> list[Again] | None:
        """Return what came of a claim's cells, or None where any of them was not made."""
        keys = [cell.key for cell in chosen(trial).values()]
        return [self.found[key] for key in keys] if keys and all(key in self.found for key in keys) else None

    def _inputs(self, cell: Cell) -> dict[str, str]:
        first = self.heard[cell.key]
        return {"operation": "again", "cell": cell.key, "vectors": first.vectors if isinstance(first, Heard) else ""}

    def _compare(self, request: EncodeRequest, cell: Cell, made: _Made) -> None:
        problem = made.problem(cell)
        if problem is not None:
            if problem:
                self.found[cell.key] = Again(label=cell.label, problem=problem)
            return
        judgements = self.run.texts.datasets[request.dataset].judgements

        def compared() -> tuple[float, float]:
            first = _admitted(self.run.job.store, cell.key, judgements, {})
            same = _admitted(made.store, cell.key, judgements, {})
            other = _admitted(made.store, made.reordered[cell.key].key, judgements, made.names[cell.key])
            return _distance(first, same), _distance(first, other)

        try:
            same, other = remembered(
                self.run.job.store, self._inputs(cell), compared, list, lambda told: (float(told[0]), float(told[1]))
            )
        except (HarnessError, ValueError, KeyError) as error:  # what was made again is no evidence, or was lost
            self.found[cell.key] = Again(label=cell.label, problem=str(error))
            return
        self.found[cell.key] = Again(label=cell.label, same_seed=same, reordered=other)


class _Made:
    """Cells made again in a store of their own; `reordered` are their twins, `names` their ids' first names."""

    def __init__(self, run: Runner, folder: Path, lacking: Mapping[EncodeRequest, Cell]) -> None:
        self.run = run
        self.store = Store(folder / "store")
        self.reordered: dict[str, Cell] = {}
        self.names: dict[str, dict[str, str]] = {}
        files = dict(run.texts.files)
        cells: dict[str, Cell] = {}
        for request, cell in lacking.items():
            texts, names = reordered(run.texts.datasets[request.dataset].texts)
            sha256 = texts.fingerprint()
            files[sha256] = folder / f"{sha256}.json"
            files[sha256].write_bytes(canonical(texts.plain()))
            twin = _reading(cell, sha256)
            self.reordered[cell.key], self.names[cell.key] = twin, names
            one: Cell | None = cell
            line = [twin]
            while one is not None:
                line.append(one)
                one = one.parent
            cells |= {each.key: each for each in reversed(line)}
        self.lacking = {cell.key for cell in lacking.values()}
        self.failed = run.make(list(cells.values()), files, self.store)

    def problem(self, cell: Cell) -> str | None:
        """Return why a cell was not made again, empty where none was tried; None where it was, or is known."""
        if cell.key not in self.lacking:
            return None
        twin = self.reordered[cell.key].key
        error = self.failed.get(cell.key) or self.failed.get(twin)
        if error is not None:
            return str(error)
        return None if self.store.has(cell.key) and self.store.has(twin) else ""


def _reading(cell: Cell, texts: str) -> Cell:
    """Return the cell that encodes other texts with the same encoder."""
    if not isinstance(cell.work, EncodeCell):
        msg = f"expected an encoding, found {cell.work.op}"
        raise TypeError(msg)
    work = cell.work.model_copy(update={"texts": texts})
    return Cell(work=work, label=f"{cell.label}, reordered", source=cell.source, versions=cell.versions, seal=cell.seal)


def reordered(texts: EvaluationTexts) -> tuple[EvaluationTexts, dict[str, str]]:
    """Return texts under other ids in another order, and what each id was before."""
    names: dict[str, str] = {}
    tables = []
    for table in (texts.queries, texts.passages):
        order = generator("again", "order", len(table)).permutation(len(table)).tolist()
        fresh = [f"{NEW}{len(names) + at}" for at in range(len(order))]
        names |= dict(zip(fresh, (table.ids[row] for row in order), strict=True))
        tables.append(
            TextTable(
                ids=tuple(fresh),
                languages=tuple(table.languages[row] for row in order),
                texts=tuple(table.texts[row] for row in order),
            )
        )
    return EvaluationTexts(queries=tables[0], passages=tables[1]), names


def _admitted(store: Store, key: str, judgements: Judgements, names: Mapping[str, str]) -> np.ndarray:
    """Return a cell's vectors as the court would take them, queries above passages; ids by their first names."""
    folder = store.find(key)
    if folder is None:
        msg = f"{key}: expected a finished cell, found none"
        raise ValueError(msg)
    found = read_vectors(folder)
    first = LabVectors(
        tuple(names.get(name, name) for name in found.query_ids),
        found.queries,
        tuple(names.get(name, name) for name in found.passage_ids),
        found.passages,
    )
    admitted = admit(first, judgements)
    return np.concatenate([admitted.queries, admitted.passages])


def _distance(first: np.ndarray, other: np.ndarray) -> float:
    if first.shape != other.shape:
        return FARTHEST
    return float(np.abs(first - other).max())
