"""`harness lock` and `.ci/lock`: oracles are real files, real repositories and their exit codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harness.command import cli
from harness.errors import FileFaults, UsageError

DAY = "2024-01-01"
GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def repository(root: Path, tmp_path: Path) -> Path:
    """A repository with one real claim of the paper, its lock of an earlier day, and the script."""
    home = tmp_path / "repository"
    for name in ("claims/paper", ".ci"):
        shutil.copytree(root / name, home / name)
    for path in (root / "claims").glob("c06*"):
        shutil.copy(path, home / "claims")
    written(home)
    change(home / "claims/lock.json", lambda lock: [entry.update(date=DAY) for entry in every(lock)])
    git(home, "init", "-q")
    commit(home)
    return home


def written(home: Path, *more: str) -> None:
    assert run("lock", home / "claims", "--reports", home / "reports", *more).exit_code == 0


def every(lock: Any) -> list[Any]:
    return [*lock["claims"].values(), *lock["scopes"].values()]


def change(path: Path, how: Any) -> None:
    lock = json.loads(path.read_text())
    how(lock)
    path.write_text(json.dumps(lock))


def git(home: Path, *arguments: str) -> str:
    done = subprocess.run([*GIT, *arguments], cwd=home, check=True, capture_output=True, text=True)
    return done.stdout


def commit(home: Path) -> None:
    git(home, "add", ".")
    git(home, "commit", "-q", "--allow-empty", "-m", "a change")


def ci(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    plain = {key: value for key, value in os.environ.items() if key != "GITHUB_BASE_REF"}
    where = f"{Path(sys.executable).parent}{os.pathsep}{plain['PATH']}"
    return subprocess.run(
        [home / ".ci/lock", *arguments],
        cwd=home.parent,
        check=False,
        capture_output=True,
        text=True,
        env={**plain, "PATH": where, **variables},
    )


def reworded(home: Path, before: str = 'margin: "0.01"', after: str = 'margin: "0.02"') -> None:
    path = home / "claims/c06-bias-below-monolingual-xquad.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_a_lock_that_is_the_same_is_lawful_and_nothing_is_written(repository: Path) -> None:
    lock = repository / "claims/lock.json"
    before = lock.read_bytes()
    result = run("lock", repository / "claims", "--base", lock)
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1)
    assert "nothing of the base branch's was changed without a reason" in result.stdout
    assert lock.read_bytes() == before


def test_a_margin_that_moves_is_told_whether_or_not_the_lock_moves_with_it(repository: Path, tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    shutil.copy(repository / "claims/lock.json", base)
    reworded(repository)
    left = run("lock", repository / "claims", "--base", base)
    assert (left.exit_code, left.stdout) == (1, f"claim c06 is not the one locked on {DAY}\n")
    written(repository)
    moved = run("lock", repository / "claims", "--base", base)
    assert moved.exit_code == 1
    assert moved.stdout.startswith("claim c06 was changed and no new break names it; restore lock.json, then: harness")
    # as the words say
    shutil.copy(base, repository / "claims/lock.json")
    written(repository, "--break", "the margin was a typing error")
    lawful = run("lock", repository / "claims", "--base", base)
    assert lawful.exit_code == 0
    (one,) = json.loads((repository / "claims/lock.json").read_text())["breaks"]
    assert (one["changed"], one["reason"]) == (["c06"], "the margin was a typing error")


def test_a_title_may_be_reworded(repository: Path) -> None:
    reworded(repository, "title: ", "title: Once more, ")
    assert run("lock", repository / "claims", "--base", repository / "claims/lock.json").exit_code == 0


def test_a_lock_that_is_gone_or_a_claim_that_is_gone_is_told(repository: Path, tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    shutil.copy(repository / "claims/lock.json", base)
    for path in (repository / "claims").glob("c06*"):
        path.rename(path.with_name(path.name.replace("c06", "c07")))
    reworded_id = repository / "claims/c07-bias-below-monolingual-xquad.yaml"
    reworded_id.write_text(reworded_id.read_text().replace("id: c06", "id: c07"))
    told = run("lock", repository / "claims", "--base", base)
    assert told.exit_code == 1
    assert told.stdout.splitlines() == [
        "claim c07 is not in lock.json",
        "claim c06 is in lock.json and nowhere else; restore it",
    ]
    (repository / "claims/lock.json").unlink()
    gone = run("lock", repository / "claims", "--base", base)
    assert (gone.exit_code, gone.stdout) == (1, "lock.json is gone, and the base branch has one; restore it\n")


def test_what_cannot_be_compared_is_refused(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "none").write_text("{}")
    with pytest.raises(FileFaults, match="expected a lock at"):
        run("lock", repository / "claims", "--base", tmp_path / "none")
    with pytest.raises(FileFaults, match="expected a readable file"):
        run("lock", repository / "claims", "--base", tmp_path / "nothing")
    with pytest.raises(UsageError, match="found both"):
        run("lock", repository / "claims", "--base", tmp_path / "none", "--break", "why")
    done = subprocess.run(
        [sys.executable, "-m", "harness", "lock", repository / "claims", "--base", tmp_path / "nothing"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "restore it from version control" in done.stderr


def test_the_script_compares_with_where_the_branch_left_its_base(repository: Path) -> None:
    git(repository, "branch", "origin/main")
    git(repository, "checkout", "-q", "-b", "mine")
    reworded(repository)
    written(repository)
    commit(repository)
    told = ci(repository, GITHUB_BASE_REF="main")
    assert (told.returncode, told.stderr) == (1, "")
    assert told.stdout.startswith("claim c06 was changed and no new break names it")
    git(repository, "checkout", "-q", "main", "--", "claims/lock.json")
    written(repository, "--break", "the margin was a typing error")
    commit(repository)
    # the base branch goes on; what it breaks is no business of this branch
    git(repository, "checkout", "-q", "main")
    reworded(repository, 'margin: "0.01"', 'margin: "0.03"')
    written(repository, "--break", "another typing error")
    commit(repository)
    git(repository, "checkout", "-q", "mine")
    assert ci(repository, "main").returncode == 0
    assert not list(Path(repository).glob("tmp*"))


def test_the_script_tells_where_there_is_nothing_to_compare_with(repository: Path) -> None:
    git(repository, "checkout", "-q", "--orphan", "empty")
    git(repository, "rm", "-q", "--cached", "claims/lock.json")
    git(repository, "commit", "-q", "-m", "no lock")
    git(repository, "checkout", "-q", "-f", "-b", "mine")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "a first lock")
    first = ci(repository, "empty")
    assert (first.returncode, first.stderr) == (0, "")
    assert (
        first.stdout == "empty has no claims/lock.json where this branch left it, so there is nothing to compare with\n"
    )
    for unknown in (ci(repository), ci(repository, "main")):  # no such branch; no common past
        assert unknown.returncode == 2
        assert "expected a commit that HEAD has a common past with" in unknown.stderr
    assert "git fetch origin main" in ci(repository).stderr


def test_the_lock_of_this_repository_holds_what_is_in_it(root: Path) -> None:
    assert run("lock", root / "claims", "--base", root / "claims/lock.json").exit_code == 0
