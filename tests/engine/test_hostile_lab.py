"""Oracle: each program of fixtures/hostile/lab says what must become of the cell it stands in for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cells import RECIPE, TEXTS, engaged, made, texts
from hostile_host import DYING_SECONDS, Hostile, left, planted, read_hostile

from harness.court.admit import admit
from harness.court.hearing import read_vectors
from harness.court.sandbox import Enclosure
from harness.court.walls import Launch, Walls, write_view
from harness.engine.worker import Worker
from harness.errors import AdmissionRefused, CellTimeout
from harness.records.cells import PretrainCell
from harness.records.judgements import Judgements
from harness.store import Store

if TYPE_CHECKING:
    from harness.records.cells import Cell

FOLDER = Path(__file__).resolve().parents[2] / "fixtures/hostile/lab"
HOSTILE = {path.stem: read_hostile(path) for path in sorted(FOLDER.glob("*.py"))}
SERVE = """

if __name__ == "__main__":
    import json as _json
    import sys as _sys

    for _line in _sys.stdin:
        _told = {"ok": True, "timeout": False, "error": "", "seconds": 0.1}
        try:
            _told = carry_out(_json.loads(_line)) or _told
        except OSError as _error:
            _told |= {"ok": False, "error": str(_error)}
        print(_json.dumps(_told), flush=True)
"""
JUDGED = Judgements(
    query_ids=("q0",),
    query_languages=("de",),
    clusters=("c0",),
    relations=("r",),
    entities_seen=(True,),
    passage_ids=("p0",),
    passage_languages=("de",),
    query_rows=(0,),
    passage_rows=(0,),
    grades=(1,),
)


@dataclass(frozen=True)
class StandIn:
    """The walls of an enclosure, with another program behind them."""

    walls: Walls

    @contextmanager
    def launch(
        self,
        home: Path,
        module: Sequence[str],  # noqa: ARG002 - not this one
        limits: Mapping[str, int],
        *,
        writes: bool = True,
    ) -> Iterator[Launch]:
        with self.walls.launch(home, ("stand_in",), limits, writes=writes) as launch:
            yield launch


def standing_in(folder: Path, hostile: Hostile, told: Mapping[str, object], enclosure: Enclosure) -> Enclosure:
    view = write_view(folder / "lab")
    text = hostile.path.read_text(encoding="utf-8").replace("PLANTED = {}", f"PLANTED = {told!r}")
    (view / "stand_in.py").write_text(text + SERVE, encoding="utf-8")
    return replace(enclosure, walls=StandIn(replace(enclosure.walls, view=view)))  # type: ignore[type-var]


def cell() -> Cell:
    return made(PretrainCell(recipe=RECIPE, seed=0, texts=TEXTS), "cell")


@pytest.fixture(params=["T1", "T2", "bare"])
def where(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def walls(where: str, sealed: Enclosure, landlocked: Enclosure, bare: Enclosure) -> Enclosure:
    return {"T1": sealed, "T2": landlocked, "bare": bare}[where]


@pytest.mark.parametrize("name", [name for name, one in HOSTILE.items() if one.promise != "timeout"])
def test_exact_a_hostile_lab_gets_what_its_promise_says_and_no_more(
    tmp_path: Path, name: str, where: str, walls: Enclosure
) -> None:
    hostile = HOSTILE[name]
    given = texts(tmp_path / "texts")
    words = given[TEXTS].read_bytes()
    (tmp_path / "host").mkdir()
    with planted(tmp_path / "host") as host:
        told = {**host.planted, "token": host.mark, "folder": str(tmp_path), "carried_out": str(tmp_path / "carried")}
        enclosure = standing_in(tmp_path, hostile, told, walls)
        store = Store(tmp_path / "store")
        ran = engaged(store, 1, enclosure, [cell()], given)
        survivors = left((host.mark,), DYING_SECONDS)
    reached = bool(survivors) or given[TEXTS].read_bytes() != words
    became, said = "harmless", ""
    if ran.failed:
        became, said = "cell_error", str(ran.failed[cell().key])
    elif hostile.promise == "refused":
        with pytest.raises(AdmissionRefused) as refused:
            admit(read_vectors(store.place(cell().key)), JUDGED)
        became, said = "refused", str(refused.value)
    elif (store.place(cell().key) / "result").exists() and not name.startswith("daemon"):
        reached = True
    expected = "reached" if hostile.succeeds_in(where) else hostile.promise
    assert ("reached" if reached else became) == expected, said
    assert where != "T1" or re.search(hostile.words, said), said
    assert not (tmp_path / "carried").exists()
    assert list((tmp_path / "store/underway").glob("*/*")) == []


def test_exact_a_line_without_end_is_ended(tmp_path: Path, sealed: Enclosure) -> None:
    given = texts(tmp_path / "texts")[TEXTS]
    enclosure = standing_in(tmp_path, HOSTILE["answer_without_end"], {}, sealed)
    worker = Worker(tmp_path / "home", enclosure, grace=1.0)
    try:
        with pytest.raises(CellTimeout, match=HOSTILE["answer_without_end"].words):
            worker.carry_out(cell(), given, None, 0)
    finally:
        worker.close()
