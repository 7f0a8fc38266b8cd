"""One claim in court: what stands in its way becomes its verdict's cause, in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from courtroom import Court

from harness.claimfile.claims import read_claim
from harness.court.hearing import Heard
from harness.court.rank import Ranks
from harness.errors import (
    AdmissionRefused,
    CellError,
    CellTimeout,
    HarnessError,
    ResourceMissing,
    ScriptError,
    ScriptTimeout,
)
from harness.records.asked import CountRequest
from harness.records.verdict import Artifact
from harness.store import Store
from harness.verify.counting import selected
from harness.verify.texts import Texts

KNOWN = {"languages": 2, "queries-de": 10, "queries-en": 11, "candidates-de": 30, "monolingual-settings": 2}


@pytest.fixture(scope="module")
def court(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Court:
    return Court(root, tmp_path_factory.mktemp("court"))


def test_theory_the_arm_that_knows_is_supported_and_the_other_way_round_contradicted(court: Court) -> None:
    told = court.verdict(hybrid=0.0)
    assert (told.outcome, told.status, told.cause) == ("supported", "UNVERIFIED", "analysis_changed")
    assert court.verdict(x_x_mono=0.0).outcome == "contradicted"


def test_exact_what_the_paper_says_is_at_hand_wherever_checks_are_judged(court: Court, root: Path) -> None:
    """At neighbouring settings too: effects that cite cells are shown there as well."""
    trial = court.trial()
    file = read_claim(root / "claims/c01-batching-specialises.yaml")
    of_paper = replace(trial, planned=replace(trial.planned, file=file))
    case = of_paper.case(court.exhibits(trial, court.heard(trial, {})).scores, range(4))
    cited = {cell for check in file.claim.checks for one in check.claimed.values() for cell in (one.left, one.right)}
    assert cited
    assert cited <= case.cells.keys()
    assert (case.claim.id, len(case.seeds), case.scale) == ("c01", 4, "reduced")


def test_measurements_are_filed_and_cited(court: Court) -> None:
    told = court.verdict(hybrid=0.0)
    rows = court.job.desk.folder.read_measurements("c71", "tiny")  # type: ignore[attr-defined]
    assert [type(one) for one in told.artifacts] == [Artifact]
    # arms x seeds x measures x languages, and one more arm of one seed: the lexical baseline
    assert len(rows) == (2 * 5 + 1) * 4 * 3
    assert {(row.base, row.seed) for row in rows if row.sampling == "lexical"} == {("lexical", 0)}
    assert {row.value for row in rows if row.sampling == "hybrid" and row.measure == "MAP"} == {1.0}


def test_copies_of_one_seed_are_refused(court: Court) -> None:
    told = court.verdict(hybrid=0.0, copies=True)
    assert (told.outcome, told.cause) == ("untested", "script_error")
    assert "under seeds 0, 1, 2, 3, 4" in told.reason


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (CellError("hybrid seed 1", "no memory"), "infrastructure"),
        (CellTimeout("hybrid seed 1", "killed"), "timeout"),
        (ResourceMissing("cell abc", "pytest claims/"), "resource_missing"),
        (AdmissionRefused("NaN in row 3"), "script_error"),
    ],
)
def test_one_failed_cell_leaves_the_claim_untested_and_says_why(court: Court, error: HarnessError, cause: str) -> None:
    trial = court.trial()
    heard = court.heard(trial, {"hybrid": 0.0})
    heard[next(iter(heard))] = error
    told = court.tried(trial, heard)
    assert (told.outcome, told.cause, told.artifacts) == ("untested", cause, ())
    assert str(error) in told.reason
    assert [ruling.outcome for ruling in told.checks] == ["untested"]


@pytest.mark.parametrize(
    ("problem", "cause"), [(ScriptError("c71_tiny.py:3: boom"), "script_error"), (ScriptTimeout("60 s"), "timeout")]
)
def test_a_script_that_failed_needs_no_cells(court: Court, problem: ScriptError, cause: str) -> None:
    told = court.tried(court.trial(problem), {})
    assert (told.outcome, told.cause) == ("untested", cause)
    assert told.provenance.cells == ()


def test_exact_selection_of_counts_by_name_or_by_kind() -> None:
    def ask(*names: str) -> list[CountRequest]:
        return [CountRequest(dataset="xquad-r", what=name) for name in names]

    assert selected(KNOWN, ask("queries")) == {"queries-de": 10, "queries-en": 11}
    assert selected(KNOWN, ask("queries-de", "languages")) == {"queries-de": 10, "languages": 2}
    assert selected(KNOWN, ask()) == {}
    for name in ("que", "settings", "queries-zh"):
        with pytest.raises(ScriptError, match=f"found '{name}'"):
            selected(KNOWN, ask(name))


def test_whatever_goes_wrong_with_one_claim_is_that_claims_infrastructure(court: Court) -> None:
    trial = court.trial()
    heard = court.heard(trial, {"hybrid": 0.0})
    first = next(iter(heard))
    heard[first] = Heard(Ranks(within=np.zeros(3, dtype=np.int64), overall=np.zeros(1, dtype=np.int64)), first)
    told = court.tried(trial, heard)
    assert (told.outcome, told.cause, told.artifacts) == ("untested", "infrastructure", ())


def test_a_dataset_that_cannot_be_made_is_the_problem_of_the_claims_that_use_it(court: Court, tmp_path: Path) -> None:
    texts = Texts(Store(tmp_path))
    bound = court.job.scope.datasets["xquad-r"]
    wrong = court.job.scope.model_copy(
        update={"datasets": {"xquad-r": bound, "mlqa-r": bound.model_copy(update={"part": "nowhere"})}}
    )
    texts.make(wrong, ["mlqa-r", "xquad-r"])
    assert set(texts.failed) == {"mlqa-r"}
    assert "nowhere" in str(texts.failed["mlqa-r"])
    assert {"xquad-r", "pairs", "parallel"} <= set(texts.digests)
