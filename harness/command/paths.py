"""Where things lie unless a command is told otherwise."""

from __future__ import annotations

from pathlib import Path

CLAIMS = Path("claims")
REPORTS = Path("reports")
ACCEPTED = REPORTS / "accepted"
VERDICTS = REPORTS / "verdicts"
