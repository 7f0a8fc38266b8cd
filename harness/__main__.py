"""The command line: `harness COMMAND`, the same as `python -m harness COMMAND`.

The only file that exits. 0: done; 1: the command's own "no" (documented with it); 2: refused or
failed, with words on standard error.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness import __version__
from harness.claimfile.claims import BrokenClaim, ClaimFile, read_folder
from harness.claimfile.scopes import find_scope, packaged_scopes, read_scope, read_tuning, tuning_file
from harness.codec import pretty
from harness.court.pool import measure_run, measure_vectors
from harness.data import catalogue, lareqa
from harness.data.export import export_beir
from harness.data.trec import read_array, read_ids, read_judgements, read_run
from harness.errors import FileFaults, HarnessError, ResourceMissing, UsageError
from harness.lockfile import NAME, entries, lock_bytes, read_lock, relock
from harness.planner import versions
from harness.records.scope import CountBinding
from harness.report import outcomes
from harness.report.desk import Desk
from harness.report.folder import ReportsFolder
from harness.report.page import write_page
from harness.report.tuned import tuning_table
from harness.store import Store, default_root
from harness.store.atomic import replace_file
from harness.verify import Job, predict, tuning

if TYPE_CHECKING:
    from collections.abc import Callable


REFUSED = 2
CLAIMS = Path("claims")
REPORTS = Path("reports")
MEASURED_FILES = ("xquad-r", "mlqa-r")


def _folder_option(name: str, text: str) -> Callable[[Any], Any]:
    return click.option(f"--{name}", type=click.Path(path_type=Path, file_okay=False), default=None, help=text)


store_option = _folder_option("store", "Finished work (default: $HARNESS_STORE, else the user's cache folder).")
reports_option = _folder_option("reports", "The reports folder (default: reports/).")
scope_option = click.option("--scope", default="atlas", help="A packaged scope's name, or a scope file.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
claims_argument = click.argument("claims", type=click.Path(path_type=Path), default=CLAIMS)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Verify claims of retrieval research, and doubt the verifications."""


def _claims(folder: Path, scope: str) -> list[ClaimFile]:
    """Read a folder of claims (or one file), all of which must be sound."""
    bound = read_scope(find_scope(scope))
    home = folder if folder.is_dir() else folder.parent
    read = [item for item in read_folder(home, bound) if folder.is_dir() or item.path == folder]
    broken = [item.error for item in read if isinstance(item, BrokenClaim)]
    for error in broken:
        if not isinstance(error, FileFaults):
            raise error
    if broken:
        raise FileFaults([fault for error in broken if isinstance(error, FileFaults) for fault in error.faults])
    if not read:
        raise UsageError(f"{folder}: expected claims (cNN-slug.yaml beside cNN_slug.py), found none")
    return [item for item in read if isinstance(item, ClaimFile)]


@cli.command()
@claims_argument
@scope_option
@store_option
@reports_option
@json_option
def plan(claims: Path, scope: str, store: Path | None, reports: Path | None, *, as_json: bool) -> None:
    """Say what `pytest CLAIMS` would do: cells, time, missing resources. Trains nothing."""
    files = _claims(claims, scope)
    job = Job(
        files=files,
        scope=read_scope(find_scope(scope)),
        lock=read_lock(files[0].path.parent),
        store=Store(store or default_root()),
        desk=Desk(ReportsFolder(reports or REPORTS)),
        workers=os.cpu_count() or 1,
        cache="always",
        tell=lambda words: click.echo(words, err=True),
    )
    prediction = predict(job)
    if as_json:
        click.echo(json.dumps(prediction.plain(), indent=1))
    else:
        click.echo("\n".join(prediction.lines()))


