"""Every error this package raises on purpose.

    HarnessError                      exit status 2 unless a command says otherwise
    +-- FileFaults                    a claim, scope, lock or data file: all its faults at once
    +-- UsageError                    a call that cannot be carried out as asked
    +-- ResourceMissing               something a command can mend; carries that command
    +-- ScopeUnbound                  the scope does not bind what a claim asks for
    +-- DigestMismatch                bytes that are not the pinned bytes
    +-- ScriptError                   a claim's script raised, asked for nothing or asked wrongly
    |   +-- ScriptTimeout             it did not finish in its time
    +-- CellError                     a unit of lab work failed
    |   +-- CellTimeout               it did not finish in its time
    +-- AdmissionRefused              vectors the court does not accept as evidence
    +-- EntryDamaged                  a store entry whose bytes are not those in its manifest
    +-- LockRefused                   the lock would be rewritten over evidence

Each message says what was expected, what was found, where, and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class HarnessError(Exception):
    """Root of all errors raised on purpose."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file.

    `line` counts from 1; 0 stands for the file as a whole.
    """

    path: str
    line: int
    expected: str
    found: str
    todo: str = ""

    def __str__(self) -> str:
        """Return `path:line: expected .., found ..; what to do`."""
        where = f"{self.path}:{self.line}" if self.line else self.path
        todo = f"; {self.todo}" if self.todo else ""
        return f"{where}: expected {self.expected}, found {self.found}{todo}"


class FileFaults(HarnessError):
    """All faults of one reading, in the order of their lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep `faults`, which must not be empty: an error without a fault says nothing."""
        if not faults:
            msg = "FileFaults needs at least one fault"
            raise ValueError(msg)
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.path, fault.line)))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class UsageError(HarnessError):
    """A call that cannot be carried out as asked."""


class ResourceMissing(HarnessError):
    """Something is not on this machine and `mend` is the command that brings it."""

    def __init__(self, what: str, mend: str) -> None:
        """`what` names the missing thing and where it was looked for."""
        self.what = what
        self.mend = mend
        super().__init__(f"{what}; to mend it: {mend}")


class ScopeUnbound(HarnessError):
    """The scope in force does not bind a dataset, base or operation a claim asks for."""


class DigestMismatch(HarnessError):
    """Bytes whose sha256 is not the pinned one."""

    def __init__(self, path: Path | str, expected: str, found: str, todo: str) -> None:
        """`expected` and `found` are hexadecimal sha256 digests."""
        self.path = str(path)
        super().__init__(f"{path}: expected sha256 {expected}, found {found}; {todo}")


class ScriptError(HarnessError):
    """A claim's script raised, asked for nothing, or asked for what no claim may ask."""


class ScriptTimeout(ScriptError):
    """A claim's script did not finish in its time."""


class CellError(HarnessError):
    """A unit of lab work failed; `cell` is its label."""

    def __init__(self, cell: str, reason: str) -> None:
        """`reason` ends with the traceback's last line."""
        self.cell = cell
        self.reason = reason
        super().__init__(f"{cell}: {reason}")


class CellTimeout(CellError):
    """A unit of lab work was killed for its time."""


class AdmissionRefused(HarnessError):
    """Vectors that the court does not accept as evidence."""


class EntryDamaged(HarnessError):
    """A store entry whose bytes are not those that its manifest names."""


class LockRefused(HarnessError):
    """The lock would be rewritten although evidence was measured under it."""
