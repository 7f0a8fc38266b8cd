"""All verdicts of a reports folder without the page: as Markdown for a pull request, as JSON for machines.

Rule: the same verdicts and the same refusals as on the page, in the same order. Markdown has a table of
outcomes for each scope, as `harness outcomes` prints it, and names what was refused; words from
verdicts and file names are escaped as there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.records.listing import Listed, Listing, RefusedFile
from harness.report.line import terminal_line
from harness.report.outcomes import escaped, outcomes
from harness.report.page import counts_of

if TYPE_CHECKING:
    from harness.report.folder import ReportsFolder


def listing(folder: ReportsFolder) -> Listing:
    """Return every verdict of a folder in one line, and the files that do not stand."""
    verdicts, refused = folder.read_verdicts()
    _, refused_summaries = folder.read_summaries()
    verdict_lines = (
        Listed(
            claim=verdict.claim,
            scope=verdict.scope,
            title=verdict.title,
            status=verdict.status,
            cause=verdict.cause,
            outcome=verdict.outcome,
            verification=verdict.verification,
            paper_status=verdict.paper_status,
            line=terminal_line(verdict),
        )
        for verdict in verdicts
    )
    files = (RefusedFile(path=file.path, reason=file.reason) for file in (*refused, *refused_summaries))
    return Listing(counts=counts_of(verdicts)["all"]["status"], verdicts=tuple(verdict_lines), refused=tuple(files))


def markdown(folder: ReportsFolder) -> str:
    """Return the tables of all scopes, and what was refused; one line end after each line."""
    verdicts, _ = folder.read_verdicts()
    told = listing(folder)
    counts = ", ".join(f"{number} {status}" for status, number in told.counts.items())
    parts = [f"{len(verdicts)} verdicts: {counts}.\n" if verdicts else "There is no verdict in this folder.\n"]
    for scope in dict.fromkeys(verdict.scope for verdict in verdicts):
        own = [verdict for verdict in verdicts if verdict.scope == scope]
        parts.append(f"### {escaped(scope)}\n\n{outcomes(own)}")
    if told.refused:
        rows = "".join(f"- {escaped(file.path)}: {escaped(file.reason)}\n" for file in told.refused)
        parts.append(f"### Refused, and counted nowhere\n\n{rows}")
    return "\n".join(parts)
