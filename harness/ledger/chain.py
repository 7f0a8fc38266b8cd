"""The ledger's file: a line per acceptance, in canonical bytes, each naming the digest of the one before.

So a line that is changed, moved, taken out or put in between shows in the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError

from harness.codec import canonical, sha256
from harness.errors import Fault, FileFaults
from harness.recordfile import told
from harness.records.ledger import Entry
from harness.store.atomic import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAME = "ledger.jsonl"
NOTHING = sha256(b"")
MEND = "restore it from version control; a correction is a line more: harness accept"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries, in order, and the digest of the last line."""

    entries: tuple[Entry, ...] = ()
    tip: str = NOTHING

    def last(self) -> dict[Key, Entry]:
        """Return what was entered last, by claim and scope."""
        return {(one.claim, one.scope): one for one in self.entries}

    def of(self, scope: str) -> tuple[Entry, ...]:
        """Return the entries of one scope, in order."""
        return tuple(one for one in self.entries if one.scope == scope)

    def and_then(self, *entries: Entry) -> Ledger:
        """Return the ledger with entries more."""
        return Ledger((*self.entries, *entries), sha256(line(entries[-1])) if entries else self.tip)


def line(entry: Entry) -> bytes:
    """Return an entry's line, without its end."""
    return canonical(entry.plain())


def ledger_bytes(ledger: Ledger) -> bytes:
    """Return the file's bytes."""
    return b"".join(line(one) + b"\n" for one in ledger.entries)


def write_ledger(path: Path, ledger: Ledger) -> Path:
    """Write the ledger whole; whoever calls this has read it before and only added to it."""
    return replace_file(path, ledger_bytes(ledger))


def read_ledger(path: Path) -> Ledger:
    """Return the ledger in a file; an empty one where there is no file.

    Raises:
        FileFaults: every line that is none, and every place where the chain is broken.
    """
    try:
        data = path.read_bytes() if path.exists() or path.is_symlink() else b""
    except OSError as error:
        raise FileFaults([Fault(str(path), 0, "a readable ledger", error.strerror or str(error))]) from error
    lines = data.split(b"\n")
    faults = (
        [] if lines.pop() == b"" else [Fault(str(path), len(lines) + 1, "a whole last line", "one cut short", MEND)]
    )
    read: list[Entry] = []
    for number, text in enumerate(lines, 1):
        try:
            read.append(Entry.model_validate_json(text))
        except ValidationError as error:
            expected, _, found = told(error).removeprefix("expected ").partition(", found ")
            faults.append(Fault(str(path), number, expected, found, MEND))
    if not faults:
        faults = list(_broken(str(path), lines, read))
    if faults:
        raise FileFaults(faults)
    return Ledger(tuple(read), sha256(lines[-1]) if lines else NOTHING)


def _broken(path: str, lines: Sequence[bytes], entries: Sequence[Entry]) -> Iterator[Fault]:
    """Yield where the chain does not hold."""
    previous, at, last = NOTHING, None, dict[Key, int]()
    for number, (text, entry) in enumerate(zip(lines, entries, strict=True), 1):
        key = (entry.claim, entry.scope)
        stated = (
            ("the form in which it was written", line(entry) == text, "it edited"),
            (f"number {number}", entry.number == number, f"number {entry.number}"),
            (f"previous {previous[:12]}, of the line before", entry.previous == previous, entry.previous[:12]),
            (f"corrects {last.get(key)}", entry.corrects == last.get(key), f"corrects {entry.corrects}"),
            ("no reason why a first acceptance changed", entry.corrects or not entry.changed, ", ".join(entry.changed)),
        )
        yield from (Fault(path, number, expected, found, MEND) for expected, holds, found in stated if not holds)
        moment = _moment(entry.at)
        if moment is None or (at is not None and moment < at):
            expected = "a time with its zone" if moment is None else f"a time not before {at}"
            yield Fault(path, number, expected, entry.at, MEND)
        previous, at, last[key] = sha256(text), moment or at, number


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
