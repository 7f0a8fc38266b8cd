"""Claim files and the scripts paired with them.

What makes a file a claim: its name (`cNN-slug.yaml`) and a script `cNN_*.py` beside it, or its
own word that it is one (`schema: urn:harness:claim:1`). Other files are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.claimfile.faults import record
from harness.claimfile.paper import Paper, paper_folder, read_paper
from harness.claimfile.tree import Tree, read_tree
from harness.codec import file_sha256, sha256
from harness.errors import Fault, FileFaults, HarnessError
from harness.records.claim import Check, CitedEffect, CitedValue, Claim, Side
from harness.records.plan import arm
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from harness.claimfile.tree import Place
    from harness.records.scope import Scope

CLAIM_NAME = re.compile(r"^(c[0-9][0-9]+)-.*\.yaml$")
SCHEMA = b"urn:harness:claim:"
PAPER_BASES = frozenset({"xlm-r", "labse"})
PAPER_DATASETS = frozenset({"xquad-r", "mlqa-r", "miracl"})
"""The paper's own terms: known whatever the scope; one that the scope does not bind is untested, not a fault."""

MARGINED = frozenset({"comparable-or-above", "comparable-or-below", "equivalent"})
SIDELESS = frozenset({"equals", "never-third", "contrast"})
RANK_DISTANCE = "rank-distance"


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """A claim with the files it came from. `sha256` and `script_sha256` are of their bytes."""

    claim: Claim
    path: Path
    script: Path
    sha256: str
    script_sha256: str
    paper: Paper | None


@dataclass(frozen=True, slots=True)
class BrokenClaim:
    """A file that should be a claim and is not one; the other claims still run."""

    path: Path
    error: HarnessError


def scripts_of(path: Path) -> list[Path]:
    """Return the scripts paired with a claim file by its id."""
    match = CLAIM_NAME.match(path.name)
    return sorted(path.parent.glob(f"{match.group(1)}_*.py")) if match else []


def is_claim(path: Path) -> bool:
    """Tell whether a file is meant to be a claim, without judging it."""
    if not CLAIM_NAME.match(path.name):
        return False
    return bool(scripts_of(path)) or SCHEMA in path.read_bytes()


def read_folder(folder: Path, scope: Scope | None = None) -> list[ClaimFile | BrokenClaim]:
    """Read every claim in `folder`, in the order of names."""
    return [read_or_broken(path, scope) for path in sorted(folder.glob("*.yaml")) if is_claim(path)]


def read_or_broken(path: Path, scope: Scope | None = None) -> ClaimFile | BrokenClaim:
    """Read one claim; what is wrong with it becomes a value, so that the others still run."""
    try:
        return read_claim(path, scope)
    except HarnessError as error:
        return BrokenClaim(path, error)


def _prefix(path: Path) -> str:
    return path.name.partition("-")[0]


def read_claim(path: Path, scope: Scope | None = None) -> ClaimFile:
    """Read one claim file and find its script. Names that `scope` binds are known beside the paper's.

    Raises:
        FileFaults: everything wrong with it.
    """
    tree = read_tree(path, str(path))
    claim = record(Claim, tree)
    home = paper_folder(path.parent)
    paper = read_paper(home, str(home)) if home else None
    scripts = scripts_of(path)
    faults = [*_files(claim, path, scripts, tree), *_names(claim, scope, tree)]
    for number, check in enumerate(claim.checks):
        faults += _Check(claim, check, ("checks", number), tree, paper).faults()
    faults += _cells(claim, tree, paper)
    if faults:
        raise FileFaults(faults)
    return ClaimFile(claim, path, scripts[0], sha256(tree.data), file_sha256(scripts[0]), paper)


def _files(claim: Claim, path: Path, scripts: list[Path], tree: Tree) -> Iterator[Fault]:
    if not path.name.startswith(f"{claim.id}-"):
        yield Fault(tree.path, tree.line(("id",)), f"the id that the file is named by ({_prefix(path)})", claim.id)
    twins = [
        twin.name for twin in path.parent.glob(f"{_prefix(path)}-*.yaml") if twin.name != path.name and is_claim(twin)
    ]
    if twins:
        found = ", ".join(sorted(twins))
        yield Fault(tree.path, tree.line(("id",)), f"one claim with the id {claim.id}", f"also {found}", "renumber one")
    if len(scripts) != 1:
        found = ", ".join(script.name for script in scripts) or "none"
        todo = f"write def reproduce(bench) in {_prefix(path)}_{path.stem.partition('-')[2].replace('-', '_')}.py"
        yield Fault(tree.path, 0, f"one script {_prefix(path)}_*.py beside it", found, todo)


def _names(claim: Claim, scope: Scope | None, tree: Tree) -> Iterator[Fault]:
    for key, values, known in (
        ("bases", claim.bases, PAPER_BASES | set(scope.bases if scope else ())),
        ("datasets", claim.datasets, PAPER_DATASETS | set(scope.datasets if scope else ())),
    ):
        for number, value in enumerate(values):
            if value not in known:
                yield Fault(tree.path, tree.line((key, number)), f"one of {', '.join(sorted(known))}", value)
    ids = [check.id for check in claim.checks]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            yield Fault(tree.path, tree.line(("checks", number, "id")), "each check id once", f"{name} again")
    if not any(check.required is True for check in claim.checks):
        yield Fault(tree.path, tree.line(("checks",)), "at least one check with required: true", "none")
    if claim.kind == "effectiveness" and not claim.bases:
        yield Fault(tree.path, tree.line(("kind",)), "bases for a claim on effectiveness", "none")


