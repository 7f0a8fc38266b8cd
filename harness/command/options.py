"""What several commands take, and how claims named on the command line are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.claimfile.claims import BrokenClaim, ClaimFile, read_folder
from harness.claimfile.scopes import find_scope, read_scope
from harness.command.paths import CLAIMS
from harness.errors import FileFaults, UsageError
from harness.store.atomic import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable


def _folder_option(name: str, text: str) -> Callable[[Any], Any]:
    return click.option(f"--{name}", type=click.Path(path_type=Path, file_okay=False), default=None, help=text)


store_option = _folder_option("store", "Finished work (default: $HARNESS_STORE, else the user's cache folder).")
reports_option = _folder_option("reports", "The reports folder (default: reports/).")
scope_option = click.option("--scope", default="atlas", help="A packaged scope's name, or a scope file.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
claims_argument = click.argument("claims", type=click.Path(path_type=Path), default=CLAIMS)


def write_out(path: Path, data: bytes) -> None:
    """Write what a command was asked to write, whole or not at all.

    Raises:
        UsageError: no place to write to.
    """
    try:
        replace_file(path, data)
    except OSError as error:
        raise UsageError(f"{path}: expected a place to write to, found {error.strerror or error}") from error


def claims_of(folder: Path, scope: str) -> list[ClaimFile]:
    """Read a folder of claims (or one file), all of which must be sound."""
    bound = read_scope(find_scope(scope))
    home = folder if folder.is_dir() else folder.parent
    read = [item for item in read_folder(home, bound) if folder.is_dir() or item.path == folder]
    broken = [item.error for item in read if isinstance(item, BrokenClaim)]
    for error in broken:
        if not isinstance(error, FileFaults):
            raise error
    if broken:
        raise FileFaults([fault for error in broken if isinstance(error, FileFaults) for fault in error.faults])
    if not read:
        raise UsageError(f"{folder}: expected claims (cNN-slug.yaml beside cNN_slug.py), found none")
    return [item for item in read if isinstance(item, ClaimFile)]
