"""Runs what the lab is asked to do, in child processes, and keeps what they finish.

    ask(script)   one process per script: what does it want?
    run(cells)    `workers` processes that each fork per cell; every cell once, parents first

The engine never imports the lab: it starts it. Finished cells enter the store at once, so an
interrupted run loses only what was under way. A failed cell fails those that start from it and
no others.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from harness.errors import CellError, CellTimeout, EntryDamaged, ScriptError, ScriptTimeout
from harness.records.plan import Asked, CellOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.records.plan import BenchView, Cell
    from harness.store import Store

THREADS = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
OUT = "out"
PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
ROOMY = {
    # a step frees and takes megabytes again; keeping them saves a tenth of a training in page faults
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_TOP_PAD_": str(1 << 26),
}
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "PYTHONHASHSEED": "0",
}


def _environment(home: Path) -> dict[str, str]:
    """Return a short environment: a child needs no secrets."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, **THREADS, **ROOMY, **OFFLINE, "HOME": str(home)}


def ask(script: Path, view: BenchView, seconds: int) -> Asked:
    """Return what one script asks for.

    Raises:
        ScriptError: it raised, asked for nothing, or asked for what it may not.
        ScriptTimeout: it took longer than `seconds`.
    """
    with tempfile.TemporaryDirectory(prefix="harness-ask-") as folder:
        out = Path(folder) / "asked.json"
        order = {"script": str(script.resolve()), "view": view.plain(), "out": str(out)}
        try:
            done = subprocess.run(
                [sys.executable, "-m", "harness.lab.ask"],
                input=json.dumps(order).encode(),
                capture_output=True,
                timeout=seconds,
                check=False,
                env=_environment(Path(folder)),
                cwd=folder,
            )
        except subprocess.TimeoutExpired:
            raise ScriptTimeout(
                f"{script}: expected an answer within {seconds} s, found none; a script only says what to run"
            ) from None
        if not out.exists():
            words = done.stderr.decode(errors="replace").strip().splitlines()
            raise ScriptError(f"{script}: its process ended with status {done.returncode}: {words[-1:] or 'no words'}")
        answer = json.loads(out.read_text(encoding="utf-8"))
    if "error" in answer:
        raise ScriptError(answer["error"])
    return Asked.model_validate_json(json.dumps(answer["asked"]))


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


class _Worker:
    """One lab process; orders go in, answers come out, one at a time."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness.lab.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(home),
            cwd=home,
            start_new_session=True,  # Ctrl-C reaches the controller alone, which then ends its workers
        )

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        if pipe is None:
            raise AssertionError
        return pipe

    def carry_out(self, order: CellOrder) -> float:
        """Return the seconds the cell took.

        Raises:
            CellError: it failed, or the worker ended.
        """
        stdin, stdout = self._pipe(self._process.stdin), self._pipe(self._process.stdout)
        try:
            stdin.write(json.dumps(order.plain()).encode() + b"\n")
            stdin.flush()
            line = stdout.readline()
        except (BrokenPipeError, ValueError):
            line = b""
        if not line:
            raise CellError(order.label, f"its worker ended with status {self._process.wait()}")
        answer = json.loads(line)
        if answer["timeout"]:
            raise CellTimeout(order.label, f"expected an end within {order.seconds} s, found none; it was killed")
        if not answer["ok"]:
            raise CellError(order.label, answer["error"])
        return float(answer["seconds"])

    def end(self) -> None:
        """Kill the worker and whatever it forked."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, 9)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


class Engine:
    """Runs cells with `workers` processes and keeps their results in `store`."""

    def __init__(self, store: Store, workers: int, seconds: int) -> None:
        """Give each cell `seconds` before it is killed."""
        self.store = store
        self.workers = workers
        self.seconds = seconds
        self._set_aside: list[str] = []

    def kept(self, cell: Cell) -> Path | None:
        """Return the verified result of a cell, or None; a damaged one is set aside and named."""
        try:
            return self.store.find(cell.key)
        except EntryDamaged as error:
            self._set_aside.append(f"{error}; moved to {self.store.set_aside(cell.key)}, to be made again")
            return None

    def run(self, cells: Sequence[Cell], texts: Mapping[str, Path], tell: Callable[[Progress], None]) -> Ran:
        """Make every cell that the store lacks; `cells` names parents before children.

        `texts` maps a text's sha256 to its file.
        """
        lacking = [cell for cell in cells if self.kept(cell) is None]
        if not lacking:
            return Ran({}, {}, tuple(self._set_aside))
        return _Run(self, lacking, texts, tell).finish()


