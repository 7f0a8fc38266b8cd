from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cells import FAKE_LAB, RECIPE, TEXTS, chain, commanded, engaged, made, noted, quiet, running, texts

from harness.codec import canonical, sha256
from harness.court.sandbox import Enclosure
from harness.data import catalogue
from harness.engine import Crew, Engine, Progress, Ran
from harness.engine.worker import Worker
from harness.errors import CellError, CellTimeout
from harness.records.cells import Cell, EncodeCell, PretrainCell, TrainCell
from harness.records.scope import DataBinding
from harness.records.training import Recipe, Settings, arm
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTROLLER = """
import sys
from pathlib import Path
from cells import FAKE_LAB, chain, commanded, texts
from harness.engine import Crew, Engine
from harness.store import Store
cells = [cell for seed in range(4) for cell in chain(seed, "base", "train", "hangs" if seed > 1 else "encode")]
root = Path(sys.argv[1])
store = Store(root / "store")
with Crew(store, 2, commanded(FAKE_LAB, root / "texts")) as crew:
    Engine(store, crew, 60).run(cells, texts(root / "texts"), lambda told: print(told.done, flush=True))
"""


def run(tmp_path: Path, cells: Sequence[Cell], workers: int = 1) -> tuple[Store, Ran]:
    store = Store(tmp_path / "store")
    return store, engaged(store, workers, commanded(FAKE_LAB, tmp_path / "texts"), cells, texts(tmp_path / "texts"))


def contents(store: Store, cells: Sequence[Cell]) -> dict[str, bytes]:
    """Return every result's bytes by cell; raises where one is missing or damaged."""
    found: dict[str, bytes] = {}
    for cell in cells:
        place = store.find(cell.key)
        assert place is not None, cell.label
        found |= {
            f"{cell.key}/{path.name}": path.read_bytes()
            for path in place.rglob("*")
            if path.is_file() and path.name != "manifest.json"
        }
    return found


def test_exact_parents_come_before_children_in_whatever_order_they_are_named(tmp_path: Path) -> None:
    cells = [cell for seed in range(3) for cell in chain(seed, "base", "train", "encode")]
    told: list[Progress] = []
    store = Store(tmp_path / "store")
    given = texts(tmp_path / "texts")
    ran = engaged(
        store, 2, commanded(FAKE_LAB, tmp_path / "texts"), [*reversed(cells), *cells], given, tell=told.append
    )
    assert ran.failed == {}
    assert ran.seconds == dict.fromkeys([cell.key for cell in cells], 0.5)
    assert [progress.done for progress in told] == list(range(1, 10)), "each cell once"
    assert {progress.total for progress in told} == {9}
    assert len(contents(store, cells)) == 9


def test_itself_results_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    cells = [cell for seed in range(4) for cell in chain(seed, "base", "train", "encode")]
    alone, _ = run(tmp_path / "a", cells, 1)
    together, _ = run(tmp_path / "b", cells, 3)
    assert contents(alone, cells) == contents(together, cells)
    assert len(set(noted(tmp_path / "a" / "texts"))) == 1


def test_exact_what_is_kept_is_not_made_again(tmp_path: Path) -> None:
    cells = chain(0, "base", "train", "encode")
    store, first = run(tmp_path, cells)
    again = engaged(store, 2, commanded(("no-such-command",)), cells, {})
    assert set(first.seconds) == {cell.key for cell in cells}
    assert again == Ran({}, {}, ())


def test_exact_a_failed_cell_fails_what_starts_from_it_and_nothing_else(tmp_path: Path) -> None:
    bad, good = chain(0, "bad base", "bad fails", "bad encode"), chain(1, "base", "train", "encode")
    store, ran = run(tmp_path, [*bad, *good])
    assert set(ran.failed) == {bad[1].key, bad[2].key}
    assert str(ran.failed[bad[1].key]) == "bad fails: RuntimeError: as asked"
    assert str(ran.failed[bad[2].key]) == "bad encode: its parent failed: bad fails: RuntimeError: as asked"
    assert len(contents(store, [bad[0], *good])) == 4
    assert store.find(bad[1].key) is None


