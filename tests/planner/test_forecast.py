"""Oracles: sums worked out by hand over a store with known entries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from asked_builders import SCOPE, planner, sufficient

from harness.claimfile.claims import ClaimFile, read_claim
from harness.errors import ScriptError
from harness.planner import Plan, Planned, announced, house_requests, prediction
from harness.store import Store
from harness.store.folder import Past

SMALL = SCOPE.model_copy(update={"seeds_otherwise": 5})


@pytest.fixture
def claim(root: Path) -> ClaimFile:
    return read_claim(root / "fixtures/claims/tiny/c71-tiny.yaml")


@pytest.fixture
def plan(claim: ClaimFile) -> Plan:
    return planner(SMALL).plan([sufficient(claim, SMALL), Planned(claim, None, ScriptError("it hangs"))])


def keep(store: Store, plan: Plan, numbers: tuple[int, ...], seconds: str = "6.0") -> None:
    for number in numbers:
        folder = store.underway()
        (folder / "result").write_bytes(b"0" * 100)
        store.put(plan.cells[number].key, folder, {"operation": plan.cells[number].work.op, "seconds": seconds})


def test_exact_time_and_bytes_come_from_what_the_store_remembers(plan: Plan, tmp_path: Path) -> None:
    store = Store(tmp_path)
    keep(store, plan, (0, 1, 2))  # one of each kind: 6 s apiece, so 22 cells take 66 s on two workers
    told = prediction(plan, "small", store, 2)
    assert (told.cells, told.lacking) == (25, 22)
    assert told.minutes == pytest.approx(1.1)
    assert told.sentence() == "small: 2 claims, 25 cells, 22 to make, about 1.1 min on 2 workers"
    size = {name: past.bytes for name, past in store.history().items()}
    assert told.bytes == 4 * size["pretrain"] + 9 * size["train"] + 9 * size["encode"] > 22 * 100
    assert {one.name: (one.cells, one.lacking, one.seconds) for one in told.operations} == {
        "pretrain": (5, 4, 6.0),
        "train": (10, 9, 6.0),
        "encode": (10, 9, 6.0),
    }
    assert json.loads(json.dumps(told.plain()))["claims"][0]["minutes"] == pytest.approx(1.1)


def test_exact_without_history_of_an_operation_nothing_is_predicted(plan: Plan, tmp_path: Path) -> None:
    store = Store(tmp_path)
    told = prediction(plan, "small", store, 2)
    assert (told.minutes, told.bytes, told.claims[0].minutes) == (None, None, None)
    assert told.sentence().endswith("25 to make; no history of pretrain, train, encode to predict the time from")
    keep(store, plan, (0, 2))
    assert "; no history of train to" in prediction(plan, "small", store, 2).sentence()


def test_exact_nothing_to_make_takes_no_time(plan: Plan, tmp_path: Path) -> None:
    store = Store(tmp_path)
    keep(store, plan, tuple(range(25)))
    told = prediction(plan, "small", store, 2)
    assert (told.lacking, told.minutes, told.bytes) == (0, 0, 0)
    assert told.sentence() == "small: 2 claims, 25 cells, 0 to make"


def test_itself_what_a_run_announces_is_the_prediction_and_reads_no_history_for_nothing(
    plan: Plan, tmp_path: Path
) -> None:
    class Counted(Store):
        asked = 0

        def history(self) -> dict[str, Past]:
            self.asked += 1
            return super().history()

    store = Counted(tmp_path)
    keep(store, plan, (0, 1, 2))
    assert announced(plan, "small", store, 2) == prediction(plan, "small", Store(tmp_path), 2).sentence()
    assert store.asked == 1
    keep(store, plan, tuple(range(3, 25)))
    assert announced(plan, "small", store, 2) == prediction(plan, "small", Store(tmp_path), 2).sentence()
    assert store.asked == 1


def test_exact_a_claims_share_holds_its_own_cells_and_no_others(claim: ClaimFile, tmp_path: Path) -> None:
    store, sound = Store(tmp_path), sufficient(claim, SMALL)
    plan = planner(SMALL).plan([sound], house_requests(SMALL, [sound]))
    keep(store, plan, (0, 1, 2), seconds="12.0")
    told = prediction(plan, "small", store, 1)
    # five seeds: the base on validation and xquad-r, x-x-mono and hybrid on validation
    assert (told.cells, told.claims[0].cells) == (25 + 5 * 4, 25)
    assert told.claims[0].lacking == 22
    assert told.claims[0].minutes == pytest.approx(22 / 5)
    assert told.minutes == pytest.approx(42 / 5)


def test_exact_what_stands_in_a_claims_way_is_told(plan: Plan, tmp_path: Path) -> None:
    share = prediction(plan, "small", Store(tmp_path), 2).claims[1]
    assert (share.cells, share.lacking, share.problem) == (0, 0, "it hangs")
