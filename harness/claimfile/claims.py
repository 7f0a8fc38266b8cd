"""Claim files and the scripts paired with them.

What makes a file a claim: its name (`cNN-slug.yaml`) and a script `cNN_*.py` beside it, or its
own word that it is one (`schema: urn:harness:claim:1`). Other files are left alone.

A file is read in two stages, each of which tells all it finds: first YAML and the types of all
keys, then what the keys say together, and beside the script, the scope and the paper.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from harness.claimfile.checks import CheckReading
from harness.claimfile.coverage import PAPER_BASES, PAPER_DATASETS, cited, covered, waivable
from harness.claimfile.faults import record
from harness.claimfile.paper import Paper, paper_folder, read_paper
from harness.claimfile.tree import read_tree
from harness.codec import digest, file_sha256
from harness.errors import Fault, FileFaults, HarnessError
from harness.records.claim import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.claimfile.tree import Place, Tree
    from harness.records.claim import Acceptance
    from harness.records.scope import Scope

CLAIM_NAME = re.compile(r"(c[0-9][0-9]+)-.*\.yaml")
SCHEMA = b"urn:harness:claim:"
LOOKED_AT = 1 << 16
ENCODERS = frozenset({"trained-encoder", "released-encoder"})
SETTLED = {"VERIFIED": "supported", "FALSIFIED": "contradicted"}


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """A claim with the files it came from; `script_sha256` is of the script's bytes."""

    claim: Claim
    path: Path
    script: Path
    script_sha256: str
    paper: Paper | None

    @property
    def digest(self) -> str:
        """Return the digest of what the claim says, whatever verdict a person accepted of it."""
        plain = self.claim.plain()
        return digest({key: value for key, value in plain.items() if key != "accepted"})


@dataclass(frozen=True, slots=True)
class BrokenClaim:
    """A file that should be a claim and is not one; the other claims still run."""

    path: Path
    error: HarnessError


def scripts_of(path: Path) -> list[Path]:
    """Return the scripts paired with a claim file by its id."""
    match = CLAIM_NAME.fullmatch(path.name)
    return sorted(path.parent.glob(f"{match.group(1)}_*.py")) if match else []


def is_claim(path: Path) -> bool:
    """Tell whether a file is meant to be a claim, without judging it."""
    if not CLAIM_NAME.fullmatch(path.name) or path.is_dir():
        return False
    if scripts_of(path):
        return True
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return SCHEMA in stream.read(LOOKED_AT)
    except OSError:
        return False


def read_folder(folder: Path, scope: Scope | None = None) -> list[ClaimFile | BrokenClaim]:
    """Read every claim in `folder`, in the order of names."""
    return [read_or_broken(path, scope) for path in sorted(folder.glob("*.yaml")) if is_claim(path)]


def read_or_broken(path: Path, scope: Scope | None = None) -> ClaimFile | BrokenClaim:
    """Read one claim; what is wrong with it becomes a value, so that the others still run."""
    try:
        return read_claim(path, scope)
    except HarnessError as error:
        return BrokenClaim(path, error)


