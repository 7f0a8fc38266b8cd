"""Rank and measure what somebody brings."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.court.pool import measure_run, measure_vectors
from harness.data.trec import read_array, read_ids, read_judgements, read_run
from harness.errors import UsageError


@click.command()
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


COMMANDS = (measure,)
