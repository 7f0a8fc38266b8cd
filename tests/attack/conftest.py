"""Attackers are tried on small courts built by hand: judgements, checks and scores of tests/court."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "court"))
