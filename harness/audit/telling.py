"""An audit for people: lines for a terminal, and a table that lies between two lines of a README.

The lines are `<!-- audit -->` and `<!-- /audit -->`; only what is between them is replaced or
compared. Words come from files that anyone may write: what does not print is replaced, and in
Markdown ids and numbers stand as code, so that they can make no mark, link or tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.store import section

if TYPE_CHECKING:
    from pathlib import Path

    from harness.records.audit import Audit, Finding

SECTION = "audit"
SHOWN = 4
"""Places of a finding that a table or line names; JSON names them all."""

WHOSE = {
    "cannot-tell": "arithmetic cannot tell whether the paper or the copy slipped",
    "rather-the-paper": "no one slip of typing explains it: rather the paper's own",
}


def lines(audit: Audit) -> str:
    """Return what a person reads on a terminal."""
    checked = audit.checked
    relations = sum(checked.relations.values())
    head = (
        f"{checked.tables} tables, {checked.cells} cells, {checked.statements} statements, {relations} relations; "
        f"data files counted: {', '.join(checked.data) or 'none (HARNESS_DATA)'}"
    )
    return _printable("\n".join([head, *map(_told, audit.findings), _total(audit)]))


def _total(audit: Audit) -> str:
    number = len(audit.findings)
    return f"{number} finding{'' if number == 1 else 's'}"


def _told(one: Finding) -> str:
    said = "; ".join(f"{where} says {says}" for where, says in _places(one))
    would = f"\n    it would hold if {', or if '.join(one.mends)}" if one.mends else ""
    touched = f"\n    cited by {', '.join(one.claims)}" if one.claims else ""
    return f"{one.id} ({one.grave})\n    {said}{_more(one)}\n    {one.follows}{would}\n    {_whose(one)}{touched}"


def _places(one: Finding) -> list[tuple[str, str]]:
    return list(zip(one.where, one.says, strict=True))[:SHOWN]


def _more(one: Finding) -> str:
    return f"; and {len(one.where) - SHOWN} more" if len(one.where) > SHOWN else ""


def _whose(one: Finding) -> str:
    return "names or chance may explain it" if one.grave == "unclear" else WHOSE[one.origin]


def table(audit: Audit) -> str:
    """Return the findings as a Markdown table, with a line on what was looked at; the same with and without data."""
    checked = audit.checked
    relations = sum(number for kind, number in checked.relations.items() if kind != "data")
    head = (
        f"{relations} relations among the {checked.cells} cells of {checked.tables} tables and "
        f"{checked.statements} statements; {_total(audit)}."
    )
    rows = [
        ("what is printed", "what follows", "how grave", "whose slip", "claims"),
        ("---",) * 5,
        *(_row(one) for one in audit.findings),
    ]
    return f"{head}\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(one: Finding) -> tuple[str, ...]:
    said = "; ".join(f"{_code(where)} {_code(says)}" for where, says in _places(one)) + _more(one)
    would = f"; would hold if {_code(one.mends[0])}" if one.mends else ""
    others = f" (or {len(one.mends) - 1} more)" if len(one.mends) > 1 else ""
    return said, f"{_code(one.follows)}{would}{others}", one.grave, _whose(one), ", ".join(one.claims) or "none"


def _code(text: str) -> str:
    """Return words as a span of code, which Markdown leaves alone; a table's bars are escaped even there."""
    plain = " ".join(_printable(text).split()).replace("`", "'").replace("|", "\\|")
    return f"`{plain}`"


def _printable(text: str) -> str:
    return "".join(mark if mark.isprintable() or mark == "\n" else "\ufffd" for mark in text)


def write(path: Path, text: str) -> None:
    """Put a table between a file's two lines; the rest stays byte for byte.

    Raises:
        UsageError: the file cannot be read, or the two lines are not there once each, in this order.
    """
    section.write(path, SECTION, text)


def holds(path: Path, text: str) -> bool:
    """Tell whether a file has this table between its lines.

    Raises:
        UsageError: as `write`.
    """
    return section.read(path, SECTION).strip() == text.strip()
