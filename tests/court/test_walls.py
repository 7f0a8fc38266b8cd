"""Oracles: a module that tells how the world looks from inside, tier by tier, and the traps of sealing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from walled import Holed, cleared, look, walls_of

from harness.court.walls import ENVIRONMENT, TEMPORARY_BYTES, VIEW, Bubblewrap, Landlocked, write_view

TIERS = ("T1", "T2", "bare")
WORLD = """
import importlib.util, json, os, sys
from contextlib import suppress
from pathlib import Path

def tried(attempt, otherwise="refused"):
    try:
        return attempt()
    except OSError:
        return otherwise

def status(process):
    told = {}
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            told[name] = value.strip()
    return told

def size(folder):
    found = os.statvfs(folder)
    return found.f_blocks * found.f_frsize

told = {
    "environment": dict(os.environ),
    "first": tried(lambda: len(Path("/proc/1/environ").read_bytes())),
    "descriptors": tried(lambda: [fd for fd in range(3, 256) if Path(f"/proc/self/fd/{fd}").exists()]),
    "status": status("self"),
    "status of the first": status(1),
    "uid": os.getuid(),
    "host": os.uname().nodename,
    "root": tried(lambda: sorted(os.listdir("/"))),
    "in": tried(lambda: sorted(os.listdir(sys.argv[1]))),
    "mounts": tried(lambda: [line.split()[1:4] for line in open("/proc/self/mounts")]),
    "sizes": {folder: tried(lambda: size(folder)) for folder in ("/tmp", "/dev/shm", "/out")},
    "rooms": sorted(path.name for path in Path(importlib.util.find_spec("harness").origin).parent.iterdir()),
    "processes": tried(lambda: len([one for one in os.listdir("/proc") if one.isdecimal()])),
    "numpy": importlib.util.find_spec("numpy").origin,
    "json": importlib.util.find_spec("json").origin,
    "session": os.getsid(0) == os.getppid() or os.getsid(0) == os.getpid() or os.getpid() == 2,
    "shell": tried(lambda: os.access("/bin/sh", os.X_OK)),
}
out = Path(sys.argv[2])
told["written"] = tried(lambda: out.joinpath("result").write_bytes(b"x"))
print(json.dumps(told))
"""
PLACES = {"T1": ("/in", "/out")}


def world(tier: str, folder: Path, **more: Any) -> dict[str, Any]:
    home = folder / "home"
    places = PLACES.get(tier, (str(home / "in"), str(home / "out")))
    return look(walls_of(tier, folder, WORLD), home, *places, **more)


@pytest.mark.parametrize("tier", TIERS)
def test_exact_inside_there_is_a_short_environment_an_input_and_an_output(
    tmp_path: Path, tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_TOKEN", "planted")
    (tmp_path / "home/in").mkdir(parents=True)
    (tmp_path / "home/in/texts").write_bytes(b"x")
    told = world(tier, tmp_path)
    own = {"HOME", "TMPDIR", "PYTHONPATH"} | ({"PWD"} if tier == "T1" else set())
    assert set(told["environment"]) == {*ENVIRONMENT, *own}
    assert ENVIRONMENT.items() <= told["environment"].items()
    assert told["in"] == ["texts"]
    assert told["written"] == 1
    assert (tmp_path / "home/out/result").read_bytes() == b"x"
    assert told["rooms"] == sorted(name for name in VIEW)
    assert set(told["descriptors"]) <= {3} or tier == "T2", "the listing's own"


def test_exact_behind_bubblewrap_there_is_nothing_else(tmp_path: Path) -> None:
    told = world("T1", tmp_path)
    assert told["first"] == 0, "bubblewrap's own environment can be read inside"
    assert {"home", "root", "srv", "var", "opt", "mnt", "work", "run", "sys"} & set(
        told["root"]
    ) <= top_of_interpreter()
    assert told["host"] == "lab"
    assert told["uid"] == 65534
    assert told["processes"] <= 3
    assert told["shell"] is False, "no program but the interpreter"


def top_of_interpreter() -> set[str]:
    """Return where the interpreter's own folders begin: an empty folder on the way to them is seen."""
    import sys  # noqa: PLC0415 - beside what it is for

    return {Path(prefix).parts[1] for prefix in (sys.prefix, sys.base_prefix, os.path.realpath(sys.executable))}


def test_exact_behind_bubblewrap_no_capability_no_new_right_and_a_filter_on_all(tmp_path: Path) -> None:
    told = world("T1", tmp_path)
    for who in ("status", "status of the first"):
        status = told[who]
        assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}, who
        assert status["NoNewPrivs"] == "1"
        assert status["Seccomp"] == "2", "the first process could be written to, so it is filtered too"


def test_exact_behind_bubblewrap_all_is_read_only_but_folders_of_a_fixed_size(tmp_path: Path) -> None:
    """An unsized tmpfs takes half the memory; what is mounted after `--remount-ro /` would stay writable."""
    for writes, sizes in ((True, ("/tmp", "/dev/shm")), (False, ("/tmp", "/dev/shm", "/out"))):  # noqa: S108 - inside
        told = world("T1", tmp_path / str(writes), writes=writes)
        assert {folder: told["sizes"][folder] for folder in sizes} == dict.fromkeys(sizes, TEMPORARY_BYTES)
        writable = {place for place, kind, options in told["mounts"] if "rw" in options.split(",")}
        kinds = {place: kind for place, kind, _ in told["mounts"]}
        allowed = {"/out", "/tmp", "/dev/shm", "/proc", "/dev/pts"}  # noqa: S108 - inside
        assert {place for place in writable - allowed if not place.startswith("/dev/")} == set()
        assert {kinds[place] for place in writable if place.startswith("/dev/")} <= {"devtmpfs", "devpts", "tmpfs"}
        assert told["written"] == 1
        assert (tmp_path / str(writes) / "home/out/result").exists() is writes


