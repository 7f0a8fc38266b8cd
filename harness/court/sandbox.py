"""The seal: which walls stand around the lab on this machine, and the proof that they hold.

    T1  bubblewrap: an allow-list root, own namespaces, a seccomp filter    SEALED
    T2  Landlock and seccomp, put up by the process itself                  SEALED with Landlock 6 or newer
                                                                            and not as root; else PARTIAL
    T5  the kernel's limits alone                                           UNSEALED, only where allowed

The best tier whose self-test passes is used, and what kept a better one from use is told. The
self-test runs `harness.lab.probe` in the very arguments that everything else gets: it tries to
reach sockets that are listened at here, to write where it must not, and to find a planted secret.

Inside there are the interpreter and its libraries without Babel, of this package the lab and what it
stands on, one folder to read, one to write, temporary folders of a fixed size, a short environment.
Not inside: judgements, claimed values, tables, the store, other cells, any home, anybody to talk to.

Covered: network, files, other processes and their environment, persistence; memory, file size and
open files of each process. Not covered: faults of the kernel, side channels, and by tier what
NOT_COVERED lists. A GPU's device nodes are not passed on.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harness.codec import digest, sha256
from harness.confine import landlock, seccomp
from harness.court.walls import ENVIRONMENT, Bare, Bubblewrap, Landlocked, Launch, Walls, write_view
from harness.errors import HarnessError, UsageError
from harness.records.verdict import Seal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.court.walls import Launch

Tier = Literal["T1", "T2", "T5"]
GIB = 1 << 30
LIMITS: Mapping[str, int] = {
    "core_bytes": 0,
    "file_bytes": 2 * GIB,
    "memory_bytes": 32 * GIB,  # of addresses, not of memory in use: torch takes 8 GiB of them at its start
    "open_files": 4096,
}
SELF_TEST = "harness.lab.probe"
SELF_TEST_SECONDS = 60
ATTEMPTS = {
    *("loopback", "outside", "datagram", "dns", "unix-path", "unix-abstract", "vsock"),
    *("io-uring", "secret-file", "secret-environment", "write-outside", "write-inputs", "write-environment"),
}
"""What a self-test must have tried; what it leaves out proves nothing."""

OUTSIDE = ("192.0.2.1", 9)
"""An address that is nobody's (RFC 5737) and the port of the discard service."""

PLANTED = "HARNESS_PLANTED"
OWN = {*ENVIRONMENT, "HOME", "PWD", "PYTHONPATH", "TMPDIR"}
"""What a process of the lab has in its environment anyway; its value may well be the caller's too."""

