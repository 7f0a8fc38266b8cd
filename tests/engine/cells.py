"""Cells and texts for tests of the engine."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.codec import sha256
from harness.court.sandbox import Enclosure
from harness.court.walls import Launch, make_home
from harness.engine import Crew, Engine, Progress, Ran
from harness.records.cells import Cell, EncodeCell, PretrainCell, TrainCell
from harness.records.training import Recipe, Settings, arm
from harness.records.verdict import Seal
from harness.store import Store

FAKE_LAB = (sys.executable, str(Path(__file__).with_name("fake_lab.py")))
WORDS = b"some texts"
TEXTS = sha256(WORDS)
RECIPE = Recipe(
    buckets=8, width=4, dimensions=4, shortest=2, longest=2, dose=0, batch=2, learning_rate=0.1, temperature=0.1
)
SETTINGS = Settings(steps=1, batch=2, learning_rate=0.1, weight_decay=0.0, temperature=0.1)


Work = PretrainCell | TrainCell | EncodeCell


def made(work: Work, label: str) -> Cell:
    return Cell(work=work, label=label, source="0" * 64, versions={}, seal="SEALED")


def chain(seed: int, *labels: str) -> list[Cell]:
    """Return a base, a training and an encoding with these labels; fewer labels, fewer cells."""
    base = PretrainCell(recipe=RECIPE, seed=seed, texts=TEXTS)
    train = TrainCell(base=base, arm=arm("hybrid"), settings=SETTINGS, seed=seed, texts=TEXTS)
    works: tuple[Work, ...] = (base, train, EncodeCell(encoder=train, texts=TEXTS))
    return [made(work, label) for work, label in zip(works, labels, strict=False)]


def texts(folder: Path) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    (folder / "texts").write_bytes(WORDS)
    return {TEXTS: folder / "texts"}


def quiet(_: Progress) -> None:
    """Tell nobody."""


def engaged(
    store: Store,
    workers: int,
    enclosure: Enclosure,
    cells: Sequence[Cell],
    given: Mapping[str, Path],
    *,
    tell: Callable[[Progress], None] = quiet,
    also: Collection[str] = (),
) -> Ran:
    """Make cells with a crew that is there for this run alone."""
    with Crew(store, workers, enclosure) as crew:
        return Engine(store, crew, 60).run(cells, given, tell, also)


def noted(folder: Path) -> list[int]:
    """Return the numbers of all lab processes that worked on the texts in `folder`."""
    path = folder / "pids"
    return [int(line) for line in path.read_text(encoding="utf-8").split()] if path.exists() else []


def running(process: int) -> bool:
    """Tell whether a process still runs; a dead one that nobody waited for has no environment left."""
    try:
        return Path(f"/proc/{process}/environ").read_bytes() != b""
    except (ProcessLookupError, FileNotFoundError):
        return False


@dataclass(frozen=True)
class Commanded:
    """No walls and another program than the lab's; it finds its home in its environment, as all do."""

    command: Sequence[str]
    notes: Path

    @contextmanager
    def launch(  # what it is asked to start it does not
        self,
        home: Path,
        module: Sequence[str],  # noqa: ARG002
        limits: Mapping[str, int],  # noqa: ARG002
        *,
        writes: bool = True,  # noqa: ARG002
    ) -> Iterator[Launch]:
        make_home(home)
        found = {**os.environ, "HOME": str(home / "out"), "NOTES": str(self.notes)}
        yield Launch(tuple(self.command), found, (), str(home / "in"), str(home / "out"))


def commanded(command: Sequence[str], notes: Path = Path("nowhere")) -> Enclosure:
    """Return an enclosure of `command`, which may write notes for a test into a folder."""
    return Enclosure(Commanded(command, notes), Seal(tier="T5", status="UNSEALED", self_test={}), {})
