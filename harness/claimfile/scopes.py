"""Scope files: packaged ones by name, others by path."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from harness.claimfile.faults import record
from harness.claimfile.tree import read_tree
from harness.data.atlas import FULL_LANGUAGES
from harness.data.lareqa import pins
from harness.errors import Fault, FileFaults, UsageError
from harness.records.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.claimfile.tree import Place, Tree
    from harness.records.scope import DataBinding

PACKAGED = "scopes"
EVALUATED = ("xquad-r", "mlqa-r")


def _packaged() -> Path:
    return Path(str(resources.files("harness") / PACKAGED))


def packaged_scopes() -> tuple[str, ...]:
    """Return the names of the scopes that come with the package."""
    return tuple(sorted(path.stem for path in _packaged().glob("*.yaml")))


def find_scope(named: str) -> Path:
    """Return the file of a scope given by name or by path.

    Raises:
        UsageError: neither a packaged name nor a file.
    """
    if named in packaged_scopes():
        return _packaged() / f"{named}.yaml"
    path = Path(named)
    if path.is_file():
        return path
    raise UsageError(f"--scope: expected one of {', '.join(packaged_scopes())} or a file, found {named!r}")


def read_scope(path: Path) -> Scope:
    """Read one scope file.

    Raises:
        FileFaults: everything wrong with it.
    """
    tree = read_tree(path, f"{PACKAGED}/{path.name}" if path.parent == _packaged() else str(path))
    scope = record(Scope, tree)
    reading = _Reading(scope, tree)
    faults = [*reading.bindings(), *reading.counted(), *reading.recipes()]
    if faults:
        raise FileFaults(faults)
    return scope


class _Reading:
    """A scope of the right types, beside the data it binds."""

    def __init__(self, scope: Scope, tree: Tree) -> None:
        self.scope, self.tree = scope, tree

    def fault(self, place: Place, expected: str, found: str, todo: str = "") -> Fault:
        return Fault(self.tree.path, self.tree.line(place), expected, found, todo)

    def bindings(self) -> Iterator[Fault]:
        """Refuse parts that a binding cannot be, and languages that a part lacks."""
        for name, binding in self.scope.datasets.items():
            yield from self.binding(("datasets", name), binding, EVALUATED)
        yield from self.binding(("training",), self.scope.training, ("pairs",))
        yield from self.binding(("pretraining",), self.scope.pretraining, ("parallel",))
        for number, language in enumerate(self.scope.training.languages):
            if language not in self.scope.pretraining.languages:
                place = ("training", "languages", number)
                yield self.fault(place, "a language that pretraining covers", language, "add it to pretraining")

    def binding(self, place: Place, binding: DataBinding, parts: tuple[str, ...]) -> Iterator[Fault]:
        if binding.part not in parts:
            yield self.fault((*place, "part"), f"part {' or '.join(parts)}", binding.part)
            return
        known = FULL_LANGUAGES[binding.part]
        for number, language in enumerate(binding.languages):
            where = (*place, "languages", number)
            if language in binding.languages[:number]:
                yield self.fault(where, "each language once", f"{language} again", "remove one")
            elif language not in known:
                yield self.fault(where, f"a language of {binding.source} {binding.part} ({', '.join(known)})", language)

    def counted(self) -> Iterator[Fault]:
        """Refuse files that nobody knows."""
        for name, binding in self.scope.counted.items():
            if binding.part not in pins():
                yield self.fault(("counted", name, "part"), f"one of {', '.join(sorted(pins()))}", binding.part)

    def recipes(self) -> Iterator[Fault]:
        """Refuse encoders that cannot be built, and a scope that binds nothing."""
        if not self.scope.bases:
            yield self.fault(("bases",), "at least one base", "none")
        for name, recipe in self.scope.bases.items():
            if recipe.shortest > recipe.longest:
                expected = f"at most longest ({recipe.longest})"
                yield self.fault(("bases", name, "shortest"), expected, str(recipe.shortest))
            if recipe.dimensions > recipe.width:
                yield self.fault(
                    ("bases", name, "dimensions"), f"at most width ({recipe.width})", str(recipe.dimensions)
                )
