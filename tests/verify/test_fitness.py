"""A claim on encoders that are unfit for its question: oracle is the design's list of causes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from courtroom import Court
from safetensors.numpy import save_file

from harness.court.scores import UNTRAINED, Place, place_of
from harness.court.validation import Validation
from harness.errors import CellError, EntryDamaged, ResourceMissing
from harness.planner import VALIDATION
from harness.records.asked import TrainRequest
from harness.records.scope import Regime
from harness.store import Store
from harness.verify.exhibits import Findings
from harness.verify.fitness import beaten, shared

REGIME = Regime(low=0.0, high=2.0, most=1.0, paper=0.85)


@pytest.fixture(scope="module")
def court(root: Path, shared_folder: Path) -> Court:
    return Court(root, shared_folder, "fit")


def test_theory_fit_encoders_are_judged_and_what_was_found_of_them_is_told(court: Court) -> None:
    told = court.verdict(hybrid=0.0)
    assert told.outcome == "supported"
    assert told.causes == ("analysis_changed", "unsealed", "not_attacked")
    assert {(one.name, one.on) for one in told.controls} == {
        *((name, on) for name in ("oracle", "random", "planted-effect") for on in ("xquad-r", VALIDATION)),
        ("trained-beats-untrained", "xlm-r hybrid"),
        ("trained-beats-untrained", "xlm-r x-x-mono"),
    }
    assert told.regime is not None
    assert told.regime["xlm-r"].inside
    assert [(one.sampling, one.updates) for one in told.exposure] == [("hybrid", 120), ("x-x-mono", 120)]
    assert [(one.language, one.shared) for one in told.reach] == [("de", False), ("en", False), ("es", False)]
    assert all(one.rows > 0.5 for one in told.reach)
    assert {one.arm: one.value for one in told.checks[0].floors}["hybrid"] == pytest.approx(1.0)


def test_untrained_and_lexical_rows_stand_in_the_table_and_the_split_does_not(court: Court) -> None:
    court.verdict(hybrid=0.0)
    rows = court.job.desk.folder.read_measurements("c71", "fit")  # type: ignore[attr-defined]
    assert {(row.base, row.sampling) for row in rows} == {
        ("lexical", "lexical"),
        *(("xlm-r", arm) for arm in ("hybrid", "x-x-mono", "untrained")),
    }
    assert {row.dataset for row in rows} == {"xquad-r"}


def test_the_verdict_depends_on_the_cells_and_texts_of_the_split(court: Court) -> None:
    trial = court.trial()
    told = trial.provenance()
    assert VALIDATION in told.texts
    assert len(told.cells) == 10 + 5 + 5 + 10  # arms and bases, on the dataset and on the split


@pytest.mark.parametrize("arm", ["hybrid", "x-x-mono"])
def test_an_arm_that_training_made_worse_is_unfit(court: Court, arm: str) -> None:
    trial = court.trial()
    told = court.tried(trial, court.heard(trial, {arm: 0.95}))
    assert (told.outcome, told.cause) == ("untested", "control_failed")
    assert f"trained-beats-untrained on xlm-r {arm} failed" in told.reason


def test_a_base_outside_its_regime_is_unfit_and_the_reason_says_how_near_it_came(
    root: Path, shared_folder: Path
) -> None:
    court = Court(root, shared_folder, "fit", regimes={"xlm-r": REGIME.model_copy(update={"low": 1.5})})
    told = court.verdict(hybrid=0.0)
    assert (told.outcome, told.cause) == ("untested", "out_of_regime")
    assert told.regime is not None
    assert f"{told.regime['xlm-r'].ratio:.3f}, wanted [1.5, 2]" in told.reason


def test_a_scope_without_regimes_says_null(root: Path, shared_folder: Path) -> None:
    told = Court(root, shared_folder, "fit", regimes={}).verdict(hybrid=0.0)
    assert (told.regime, told.outcome) == (None, "supported")


def test_arms_below_the_lexical_baseline_are_unfit(court: Court) -> None:
    told = court.verdict(hybrid=0.5, x_x_mono=0.5)
    assert (told.outcome, told.cause) == ("untested", "below_floor")
    assert [one.reached for one in told.checks[0].floors] == [False, False]
    assert told.checks[0].estimate is None


def test_a_language_that_nothing_reaches_is_unfit_and_a_failed_control_comes_first(court: Court) -> None:
    trial = court.trial()
    found = court.exhibits(trial, court.heard(trial, {"hybrid": 0.0}))
    finding = found.findings["xquad-r"]
    assert isinstance(finding, Findings)
    lost = replace(finding, touched={**finding.touched, "de": (0, 9)})
    told = trial.verdict(trial.judged(replace(found, findings={**found.findings, "xquad-r": lost})))
    assert (told.outcome, told.cause) == ("untested", "mechanism_absent")
    broken = replace(lost, controls=(lost.controls[0].model_copy(update={"passed": False}), *lost.controls[1:]))
    told = trial.verdict(trial.judged(replace(found, findings={**found.findings, "xquad-r": broken})))
    assert (told.cause, told.causes[:2]) == ("control_failed", ("control_failed", "mechanism_absent"))
    assert told.checks[0].cause == "control_failed"


def test_a_failed_cell_of_the_split_is_the_claims_problem(court: Court) -> None:
    trial = court.trial()
    heard = court.heard(trial, {"hybrid": 0.0})
    (first, *_) = [cell.key for request, cell in trial.encodings().items() if place_of(request).dataset == VALIDATION]
    told = court.tried(trial, {**heard, first: CellError("xlm-r seed 0", "no memory")})
    assert (told.outcome, told.cause) == ("untested", "infrastructure")


def test_controls_that_could_not_be_run_are_the_claims_problem(court: Court) -> None:
    trial = court.trial()
    found = court.exhibits(trial, court.heard(trial, {"hybrid": 0.0}))
    error = CellError("xquad-r", "no memory")
    told = trial.verdict(trial.judged(replace(found, findings={**found.findings, "xquad-r": error})))
    assert (told.outcome, told.cause) == ("untested", "infrastructure")
    gone = {name: finding for name, finding in found.findings.items() if name != VALIDATION}
    told = trial.verdict(trial.judged(replace(found, findings=gone)))
    assert (told.outcome, told.cause) == ("untested", "control_failed")
    assert "was not run" in told.reason


def test_exact_a_layer_is_shared_where_every_arm_changed_it_under_its_first_seed(court: Court, tmp_path: Path) -> None:
    cells, store = court.trial().encodings(), Store(tmp_path)

    def keep(key: str, layer: float) -> None:
        if not store.has(key):
            folder = store.underway()
            save_file({"layer.weight": np.array([[layer]])}, folder / "model.safetensors")
            store.put(key, folder, {"operation": "train"})

    with pytest.raises(ResourceMissing, match=r"the weights of parent of .* are not in the store; to mend it"):
        shared(store, cells, {})
    changed = {"hybrid": 1.0, "x-x-mono": 0.0}
    for request, cell in cells.items():
        encoder = cell.parent
        if encoder is None or encoder.parent is None or not isinstance(request.encoder, TrainRequest):
            continue
        keep(encoder.parent.key, 0.0)
        other = 1.0 if request.encoder.seed else changed[request.encoder.arm.label]
        keep(encoder.key, other)
    assert not shared(store, cells, {})
    hybrid = {one: cell for one, cell in cells.items() if place_of(one).sampling == "hybrid"}
    known: dict[str, bool] = {}
    assert shared(store, hybrid, known)
    assert list(known.values()) == [True]
    assert shared(Store(tmp_path / "empty"), hybrid, known)
    assert not shared(store, {}, {})
    first = next(cell.parent for cell in hybrid.values() if cell.parent is not None)
    (store.place(first.key) / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(EntryDamaged):
        shared(store, hybrid, {})


class Told(Validation):
    """A validation split that says what it is told, by arm and seed."""

    def __init__(self, scores: dict[tuple[str, int], float]) -> None:
        self.told = scores

    def balanced(self, place: Place) -> float:
        return self.told[place.sampling, place.seed]


def test_exact_each_arm_is_held_against_the_base_of_its_own_seeds_fold_by_fold() -> None:
    places = [Place("xlm-r", "hybrid", seed, VALIDATION, held_out=fold) for seed in (0, 1) for fold in (0, 1)]
    scores = {(UNTRAINED, 0): 0.2, (UNTRAINED, 1): 0.8, ("hybrid", 0): 0.3, ("hybrid", 1): 0.6}
    told = beaten(Told(scores), [*places, Place("xlm-r", UNTRAINED, 0, VALIDATION)])
    assert [(one.on, one.passed) for one in told] == [("xlm-r hybrid, fold 0", False), ("xlm-r hybrid, fold 1", False)]
    assert "0.4500, before contrastive training 0.5000" in told[0].detail


def test_what_only_an_unrequired_check_fails_is_no_cause(court: Court) -> None:
    (check,) = court.file.claim.checks
    checks = (
        check.model_copy(update={"languages": ("en", "es")}),
        check.model_copy(update={"id": "beside", "languages": ("de",), "required": False}),
    )
    file = replace(court.file, claim=court.file.claim.model_copy(update={"checks": checks}))
    trial = court.trial()
    found = court.exhibits(trial, court.heard(trial, {"hybrid": 0.0}))
    finding = found.findings["xquad-r"]
    assert isinstance(finding, Findings)
    lost = replace(finding, touched={**finding.touched, "de": (0, 9)})
    trial = replace(trial, planned=replace(trial.planned, file=file))
    told = trial.verdict(trial.judged(replace(found, findings={**found.findings, "xquad-r": lost})))
    assert [(one.outcome, one.cause) for one in told.checks] == [
        ("supported", None),
        ("untested", "mechanism_absent"),
    ]
    assert told.outcome == "supported"
    assert "mechanism_absent" not in told.causes
