"""Oracles: the kernel in a child, and its own header where one is installed."""

from __future__ import annotations

import os
import re
from pathlib import Path

from confined import found

from harness.confine import landlock

HEADER = Path("/usr/include/linux/landlock.h")
NAMES = {"EXECUTE": landlock.EXECUTE, "WRITE_FILE": landlock.WRITE_FILE}
NAMES |= {"READ_FILE": landlock.READ_FILE, "READ_DIR": landlock.READ_DIR}


def test_exact_rights_are_those_of_the_kernels_header() -> None:
    text = HEADER.read_text(encoding="utf-8") if HEADER.exists() else ""
    bits = {name: int(bit) for name, bit in re.findall(r"LANDLOCK_ACCESS_FS_(\w+)\s+\(1ULL << (\d+)\)", text)}
    assert {name: 1 << bit for name, bit in bits.items() if name in NAMES}.items() <= NAMES.items()
    width = landlock.rights(99).bit_length()  # a newer header may have more
    assert all(landlock.rights(99) >> bit & 1 for bit in bits.values() if bit < width)


def test_exact_a_newer_kernel_can_deny_more_and_never_less() -> None:
    assert [landlock.rights(known).bit_count() for known in range(1, 10)] == [13, 14, 15, 15, 16, 16, 16, 16, 17]
    assert landlock.rights(0) == 0


def test_exact_what_is_named_is_allowed_and_nothing_else(tmp_path: Path) -> None:
    for name in ("read", "listed", "written", "other"):
        (tmp_path / name / "below").mkdir(parents=True)
        (tmp_path / name / "below/file").write_text("x", encoding="ascii")
    (tmp_path / "one").write_text("x", encoding="ascii")
    lines = f"""
from harness.confine.landlock import restrict, version
here = Path({str(tmp_path)!r})
told["version"] = version()
os.environ["TMPDIR"] = str(here)
outside = socket.socket(); outside.bind(("127.0.0.1", 0)); outside.listen()
libc = ctypes.CDLL(None)
restrict([here / "read", here / "one"], [here / "listed"], [here / "written"])
told["again"] = version()
told["file"] = tried((here / "one").read_bytes)
for name in ("read", "listed", "written", "other"):
    below = here / name / "below"
    told[name] = [
        tried(lambda: list(os.scandir(below))),
        tried((below / "file").read_bytes),
        tried(lambda: (below / "file").open("ab").close()),
        tried(lambda: os.truncate(below / "file", 0)),
        tried((below / "new").mkdir),
        tried((below / "file").unlink),
    ]
told["out by a link"] = tried(lambda: (here / "written/link").symlink_to(here / "other/below/file"))
told["through it"] = tried((here / "written/link").read_bytes)
told["moved in"] = tried(lambda: os.rename(here / "read/below/file", here / "written/file"))
told["linked in"] = tried(lambda: os.link(here / "read/below/file", here / "written/file"))
told["network"] = tried(lambda: socket.socket().connect(outside.getsockname()))
told["signal"] = tried(lambda: os.kill(os.getppid(), 0))
told["own child"] = tried(lambda: os.kill(os.fork() or os._exit(0), 0))
told["caller"] = tried(lambda: open(f"/proc/{{os.getppid()}}/environ"))
"""
    told = found(lines, tmp_path)
    known = landlock.version()
    assert told.pop("version") == told.pop("again") == known
    denied = "EACCES"
    scoped = known >= landlock.SCOPES_SINCE
    assert told == {
        "file": "done",
        "read": ["done", "done", denied, denied, denied, denied],
        "listed": ["done", *[denied] * 5],
        "written": ["done"] * 6,
        "other": [denied] * 6,
        "out by a link": "done",
        "through it": denied,
        "moved in": denied,
        "linked in": "EXDEV",
        "network": denied if known >= landlock.TCP_SINCE else "done",
        "signal": "EPERM" if scoped else "done",
        "own child": "done",
        "caller": denied,
    }
    assert os.stat(tmp_path / "other/below/file").st_size == 1  # noqa: PTH116 - nothing was truncated


def test_exact_a_path_that_is_not_there_ends_it_before_anything_runs(tmp_path: Path) -> None:
    lines = f"""
from harness.confine.landlock import restrict
told["missing"] = tried(lambda: restrict([Path({str(tmp_path / "missing")!r})], [], []))
"""
    assert found(lines, tmp_path) == {"missing": "ENOENT"}
