"""Kill a run at random moments and run it again: the verdict must be the undisturbed one, byte for byte.

    python -m benchmarks.soak [--moments 20] [--folder DIR]

Rule: the tiny claim is measured undisturbed, once; its seconds are T. Then, for each moment, in a
fresh store: a run is killed by SIGKILL at a moment drawn evenly from [0, T], what lies in the store is
compared with its manifests, and the same command is run to its end. A verdict counts without its
occasion. Exit status 1 where one differs, or where a killed run left a damaged entry. Cost: about
one and a half runs per moment, three minutes for 20 on two idle cores.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.codec import canonical
from harness.seeds import generator
from harness.store import Store, check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
CLAIM, SCOPE, NAME = "fixtures/claims/tiny", "fixtures/scopes/tiny.yaml", "c71.tiny.json"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with the tiny claim in it, where runs are started; each has its store and reports below it."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Place:
        """Copy claim and scope into a folder that is empty or not there."""
        shutil.copytree(ROOT / CLAIM, folder / "claims", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / SCOPE, folder)
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="ascii")
        return cls(folder)

    def start(self, store: str, workers: int) -> subprocess.Popen[bytes]:
        """Start a run that keeps its work in `store`."""
        options = ["--scope", Path(SCOPE).name, "--store", store, "--reports", f"{store}-reports"]
        options += ["--workers", str(workers), "-p", "no:cacheprovider", "-q"]
        command = [sys.executable, "-m", "pytest", "claims", *options]
        return subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def whole(self, store: str, workers: int) -> tuple[bytes, float]:
        """Run to the end; return the verdict without its occasion, and the seconds it took.

        Raises:
            RuntimeError: it ended without a verdict.
        """
        began = time.monotonic()
        status = self.start(store, workers).wait()
        path = self.folder / f"{store}-reports" / "verdicts" / NAME
        if status != 0 or not path.is_file():
            msg = f"expected a verdict at {path}, found exit status {status}"
            raise RuntimeError(msg)
        told = json.loads(path.read_bytes())
        del told["occasion"]
        return canonical(told), time.monotonic() - began

    def killed(self, store: str, workers: int, after: float) -> bool:
        """Kill a run after so many seconds; tell whether it was still running."""
        running = self.start(store, workers)
        try:
            running.wait(after)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            return True
        return False

    def damage(self, store: str) -> list[str]:
        """Return what is damaged in a store."""
        return check(Store(self.folder / store), 2, lambda _done, _count: None)[1]


def moments(count: int, seconds: float) -> list[float]:
    """Return so many moments in [0, seconds], the same each time."""
    return [float(generator("soak", number).uniform(0, seconds)) for number in range(count)]


def differing(before: bytes, after: bytes) -> str:
    """Name what two verdicts differ in; a court other than before says that the package was edited meanwhile."""
    stated, found = json.loads(before), json.loads(after)
    names = [name for name in stated if name != "provenance" and stated[name] != found.get(name)]
    made = [name for name, value in stated["provenance"].items() if found["provenance"].get(name) != value]
    return f"another verdict, in {', '.join([*names, *(f'provenance.{name}' for name in made)])}"


def soak(place: Place, count: int, workers: int) -> Iterator[str]:
    """Yield one line per moment; one that begins with `FAILED` says what went wrong."""
    undisturbed, seconds = place.whole("undisturbed", workers)
    yield f"undisturbed: {seconds:.1f} s, {len(undisturbed)} bytes"
    for number, after in enumerate(moments(count, seconds)):
        store = f"store-{number}"
        running = place.killed(store, workers, after)
        damaged = place.damage(store)
        verdict, took = place.whole(store, workers)
        words = f"moment {number}: killed after {after:.2f} s{'' if running else ' (it had ended)'}, then {took:.1f} s"
        if damaged or verdict != undisturbed:
            yield f"FAILED {words}: {'; '.join(damaged) or differing(undisturbed, verdict)}"
        else:
            yield f"{words}: the same verdict"
            shutil.rmtree(place.folder / store)


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak; return 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__.partition("\n")[0])
    parser.add_argument("--moments", type=int, default=20, help="how often to kill (default: 20)")
    parser.add_argument("--workers", type=int, default=2, help="lab processes (default: 2)")
    parser.add_argument("--folder", type=Path, default=None, help="where to work; what failed stays there")
    told = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="harness-soak-") as fresh:
        failed = 0
        for line in soak(Place.made(told.folder or Path(fresh)), told.moments, told.workers):
            failed += line.startswith("FAILED")
            print(line, flush=True)
    print(f"{failed} of {told.moments} moments failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
