"""The README: every command in it is run, here or by continuous integration."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typed
import yaml

from harness.claimfile.scopes import find_scope, read_scope, read_tuning
from harness.report.tuned import doses_table, tuning_table
from harness.verify.tuning import recheck

BY_CI = {"make check", "make docs", "make test", "make verify", "harness outcomes", "harness attack fixtures/zoo"}
SLOW = {"make bench", "make calibrate", "make soak"}  # minutes; tests of the same names cover them in short
SCOPE = ["--scope", "fixtures/scopes/tiny.yaml"]


def blocks(root: Path, language: str) -> list[str]:
    return typed.blocks((root / "README.md").read_text(encoding="utf-8"), language)


def commands(root: Path) -> list[str]:
    return [command.line for command in typed.commands((root / "README.md").read_text(encoding="utf-8"))]


def test_continuous_integration_runs_the_make_targets_and_what_needs_a_whole_run(root: Path) -> None:
    script = (root / ".ci/run").read_text().replace(".venv/bin/", "")
    targets = {command for command in commands(root) if command.startswith("make ")}
    assert targets - SLOW <= BY_CI
    assert all(f"\n{command}\n" in script for command in BY_CI)


def test_every_other_command_works(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "claims", tmp_path / "claims")
    shutil.copytree(root / "fixtures/scopes", tmp_path / "fixtures/scopes")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    others = [command for command in commands(root) if not command.startswith("make ") and command not in BY_CI]
    assert len(others) >= 3
    for command in others:
        program, *arguments = shlex.split(command)
        module = {"harness": "harness", "pytest": "pytest"}[program]
        # nothing is trained here: what is checked is that the command is understood and ends well
        options = [*SCOPE, "--cache", "only-cache"] if program == "pytest" else []
        options += ["--store", str(tmp_path / "store")] if arguments[0] != "lock" else []
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments, *options],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def test_the_tables_of_tuning_are_what_the_command_prints(root: Path) -> None:
    told = (root / "README.md").read_text(encoding="utf-8")
    assert tuning_table(read_tuning(root / "harness/scopes/atlas.tuning.json")) in told
    real = read_tuning(root / "harness/scopes/lareqa.tuning.json")
    assert doses_table(real, read_scope(find_scope("lareqa")).settings) in told


@pytest.mark.parametrize("name", ["atlas", "lareqa"])
def test_the_results_of_tuning_follow_from_their_points_and_the_scope_at_hand(root: Path, name: str) -> None:
    assert recheck(read_scope(find_scope(name)), read_tuning(root / f"harness/scopes/{name}.tuning.json")) == []


def test_the_worked_example_is_the_claim_itself(root: Path) -> None:
    (script,) = (body for body in blocks(root, "python"))
    assert script == (root / "claims/c06_bias_below_monolingual_xquad.py").read_text()
    (check,) = (yaml.safe_load(body)["checks"][0] for body in blocks(root, "yaml"))
    claim = yaml.safe_load((root / "claims/c06-bias-below-monolingual-xquad.yaml").read_text())["checks"][0]
    assert check.items() <= claim.items()


def test_exact_what_the_readme_links_to_is_there(root: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (root / "README.md").read_text(encoding="utf-8"))
    own = [link for link in links if "://" not in link]
    assert len(own) > 10
    assert [link for link in own if not (root / link).is_file()] == []