def test_exact_several_cells_may_start_from_one(tmp_path: Path) -> None:
    base, train = chain(0, "base", "train")
    assert isinstance(train.work, TrainCell)
    others = [
        made(train.work.model_copy(update={"arm": arm(label)}), label) for label in ("x-y", "x-x-mono", "hybrid@0.4")
    ]
    store, ran = run(tmp_path / "good", [base, train, *others], 2)
    assert len(contents(store, [base, train, *others])) == 5
    _, ran = run(tmp_path / "bad", [made(base.work, "fails"), train, *others], 2)
    assert len(ran.failed) == 5


def test_exact_deaths_between_good_cells_do_not_add_up(tmp_path: Path) -> None:
    cells = [chain(seed, "base" if seed % 2 else "dies")[0] for seed in range(10)]
    _, ran = run(tmp_path, cells)
    assert set(ran.seconds) == {cell.key for cell in cells[1::2]}


def test_exact_a_timeout_is_one_for_the_children_too(tmp_path: Path) -> None:
    cells = chain(0, "base", "late", "encode")
    _, ran = run(tmp_path, cells)
    assert {type(error) for error in ran.failed.values()} == {CellTimeout}
    assert "expected an end within 60 s" in str(ran.failed[cells[1].key])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("dies", "its process ended with status -9"),
        ("nonsense", "its process ended with status -9"),
        ("nothing", "expected a folder of results"),
        ("link", "expected a plain file"),
    ],
)
def test_exact_a_lab_that_does_wrong_costs_one_cell(tmp_path: Path, wrong: str, said: str) -> None:
    """The worker that died has a successor, and what it left behind is gone."""
    cells = [*chain(0, f"daemon {wrong}"), *(cell for seed in range(1, 4) for cell in chain(seed, "base", "train"))]
    store, ran = run(tmp_path, cells)
    assert set(ran.failed) == {cells[0].key}
    assert said in str(ran.failed[cells[0].key])
    assert len(contents(store, cells[1:])) == 6
    assert not any(running(process) for process in noted(tmp_path / "texts"))
    assert list((tmp_path / "store" / "underway").glob("*/*")) == []


