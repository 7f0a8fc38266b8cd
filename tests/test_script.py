from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.errors import UsageError
from harness.script import paired_claim

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """from harness.script import run
def reproduce(bench): ...
if __name__ == "__main__":
    run(__file__)
"""


def test_exact_the_claim_with_the_same_id_is_paired(tmp_path: Path) -> None:
    for name in ("c01-a.yaml", "c011-a.yaml", "c02-b.yaml", "c01_a.py"):
        (tmp_path / name).write_text("")
    assert paired_claim(tmp_path / "c01_a.py") == tmp_path / "c01-a.yaml"


@pytest.mark.parametrize("names", [[], ["c01-a.yaml", "c01-b.yaml"]])
def test_exact_none_or_several_claims_are_told(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("")
    told = ", ".join(names) or "none"
    with pytest.raises(UsageError, match=f"exactly one claim c01-\\*.yaml beside it, found {told}"):
        paired_claim(tmp_path / "c01_a.py")


def test_exact_a_script_started_by_hand_becomes_pytest_on_its_claim(tmp_path: Path) -> None:
    (tmp_path / "c01_a.py").write_text(SCRIPT)
    (tmp_path / "c01-a.yaml").write_text("id: c01\n")
    (tmp_path / "c02-b.yaml").write_text("id: c02\n")
    (tmp_path / "c02_b.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "c01_a.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTEST_ADDOPTS": "--collect-only -q -p no:cacheprovider"},
    )
    assert "c01-a.yaml::c01" in done.stdout
    assert "c02" not in done.stdout
    assert done.returncode == 0


def test_exact_a_script_imports_nothing_heavy() -> None:
    code = "import sys, harness.script; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "numpy", "pydantic", "yaml", "pytest"} & set(loaded)
