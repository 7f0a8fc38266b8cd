"""Judging scores that somebody brings: what a template asks for can be filled in and is judged, claim by claim."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from brought_builders import Row, csv_of, questions, rows_of

from harness.claimfile.claims import read_claim
from harness.claimfile.scopes import find_scope
from harness.court.brought import ABSENT, slots
from harness.court.judge import datasets_of
from harness.court.linear import LEAST_CLUSTERS
from harness.errors import FileFaults, UsageError
from harness.records.scores import NOT_APPLIED, SETTING, JudgedScores, Slot
from harness.seeds import generator
from harness.verify import judge_scores, scores_template

JUDGEABLE = ["c01", "c02", "c03", "c04", "c05", "c06", "c07", "c08", "c09", "c10", "c11", "c12", "c14"]
LANGUAGES = ("el", "vi")
ENOUGH = max(LEAST_CLUSTERS, 100)
LEVELS = {"x-x-mono": 0.62, "hybrid": 0.61, "x-y": 0.6}


def claim_path(root: Path, name: str) -> Path:
    return next((root / "claims").glob(f"{name}-*.yaml"))


def planted(slot: Slot, seed: int, query: str, language: str) -> float:
    noise = generator(slot.side, slot.base, slot.dataset, slot.setting, str(slot.check.measure), seed, query, language)
    return LEVELS.get(slot.side, 0.6) + generator("easy", query).normal(0, 0.05) + noise.normal(0, 0.02)


def filled(told: str, path: Path) -> list[Row]:
    """A template's rows filled in as a person would: each row again for every seed, query and language."""
    known = {(slot.name, slot.side, slot.setting): slot for slot in slots(read_claim(path).claim)}
    found = []
    for row in csv.DictReader(io.StringIO(told)):
        own = [one for key, one in known.items() if key[:2] == (row["check"], row["side"])]
        slot = next(one for one in own if row.get(SETTING, "") in {"", one.setting})
        for seed in range(5):
            for one in questions(slot, LANGUAGES, 4):
                value = planted(slot, seed, one["query"], one["language"])
                found.append(row | one | {"seed": str(seed), "value": f"{value:.6f}"})
    return found


@pytest.mark.parametrize("name", JUDGEABLE)
def test_itself_a_template_once_filled_in_is_judged_on_every_check(root: Path, tmp_path: Path, name: str) -> None:
    path = claim_path(root, name)
    told = scores_template(path)
    columns = told.splitlines()[0].split(",")
    scores = tmp_path / "scores.csv"
    scores.write_text(csv_of(filled(told, path), columns))
    found = judge_scores(path, scores)
    claim = read_claim(path).claim
    ruled = [(one.id, one.dataset) for one in found.answer.checks]
    assert ruled == [(check.id, on) for check in claim.checks for on in datasets_of(check, claim)]
    assert all(one.note != ABSENT for one in found.answer.checks)
    assert {one.relation for one in found.answer.checks if one.outcome == "untested"} <= {"reduced-by"}
    assert all(
        one.queries == 4 * 2 * (len(claim.datasets) if one.dataset == "all" else 1) for one in found.answer.checks
    )


@pytest.mark.parametrize(("name", "last"), [("c01", "language"), ("c11", SETTING), ("c12", SETTING)])
def test_exact_a_template_has_a_row_per_check_dataset_base_side_and_setting_where_needed(
    root: Path, name: str, last: str
) -> None:
    lines = scores_template(claim_path(root, name)).splitlines()
    assert lines[0].split(",")[-1] == last
    assert len(lines) - 1 == len(slots(read_claim(claim_path(root, name)).claim)) == len(set(lines[1:]))
    assert all(line.count(",") == lines[0].count(",") for line in lines)


def test_exact_a_template_as_it_is_is_refused(root: Path, tmp_path: Path) -> None:
    scores = tmp_path / "scores.csv"
    scores.write_text(scores_template(claim_path(root, "c06")))
    with pytest.raises(FileFaults) as caught:
        judge_scores(claim_path(root, "c06"), scores)
    assert {fault.line for fault in caught.value.faults} <= set(range(2, 14))
    assert all("nothing" in fault.found for fault in caught.value.faults)


@pytest.fixture
def c06(root: Path, tmp_path: Path) -> Path:
    """The claim in a folder of its own, with its lock and the paper."""
    shutil.copytree(root / "claims", tmp_path / "claims", ignore=shutil.ignore_patterns("__pycache__"))
    return claim_path(tmp_path, "c06")


@pytest.fixture(scope="module")
def rows(root: Path) -> list[Row]:
    """Hybrid reduces rank distances by what the paper says."""

    def reduced(slot: Slot, seed: int, query: str, language: str) -> float:
        share = {"xlm-r": 0.3, "labse": 0.15}[slot.base] if slot.side == "hybrid" else 0.0
        value = planted(slot, seed, query, language) - LEVELS[slot.side] + 0.5
        return 100 * value * (1 - share) if slot.check.measure == "rank-distance" else value + share

    return rows_of(read_claim(claim_path(root, "c06")).claim, reduced, languages=("en",), clusters=ENOUGH)


