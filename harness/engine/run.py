"""One run over cells: every cell once, parents before children, each result kept at once.

An interrupted run loses only what was under way. A failed cell fails those that start from it
and no others. Results do not depend on the number of workers, which share nothing.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.engine.processes import interrupted_once
from harness.errors import CellError, EntryDamaged, HarnessError
from harness.records.lacking import lacking

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from harness.engine.crew import Crew
    from harness.engine.worker import Worker
    from harness.records.cells import Cell
    from harness.store import Store


@dataclass(frozen=True, slots=True)
class Progress:
    """What the engine tells while it works: `done` of `total` cells to compute; `event` names the last."""

    done: int
    total: int
    event: str


@dataclass(frozen=True, slots=True)
class Ran:
    """The end of a run: errors by cell key, seconds by key of cells computed now, what was set aside."""

    failed: Mapping[str, CellError]
    seconds: Mapping[str, float]
    set_aside: tuple[str, ...]


class Engine:
    """Runs cells with the processes of `crew` and keeps their results in `store`."""

    def __init__(self, store: Store, crew: Crew, seconds: int) -> None:
        """Give each cell `seconds` before it is killed."""
        self.store = store
        self.crew = crew
        self.seconds = seconds

    def run(
        self,
        cells: Sequence[Cell],
        texts: Mapping[str, Path],
        tell: Callable[[Progress], None],
        also: Collection[str] = (),
    ) -> Ran:
        """Make what the store lacks of the ends among `cells`, and of those in `also`, by key.

        A cell that another starts from is looked at only when the other has to be made. `texts`
        maps a text's sha256 to its file. `tell` is called from this thread; what it raises ends
        the run.
        """
        set_aside: list[str] = []

        def kept(keys: Sequence[str]) -> dict[str, bool]:
            with ThreadPoolExecutor(self.crew.size) as pool:  # every byte is hashed, and hashing waits for nobody
                return dict(zip(keys, pool.map(lambda key: self._kept(key, set_aside), keys), strict=True))

        wanted = lacking(cells, also, kept)
        if not wanted:
            return Ran({}, {}, tuple(set_aside))
        order = _Order(wanted)
        _Run(self, order, texts).finish(tell)
        return Ran(order.failed, order.seconds, tuple(set_aside))

    def _kept(self, key: str, set_aside: list[str]) -> bool:
        """Tell whether a result is there and whole; move a damaged one out of the way and name it."""
        try:
            return self.store.find(key) is not None
        except EntryDamaged as error:
            set_aside.append(f"{error}; moved to {self.store.set_aside(key)}, to be made again")
            return False


class _Order:
    """Which cell comes next: one whose parent is done. Used by several threads.

    What has just become possible comes first, so that each encoder is trained and encoded with
    before the next base is begun: the pace of a run is then much the same from start to end.
    """

    def __init__(self, cells: Mapping[str, Cell]) -> None:
        self.total = len(cells)
        self.failed: dict[str, CellError] = {}
        self.seconds: dict[str, float] = {}
        self.told: queue.SimpleQueue[Progress | BaseException | None] = queue.SimpleQueue()
        self._waiting: dict[str, list[Cell]] = {}
        self._ready: queue.LifoQueue[Cell | None] = queue.LifoQueue()
        self._lock = threading.RLock()
        self._ended = threading.Event()
        for cell in reversed(list(cells.values())):
            parent = cell.parent
            if parent is not None and parent.key in cells:
                self._waiting.setdefault(parent.key, []).append(cell)
            else:
                self._ready.put(cell)

    def next(self) -> Cell | None:
        """Wait for a cell to make; None when there will be no other."""
        cell = self._ready.get()
        if cell is None or self._ended.is_set():
            self._ready.put(None)  # for the next thread that asks
            return None
        return cell

    def end(self) -> None:
        """Hand out no more cells, and settle none."""
        self._ended.set()
        self._ready.put(None)

    def settle(self, cell: Cell, result: float | CellError) -> None:
        """Record an end; release the cells that waited for it, or fail them too."""
        with self._lock:
            if self._ended.is_set() and isinstance(result, CellError):
                return  # the end of the run is no fault of the cell
            if isinstance(result, CellError):
                self.failed[cell.key] = result
            else:
                self.seconds[cell.key] = result
            done = len(self.failed) + len(self.seconds)
            self.told.put(Progress(done, self.total, cell.label))
            for child in self._waiting.pop(cell.key, []):
                if isinstance(result, CellError):
                    self.settle(child, type(result)(child.label, f"its parent failed: {result}"))
                else:
                    self._ready.put(child)
            if done == self.total:
                self.told.put(None)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run's threads: each has a worker and takes the next cell."""

    engine: Engine
    order: _Order
    texts: Mapping[str, Path]

    def finish(self, tell: Callable[[Progress], None]) -> None:
        """Work until every cell is done or failed; where it breaks off, end the processes that are at work."""
        with interrupted_once():
            workers = self.engine.crew.workers(self.order.total)
            threads = [threading.Thread(target=self._serve, args=(worker,), daemon=True) for worker in workers]
            whole = False
            try:
                for thread in threads:
                    thread.start()
                while (told := self.order.told.get()) is not None:
                    if isinstance(told, BaseException):
                        raise told
                    tell(told)
                whole = True
            finally:
                self.order.end()
                if not whole:
                    self.engine.crew.close()
                for thread in threads:
                    if thread.ident is not None:
                        thread.join()

    def _serve(self, worker: Worker) -> None:
        try:
            while (cell := self.order.next()) is not None:
                self.order.settle(cell, self._result(worker, cell))
        except BaseException as error:  # noqa: BLE001 - the controlling thread raises it
            self.order.told.put(error)

    def _result(self, worker: Worker, cell: Cell) -> float | CellError:
        """Make one cell and keep it; return the seconds it took, or why it failed."""
        store, seal = self.engine.store, self.engine.crew.enclosure.seal
        parent = cell.parent
        try:
            seconds, made = worker.carry_out(
                cell,
                self.texts[cell.work.texts],
                None if parent is None else store.place(parent.key),
                self.engine.seconds,
            )
            about = {"operation": cell.work.op, "cell": cell.label, "seconds": f"{seconds:.3f}", "seal": seal.status}
            if not made.is_dir() or made.is_symlink():
                return CellError(cell.label, "expected a folder of results, found none")
            store.put(cell.key, made, about)
        except CellError as error:
            return error
        except (HarnessError, OSError) as error:
            return CellError(cell.label, f"it could not be made and kept: {error}")
        return seconds
