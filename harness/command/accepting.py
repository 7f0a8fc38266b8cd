"""What a person takes a verdict for: `harness accept` writes it down, and nothing else does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.claimfile.accepting import accept as write_accepted
from harness.claimfile.claims import is_claim, read_claim
from harness.claimfile.scopes import find_scope, read_scope
from harness.claimfile.tree import read_tree
from harness.command.options import reports_option, scope_option
from harness.command.paths import CLAIMS, REPORTS
from harness.errors import UsageError
from harness.gate import changes, read_set
from harness.ledger import NAME, Ledger, departures, entered, read_ledger, rewritten, write_ledger
from harness.records.claim import Acceptance
from harness.report.corrections import correction_record
from harness.report.folder import ReportsFolder
from harness.report.levels import levels_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.claimfile.claims import ClaimFile
    from harness.records.scope import Scope
    from harness.records.verdict import Verdict

ALL = "all"
DOCUMENTS = {"corrections": correction_record, "levels": levels_record}
claims_option = click.option(
    "--claims", type=click.Path(path_type=Path), default=CLAIMS, help="The folder that an id is looked for in."
)


@click.command()
@click.argument("claim", metavar="CLAIM.yaml|ID|all")
@scope_option
@reports_option
@claims_option
@click.option("--reason", required=True, help="Why this verdict is taken to be the true one.")
def accept(claim: str, scope: str, reports: Path | None, claims: Path, reason: str) -> None:
    """Accept the verdict that stands on a claim (or on all of them): later runs must come out the same.

    Writes accepted.SCOPE into the claim file, the verdict into reports/accepted/ and a line into
    reports/ledger.jsonl. A verdict that is not of the claim, script and scope as they are now is
    refused, and so is a broken ledger. Commit all of them.
    """
    if not reason.strip():
        raise UsageError('accept: expected a reason, found none; say why: --reason "..."')
    bound = read_scope(find_scope(scope))
    folder = ReportsFolder(reports or REPORTS)
    ledger = read_ledger(folder.root / NAME)
    before = read_set(folder.root / "accepted").found
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
        ledger = _entered(ledger, verdict, before.get((verdict.claim, verdict.scope)), reason.strip())
        write_ledger(folder.root / NAME, ledger)
        click.echo(f"{file.path}: {verdict.status}, {verdict.outcome}, {verdict.verification}; {path}")
    _write_documents(folder, ledger, [bound.name])


def _entered(ledger: Ledger, verdict: Verdict, before: Verdict | None, reason: str) -> Ledger:
    """Return the ledger with an acceptance that is made now."""
    why = [one.why for one in changes(before, verdict)] if before else []
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    return entered(ledger, verdict, before=before, why=why, reason=reason, at=at)


def _write_documents(folder: ReportsFolder, ledger: Ledger, scopes: Sequence[str]) -> None:
    for scope in scopes:
        for name, document in DOCUMENTS.items():
            folder.write_public(name, scope, document(ledger.of(scope), scope, ledger.tip))


@click.group(name="ledger")
def keep_ledger() -> None:
    """What was accepted, when and why: lines that are only ever added."""


@keep_ledger.command()
@reports_option
@claims_option
def check(reports: Path | None, claims: Path) -> None:
    """Check the ledger's chain, its git history, and that accepted verdicts and claims are what was entered last.

    Exit 0: all holds. 1: something was changed otherwise. 2: the ledger is broken or cannot be read.
    """
    folder = reports or REPORTS
    path = folder / NAME
    ledger, history = read_ledger(path), rewritten(path)
    accepted = read_set(folder / "accepted")
    refused = [f"{folder}/accepted/{'.'.join(key)}.json: {why}" for key, why in accepted.refused.items()]
    found = [*history.faults, *refused, *departures(ledger, accepted.found, _stated(claims))]
    if not ledger.entries and not found:
        raise UsageError(f"{path}: expected a ledger, found no entry; accept a verdict, or: harness ledger begin")
    click.echo("\n".join([*found, f"{path}: {len(ledger.entries)} entries, {history.looked}"]))
    raise click.exceptions.Exit(bool(found))


@keep_ledger.command()
@reports_option
@claims_option
def begin(reports: Path | None, claims: Path) -> None:
    """Enter what was accepted before there was a ledger, with the reason that its claim gives."""
    folder = ReportsFolder(reports or REPORTS)
    path = folder.root / NAME
    ledger, accepted, stated = read_ledger(path), read_set(folder.root / "accepted"), _stated(claims)
    if ledger.entries:
        raise UsageError(
            f"{path}: expected no ledger yet, found {len(ledger.entries)} entries; go on with harness accept"
        )
    left = list(accepted.found)
    if not left:
        raise UsageError(f"{folder.root}/accepted: expected accepted verdicts, found none; accept one: harness accept")
    for claim, scope in sorted(left, key=lambda key: (key[1], int(key[0][1:]))):
        said = stated.get(claim, {}).get(scope)
        if not isinstance(said, dict) or not said.get("reason"):
            raise UsageError(f"{claim}: expected accepted.{scope} with a reason in its claim file, found none")
        reason = f"accepted on {said.get('date')}, before the ledger was begun: {said['reason']}"
        ledger = _entered(ledger, accepted.found[claim, scope], None, reason)
    write_ledger(path, ledger)
    _write_documents(folder, ledger, sorted({scope for _, scope in left}))
    click.echo(f"{path}: {len(left)} entries")


@keep_ledger.command()
@click.argument("name", metavar="corrections|levels", type=click.Choice(sorted(DOCUMENTS)))
@click.option("--scope", default="atlas", show_default=True, help="The scope's name.")
@reports_option
def show(name: str, scope: str, reports: Path | None) -> None:
    """Print what the ledger says of one scope, in the public contract of that kind."""
    path = (reports or REPORTS) / NAME
    ledger = read_ledger(path)
    if not ledger.of(scope):
        known = ", ".join(sorted({one.scope for one in ledger.entries})) or "none"
        raise UsageError(f"{path}: expected entries of scope {scope}, found scopes: {known}")
    click.echo(json.dumps(DOCUMENTS[name](ledger.of(scope), scope, ledger.tip), indent=1, ensure_ascii=False))


def _stated(claims: Path) -> dict[str, Mapping[str, Any]]:
    """Return what each claim file says was accepted of it, by scope."""
    paths = [path for path in sorted(claims.glob("c[0-9]*-*.yaml")) if is_claim(path)]
    values = {path.name.partition("-")[0]: read_tree(path, str(path)).value for path in paths}
    told = {name: value.get("accepted") if isinstance(value, dict) else None for name, value in values.items()}
    return {name: said if isinstance(said, dict) else {} for name, said in told.items()}


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


COMMANDS = (accept, keep_ledger)
