"""The gate as the endpoint that shields.io draws a badge from (its `schemaVersion` 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.codec import pretty

if TYPE_CHECKING:
    from harness.records.gate import GateAnswer


def badge(answer: GateAnswer) -> str:
    """Return the endpoint's JSON: how many claims stand as accepted, or how many drifted."""
    drifted, count = len(answer.drifted), len(answer.compared)
    unrun = sum(one.state == "missing" for one in answer.compared)
    kept = f"{count - unrun} of {count} as accepted" if unrun else f"{count} as accepted"
    told = f"{drifted} of {count} drifted" if drifted else kept
    colour = "red" if drifted else "yellow" if unrun else "brightgreen"
    return pretty({"schemaVersion": 1, "label": "claims", "message": told, "color": colour}).decode()
