"""Oracles: what `harness evaluate` measures of the same encoder; the same claim without one; a replay."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from made_up import MadeUp
from tiny_models import xlm_roberta

from harness.court.sandbox import Enclosure
from harness.engine.encoding import Wanted
from harness.engine.models import find_model
from harness.gate.why import changes
from harness.records.verdict import Verdict
from harness.report.folder import ReportsFolder
from harness.store import Store
from harness.verify import verify
from harness.verify.conductor import Run
from harness.verify.differing import read_verdict
from harness.verify.evaluating import Asked, Bench, evaluate
from harness.verify.replaying import replay

MODEL = "models/tiny"
LOADS = f"""
    loaded = bench.encode(bench.load("{MODEL}"), "xquad-r")
    for setting in ("monolingual", "multilingual"):
        bench.retrieve(loaded, setting=setting)
"""


@pytest.fixture(scope="module")
def plain(root: Path, sealed: Enclosure, tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    """The tiny claim, judged on made-up vectors, and an encoder beside its script that the script does not load."""
    made = MadeUp(root, tmp_path_factory.mktemp("released") / "plain", sealed)
    made.verdict()
    xlm_roberta(made.folder / "claims" / MODEL)
    return made


@pytest.fixture(scope="module")
def whole(plain: MadeUp, tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    """The same with a script that loads it, judged."""
    made = plain.copied(tmp_path_factory.mktemp("loading") / "whole")
    script = made.folder / "claims/c71_tiny.py"
    script.write_text(script.read_text().replace("\n\nif __name__", f"{LOADS}\n\nif __name__", 1))
    encoded(made)
    judged(made)
    return made


@pytest.fixture
def made(whole: MadeUp, tmp_path: Path) -> Iterator[MadeUp]:
    yield whole.copied(tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy")


def encoded(made: MadeUp) -> list[str]:
    """Encode with what the script loads, as a run does; return what was told."""
    told: list[str] = []
    run = Run(replace(made.job(), cache="always", tell=told.append))
    assert run.around.released.encode(run.planning.plan().claims) == {}
    return told


def judged(made: MadeUp) -> Verdict:
    """Return the verdict, filed, with nothing encoded for it."""
    (verdict,) = verify(made.job())
    ReportsFolder(made.reports).write_verdict(verdict)
    return verdict


def stated(made: MadeUp) -> Verdict:
    return read_verdict(made.reports / "verdicts/c71.tiny.json")


def test_other_implementation_its_rows_hold_what_evaluate_measures_of_it(whole: MadeUp, tmp_path: Path) -> None:
    (artifact,) = stated(whole).artifacts
    rows = [row for row in pq.read_table(whole.reports / artifact.path).to_pylist() if row["sampling"] == "released"]
    assert {(row["base"], row["alpha"], row["seed"], row["dataset"]) for row in rows} == {(MODEL, None, 0, "xquad-r")}
    job = whole.job()
    told = evaluate(
        find_model(str(whole.folder / "claims" / MODEL)),
        [Asked("xquad-r", job.scope.datasets["xquad-r"], "tiny")],
        Wanted(),
        Bench(Store(tmp_path), whole.walls, lambda _name, _done, _total: None),
    )
    expected = {
        (cell.setting, cell.measure, cell.query_language, cell.passage_language): cell.value
        for cell in told.sets[0].cells
        if cell.setting != "crosslingual"
    }
    found = {
        (row["setting"], row["measure"], row["query_language"], row["passage_language"]): row["value"] for row in rows
    }
    shared = expected.keys() & found.keys()
    assert {setting for setting, measure, _, _ in shared if measure == "MAP"} == {"monolingual", "multilingual"}
    assert ("multilingual", "rank-distance", "de", "*") in shared
    for key in shared:
        assert found[key] == pytest.approx(expected[key], abs=1e-9)


def test_exact_no_ruling_rests_on_it_and_the_verdict_names_its_files(plain: MadeUp, whole: MadeUp) -> None:
    without, verdict = stated(plain), stated(whole)
    assert verdict.checks == without.checks
    assert (verdict.outcome, verdict.causes) == (without.outcome, without.causes)
    assert verdict.outcome != "untested"
    (named,) = verdict.provenance.released
    assert (named.model, named.dataset) == (MODEL, "xquad-r")
    assert named.digest == find_model(str(whole.folder / "claims" / MODEL)).digest
    assert named.vectors not in verdict.provenance.cells
    assert not without.provenance.released


def test_itself_it_is_encoded_with_once_and_again_when_its_files_change(made: MadeUp) -> None:
    before = stated(made)
    assert encoded(made) == []
    assert judged(made).provenance == before.provenance
    config = made.folder / "claims" / MODEL / "config.json"
    config.write_text(config.read_text().replace("{", '{"of": "another revision",', 1))
    (words,) = encoded(made)
    assert words.startswith(f"{MODEL} on xquad-r: ")
    assert next((one.why, one.what) for one in changes(before, judged(made))) == ("data", f"released {MODEL}")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nobody/nothing", "hf download nobody/nothing"),
        ("/no/such/folder", "put the encoder's whole folder there"),
        ("models", "expected an encoder"),
        ("a" * 300, "File name too long"),
        ("~nobody-of-that-name/x", "RuntimeError"),
    ],
)
def test_degenerate_an_encoder_that_is_not_there_leaves_the_claim_unmeasured(
    made: MadeUp, name: str, words: str
) -> None:
    script = made.folder / "claims/c71_tiny.py"
    script.write_text(script.read_text().replace(f'"{MODEL}"', f'"{name}"'))
    verdict = judged(made)
    assert (verdict.outcome, verdict.causes[0]) == ("untested", "resource_missing")
    assert words in verdict.reason


def changed(made: MadeUp, old: str, new: str) -> Verdict:
    """Return the verdict of a script with other words."""
    script = made.folder / "claims/c71_tiny.py"
    text = script.read_text()
    assert text.count(old) == 1
    script.write_text(text.replace(old, new))
    return judged(made)


def test_degenerate_a_script_that_measures_released_encoders_alone_is_refused(made: MadeUp) -> None:
    verdict = changed(made, 'bench.retrieve(vectors, setting="monolingual")', "pass")
    assert (verdict.outcome, verdict.causes[0]) == ("untested", "script_error")
    assert f"beside trained ones that are measured, found {MODEL} without any" in verdict.reason


def test_degenerate_damaged_vectors_are_made_again(made: MadeUp) -> None:
    (named,) = stated(made).provenance.released
    store = Store(made.folder / "store")
    path = store.place(named.vectors) / "queries.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    assert [words.partition(":")[0] for words in encoded(made)] == [f"{MODEL} on xquad-r"]
    assert judged(made).provenance == stated(made).provenance


def test_degenerate_an_encoder_that_changes_while_a_run_trains_is_not_encoded_with(made: MadeUp) -> None:
    (named,) = stated(made).provenance.released
    Store(made.folder / "store").set_aside(named.vectors)
    run = Run(replace(made.job(), cache="always"))
    plan = run.planning.plan()
    config = made.folder / "claims" / MODEL / "config.json"
    config.write_text(config.read_text().replace("{", '{"of": "another revision",', 1))
    (error,) = run.around.released.encode(plan.claims).values()
    assert "expected its files as the run was planned with them, found them changed" in str(error)


def test_degenerate_a_replay_holds_what_is_stated_against_what_the_script_asks_for(made: MadeUp) -> None:
    verdict = stated(made)
    (named,) = verdict.provenance.released
    for other in ((), (named, named.model_copy(update={"dataset": "nothing"}))):
        forged = verdict.model_copy(update={"provenance": verdict.provenance.model_copy(update={"released": other})})
        found = replay(forged, made.replaying(), made.reports).replay
        assert [(one.step, one.what) for one in found.differences] == [("plan", "released encoders")]


def test_exact_vectors_of_equal_files_that_were_made_in_another_way_are_code(made: MadeUp) -> None:
    before = stated(made)
    (named,) = before.provenance.released
    other = named.model_copy(update={"vectors": "f" * 64})
    after = before.model_copy(update={"provenance": before.provenance.model_copy(update={"released": (other,)})})
    (change,) = changes(before, after)
    assert (change.why, change.what) == ("code", f"encoding xquad-r by {MODEL} ({named.digest[:12]})")


def test_degenerate_nothing_is_encoded_where_only_the_cache_may_answer(made: MadeUp) -> None:
    (named,) = stated(made).provenance.released
    Store(made.folder / "store").set_aside(named.vectors)
    verdict = judged(made)
    assert (verdict.outcome, verdict.causes[0]) == ("untested", "resource_missing")
    assert f"vectors of xquad-r by {MODEL} are not in the store" in verdict.reason


def test_itself_a_replay_needs_the_vectors_and_not_the_encoder(made: MadeUp) -> None:
    shutil.rmtree(made.folder / "claims" / MODEL)
    whole = replay(stated(made), made.replaying(), made.reports)
    (named,) = stated(made).provenance.released
    assert whole.replay.same
    assert named.vectors in whole.cells
    Store(made.folder / "store").set_aside(named.vectors)
    without = replay(stated(made), made.replaying(), made.reports).replay
    assert [(one.step, one.what) for one in without.differences] == [
        ("vectors", f"{MODEL} on xquad-r ({named.vectors[:12]})")
    ]
