"""The command `harness audit`: what it prints, and what it exits with."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from harness.command import cli
from harness.data import lareqa
from harness.errors import FileFaults, UsageError
from harness.records.schemas import schema

if TYPE_CHECKING:
    from pathlib import Path

REFUSED = 2


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["audit", *map(str, arguments)], catch_exceptions=False)


def printed(*arguments: str | Path) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    Draft202012Validator(schema("audit")).validate(found)
    return found


@pytest.fixture(autouse=True)
def here(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    monkeypatch.delenv(lareqa.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_exact_this_papers_findings_with_the_claims_they_touch() -> None:
    found = printed()
    assert found["schema"] == "urn:harness:audit:1"
    assert (found["checked"]["tables"], found["checked"]["statements"]) == (13, 67)
    (text,) = [one for one in found["findings"] if "S24" in one["where"]]
    assert text["where"] == ["T7:mean:xlm-r_x-x-mono", "S24"]
    assert text["says"] == ["410.2", "295.4"]
    assert "c06" in text["claims"]
    assert all(len(one["where"]) == len(one["says"]) for one in found["findings"])


def test_exact_a_made_up_paper_has_no_findings_and_no_claims() -> None:
    found = printed("--tables", "fixtures/made_up_paper/tables", "--fail-on-findings")
    assert (found["findings"], found["checked"]["claims"], found["checked"]["statements"]) == ([], [], 10)


def test_exact_a_copy_with_a_slip_elsewhere_is_still_this_paper_to_its_claims(tmp_path: Path) -> None:
    shutil.copytree("claims/paper", tmp_path / "paper")
    table = tmp_path / "paper/tables/table-08-rank-distance-mlqa-r.csv"
    table.write_text(table.read_text().replace("zh,255.9", "zh,295.5"))
    given = ("--tables", tmp_path / "paper/tables", "--statements", tmp_path / "paper/statements.csv")
    (found,) = [one for one in printed(*given)["findings"] if one["kind"] == "mean"]
    assert found["where"][0] == "T8:mean:xlm-r_x-x-mono"
    assert found["says"][0] == "287.5"
    assert found["claims"] == ["c07"]
    assert (found["grave"], found["origin"]) == ("slip", "cannot-tell")


def test_exact_exit_status() -> None:
    assert run().exit_code == 0
    assert run("--fail-on-findings").exit_code == 1
    assert run("--tables", "fixtures/made_up_paper/tables", "--fail-on-findings").exit_code == 0
    with pytest.raises(FileFaults):
        run("--tables", "nowhere")
    with pytest.raises(FileFaults, match=r"nowhere\.csv"):
        run("--statements", "nowhere.csv")
    with pytest.raises(UsageError, match="--write or --check, found both"):
        run("--write", "a", "--check", "b")


def test_exact_slips_are_planted_and_counted(tmp_path: Path) -> None:
    (tmp_path / "table-1-map.csv").write_text("l,x\nde,0.51\nen,0.62\nmean,0.565\n")
    result = run("--tables", tmp_path, "--slips")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == ["digit", "swap", "sign", "unit", "row"]
    assert all(" of " in line and line.endswith("%)") for line in lines)


def test_exact_what_is_written_holds_until_it_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("<!-- audit -->\n<!-- /audit -->\n")
    assert run("--check", path).exit_code == 1
    assert run("--write", path).exit_code == 0
    assert run("--check", path).exit_code == 0
    path.write_text(path.read_text().replace("`410.2`", "`410.3`"))
    result = run("--check", path)
    assert result.exit_code == 1
    assert f"harness audit --write {path}" in result.stdout


def test_exact_broken_claims_are_named_and_left_out(tmp_path: Path) -> None:
    shutil.copytree("fixtures/made_up_paper", tmp_path / "paper")
    (tmp_path / "c01-broken.yaml").write_text("schema: urn:harness:claim:1\n")
    result = run("--tables", tmp_path / "paper/tables")
    assert result.exit_code == 0
    assert f"left out, for it cannot be read: {tmp_path / 'c01-broken.yaml'}" in result.stderr


def test_other_process_exits_2_with_all_faults_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/table-1-a.csv").write_text("l,x\nde,0.5\nen,n/a\n")
    (tmp_path / "tables/table-2-b.csv").write_text("l,x\nde,1\nde,1\n")
    command = [sys.executable, "-m", "harness", "audit", "--tables", str(tmp_path / "tables")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == REFUSED
    assert ran.stdout == ""
    assert "table-1-a.csv:3: expected a number" in ran.stderr
    assert "table-2-b.csv:3: expected each row once" in ran.stderr
