"""The lab processes of one occasion: started when a run first needs them, kept for the next, ended together.

Starting one costs seconds, most of what a small run takes, and an occasion has several runs: the
plan's cells, then those that company and the red team want, in stores of their own. A process keeps
nothing from one cell to the next that a cell could find (`harness.engine.worker`).

All processes are started by one thread that lives as long as the crew does: behind bubblewrap a child
dies with its parent, and to Linux the parent is the thread that started it, which would end with a run.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

from harness.engine.processes import interrupted_once, start
from harness.engine.worker import Worker

if TYPE_CHECKING:
    from harness.court.sandbox import Enclosure
    from harness.engine.processes import Child
    from harness.store import Store


class Crew:
    """At most `size` lab processes in `enclosure`; their homes lie in `store`, beside its entries.

    There, inputs and results change hands without being copied.
    """

    def __init__(self, store: Store, size: int, enclosure: Enclosure) -> None:
        """Start nothing yet."""
        self.size, self.enclosure = size, enclosure
        self._store = store
        self._workers: list[Worker] = []
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="starter")

    def workers(self, wanted: int) -> list[Worker]:
        """Return as many workers as are wanted, `size` at most; the same ones first."""
        count = min(wanted, self.size)
        while len(self._workers) < count:
            self._workers.append(Worker(self._store.underway(), self.enclosure, begin=self._begin))
        return self._workers[:count]

    def _begin(self, *given: Any) -> Child:
        return self._starter.submit(start, *given).result()

    def close(self) -> None:
        """End all processes and whatever they started; start no other."""
        for worker in self._workers:
            worker.close()
        self._starter.shutdown()

    def __enter__(self) -> Self:
        """Return the crew."""
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever happened, leave no process and no home behind."""
        with interrupted_once():
            self.close()
            for worker in self._workers:
                shutil.rmtree(worker.home, ignore_errors=True)
