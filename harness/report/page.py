"""One self-contained page over all verdicts of a reports folder.

Rule: everything shown is quoted from a record (`harness.report.quote`) or counted over the shown
verdicts; a file that cannot be trusted is named as refused and nothing of it is shown. What this
build lacks is said from the verdicts themselves, not from what the code believes of itself. The page
asks nobody for anything, forbidden by its own policy too, and reads without its script, which only
filters, sorts, opens and copies. Equal verdicts give equal bytes but for what stands under `occasion`.
Means are those of `harness.report.plates` and `harness.report.grids`. Long tails (probes in vain,
digests of cells, languages of checks that are not required) stay in the verdict's file, which every
claim links, so that a page of forty verdicts stays below 1.5 MB.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import quote

from harness.errors import HarnessError
from harness.records.claim import Outcome, Status
from harness.report.beside import beside
from harness.report.exhibits import exhibits
from harness.report.exhibits import links as plates_of
from harness.report.folder import Refused
from harness.report.matrix import matrix
from harness.report.method import method_view
from harness.report.quote import Quoted
from harness.report.render import compact, render
from harness.report.views import claim_view
from harness.report.words import CAUSES, CONTROLS, OUTCOMES, RELATIONS, STATUSES, VERIFICATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pyarrow as pa

    from harness.records.verdict import Verdict
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
    tables, unreadable = _measured(folder, verdicts)
    found = exhibits(verdicts, tables)
    views = [claim_view(verdict, _links(folder, verdict), plates_of(verdict, found)) for verdict in verdicts]
    found_beside = beside(folder.root)
    files = [*refused, *unreadable, *found_beside.refused]
    values = {
        "claims": views,
        "matrix": matrix(views),
        "exhibits": found,
        "method": method_view(views),
        "beside": found_beside,
        "findings": _findings(views),
        "runs": _runs(views),
        "seals": _seals(views),
        "counts": Quoted("count", counts_of(verdicts)),
        "refused": [Quoted(f"refused[{index}]", file._asdict()) for index, file in enumerate(files)],
        "summaries": [summary for summary in summaries if summary.value("broken")],
        "words": WORDS,
    }
    return compact(render("page.html", values))


def _findings(views: Sequence[Any]) -> list[Quoted]:
    """Return what the audit found of the paper, each thing once, as the first verdict that it touches quotes it."""
    found: dict[str, Quoted] = {}
    for view in views:
        for at, finding in enumerate(view.verdict.findings):
            found.setdefault(finding.id, view.quoted.under("findings", at))
    return list(found.values())


def _runs(views: Sequence[Any]) -> list[Quoted]:
    """Return the verdict of each scope that was judged last: it tells when and on what that scope was run."""
    latest: dict[str, Any] = {}
    for view in views:
        known = latest.get(view.verdict.scope)
        if known is None or known.verdict.occasion.evaluated_at < view.verdict.occasion.evaluated_at:
            latest[view.verdict.scope] = view
    return [view.quoted for view in latest.values()]


def _seals(views: Sequence[Any]) -> list[tuple[list[str], Quoted]]:
    """Return each seal once: the verdicts that it stands behind, and the first of them to quote it from."""
    found: list[tuple[Any, list[str], Quoted]] = []
    for view in views:
        same = next((told for seal, told, _ in found if seal == view.verdict.seal), None)
        if same is None:
            found.append((view.verdict.seal, [view.anchor], view.quoted))
        else:
            same.append(view.anchor)
    return [(told, quoted) for _, told, quoted in found]


def _measured(
    folder: ReportsFolder, verdicts: Sequence[Verdict]
) -> tuple[dict[tuple[str, str], pa.Table], list[Refused]]:
    """Return the means that verdicts cite; a file that cannot be read is refused, the verdict still stands."""
    tables: dict[tuple[str, str], pa.Table] = {}
    refused = []
    for verdict in verdicts:
        try:
            table = folder.measurement_table(verdict)
        except HarnessError as error:
            path = folder.measurements_path(verdict.claim, verdict.scope).relative_to(folder.root)
            refused.append(Refused(path.as_posix(), str(error)))
            continue
        if table is not None:
            tables[verdict.claim, verdict.scope] = table
    return tables, refused


def _links(folder: ReportsFolder, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Return the files behind one verdict that are there."""
    paths = {
        "verdict": folder.verdict_path(verdict.claim, verdict.scope),
        "measurements": folder.measurements_path(verdict.claim, verdict.scope),
        "gate document": folder.gate_path(verdict.claim, verdict.scope),
    }
    there = {words: path.relative_to(folder.root).as_posix() for words, path in paths.items() if path.is_file()}
    script = folder.script_of(verdict)
    return tuple((words, quote(path)) for words, path in {**there, **({"script": script} if script else {})}.items())
