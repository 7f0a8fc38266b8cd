"""The ledger against git: every version on the way to the one at hand must be its beginning.

Rule: the commits on the first-parent way to HEAD that touched the file, each one's bytes a prefix
of the file's. Lines that another branch added may be entered anew where it is merged, for numbers
and digests follow the main way. Limit: a shallow clone knows part of the way, and says so.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

from harness.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 60


class Told(NamedTuple):
    """What git says: faults, and how far it could look."""

    faults: tuple[str, ...]
    looked: str


def rewritten(path: Path) -> Told:
    """Return in words which committed versions of `path` are not the beginning of the file.

    Raises:
        UsageError: there is a history, and git is not there or does not show it.
    """
    folder = next(place for place in path.absolute().parents if place.is_dir())
    if not any((place / ".git").exists() for place in (folder, *folder.parents)):
        return Told((), "no git history here, so only the chain of digests was looked at")
    _expect_history(folder)
    if _git(folder, "rev-parse", "--verify", "--quiet", "HEAD").returncode:
        return Told((), "nothing is committed yet, so only the chain of digests was looked at")
    listed = _git(folder, "log", "--first-parent", "--format=%H", "HEAD", "--", str(path.absolute()))
    commits = listed.stdout.decode().split()
    now = path.read_bytes() if path.is_file() else b""
    faults = [fault for commit in commits if (fault := _fault(folder, path, commit, now))]
    shallow = _git(folder, "rev-parse", "--is-shallow-repository").stdout == b"true\n"
    looked = f"{len(commits)} committed versions were looked at"
    more = ", in a shallow clone: get the rest with git fetch --unshallow" if shallow else ""
    return Told(tuple(faults), looked + more)


def _expect_history(folder: Path) -> None:
    try:
        done = _git(folder, "rev-parse", "--show-toplevel")
    except FileNotFoundError as error:
        raise UsageError(f"{folder}: expected git to show the ledger's history, found no git; install it") from error
    if done.returncode:
        raise UsageError(f"{folder}: expected git to show the ledger's history, found: {done.stderr.decode().strip()}")


def _fault(folder: Path, path: Path, commit: str, now: bytes) -> str:
    relative = path.absolute().relative_to(folder)
    shown = _git(folder, "show", f"{commit}:./{relative}")
    was = shown.stdout
    if shown.returncode or now.startswith(was):  # deleted in that commit: the versions before it have to be there
        return ""
    line = next(
        (at for at, (old, new) in enumerate(zip(was.splitlines(), now.splitlines(), strict=False), 1) if old != new),
        len(now.splitlines()) + 1,
    )
    return f"{path}:{line}: expected the line as it was committed in {commit[:12]}, found another or none; restore it"


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
