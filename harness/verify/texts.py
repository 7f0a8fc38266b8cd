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
from harness.planner import DATA_SOURCE, PAIRS, PARALLEL, SHUFFLED, VALIDATION, source_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from harness.records.judgements import Dataset
    from harness.records.record import Record
    from harness.records.scope import DataBinding, EvaluationBinding, Scope
    from harness.records.texts import PairTexts
    from harness.store import Store

FILE = "texts.json"
Bound = TypeVar("Bound", bound="EvaluationBinding")


class Datasets(Mapping[str, "Dataset"]):
    """Evaluation sets by name, each made when it is first asked for and the same from then on."""

    def __init__(self) -> None:
        """Know of none yet."""
        self._bound: dict[str, EvaluationBinding] = {}
        self._made: dict[str, Dataset] = {}

    def bind(self, name: str, binding: EvaluationBinding) -> None:
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

    The validation split is a dataset like any other.
    """

    store: Store
    datasets: Datasets = field(default_factory=Datasets)
    digests: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    failed: dict[str, HarnessError] = field(default_factory=dict)
    training: DataBinding | None = None

    def make(self, scope: Scope, names: Iterable[str]) -> None:
        """Make and file the evaluation sets in `names`, and what trains the encoders they are for."""
        wanted, bound = list(names), bindings(scope)
        for name in wanted:
            try:
                self._file(name, bound[name], lambda binding: catalogue.evaluation(binding).texts)
                self.datasets.bind(name, bound[name])
            except HarnessError as error:
                self.failed[name] = error
        if len(self.failed) < len(wanted):
            try:
                self._file(PAIRS, scope.training, catalogue.pairs)
                self._file(PARALLEL, scope.pretraining, catalogue.parallel)
                self.training = scope.training
            except HarnessError as error:
                self.failed = dict.fromkeys(wanted, error)

    def shuffle(self) -> str:
        """File the pairs that arms are trained on with their passages exchanged; return their sha256, "" for none.

        Raises:
            HarnessError: they cannot be made.
        """
        if self.training is None:
            return ""
        self._file(SHUFFLED, self.training, lambda binding: shuffled(catalogue.pairs(binding)))
        return self.digests[SHUFFLED]

    @property
    def trained(self) -> PairTexts | None:
        """Return the pairs that arms are trained on, or None where there are none.

        Raises:
            HarnessError: they cannot be made.
        """
        return None if self.training is None else catalogue.pairs(self.training)

    def _file(self, name: str, binding: Bound, make: Callable[[Bound], Record]) -> None:
        """Know a text's digest, and have its file in the store."""
        inputs = {
            "operation": "digest-of-texts",
            "binding": binding.plain(),
            "files": dict(catalogue.files(binding)),
            "part": name if name in {PAIRS, PARALLEL, SHUFFLED} else "evaluation",
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


def bindings(scope: Scope) -> dict[str, EvaluationBinding]:
    """Return what a scope evaluates on, by name; the validation split by the name that texts and places give it."""
    return scope.datasets if scope.validation is None else {**scope.datasets, VALIDATION: scope.validation}
