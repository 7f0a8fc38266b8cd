"""Reading a folder of verdicts, strictly: what does not stand is named, with the reason.

Rule: a file is a verdict of this schema in its canonical form under its own name. In a folder
`verdicts/`, as a run writes it, its gate document beside it in `gate/` must have been made from
exactly these numbers, and the artifacts must be those that the verdict cites. So a verdict that was
edited by hand is refused; whoever edits document and artifacts alike is found out by replay only.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from harness.codec import file_sha256
from harness.errors import UsageError
from harness.recordfile import read_record
from harness.records.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

NAME = re.compile(r"(c[0-9][0-9]+)\.([A-Za-z0-9][A-Za-z0-9@._+-]*)\.json")
STORE = "store:"
FILED = "verdicts"
"""The folder of a reports folder whose verdicts have gate documents and artifacts beside them."""

Key = tuple[str, str]
"""A claim's id and a scope's name."""


class VerdictSet(NamedTuple):
    """A folder's verdicts, their digests without the occasion, and why its other files are none; by claim and scope.

    `checked` tells whether the verdicts were held against their gate documents.
    """

    found: dict[Key, Verdict]
    digests: dict[Key, str]
    refused: dict[Key, str]
    checked: bool

    def within(self, scopes: frozenset[str]) -> VerdictSet:
        """Return what is of these scopes."""
        found = {key: one for key, one in self.found.items() if key[1] in scopes}
        refused = {key: why for key, why in self.refused.items() if key[1] in scopes}
        return VerdictSet(found, {key: self.digests[key] for key in found}, refused, self.checked)

    def scopes(self) -> frozenset[str]:
        """Return the scopes that the folder's files are named after."""
        return frozenset(scope for _, scope in [*self.found, *self.refused])


def read_set(folder: Path) -> VerdictSet:
    """Read the verdicts of one folder; no folder is an empty set."""
    documents = folder.parent / "gate"
    found: dict[Key, Verdict] = {}
    digests: dict[Key, str] = {}
    refused: dict[Key, str] = {}
    checked = folder.name == FILED
    for path in sorted(folder.glob("*.json")):
        if path.name.startswith("."):
            continue
        match = NAME.fullmatch(path.name)
        key = (match[1], match[2]) if match else (path.stem, "")
        try:
            verdict = read_record(path, Verdict)
            _expect_name(path, verdict)
            digest = verdict.timeless()
            if checked:
                _expect_document(documents / path.name, digest)
                _expect_artifacts(folder.parent, verdict)
        except UsageError as error:
            refused[key] = str(error)
        else:
            found[key], digests[key] = verdict, digest
    return VerdictSet(found, digests, refused, checked)


def _expect_name(path: Path, verdict: Verdict) -> None:
    expected = f"{verdict.claim}.{verdict.scope}.json"
    if path.name != expected:
        raise UsageError(f"expected the name {expected} for what it holds, found {path.name}")


def _expect_document(path: Path, digest: str) -> None:
    """Hold a verdict against the gate document that was written with it."""
    try:
        stated = json.loads(path.read_bytes())["x-harness"]["verdict"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UsageError(
            f"expected its gate document gate/{path.name}, found {error}; measure the claim again"
        ) from error
    if stated != digest:
        raise UsageError(f"expected the verdict that gate/{path.name} was made from, found another; measure it again")


def _expect_artifacts(reports: Path, verdict: Verdict) -> None:
    """Hold the tables that a verdict cites against their digests."""
    for artifact in verdict.artifacts:
        if artifact.path.startswith(STORE):
            continue
        path = (reports / artifact.path).resolve()
        if not path.is_relative_to(reports.resolve()) or not path.is_file():
            raise UsageError(f"expected the artifact {artifact.path} in {reports}, found none; measure the claim again")
        found = file_sha256(path)
        if found != artifact.sha256:
            raise UsageError(f"expected {artifact.path} with sha256 {artifact.sha256}, found {found}; measure it again")