@pytest.fixture
def scores(rows: list[Row], tmp_path: Path) -> Path:
    path = tmp_path / "scores.csv"
    path.write_text(csv_of(rows))
    return path


def test_exact_the_answer_holds_the_keys_of_the_interface(c06: Path, scores: Path) -> None:
    told = judge_scores(c06, scores).answer.plain()
    assert list(told) == ["schema", "claim", "scope", "outcome", "checks", "not_applied"]
    assert (told["schema"], told["claim"], told["scope"]) == ("urn:harness:judge:1", "c06", "atlas")
    assert told["not_applied"] == ["floor", "regime", "controls", "neighbours", "lock", "seal", "attack"]
    assert tuple(told["not_applied"]) == NOT_APPLIED
    assert JudgedScores.model_validate_json(judge_scores(c06, scores).answer.model_dump_json(by_alias=True))


def test_exact_a_reduced_scope_shows_a_size_and_a_full_one_judges_it(c06: Path, scores: Path, tmp_path: Path) -> None:
    found = judge_scores(c06, scores)
    lower, beside, size = found.answer.checks
    assert (lower.outcome, beside.outcome, size.outcome) == ("supported", "supported", "untested"), found.reason
    assert (found.answer.outcome, found.scale) == ("supported", "reduced")
    assert size.effect is not None
    assert size.effect.claimed == {"xlm-r": -30.1, "labse": -15.4}
    full = tmp_path / "mine.yaml"
    full.write_text(
        find_scope("atlas").read_text().replace("scale: reduced", "scale: full").replace("name: atlas", "name: mine")
    )
    judged = judge_scores(c06, scores, str(full))
    assert (judged.answer.scope, judged.scale) == ("mine", "full")
    assert judged.answer.checks[:2] == found.answer.checks[:2]
    assert judged.answer.checks[2].outcome == "supported"
    assert judged.answer.outcome == "supported"


def test_exact_a_size_that_is_missed_contradicts_the_claim_at_scale_full_alone(
    c06: Path, rows: list[Row], tmp_path: Path
) -> None:
    distances = {("lower", "hybrid"), ("size", "hybrid")}
    less = [
        row
        | ({"value": str(float(row["value"]) * 1.1)} if (row["check"].split("/")[0], row["side"]) in distances else {})
        for row in rows
    ]
    scores, full = tmp_path / "scores.csv", tmp_path / "mine.yaml"
    scores.write_text(csv_of(less))
    full.write_text(find_scope("atlas").read_text().replace("scale: reduced", "scale: full"))
    assert [judge_scores(c06, scores, scope).answer.outcome for scope in ("atlas", str(full))] == [
        "supported",
        "contradicted",
    ]


def test_exact_a_claim_without_a_paper_is_judged_without_the_papers_effect(c06: Path, scores: Path) -> None:
    text, before = c06.read_text(), judge_scores(c06, scores).answer.checks
    head, _, rest = text.partition("cells:\n")
    c06.write_text(head + "checks:" + rest.partition("checks:")[2])
    shutil.rmtree(c06.parent / "paper")
    found = judge_scores(c06, scores).answer.checks
    assert [one.low for one in found] == [one.low for one in before]
    assert found[0].effect is not None
    assert found[0].effect.claimed == {}


def test_exact_the_lock_is_not_applied_but_told_where_it_does_not_hold(c06: Path, scores: Path) -> None:
    lock, before = c06.parent / "lock.json", judge_scores(c06, scores)
    assert before.lock == ""
    c06.write_text(c06.read_text().replace('margin: "0.01"', 'margin: "0.02"'))
    changed = judge_scores(c06, scores)
    assert "the analysis of c06 is not the one locked on" in changed.lock
    assert changed.answer.checks[1].margin == "0.02"
    lock.write_text("{}")
    assert "expected a lock" in judge_scores(c06, scores).lock
    lock.unlink()
    assert "no lock.json lies beside the claim" in judge_scores(c06, scores).lock
    lock.write_text('{"schema": "urn:harness:lock:1", "claims": {}, "scopes": {}}')
    assert "has no entry for c06" in judge_scores(c06, scores).lock
    assert judge_scores(c06, scores).answer == changed.answer


def test_exact_a_claim_that_counts_is_refused_in_words(root: Path, tmp_path: Path) -> None:
    for call in (
        lambda: scores_template(claim_path(root, "c13")),
        lambda: judge_scores(claim_path(root, "c13"), tmp_path),
    ):
        with pytest.raises(UsageError, match=r"c13: .*nothing to judge by scores; count with: pytest claims/ -k c13"):
            call()


def test_exact_a_claim_or_scope_that_cannot_be_read_is_refused(
    root: Path, tmp_path: Path, scores: Path, c06: Path
) -> None:
    with pytest.raises(UsageError, match="--scope: expected one of"):
        judge_scores(c06, scores, "paper-clip")
    c06.write_text(c06.read_text().replace("relation: below", "relation: beneath"))
    with pytest.raises(FileFaults, match=r"c06-.*yaml:\d+: expected"):
        judge_scores(c06, scores)
    with pytest.raises(FileFaults):
        judge_scores(tmp_path / "none.yaml", scores)
    with pytest.raises(FileFaults):
        judge_scores(root / "claims", scores)
