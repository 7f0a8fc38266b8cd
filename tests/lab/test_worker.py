"""Oracle: the real worker process, given real and broken orders over its pipes."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tiny_texts import evaluation_texts, parallel_texts, pretrain_cell, settings

from harness.lab import cell
from harness.lab.encoder import write
from harness.lab.worker import LOG_SUFFIX
from harness.records.cells import CellOrder, PretrainCell, TrainCell
from harness.records.record import Record
from harness.records.training import arm

PATIENCE = 60


class Worker:
    """Speaks the worker's two pipes."""

    def __init__(self, program: str = "from harness.lab import worker; worker.main()") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,  # what is read ahead would hide from select
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.orders, self.answers = self.process.stdin, self.process.stdout
        self.unread = b""

    def send(self, *lines: str) -> None:
        self.orders.write("".join(line + "\n" for line in lines).encode())

    def hear(self) -> dict[str, Any]:
        while b"\n" not in self.unread:
            ready, _, _ = select.select([self.answers], [], [], PATIENCE)
            assert ready, "the worker gave no answer"
            read = self.answers.read(1 << 16)
            assert read, "the worker ended"
            self.unread += read
        told, _, self.unread = self.unread.partition(b"\n")
        answer = json.loads(told)
        assert set(answer) == {"ok", "timeout", "error", "seconds"}
        return dict(answer)

    def ask(self, line: str) -> dict[str, Any]:
        self.send(line)
        return self.hear()

    def end(self) -> int:
        """Close its input and return its exit status; nothing may be left unsaid."""
        self.orders.close()
        status = self.process.wait(PATIENCE)
        assert self.unread + self.answers.read() == b""
        self.answers.close()
        return status


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    one = Worker()
    yield one
    if one.process.poll() is None:  # the last test ends it; another may have been chosen alone
        assert one.end() == 0


def line(folder: Path, work: PretrainCell | TrainCell, seconds: int = 60, texts: Record | None = None) -> str:
    (folder / "texts.json").write_text(json.dumps((texts or parallel_texts()).plain()), encoding="utf-8")
    order = CellOrder(
        label="a cell of a test",
        work=work,
        texts=str(folder / "texts.json"),
        encoder=None,
        out=str(folder / "out"),
        seconds=seconds,
    )
    return json.dumps(order.plain())


def children_of(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()


def is_running(process: str) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0] not in "ZX"
    except FileNotFoundError:
        return False


def log(folder: Path) -> str:
    return (folder / f"out{LOG_SUFFIX}").read_text(encoding="utf-8")


def test_itself_a_cell_is_what_it_would_be_in_this_process(tmp_path: Path, worker: Worker) -> None:
    answer = worker.ask(line(tmp_path, pretrain_cell()))
    assert answer | {"seconds": 0} == {"ok": True, "timeout": False, "error": "", "seconds": 0}
    assert answer["seconds"] > 0
    write(cell.pretrain(pretrain_cell(), parallel_texts(), tmp_path), tmp_path / "here")
    found, here = (
        {path.name: path.read_bytes() for path in (tmp_path / side).rglob("*.*") if path.is_file()}
        for side in ("out", "here")
    )
    assert found == here


def test_exact_a_failing_cell_is_told_in_one_line_and_the_next_is_served(tmp_path: Path, worker: Worker) -> None:
    failing = line(tmp_path, pretrain_cell(), texts=evaluation_texts())
    answer = worker.ask(failing)
    assert not answer["ok"]
    assert not answer["timeout"]
    assert answer["error"].startswith("ValidationError: ")
    assert "ParallelTexts kind Input should be 'parallel'" in answer["error"]
    assert "Traceback" in log(tmp_path)
    assert worker.ask(line(tmp_path, pretrain_cell(dose=0)))["ok"]


def test_exact_no_encoder_and_rows_too_few(tmp_path: Path, worker: Worker) -> None:
    lacking = TrainCell(base=pretrain_cell(), arm=arm("hybrid"), settings=settings(), seed=1, texts="pairs")
    error = worker.ask(line(tmp_path, lacking))["error"]
    assert error == "ValueError: a cell of a test: expected an encoder to start from, found none"
    error = worker.ask(line(tmp_path, pretrain_cell(batch=11)))["error"]
    assert error == "ValueError: expected 11 facts in two languages to fill a cross-lingual batch, found 10"


