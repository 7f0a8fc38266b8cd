"""Which claims have to run again, because what their accepted verdicts were made of is not what is here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.claimfile.scopes import find_scope, read_scope, tuning_of
from harness.codec import pretty
from harness.command.options import claims_argument, claims_of, json_option, reports_option, scope_option, store_option
from harness.command.paths import ACCEPTED, REPORTS
from harness.court.sandbox import enclosure
from harness.errors import UsageError
from harness.gate import compare_inputs, read_set
from harness.lockfile import read_lock
from harness.report.desk import Desk
from harness.report.drift.telling import changed as told
from harness.report.folder import ReportsFolder
from harness.store import Store, default_root
from harness.verify import Job, made_of

if TYPE_CHECKING:
    from harness.records.changed import ChangedInputs


@click.command()
@claims_argument
@scope_option
@store_option
@reports_option
@click.option(
    "--baseline", type=click.Path(path_type=Path), default=ACCEPTED, show_default=True, help="What was accepted."
)
@click.option("--sentinel", metavar="WORD", help="Name one unchanged claim to run all the same, drawn by this word.")
@json_option
def changed(  # noqa: PLR0913, PLR0917 - each is an option of the command
    claims: Path,
    scope: str,
    store: Path | None,
    reports: Path | None,
    baseline: Path,
    sentinel: str | None,
    *,
    as_json: bool,
) -> None:
    """Say which claims' inputs are not those of their accepted verdicts. Asks scripts, makes texts, trains nothing.

    `harness gate --unrun` takes what --json prints: the other claims need no new verdict.
    """
    files = claims_of(claims, scope)
    path = find_scope(scope)
    bound = read_scope(path)
    with enclosure(allow_unsealed=True) as walls:
        job = Job(
            files=files,
            scope=bound,
            lock=read_lock(files[0].path.parent),
            store=Store(store or default_root()),
            desk=Desk(ReportsFolder(reports or REPORTS)),
            workers=os.cpu_count() or 1,
            cache="always",
            enclosure=walls,
            tell=lambda words: click.echo(words, err=True),
            tuned=tuning_of(path, bound),
        )
        now = {file.claim.id: made for file, made in zip(files, made_of(job), strict=True)}
    accepted = read_set(baseline)
    if accepted.refused:
        words = "; ".join(f"{'.'.join(key)}.json: {why}" for key, why in accepted.refused.items())
        raise UsageError(f"{baseline}: expected accepted verdicts, found {words}; restore them from version control")
    before = {claim: one.provenance for (claim, name), one in accepted.found.items() if name == bound.name}
    answer = compare_inputs(bound.name, before, now, sentinel)
    click.echo(pretty(answer.plain()).decode() if as_json else "\n".join(_lines(answer)), nl=not as_json)


def _lines(answer: ChangedInputs) -> list[str]:
    lines: list[str] = []
    for claim, changes in answer.changed.items():
        lines.append(f"{claim} changed{'' if changes else ': nothing is accepted of it'}")
        lines += [f"  {told(change)}" for change in changes]
    lines += [f"{claim} unchanged{', the sentinel' if claim == answer.sentinel else ''}" for claim in answer.unchanged]
    return lines


COMMANDS = (changed,)
