"""Rank and measure, or judge, what somebody brings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.command.options import json_option, scope_option, write_out
from harness.court.best import run_lines
from harness.court.contrast import DOWNWARD
from harness.court.pool import measure_run, measure_vectors
from harness.court.shards import in_a_row
from harness.data.arrays import ArrayFile, read_array
from harness.data.trec import read_ids, read_judgements, read_run
from harness.errors import UsageError
from harness.report.words import plain_text
from harness.verify import judge_scores, scores_template

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.records.ruling import Ruling
    from harness.verify import ScoresJudgement


@click.command()
@click.option("--queries", type=click.Path(path_type=Path), help="Vectors of the queries, .npy (Q, D).")
@click.option(
    "--passages",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Vectors of the passages, .npy (P, D); again for each file of a pool in several, in its order.",
)
@click.option("--run", "run_file", type=click.Path(path_type=Path), help="A TREC run instead of vectors.")
@click.option("--judgements", type=click.Path(path_type=Path), required=True, help="Query, passage, grade.")
@click.option("--query-ids", type=click.Path(path_type=Path), help="One id per line (default: row numbers).")
@click.option(
    "--passage-ids",
    type=click.Path(path_type=Path),
    multiple=True,
    help="One id per line (default: row numbers); several files follow on each other.",
)
@click.option("--write-run", type=click.Path(path_type=Path, dir_okay=False), help="Write the vectors' TREC run too.")
@click.option("--depth", type=click.IntRange(min=1), default=1000, show_default=True, help="Passages per query in it.")
def measure(  # noqa: PLR0913, PLR0917 - each is an option of the command
    queries: Path | None,
    passages: tuple[Path, ...],
    run_file: Path | None,
    judgements: Path,
    query_ids: Path | None,
    passage_ids: tuple[Path, ...],
    write_run: Path | None,
    depth: int,
) -> None:
    """Rank and measure vectors or a run against judgements; print JSON."""
    names = _ids((query_ids,) if query_ids else ()), _ids(passage_ids)
    if run_file is not None and queries is None and not passages and write_run is None:
        told = measure_run(read_run(run_file, *names), read_judgements(judgements, *names), _count(names[1]))
    elif queries is not None and passages and run_file is None:
        asked, shards = read_array(queries), in_a_row([ArrayFile(path) for path in passages])
        known = names[0] or _numbers(len(asked)), names[1] or _numbers(shards[-1].stop)
        told = measure_vectors(asked, shards, read_judgements(judgements, *known), *known)
        if write_run is not None:
            _write_lines(write_run, run_lines(asked, shards, *known, depth))
    else:
        raise UsageError("measure: expected --queries and --passages, or --run alone; see harness measure --help")
    click.echo(json.dumps(told, indent=1))


def _ids(paths: tuple[Path, ...]) -> tuple[str, ...] | None:
    """Return the ids of files that follow on each other; None where there are none.

    Raises:
        UsageError: an id in two files.
    """
    names: dict[str, Path] = {}
    for path in paths:
        own = read_ids(path)
        twice = [name for name in own if name in names]
        if twice:
            raise UsageError(f"{path}: expected every id once, found {twice[0]!r} in {names[twice[0]]} too; keep one")
        names |= dict.fromkeys(own, path)
    return tuple(names) if paths else None


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    write_out(path, "".join(f"{line}\n" for line in lines).encode())


def _count(ids: tuple[str, ...] | None) -> int | None:
    return None if ids is None else len(ids)


@click.command()
@click.argument("claim", type=click.Path(path_type=Path))
@click.option("--scores", type=click.Path(path_type=Path), help="What was measured, .csv or .parquet.")
@click.option("--template", "as_template", is_flag=True, help="Print a CSV file to fill in, and judge nothing.")
@scope_option
@json_option
def judge(claim: Path, scores: Path | None, scope: str, *, as_template: bool, as_json: bool) -> None:
    """Judge scores that you bring, by the claim's own analysis; statistics only.

    Columns: check, side, seed, query, value, cluster, language, and setting where --template has it.
    Only the scope's scale decides anything: sizes are judged at scale full.
    """
    if (scores is None) != as_template or (as_template and as_json):
        raise UsageError("judge: expected --scores FILE (with or without --json), or --template alone; see --help")
    if scores is None:
        click.echo(scores_template(claim, scope), nl=False)
        return
    found = judge_scores(claim, scores, scope)
    if as_json:
        click.echo(json.dumps(found.answer.plain(), indent=1))
    else:
        click.echo("\n".join(map(plain_text, _lines(found))))
    if found.lock:
        click.echo(f"lock: {plain_text(found.lock)}", err=as_json)


def _lines(found: ScoresJudgement) -> list[str]:
    """Return the outcome, each check with the interval that decides it, and what was left out."""
    answer = found.answer
    return [
        f"{answer.claim} {answer.outcome} (statistics only; scope {answer.scope}, scale {found.scale}): {found.reason}",
        *map(_line, answer.checks),
        f"not applied: {', '.join(answer.not_applied)}",
    ]


def _line(ruling: Ruling) -> str:
    counts = "" if ruling.required is True else ", required at scale full" if ruling.required else ", not required"
    told = [f"{ruling.id} on {ruling.dataset}{counts}: {ruling.outcome}"]
    if ruling.estimate is not None and ruling.low is not None and ruling.high is not None:
        interval = f"{ruling.estimate:.3g} [{ruling.low:.3g}, {ruling.high:.3g}] {ruling.measure}"
        told.append(f"{_asked(ruling)}: {interval}, wanted {_wanted(ruling)} 0")
        told.append(f"{ruling.seeds} seeds, {ruling.clusters} clusters, {ruling.queries} queries")
    return "; ".join([*told, *filter(None, [ruling.note])])


def _asked(ruling: Ruling) -> str:
    """Return what was compared, with the margin that the printed contrast holds."""
    sides = filter(None, [ruling.left, ruling.relation, ruling.right])
    return " ".join(sides) + (f" by {ruling.margin}" if float(ruling.margin) else "")


def _wanted(ruling: Ruling) -> str:
    """Return on which side of 0 the printed interval would have to lie."""
    if ruling.relation == "reduced-by":
        return "around"
    shown = [part.name for part in ruling.parts if (part.low, part.high) == (ruling.low, ruling.high)]
    return "below" if ruling.relation in DOWNWARD or "not above" in shown else "above"


COMMANDS = (measure, judge)
