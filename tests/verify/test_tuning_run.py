"""A whole tuning in small: oracles are the choice made by hand from its points, and a second run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.claimfile.scopes import read_scope, tuning_file, with_tuning
from harness.codec import pretty
from harness.court.sandbox import Enclosure
from harness.data import lareqa
from harness.engine import Crew
from harness.errors import FileFaults, UsageError
from harness.records.scope import Grid, Regime, Scope
from harness.records.training import ARM_LABELS
from harness.records.tuning import Tuning
from harness.store import Store
from harness.verify.tuning import recheck, rerun, tune

RATES = (0.001, 0.01)


def tiny(root: Path) -> Scope:
    scope = read_scope(root / "fixtures/scopes/tiny.yaml")
    return scope.model_copy(
        update={
            "validation": scope.datasets["xquad-r"].model_copy(update={"part": "validation"}),
            "regimes": {"xlm-r": Regime(low=0.0, high=9.0, most=9.0, paper=0.85)},
            "grid": Grid(
                learning_rates=RATES, temperatures=(0.05,), doses={"xlm-r": (4,)}, seeds=(70,), pilot_seeds=(80, 81)
            ),
            "tuning": "tiny",
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tuning")


@pytest.fixture(scope="module")
def crew(folder: Path, bare: Enclosure) -> Iterator[Crew]:
    with Crew(Store(folder / "store"), 1, bare) as found:
        yield found


@pytest.fixture(scope="module")
def tuned(root: Path, folder: Path, crew: Crew) -> Tuning:
    return tune(tiny(root), Store(folder / "store"), crew, lambda _: None)


def test_exact_every_arm_takes_the_point_of_its_best_balanced_score(tuned: Tuning) -> None:
    assert {(point.setup.sampling, point.setup.learning_rate) for point in tuned.points} == {
        (arm, rate) for arm in ARM_LABELS for rate in RATES
    }
    assert {point.seeds for point in tuned.points} == {(70,)}
    for arm in ARM_LABELS:
        own = [point for point in tuned.points if point.setup.sampling == arm]
        best = max(own, key=lambda point: point.balanced)
        assert tuned.chosen["xlm-r"].arms[arm] == (best.setup.learning_rate, best.setup.temperature)
    assert tuned.inside == {"xlm-r": True}


def test_exact_the_pilot_reads_every_setting(tuned: Tuning) -> None:
    assert {noise.setting for noise in tuned.pilot} == {"monolingual", "crosslingual", "multilingual", "balanced"}
    assert {noise.clusters for noise in tuned.pilot} == {12}
    assert all(noise.mean > 0 for noise in tuned.pilot)


def test_itself_a_second_tuning_trains_nothing_and_says_the_same(
    root: Path, folder: Path, tuned: Tuning, crew: Crew
) -> None:
    told: list[str] = []
    assert tune(tiny(root), Store(folder / "store"), crew, told.append) == tuned
    assert [words for words in told if "cells" in words] == []


def test_exact_results_are_rechecked_and_one_point_is_made_anew(
    root: Path, tmp_path: Path, tuned: Tuning, crew: Crew
) -> None:
    scope = tiny(root)
    assert recheck(scope, tuned) == []
    assert rerun(scope, tuned, Store(tmp_path), crew, lambda _: None) == []
    other = scope.model_copy(update={"settings": scope.settings.model_copy(update={"steps": 4})})
    assert "another question" in recheck(other, tuned)[0]
    assert "found none of" in recheck(scope, tuned.model_copy(update={"points": tuned.points[:-1]}))[0]
    arms = {**tuned.chosen["xlm-r"].arms, "hybrid": (0.5, 0.5)}
    forged = tuned.model_copy(update={"chosen": {"xlm-r": tuned.chosen["xlm-r"].model_copy(update={"arms": arms})}})
    assert "the file says otherwise" in recheck(scope, forged)[0]
    wanted = tuned.chosen["xlm-r"].arms["x-x-mono"]
    points = tuple(
        point.model_copy(update={"distance": point.distance + 0.5})
        if (point.setup.learning_rate, point.setup.temperature) == wanted and point.setup.sampling == "x-x-mono"
        else point
        for point in tuned.points
    )
    (words,) = rerun(scope, tuned.model_copy(update={"points": points}), Store(tmp_path), crew, lambda _: None)
    assert words.startswith("x-x-mono on xlm-r, distance: ")


def test_exact_a_scope_reads_its_choice_from_beside_its_file(root: Path, tmp_path: Path, tuned: Tuning) -> None:
    scope = tiny(root)
    path = tuning_file(scope, tmp_path)
    assert path is not None
    assert with_tuning(scope, tmp_path) == scope, "nothing is chosen before anything was tuned"
    path.write_bytes(pretty(tuned.plain()))
    read = with_tuning(scope, tmp_path)
    assert read.chosen == tuned.chosen
    assert read.pilot == tuned.pilot
    rate, _ = tuned.chosen["xlm-r"].arms["hybrid"]
    assert read.settings_of("xlm-r", "hybrid").learning_rate == rate
    assert read.recipe_of("xlm-r").dose == 4


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"schema": "urn:harness:tuning:2"}'])
def test_degenerate_results_that_are_none(root: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "tiny.tuning.json").write_bytes(data)
    with pytest.raises(FileFaults, match="results of tuning"):
        with_tuning(tiny(root), tmp_path)


def test_degenerate_results_for_another_question(root: Path, tmp_path: Path, tuned: Tuning) -> None:
    (tmp_path / "tiny.tuning.json").write_bytes(pretty(tuned.model_copy(update={"question": "0" * 64}).plain()))
    with pytest.raises(FileFaults, match="run make tune"):
        with_tuning(tiny(root), tmp_path)


def test_degenerate_a_scope_that_has_nothing_to_tune(root: Path, tmp_path: Path, crew: Crew) -> None:
    with pytest.raises(UsageError, match="expected a grid and a validation split"):
        tune(tiny(root).model_copy(update={"grid": None}), Store(tmp_path), crew, lambda _: None)


SIDES = ("xquad-r", "mlqa-r")


def sided(root: Path) -> Scope:
    scope = read_scope(root / "fixtures/scopes/lareqa-tiny.yaml")
    doses: dict[str, tuple[int, ...]] = dict.fromkeys(scope.bases, (4,))
    grid = Grid(learning_rates=(0.01,), temperatures=(0.1,), doses=doses, seeds=(70,), pilot_seeds=(80, 81))
    return scope.model_copy(update={"grid": grid})


def test_itself_a_point_of_two_sides_is_the_mean_of_theirs(root: Path, tmp_path: Path, bare: Enclosure) -> None:
    """Each side alone, with the other one's data set left out, is tuned as any scope is."""
    missing = [name for name in SIDES if not any((Path(place) / name).is_dir() for place in lareqa.roots())]
    if missing:
        pytest.skip(f"no {missing[0]} here: export HARNESS_DATA=DIR, where DIR holds {' and '.join(SIDES)}")
    scope, store = sided(root), Store(tmp_path)
    bound = [{name: scope.datasets[name] for name in names} for names in (SIDES, SIDES[:1], SIDES[1:])]
    with Crew(store, 1, bare) as crew:
        both, *alone = (
            tune(scope.model_copy(update={"datasets": datasets}), store, crew, lambda _: None) for datasets in bound
        )
    assert set(both.texts) >= {f"{kind}-{name}" for kind in ("pairs", "parallel", "validation") for name in SIDES}
    assert len(both.points) == len(scope.bases) * len(ARM_LABELS)
    for point, one, other in zip(both.points, *(tuned.points for tuned in alone), strict=True):
        assert point.setup == one.setup == other.setup
        assert one.monolingual != other.monolingual
        for name in ("monolingual", "crosslingual", "multilingual", "distance"):
            assert getattr(point, name) == pytest.approx((getattr(one, name) + getattr(other, name)) / 2, abs=1e-12)
    for noise, one, other in zip(both.pilot, *(tuned.pilot for tuned in alone), strict=True):
        assert noise.s2_cluster == pytest.approx((one.s2_cluster + other.s2_cluster) / 2, abs=1e-15)
        assert noise.clusters == min(one.clusters, other.clusters)
