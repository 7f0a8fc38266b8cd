"""Oracles: the system's own tables of calls, a machine for BPF written here, and the kernel in a child."""

from __future__ import annotations

import errno
import platform
import re
import socket
import struct
from pathlib import Path

import pytest
from confined import found
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.confine.seccomp import CALLS, CLONE3, MACHINES, REFUSED, filter_bytes
from harness.errors import UsageError

HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    "aarch64": ("/usr/include/aarch64-linux-gnu/asm/unistd_64.h", "/usr/include/asm-generic/unistd.h"),
}
DEFINED = re.compile(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)", re.MULTILINE)
KNOWN = {"x86_64": {"ptrace": 101, "mount": 165, "bpf": 321}, "aarch64": {"ptrace": 117, "mount": 40, "bpf": 280}}
"""Three from the manual of the Linux man-pages project, for a machine without headers."""

ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS = REFUSE | errno.EPERM, REFUSE | errno.ENOSYS
NEW_USER, NEW_TIME, THREAD = 0x10000000, 0x00000080, 0x3D0F00


def tables() -> dict[str, dict[str, int]]:
    """Return the calls of each architecture whose table is installed here, and those known by heart."""
    read = {}
    for machine, places in HEADERS.items():
        texts = [Path(place).read_text(encoding="utf-8") for place in places if Path(place).exists()]
        read[machine] = {name: int(number) for text in texts[:1] for name, number in DEFINED.findall(text)}
        read[machine] |= KNOWN[machine]
    return read


def run(program: bytes, architecture: int, number: int, arguments: tuple[int, ...]) -> int:
    """Return what a classic BPF program says of a call: the five instructions that filters are made of."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *arguments)
    at = accumulator = 0
    for _ in range(len(program) // 8):
        code, yes, no, value = struct.unpack_from("=HBBI", program, 8 * at)
        at += 1
        if code == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
        elif code == 0x06:
            return int(value)
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            at += yes if holds else no
    raise AssertionError("a program that never ends")


def expected(machine: str, number: int, arguments: tuple[int, ...], *, local: bool) -> int:
    """Return what the docstring promises, from the tables and not from the program."""
    column = MACHINES[machine].column
    first, second = arguments[0] & 0xFFFFFFFF, arguments[1] & 0xFFFFFFFF
    if machine == "x86_64" and number >= 0x40000000:
        return KILL
    if number == CLONE3:
        return ENOSYS
    name = next((call for call, numbers in (CALLS | REFUSED).items() if numbers[column] == number), "")
    refused = name in REFUSED
    refused |= name == "socket" and (not local or first != socket.AF_UNIX)
    refused |= name == "socketpair" and first != socket.AF_UNIX
    refused |= name == "ioctl" and second == 0x5412
    refused |= name == "clone" and bool(first & 0x7E020080)
    return EPERM if refused else ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_exact_numbers_are_those_of_the_systems_own_headers(machine: str) -> None:
    own = {name: numbers[MACHINES[machine].column] for name, numbers in (CALLS | REFUSED).items()}
    system = tables()[machine]
    both = set(own) & set(system)
    assert both >= set(KNOWN[machine])
    assert {name: own[name] for name in both} == {name: system[name] for name in both}
    assert system.get("clone3", CLONE3) == CLONE3
    assert len(set(own.values())) == len(own)


@pytest.mark.parametrize("local", [False, True])
@pytest.mark.parametrize("machine", MACHINES)
def test_theory_every_call_ends_as_the_docstring_says(machine: str, *, local: bool) -> None:
    program = filter_bytes(machine, local_sockets=local)
    audit = MACHINES[machine].audit
    for number in (*range(512), 0x3FFFFFFF, 0x40000000, 0x40000029, 0xFFFFFFFF):
        for arguments in (
            (1, 0x5412),
            (2, 0),
            (16, 0x541B),
            (0x1_0000_0001, 0x1_0000_5412),
            (NEW_USER, 1),
            (THREAD, 0),
        ):
            six = (*arguments, 0, 0, 0, 0)
            assert run(program, audit, number, six) == expected(machine, number, six, local=local), (number, six)
    assert run(program, 0x40000003, 41, (1, 0, 0, 0, 0, 0)) == KILL, "32-bit calls have other numbers"


@given(
    machine=st.sampled_from(sorted(MACHINES)),
    number=st.integers(0, 2**32 - 1) | st.sampled_from([41, 53, 56, 16, 198, 199, 220, 29]),
    arguments=st.tuples(*[st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 2, 0x5412, NEW_USER, NEW_TIME])] * 6),
    local=st.booleans(),
)
@settings(derandomize=True, deadline=None, max_examples=100)
def test_theory_so_does_any_call_with_any_arguments(
    machine: str, number: int, arguments: tuple[int, ...], *, local: bool
) -> None:
    program = filter_bytes(machine, local_sockets=local)
    told = run(program, MACHINES[machine].audit, number, arguments)
    assert told == expected(machine, number, arguments, local=local)


def test_exact_an_architecture_without_a_table_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="expected one of x86_64, aarch64 to filter system calls on, found riscv64"):
        filter_bytes("riscv64")


@pytest.mark.parametrize("local", [False, True])
def test_theory_the_kernel_takes_the_filter_and_does_the_same(tmp_path: Path, *, local: bool) -> None:
    """Threads that run already come under it too; what a training needs still works."""
    column = MACHINES[platform.machine()].column
    lines = f"""
from harness.confine.seccomp import REFUSED, filter_bytes, install
go, done = threading.Event(), threading.Event()
def early():
    go.wait()
    told["early thread"] = tried(lambda: socket.socket(socket.AF_INET))
    done.set()
threading.Thread(target=early).start()
install(filter_bytes(local_sockets={local}))
go.set(); done.wait()
for name in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_UNIX"):
    told[name] = tried(lambda: socket.socket(getattr(socket, name)).close())
told["pair"] = tried(lambda: [one.close() for one in socket.socketpair()])
told["clone3"] = tried(lambda: call({CLONE3}, 0, 0))
told["type"] = tried(lambda: fcntl.ioctl(os.openpty()[1], 0x5412, b"x"))
told["size"] = tried(lambda: fcntl.ioctl(os.openpty()[1], 0x5413, bytes(8)))
told["refused"] = sorted({{tried(lambda: call(numbers[{column}], 0, 0, 0, 0, 0)) for numbers in REFUSED.values()}})
thread = threading.Thread(target=told.setdefault, args=("thread", "done"))
thread.start(); thread.join()
if (child := os.fork()) == 0:
    os._exit(7)
told["fork"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
told["status"] = [line.split()[1] for line in open("/proc/self/status") if line.startswith(("NoNewPrivs", "Seccomp:"))]
"""
    told = found(lines, tmp_path)
    outward = dict.fromkeys(("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "early thread"), "EPERM")
    assert told == outward | {
        "AF_UNIX": "done" if local else "EPERM",
        "pair": "done",
        "clone3": "ENOSYS",
        "type": "EPERM",
        "size": "done",
        "refused": ["EPERM"],
        "thread": "done",
        "fork": 7,
        "status": ["1", "2"],
    }
