"""Oracles: walls with one hole each, which the self-test has to find, and a machine that lacks a tier."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from walled import Holed, cleared, host_temporary, passed_on, shared_network, writable_root

from harness.command import cli
from harness.confine import landlock
from harness.court import sandbox
from harness.court.sandbox import ATTEMPTS, MEND, OWN, enclosure, self_test
from harness.court.walls import Bare, Bubblewrap, Landlocked, Launch, write_view
from harness.errors import UsageError

LYING_BWRAP = """#!/bin/sh
if [ "$1" = --version ]; then echo "bubblewrap 99"; exit; fi
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
"""
EMPTY = "print('{}')"


@pytest.fixture
def view(tmp_path: Path) -> Path:
    return write_view(tmp_path / "lab")


def ways_out(found: dict[str, str]) -> set[str]:
    return {name for name, words in found.items() if not words.startswith("blocked: ")}


def path_with(folder: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a bwrap of the test's own first, or none at all."""
    folder.mkdir()
    if program:
        (folder / "bwrap").write_text(program, encoding="ascii")
        (folder / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_exact_the_best_tier_blocks_every_attempt_and_says_so() -> None:
    with enclosure() as found:
        seal = found.seal
    assert (seal.tier, seal.status) == ("T1", "SEALED")
    assert set(seal.self_test) == ATTEMPTS
    assert ways_out(seal.self_test) == set()
    assert [one.split()[0] for one in seal.mechanisms] == ["bubblewrap", "seccomp", "limits"]
    assert seal.limits == sandbox.LIMITS
    assert not found.walls.view.exists()  # type: ignore[attr-defined]


def test_exact_landlock_alone_is_partial_for_root_and_on_an_old_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    with enclosure(tiers=("T2",)) as found:
        assert ways_out(found.seal.self_test) == set()
        assert found.seal.status == ("PARTIAL" if os.geteuid() == 0 else "SEALED")
    known = {(0, 7): False, (1000, 7): True, (1000, 6): True, (1000, 5): False}
    for (user, version), whole in known.items():
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        monkeypatch.setattr(landlock, "version", lambda version=version: version)
        assert sandbox._whole() is whole  # noqa: SLF001 - the rule itself, for users that no test can be


@pytest.mark.parametrize(
    ("hole", "found"),
    [
        (cleared, {"secret-environment"}),
        (host_temporary, {"secret-file", "unix-path"}),
        (shared_network, {"loopback", "unix-abstract"}),
        (writable_root, {"write-inputs", "write-environment"}),
    ],
)
def test_exact_a_hole_in_the_best_walls_is_found(view: Path, hole: Callable[[Launch], Launch], found: set[str]) -> None:
    told, _ = self_test(Holed(Bubblewrap(view), hole))
    assert ways_out(told) >= found
    assert set(told) == ATTEMPTS


def test_exact_without_walls_all_that_can_succeed_here_is_found(view: Path) -> None:
    told, _ = self_test(Holed(Bare(view), passed_on))
    network = {"outside", "datagram", "dns", "vsock"}
    assert ways_out(told) >= ATTEMPTS - network - {"write-environment"}
    told, _ = self_test(Bare(view))
    assert "secret-environment" in ways_out(told) or os.geteuid() != 0, "root reads anybody's"


@pytest.mark.parametrize("kind", [Bubblewrap, Landlocked])
def test_itself_two_starts_have_one_digest_and_other_arguments_another(tmp_path: Path, kind: type) -> None:
    """What differs from start to start (folders, descriptors) is no part of it; the arguments are."""
    digests = set()
    for name in ("a", "b"):
        walls = kind(write_view(tmp_path / name / "lab"))
        with open(os.devnull, "rb"):  # noqa: PTH123 - shifts the descriptors of one of them
            digests.add(self_test(walls)[1])
        digests.add(self_test(walls)[1])
    assert len(digests) == 1
    other = Holed(walls, lambda launch: replace(launch, argv=(*launch.argv, "--more")))
    assert self_test(other)[1] not in digests


def test_exact_no_tier_and_no_leave_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path_with(tmp_path / "bin", "", monkeypatch)
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with pytest.raises(UsageError) as refused, enclosure():
        raise AssertionError
    told = str(refused.value)
    assert "T1: bwrap is not installed" in told
    assert "T2: this kernel has no Landlock" in told
    assert MEND in told
    assert "apt-get install bubblewrap" in told
    assert "--allow-unsealed" in told


def test_exact_where_it_is_allowed_no_walls_say_that_they_are_none() -> None:
    with enclosure(allow_unsealed=True, tiers=()) as found:
        assert isinstance(found.walls, Bare)
        assert (found.seal.tier, found.seal.status, found.seal.self_test) == ("T5", "UNSEALED", {})
        assert found.seal.argv is None
    with enclosure(allow_unsealed=True) as found:
        assert found.seal.status == "SEALED", "leave to do without is no wish to"


def test_exact_an_architecture_without_a_filter_has_no_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(UsageError, match="T1: expected one of x86_64, aarch64, found riscv64"), enclosure():
        raise AssertionError
    with enclosure(allow_unsealed=True) as found:
        assert found.seal.status == "UNSEALED"


@pytest.mark.parametrize(
    ("program", "why"),
    [
        (LYING_BWRAP, "T1: .*loopback: OPEN"),
        ("#!/bin/sh\necho 'bwrap: no permissions' >&2\nexit 1\n", "T1: its self-test did not answer: bwrap: no perm"),
        ("#!/no/such/shell\n", "T1: bwrap does not start"),
        (f"#!{sys.executable}\n{EMPTY}\n", "T1: .*loopback: not tried"),
        (f"#!{sys.executable}\nprint([1, 2])\n", "T1: its self-test did not answer"),
    ],
)
def test_exact_a_tier_that_does_not_hold_is_refused_and_the_next_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, why: str
) -> None:
    """A command that calls itself bubblewrap and keeps nothing in is found out by the self-test."""
    path_with(tmp_path / "bin", program, monkeypatch)
    with pytest.raises(UsageError, match=why), enclosure(tiers=("T1",)):
        raise AssertionError
    with enclosure() as found:
        assert found.seal.tier == "T2"


@pytest.mark.parametrize("name", sorted(OWN))
def test_exact_a_callers_variable_that_the_lab_has_too_is_no_leak(
    view: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    given = {"TMPDIR": "/tmp", "HOME": "/out", "PWD": "/out", "PYTHONPATH": "/lab"}  # noqa: S108 - the lab's own
    if name in given:
        monkeypatch.setenv(name, given[name])
        assert ways_out(self_test(Bubblewrap(view))[0]) == set()


def test_exact_the_planted_value_is_gone_after(view: Path) -> None:
    before = dict(os.environ)
    self_test(Bubblewrap(view))
    assert dict(os.environ) == before


def test_exact_doctor_says_which_seal_this_machine_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads(CliRunner().invoke(cli, ["doctor", "--json"]).stdout)
    assert {"tier": "T1", "status": "SEALED"}.items() <= told["seal"].items()
    path_with(tmp_path / "bin", "", monkeypatch)
    monkeypatch.setattr(landlock, "version", lambda: 0)
    told = json.loads(CliRunner().invoke(cli, ["doctor", "--json"]).stdout)
    assert {"tier": "T5", "status": "UNSEALED"}.items() <= told["seal"].items()
    assert "apt-get install bubblewrap" in CliRunner().invoke(cli, ["doctor"]).stdout
