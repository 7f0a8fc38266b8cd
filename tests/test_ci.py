"""Scripts of continuous integration, run as they are, with a PATH that holds what a machine might have."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

NEEDED = ("bash", "id", "cat")
INSTALLS = """#!/bin/sh
echo "$0 $*" >> "{log}"
case "$*" in
    *install*bubblewrap*) echo "#!/bin/sh" > "{bwrap}"; chmod +x "{bwrap}";;
esac
"""


def path_of(folder: Path, *more: str) -> Path:
    """Make a folder of programs; those in `more` note what they are called with, and install what they are told to."""
    folder.mkdir()
    for name in NEEDED:
        (folder / name).symlink_to(shutil.which(name) or name)
    (folder / "chmod").symlink_to(shutil.which("chmod") or "chmod")
    for name in more:
        (folder / name).write_text(INSTALLS.format(log=folder / "log", bwrap=folder / "bwrap"))
        (folder / name).chmod(0o755)
    return folder


def ran(root: Path, path: Path) -> str:
    command = ["bash", str(root / ".ci/bubblewrap")]
    done = subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, check=True, timeout=30)
    assert done.stderr == ""
    return done.stdout


def test_where_bubblewrap_is_nothing_is_done(root: Path, tmp_path: Path) -> None:
    assert ran(root, path_of(tmp_path / "bin", "bwrap", "apt-get")) == ""
    assert not (tmp_path / "bin/log").exists()


def test_where_it_cannot_be_installed_the_commands_are_told(root: Path, tmp_path: Path) -> None:
    told = ran(root, path_of(tmp_path / "bin"))
    for words in ("apt-get install bubblewrap", "dnf install bubblewrap", "apparmor_restrict_unprivileged_userns=0"):
        assert words in told


@pytest.mark.parametrize("manager", ["apt-get", "dnf"])
def test_where_packages_may_be_installed_it_is(root: Path, tmp_path: Path, manager: str) -> None:
    path = path_of(tmp_path / "bin", manager)
    (path / "id").unlink()
    (path / "id").write_text("#!/bin/sh\necho 0\n")
    (path / "id").chmod(0o755)
    assert ran(root, path) == ""
    assert "install" in (path / "log").read_text()
    assert (path / "bwrap").exists()
