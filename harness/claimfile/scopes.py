"""Scope files: packaged ones by name, others by path."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from harness.claimfile.faults import record
from harness.claimfile.tree import read_tree
from harness.errors import Fault, FileFaults, UsageError
from harness.records.scope import DataBinding, Scope

PACKAGED = "scopes"


def packaged_scopes() -> tuple[str, ...]:
    """Return the names of the scopes that come with the package."""
    folder = resources.files("harness") / PACKAGED
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def find_scope(named: str) -> Path:
    """Return the file of a scope given by name or by path.

    Raises:
        UsageError: neither a packaged name nor a file.
    """
    if named in packaged_scopes():
        return Path(str(resources.files("harness") / PACKAGED / f"{named}.yaml"))
    path = Path(named)
    if path.is_file():
        return path
    raise UsageError(f"--scope: expected one of {', '.join(packaged_scopes())} or a file, found {named!r}")


def read_scope(path: Path) -> Scope:
    """Read one scope file.

    Raises:
        FileFaults: everything wrong with it.
    """
    tree = read_tree(path, str(path) if path.parent.name != PACKAGED else f"{PACKAGED}/{path.name}")
    scope = record(Scope, tree)
    faults = []
    bindings: dict[tuple[str, ...], DataBinding] = {("training",): scope.training, ("pretraining",): scope.pretraining}
    bindings |= {("datasets", name): binding for name, binding in scope.datasets.items()}
    for place, binding in bindings.items():
        if len(set(binding.languages)) != len(binding.languages):
            line = tree.line((*place, "languages"))
            faults.append(Fault(tree.path, line, "each language once", ", ".join(binding.languages)))
    for language in scope.training.languages:
        if language not in scope.pretraining.languages:
            line = tree.line(("training", "languages"))
            faults.append(Fault(tree.path, line, "languages that pretraining covers", language))
    for name, recipe in scope.bases.items():
        if recipe.shortest > recipe.longest:
            line = tree.line(("bases", name, "shortest"))
            faults.append(Fault(tree.path, line, f"at most longest ({recipe.longest})", str(recipe.shortest)))
        if recipe.dimensions > recipe.width:
            line = tree.line(("bases", name, "dimensions"))
            faults.append(Fault(tree.path, line, f"at most width ({recipe.width})", str(recipe.dimensions)))
    if faults:
        raise FileFaults(faults)
    return scope