@pytest.mark.parametrize("tier", TIERS)
def test_exact_nothing_is_imported_from_where_a_process_works(tmp_path: Path, tier: str) -> None:
    for name in ("in", "out", "tmp", "."):
        folder = tmp_path / "home" / name
        folder.mkdir(parents=True, exist_ok=True)
        for library in ("numpy", "json", "harness", "sitecustomize", "usercustomize"):
            (folder / f"{library}.py").write_text("raise SystemExit('forged')\n", encoding="ascii")
    told = world(tier, tmp_path)
    assert str(tmp_path) not in told["numpy"] + told["json"]
    assert not told["numpy"].startswith(("/in/", "/out/", "/tmp/numpy"))  # noqa: S108 - inside


@pytest.mark.parametrize("tier", ["T1", "T2"])
@pytest.mark.parametrize("name", ["babel.Locale", "harness.data.catalogue", "harness.court.judge", "harness.store"])
def test_exact_what_would_make_judgements_is_not_there(tmp_path: Path, tier: str, name: str) -> None:
    """Nor by a link such as a virtual environment's lib64."""
    module, _, _ = name.rpartition(".")
    code = """
import json, sys
from importlib import import_module
from pathlib import Path

told = {"found": []}
for library in {path for path in sys.path if path.endswith("-packages")}:
    sys.path += [library.replace("/lib/", "/lib64/")]
for path in (sys.path, [*sys.path[1:], sys.path[0]]):
    sys.path[:] = path
    for one in [one for one in sys.modules if one.partition(".")[0] in ("harness", "babel")]:
        del sys.modules[one]
    try:
        import_module(sys.argv[1])
        import_module("babel.core")
        told["found"].append(sys.modules[sys.argv[1]].__file__)
    except (ImportError, PermissionError):
        continue
print(json.dumps(told))
"""
    wanted = "babel.core" if name.startswith("babel") else name
    assert module
    assert look(walls_of(tier, tmp_path, code), tmp_path / "home", wanted) == {"found": []}


def test_exact_clearing_the_environment_does_not_clear_that_of_the_first_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trap: what `--clearenv` promises holds for its child alone."""
    monkeypatch.setenv("A_TOKEN", "planted")
    told = look(Holed(walls_of("T1", tmp_path, WORLD), cleared), tmp_path / "home", "/in", "/out")
    assert "A_TOKEN" not in told["environment"]
    assert told["first"] > 0


def test_exact_the_view_is_the_labs_own_rooms_and_no_bytecode(tmp_path: Path) -> None:
    view = write_view(tmp_path / "lab")
    assert sorted(path.name for path in (view / "harness").iterdir()) == sorted(VIEW)
    assert {path.suffix for path in view.rglob("*") if path.is_file()} == {".py"}
    assert not {"data", "court", "verify", "report", "store", "plugin.py"} & set(VIEW)


def test_exact_descriptors_are_passed_by_name_and_closed_after(tmp_path: Path) -> None:
    before = opened()
    with Bubblewrap(write_view(tmp_path / "lab")).launch(tmp_path / "home", ("look",), {}) as launch:
        (descriptor,) = launch.descriptors
        assert launch.argv[launch.argv.index("--seccomp") + 1] == str(descriptor)
        assert launch.environment == {}
        assert descriptor in opened() - before
    assert opened() == before


def opened() -> set[int]:
    return {int(path.name) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()}


def test_exact_mounts_come_in_their_order(tmp_path: Path) -> None:
    """Temporary folders first, what is bound after them, then nothing can be mounted or written any more."""
    with Bubblewrap(write_view(tmp_path / "lab")).launch(tmp_path / "home", ("look",), {}) as launch:
        argv = list(launch.argv[: launch.argv.index("--")])
    assert argv[-1 - argv[::-1].index("--remount-ro") :][:2] == ["--remount-ro", "/"]
    assert argv.index("--tmpfs") < argv.index("--ro-bind") < argv.index("--remount-ro")
    assert argv[argv.index("--tmpfs") - 2 :][:2] == ["--size", str(TEMPORARY_BYTES)]
    for flag in ("--unshare-all", "--disable-userns", "--cap-drop", "--new-session", "--die-with-parent"):
        assert flag in argv
    assert "--share-net" not in argv
    assert ("--ro-bind", "/", "/") not in list(zip(argv, argv[1:], argv[2:], strict=False))


def test_exact_a_process_that_does_not_write_has_no_output_to_write_to(tmp_path: Path) -> None:
    with Landlocked(write_view(tmp_path / "lab")).launch(tmp_path / "home", ("look",), {}, writes=False) as launch:
        assert str(tmp_path / "home/tmp") in launch.argv[-2]
        assert str(tmp_path / "home/out") not in launch.argv[-2]
