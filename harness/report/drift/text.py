"""The gate in a terminal: a line per claim, below it what drifted, what moved and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.drift.telling import STATES, changed, drifted, moved, totals, where
from harness.report.words import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.records.gate import Compared, GateAnswer


def text(answer: GateAnswer) -> str:
    """Return the lines; the last one counts."""
    lines = [line for one in answer.compared for line in _lines(one)]
    lines += [plain_text(f"note: {note}") for note in answer.notes]
    return "\n".join([*lines, totals(answer)]) + "\n"


def _lines(one: Compared) -> Iterator[str]:
    yield plain_text(f"{one.claim} {one.scope} {'DRIFT' if one.drifts else STATES[one.state]}")
    for drift in one.drifts:
        yield f"  {plain_text(where(drift))}: {drifted(drift)}"
    for change in one.changes:
        yield f"  {changed(change)}"
    for move in one.moved:
        yield f"  {moved(move)}"
