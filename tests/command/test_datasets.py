"""The command `harness data export`: what it writes, and that it never exits 0 on failure."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.claimfile.scopes import read_scope
from harness.command import cli
from harness.data import catalogue
from harness.errors import UsageError

SCOPE = "fixtures/scopes/tiny.yaml"


def export(*arguments: str | Path) -> Result:
    told = ["data", "export", *(str(argument) for argument in arguments)]
    return CliRunner().invoke(cli, told, catch_exceptions=False)


def test_exact_what_the_scope_binds_is_written(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    result = export("xquad-r", "--format", "beir", tmp_path / "set", "--scope", SCOPE)
    assert result.exit_code == 0
    bound = catalogue.evaluation(read_scope(root / SCOPE).datasets["xquad-r"])
    written = [json.loads(line) for line in (tmp_path / "set/queries.jsonl").read_text("utf-8").splitlines()]
    assert [entry["_id"] for entry in written] == list(bound.judgements.query_ids)
    assert f"{len(bound.texts.queries)} queries, {len(bound.texts.passages)} passages" in result.stdout


def test_exact_an_unbound_set_is_refused(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with pytest.raises(UsageError, match="expected one of xquad-r in scope tiny, found 'bible'"):
        export("bible", "--format", "beir", tmp_path / "set", "--scope", SCOPE)
    assert not (tmp_path / "set").exists()


def test_exact_another_format_or_none_is_refused(tmp_path: Path) -> None:
    assert export("xquad-r", "--format", "trec", tmp_path / "set").exit_code == 2
    assert export("xquad-r", tmp_path / "set").exit_code == 2


def test_other_process_exits_2_over_a_folder_that_is_not_empty(root: Path, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")
    command = [sys.executable, "-m", "harness", "data", "export", "xquad-r", "--format", "beir", tmp_path]
    ran = subprocess.run(
        [*map(str, command), "--scope", SCOPE], cwd=root, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 2
    assert "not empty" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["note"]
