"""What a person takes a verdict for: `harness accept` writes it down, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.claimfile.accepting import accept as write_accepted
from harness.claimfile.scopes import find_scope, read_scope
from harness.command.options import CLAIMS, REPORTS, claims_of, reports_option, scope_option
from harness.errors import UsageError
from harness.records.claim import Acceptance
from harness.report.folder import ReportsFolder

if TYPE_CHECKING:
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
    files = _files(claim, claims, scope)
    chosen = [(file, _standing(file, bound, verdicts, {one.path: one.reason for one in refused})) for file in files]
    for file, verdict in chosen:
        entry = Acceptance(
            status=verdict.status,
            outcome=verdict.outcome,
            verification=verdict.verification,
            cause=verdict.cause,
            date=datetime.now(UTC).date().isoformat(),
            reason=reason.strip(),
        )
        path = folder.write_accepted(verdict)
        write_accepted(file, bound.name, entry)
        click.echo(f"{file.path}: {verdict.status}, {verdict.outcome}, {verdict.verification}; {path}")


def _files(claim: str, claims: Path, scope: str) -> list[ClaimFile]:
    named = Path(claim)
    if named.suffix == ".yaml":
        return claims_of(named, scope)
    found = [file for file in claims_of(claims, scope) if claim in {ALL, file.claim.id}]
    if not found:
        raise UsageError(f"{claims}: expected a claim {claim}, found none of that id")
    return found


def _standing(file: ClaimFile, scope: Scope, verdicts: list[Verdict], refused: dict[str, str]) -> Verdict:
    """Return the verdict that stands on a claim as it is now.

    Raises:
        UsageError: there is none, or it is of another claim, script or scope.
    """
    name = f"verdicts/{file.claim.id}.{scope.name}.json"
    mend = f"measure it: pytest {file.path} --scope {scope.name}"
    verdict = next((one for one in verdicts if (one.claim, one.scope) == (file.claim.id, scope.name)), None)
    if verdict is None:
        raise UsageError(f"{name}: expected a verdict that stands, found {refused.get(name, 'none')}; {mend}")
    made, now = verdict.provenance, (file.digest, file.script_sha256, scope.fingerprint())
    if (made.claim, made.script, made.scope) != now:
        raise UsageError(
            f"{name}: expected a verdict on claim, script and scope as they are, found an older one; {mend}"
        )
    return verdict


COMMANDS = (accept,)
