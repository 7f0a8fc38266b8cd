"""What was found, as a page and as a table."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from harness.claimfile.scopes import find_scope, read_scope
from harness.codec import pretty
from harness.command.options import reports_option, scope_option
from harness.command.paths import REPORTS
from harness.errors import UsageError
from harness.report import outcomes
from harness.report.folder import ReportsFolder
from harness.report.listing import listing, markdown
from harness.report.page import write_page


@click.command()
@reports_option
@click.option(
    "--format", "form", type=click.Choice(["html", "markdown", "json"]), default="html", help="Of what is told."
)
@click.option("--open", "show", is_flag=True, help="Open the page in the browser.")
def report(reports: Path | None, form: str, *, show: bool) -> None:
    """Write the page from the verdicts that stand in the reports folder, or print them as Markdown or JSON.

    --open starts $BROWSER, else the browser of this machine; exit 2 where there is none.
    """
    folder = ReportsFolder(reports or REPORTS)
    if show and form != "html":
        raise UsageError(f"report: expected --open with the page alone, found --format {form}; leave one of them out")
    if not folder.root.is_dir():
        raise UsageError(f"{folder.root}: expected a reports folder, found none; write one with: pytest claims/")
    if form == "markdown":
        click.echo(markdown(folder), nl=False)
        return
    if form == "json":
        click.echo(pretty(listing(folder).plain()).decode(), nl=False)
        return
    page = write_page(folder)
    click.echo(str(page))
    if show and not webbrowser.open(page.resolve().as_uri()):
        raise UsageError(f"{page}: expected a browser to open it in, found none; set BROWSER, or open it yourself")


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
