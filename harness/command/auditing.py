"""What contradicts what in the paper that claims are drawn from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness import audit as auditor
from harness.audit import planted, telling
from harness.audit.citing import cited_by
from harness.audit.findings import related
from harness.claimfile.claims import BrokenClaim, read_folder
from harness.command.options import json_option
from harness.command.paths import CLAIMS
from harness.data import lareqa
from harness.errors import ResourceMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.audit.layout import Paper

TABLES = CLAIMS / "paper" / "tables"
STATEMENTS = "statements.csv"


@click.command()
@click.option("--tables", type=click.Path(path_type=Path), default=TABLES, show_default=True, help="Folder of tables.")
@click.option(
    "--statements", type=click.Path(path_type=Path), help=f"The text's numbers (default: {STATEMENTS} beside tables)."
)
@click.option("--claims", type=click.Path(path_type=Path), help="Claims that cite the paper (default: beside it).")
@json_option
@click.option("--fail-on-findings", is_flag=True, help="Exit 1 if anything is found.")
@click.option("--write", type=click.Path(path_type=Path), help="Put the findings between FILE's two lines for them.")
@click.option("--slips", is_flag=True, help="Plant slips of typing, count those that would be caught (a minute).")
@click.option("--check", type=click.Path(path_type=Path), help="See whether FILE still has these findings.")
def audit(  # noqa: PLR0913 - one argument for each option
    *,
    tables: Path,
    statements: Path | None,
    claims: Path | None,
    as_json: bool,
    fail_on_findings: bool,
    write: Path | None,
    check: Path | None,
    slips: bool,
) -> None:
    """Hold the paper's tables and stated numbers against themselves, each other and the data files.

    Exits 0: complete; 1: findings and --fail-on-findings, or --check differs; 2: unreadable.
    In a README the findings lie between <!-- audit --> and <!-- /audit -->.
    """
    if write is not None and check is not None:
        raise UsageError("audit: expected --write or --check, found both; write first, then check")
    beside = tables.parent / STATEMENTS
    paper = auditor.read(tables, statements or (beside if beside.exists() else None))
    if slips:
        click.echo(planted_in(paper))
        return
    found = auditor.audit(paper, cited(tables, claims, paper), files())
    text = telling.table(found)
    if check is not None and not telling.holds(check, text):
        click.echo(
            f"{check}: expected these findings, found others; write them anew with: harness audit --write {check}"
        )
        raise click.exceptions.Exit(1)
    if write is not None:
        telling.write(write, text)
    click.echo(json.dumps(found.plain(), ensure_ascii=False, indent=1) if as_json else telling.lines(found))
    if fail_on_findings and found.findings:
        raise click.exceptions.Exit(1)


def planted_in(paper: Paper) -> str:
    """Return for each sort of slip how many there are and how many of them an audit catches."""
    found = planted.shares(paper, *related(paper, files()))
    return "\n".join(
        f"{sort}: {share.caught} of {share.planted} caught ({share.caught / max(share.planted, 1):.1%})"
        for sort, share in found.items()
    )


def cited(tables: Path, claims: Path | None, paper: Paper) -> dict[str, frozenset[str]]:
    """Return claims and what they cite: those named, else those beside the paper, else those here.

    Claims here that cite a cell the audited paper does not have speak of another paper: none of them counts.
    """
    if claims is not None:
        return dict(_cited(claims))
    home = dict(_cited(tables.parent.parent))
    if home:
        return home
    known = {*paper.cells, *(one.id for one in paper.statements)}
    here = dict(_cited(CLAIMS))
    return here if all(cells <= known for cells in here.values()) else {}


def _cited(folder: Path) -> Iterator[tuple[str, frozenset[str]]]:
    for one in read_folder(folder):
        if isinstance(one, BrokenClaim):
            click.echo(f"left out, for it cannot be read: {one.path}", err=True)
        else:
            yield one.claim.id, frozenset(cited_by(one.claim))


def files() -> Mapping[str, Mapping[str, int]]:
    """Return the counts of each pinned dataset whose files are found.

    Raises:
        FileFaults: as `harness.data.lareqa.counts`.
        DigestMismatch: likewise.
    """
    found = {}
    for part, pinned in lareqa.pins().items():
        try:
            found[part] = lareqa.counts(lareqa.find(part, lareqa.roots(), pinned), pinned)
        except ResourceMissing:
            continue
    return found


COMMANDS = (audit,)
