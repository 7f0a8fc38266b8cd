"""Confine this process, then run a module in it: `python -m harness.confine ORDER MODULE ARGUMENT...`.

ORDER is JSON: `limits` by name (`harness.confine.limits`), and under `landlock` the lists `readable`,
`listable` and `writable`, where the process has to see to its own walls. Then nothing of what the
caller may reach is reachable any more, and MODULE runs as if it had been started.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

from harness.confine.landlock import restrict
from harness.confine.limits import limit
from harness.confine.seccomp import filter_bytes, install


def main() -> None:
    """Confine, then run; the module sees its own arguments only."""
    order = json.loads(sys.argv[1])
    limit(order["limits"])
    walls = order.get("landlock")
    if walls is not None:
        restrict(*([Path(path) for path in walls[name]] for name in ("readable", "listable", "writable")))
        install(filter_bytes(local_sockets=False))
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
