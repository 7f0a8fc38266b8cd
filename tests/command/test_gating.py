from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from accepted_set import C02, C06, C13, folder_of
from click.testing import CliRunner, Result

from harness.command import FILES, cli
from harness.errors import HarnessError, UsageError
from harness.ledger import NAME, Ledger, entered, write_ledger
from harness.recordfile import read_record
from harness.records.verdict import Verdict
from harness.report.drift import FORMATS

CLAIMS = (C02, C06, C13)


@pytest.fixture
def project(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three claims with their accepted verdicts and the same once more as what came out."""
    (tmp_path / "claims").mkdir()
    for path in root.glob("claims/c06*"):
        shutil.copy(path, tmp_path / "claims")
    for folder in ("reports/accepted", "now"):
        folder_of(tmp_path / folder, *CLAIMS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def gate(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["gate", "--current", "now", *arguments])


def test_exact_no_drift_exits_0_and_drift_exits_1(project: Path) -> None:
    done = gate()
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "3 claims: 3 as accepted")
    (project / "now/c06.atlas.json").unlink()
    done = gate("--format", "markdown")
    assert done.exit_code == 1
    assert "unrun-claim" in done.output
    assert "pytest claims --scope atlas -k c06" in done.output


def test_exact_every_format_goes_into_the_folder(project: Path) -> None:
    done = gate("--format", ",".join(FORMATS), "--out", "out")
    assert done.exit_code == 0
    assert {path.name for path in (project / "out").iterdir()} == {form.file for form in FORMATS.values()}


def test_exact_a_baseline_that_is_missing_is_written_and_fails(project: Path) -> None:
    shutil.rmtree(project / "reports/accepted")
    assert "--write-baseline" in str(gate().exception)
    done = gate("--write-baseline")
    assert done.exit_code == 1
    assert "accept it: harness accept" in done.output
    written = [read_record(project / f"reports/accepted/{one.claim}.atlas.json", Verdict) for one in CLAIMS]
    assert [one.timeless() for one in written] == [one.timeless() for one in CLAIMS]
    assert {one.occasion.host for one in written} == {""}
    assert gate("--write-baseline").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "text,markdown"], "one format for the terminal"),
        (["--format", "pdf"], "expected some of"),
        (["--scope", "atlantis"], "expected a scope that has verdicts"),
        (["--unrun", "nowhere.json"], "harness changed --json"),
    ],
)
def test_degenerate_what_cannot_be_compared_is_refused(project: Path, arguments: list[str], words: str) -> None:
    assert project
    found = gate(*arguments).exception
    assert isinstance(found, HarnessError)
    assert words in str(found)


def test_degenerate_a_broken_ledger_is_refused(project: Path) -> None:
    (project / "reports/ledger.jsonl").write_text("{}\n")
    found = gate().exception
    assert isinstance(found, HarnessError)
    assert "ledger.jsonl:1" in str(found)


def test_exact_an_accepted_verdict_that_was_edited_by_hand_is_refused(project: Path) -> None:
    ledger = Ledger()
    for one in CLAIMS:
        ledger = entered(ledger, one, before=None, why=[], reason="measured", at="2026-02-03T04:05:06+00:00")
    write_ledger(project / "reports" / NAME, ledger)
    assert gate().exit_code == 0
    folder_of(project / "reports/accepted", C06.model_copy(update={"outcome": "supported"}))
    found = gate().exception
    assert isinstance(found, UsageError)
    assert "entered last in the ledger" in str(found)


@pytest.mark.parametrize("name", sorted(FILES))
def test_exact_every_command_stands_in_the_file_that_is_said(name: str) -> None:
    done = CliRunner().invoke(cli, [name, "--help"])
    assert done.exit_code == 0
    assert f"{name} " in done.output