def read_claim(path: Path, scope: Scope | None = None) -> ClaimFile:
    """Read one claim file and find its script. Names that `scope` binds are known beside the paper's.

    Raises:
        FileFaults: everything wrong with it, and with the paper's tables where they are broken.
    """
    tree = read_tree(path, str(path))
    claim = record(Claim, tree)
    faults: list[Fault] = []
    home, paper = paper_folder(path.parent), None
    if home is not None:
        try:
            paper = read_paper(home, str(home))
        except FileFaults as error:
            faults += error.faults
    reading = _Reading(claim, path, scripts_of(path), tree, scope)
    faults += [*reading.files(), *reading.names(), *reading.kind(), *reading.coverage(paper), *reading.accepted()]
    if home is None or paper is not None:
        faults += reading.cells(paper)
    for number, check in enumerate(claim.checks):
        faults += CheckReading(claim, check, ("checks", number), tree, paper, scope).faults()
    if faults:
        raise FileFaults(faults)
    script = reading.scripts[0]
    return ClaimFile(claim, path, script, file_sha256(script), paper)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A claim of the right types, beside what it names."""

    claim: Claim
    path: Path
    scripts: Sequence[Path]
    tree: Tree
    scope: Scope | None

    @property
    def prefix(self) -> str:
        return self.path.name.partition("-")[0]

    def fault(self, place: Place, expected: str, found: str, todo: str = "") -> Fault:
        return Fault(self.tree.path, self.tree.line(place), expected, found, todo)

    def files(self) -> Iterator[Fault]:
        """Compare the id with the names of files."""
        if self.claim.id != self.prefix:
            yield self.fault(("id",), f"the id that the file is named by ({self.prefix})", self.claim.id)
        beside = self.path.parent.glob(f"{self.prefix}-*.yaml")
        twins = sorted(twin.name for twin in beside if twin.name != self.path.name and is_claim(twin))
        if twins:
            yield self.fault(("id",), f"one claim with id {self.prefix}", f"also {', '.join(twins)}", "renumber one")
        if len(self.scripts) != 1:
            slug = self.path.stem.partition("-")[2].replace("-", "_")
            found = ", ".join(script.name for script in self.scripts) or "none"
            todo = "keep one" if self.scripts else f"write def reproduce(bench) in {self.prefix}_{slug}.py"
            yield Fault(self.tree.path, 0, f"one script {self.prefix}_*.py beside it", found, todo)
        for script in self.scripts:
            if not script.is_file():
                yield Fault(str(script), 0, "a file", "something else")

    def names(self) -> Iterator[Fault]:
        """Refuse unknown and repeated names."""
        bound = {*self.scope.datasets, *self.scope.counted} if self.scope else set()
        known = {
            "bases": PAPER_BASES | set(self.scope.bases if self.scope else ()),
            "datasets": PAPER_DATASETS | bound,
        }
        for key in ("bases", "datasets", "evidence", "cells"):
            seen: set[str] = set()
            for number, value in enumerate(getattr(self.claim, key)):
                if key in known and value not in known[key]:
                    yield self.fault((key, number), f"one of {', '.join(sorted(known[key]))}", value)
                if value in seen:
                    yield self.fault((key, number), "each once", f"{value} again", "remove one")
                seen.add(value)
        ids: set[str] = set()
        for number, check in enumerate(self.claim.checks):
            if check.id in ids:
                yield self.fault(("checks", number, "id"), "each check id once", f"{check.id} again", "rename one")
            ids.add(check.id)

    def kind(self) -> Iterator[Fault]:
        """Compare the kind with bases, evidence and checks."""
        claim = self.claim
        if not any(check.required is True for check in claim.checks):
            yield self.fault(("checks",), "at least one check with required: true", "none")
        if claim.kind == "counted":
            if claim.bases:
                yield self.fault(("bases",), "no bases for a claim that counts", ", ".join(claim.bases), "remove them")
            if "counted-data" not in claim.evidence:
                yield self.fault(("evidence",), "counted-data for a claim that counts", ", ".join(claim.evidence))
            return
        if not claim.bases:
            yield self.fault(("bases",), "bases for a claim on effectiveness", "none", "add bases")
        if not ENCODERS & set(claim.evidence):
            expected = f"{' or '.join(sorted(ENCODERS))} for a claim on effectiveness"
            yield self.fault(("evidence",), expected, ", ".join(claim.evidence))

    def coverage(self, paper: Paper | None) -> Iterator[Fault]:
        """Refuse cited cells without a required check or a waiver, and waivers of nothing or of what is checked."""
        spots, checked = cited(self.claim, paper) if paper else {}, covered(self.claim)
        known = waivable(self.claim, spots)
        for spot, number in spots.items():
            key = "/".join(spot)
            if spot not in checked and key not in self.claim.waived:
                expected = f"a required check on {key}, of which this cell speaks"
                yield self.fault(("cells", number), expected, "none", "add one, or say under waived why not")
        for key in self.claim.waived:
            if key not in known:
                expected = "<base>/<dataset>/<setting> of this claim"
                yield self.fault(("waived", key), expected, key, f"such as {next(iter(known), 'none: it has no base')}")
            elif known[key] in checked:
                yield self.fault(("waived", key), "a waiver where no required check stands", key, "remove it")

    def accepted(self) -> Iterator[Fault]:
        """Refuse an acceptance that no verdict can equal."""
        for name, accepted in self.claim.accepted.items():
            if not _possible(accepted):
                found = f"{accepted.status}, {accepted.outcome}, {accepted.verification}, cause {accepted.cause}"
                todo = "let harness accept write it"
                yield self.fault(("accepted", name), "what a verdict can say", found, todo)
            if not _is_day(accepted.date):
                yield self.fault(("accepted", name, "date"), "a day such as 2025-12-31", accepted.date)

    def cells(self, paper: Paper | None) -> Iterator[Fault]:
        """Refuse cells that the paper does not have."""
        if self.claim.cells and paper is None:
            yield self.fault(("cells",), "a folder paper/ with the cited tables", "none", "put it beside the claims")
            return
        for number, cell in enumerate(self.claim.cells):
            if paper is not None and cell not in paper.cells:
                expected = "a cell of the paper's tables or statements"
                yield self.fault(("cells", number), expected, cell, paper.near(cell))


def _possible(accepted: Acceptance) -> bool:
    """Apply the verdict's rule (design: Verdict) to what was accepted."""
    if accepted.status in SETTLED:
        settled = (SETTLED[accepted.status], "sound", None)
        return (accepted.outcome, accepted.verification, accepted.cause) == settled
    return accepted.cause is not None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
