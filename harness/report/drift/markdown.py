"""The gate for the summary of a run: enough by itself, for a fork may neither comment nor upload.

Words from verdicts are escaped: they can make neither a cell, a mark, a link nor a tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.drift.telling import STATES, changed, drifted, moved, reasons, totals, where
from harness.report.words import cut, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.records.gate import Compared, GateAnswer

LONGEST = 400
MARKS = "\\`*_{}[]()#+!|~"


def markdown(answer: GateAnswer) -> str:
    """Return the sentence that counts, a table of claims, and the details of each that differs."""
    verdict = f"**Drift in {len(answer.drifted)}**" if answer.drifted else "**No drift**"
    lines = [
        f"### Claims\n\n{verdict}. {totals(answer)}.\n",
        "| claim | scope | stands | why |",
        "| --- | --- | --- | --- |",
    ]
    lines += [_row(one) for one in answer.compared]
    lines += ["", *(line for one in answer.compared for line in _details(one))]
    lines += [f"- note: {escaped(note)}" for note in answer.notes]
    return "\n".join(lines).rstrip() + "\n"


def escaped(words: str) -> str:
    """Return words that Markdown shows as they are."""
    shown = "".join(f"\\{one}" if one in MARKS else one for one in cut(plain_text(words), LONGEST))
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _row(one: Compared) -> str:
    stands = (
        "**drift**: " + ", ".join(dict.fromkeys(drift.rule for drift in one.drifts))
        if one.drifts
        else STATES[one.state]
    )
    cells = (f"{one.claim} {one.title}", one.scope)
    return f"| {' | '.join(map(escaped, cells))} | {stands} | {escaped(reasons(one))} |"


def _details(one: Compared) -> Iterator[str]:
    told = [f"**{escaped(drifted(drift))}** {escaped(where(drift))}" for drift in one.drifts]
    told += [escaped(moved(move)) for move in one.moved]
    told += [escaped(changed(change)) for change in one.changes]
    if told:
        yield f"<details{' open' if one.drifts else ''}><summary>{escaped(f'{one.claim} in {one.scope}')}</summary>\n"
        yield from (f"- {line}" for line in told)
        yield "\n</details>\n"