class _Run:
    """One run's threads: each owns a worker and takes the next cell whose parent is done."""

    def __init__(
        self, engine: Engine, cells: Sequence[Cell], texts: Mapping[str, Path], tell: Callable[[Progress], None]
    ) -> None:
        self.engine, self.texts, self.tell = engine, texts, tell
        self.total = len(cells)
        self.waiting: dict[str, list[Cell]] = {}
        self.ready: queue.SimpleQueue[Cell | None] = queue.SimpleQueue()
        self.failed: dict[str, CellError] = {}
        self.seconds: dict[str, float] = {}
        self.ended = threading.Event()
        self.told: queue.SimpleQueue[Progress | BaseException | None] = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.done = 0
        keys = {cell.key for cell in cells}
        for cell in cells:
            parent = cell.parent
            if parent is not None and parent.key in keys:
                self.waiting.setdefault(parent.key, []).append(cell)
            else:
                self.ready.put(cell)

    def finish(self) -> Ran:
        """Work until every cell is done or failed."""
        count = min(self.engine.workers, self.total)
        with tempfile.TemporaryDirectory(prefix="harness-lab-") as home:
            workers = [_Worker(Path(home)) for _ in range(count)]
            threads = [threading.Thread(target=self._serve, args=(worker,), daemon=True) for worker in workers]
            try:
                for thread in threads:
                    thread.start()
                while (told := self.told.get()) is not None:
                    if isinstance(told, BaseException):
                        raise told
                    self.tell(told)
            finally:
                self.ended.set()
                for worker in workers:
                    worker.end()
                for _ in threads:
                    self.ready.put(None)
                for thread in threads:
                    thread.join()
        return Ran(self.failed, self.seconds, tuple(self.engine._set_aside))  # noqa: SLF001 - one file, one story

    def _serve(self, worker: _Worker) -> None:
        try:
            while (cell := self.ready.get()) is not None and not self.ended.is_set():
                self._one(worker, cell)
        except BaseException as error:  # noqa: BLE001 - the controlling thread raises it
            self.told.put(error)

    def _one(self, worker: _Worker, cell: Cell) -> None:
        folder = self.engine.store.underway()
        parent = cell.parent
        order = CellOrder(
            label=cell.label,
            work=cell.work,
            texts=str(self.texts[cell.work.texts]),
            encoder=None if parent is None else str(self.engine.store.place(parent.key)),
            out=str(folder / OUT),
            seconds=self.engine.seconds,
        )
        try:
            seconds = worker.carry_out(order)
        except CellError as error:
            shutil.rmtree(folder, ignore_errors=True)
            if not self.ended.is_set():
                self._settle(cell, error)
            return
        self.engine.store.put(
            cell.key, folder / OUT, {"operation": cell.work.op, "cell": cell.label, "seconds": f"{seconds:.3f}"}
        )
        shutil.rmtree(folder)
        self._settle(cell, seconds)

    def _settle(self, cell: Cell, result: float | CellError) -> None:
        """Record an end, release the cells that waited for it, or fail them too."""
        with self.lock:
            self.done += 1
            if isinstance(result, CellError):
                self.failed[cell.key] = result
            else:
                self.seconds[cell.key] = result
            self.told.put(Progress(self.done, self.total, cell.label))
            after = self.waiting.pop(cell.key, [])
        for child in after:
            if isinstance(result, CellError):
                self._settle(child, type(result)(child.label, f"its parent failed: {result}"))
            else:
                self.ready.put(child)
        with self.lock:
            if self.done == self.total:
                self.told.put(None)
