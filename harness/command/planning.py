"""Before anything is measured: what a run would do, which settings are chosen, what is locked."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from harness.attack import Subject, foreseen, hold, sayable
from harness.claimfile.scopes import find_scope, packaged_scopes, read_scope, read_tuning, tuning_file
from harness.codec import pretty
from harness.command.options import (
    claims_argument,
    claims_of,
    json_option,
    reports_option,
    scope_option,
    store_option,
)
from harness.command.paths import REPORTS
from harness.court.sandbox import enclosure
from harness.engine import Crew
from harness.errors import UsageError
from harness.lockfile import NAME, entries, lapses, lock_bytes, read_lock, read_lock_file, relock, standing
from harness.report.desk import Desk
from harness.report.folder import ReportsFolder
from harness.report.tuned import doses_table, tuning_table
from harness.report.words import plain_text
from harness.store import Store, default_root
from harness.store.atomic import replace_file
from harness.verify import Job, predict, tuning


@click.command()
@claims_argument
@scope_option
@store_option
@reports_option
@json_option
def plan(claims: Path, scope: str, store: Path | None, reports: Path | None, *, as_json: bool) -> None:
    """Say what `pytest CLAIMS` would do: cells, time, missing resources. Trains nothing.

    Says too where a claim's title and statement are in free words, which leaves its verification incomplete, where
    they say what no required check asks for, which defeats it, and what they may say; and which probes of the red
    team, of those that look at no measurement, would defeat it.
    """
    files, bound = claims_of(claims, scope), read_scope(find_scope(scope))
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
        )
        prediction = predict(job)
    subjects = {file.claim.id: Subject(file, bound, asked=None, rulings=()) for file in files}
    held = {name: hold(subject) for name, subject in subjects.items()}
    if as_json:
        told = {what: {name: getattr(one, what) for name, one in held.items()} for what in ("unread", "unasked")}
        told["sayable"] = {name: sayable(subject) for name, subject in subjects.items()}
        told["foreseen"] = {
            name: [{"probe": one.name, "detail": one.detail} for one in foreseen(subject)]
            for name, subject in subjects.items()
        }
        click.echo(json.dumps(prediction.plain() | told, indent=1))
        return
    click.echo("\n".join(prediction.lines()))
    for name, one in held.items():
        for words in one.unread:
            click.echo(plain_text(f"{name}: incomplete unless it is put otherwise: {words}"))
        for words in one.unasked:
            click.echo(plain_text(f"{name}: defeated unless a required check asks for it: {words}"))
        if one.unread or one.unasked:
            for words in sayable(subjects[name]):
                click.echo(plain_text(f"{name}: may say: {words}"))
        for probe in foreseen(subjects[name]):
            click.echo(plain_text(f"{name}: defeated whatever is measured, by {probe.name}: {probe.detail}"))


@click.command()
@scope_option
@store_option
@click.option("--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Processes that train.")
@click.option("--check", is_flag=True, help="Train nothing new but one point; see whether the results still hold.")
def tune(scope: str, store: Path | None, workers: int, *, check: bool) -> None:
    """Choose doses and settings by the scope's grid, on its validation split; write them beside the scope file.

    With --check the choice is made again from the written results and one point is trained anew;
    exit 1 where either differs.
    """
    path = find_scope(scope)
    bound = read_scope(path, tuned=False)
    place = tuning_file(bound, path.parent)
    if place is None:
        raise UsageError(f"{path.name}: expected a key tuning that names the results, found none; add tuning: <name>")
    if not check:
        kept = Store(store or default_root())
        with enclosure(allow_unsealed=True) as walls, Crew(kept, workers, walls) as crew:
            results = tuning.tune(bound, kept, crew, click.echo)
        replace_file(place, pretty(results.plain()))
        click.echo(f"{place.name}: {len(results.points)} points")
        return
    written = read_tuning(place)
    with tempfile.TemporaryDirectory() as empty, enclosure(allow_unsealed=True) as walls:
        found, fresh = tuning.recheck(bound, written), Store(Path(empty))
        if not found:
            with Crew(fresh, workers, walls) as crew:
                found = tuning.rerun(bound, written, fresh, crew, click.echo)
    click.echo(tuning_table(written))
    click.echo(f"The doses tried, at the grid's middle point:\n\n{doses_table(written, bound.settings)}")
    click.echo("\n".join(found) or f"{place.name}: {len(written.points)} points, the choice follows, one made anew")
    raise click.exceptions.Exit(bool(found))


@click.command()
@claims_argument
@scope_option
@reports_option
@click.option("--break", "reason", default=None, help="Why the analysis changes although it was measured under.")
@click.option("--base", type=click.Path(path_type=Path), default=None, help="Write nothing; compare with this lock.")
def lock(claims: Path, scope: str, reports: Path | None, reason: str | None, base: Path | None) -> None:
    """Fix the analysis: digests of each claim's checks, of each packaged scope and of --scope.

    With --base the lock beside the claims is held against the claims and against that of the base
    branch; exit 1 where an entry was changed or removed without a break that says why.
    """
    if not claims.is_dir():
        raise UsageError(f"{claims}: expected a folder of claims; one lock is for all of a folder")
    if base is not None and reason is not None:
        raise UsageError("expected --base or --break, found both; compare first, then break")
    files = claims_of(claims, scope)
    old = read_lock(claims)
    scopes = [read_scope(find_scope(name)) for name in dict.fromkeys([*packaged_scopes(), scope])]
    if base is not None:
        found = lapses(read_lock_file(base), old) + standing(old, [file.claim for file in files], scopes)
        click.echo("\n".join(found) or f"{NAME} holds, and nothing of the base branch's was changed without a reason")
        raise click.exceptions.Exit(bool(found))
    by_claim, by_scope = entries((file.claim for file in files), scopes)
    kept = {name: entry.digest for name, entry in old.scopes.items()} if old else {}
    new = relock(
        old,
        (by_claim, kept | by_scope),
        ReportsFolder(reports or REPORTS).measured(),
        today=datetime.now(UTC).date().isoformat(),
        reason=reason,
    )
    click.echo(str(replace_file(claims / NAME, lock_bytes(new))))


COMMANDS = (plan, tune, lock)
