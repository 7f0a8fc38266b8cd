"""How a process of the lab is started behind walls, tier by tier (`harness.court.sandbox` chooses).

A process has a home of its own on the host, with `in/` to read from and `out/` to write to; where
these lie for the process itself differs by tier, so a `Launch` says so. What every tier shares: a
view of this package that is a copy of the lab's own rooms, a short environment, the kernel's limits,
no working folder on Python's path, no bytecode written.

    Bubblewrap   T1: an allow-list root; Babel and this package's installed form are covered up
    Landlocked   T2: the host's own paths, of which only an allow-list can be read or written
    Bare         T5: nothing but the limits

Cost, measured by `python -m benchmarks`: bubblewrap adds a few milliseconds to a start.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from harness.confine import seccomp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable

VIEW = ("__init__.py", "errors.py", "codec.py", "seeds.py", "script.py", "confine", "lab", "records")
"""What of this package the lab sees: modules, and rooms with all their modules."""

HIDDEN = ("harness", "babel", "Babel-*", "babel-*", "false_worlds-*", "__editable__*")
"""What lies among the installed libraries and must not be seen."""

SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache")
STRANGERS = ("/usr/lib/python3/dist-packages", "/usr/local/lib/python3*")
"""Other Python libraries of the system, Babel perhaps among them."""

NODES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
FACTS = ("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu")
TEMPORARY_BYTES = 1 << 30
NOBODY = "65534"
ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    # threads that wait do not spin: beside other work, spinning makes encoding many times slower
    "OMP_WAIT_POLICY": "PASSIVE",
    # a step frees and takes megabytes again; keeping them saves a tenth of a training in page faults
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_TOP_PAD_": str(1 << 26),
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
}
"""All that a process of the lab finds in its environment, beside HOME, TMPDIR and where the view lies."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start one process: arguments, environment, the descriptors to pass on (and to close after).

    `readable` and `writable` are where the process itself finds its home's `in/` and `out/`.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    descriptors: tuple[int, ...]
    readable: str
    writable: str


class Walls(Protocol):
    """One tier; `view` holds the lab's view of this package."""

    @property
    def view(self) -> Path:
        """Return the folder that is put on Python's path."""
        ...

    @contextmanager
    def launch(
        self, home: Path, module: Sequence[str], limits: Mapping[str, int], *, writes: bool = True
    ) -> Iterator[Launch]:
        """Yield how to start `module` with its arguments in `home`, under `limits`.

        What it writes need not be kept unless it `writes`.
        """
        ...


def write_view(folder: Path) -> Path:
    """Copy the lab's view of this package into `folder`, a new one; return what to put on Python's path."""
    package = resources.files("harness")
    for name in VIEW:
        _copy(package / name, folder / "harness" / name)
    return folder


def _copy(source: Traversable, target: Path) -> None:
    if source.is_dir():
        for entry in source.iterdir():
            if entry.is_dir() or entry.name.endswith(".py"):
                _copy(entry, target / entry.name)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())


def make_home(home: Path) -> None:
    """Make a home's folders."""
    for name in ("in", "out", "tmp"):
        (home / name).mkdir(parents=True, exist_ok=True)


def _python(order: Mapping[str, object], module: Sequence[str]) -> tuple[str, ...]:
    """Return the interpreter's part: -P keeps the working folder off the path, -s the user's own libraries."""
    return (sys.executable, "-P", "-s", "-m", "harness.confine", json.dumps(order, sort_keys=True), *module)


@dataclass(frozen=True, slots=True)
class Bare:
    """No walls: the caller's own files and network, but not its environment."""

    view: Path

    @contextmanager
    def launch(
        self,
        home: Path,
        module: Sequence[str],
        limits: Mapping[str, int],
        *,
        writes: bool = True,  # noqa: ARG002 - nothing keeps it from writing
    ) -> Iterator[Launch]:
        """Yield a start without walls."""
        make_home(home)
        yield Launch(
            argv=_python({"limits": dict(limits)}, module),
            environment=_environment(self.view, home / "out", home / "tmp"),
            descriptors=(),
            readable=str(home / "in"),
            writable=str(home / "out"),
        )


