"""What there is to measure on, and with what."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress

from harness import __version__
from harness.claimfile.scopes import find_scope, read_scope
from harness.command.options import json_option, scope_option
from harness.court.sandbox import MEND, enclosure
from harness.data import catalogue, holdings, lareqa
from harness.data.export import FORMATS
from harness.errors import HarnessError, ResourceMissing, UsageError
from harness.planner import versions
from harness.records.scope import CountBinding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.data.download import Told
    from harness.data.holdings import Holding

MEASURED_FILES = ("xquad-r", "mlqa-r")
NOT_READY = 1


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Say what this machine offers: seal, device, versions, real data."""
    with enclosure(allow_unsealed=True) as walls:
        seal = walls.seal
    found = {
        "seal": {"tier": seal.tier, "status": seal.status, "mechanisms": seal.mechanisms, "self_test": seal.self_test},
        "device": "cpu",  # what the lab trains on, whatever else there is
        "versions": {"harness": __version__, **versions()},
        "datasets": {name: _dataset(name) for name in MEASURED_FILES},
    }
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    held = f"{', '.join(seal.mechanisms)}; {len(seal.self_test)} attempts to get out were blocked"
    click.echo(f"seal: {seal.tier} ({seal.status}); {held if seal.self_test else MEND}")
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


@click.group()
def data() -> None:
    """Real data, and evaluation sets that a scope binds."""


@data.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """Say of each pinned folder whether it is ready, missing or refused; exits 0 whichever it is."""
    _show([holdings.holding(name) for name in holdings.names()], as_json=as_json)


@data.command()
@click.argument("name", required=False)
@json_option
def check(name: str | None, *, as_json: bool) -> None:
    """Hash the files of NAME, or of all pinned folders, anew; exit 1 unless all are ready."""
    found = [holdings.holding(one) for one in ([name] if name is not None else holdings.names())]
    _show(found, as_json=as_json)
    if any(one.status != "ready" for one in found):
        raise click.exceptions.Exit(NOT_READY)


@data.command()
@click.argument("name")
@click.option("--from", "base", default=holdings.BASE, show_default=True, help="Where the repository is served.")
@json_option
def fetch(name: str, base: str, *, as_json: bool) -> None:
    """Bring the pinned folder NAME into the user's cache folder; go on where an earlier fetch ended.

    Exits 2 where a file cannot be had or is not the pinned one, and says which and where it belongs.
    """
    with Progress(console=Console(stderr=True), transient=True) as bars:

        def listener(file: str) -> Told:
            bar = bars.add_task(file, total=None)
            return lambda here, whole: bars.update(bar, completed=here, total=whole)

        brought = holdings.fetch(name, base, listener)
    _show([brought], as_json=as_json)
    if brought.status != "ready":
        raise click.exceptions.Exit(NOT_READY)


def _show(found: Sequence[Holding], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"datasets": [one.plain() for one in found]}, indent=1))
        return
    for one in found:
        size = f", {one.bytes:,} bytes" if one.bytes else ""
        click.echo(f"{one.name}: {one.status}, {one.where or 'nowhere'}{size}, from {one.source}")
        for problem in one.problems:
            click.echo(f"  {problem}")
        if one.mend:
            click.echo(f"  to mend it: {one.mend}")


@data.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), required=True, help="How the files are laid out.")
@click.argument("folder", type=click.Path(path_type=Path))
@scope_option
def export(name: str, form: str, folder: Path, scope: str) -> None:
    """Write the evaluation set NAME into FOLDER, which must be empty or not there yet.

    beir: corpus.jsonl, queries.jsonl, qrels/test.tsv; trec: qrels.trec and files of ids, as harness measure reads.
    """
    bound = read_scope(find_scope(scope))
    if name not in bound.datasets:
        raise UsageError(f"expected one of {', '.join(bound.datasets)} in scope {bound.name}, found {name!r}")
    dataset = catalogue.evaluation(bound.datasets[name])
    FORMATS[form](dataset, folder)
    counts = f"{len(dataset.texts.queries)} queries, {len(dataset.texts.passages)} passages"
    click.echo(f"{folder}: {name} in the format of {form}, {counts}")


COMMANDS = (data, doctor)
