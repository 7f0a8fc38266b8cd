"""Oracle: sockets, files and secrets of the test's own, some there and some not."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.codec import sha256
from harness.court.sandbox import ATTEMPTS
from harness.lab.probe import answer, attempts


def order(folder: Path, **changes: Any) -> dict[str, Any]:
    """Return an order in which nothing can be reached."""
    nobody = ["127.0.0.1", 1]
    return {
        "tcp": nobody,
        "outside": nobody,
        "name": "no-such-name.invalid",
        "unix": str(folder / "none"),
        "abstract": f"none-{folder.name}",
        "vsock": [2, 1],
        "secret_file": str(folder / "none"),
        "secrets": [],
        "write": dict.fromkeys(("outside", "inputs", "environment"), str(folder / "none")),
    } | changes


def told(folder: Path, **changes: Any) -> dict[str, str]:
    """Return the answers to all but what waits for a network."""
    slow = {"outside", "dns", "vsock"}
    return {name: answer(one) for name, one in attempts(order(folder, **changes)).items() if name not in slow}


def test_exact_it_tries_what_the_court_demands(tmp_path: Path) -> None:
    assert set(attempts(order(tmp_path))) == ATTEMPTS


def test_exact_what_is_there_is_reached_and_what_is_not_is_not(tmp_path: Path) -> None:
    nothing = told(tmp_path)
    assert {name for name, words in nothing.items() if words.startswith("OPEN")} <= {"datagram", "io-uring"}
    (tmp_path / "secret").write_bytes(b"x")
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as path, socket.socket(socket.AF_UNIX) as named:
        tcp.bind(("127.0.0.1", 0))
        path.bind(str(tmp_path / "socket"))
        named.bind(f"\0{tmp_path.name}")
        for one in (tcp, path, named):
            one.listen()
        everything = told(
            tmp_path,
            tcp=tcp.getsockname(),
            unix=str(tmp_path / "socket"),
            abstract=tmp_path.name,
            secret_file=str(tmp_path / "secret"),
            secrets=[sha256(f"PATH={os.environ['PATH']}".encode())],
            write=dict.fromkeys(("outside", "inputs", "environment"), str(tmp_path)),
        )
    assert {name for name, words in everything.items() if not words.startswith("OPEN: ")} == set()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret", "socket"], "it leaves nothing"


def test_exact_a_secret_in_another_processs_environment_is_found(tmp_path: Path) -> None:
    secret = f"SECRET={tmp_path}"
    other = subprocess.Popen(
        [sys.executable, "-S", "-c", "print(flush=True); input()"],
        env=dict([secret.split("=")]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None
    other.stdout.readline()
    tried = attempts(order(tmp_path, secrets=[sha256(secret.encode())]))["secret-environment"]
    assert answer(tried) == "OPEN: found the caller's"
    other.communicate()
    assert answer(tried) == "blocked: nothing of the caller's"


def test_exact_an_error_is_told_in_words() -> None:
    def refused() -> str:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    def timed_out() -> str:
        raise TimeoutError("timed out")

    assert answer(refused) == "blocked: Operation not permitted"
    assert answer(timed_out) == "blocked: timed out"
    assert answer(lambda: "did it") == "OPEN: did it"


def test_exact_a_fault_of_its_own_is_no_block() -> None:
    """It must end without an answer, so that the tier is refused."""

    def broken() -> str:
        raise KeyError("tcp")

    with pytest.raises(KeyError):
        answer(broken)


def test_exact_as_a_process_it_answers_in_one_line(tmp_path: Path) -> None:
    given = order(tmp_path, name="localhost", outside=["127.0.0.1", 9])
    ran = subprocess.run(
        [sys.executable, "-m", "harness.lab.probe"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert set(json.loads(ran.stdout)) == ATTEMPTS
    assert len(ran.stdout.splitlines()) == 1