def test_exact_a_lab_that_never_starts_is_tried_three_times(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    code = f"open({str(starts)!r}, 'a').write('x'); raise SystemExit('no torch here')"
    cells = [chain(seed, "base")[0] for seed in range(8)]
    enclosure = commanded((sys.executable, "-c", code))
    ran = engaged(Store(tmp_path / "store"), 1, enclosure, cells, texts(tmp_path / "texts"))
    assert set(ran.failed) == {cell.key for cell in cells}
    assert all("no torch here" in str(error) for error in ran.failed.values())
    assert starts.read_text() == "xxx"


def test_exact_a_command_that_is_none_fails_every_cell(tmp_path: Path) -> None:
    cells = chain(0, "base", "train")
    ran = engaged(Store(tmp_path / "store"), 2, commanded(("no-such-command",)), cells, texts(tmp_path / "texts"))
    assert len(ran.failed) == 2
    assert "no-such-command" in str(ran.failed[cells[0].key])


def test_exact_a_lab_that_hangs_is_killed_and_succeeded(tmp_path: Path) -> None:
    given = texts(tmp_path)[TEXTS]
    worker = Worker(tmp_path / "home", commanded(FAKE_LAB, tmp_path), grace=0.5)
    hanging, well = chain(0, "daemon hangs")[0], chain(0, "well")[0]
    try:
        with pytest.raises(CellTimeout, match="expected an answer within 0 s"):
            worker.carry_out(hanging, given, None, 0)
        assert not any(running(process) for process in noted(tmp_path))
        seconds, made = worker.carry_out(well, given, None, 60)
        assert (seconds, [path.name for path in made.iterdir()]) == (0.5, ["result"])
    finally:
        worker.close()
    with pytest.raises(CellError, match="the run was ended"):
        worker.carry_out(well, given, None, 60)
    assert not any(running(process) for process in noted(tmp_path))


def test_exact_a_damaged_result_is_named_set_aside_and_made_again(tmp_path: Path) -> None:
    cells = chain(0, "base", "train", "encode")
    store, _ = run(tmp_path, cells)
    whole = contents(store, cells)
    for cell in cells[1:]:
        (store.place(cell.key) / "result").write_bytes(b"something else")
    ran = engaged(store, 1, commanded(FAKE_LAB, tmp_path / "texts"), cells, texts(tmp_path / "texts"))
    assert set(ran.seconds) == {cell.key for cell in cells[1:]}
    assert all(
        f"{cell.key}.0, to be made again" in words for cell, words in zip(cells[:0:-1], ran.set_aside, strict=True)
    )
    assert contents(store, cells) == whole


def test_exact_what_nobody_reads_is_not_looked_at_unless_it_is_named(tmp_path: Path) -> None:
    cells = chain(0, "base", "train", "encode")
    store, _ = run(tmp_path, cells)
    shutil.rmtree(store.place(cells[1].key))
    nothing = engaged(store, 1, commanded(("no-such-command",)), cells, {})
    assert nothing == Ran({}, {}, ())
    given, also = texts(tmp_path / "texts"), {cells[1].key}
    named = engaged(store, 1, commanded(FAKE_LAB, tmp_path / "texts"), cells, given, also=also)
    assert set(named.seconds) == {cells[1].key}


def test_exact_a_store_that_cannot_be_written_fails_cells_in_words(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    (tmp_path / "store" / "entries").rmdir()
    (tmp_path / "store" / "entries").write_bytes(b"")
    cells = chain(0, "base", "train")
    ran = engaged(store, 1, commanded(FAKE_LAB, tmp_path / "texts"), cells, texts(tmp_path / "texts"))
    assert set(ran.failed) == {cell.key for cell in cells}
    assert "could not be made and kept" in str(ran.failed[cells[0].key])


class Enough(Exception):
    """Raised by a listener."""


def test_exact_what_the_listener_raises_ends_the_run_and_keeps_what_is_done(tmp_path: Path) -> None:
    cells = [*chain(0, "base", "train", "encode"), *chain(1, "hangs")]

    def listen(told: Progress) -> None:
        if told.done == 3:
            raise Enough

    store = Store(tmp_path / "store")
    with pytest.raises(Enough):
        engaged(store, 2, commanded(FAKE_LAB, tmp_path / "texts"), cells, texts(tmp_path / "texts"), tell=listen)
    assert len(contents(store, cells[:3])) == 3
    assert not any(running(process) for process in noted(tmp_path / "texts"))


def test_exact_a_crew_serves_one_store_after_another_with_the_processes_it_has(tmp_path: Path) -> None:
    given, cells = texts(tmp_path / "texts"), chain(0, "base", "train", "encode")
    stores = [Store(tmp_path / name) for name in ("first", "second")]
    with Crew(stores[0], 1, commanded(FAKE_LAB, tmp_path / "texts")) as crew:
        for store in stores:
            assert Engine(store, crew, 60).run(cells, given, quiet).failed == {}
        (process,) = set(noted(tmp_path / "texts"))
        assert running(process)
        homes = [worker.home for worker in crew.workers(1)]
    assert contents(stores[0], cells) == contents(stores[1], cells)
    assert not running(process)
    assert not any(home.exists() for home in homes)


def test_exact_an_order_finds_its_own_texts_and_no_earlier_ones(tmp_path: Path) -> None:
    first, second = b"of training", b"of evaluation"
    given = {}
    for words in (first, second):
        given[sha256(words)] = tmp_path / sha256(words)
        given[sha256(words)].write_bytes(words)
    worker = Worker(tmp_path / "home", commanded(FAKE_LAB, tmp_path))
    try:
        for name, path in given.items():
            base = PretrainCell(recipe=RECIPE, seed=0, texts=name)
            worker.carry_out(made(base, "base"), path, None, 60)
            assert [one.stem for one in (tmp_path / "home" / "in").iterdir()] == [name]
    finally:
        worker.close()


@pytest.mark.parametrize("impatient", [False, True])
def test_theory_ctrl_c_leaves_no_process_keeps_what_is_done_and_a_second_run_ends_with_the_same_bytes(
    tmp_path: Path, *, impatient: bool
) -> None:
    controller = subprocess.Popen(
        [sys.executable, "-c", CONTROLLER, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parent,
    )
    assert controller.stdout is not None
    with controller.stdout as told:
        while told.readline() != b"7\n":
            assert controller.poll() is None
    controller.send_signal(signal.SIGINT)
    while impatient and controller.poll() is None:
        controller.send_signal(signal.SIGINT)
    assert controller.wait(20) == -signal.SIGINT
    assert not any(running(process) for process in noted(tmp_path / "texts"))
    cells = [cell for seed in range(4) for cell in chain(seed, "base", "train", "encode")]
    store = Store(tmp_path / "store")
    kept = [cell for cell in cells if store.find(cell.key)]
    assert 7 <= len(kept) < 12
    assert list((tmp_path / "store" / "underway").iterdir()) == []

    _, ran = run(tmp_path, cells)
    assert set(ran.seconds) == {cell.key for cell in cells} - {cell.key for cell in kept}
    undisturbed, _ = run(tmp_path / "again", cells)
    assert contents(store, cells) == contents(undisturbed, cells)


def real_cells(tmp_path: Path, source: str) -> tuple[list[Cell], dict[str, Path]]:
    """Return a base, a training and an encoding of the real lab, as small as they can be."""
    bound = {
        "pairs": catalogue.pairs(DataBinding(source="atlas", part="pairs", languages=("de", "en"), facts=12)),
        "parallel": catalogue.parallel(DataBinding(source="atlas", part="parallel", languages=("de", "en"), facts=12)),
        "test": catalogue.evaluation(
            DataBinding(source="atlas", part="xquad-r", languages=("de", "en"), facts=6)
        ).texts,
    }
    files, named = {}, {}
    for name, record in bound.items():
        data = canonical(record.plain())
        named[name] = sha256(data)
        files[named[name]] = tmp_path / name
        files[named[name]].write_bytes(data)
    recipe = Recipe(
        buckets=64, width=8, dimensions=8, shortest=2, longest=2, dose=2, batch=4, learning_rate=0.01, temperature=0.1
    )
    settings = Settings(steps=2, batch=4, learning_rate=0.01, weight_decay=0.0, temperature=0.1)
    base = PretrainCell(recipe=recipe, seed=0, texts=named["parallel"])
    train = TrainCell(base=base, arm=arm("hybrid"), settings=settings, seed=0, texts=named["pairs"])
    works: list[PretrainCell | TrainCell | EncodeCell] = [base, train, EncodeCell(encoder=train, texts=named["test"])]
    return [Cell(work=work, label=work.op, source=source, versions={}, seal="UNSEALED") for work in works], files


def test_itself_the_real_lab_gives_the_same_bytes_in_both_of_two_workers(tmp_path: Path, sealed: Enclosure) -> None:
    """Equal work under two sources has two keys, so it is done twice, side by side."""
    (one, files), (two, _) = (real_cells(tmp_path, letter * 64) for letter in "01")
    store, second = Store(tmp_path / "store"), Store(tmp_path / "second")
    with Crew(store, 2, sealed) as crew:
        ran = Engine(store, crew, 60).run([*one, *two], files, quiet)
        again = Engine(second, crew, 60).run(one, files, quiet)  # by the processes that the first run started
    assert ran.failed == again.failed == {}
    assert contents(second, one) == contents(store, one)
    assert set(ran.seconds) == {cell.key for cell in (*one, *two)}
    for left, right in zip(one, two, strict=True):
        first, second = (
            {name.partition("/")[2]: data for name, data in contents(store, [cell]).items()} for cell in (left, right)
        )
        assert first == second
    assert {"queries.npy", "passages.npy", "ids.json"} == set(first)
    assert set(store.history()) == {"pretrain", "train", "encode"}