@dataclass(frozen=True, slots=True)
class Landlocked:
    """Walls that the process puts up itself, before anything that is not trusted runs in it."""

    view: Path

    @contextmanager
    def launch(
        self, home: Path, module: Sequence[str], limits: Mapping[str, int], *, writes: bool = True
    ) -> Iterator[Launch]:
        """Yield a start that confines itself."""
        make_home(home)
        libraries = _site_packages()
        readable = [self.view, home / "in", *_interpreter(), *map(Path, (*SYSTEM, *NODES, *FACTS))]
        readable += [entry for one in libraries for entry in sorted(one.iterdir()) if not _hidden(entry)]
        # an entry of an allow-list opens all beneath it, so what holds something hidden is opened child by child
        hidden = {path.resolve() for path in (*libraries, *_strangers())}
        opened = [part for path in readable for part in _without(path, hidden)]
        walls = {
            "readable": sorted({str(path) for path in opened if path.exists()}),
            "listable": sorted({str(path) for path in [*libraries, *_interpreter()] if path.is_dir()}),
            "writable": [*([str(home / "out")] if writes else []), str(home / "tmp"), "/dev/null"],
        }
        yield Launch(
            argv=_python({"limits": dict(limits), "landlock": walls}, module),
            environment=_environment(self.view, home / "out", home / "tmp"),
            descriptors=(),
            readable=str(home / "in"),
            writable=str(home / "out"),
        )


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """Namespaces with a root of their own, and a filter of system calls."""

    view: Path
    bwrap: str = "bwrap"

    @contextmanager
    def launch(
        self, home: Path, module: Sequence[str], limits: Mapping[str, int], *, writes: bool = True
    ) -> Iterator[Launch]:
        """Yield a start in a root of its own; /in, /out and /lab are home and view."""
        make_home(home)
        environment = _environment(Path("/lab"), Path("/out"), Path("/tmp"))  # noqa: S108 - inside, where it is its own
        descriptor = os.memfd_create("filter")
        try:
            os.write(descriptor, seccomp.filter_bytes())
            os.lseek(descriptor, 0, os.SEEK_SET)
            yield Launch(
                argv=(
                    *(self.bwrap, "--unshare-all", "--unshare-user", "--disable-userns"),
                    *("--uid", NOBODY, "--gid", NOBODY, "--hostname", "lab", "--cap-drop", "ALL"),
                    *("--new-session", "--die-with-parent"),
                    *self._root(home, writes=writes),
                    *(part for name, value in environment.items() for part in ("--setenv", name, value)),
                    *("--chdir", "/out", "--seccomp", str(descriptor), "--"),
                    *_python({"limits": dict(limits)}, module),
                ),
                environment={},  # bubblewrap's own environment could be read inside
                descriptors=(descriptor,),
                readable="/in",
                writable="/out",
            )
        finally:
            os.close(descriptor)

    def _root(self, home: Path, *, writes: bool) -> Iterator[str]:
        """Yield the mounts in their order: temporary folders first, what is bound after them, the root last."""
        yield from ("--proc", "/proc", "--dev", "/dev")
        for folder in ("/tmp", "/dev/shm"):  # noqa: S108 - inside, where it is its own
            yield from ("--size", str(TEMPORARY_BYTES), "--tmpfs", folder)
        for path in (*map(Path, SYSTEM), *_interpreter()):
            yield from _bound(path)
        for path in _strangers():
            yield from _covered(path)
        for library in _site_packages():
            for entry in filter(_hidden, sorted(library.iterdir())):
                yield from _covered(entry) if entry.is_dir() else ("--ro-bind", os.devnull, str(entry))
        yield from ("--ro-bind", str(self.view), "/lab", "--ro-bind", str(home / "in"), "/in")
        if writes:
            yield from ("--bind", str(home / "out"), "/out")
        else:
            yield from ("--size", str(TEMPORARY_BYTES), "--tmpfs", "/out")
        yield from ("--remount-ro", "/dev", "--remount-ro", "/")


def _covered(path: Path) -> Iterator[str]:
    """Yield an empty folder over one; the root's remount does not reach mounts within it."""
    yield from ("--size", "4096", "--tmpfs", str(path), "--remount-ro", str(path))


def _bound(path: Path) -> Iterator[str]:
    """Yield a mount of a path as it is on the host, a link as a link."""
    if path.is_symlink():
        yield from ("--symlink", str(path.readlink()), str(path))
    elif path.exists():
        yield from ("--ro-bind", str(path), str(path))


def _environment(view: Path, home: Path, temporary: Path) -> dict[str, str]:
    return {**ENVIRONMENT, "PYTHONPATH": str(view), "HOME": str(home), "TMPDIR": str(temporary)}


def _interpreter() -> list[Path]:
    """Return what the interpreter needs: its own folders, those of a virtual environment, its binary."""
    prefixes = {Path(sys.prefix), Path(sys.base_prefix)}
    own = [path for path in prefixes if path != Path("/usr")]
    return sorted({*own, Path(sys.executable).resolve(), Path(sysconfig.get_paths()["stdlib"])})


def _site_packages() -> list[Path]:
    paths = sysconfig.get_paths()
    return sorted({Path(paths["purelib"]), Path(paths["platlib"])})


def _strangers() -> list[Path]:
    """Return the other folders of Python libraries that would be seen."""
    own = set(_site_packages())
    found = {path for pattern in STRANGERS for path in Path("/").glob(pattern[1:])}
    found |= set((Path(sys.base_prefix) / "lib").glob("python3*/site-packages"))
    stdlib = Path(sysconfig.get_paths()["stdlib"])
    return sorted(path for path in found - own if path.is_dir() and not stdlib.is_relative_to(path))


def _hidden(entry: Path) -> bool:
    return any(entry.match(pattern) for pattern in HIDDEN)


def _without(path: Path, hidden: Collection[Path]) -> Iterator[Path]:
    """Yield `path`, or where something hidden lies in it what else lies in it; a link (`lib64`) is where it leads."""
    true = path.resolve()
    if true in hidden:
        return
    if path.is_dir() and any(one.is_relative_to(true) for one in hidden):
        for entry in sorted(path.iterdir()):
            yield from _without(entry, hidden)
    else:
        yield path
