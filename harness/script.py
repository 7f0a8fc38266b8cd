"""What a claim's script imports: `run`, so that the script can be started by hand.

    if __name__ == "__main__":
        run(__file__)

hands the process over to pytest on the paired claim. The script itself never measures.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from harness.errors import UsageError


def paired_claim(script: Path) -> Path:
    """Return the claim file beside `script` that carries the same id.

    Raises:
        UsageError: none, or more than one.
    """
    claim_id = script.name.partition("_")[0]
    found = sorted(script.parent.glob(f"{claim_id}-*.yaml"))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise UsageError(f"{script}: expected exactly one claim {claim_id}-*.yaml beside it, found {names}")
    return found[0]


def run(script: str) -> None:
    """Replace this process by `python -m pytest` on the claim paired with `script`."""
    claim = paired_claim(Path(script).resolve())
    os.execv(sys.executable, [sys.executable, "-m", "pytest", str(claim)])  # noqa: S606 - a list of arguments, no shell
