"""`harness attack` and `harness accept` as they are called: on the rebuilt record, cases of the zoo, tiny runs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from harness.claimfile.claims import read_claim
from harness.command import cli
from harness.command.attacking import judge_at_fault
from harness.court.verdict import NO_RED_TEAM
from harness.errors import FileFaults, UsageError
from harness.records.attack import AttackAnswer, AttackedCase, KillMatrix, SameArm

RED_TEAM_LINE = re.compile(
    r"^\[Gate 3 RED-TEAM FALSIFIED\] avg_attack_score=(\d+\.\d)/10\. COUNTEREXAMPLE_HUNTER\((\d+\.\d)\):(.{0,80}); "
    r"CITATION_AUDITOR\((\d+\.\d)\):(.{0,80}); REPLICATION_ATTACKER\((\d+\.\d)\):(.{0,80})$"
)
FORMULAS = ("hidden-arithmetic", "hidden-loop", "hidden-string-length", "hidden-joined-digits", "hidden-decoded-bytes")
"""The record's script with its literal hidden from static analysis in five ways."""

STATIC = {
    "plain-eleven": "category",
    "hidden-file-beside": "category",
    "derived-reduction": "category",
    "metadata-languages": "category",
    "trivial-product": "category",
    "nothing-asked": "",
    "margin-three": "",
    "same-half": "",
    "seed-zero-for-all": "",
    "crash-raised": "",
}
"""Cases for which nothing is trained or ranked; which probe defeats each, none where it is refused or fails before."""


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)


