"""The bench: the vocabulary of a claim's script, in its planning form.

Every call returns a handle and records what was asked; no call returns a number, so a script
cannot look at a result, choose by it, or hand in one of its own as measured. The harness then
makes the cells that were asked for, once for all claims.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, get_args

from harness.errors import ScriptError
from harness.records.claim import Setting
from harness.records.plan import (
    Arm,
    Asked,
    CountRequest,
    EmitRequest,
    EncodeRequest,
    RetrieveRequest,
    TrainRequest,
    arm,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.records.plan import BenchView, Request

SETTINGS = get_args(Setting)
R = TypeVar("R", bound="Request")


@dataclass(frozen=True, slots=True)
class Encoder:
    """Stands for an encoder that will have been trained."""

    request: TrainRequest


@dataclass(frozen=True, slots=True)
class Vectors:
    """Stands for the vectors of one dataset by one encoder."""

    request: EncodeRequest


class Bench:
    """Records what one script asks for."""

    def __init__(self, view: BenchView) -> None:
        """Show the names in `view`."""
        self.bases = view.bases
        self.samplings = view.samplings
        self.seeds = view.seeds
        self.datasets = view.datasets
        self._requests: dict[Request, None] = {}

    def each(self, *axes: Iterable[object]) -> Iterator[tuple[object, ...]]:
        """Return every combination of the axes' values, the last axis fastest."""
        return itertools.product(*axes)

    def train(self, base: str, *, sampling: str, seed: int, alpha: float | None = None) -> Encoder:
        """Ask for one encoder: `base` trained with batches filled by `sampling`.

        `alpha` is the probability of a monolingual batch; for `hybrid` alone, 0.5 if not given.
        """
        self._known("base", base, self.bases)
        self._known("seed", seed, self.seeds)
        return Encoder(self._ask(TrainRequest(base=base, arm=self._arm(sampling, alpha), seed=seed)))

    def encode(self, encoder: Encoder, dataset: str) -> Vectors:
        """Ask for one vector per query and passage of `dataset`."""
        self._known("dataset", dataset, self.datasets)
        if not isinstance(encoder, Encoder):
            raise ScriptError(f"encode: expected what bench.train returned, found {type(encoder).__name__}")
        return Vectors(self._ask(EncodeRequest(encoder=encoder.request, dataset=dataset)))

    def retrieve(self, vectors: Vectors, *, setting: str) -> None:
        """Have the court rank and measure `vectors` in one setting."""
        self._known("setting", setting, SETTINGS)
        if not isinstance(vectors, Vectors):
            raise ScriptError(f"retrieve: expected what bench.encode returned, found {type(vectors).__name__}")
        self._ask(RetrieveRequest(vectors=vectors.request, setting=setting))

    def count(self, dataset: str, what: str) -> None:
        """Have the court count a fact about the real files of `dataset`."""
        self._known("dataset", dataset, self.datasets)
        self._ask(CountRequest(dataset=dataset, what=what))

    def emit(self, name: str, value: float) -> None:
        """Put down a number that the script made itself; it never verifies a claim on effectiveness."""
        self._ask(EmitRequest(name=name, value=float(value)))

    def asked(self) -> Asked:
        """Return everything asked for, in order, each once."""
        return Asked(requests=tuple(self._requests))

    def _arm(self, sampling: str, alpha: float | None) -> Arm:
        try:
            found = arm(sampling)
            if alpha is None:
                return found
            if sampling != "hybrid":
                raise ScriptError(f"train: alpha belongs to sampling 'hybrid', found it with {sampling!r}")
            return arm(f"hybrid@{alpha}")
        except (ValueError, TypeError) as error:
            raise ScriptError(f"train: {error}") from error

    def _ask(self, request: R) -> R:
        self._requests[request] = None
        return request

    @staticmethod
    def _known(kind: str, value: object, known: Iterable[object]) -> None:
        if value not in tuple(known):
            names = ", ".join(str(name) for name in known) or "none"
            raise ScriptError(f"expected a {kind} of this claim and scope ({names}), found {value!r}")
