"""What was found, as a page and as a table."""

from __future__ import annotations

from pathlib import Path

import click

from harness.claimfile.scopes import find_scope, read_scope
from harness.command.options import reports_option, scope_option
from harness.command.paths import REPORTS
from harness.errors import UsageError
from harness.report import outcomes
from harness.report.folder import ReportsFolder
from harness.report.page import write_page


@click.command()
@reports_option
def report(reports: Path | None) -> None:
    """Write the page from the verdicts that stand in the reports folder."""
    folder = ReportsFolder(reports or REPORTS)
    if not folder.root.is_dir():
        raise UsageError(f"{folder.root}: expected a reports folder, found none; write one with: pytest claims/")
    click.echo(str(write_page(folder)))


@click.command(name="outcomes")
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
        raise click.exceptions.Exit(bool(found))
    text = outcomes.outcomes(verdicts)
    if write is None:
        click.echo(text, nl=False)
        return
    outcomes.write(write, name, text)
    click.echo(f"{write}: {len(verdicts)} outcomes")


COMMANDS = (report, tell_outcomes)