def test_exact_time_up_kills_and_the_next_is_served(tmp_path: Path, worker: Worker) -> None:
    answer = worker.ask(line(tmp_path, pretrain_cell(dose=10**6), seconds=2))
    assert answer["timeout"]
    assert not answer["ok"]
    assert answer["error"].startswith("killed after 2 s; its last words: ")
    assert 2 <= answer["seconds"] < 20
    assert worker.ask(line(tmp_path, pretrain_cell(dose=0)))["ok"]
    assert children_of(worker.process.pid) == []


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"label": "x"}', "null"])
def test_degenerate_a_line_that_is_no_order(tmp_path: Path, worker: Worker, broken: str) -> None:
    answer = worker.ask(broken)
    assert not answer["ok"]
    assert answer["error"].startswith("expected an order as JSON, found another line: ValidationError: ")
    assert worker.ask(line(tmp_path, pretrain_cell(dose=0)))["ok"]


def test_degenerate_nowhere_to_write(tmp_path: Path, worker: Worker) -> None:
    order = json.loads(line(tmp_path, pretrain_cell())) | {"out": str(tmp_path / "none" / "out")}
    answer = worker.ask(json.dumps(order))
    assert not answer["ok"]
    assert answer["error"].startswith("expected a folder to write into: FileNotFoundError: ")


def test_exact_several_orders_at_once_are_answered_in_order(tmp_path: Path, worker: Worker) -> None:
    worker.send("{", line(tmp_path, pretrain_cell(dose=0)), "[]")
    assert [worker.hear()["ok"] for _ in range(3)] == [False, True, False]


HOSTILE = """
import os, signal, sys
from harness.lab import cell, worker


def run(order):
    os.write(1, b'{"ok": true}\\n')
    print('{"ok": true}')
    print('{"ok": true}', file=sys.stderr)
    for descriptor in range(3, 64):
        try:
            if os.readlink(f'/proc/self/fd/{descriptor}') == PIPE:
                os.write(descriptor, b'{"ok": true}\\n')
        except OSError:
            pass
    assert sys.stdin.buffer.raw.read(1) in (b'', None)
    assert os.read(0, 1) == b''
    if order.label == 'killed':
        os.kill(os.getpid(), signal.SIGSEGV)
    if order.label == 'exits':
        os._exit(0) if order.seconds == 61 else sys.exit(3)
    if order.label == 'threads':
        import torch
        assert torch.get_num_threads() == 1
    if order.label == 'surrogate':
        raise ValueError('two\\nlines \\ud800' + 'x' * 5000)


PIPE = os.readlink('/proc/self/fd/1')
cell.run = run
worker.main()
"""


def test_exact_nothing_that_a_cell_does_passes_for_an_answer(tmp_path: Path) -> None:
    """A worker whose cells print, write to every pipe, read, exit and crash; the real parts around them."""
    worker = Worker(HOSTILE)

    def labelled(label: str, seconds: int = 60) -> str:
        return json.dumps(json.loads(line(tmp_path, pretrain_cell(), seconds)) | {"label": label})

    worker.send(labelled("quiet"), labelled("killed"), labelled("exits"), labelled("surrogate"), labelled("threads"))
    answers = [worker.hear() for _ in range(5)]
    assert [answer["ok"] for answer in answers] == [True, False, False, False, True]
    assert answers[1]["error"].startswith("ended by SIGSEGV; its last words: ")
    assert answers[2]["error"] == "SystemExit: 3"
    assert answers[3]["error"].startswith("ValueError: two lines ")
    assert len(answers[3]["error"]) <= 2000
    assert log(tmp_path).count('{"ok": true}') == 3
    assert worker.end() == 0


DAEMON = """
import os, time
from pathlib import Path
from harness.lab import cell, worker
def run(order):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            Path(order.out).with_name("daemon").write_text(str(os.getpid()))
            time.sleep(600)
        os._exit(0)
    while not Path(order.out).with_name("daemon").exists():
        time.sleep(0.001)
cell.run = run
worker.main()
"""


def test_exact_what_a_cell_leaves_behind_is_gone_before_the_answer(tmp_path: Path) -> None:
    worker = Worker(DAEMON)
    assert worker.ask(line(tmp_path, pretrain_cell()))["ok"]
    assert not is_running((tmp_path / "daemon").read_text(encoding="utf-8"))
    assert worker.end() == 0


def test_exact_the_workers_session_ends_its_child(tmp_path: Path, worker: Worker) -> None:
    """As the engine ends it: the whole session is killed, a cell in progress with it."""
    worker.send(line(tmp_path, pretrain_cell(dose=10**6), 600))
    deadline = time.monotonic() + PATIENCE
    while not (children := children_of(worker.process.pid)) and time.monotonic() < deadline:
        pass  # the cell is about to be forked
    (child,) = children
    while str(Path(f"/proc/{child}/fd/0").readlink()) != os.devnull and time.monotonic() < deadline:
        pass  # it is about to start on the cell
    os.killpg(worker.process.pid, signal.SIGKILL)
    while is_running(child) and time.monotonic() < deadline:
        pass
    assert not is_running(child)
    assert worker.end() == -signal.SIGKILL
