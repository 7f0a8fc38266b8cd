"""The texts that cells need, filed in the store under their sha256, and the judgements that stay here.

The lab finds its texts by digest and gets nothing else of a dataset. What a binding comes to is a
function of the data room's source, its templates, the version of Babel and the files it is made of;
so the digest is remembered under those, and a dataset is made anew only for those who ask what is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, TypeVar

from harness.codec import canonical, digest
from harness.court.remembered import remembered
from harness.data import catalogue
from harness.data.shuffled import shuffled
from harness.errors import EntryDamaged, HarnessError
from harness.planner import DATA_SOURCE, PAIRS, PARALLEL, SHUFFLED, source_digest
from harness.records.scope import VALIDATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from harness.records.judgements import Dataset
    from harness.records.record import Record
    from harness.records.scope import EvaluationBinding, Scope, Side, SideBinding
    from harness.records.texts import PairTexts
    from harness.store import Store

FILE = "texts.json"
Bound = TypeVar("Bound", bound="EvaluationBinding | SideBinding")
EVALUATION = "evaluation"


class Datasets(Mapping[str, "Dataset"]):
    """Evaluation sets by name, each made when it is first asked for and the same from then on."""

    def __init__(self) -> None:
        """Know of none yet."""
        self._bound: dict[str, EvaluationBinding | SideBinding] = {}
        self._made: dict[str, Dataset] = {}

    def bind(self, name: str, binding: EvaluationBinding | SideBinding) -> None:
        """Know of one more."""
        self._bound[name] = binding
        self._made.pop(name, None)

    def __getitem__(self, name: str) -> Dataset:
        """Return one set.

        Raises:
            HarnessError: it cannot be made.
        """
        if name not in self._made:
            self._made[name] = catalogue.evaluation(self._bound[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names, making nothing."""
        return iter(self._bound)

    def __len__(self) -> int:
        """Return how many are known."""
        return len(self._bound)


@dataclass(slots=True)
class Texts:
    """What there is: datasets by name, sha256 by name, files by sha256; and what could not be made, by dataset.

    A validation split is a dataset like any other. `sides` are those whose pairs and parallel texts are made.
    """

    store: Store
    datasets: Datasets = field(default_factory=Datasets)
    digests: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    failed: dict[str, HarnessError] = field(default_factory=dict)
    sides: dict[str, Side] = field(default_factory=dict)

    def make(self, scope: Scope, names: Iterable[str]) -> None:
        """Make and file the evaluation sets in `names`, and what trains the encoders they are for."""
        bound = bindings(scope)
        sides: dict[str, Side] = {}
        of_side: dict[str, list[str]] = {}
        for name in names:
            side = scope.side(name)
            of_side.setdefault(side.name, []).append(name)
            try:
                self._file(name, EVALUATION, bound[name], lambda binding: catalogue.evaluation(binding).texts)
                self.datasets.bind(name, bound[name])
                sides[side.name] = side
            except HarnessError as error:
                self.failed[name] = error
        for name, side in sides.items():
            try:
                self._file(side.text(PAIRS), PAIRS, side.training, catalogue.pairs)
                self._file(side.text(PARALLEL), PARALLEL, side.pretraining, catalogue.parallel)
                self.sides[name] = side
            except HarnessError as error:
                self.failed |= dict.fromkeys(of_side[name], error)

    def shuffle(self) -> dict[str, str]:
        """File the pairs that arms are trained on with their passages exchanged.

        Returns the sha256 that stands in the place of each side's pairs, by the name of those.

        Raises:
            HarnessError: they cannot be made.
        """
        for side in self.sides.values():
            name = side.text(SHUFFLED)
            self._file(name, SHUFFLED, side.training, lambda binding: shuffled(catalogue.pairs(binding)))
        return {side.text(PAIRS): self.digests[side.text(SHUFFLED)] for side in self.sides.values()}

    def trained(self, side: Side) -> PairTexts | None:
        """Return the pairs that the arms of a side are trained on, or None where there are none.

        Raises:
            HarnessError: they cannot be made.
        """
        return catalogue.pairs(side.training) if side.name in self.sides else None

    def _file(self, name: str, kind: str, binding: Bound, make: Callable[[Bound], Record]) -> None:
        """Know a text's digest, and have its file in the store."""
        inputs = {
            "operation": "digest-of-texts",
            "binding": binding.plain(),
            "files": dict(catalogue.files(binding)),
            "part": kind,
            "source": source_digest(DATA_SOURCE),
            "babel": metadata.version("babel"),
        }
        sha256 = remembered(self.store, inputs, lambda: make(binding).fingerprint(), str, _read_digest)
        key = digest({"operation": "texts", "sha256": sha256})
        folder = self._kept(key)
        if folder is None:
            fresh = self.store.underway()
            (fresh / FILE).write_bytes(canonical(make(binding).plain()))
            folder = self.store.put(key, fresh, {"operation": "texts", "name": name})
        self.digests[name] = sha256
        self.files[sha256] = folder / FILE

    def _kept(self, key: str) -> Path | None:
        try:
            return self.store.find(key)
        except EntryDamaged:
            self.store.set_aside(key)
            return None


def _read_digest(told: object) -> str:
    if not isinstance(told, str):
        msg = f"expected a digest, found {told!r}"
        raise TypeError(msg)
    return told


def bindings(scope: Scope) -> dict[str, EvaluationBinding | SideBinding]:
    """Return what a scope evaluates on, by name; validation splits by the names that texts and places give them."""
    found: dict[str, EvaluationBinding | SideBinding] = {**scope.datasets}
    for side in scope.sides():
        if side.validation is not None:
            found[side.text(VALIDATION)] = side.validation
    return found
