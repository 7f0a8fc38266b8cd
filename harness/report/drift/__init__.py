"""What the gate found, for people and machines; each format is a pure function of the same record.

text       a terminal
markdown   the summary of a run on a forge
sarif      annotations at lines of claim files (SARIF 2.1.0)
junit      test reports
badge      the endpoint that shields.io draws
json       the record itself
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.codec import pretty
from harness.report.drift.badge import badge
from harness.report.drift.junit import junit
from harness.report.drift.markdown import markdown
from harness.report.drift.sarif import sarif
from harness.report.drift.text import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.records.gate import GateAnswer


class Format(NamedTuple):
    """A format: the file that holds it, and how it is made."""

    file: str
    made: Callable[[GateAnswer], str]


def _json(answer: GateAnswer) -> str:
    return pretty(answer.plain()).decode()


FORMATS = {
    "text": Format("gate.txt", text),
    "markdown": Format("gate.md", markdown),
    "sarif": Format("gate.sarif", sarif),
    "junit": Format("gate.junit.xml", junit),
    "badge": Format("gate.badge.json", badge),
    "json": Format("gate.json", _json),
}
"""All formats by name."""
