"""Where in a claim file a person should look for what drifted: the line of the YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.claimfile.tree import Tree, read_tree
from harness.errors import FileFaults

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.claimfile.tree import Place
    from harness.records.gate import Compared, Drift, Rule

ACCEPTED: frozenset[Rule] = frozenset({"status", "outcome", "verification", "cause"})
"""Drift that stands beside what `accepted.<scope>` in the claim file says."""


def placed(compared: Compared, claims: Path, current: Path) -> Compared:
    """Return the same with path and line at each drift.

    A claim without a file, or whose file is no YAML, is pointed at by the verdict's file.
    """
    if not compared.drifts:
        return compared
    path = next(iter(sorted(claims.glob(f"{compared.claim}-*.yaml"))), None)
    verdict = current / f"{'.'.join(filter(None, (compared.claim, compared.scope)))}.json"
    if path is None:
        return _at(compared, [one.model_copy(update={"path": str(verdict)}) for one in compared.drifts])
    try:
        tree = read_tree(path, str(path))
    except FileFaults:  # the claim's own run tells what is wrong with it; the gate still says where it is
        return _at(compared, [one.model_copy(update={"path": str(path)}) for one in compared.drifts])
    lines = [tree.line(_place(one, compared.scope, tree)) for one in compared.drifts]
    pairs = zip(compared.drifts, lines, strict=True)
    return _at(compared, [one.model_copy(update={"path": str(path), "line": line}) for one, line in pairs])


def _at(compared: Compared, drifts: Sequence[Drift]) -> Compared:
    return compared.model_copy(update={"drifts": tuple(drifts)})


def _place(drift: Drift, scope: str, tree: Tree) -> Place:
    """Return where a drift is about; what the file does not have is looked for as deep as it goes."""
    if drift.check is not None:
        checks = tree.value.get("checks") if isinstance(tree.value, dict) else None
        ids = [one.get("id") if isinstance(one, dict) else None for one in checks] if isinstance(checks, list) else []
        if drift.check not in ids:
            return ("checks",)
        return ("checks", ids.index(drift.check), "margin" if "margin" in drift.says else "id")
    if drift.rule in ACCEPTED:
        return ("accepted", scope, drift.rule)
    return ("accepted", scope) if drift.rule != "invalid-document" else ("id",)
