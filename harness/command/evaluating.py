"""What a released encoder reaches on evaluation sets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

from harness.claimfile.scopes import find_scope, read_scope
from harness.codec import pretty
from harness.command.options import json_option, scope_option, store_option, write_out
from harness.court.sandbox import enclosure
from harness.engine.encoding import Wanted
from harness.engine.models import find_model
from harness.errors import UsageError
from harness.records.scope import BeirBinding
from harness.report.evaluated import evaluation_lines, evaluation_page
from harness.store import Store, default_root
from harness.verify.evaluating import Asked, Bench
from harness.verify.evaluating import evaluate as evaluated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.encoding import Device, Similarity

DATASET = "xquad-r"


@click.command()
@click.argument("model")
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    help=f"A set of the scope, or a folder in BEIR's format (default: {DATASET}).",
)
@scope_option
@click.option("--language", default=None, help="Of the texts of a BEIR folder that name none.")
@click.option("--split", default="test", show_default=True, help="Of a BEIR folder: which qrels judge.")
@click.option("--revision", default=None, help="A branch, tag or commit of a name on Hugging Face.")
@click.option(
    "--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True, help="Where it encodes."
)
@click.option("--batch", type=click.IntRange(min=1), default=32, show_default=True, help="Texts at a time.")
@click.option("--threads", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Of the CPU (default: all).")
@click.option(
    "--max-length", type=click.IntRange(min=1), default=None, help="Most tokens of a text (default: the model's)."
)
@click.option("--query-prompt", default=None, help="Put before each query (default: the model's own).")
@click.option("--passage-prompt", default=None, help="Put before each passage (default: the model's own).")
@click.option("--similarity", type=click.Choice(["cosine", "dot"]), default=None, help="Default: the model's own.")
@click.option("--allow-unsealed", is_flag=True, help="Where the lab cannot be sealed, or for a GPU, encode anyway.")
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), default=None, help="Write a page there too.")
@store_option
@json_option
def evaluate(  # noqa: PLR0913, PLR0917 - each is an option of the command
    model: str,
    datasets: tuple[str, ...],
    scope: str,
    language: str | None,
    split: str,
    revision: str | None,
    device: Device,
    batch: int,
    threads: int,
    max_length: int | None,
    query_prompt: str | None,
    passage_prompt: str | None,
    similarity: Similarity | None,
    page: Path | None,
    store: Path | None,
    *,
    allow_unsealed: bool,
    as_json: bool,
) -> None:
    """Encode with MODEL, a folder or a name on Hugging Face that was fetched before; rank and measure.

    Nothing is downloaded and no code of the model is run: weights must be safetensors.
    Means have 95% intervals over clusters of questions. Vectors are kept in the store.
    """
    asked = _asked(datasets or (DATASET,), scope, split, language)
    found = find_model(model, revision)
    unsealed = allow_unsealed and device != "cpu"
    wanted = Wanted(device, threads, batch, max_length, query_prompt, passage_prompt, similarity)
    console = Console(stderr=True)
    with (
        enclosure(allow_unsealed=allow_unsealed, tiers=() if unsealed else ("T1", "T2")) as walls,
        Progress(console=console, transient=True, disable=not console.is_terminal) as bars,
    ):
        tasks = {one.name: bars.add_task(one.name, total=None, visible=False) for one in asked}

        def tell(name: str, done: int, total: int) -> None:
            bars.update(tasks[name], completed=done, total=total, visible=True)

        told = evaluated(found, asked, wanted, Bench(Store(store or default_root()), walls, tell))
    if page is not None:
        write_out(page, evaluation_page(told).encode())
    click.echo(pretty(told.plain()).decode() if as_json else "\n".join(evaluation_lines(told)), nl=not as_json)


def _asked(names: Sequence[str], scope: str, split: str, language: str | None) -> list[Asked]:
    """Return the sets that are named, each once.

    Raises:
        UsageError: neither one of the scope's nor a folder.
    """
    bound = read_scope(find_scope(scope))
    found = []
    for name in dict.fromkeys(names):
        if name in bound.datasets:
            found.append(Asked(name, bound.datasets[name], bound.name))
        elif Path(name).is_dir():
            found.append(Asked(name, _folder(name, split, language), None))
        else:
            known = ", ".join(bound.datasets)
            raise UsageError(f"--dataset: expected one of {known} (scope {bound.name}) or a folder, found {name!r}")
    return found


def _folder(name: str, split: str, language: str | None) -> BeirBinding:
    try:
        return BeirBinding(source="beir", folder=name, split=split, language=language).beside(Path.cwd())
    except ValidationError as error:
        first = error.errors()[0]
        option, found = first["loc"][0], first["input"]
        raise UsageError(
            f"--{option}: expected the name of a split or the code of a language, found {found!r}"
        ) from error


COMMANDS = (evaluate,)