def _cells(claim: Claim, tree: Tree, paper: Paper | None) -> Iterator[Fault]:
    if not claim.cells:
        return
    if paper is None:
        yield Fault(tree.path, tree.line(("cells",)), "a folder paper/ with the cited tables", "none")
        return
    for number, cell in enumerate(claim.cells):
        if cell not in paper.cells:
            yield Fault(tree.path, tree.line(("cells", number)), "a cell of the paper's tables or statements", cell)


@dataclass(frozen=True, slots=True)
class _Check:
    """One check's faults beyond its types."""

    claim: Claim
    check: Check
    place: Place
    tree: Tree
    paper: Paper | None

    def faults(self) -> list[Fault]:
        found = [*self.numbers(), *self.claimed()]
        if self.check.relation == "equals":
            return [*found, *self.counts()]
        return [*found, *self.measured(), *self.sides()]

    def fault(self, key: str, expected: str, found: str, todo: str = "") -> Fault:
        return Fault(self.tree.path, self.tree.line((*self.place, key)), expected, found, todo)

    def numbers(self) -> Iterator[Fault]:
        margin = decimal(self.check.margin)
        if self.check.relation not in MARGINED and margin != 0:
            yield self.fault("margin", f'margin "0" for {self.check.relation}', f'"{self.check.margin}"')
        if self.check.relation in MARGINED and not 0 <= margin < 1:
            yield self.fault("margin", "a margin in [0, 1), a share of the right side", f'"{self.check.margin}"')
        if self.check.required is True and self.check.reason is None:
            yield self.fault("id", "a reason for a required check", "none", "say why this relation and margin")

    def measured(self) -> Iterator[Fault]:
        if self.check.measure is None:
            yield self.fault("id", "a measure", "none")
        if self.check.setting is None:
            yield self.fault("id", "a setting", "none")
        if self.check.measure == RANK_DISTANCE and self.check.setting not in (None, "multilingual"):
            yield self.fault("setting", "multilingual for rank-distance", str(self.check.setting))

    def sides(self) -> Iterator[Fault]:
        if self.check.relation in SIDELESS:
            yield from self.arms("weights", self.check.weights or {})
            if self.check.relation == "contrast" and not self.check.weights:
                yield self.fault("relation", "weights for a contrast", "none")
            return
        sides = []
        for key, side in (("left", self.check.left), ("right", self.check.right)):
            if side is None:
                yield self.fault("id", f"a {key} side", "none")
            else:
                spec = side if isinstance(side, Side) else Side(sampling=side)
                yield from self.arms(key, [spec.sampling])
                if spec.base is not None and spec.base not in self.claim.bases:
                    yield self.fault(key, f"a base of this claim ({', '.join(self.claim.bases)})", spec.base)
                sides.append(spec)
        if len(sides) == 2:  # noqa: PLR2004 - both sides are there
            yield from self.minimal_pair(*sides)

    def minimal_pair(self, left: Side, right: Side) -> Iterator[Fault]:
        factors = [name for name in ("sampling", "base") if getattr(left, name) != getattr(right, name)]
        if len(factors) != 1:
            found = " and ".join(factors) or "none: both sides are the same"
            yield self.fault("left", "sides that differ in one factor", found, "hold the other factor fixed")

    def arms(self, key: str, labels: Iterable[str]) -> Iterator[Fault]:
        for label in labels:
            try:
                arm(label)
            except ValueError as error:
                yield self.fault(key, "a known arm", str(error).partition("expected ")[2])

    def counts(self) -> Iterator[Fault]:
        if self.claim.kind != "counted":
            yield self.fault("relation", "kind: counted for a check that counts", self.claim.kind)
        if not self.check.counts:
            yield self.fault("id", "counts to compare", "none")
        for name, cited in self.check.counts.items():
            yield from self.cited(("counts", name), cited)

    def claimed(self) -> Iterator[Fault]:
        single = len(self.claim.datasets) == 1
        keys = {base if single else f"{dataset}/{base}" for base in self.claim.bases for dataset in self.claim.datasets}
        for name, cited in self.check.claimed.items():
            if name not in keys:
                yield self.fault("claimed", f"one of {', '.join(sorted(keys))}", name)
            yield from self.cited(("claimed", name), cited)

    def cited(self, place: Place, cited: CitedValue | CitedEffect) -> Iterator[Fault]:
        cells = [cited.cell] if isinstance(cited, CitedValue) else [cited.left, cited.right]
        line = self.tree.line((*self.place, *place))
        for cell in cells:
            if self.paper is None or cell not in self.paper.cells:
                yield Fault(self.tree.path, line, "a cell of the paper's tables or statements", cell)
            elif isinstance(cited, CitedValue) and decimal(_plain(self.paper.cells[cell])) != decimal(cited.value):
                expected = f"what {cell} says ({self.paper.cells[cell]})"
                yield Fault(self.tree.path, line, expected, cited.value, "copy the paper's number")


def _plain(number: str) -> str:
    return f"0{number}" if number.startswith(".") else number
