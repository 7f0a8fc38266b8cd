"""The texts that cells need, filed in the store under their sha256, and the judgements that stay here.

The lab finds its texts by digest and gets nothing else of a dataset.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.codec import canonical, digest
from harness.data import catalogue
from harness.errors import EntryDamaged, HarnessError
from harness.planner import PAIRS, PARALLEL, VALIDATION

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.records.judgements import Dataset
    from harness.records.record import Record
    from harness.records.scope import DataBinding, Scope
    from harness.records.texts import PairTexts
    from harness.store import Store

FILE = "texts.json"


@dataclass(slots=True)
class Texts:
    """What was made: datasets by name, sha256 by name, files by sha256; and what could not be, by dataset.

    The validation split is a dataset like any other; `trained` are the pairs that arms are trained on.
    """

    store: Store
    trained: PairTexts | None = None
    datasets: dict[str, Dataset] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    failed: dict[str, HarnessError] = field(default_factory=dict)

    def make(self, scope: Scope, names: Iterable[str]) -> None:
        """Make and file the evaluation sets in `names`, and what trains the encoders they are for."""
        wanted, bound = list(names), bindings(scope)
        for name in wanted:
            try:
                self.datasets[name] = catalogue.evaluation(bound[name])
                self._file(name, self.datasets[name].texts)
            except HarnessError as error:
                self.failed[name] = error
        if len(self.failed) < len(wanted):
            try:
                self.trained = catalogue.pairs(scope.training)
                self._file(PAIRS, self.trained)
                self._file(PARALLEL, catalogue.parallel(scope.pretraining))
            except HarnessError as error:
                self.failed = dict.fromkeys(wanted, error)

    def _file(self, name: str, texts: Record) -> None:
        sha256 = texts.fingerprint()
        key = digest({"operation": "texts", "sha256": sha256})
        folder = self._kept(key)
        if folder is None:
            fresh = self.store.underway()
            (fresh / FILE).write_bytes(canonical(texts.plain()))
            folder = self.store.put(key, fresh, {"operation": "texts", "name": name})
        self.digests[name] = sha256
        self.files[sha256] = folder / FILE

    def _kept(self, key: str) -> Path | None:
        try:
            return self.store.find(key)
        except EntryDamaged:
            self.store.set_aside(key)
            return None


def bindings(scope: Scope) -> dict[str, DataBinding]:
    """Return what a scope evaluates on, by name; the validation split by the name that texts and places give it."""
    return scope.datasets if scope.validation is None else {**scope.datasets, VALIDATION: scope.validation}
