"""Runs a module of a test's own behind walls, and walls that have a hole in one place."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.court.sandbox import LIMITS
from harness.court.walls import Bare, Bubblewrap, Landlocked, Launch, Walls, write_view

KINDS = {"T1": Bubblewrap, "T2": Landlocked, "bare": Bare}


def walls_of(tier: str, folder: Path, module: str) -> Walls:
    """Return walls whose view has `module`, as `look`, beside the lab."""
    view = write_view(folder / "view" / "lab")
    (view / "look.py").write_text(module, encoding="utf-8")
    return KINDS[tier](view)  # type: ignore[no-any-return]


def look(walls: Walls, home: Path, *arguments: str, **more: Any) -> dict[str, Any]:
    """Return the JSON that `look` prints."""
    with walls.launch(home, ("look", *arguments), LIMITS, **more) as launch:
        ran = subprocess.run(
            launch.argv,
            env=dict(launch.environment),
            pass_fds=launch.descriptors,
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout))


@dataclass(frozen=True)
class Holed:
    """Walls whose start is changed before it is used."""

    walls: Walls
    hole: Callable[[Launch], Launch]

    @contextmanager
    def launch(
        self, home: Path, module: Sequence[str], limits: Mapping[str, int], *, writes: bool = True
    ) -> Iterator[Launch]:
        with self.walls.launch(home, module, limits, writes=writes) as launch:
            yield self.hole(launch)


def cleared(launch: Launch) -> Launch:
    """Start with the caller's environment, and let bubblewrap clear it: its first process keeps it all the same."""
    argv = (launch.argv[0], "--clearenv", *launch.argv[1:])
    return replace(launch, argv=argv, environment=dict(os.environ))


def passed_on(launch: Launch) -> Launch:
    return replace(launch, environment={**os.environ, **launch.environment})


def host_temporary(launch: Launch) -> Launch:
    """See a folder of the host that everybody may write, read-only, as `--ro-bind / /` would show it too."""
    at = next(at for at, part in enumerate(launch.argv) if part == "--tmpfs" and launch.argv[at + 1] == "/tmp")  # noqa: S108
    shown = ("--ro-bind", tempfile.gettempdir(), tempfile.gettempdir())
    return replace(launch, argv=(*launch.argv[: at - 2], *shown, *launch.argv[at + 2 :]))


def shared_network(launch: Launch) -> Launch:
    """Stay in the host's network, and without the filter."""
    at = launch.argv.index("--seccomp")
    argv = (*launch.argv[:at], *launch.argv[at + 2 :])
    return replace(launch, argv=(argv[0], argv[1], "--share-net", *argv[2:]))


def writable_root(launch: Launch) -> Launch:
    """Bind the environment and the inputs writable."""
    argv = tuple("--bind" if part == "--ro-bind" else part for part in launch.argv)
    return replace(launch, argv=argv)