NOT_COVERED: Mapping[Tier, tuple[str, ...]] = {
    "T1": ("memory of several processes together", "number of processes", "number of files in the output folder"),
    "T2": (
        *("memory of several processes together", "number of processes", "number of files"),
        *("a daemon that changes its environment", "modes and owners of files", "limits of other processes"),
    ),
    "T5": ("network", "files", "other processes", "memory of several processes together", "number of processes"),
}
MEND = (
    "install bubblewrap (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap; on Ubuntu 24.04 "
    "also: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0), or measure without a seal: --allow-unsealed"
)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The walls in use and what a verdict says of them; they stand until the `with` that made them ends."""

    walls: Walls
    seal: Seal
    limits: Mapping[str, int]


@contextmanager
def enclosure(*, allow_unsealed: bool = False, tiers: tuple[Tier, ...] = ("T1", "T2")) -> Iterator[Enclosure]:
    """Yield the best of `tiers` whose self-test passes; none, where there is none and that is allowed.

    Raises:
        UsageError: no tier passes and `allow_unsealed` is false; says why each does not.
    """
    with tempfile.TemporaryDirectory(prefix="harness-lab-view-") as folder:
        view = write_view(Path(folder) / "lab")
        refused = []
        for tier in tiers:
            try:
                yield Enclosure(*_tried(tier, view), LIMITS)
            except _Refused as error:
                refused.append(f"{tier}: {error}")
            else:
                return
        if not allow_unsealed:
            raise UsageError(f"expected a way to seal the lab, found none ({'; '.join(refused)}); {MEND}")
        yield Enclosure(Bare(view), _seal("T5", "UNSEALED", {}, "", ("limits",)), LIMITS)


class _Refused(HarnessError):
    """A tier that cannot be used here, and why."""


def _tried(tier: Tier, view: Path) -> tuple[Walls, Seal]:
    """Return one tier's walls and seal after their self-test.

    Raises:
        _Refused: not possible here, or the self-test found a way out.
    """
    walls, mechanisms = _walls(tier, view)
    found, argv = self_test(walls)
    ways_out = [f"{name}: {words}" for name, words in found.items() if not words.startswith("blocked")]
    ways_out += [f"{name}: not tried" for name in sorted(ATTEMPTS - set(found))]
    if ways_out:
        raise _Refused("; ".join(ways_out))
    status: Literal["SEALED", "PARTIAL"] = "SEALED" if tier == "T1" or _whole() else "PARTIAL"
    return walls, _seal(tier, status, found, argv, mechanisms)


def _walls(tier: Tier, view: Path) -> tuple[Walls, tuple[str, ...]]:
    if not sys.platform.startswith("linux"):
        raise _Refused(f"expected Linux, found {sys.platform}")
    if platform.machine() not in seccomp.MACHINES:
        raise _Refused(f"expected one of {', '.join(seccomp.MACHINES)}, found {platform.machine()}")
    known = landlock.version()
    if tier == "T1":
        bwrap = shutil.which("bwrap")
        if bwrap is None:
            raise _Refused("bwrap is not installed")
        try:
            told = subprocess.run([bwrap, "--version"], capture_output=True, text=True, check=False, timeout=10, env={})
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _Refused(f"bwrap does not start: {error}") from error
        return Bubblewrap(view, bwrap), (told.stdout.strip() or "bubblewrap", "seccomp", "limits")
    if known == 0:
        raise _Refused("this kernel has no Landlock")
    return Landlocked(view), (f"landlock {known}", "seccomp", "limits")


def _whole() -> bool:
    """Tell whether Landlock alone seals: not for root, and only from the version on that keeps signals in."""
    return landlock.version() >= landlock.SCOPES_SINCE and os.geteuid() != 0


def _seal(
    tier: Tier,
    status: Literal["SEALED", "PARTIAL", "UNSEALED"],
    found: Mapping[str, str],
    argv: str,
    mechanisms: tuple[str, ...],
) -> Seal:
    return Seal(
        tier=tier,
        status=status,
        self_test=dict(found),
        mechanisms=mechanisms,
        limits=dict(LIMITS),
        not_covered=NOT_COVERED[tier],
        argv=argv or None,
    )


def self_test(walls: Walls) -> tuple[dict[str, str], str]:
    """Return what the probe found behind `walls`, by attempt, and the digest of the arguments it ran in.

    Raises:
        HarnessError: the probe did not answer.
    """
    with ExitStack() as stack:
        outside = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="harness-outside-")))
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="harness-home-")))
        order = stack.enter_context(_planted(outside))
        launch = stack.enter_context(walls.launch(home, (SELF_TEST,), LIMITS))
        order["write"] = {"outside": str(outside), "inputs": launch.readable, "environment": sys.prefix}
        try:
            ran = subprocess.run(
                launch.argv,
                input=json.dumps(order).encode(),
                capture_output=True,
                env=dict(launch.environment),
                pass_fds=launch.descriptors,
                cwd=home,
                timeout=SELF_TEST_SECONDS,
                check=False,
            )
            found = {str(name): str(words) for name, words in dict(json.loads(ran.stdout)).items()}
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _Refused(f"its self-test could not run: {error}") from error
        except (ValueError, TypeError) as error:
            words = ran.stderr.decode(errors="replace").strip().splitlines() or ["no words"]
            raise _Refused(f"its self-test did not answer: {words[-1]}") from error
        return dict(sorted(found.items())), arguments(launch, home)


def arguments(launch: Launch, home: Path) -> str:
    """Return the digest of a start's arguments, without what differs from one start to the next."""
    numbers = {str(number): "DESCRIPTOR" for number in launch.descriptors}
    # the view lies where the tier mounts it from, or else where Python looks for it
    own = launch.environment.get("PYTHONPATH", "")
    view = next((one for one in launch.argv if one.endswith("/lab") and one != "/lab"), own)
    told = [numbers.get(one, one.replace(str(home), "HOME")) for one in launch.argv]
    return digest([one.replace(view, "VIEW") if view else one for one in told])


@contextmanager
def _planted(outside: Path) -> Iterator[dict[str, object]]:
    """Yield an order to the probe, while sockets listen, a secret file lies there, a secret is in the environment."""
    name = f"harness-{secrets.token_hex(8)}"
    with ExitStack() as stack:
        tcp = stack.enter_context(_listening(socket.AF_INET, ("127.0.0.1", 0)))
        stack.enter_context(_listening(socket.AF_UNIX, str(outside / "socket")))
        if sys.platform.startswith("linux"):
            stack.enter_context(_listening(socket.AF_UNIX, f"\0{name}"))
        secret = outside / "secret"
        secret.write_text(secrets.token_hex(16), encoding="ascii")
        os.environ[PLANTED] = secrets.token_hex(16)
        stack.callback(os.environ.pop, PLANTED)
        yield {
            "tcp": tcp.getsockname(),
            "outside": OUTSIDE,
            "name": "example.org",
            "unix": str(outside / "socket"),
            "abstract": name,
            "vsock": (socket.VMADDR_CID_HOST, 1),
            "secret_file": str(secret),
            "secrets": [sha256(f"{key}={value}".encode()) for key, value in os.environ.items() if key not in OWN],
        }


@contextmanager
def _listening(family: int, address: object) -> Iterator[socket.socket]:
    """Yield a socket that takes whoever comes."""
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.bind(address)  # type: ignore[arg-type]
        one.listen()
        taking = threading.Thread(target=_take, args=(one,), daemon=True)
        taking.start()
        yield one


def _take(one: socket.socket) -> None:
    with suppress(OSError):
        while True:
            one.accept()[0].close()
