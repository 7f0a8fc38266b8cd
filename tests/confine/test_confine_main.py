"""Oracle: a module that says how it finds itself, run as everything in the lab is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

MODULE = """
import json, resource, sys
told = {"argv": sys.argv, "name": __name__, "path": sys.path[:2]}
told["limit"] = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
try:
    told["read"] = open(sys.argv[1]).read()
except OSError as error:
    told["read"] = error.strerror
print(json.dumps(told))
"""


def confined(folder: Path, order: dict[str, Any], *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "view").mkdir(exist_ok=True)
    (folder / "view/told.py").write_text(MODULE, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-P", "-s", "-m", "harness.confine", json.dumps(order), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=folder,
        env={"PYTHONPATH": os.pathsep.join([str(folder / "view"), *filter(None, sys.path)])},
    )


def test_exact_the_module_runs_as_if_it_had_been_started_under_its_limits(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret", encoding="ascii")
    ran = confined(tmp_path, {"limits": {"file_bytes": 12345}}, "told", str(secret), "--two")
    told = json.loads(ran.stdout)
    assert told["argv"] == [str(tmp_path / "view/told.py"), str(secret), "--two"]
    assert told["name"] == "__main__"
    assert told["limit"] == 12345
    assert told["read"] == "a secret"
    assert str(tmp_path) not in told["path"], "no working folder on the path"


def test_exact_with_walls_of_its_own_it_reads_what_is_named_alone(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret", encoding="ascii")
    libraries = [path for path in sys.path if path and Path(path).exists()]
    walls = {"readable": [str(tmp_path / "view"), sys.prefix, sys.base_prefix, *libraries], "listable": ["/"]}
    (tmp_path / "view").mkdir()
    order = {"limits": {"file_bytes": 12345}, "landlock": walls | {"writable": []}}
    told = json.loads(confined(tmp_path, order, "told", str(secret)).stdout)
    assert (told["read"], told["limit"]) == ("Permission denied", 12345)


def test_exact_an_order_that_cannot_be_carried_out_runs_nothing(tmp_path: Path) -> None:
    missing = {"readable": [str(tmp_path / "missing")], "listable": [], "writable": []}
    for order in ({"limits": {"patience": 1}}, {"limits": {}, "landlock": missing}, {"limits": {}, "landlock": {}}, {}):
        ran = confined(tmp_path, order, "told", "none")
        assert ran.returncode != 0
        assert ran.stdout == ""