def answered(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    result = call("attack", *arguments, "--json", "--workers", "1")  # a second lab process takes longer to start
    answer = json.loads(result.stdout)
    Draft202012Validator(AttackAnswer.model_json_schema(by_alias=True)).validate(answer)
    return result.exit_code, answer


@pytest.mark.parametrize(("cases", "supported"), [(10, 7), (10, 8), (9, 70)])
def test_rule_a_judge_that_tells_an_arm_from_itself_is_at_fault(cases: int, supported: int) -> None:
    same_arm = SameArm(splits=70, supported=supported)
    one = AttackedCase(
        case="a", claim="c01", label=None, family=None, status="UNVERIFIED", verification="sound", cause=None,
        red_team=NO_RED_TEAM.model_copy(update={"same_arm": same_arm}), killed=(), refused="", met=True,
    )  # fmt: skip
    matrix = KillMatrix(probes=(), cases=(), killed=())
    assert judge_at_fault(AttackAnswer(cases=(one,) * cases, matrix=matrix, same_arm=same_arm)) is (supported == 8)


@pytest.fixture
def zoo(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "fixtures/zoo/paper", tmp_path / "zoo/paper")
    return tmp_path / "zoo"


def taken(root: Path, zoo: Path, *names: str) -> None:
    for name in names:
        shutil.copytree(root / "fixtures/zoo" / name, zoo / name)


def tiny(root: Path, zoo: Path, name: str, label: str | None, **changes: str) -> Path:
    """A case on the tiny claim in the tiny scope; `changes` are lines of the claim, by what they replace."""
    folder = zoo / name
    shutil.copytree(root / "fixtures/claims/tiny", folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "fixtures/scopes/tiny.yaml", folder / "scope.yaml")
    claim = folder / "c71-tiny.yaml"
    text = claim.read_text()
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    claim.write_text(text)
    if label is not None:
        (folder / "case.json").write_text(json.dumps({"label": label, "family": "tiny", "why": "a test"}))
    assert call("lock", folder, "--scope", folder / "scope.yaml", "--reports", folder / "reports").exit_code == 0
    return folder


def test_exact_the_falsified_record_is_defeated_as_it_was(root: Path, tiny_store: Path) -> None:
    code, answer = answered(root / "fixtures/falsified_record", "--store", tiny_store)
    (case,) = answer["cases"]
    assert (code, case["label"], case["verification"], case["status"]) == (0, "worthless", "defeated", "UNVERIFIED")
    assert case["cause"] == "verification_defeated"
    score = {one["name"]: one["score"] for one in case["red_team"]["attackers"]}
    assert score["COUNTEREXAMPLE_HUNTER"] >= 9
    assert score["CITATION_AUDITOR"] >= 9
    assert score["REPLICATION_ATTACKER"] <= 3
    assert case["red_team"]["average"] >= 7.0
    assert "category" in case["killed"]


def test_exact_hiding_the_literal_does_not_help(root: Path, zoo: Path, tiny_store: Path) -> None:
    taken(root, zoo, *FORMULAS)
    code, answer = answered(zoo, "--store", tiny_store)
    assert code == 0
    for case in answer["cases"]:
        assert case["verification"] == "defeated", case["case"]
        assert {"category", "handed-in"} <= set(case["killed"]), case["case"]


def test_exact_cases_that_nothing_is_measured_for_are_not_sound(root: Path, zoo: Path, tiny_store: Path) -> None:
    taken(root, zoo, *STATIC)
    code, answer = answered(zoo, "--store", tiny_store)
    found = {case["case"]: case for case in answer["cases"]}
    assert (code, set(found)) == (0, set(STATIC))
    for name, probe in STATIC.items():
        assert found[name]["verification"] != "sound", name
        assert probe in found[name]["killed"] if probe else not found[name]["killed"], name
        assert bool(found[name]["refused"]) == (name in {"margin-three", "same-half"}), name
    matrix = answer["matrix"]
    assert matrix["cases"] == [case["case"] for case in answer["cases"]]
    row = matrix["killed"][matrix["cases"].index("plain-eleven")]
    assert row == [probe in found["plain-eleven"]["killed"] for probe in matrix["probes"]]


def test_real_part_honest_tiny_runs_survive_and_a_wide_margin_does_not(root: Path, zoo: Path, tiny_store: Path) -> None:
    tiny(root, zoo, "honest", "honest")
    tiny(root, zoo, "nobody-said", None)
    tiny(root, zoo, "wide", "worthless", **{'margin: "0.01"': 'margin: "0.5"'})
    code, answer = answered(zoo, "--store", tiny_store)
    assert code == 0
    assert {case["case"]: case["verification"] for case in answer["cases"]} == {
        "honest": "sound",
        "nobody-said": "sound",
        "wide": "defeated",
    }
    assert "margins" in answer["cases"][2]["killed"]
    result = call("attack", zoo / "honest", "--store", tiny_store)
    assert result.exit_code == 0
    assert "all as expected" in result.stdout


def test_rule_cases_of_one_id_are_measured_together_and_each_keeps_its_own_table(
    root: Path, zoo: Path, tiny_store: Path
) -> None:
    scope = root / "fixtures/scopes/tiny.yaml"
    for name, settings in (("one", ("monolingual",)), ("two", ("monolingual", "multilingual"))):
        script = tiny(root, zoo, name, "honest") / "c71_tiny.py"
        (zoo / name / "scope.yaml").unlink()
        once = '        bench.retrieve(vectors, setting="monolingual")\n'
        text = script.read_text()
        assert text.count(once) == 1
        script.write_text(text.replace(once, "".join(once.replace("monolingual", setting) for setting in settings)))
    first, second = (call("attack", zoo, "--scope", scope, "--store", tiny_store, "--workers", "1") for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout == second.stdout
    assert first.stderr.count("now attacking the verifications") == 1
    assert "now attacking" not in second.stderr  # a verdict whose table is another's would be made again


def test_exact_a_case_that_is_not_as_labelled_exits_1_and_is_named(root: Path, zoo: Path, tiny_store: Path) -> None:
    taken(root, zoo, "plain-eleven")
    path = zoo / "plain-eleven/case.json"
    path.write_text(path.read_text().replace("worthless", "honest"))
    result = call("attack", zoo, "--store", tiny_store)
    assert result.exit_code == 1
    assert "not as expected: plain-eleven" in result.stdout
    path.unlink()
    assert call("attack", zoo, "--store", tiny_store).exit_code == 1  # nobody said, and it is defeated


def test_exact_a_verdict_that_does_not_come_out_defeats_its_case(root: Path, zoo: Path, tiny_store: Path) -> None:
    folder = tiny(root, zoo, "stated", "worthless")
    (folder / "verdict.json").write_text('{"schema": "urn:harness:verdict:1", "status": "VERIFIED"}')
    code, answer = answered(zoo, "--store", tiny_store)
    (case,) = answer["cases"]
    assert (code, case["verification"], case["status"]) == (0, "defeated", "UNVERIFIED")
    assert case["killed"] == ["stated-verdict"]
    assert "verdict.json" in case["refused"]


def test_itself_a_brought_store_is_copied_and_left_as_it_was(root: Path, zoo: Path, tiny_store: Path) -> None:
    folder = tiny(root, zoo, "brought", "honest")
    shutil.copytree(tiny_store, folder / "store")
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    code, answer = answered(folder, "--store", zoo / "elsewhere")
    assert (code, answer["cases"][0]["verification"]) == (0, "sound")
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "case.json"), ('{"label": "fine", "family": "x", "why": "y"}', "worthless"), ("[]", "case.json")],
)
def test_degenerate_a_case_that_says_nothing_clear_is_refused(
    root: Path, zoo: Path, tiny_store: Path, text: str, words: str
) -> None:
    taken(root, zoo, "plain-eleven")
    (zoo / "plain-eleven/case.json").write_text(text)
    with pytest.raises(FileFaults, match=words):
        call("attack", zoo, "--store", tiny_store)


def test_degenerate_no_case_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found none"):
        call("attack", tmp_path)


