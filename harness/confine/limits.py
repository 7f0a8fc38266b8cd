"""How much of the machine a process may take: limits of the kernel, for it and each of its children.

Limits of these limits: each process has them for itself, so several together may take more; a
process of root may start as many others as it likes. What they do not cover, a watch over the wall
clock does, and the size of the temporary folders inside a seal.
"""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {
    "cpu_seconds": resource.RLIMIT_CPU,
    "memory_bytes": resource.RLIMIT_AS,
    "file_bytes": resource.RLIMIT_FSIZE,
    "open_files": resource.RLIMIT_NOFILE,
    "core_bytes": resource.RLIMIT_CORE,
}


def limit(wanted: Mapping[str, int]) -> None:
    """Lower this process's limits, so that it cannot raise them again; one that is lower already stays.

    Raises:
        KeyError: a kind that is not in KINDS.
    """
    for name, value in wanted.items():
        kind = KINDS[name]
        _, hard = resource.getrlimit(kind)
        own = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (own, own))
