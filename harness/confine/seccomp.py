"""A seccomp filter: no socket but a local one, no new namespaces, mounts, keys, tracing or io_uring.

Rule: what is refused gets EPERM, except clone3, whose flags a filter cannot read: ENOSYS makes the C
library fall back on clone, which is read. Any other architecture than the one the filter was made
for kills the process, and so do x86-64's 32-bit numbers. io_uring is refused because it opens
sockets past a filter on `socket`. The filter is a program in classic BPF, 8 bytes an instruction
(linux/filter.h), the same bytes for bubblewrap's --seccomp and for `install`.

Limits: x86-64 and arm64. What the filter lets through is as safe as the kernel is.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
from typing import NamedTuple

from harness.errors import UsageError

LOAD_WORD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
AT_NUMBER, AT_ARCHITECTURE, AT_FIRST, AT_SECOND = 0, 4, 16, 24
X32 = 0x40000000
NAMESPACES = 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x00020000 | 0x00000080
"""CLONE_NEW*: cgroup, uts, ipc, user, pid, net, mount, time."""

PUSH_INPUT = 0x5412
"""TIOCSTI: types into somebody else's terminal."""

PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER, ALL_THREADS = 38, 1, 1


class Machine(NamedTuple):
    """What differs between architectures: the audit number, and which column of a table of calls is its own."""

    audit: int
    column: int


MACHINES = {"x86_64": Machine(0xC000003E, 0), "aarch64": Machine(0xC00000B7, 1)}
CALLS = {"socket": (41, 198), "socketpair": (53, 199), "clone": (56, 220), "ioctl": (16, 29), "seccomp": (317, 277)}
REFUSED = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "syslog": (103, 116),
    "pidfd_send_signal": (424, 424),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
}
"""Numbers of system calls on x86-64 and arm64."""

CLONE3 = 435


def filter_bytes(machine: str = "", *, local_sockets: bool = True) -> bytes:
    """Return the filter; `local_sockets` lets AF_UNIX through, which must then be kept in by other means.

    Raises:
        UsageError: an architecture that no filter is known for.
    """
    name = machine or platform.machine()
    if name not in MACHINES:
        raise UsageError(f"expected one of {', '.join(MACHINES)} to filter system calls on, found {name}")
    one = MACHINES[name]
    calls = {call: numbers[one.column] for call, numbers in CALLS.items()}
    program = [
        _step(LOAD_WORD, AT_ARCHITECTURE),
        *_unless(JUMP_EQUAL, one.audit, KILL),
        _step(LOAD_WORD, AT_NUMBER),
        *(_when(JUMP_AT_LEAST, X32, KILL) if name == "x86_64" else ()),
        *_when(JUMP_EQUAL, CLONE3, REFUSE | errno.ENOSYS),
    ]
    for numbers in REFUSED.values():
        program += _when(JUMP_EQUAL, numbers[one.column], REFUSE | errno.EPERM)
    program += _argument(calls["clone"], AT_FIRST, _when(JUMP_ANY_BIT, NAMESPACES, REFUSE | errno.EPERM))
    program += _argument(calls["ioctl"], AT_SECOND, _when(JUMP_EQUAL, PUSH_INPUT, REFUSE | errno.EPERM))
    local = _unless(JUMP_EQUAL, socket.AF_UNIX, REFUSE | errno.EPERM)
    program += _argument(calls["socketpair"], AT_FIRST, local)
    outward = local if local_sockets else [_step(RETURN, REFUSE | errno.EPERM)]
    program += _argument(calls["socket"], AT_FIRST, outward)
    return b"".join([*program, _step(RETURN, ALLOW)])


def _step(code: int, value: int, when: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when, otherwise, value)


def _when(jump: int, value: int, result: int) -> list[bytes]:
    """End with `result` where the test holds; go on otherwise."""
    return [_step(jump, value, 0, 1), _step(RETURN, result)]


def _unless(jump: int, value: int, result: int) -> list[bytes]:
    """End with `result` where the test fails; go on otherwise."""
    return [_step(jump, value, 1, 0), _step(RETURN, result)]


def _argument(number: int, at: int, test: list[bytes]) -> list[bytes]:
    """Test an argument of one system call, its low 32 bits; what follows finds the number again."""
    inner = [_step(LOAD_WORD, at), *test, _step(LOAD_WORD, AT_NUMBER)]
    return [_step(JUMP_EQUAL, number, 0, len(inner)), *inner]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install(program: bytes) -> None:
    """Put this process, all its threads and everything it starts under the filter, for good.

    Raises:
        OSError: the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    held = ctypes.create_string_buffer(program, len(program))
    told = _Program(len(program) // 8, ctypes.cast(held, ctypes.c_void_p))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    number = CALLS["seccomp"][MACHINES[platform.machine()].column]
    if libc.syscall(number, SECCOMP_SET_MODE_FILTER, ALL_THREADS, ctypes.byref(told)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
