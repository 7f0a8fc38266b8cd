"""Oracle: what the kernel says of a child's limits, and what the child can still take."""

from __future__ import annotations

from pathlib import Path

import pytest
from confined import found

from harness.confine.limits import limit

LINES = """
from harness.confine.limits import KINDS, limit
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
limit({"core_bytes": 1 << 20, "file_bytes": 1000, "open_files": 32, "memory_bytes": 1 << 30, "cpu_seconds": 30})
told["limits"] = {name: resource.getrlimit(kind) for name, kind in KINDS.items()}
told["file"] = tried(lambda: open("file", "wb", buffering=0).write(bytes(1000)))
told["more"] = tried(lambda: open("file", "ab", buffering=0).write(b"x"))
told["open"] = tried(lambda: [os.open("file", os.O_RDONLY) for _ in range(40)])
told["memory"] = tried(lambda: mmap.mmap(-1, 2 << 30))
limit({"file_bytes": 5000})
told["kept"] = resource.getrlimit(resource.RLIMIT_FSIZE)
"""


def test_exact_a_process_has_the_limits_it_was_given_and_a_lower_one_stays(tmp_path: Path) -> None:
    told = found(LINES, tmp_path)
    limits = {"cpu_seconds": 30, "memory_bytes": 1 << 30, "file_bytes": 1000, "open_files": 32, "core_bytes": 0}
    assert told["limits"] == {name: [value, value] for name, value in limits.items()}
    assert told["kept"] == [1000, 1000]
    assert [told[name] for name in ("file", "more", "open", "memory")] == ["done", "EFBIG", "EMFILE", "ENOMEM"]


def test_exact_time_of_the_processor_ends(tmp_path: Path) -> None:
    lines = """
from harness.confine.limits import limit
if (child := os.fork()) == 0:
    limit({"cpu_seconds": 1})
    while True: pass
told["end"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""
    assert found(lines, tmp_path)["end"] in {-9, -24}


def test_exact_a_kind_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError, match="patience"):
        limit({"patience": 1})
