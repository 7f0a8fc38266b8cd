"""What all formats say alike: one line of words per thing, cleaned of what could drive a terminal."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from harness.records.gate import State
from harness.report.words import plain_text

if TYPE_CHECKING:
    from harness.records.gate import Change, Compared, Drift, GateAnswer, Moved

STATES: dict[State, str] = {
    "same": "as accepted",
    "numeric": "as accepted but for numbers inside their intervals",
    "changed": "changed without drift",
    "stands": "not run: its inputs are the accepted ones",
    "missing": "not run: a resource is missing, which was allowed",
    "drift": "drifted",
}
DIGEST = re.compile(r"[0-9a-f]{64}")
SHOWN = 12
"""Characters of a digest that a person is shown; SARIF and JSON hold all of it."""


def totals(answer: GateAnswer) -> str:
    """Return how many claims stand how."""
    counts = Counter(one.state for one in answer.compared)
    told = [f"{counts[state]} {words}" for state, words in STATES.items() if counts[state]]
    return f"{len(answer.compared)} claims: {', '.join(told)}"


def where(drift: Drift) -> str:
    """Return the place to look at, as far as it is known."""
    return f"{drift.path}:{drift.line}" if drift.line else drift.path


def drifted(drift: Drift) -> str:
    """Return what drifted."""
    return plain_text(f"{drift.rule}: {drift.says}")


def changed(change: Change) -> str:
    """Return one difference with its digests, cut for people."""
    return plain_text(f"{change.why}: {change.what} {_short(change.accepted)} -> {_short(change.found)}")


def moved(one: Moved) -> str:
    """Return one estimate that moved, beside its accepted interval."""
    interval = "no interval" if one.low is None or one.high is None else f"[{one.low:.6g}, {one.high:.6g}]"
    inside = "inside" if one.inside else "outside"
    told = f"{one.check} on {one.dataset}: {_number(one.accepted)} -> {_number(one.found)}, {inside} {interval}"
    return plain_text(told if one.required else f"{told}, not required")


def reasons(one: Compared) -> str:
    """Return why a claim's verdict is another, in as many words as there are reasons."""
    return ", ".join(dict.fromkeys(change.why for change in one.changes))


def _short(value: str | None) -> str:
    if value is None:
        return "none"
    return value[:SHOWN] if DIGEST.fullmatch(value) else value


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}"
