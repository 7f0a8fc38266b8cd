"""The ledger against git: every version on the way to the one at hand must be its beginning.

Rule: the commits on the first-parent way to HEAD that touched the file, each one's bytes a prefix
of the file's. Lines that another branch added may be entered anew where it is merged, for numbers
and digests follow the main way. Limit: a shallow clone knows part of the way, and says so.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 60


class Told(NamedTuple):
    """What git says: faults, and how far it could look."""

    faults: tuple[str, ...]
    looked: str


def rewritten(path: Path) -> Told:
    """Return in words which committed versions of `path` are not the beginning of the file."""
    folder = next(place for place in path.absolute().parents if place.is_dir())
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None:
        return Told((), "no git history here, so only the chain of digests was looked at")
    if _git(folder, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        return Told((), "nothing is committed yet, so only the chain of digests was looked at")
    listed = _git(folder, "log", "--first-parent", "--format=%H", "HEAD", "--", str(path.absolute())) or b""
    commits = listed.decode().split()
    now = path.read_bytes() if path.is_file() else b""
    faults = [fault for commit in commits if (fault := _fault(folder, path, commit, now))]
    shallow = _git(folder, "rev-parse", "--is-shallow-repository") == b"true\n"
    looked = f"{len(commits)} committed versions were looked at"
    return Told(
        tuple(faults), f"{looked}, in a shallow clone: get the rest with git fetch --unshallow" if shallow else looked
    )


def _fault(folder: Path, path: Path, commit: str, now: bytes) -> str:
    relative = path.absolute().relative_to(folder)
    was = _git(folder, "show", f"{commit}:./{relative}")
    if was is None or now.startswith(was):  # a commit that deleted it; the versions before it still have to be there
        return ""
    line = next(
        (at for at, (old, new) in enumerate(zip(was.splitlines(), now.splitlines(), strict=False), 1) if old != new),
        len(now.splitlines()) + 1,
    )
    return f"{path}:{line}: expected the line as it was committed in {commit[:12]}, found another or none; restore it"


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints, or None where it refuses or is not there."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
