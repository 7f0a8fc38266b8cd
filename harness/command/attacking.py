"""Whether verifications are worth anything: attacked on their own, and what a person accepts of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from harness.claimfile.scopes import find_scope
from harness.command.options import json_option, scope_option, store_option
from harness.court.sandbox import enclosure
from harness.report.desk import Desk
from harness.report.folder import ReportsFolder
from harness.report.words import cut, plain_text
from harness.store import default_root
from harness.verify.cases import Court, attack_cases, find_cases

if TYPE_CHECKING:
    from harness.records.attack import AttackAnswer, AttackedCase

WHY = 60
MOST_SUPPORTED, LEAST_CASES = 0.10, 10
"""Share of splits of one arm above which the judge itself is at fault, and the cases that it takes to say so:
the splits of one claim share their seeds, so that a few claims may exceed it by chance."""


@click.command()
@click.argument("path", metavar="CLAIM|FOLDER", type=click.Path(path_type=Path, exists=True))
@scope_option
@store_option
@click.option("--workers", type=click.IntRange(min=1), default=None, help="Lab processes (default: one per core).")
@click.option("--allow-unsealed", is_flag=True, help="Where the lab cannot be sealed, run without.")
@json_option
def attack(  # noqa: PLR0913 - each is an option of the command
    path: Path, scope: str, store: Path | None, workers: int | None, *, allow_unsealed: bool, as_json: bool
) -> None:
    """Attack verifications: a claim, a folder of claims, or a folder of cases (case.json says what each is).

    A case that brings a scope.yaml is measured in that, else in --scope. Exits 0 where every case
    came out as its label says (worthless: not sound; honest or no label: not defeated), else 1; also
    1 where the judge, over ten cases or more, tells an arm from itself in above 10% of splits.
    """
    cases = find_cases(path, find_scope(scope))
    with enclosure(allow_unsealed=allow_unsealed) as walls:
        court = Court(
            store=store or default_root(),
            desk=lambda folder: Desk(ReportsFolder(folder)),
            workers=workers or os.cpu_count() or 1,
            enclosure=walls,
            tell=lambda words: click.echo(plain_text(words), err=True),
        )
        found = attack_cases(cases, court)
    if as_json:
        click.echo(json.dumps(found.plain(), ensure_ascii=False, indent=1))
    else:
        show(found)
    raise click.exceptions.Exit(0 if all(case.met for case in found.cases) and not judge_at_fault(found) else 1)


def judge_at_fault(found: AttackAnswer) -> bool:
    """Tell whether one arm under both names is supported more often than a judge without fault would."""
    several = sum(case.red_team is not None and case.red_team.same_arm is not None for case in found.cases)
    one = found.same_arm
    return one is not None and several >= LEAST_CASES and one.supported > MOST_SUPPORTED * one.splits


def show(found: AttackAnswer) -> None:
    """Print a line per case, and how many came out as their labels say."""
    table = Table(box=None, pad_edge=False)
    for name in ("", "case", "claim", "label", "verification", "average", "killed by"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for case in found.cases:
        table.add_row(*(plain_text(word) for word in _columns(case)))
    Console(width=None if os.isatty(1) else 200, highlight=False, markup=False).print(table)
    missed = [case.case for case in found.cases if not case.met]
    told = (
        f"not as expected: {', '.join(missed)}"
        if missed
        else "all as expected: nothing worthless is sound, nothing else defeated"
    )
    click.echo(plain_text(f"{len(found.cases)} cases; {told}"))
    if found.same_arm is not None:
        held, splits = found.same_arm.supported, found.same_arm.splits
        fault = f": above {MOST_SUPPORTED:.0%}, the judge is at fault" if judge_at_fault(found) else ""
        told = f"{held} of {splits} splits held ({held / splits:.1%}; 2.5% by chance)"
        click.echo(f"one arm under both names: {told}{fault}")


def _columns(case: AttackedCase) -> tuple[str, ...]:
    team = case.red_team
    average = "" if team is None or team.average is None else f"{team.average:.1f}"
    why = ", ".join(case.killed) or cut(plain_text(case.refused), WHY) or (case.cause or "")
    return ("" if case.met else "!", case.case, case.claim, case.label or "", case.verification, average, why)


COMMANDS = (attack,)