def test_exact_compat_tells_of_the_record_as_the_public_practice_would(
    root: Path, pytester: pytest.Pytester, tiny_store: Path
) -> None:
    result = pytester.runpytest_subprocess(
        root / "fixtures/falsified_record", "--store", str(tiny_store), "--reports", str(pytester.path / "reports")
    )
    result.stdout.fnmatch_lines(["c50 supported*verification_defeated*"])
    gate = json.loads((pytester.path / "reports/gate/c50.atlas.json").read_text())
    compat = gate["x-harness"]["compat"]
    match = RED_TEAM_LINE.fullmatch(compat["reason"])
    assert (gate["status"], compat["status"]) == ("UNVERIFIED", "FALSIFIED")
    assert match is not None
    assert float(match.group(1)) >= 7.0


def run(pytester: pytest.Pytester, folder: Path, store: Path) -> pytest.RunResult:
    return pytester.runpytest_subprocess(
        *(folder, "--scope", folder / "scope.yaml", "--store", store, "--reports", pytester.path / "reports"),
        *("--workers", "1"),
    )


def measured(root: Path, pytester: pytest.Pytester, store: Path) -> Path:
    folder = tiny(root, pytester.path, "claims", None)
    run(pytester, folder, store).assert_outcomes(passed=1)
    return folder


def test_itself_what_is_accepted_passes_again_and_its_verdict_is_filed_without_the_host(
    root: Path, pytester: pytest.Pytester, tiny_store: Path
) -> None:
    folder = measured(root, pytester, tiny_store)
    named = ("--scope", folder / "scope.yaml", "--reports", pytester.path / "reports")
    result = call("accept", folder / "c71-tiny.yaml", *named, "--reason", "it is so")
    assert result.exit_code == 0
    accepted = json.loads((pytester.path / "reports/accepted/c71.tiny.json").read_text())
    stands = json.loads((pytester.path / "reports/verdicts/c71.tiny.json").read_text())
    assert accepted["occasion"].pop("host") == ""
    assert stands["occasion"].pop("host")
    assert accepted == stands
    entry = read_claim(folder / "c71-tiny.yaml").claim.accepted["tiny"]
    assert (entry.status, entry.cause, entry.reason) == (stands["status"], stands["cause"], "it is so")
    again = run(pytester, folder, tiny_store)
    again.assert_outcomes(passed=1)
    again.stdout.fnmatch_lines(["0 not accepted, *"])
    reports = ("--claims", folder, "--reports", pytester.path / "reports")
    assert call("accept", "c71", *named, *reports[:2], "--reason", "again").exit_code == 0
    assert call("ledger", "check", *reports).output.endswith(
        "2 entries, no git history here, so only the chain of digests was looked at\n"
    )
    folders = ("--baseline", pytester.path / "reports/accepted", "--current", pytester.path / "reports/verdicts")
    assert call("gate", *folders, "--claims", folder).output == "c71 tiny as accepted\n1 claims: 1 as accepted\n"
    told = json.loads(call("ledger", "show", "corrections", "--scope", "tiny", *reports[2:]).output)
    assert told == json.loads((pytester.path / "reports/gate/corrections.tiny.json").read_text())
    assert (told["correction_count"], told["correction_events"][0]["public_note"]) == (1, "again")
    (pytester.path / "reports/accepted/c71.tiny.json").unlink()
    assert call("ledger", "check", *reports).exit_code == 1
    (pytester.path / "reports/ledger.jsonl").unlink()
    with pytest.raises(UsageError, match="found none"):
        call("ledger", "begin", *reports)


def test_degenerate_what_cannot_be_accepted_is_refused(root: Path, pytester: pytest.Pytester, tiny_store: Path) -> None:
    folder = measured(root, pytester, tiny_store)
    path, scope = folder / "c71-tiny.yaml", ("--scope", folder / "scope.yaml")
    named = (*scope, "--reports", pytester.path / "reports", "--reason", "it is so")
    with pytest.raises(UsageError, match="reason"):
        call("accept", path, *scope, "--reason", "  ")
    with pytest.raises(UsageError, match="expected a claim c99 that has a verdict, found c71"):
        call("accept", "c99", "--claims", folder, *named)
    with pytest.raises(UsageError, match="expected a verdict that stands, found none"):
        call("accept", path, *scope, "--reports", pytester.path / "nowhere", "--reason", "it is so")
    before = path.read_text()
    (folder / "lock.json").unlink()
    run(pytester, folder, tiny_store).assert_outcomes(passed=1)
    with pytest.raises(UsageError, match="expected an analysis as it was locked"):
        call("accept", path, *named)
    path.write_text(before.replace('margin: "0.01"', 'margin: "0.02"'))
    with pytest.raises(UsageError, match="an older one"):
        call("accept", path, *named)
    path.write_text(before)
    filed = pytester.path / "reports/verdicts/c71.tiny.json"
    filed.write_text(filed.read_text().replace("UNVERIFIED", "VERIFIED"))
    with pytest.raises(UsageError, match="expected a verdict that stands"):
        call("accept", path, *named)
    assert path.read_text() == before