@cli.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Say what this machine offers: seal, device, versions, real data."""
    found = {
        "seal": {"tier": "none", "status": "UNSEALED"},
        "device": "cpu",  # what the lab trains on, whatever else there is
        "versions": {"harness": __version__, **versions()},
        "datasets": {name: _dataset(name) for name in MEASURED_FILES},
    }
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    click.echo("seal: none (UNSEALED); this version cannot seal a run, so no status is better than UNVERIFIED")
    click.echo(f"device: {found['device']}, {os.cpu_count()} cores")
    for name, version in {"harness": __version__, **versions()}.items():
        click.echo(f"{name}: {version}")
    for name in MEASURED_FILES:
        told = _dataset(name)
        mend = f"; {told['mend']}" if "mend" in told else ""
        click.echo(f"{name}: {told['status']}{mend}")


def _dataset(name: str) -> dict[str, str]:
    try:
        catalogue.counts(CountBinding(source="lareqa", part=name))
    except ResourceMissing as error:
        return {"status": "missing", "mend": error.mend}
    except HarnessError as error:
        return {"status": "refused", "mend": str(error)}
    return {"status": "ready", "path": str(lareqa.find(name, lareqa.roots(), lareqa.pins()[name]))}


@cli.command()
@click.option("--queries", type=click.Path(path_type=Path), help="Vectors of the queries, .npy (Q, D).")
@click.option("--passages", type=click.Path(path_type=Path), help="Vectors of the passages, .npy (P, D).")
@click.option("--run", "run_file", type=click.Path(path_type=Path), help="A TREC run instead of vectors.")
@click.option("--judgements", type=click.Path(path_type=Path), required=True, help="Query, passage, grade.")
@click.option("--query-ids", type=click.Path(path_type=Path), help="One id per line (default: row numbers).")
@click.option("--passage-ids", type=click.Path(path_type=Path), help="One id per line (default: row numbers).")
def measure(  # noqa: PLR0913, PLR0917 - each is an option of the command
    queries: Path | None,
    passages: Path | None,
    run_file: Path | None,
    judgements: Path,
    query_ids: Path | None,
    passage_ids: Path | None,
) -> None:
    """Rank and measure vectors or a run against judgements; print JSON."""
    names = [read_ids(path) if path else None for path in (query_ids, passage_ids)]
    if run_file is not None and queries is None and passages is None:
        told = measure_run(read_run(run_file, *names), read_judgements(judgements, *names), _count(names[1]))
    elif queries is not None and passages is not None and run_file is None:
        arrays = read_array(queries), read_array(passages)
        known = [ids or tuple(map(str, range(len(array)))) for ids, array in zip(names, arrays, strict=True)]
        told = measure_vectors(*arrays, read_judgements(judgements, *known), *known)
    else:
        raise UsageError("measure: expected --queries and --passages, or --run alone; see harness measure --help")
    click.echo(json.dumps(told, indent=1))


def _count(ids: tuple[str, ...] | None) -> int | None:
    return None if ids is None else len(ids)


@cli.group()
def data() -> None:
    """Evaluation sets that a scope binds."""


@data.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["beir"]), required=True, help="How the files are laid out.")
@click.argument("folder", type=click.Path(path_type=Path))
@scope_option
def export(name: str, form: str, folder: Path, scope: str) -> None:
    """Write the evaluation set NAME into FOLDER, which must be empty or not there yet."""
    bound = read_scope(find_scope(scope))
    if name not in bound.datasets:
        raise UsageError(f"expected one of {', '.join(bound.datasets)} in scope {bound.name}, found {name!r}")
    dataset = catalogue.evaluation(bound.datasets[name])
    export_beir(dataset, folder)
    counts = f"{len(dataset.texts.queries)} queries, {len(dataset.texts.passages)} passages"
    click.echo(f"{folder}: {name} in the format of {form}, {counts}")


@cli.command()
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
        results = tuning.tune(bound, Store(store or default_root()), workers, click.echo)
        replace_file(place, pretty(results.plain()))
        click.echo(f"{place.name}: {len(results.points)} points")
        return
    written = read_tuning(place)
    with tempfile.TemporaryDirectory() as empty:
        found = tuning.recheck(bound, written)
        found = found or tuning.rerun(bound, written, Store(Path(empty)), workers, click.echo)
    click.echo(tuning_table(written))
    click.echo("\n".join(found) or f"{place.name}: {len(written.points)} points, the choice follows, one made anew")
    sys.exit(bool(found))


@cli.command()
@reports_option
def report(reports: Path | None) -> None:
    """Write the page from the verdicts that stand in the reports folder."""
    folder = ReportsFolder(reports or REPORTS)
    if not folder.root.is_dir():
        raise UsageError(f"{folder.root}: expected a reports folder, found none; write one with: pytest claims/")
    click.echo(str(write_page(folder)))


@cli.command(name="outcomes")
@scope_option
@reports_option
@click.option("--write", type=click.Path(path_type=Path), help="Put the table between FILE's two lines for the scope.")
@click.option("--check", type=click.Path(path_type=Path), help="See whether FILE's claims and outcomes still hold.")
def tell_outcomes(scope: str, reports: Path | None, write: Path | None, check: Path | None) -> None:
    """Print how each claim came out in one scope, as a Markdown table.

    It lies between <!-- outcomes:SCOPE --> and <!-- /outcomes:SCOPE -->. --check exits 1 where it differs.
    """
    if write is not None and check is not None:
        raise UsageError("outcomes: expected --write or --check, found both; write first, then check")
    name = read_scope(find_scope(scope)).name
    verdicts = outcomes.standing(ReportsFolder(reports or REPORTS), name)
    if check is not None:
        found = outcomes.differences(check, name, verdicts)
        click.echo("\n".join(found) or f"{check}: {len(verdicts)} outcomes, none differs")
        sys.exit(bool(found))
    text = outcomes.outcomes(verdicts)
    if write is None:
        click.echo(text, nl=False)
        return
    outcomes.write(write, name, text)
    click.echo(f"{write}: {len(verdicts)} outcomes")


@cli.command()
@claims_argument
@scope_option
@reports_option
@click.option("--break", "reason", default=None, help="Why the analysis changes although it was measured under.")
def lock(claims: Path, scope: str, reports: Path | None, reason: str | None) -> None:
    """Fix the analysis: digests of each claim's checks, of each packaged scope and of --scope."""
    if not claims.is_dir():
        raise UsageError(f"{claims}: expected a folder of claims; one lock is for all of a folder")
    files = _claims(claims, scope)
    old = read_lock(claims)
    scopes = [read_scope(find_scope(name)) for name in dict.fromkeys([*packaged_scopes(), scope])]
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


def main() -> None:
    """Run one command; turn refusals into words and exit status 2."""
    try:
        cli(standalone_mode=False)
    except HarnessError as error:
        click.echo(f"harness: {error}", err=True)
        sys.exit(REFUSED)
    except click.ClickException as error:
        error.show()
        sys.exit(REFUSED)
    except click.Abort:
        sys.exit(130)


if __name__ == "__main__":
    main()
