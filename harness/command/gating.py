"""What differs from what was accepted, for whoever decides whether it may be merged."""

from __future__ import annotations

from pathlib import Path

import click

from harness.command.paths import ACCEPTED, CLAIMS, VERDICTS
from harness.errors import UsageError
from harness.gate import Terms, compare, unaccepted
from harness.ledger import NAME, read_ledger
from harness.recordfile import read_record, record_bytes
from harness.records.changed import ChangedInputs
from harness.records.verdict import Verdict
from harness.report.drift import FORMATS
from harness.store.atomic import replace_file


@click.command()
@click.option(
    "--baseline", type=click.Path(path_type=Path), default=ACCEPTED, show_default=True, help="What was accepted."
)
@click.option("--current", type=click.Path(path_type=Path), default=VERDICTS, show_default=True, help="What came out.")
@click.option(
    "--claims", type=click.Path(path_type=Path), default=CLAIMS, show_default=True, help="Where claim files lie."
)
@click.option("--scope", "scopes", multiple=True, help="Only this scope, by name (default: those of the baseline).")
@click.option("--allow-missing", multiple=True, metavar="ID", help="This claim may want a resource.")
@click.option(
    "--unrun",
    type=click.Path(path_type=Path),
    help="What `harness changed --json` said: claims that need no new verdict.",
)
@click.option(
    "--write-baseline", is_flag=True, help="Write what has no baseline as accepted; the gate fails all the same."
)
@click.option("--format", "formats", default="text", show_default=True, help=f"Comma-separated: {', '.join(FORMATS)}.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write every format there as a file.")
def gate(  # noqa: PLR0913, PLR0917 - each is an option of the command
    baseline: Path,
    current: Path,
    claims: Path,
    scopes: tuple[str, ...],
    allow_missing: tuple[str, ...],
    unrun: Path | None,
    formats: str,
    out: Path | None,
    *,
    write_baseline: bool,
) -> None:
    """Compare verdicts with the accepted ones: what changed, why, and what of it is drift.

    Exit 0: no drift. 1: drift. 2: nothing can be compared.
    """
    chosen = _formats(formats, out)
    terms = Terms(
        baseline=baseline,
        current=current,
        claims=claims,
        scopes=frozenset(scopes) or None,
        allowed_missing=frozenset(allow_missing),
        unrun=_unrun(unrun),
        entered=_entered(baseline.parent / NAME),
    )
    written = _write(terms) if write_baseline else []
    answer = compare(terms)
    if written:
        notes = (*answer.notes, *(f"wrote {path}; accept it: harness accept" for path in written))
        answer = answer.model_copy(update={"notes": notes})
    if out is not None:
        for name in chosen:
            replace_file(out / FORMATS[name].file, FORMATS[name].made(answer).encode())
    click.echo(FORMATS["text" if out is not None else chosen[0]].made(answer), nl=False)
    raise click.exceptions.Exit(bool(answer.drifted or written))


def _formats(named: str, out: Path | None) -> list[str]:
    """Return the formats that are asked for.

    Raises:
        UsageError: one that there is not, or several without a folder to put them.
    """
    chosen = [name.strip() for name in named.split(",")]
    unknown = [name for name in chosen if name not in FORMATS]
    if unknown:
        raise UsageError(f"--format: expected some of {', '.join(FORMATS)}, found {', '.join(map(repr, unknown))}")
    if len(chosen) > 1 and out is None:
        raise UsageError(
            f"--format: expected one format for the terminal, found {len(chosen)}; name a folder: --out DIR"
        )
    return chosen


def _unrun(path: Path | None) -> dict[tuple[str, str], str]:
    """Return the claims that need no verdict, the sentinel not among them, with the fingerprint of their inputs.

    Raises:
        UsageError: not what `harness changed --json` prints.
    """
    if path is None:
        return {}
    try:
        told = read_record(path, ChangedInputs)
    except UsageError as error:
        raise UsageError(f"{path}: {error}; write it with: harness changed --json") from error
    return {(claim, told.scope): inputs for claim, inputs in told.unchanged.items() if claim != told.sentinel}


def _entered(path: Path) -> dict[tuple[str, str], str] | None:
    """Return the digest of what the ledger entered last, by claim and scope; None where there is no ledger.

    Raises:
        FileFaults: a broken ledger.
    """
    if not path.exists():
        return None
    return {key: entry.verdict for key, entry in read_ledger(path).last().items()}


def _write(terms: Terms) -> list[Path]:
    """Write what has no baseline; a machine's name is not published."""
    return [
        replace_file(terms.baseline / f"{one.claim}.{one.scope}.json", record_bytes(one.published(), Verdict))
        for one in unaccepted(terms)
    ]


COMMANDS = (gate,)
