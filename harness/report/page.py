"""One self-contained page over all verdicts of a reports folder.

Rule: everything shown is quoted from a record (`harness.report.quote`) or counted over the shown
verdicts; a file that cannot be trusted is named as refused and nothing of it is shown. What this
build lacks is said from the verdicts themselves, not from what the code believes of itself.
No script, no request to anywhere, forbidden by the page's own policy too. Equal verdicts give
equal bytes but for what stands under `occasion`. Means in tables are those of `harness.report.tables`.
Cost: memory for the page, 30 to 150 kB a claim.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import quote

from harness.errors import HarnessError
from harness.records.claim import Outcome, Status
from harness.report.folder import Refused
from harness.report.quote import Quoted
from harness.report.render import render
from harness.report.views import claim_view, mean_places
from harness.report.words import CAUSES, CONTROLS, OUTCOMES, RELATIONS, STATUSES, VERIFICATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow as pa

    from harness.records.ruling import Verdict
    from harness.report.folder import ReportsFolder

WORDS = {
    "causes": CAUSES,
    "outcomes": OUTCOMES,
    "statuses": STATUSES,
    "verifications": VERIFICATIONS,
    "relations": RELATIONS,
    "controls": CONTROLS,
}
LACKS: dict[str, Callable[[Verdict], bool]] = {
    "verification": lambda verdict: verdict.verification == "incomplete",
    "seal": lambda verdict: verdict.seal.status != "SEALED",
    "red_team": lambda verdict: verdict.red_team.average is None,
    "controls": lambda verdict: _of_encoders(verdict) and not verdict.controls,
    "regime": lambda verdict: _of_encoders(verdict) and verdict.regime is None,
}


def _of_encoders(verdict: Verdict) -> bool:
    """Tell whether encoders stand behind a verdict; counts have no regime to be in."""
    return not verdict.checks or any(ruling.relation != "equals" for ruling in verdict.checks)


def write_page(folder: ReportsFolder) -> Path:
    """Write the page over what lies in `folder` now; return its path."""
    verdicts, refused = folder.read_verdicts()
    summaries, refused_summaries = folder.read_summaries()
    broken = [Quoted(f"summary.{summary.scope}", summary.plain()) for summary in summaries]
    page = _page(folder, verdicts, [*refused, *refused_summaries], broken)
    return folder.write_index(page)


def counts_of(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return how many verdicts have each status and outcome, whole and by scope, and what they lack."""
    scopes = sorted({verdict.scope for verdict in verdicts})
    by_scope = {scope: _tally([verdict for verdict in verdicts if verdict.scope == scope]) for scope in scopes}
    claims = len({verdict.claim for verdict in verdicts})
    return {"all": _tally(verdicts), "scopes": by_scope, "claims": claims, "lacks": _lacks(verdicts)}


def _tally(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    statuses = Counter(verdict.status for verdict in verdicts)
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    return {
        "verdicts": len(verdicts),
        "status": {status: statuses[status] for status in get_args(Status)},
        "outcome": {outcome: outcomes[outcome] for outcome in get_args(Outcome)},
    }


def _lacks(verdicts: Sequence[Verdict]) -> dict[str, int]:
    return {name: sum(map(lacking, verdicts)) for name, lacking in LACKS.items()}


def _page(
    folder: ReportsFolder, verdicts: Sequence[Verdict], refused: Sequence[Refused], summaries: Sequence[Quoted]
) -> str:
    views, unreadable = [], []
    for verdict in verdicts:
        measured, problem = _measured(folder, verdict)
        views.append(claim_view(verdict, _links(folder, verdict), measured))
        unreadable += problem
    refused = [*refused, *unreadable]
    values = {
        "claims": views,
        "findings": _findings(verdicts),
        "counts": Quoted("count", counts_of(verdicts)),
        "refused": [Quoted(f"refused[{index}]", file._asdict()) for index, file in enumerate(refused)],
        "summaries": [summary for summary in summaries if summary.value("broken")],
        "words": WORDS,
        "mean_places": mean_places,
    }
    return render("page.html", values)


def _findings(verdicts: Sequence[Verdict]) -> list[Quoted]:
    """Return what the audit found of the paper, each thing once, as the first verdict that it touches quotes it."""
    found: dict[str, Quoted] = {}
    for verdict in verdicts:
        quoted = Quoted(f"{verdict.claim}.{verdict.scope}", verdict.plain())
        for at, finding in enumerate(verdict.findings):
            found.setdefault(finding.id, quoted.under("findings", at))
    return list(found.values())


def _measured(folder: ReportsFolder, verdict: Verdict) -> tuple[pa.Table | None, list[Refused]]:
    """Return the means that a verdict cites; a file that cannot be read is refused, the verdict still stands."""
    try:
        return folder.measurement_table(verdict), []
    except HarnessError as error:
        path = folder.measurements_path(verdict.claim, verdict.scope).relative_to(folder.root)
        return None, [Refused(path.as_posix(), str(error))]


def _links(folder: ReportsFolder, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Return the files behind one verdict that are there."""
    paths = {
        "verdict": folder.verdict_path(verdict.claim, verdict.scope),
        "measurements": folder.measurements_path(verdict.claim, verdict.scope),
        "gate document": folder.gate_path(verdict.claim, verdict.scope),
    }
    there = {words: path.relative_to(folder.root).as_posix() for words, path in paths.items() if path.is_file()}
    return tuple((words, quote(path)) for words, path in there.items())
