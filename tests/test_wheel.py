"""What the wheel holds. `.ci/wheel` builds it, installs it where nothing else is and measures; that takes minutes."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path, PurePosixPath

PATTERNS = "package-data"


def tracked(root: Path) -> list[PurePosixPath]:
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "harness"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [PurePosixPath(name) for name in listed.splitlines() if (root / name).is_file()]


def test_exact_every_file_of_the_package_is_a_module_or_package_data(root: Path) -> None:
    told = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    patterns = told[PATTERNS]["harness"]
    data = [path.relative_to("harness") for path in tracked(root) if path.suffix != ".py"]
    left = [path for path in data if not any(path.match(pattern) for pattern in patterns)]
    assert data
    assert left == []


def test_exact_every_folder_with_modules_is_a_package(root: Path) -> None:
    folders = {path.parent for path in tracked(root) if path.suffix == ".py"}
    assert [folder for folder in sorted(folders) if not (root / folder / "__init__.py").is_file()] == []


def test_exact_continuous_integration_builds_and_tries_the_wheel(root: Path) -> None:
    assert re.search(r"^\.ci/wheel$", (root / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)
