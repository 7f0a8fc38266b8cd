"""What there is to measure on, and with what."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from harness import __version__
from harness.claimfile.scopes import find_scope, read_scope
from harness.command.options import json_option, scope_option
from harness.court.sandbox import MEND, enclosure
from harness.data import catalogue, lareqa
from harness.data.export import export_beir
from harness.errors import HarnessError, ResourceMissing, UsageError
from harness.planner import versions
from harness.records.scope import CountBinding

MEASURED_FILES = ("xquad-r", "mlqa-r")


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


COMMANDS = (data, doctor)
