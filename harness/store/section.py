"""A section of a text file: what lies between two lines of its own, `<!-- NAME -->` and `<!-- /NAME -->`.

Only what is between them is read or replaced; the rest of the file stays byte for byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.errors import UsageError
from harness.store.atomic import replace_file

if TYPE_CHECKING:
    from pathlib import Path


class Parts(NamedTuple):
    """A file: up to and with the first line, between, from the second line on."""

    before: str
    section: str
    after: str


def read(path: Path, name: str) -> str:
    """Return what is between the two lines.

    Raises:
        UsageError: the file cannot be read, or the lines are missing, doubled or in the wrong order.
    """
    return _parts(path, name).section


def write(path: Path, name: str, text: str) -> None:
    """Put `text` between the two lines, with an empty line on either side.

    Raises:
        UsageError: as `read`.
    """
    parts = _parts(path, name)
    replace_file(path, f"{parts.before}\n{text}\n{parts.after}".encode())


def _parts(path: Path, name: str) -> Parts:
    try:
        lines = path.read_bytes().decode("utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected a text file in UTF-8, found {error}") from error
    first, last = f"<!-- {name} -->", f"<!-- /{name} -->"
    at = {mark: [number for number, line in enumerate(lines) if line.strip() == mark] for mark in (first, last)}
    for mark, found in at.items():
        if len(found) != 1:
            where = ", ".join(f"{path}:{number + 1}" for number in found)
            raise UsageError(
                f"{path}: expected one line {mark}, found {f'{len(found)} ({where})' if found else 'none'}; "
                f"the table lies between {first} and {last}, each on a line of its own"
            )
    (begin,), (end,) = at.values()
    if end < begin:
        raise UsageError(
            f"{path}:{end + 1}: expected {last} after {first}, found it before {path}:{begin + 1}; exchange them"
        )
    return Parts("".join(lines[: begin + 1]), "".join(lines[begin + 1 : end]), "".join(lines[end:]))
