"""What a person takes a verdict for: `harness accept` writes it down, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.claimfile.accepting import accept as write_accepted
from harness.claimfile.claims import is_claim, read_claim
from harness.claimfile.scopes import find_scope, read_scope
from harness.command.options import CLAIMS, REPORTS, reports_option, scope_option
from harness.errors import UsageError
from harness.records.claim import Acceptance
from harness.report.folder import ReportsFolder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.claimfile.claims import ClaimFile
    from harness.records.ruling import Verdict
    from harness.records.scope import Scope

ALL = "all"


@click.command()
@click.argument("claim", metavar="CLAIM.yaml|ID|all")
@scope_option
@reports_option
@click.option(
    "--claims", type=click.Path(path_type=Path), default=CLAIMS, help="The folder that an id is looked for in."
)
@click.option("--reason", required=True, help="Why this verdict is taken to be the true one.")
def accept(claim: str, scope: str, reports: Path | None, claims: Path, reason: str) -> None:
    """Accept the verdict that stands on a claim (or on all of them): later runs must come out the same.

    Writes accepted.SCOPE into the claim file and the verdict into reports/accepted/. A verdict that
    is not of the claim, script and scope as they are now is refused. Commit both files.
    """
    if not reason.strip():
        raise UsageError('accept: expected a reason, found none; say why: --reason "..."')
    bound = read_scope(find_scope(scope))
    folder = ReportsFolder(reports or REPORTS)
    verdicts, refused = folder.read_verdicts()
    stands = {one.claim: one for one in verdicts if one.scope == bound.name}
    why = {one.path: one.reason for one in refused}
    files = _files(claim, claims, bound, stands)
    chosen = [(file, _standing(file, bound, scope, stands.get(file.claim.id), why)) for file in files]
    for file, verdict in chosen:
        entry = Acceptance(
            status=verdict.status,
            outcome=verdict.outcome,
            verification=verdict.verification,
            cause=verdict.cause,
            date=datetime.now(UTC).date().isoformat(),
            reason=reason.strip(),
        )
        write_accepted(file, bound, entry)
        path = folder.write_accepted(verdict)
        click.echo(f"{file.path}: {verdict.status}, {verdict.outcome}, {verdict.verification}; {path}")


def _files(claim: str, claims: Path, scope: Scope, stands: Mapping[str, Verdict]) -> list[ClaimFile]:
    """Return the claim of a file or id, or all that have a verdict; no other claim is read."""
    named = Path(claim)
    if named.suffix == ".yaml":
        return [read_claim(named, scope)]
    paths = [path for path in sorted(claims.glob("c[0-9]*-*.yaml")) if is_claim(path)]
    wanted = set(stands) if claim == ALL else {claim}
    found = [path for path in paths if path.name.partition("-")[0] in wanted]
    if not found:
        known = ", ".join(path.name.partition("-")[0] for path in paths) or "none"
        raise UsageError(f"{claims}: expected a claim {claim} that has a verdict, found {known}; name another --claims")
    return [read_claim(path, scope) for path in found]


def _standing(
    file: ClaimFile, scope: Scope, called: str, verdict: Verdict | None, refused: Mapping[str, str]
) -> Verdict:
    """Return the verdict that stands on a claim as it is now; `called` is how the scope was named.

    Raises:
        UsageError: there is none, or it is of another claim, script, scope or analysis.
    """
    name = f"verdicts/{file.claim.id}.{scope.name}.json"
    mend = f"measure it: pytest {file.path} --scope {called}"
    if verdict is None:
        raise UsageError(f"{name}: expected a verdict that stands, found {refused.get(name, 'none')}; {mend}")
    made, now = verdict.provenance, (file.digest, file.script_sha256, scope.fingerprint())
    if (made.claim, made.script, made.scope) != now:
        expected = "a verdict on claim, script and scope as they are"
        raise UsageError(f"{name}: expected {expected}, found an older one; {mend}")
    if "analysis_changed" in verdict.causes:
        raise UsageError(
            f"{name}: expected an analysis as it was locked, found another; restore it, or lock it: harness lock "
            f"{file.path.parent}, then {mend}"
        )
    return verdict


COMMANDS = (accept,)
