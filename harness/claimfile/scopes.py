"""Scope files: packaged ones by name, others by path.

Beside types, what a scope's parts say together must hold: languages that a part has, one draw of
the Atlas throughout (real files and BEIR folders may be evaluated on beside it), folds that leave
every language partners, regimes and a grid that have a validation split to be judged on and seeds of
their own.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from harness.claimfile.faults import record
from harness.claimfile.tree import read_tree
from harness.data.atlas import FULL_LANGUAGES
from harness.data.lareqa import pins
from harness.errors import Fault, FileFaults, UsageError
from harness.records.folds import withheld_pairs
from harness.records.scope import REAL_LANGUAGES, BeirBinding, DataBinding, LareqaBinding, OtherBinding, Scope
from harness.records.training import ARM_LABELS
from harness.records.tuning import Tuning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.claimfile.tree import Place, Tree
    from harness.records.scope import EvaluationBinding

PACKAGED = "scopes"
EVALUATED = ("xquad-r", "mlqa-r", "miracl")
RESERVED = ("pairs", "parallel", "validation")
"""Names by which plans and verdicts know the texts of training, pre-training and validation."""
OTHERS_KNOW = tuple(sorted({code for languages in REAL_LANGUAGES.values() for code in languages}))


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


def read_scope(path: Path, *, tuned: bool = True) -> Scope:
    """Read one scope file, with what tuning chose for it unless `tuned` is false.

    Raises:
        FileFaults: everything wrong with it.
    """
    tree = read_tree(path, f"{PACKAGED}/{path.name}" if path.parent == _packaged() else str(path))
    scope = record(Scope, tree).beside(path.parent)
    reading = _Reading(scope, tree)
    faults = [*reading.bindings(), *reading.counted(), *reading.recipes(), *reading.folds()]
    faults += [*reading.judged(), *reading.grid(), *reading.chosen()]
    if faults:
        raise FileFaults(faults)
    return with_tuning(scope, path.parent) if tuned else scope


def with_tuning(scope: Scope, folder: Path) -> Scope:
    """Return the scope with what tuning chose, where results lie beside the file; as it is, where none do yet.

    Raises:
        FileFaults: results that cannot be read, or that answer another question than the scope asks.
    """
    path = tuning_file(scope, folder)
    if path is None or not path.is_file():
        return scope
    results = read_tuning(path)
    if scope.grid is not None and results.question != scope.question():
        found = f"results for another one ({results.question[:12]}, the scope asks {scope.question()[:12]})"
        raise FileFaults([Fault(path.name, 0, "results for this scope's grid, bases and data", found, "run make tune")])
    chosen = {base: results.chosen[base] for base in scope.bases if base in results.chosen}
    return scope.model_copy(update={"chosen": chosen, "pilot": results.pilot})


def read_tuning(path: Path) -> Tuning:
    """Return the results of tuning in a file.

    Raises:
        FileFaults: no such results there.
    """
    try:
        return Tuning.model_validate_json(path.read_bytes(), by_alias=True, by_name=False)
    except (OSError, ValueError) as error:
        raise FileFaults([Fault(path.name, 0, "results of tuning", str(error), "run make tune")]) from error


def tuning_of(path: Path, scope: Scope) -> Tuning | None:
    """Return the results of tuning that a scope file names, where they lie beside it."""
    place = tuning_file(scope, path.parent)
    return read_tuning(place) if place is not None and place.is_file() else None


def tuning_file(scope: Scope, folder: Path) -> Path | None:
    """Return where the results of tuning lie that a scope in `folder` names, if it names any."""
    return None if scope.tuning is None else folder / f"{scope.tuning}.tuning.json"


class _Reading:
    """A scope of the right types, beside the data it binds."""

    def __init__(self, scope: Scope, tree: Tree) -> None:
        self.scope, self.tree = scope, tree

    def fault(self, place: Place, expected: str, found: str, todo: str = "") -> Fault:
        return Fault(self.tree.path, self.tree.line(place), expected, found, todo)

    def bindings(self) -> Iterator[Fault]:
        """Refuse parts that a binding cannot be, and languages that a part lacks."""
        for name, binding in self.scope.datasets.items():
            yield from self.evaluated(("datasets", name), binding)
            if name in RESERVED:
                yield self.fault(("datasets", name), f"another name than {', '.join(RESERVED)}", name)
        for key, taught, part in self.taught():
            if isinstance(taught, OtherBinding):
                yield from self.languages((key,), taught, OTHERS_KNOW)
            else:
                yield from self.binding((key,), taught, (part,))
        yield from self.one_draw()
        yield from self.sides()
        for number, language in enumerate(self.scope.training.languages):
            if language not in self.scope.pretraining.languages:
                place = ("training", "languages", number)
                yield self.fault(place, "a language that pretraining covers", language, "add it to pretraining")

    def taught(self) -> Iterator[tuple[str, DataBinding | OtherBinding, str]]:
        """Yield what encoders are made of: the key, its binding and the part that it must be of the Atlas."""
        yield "training", self.scope.training, "pairs"
        yield "pretraining", self.scope.pretraining, "parallel"
        if self.scope.validation is not None:
            yield "validation", self.scope.validation, "validation"

    def sides(self) -> Iterator[Fault]:
        """Refuse, where the other real set trains, tests that have no other one, and withheld pairs."""
        if not isinstance(self.scope.training, OtherBinding):
            return
        for name, binding in self.scope.datasets.items():
            if not isinstance(binding, LareqaBinding):
                yield self.fault(("datasets", name, "source"), "lareqa, which the other set trains for", binding.source)
        if self.scope.folds:
            yield self.fault(("folds",), "no folds where each real set trains for the other", str(self.scope.folds))

    def one_draw(self) -> Iterator[Fault]:
        """Refuse tests of another draw than training is of: what one trains on, the other may test."""
        source = self.scope.training.source
        others: list[tuple[Place, str]] = [((name,), binding.source) for name, binding, _ in self.taught()]
        others += [
            (("datasets", name), binding.source)
            for name, binding in self.scope.datasets.items()
            if isinstance(binding, DataBinding)
        ]
        for place, found in others:
            if found != source:
                expected = f"{source}, the source of training"
                yield self.fault((*place, "source"), expected, found, "bind one draw in a scope")

    def evaluated(self, place: Place, binding: EvaluationBinding) -> Iterator[Fault]:
        """Refuse what a source does not have; what a BEIR folder holds is told when it is read."""
        if isinstance(binding, LareqaBinding):
            yield from self.languages(place, binding, sorted(pins()[binding.part].files))
        elif not isinstance(binding, BeirBinding):
            yield from self.binding(place, binding, EVALUATED)

    def binding(self, place: Place, binding: DataBinding, parts: tuple[str, ...]) -> Iterator[Fault]:
        if binding.part not in parts:
            yield self.fault((*place, "part"), f"part {' or '.join(parts)}", binding.part)
            return
        yield from self.languages(place, binding, FULL_LANGUAGES[binding.part])

    def languages(
        self, place: Place, binding: DataBinding | LareqaBinding | OtherBinding, known: Sequence[str]
    ) -> Iterator[Fault]:
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

    def folds(self) -> Iterator[Fault]:
        """Refuse folds that leave a language of training without partners."""
        languages = self.scope.training.languages
        for fold in range(self.scope.folds) if len(set(languages)) == len(languages) else ():
            try:
                withheld_pairs(languages, self.scope.folds, fold)
            except UsageError as error:
                expected, _, found = str(error).removeprefix("expected ").partition(", found ")
                found, _, todo = found.partition("; ")
                yield self.fault(("folds",), expected, found, todo)
                return

    def judged(self) -> Iterator[Fault]:
        """Refuse regimes of unknown bases, empty ones, and regimes or a grid with nothing to be judged on."""
        for key in ("regimes", "grid"):
            if getattr(self.scope, key) and self.scope.validation is None:
                yield self.fault((key,), f"a binding of validation for {key}", "none", "add validation")
        for name, regime in self.scope.regimes.items():
            yield from self.known(("regimes", name), name)
            if regime.low > regime.high:
                yield self.fault(("regimes", name, "low"), f"at most high ({regime.high:g})", f"{regime.low:g}")

    def known(self, place: Place, base: str) -> Iterator[Fault]:
        if base not in self.scope.bases:
            yield self.fault(place, f"a base of this scope ({', '.join(self.scope.bases)})", base)

    def grid(self) -> Iterator[Fault]:
        """Refuse values out of order or beside the settings, doses amiss, and seeds that are used twice."""
        grid = self.scope.grid
        if grid is None:
            return
        middle = self.scope.settings
        yield from self.axis("learning_rates", grid.learning_rates, "learning_rate", middle.learning_rate)
        yield from self.axis("temperatures", grid.temperatures, "temperature", middle.temperature)
        for name in grid.doses:
            yield from self.known(("grid", "doses", name), name)
        for name in self.scope.bases:
            doses = grid.doses.get(name, ())
            if not doses or len(set(doses)) < len(doses):
                found = ", ".join(map(str, doses)) or "none"
                yield self.fault(("grid", "doses", name), f"doses to try for {name}, each once", found)
        yield from self.own_seeds("seeds", grid.seeds, ())
        yield from self.own_seeds("pilot_seeds", grid.pilot_seeds, grid.seeds)

    def axis(self, key: str, values: Sequence[float], setting: str, fixed: float) -> Iterator[Fault]:
        told = ", ".join(f"{value:g}" for value in values)
        if list(values) != sorted(set(values)):
            yield self.fault(("grid", key), "values from least to greatest, each once", told)
        elif fixed not in {values[(len(values) - 1) // 2], values[len(values) // 2]}:
            yield self.fault(("settings", setting), f"the middle of the grid ({told})", f"{fixed:g}")

    def own_seeds(self, key: str, seeds: Sequence[int], others: Sequence[int]) -> Iterator[Fault]:
        """Refuse seeds that claims are measured with: what was tuned on them would be judged by them."""
        used = max([self.scope.seeds_otherwise, *self.scope.seeds.values()])
        for number, seed in enumerate(seeds):
            place = ("grid", key, number)
            if seed < used:
                yield self.fault(place, f"a seed that no claim is measured with ({used} or more)", str(seed))
            elif seed in others or seed in seeds[:number]:
                yield self.fault(place, "each seed of tuning and pilot once", f"{seed} again")

    def chosen(self) -> Iterator[Fault]:
        """Refuse what tuning has to choose, and choices for what there is not."""
        if self.scope.grid is not None and self.scope.chosen:
            todo = "remove it: the results of tuning lie beside the scope file"
            yield self.fault(("chosen",), "nothing chosen by hand where there is a grid", "chosen", todo)
        for name, chosen in self.scope.chosen.items():
            yield from self.known(("chosen", name), name)
            for label in chosen.arms:
                if label not in ARM_LABELS:
                    yield self.fault(("chosen", name, "arms", label), f"one of {', '.join(ARM_LABELS)}", label)
