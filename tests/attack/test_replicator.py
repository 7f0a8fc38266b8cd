"""The replication attacker: each probe is shown an honest run, and one that does not come out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from attacked_builders import questions, subject, unit_rows
from court_builders import PlantedScores, check, claim
from test_changed import parallel

from harness.attack import replicator
from harness.attack.probe import NOT_HERE, results
from harness.attack.subject import AS_THEY_ARE, Again, Evidence, Subject, Trained
from harness.court.admit import admit_arrays
from harness.court.case import Case
from harness.court.rank import Ranks, rank_judged
from harness.court.scores import Measured, Place
from harness.records.attack import ProbeResult
from harness.records.vectors import AdmittedVectors

SEEDS, FRESH = range(6), (3000, 3001)
ARMS = ("hybrid", "x-x-mono")
CHECK = check()


def drawn(place: Place) -> AdmittedVectors:
    noise = unit_rows(f"{place}", 60) * 0.6
    own = unit_rows("answers", 30)
    return admit_arrays(own + noise[:30], own + noise[30:])


def run(
    tmp_path: Path,
    *,
    again: Sequence[Again] | None = (Again("a cell"),),
    wrong: Ranks | None = None,
    fresh: float | None = 0.0,
) -> Subject:
    judgements = parallel(10)
    places = [Place("xlm-r", arm, seed, "xquad-r") for arm in ARMS for seed in SEEDS]
    ranks = {place: rank_judged(drawn(place), judgements) for place in places}
    if wrong is not None:
        ranks[places[0]] = wrong
    scores = Measured({"xquad-r": judgements}, ranks)
    of = claim(bases=("xlm-r",), checks=(CHECK,))
    new = PlantedScores({"xquad-r": judgements}, lambda arm, *_: 0.6 + (fresh or 0.0) * (arm == "hybrid"))
    nothing: Any = None
    evidence = Evidence(
        vectors=drawn,
        random=nothing,
        permuted=nothing,
        sunk=nothing,
        leaks=nothing,
        texts=nothing,
        again=again,
        fresh=None if fresh is None else Trained(new, FRESH),  # type: ignore[arg-type]
    )
    planted = PlantedScores({"xquad-r": judgements}, lambda *_: 0.6)
    one = subject(of, tmp_path)
    return replace(one, case=Case(of, SEEDS, planted, {}), measured=scores, evidence=evidence)


def attacked(one: Subject) -> dict[str, ProbeResult]:
    return {probe.name.partition(":")[0]: probe for probe in results(replicator.probes(one))}


def test_theory_an_honest_run_comes_out_again(tmp_path: Path) -> None:
    found = attacked(run(tmp_path))
    assert set(found) == {"same-seed", "order", "other-ids", "foreign-vectors", "second-measures", "fresh-seeds"}
    assert [(name, probe.detail) for name, probe in found.items() if probe.succeeded is not False] == []


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        ((Again("a cell", same_seed=0.1),), {"same-seed"}),
        ((Again("a cell", reordered=0.1),), {"order"}),
        ((Again("one", 1e-7, 1e-7), Again("another", 0.0, 2.0)), {"order"}),
        ((Again("a cell", 1e-6, 1e-6),), set()),
    ],
)
def test_exact_vectors_that_come_out_otherwise_are_told(
    tmp_path: Path, again: Sequence[Again], expected: set[str]
) -> None:
    assert {name for name, probe in attacked(run(tmp_path, again=again)).items() if probe.succeeded} == expected


@pytest.mark.parametrize("again", [None, (), (Again("a cell", problem="it failed"),)])
def test_theory_a_cell_that_could_not_be_made_again_is_no_answer(tmp_path: Path, again: Sequence[Again] | None) -> None:
    found = attacked(run(tmp_path, again=again))
    assert {name for name, probe in found.items() if probe.succeeded is None} == {"same-seed", "order"}


def test_exact_ranks_that_are_not_those_of_the_vectors_are_found_out(tmp_path: Path) -> None:
    judgements = parallel(10)
    other = rank_judged(drawn(Place("labse", "x-y", 99, "xquad-r")), judgements)
    found = attacked(run(tmp_path, wrong=other))
    assert {name for name, probe in found.items() if probe.succeeded} == {"other-ids", "second-measures"}


def test_exact_a_door_that_lets_everything_in_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicator, "refuse_twins", lambda *_: None)
    found = attacked(run(tmp_path))["foreign-vectors"]
    assert found.succeeded
    assert "under another's name" in found.detail
    monkeypatch.undo()
    monkeypatch.setattr(replicator, "admit", lambda *_: None)
    found = attacked(run(tmp_path))["foreign-vectors"]
    assert found.succeeded
    assert "another data set" in found.detail


def test_theory_fresh_seeds_far_from_the_others_are_told_and_untrained_ones_are_no_answer(tmp_path: Path) -> None:
    assert attacked(run(tmp_path, fresh=0.5))["fresh-seeds"].succeeded
    assert attacked(run(tmp_path, fresh=None))["fresh-seeds"].succeeded is None


def test_theory_fresh_seeds_are_rarely_outside_where_nothing_is_wrong() -> None:
    outside = 0
    for world in range(200):
        scores = PlantedScores({"xquad-r": questions()}, lambda *_: 0.6, world=world)
        of = claim(checks=(CHECK,))
        one = replicator.fresh_seeds(CHECK, of, Case(of, SEEDS, scores, {}), Trained(scores, FRESH), 1)  # type: ignore[arg-type]
        outside += bool(one and one.succeeded)
    assert outside <= 8  # 1% of 200 are 2; more than 8 has a chance below 1 in 1,000


def test_theory_a_constant_replicates_perfectly_and_that_is_all_it_does(tmp_path: Path) -> None:
    one = subject(claim(), tmp_path, emitted={"languages": 11.0})
    found = attacked(one)
    assert set(found) == {"nothing"}
    assert found["nothing"].severity <= 3
    assert found["nothing"].succeeded


def counted(tmp_path: Path, anew: int) -> Subject:
    of = claim(kind="counted", bases=(), evidence=("counted-data",))
    one = subject(of, tmp_path)
    return replace(
        one, counted={"xquad-r": {"languages": 11}}, recounted={"xquad-r": {AS_THEY_ARE: {"languages": anew}}}
    )


def test_exact_counts_are_made_a_second_way(tmp_path: Path) -> None:
    assert attacked(counted(tmp_path, 11))["counted-again"].succeeded is False
    wrong = attacked(counted(tmp_path, 12))["counted-again"]
    assert wrong.succeeded
    assert "11 counted, 12 anew" in wrong.detail


def test_itself_two_seeds_tell_nothing_of_a_third(tmp_path: Path) -> None:
    one = run(tmp_path)
    assert one.case is not None
    few = replace(one, case=replace(one.case, seeds=range(2)))
    assert attacked(few)["fresh-seeds"].detail == NOT_HERE
