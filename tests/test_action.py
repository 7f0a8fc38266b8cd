"""The action for pull requests: linted, and its scripts run as a workflow runs them, in somebody else's repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from harness.command import cli

SCRIPT = re.compile(r'^"\$GITHUB_ACTION_PATH/(\.ci/action/[a-z]+)"$')
PINNED = re.compile(r"^[\w-]+/[\w/-]+@[0-9a-f]{40}$")
BIN = Path(sys.executable).parent
WHO = ("git", "-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")


def ran(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    plain = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    environment = {**plain, "PATH": path, **variables}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def action(root: Path) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize(
    ("kind", "file"),
    [("vendor.github-workflows", ".github/workflows/claims.yml"), ("vendor.github-actions", "action.yml")],
)
def test_contract_workflow_and_action_pass_the_public_schemas(root: Path, kind: str, file: str) -> None:
    done = ran("check-jsonschema", "--builtin-schema", kind, file, cwd=root)
    assert done.returncode == 0, done.stdout


def test_other_implementation_the_linters_of_workflows_and_of_shell_find_nothing(root: Path) -> None:
    done = ran("zizmor", "--offline", "--no-progress", ".github", "action.yml", cwd=root)
    assert done.returncode == 0, done.stdout
    scripts = sorted(path for path in (root / ".ci").rglob("*") if path.is_file())
    done = ran("shellcheck", *scripts, cwd=root)
    assert done.returncode == 0, done.stdout


def test_exact_each_step_is_a_script_of_the_repository_or_pinned(root: Path, action: dict[str, Any]) -> None:
    steps = action["runs"]["steps"]
    scripts = [SCRIPT.fullmatch(step["run"].strip()) for step in steps if "run" in step]
    assert all(scripts)
    names = {match[1] for match in scripts if match}
    assert names == {str(path.relative_to(root)) for path in (root / ".ci/action").iterdir()}
    assert all(os.access(root / name, os.X_OK) for name in names)
    workflow = yaml.safe_load((root / ".github/workflows/claims.yml").read_text(encoding="utf-8"))
    used = [step["uses"] for step in [*steps, *workflow["jobs"]["claims"]["steps"]] if "uses" in step]
    assert [one for one in used if one != "./" and not PINNED.fullmatch(one)] == []
    assert workflow["permissions"] == {"contents": "read"}


class Elsewhere:
    """Somebody's repository with one claim, which trains nothing, and a runner's variables."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        shutil.copytree(root / "fixtures/falsified_record", folder / "claims")
        (folder / "claims/case.json").unlink()
        shutil.copytree(root / "claims/paper", folder / "claims/paper")
        self.variables = {
            "CLAIMS": "claims",
            "SCOPE": str(root / "fixtures/scopes/tiny.yaml"),
            "REPORTS": "reports",
            "STORE": str(folder.parent / "store"),
            "RESULTS": str(folder.parent / "results"),
            "WORKSPACE": str(folder),
            "GITHUB_OUTPUT": str(folder.parent / "output"),
            "GITHUB_STEP_SUMMARY": str(folder.parent / "summary"),
            "GITHUB_SHA": "a" * 40,
        }
        (folder / "claims/lock.json").unlink()
        self.harness("lock", folder / "claims")
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("a claim")
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")

    def git(self, *arguments: str) -> None:
        subprocess.run([*WHO, "-C", str(self.folder), *arguments], check=True, capture_output=True)

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def step(self, name: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return ran(self.root / ".ci/action" / name, cwd=self.folder, **self.variables | variables)

    def harness(self, *arguments: str | Path) -> None:
        """Call a command as its user does, in this process, which has what it imports."""
        options = ("--scope", self.variables["SCOPE"], "--reports", str(self.folder / "reports"))
        done = CliRunner().invoke(cli, [*map(str, arguments), *options], catch_exceptions=False)
        assert done.exit_code == 0, done.output

    @property
    def summary(self) -> str:
        return Path(self.variables["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")


def succeeded(done: subprocess.CompletedProcess[str], status: int = 0) -> str:
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def test_real_part_a_pull_request_from_a_new_claim_to_a_rewritten_ledger(root: Path, tmp_path: Path) -> None:
    there = Elsewhere(root, tmp_path / "there")
    succeeded(there.step("keys"))
    output = Path(there.variables["GITHUB_OUTPUT"]).read_text()
    assert re.fullmatch(r"packages=\S+\nwork=\S+\nwork-before=\S+\nresults=\S+\n", output)

    assert "to run: c50 | in full: none" in succeeded(there.step("select"))
    succeeded(there.step("measure"))
    succeeded(there.step("gate"), 2)
    assert "expected accepted verdicts, found none" in there.summary
    there.harness("accept", "all", "--reason", "as it came out", "--claims", there.folder / "claims")
    there.commit("accepted")

    succeeded(there.step("gate"))
    assert "**No drift**" in there.summary
    verdict = there.folder / "reports/verdicts/c50.tiny.json"
    verdict.write_bytes(verdict.read_bytes().replace(b"defeated", b"sound", 1))
    succeeded(there.step("gate"), 1)
    assert "invalid-document" in there.summary
    (log,) = json.loads((there.folder.parent / "results/gate.sarif").read_bytes())["runs"]
    assert log["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("claims/c50-")

    ledger = there.folder / "reports/ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b"as it came out", b"as it was meant"))
    told = succeeded(there.step("history"), 1)
    assert "expected the line as it was committed" in told
    assert "nothing of the base branch's was changed without a reason" in told
    assert "**The ledger**" in there.summary
    assert "**The lock**" not in there.summary


@pytest.mark.parametrize(("status", "expected"), [(0, 0), (1, 0), (2, 1), (5, 1)])
def test_exact_what_changed_is_run_and_the_sentinel_without_finished_work(
    root: Path, tmp_path: Path, status: int, expected: int
) -> None:
    programs = program(tmp_path / "bin", "pytest", f'echo "$*" >>"{tmp_path}/log"; exit {status}')
    (tmp_path / "results").mkdir()
    told = {"changed": {"c01": [], "c02": []}, "sentinel": "c03"}
    (tmp_path / "results/changed.json").write_text(json.dumps(told))
    for name in ("c01-a b.yaml", "c02-b.yaml", "c03-c.yaml", "c04-d.yaml"):
        (tmp_path / name).touch()
    given = {"CLAIMS": ".", "SCOPE": "s", "STORE": "st", "REPORTS": "r", "RESULTS": "results"}
    done = ran(root / ".ci/action/measure", cwd=tmp_path, **given, **programs)
    assert done.returncode == expected, done.stderr
    first, *second = (tmp_path / "log").read_text().splitlines()
    assert first == "c01-a b.yaml c02-b.yaml --scope s --store st --reports r -p no:cacheprovider"
    if expected == 0:
        assert second == ["c03-c.yaml --cache never --scope s --store st --reports r -p no:cacheprovider"]


def program(folder: Path, name: str, body: str) -> dict[str, str]:
    """Put one program before all others."""
    folder.mkdir()
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}"}


def test_degenerate_a_runner_that_cannot_seal_is_told_before_anything_is_trained(root: Path, tmp_path: Path) -> None:
    variables = program(tmp_path / "bin", "harness", 'echo \'{"seal": {"status": "PARTIAL"}}\'')
    variables["GITHUB_STEP_SUMMARY"] = str(tmp_path / "summary")
    done = ran(root / ".ci/action/seal", cwd=tmp_path, **variables)
    assert done.returncode == 1
    assert "found PARTIAL" in done.stderr
    assert done.stderr.strip() in (tmp_path / "summary").read_text()
    succeeded(ran(root / ".ci/action/seal", cwd=tmp_path, **variables, ALLOW_UNSEALED="true"))
