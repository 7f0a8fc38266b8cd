"""The bench: the vocabulary of a claim's script, in its planning form.

Every call returns a handle and records what was asked; no call returns a number, so a script
cannot look at a result, choose by it, or hand in one of its own as measured. The harness then
makes the cells that were asked for, once for all claims. A call that asks wrongly raises a
ScriptError that says what was expected; nothing of it is recorded.

Limits: this guards against mistakes. A script that reaches past these calls is stopped by the
process it runs in and by the court, never by the bench.
"""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from pydantic import ValidationError

from harness.errors import ScriptError
from harness.records.asked import (
    Asked,
    CountRequest,
    EmitRequest,
    EncodeReleased,
    EncodeRequest,
    LoadRequest,
    RetrieveReleased,
    RetrieveRequest,
    TrainRequest,
)
from harness.records.claim import SETTINGS, Setting
from harness.records.folds import held_out
from harness.records.training import Arm, arm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.records.asked import BenchView, Request

CALLS = ("each", "train", "load", "encode", "retrieve", "withheld_pairs", "count", "emit")
NAMES = ("bases", "samplings", "seeds", "datasets", "folds")
PAIRED: Setting = "crosslingual"
R = TypeVar("R", bound="Request")
K = TypeVar("K", bound="str | int")


@dataclass(frozen=True, slots=True)
class Encoder:
    """Stands for an encoder that will have been trained."""

    request: TrainRequest


@dataclass(frozen=True, slots=True)
class Loaded:
    """Stands for a released encoder."""

    request: LoadRequest


@dataclass(frozen=True, slots=True)
class Vectors:
    """Stands for the vectors of one dataset by one encoder."""

    request: EncodeRequest | EncodeReleased


@dataclass(frozen=True, slots=True)
class Pairs:
    """Stands for the language pairs that one fold withholds from cross-lingual batches."""

    fold: int


class Bench:
    """Records what one script asks for."""

    def __init__(self, view: BenchView) -> None:
        """Show the names in `view`."""
        self._view = view
        self._requests: dict[Request, None] = {}

    @property
    def bases(self) -> tuple[str, ...]:
        """Return the bases that the claim names."""
        return self._view.bases

    @property
    def samplings(self) -> tuple[str, ...]:
        """Return the arms that the claim's checks compare."""
        return self._view.samplings

    @property
    def seeds(self) -> tuple[int, ...]:
        """Return the seeds that each arm is trained with."""
        return self._view.seeds

    @property
    def datasets(self) -> tuple[str, ...]:
        """Return the datasets that the claim names."""
        return self._view.datasets

    @property
    def folds(self) -> tuple[int, ...]:
        """Return the folds that language pairs are withheld in; none where the scope withholds no pairs."""
        return tuple(range(self._view.folds))

    def each(self, *axes: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        """Return every combination of the axes' values, the last axis fastest."""
        for axis in axes:
            # a string would be taken letter by letter
            if isinstance(axis, str) or not hasattr(axis, "__iter__"):
                raise ScriptError(f"each: expected a list of values per axis, found {axis!r}; write ({axis!r},)")
        return itertools.product(*axes)

    def withheld_pairs(self, fold: int) -> Pairs:
        """Name the language pairs of one fold, for `train(held_out_pairs=)` and `retrieve(pairs=)`."""
        if not self.folds:
            raise ScriptError("withheld_pairs: expected a scope that withholds language pairs, found one without folds")
        return Pairs(_known("withheld_pairs", "fold", fold, self.folds))

    def train(
        self, base: str, *, sampling: str, seed: int, alpha: float | None = None, held_out_pairs: Pairs | None = None
    ) -> Encoder:
        """Ask for one encoder: `base` trained with batches filled by `sampling`.

        `alpha` is the probability of a monolingual batch; for `hybrid` alone, 0.5 if not given.
        `held_out_pairs` are the language pairs that no cross-lingual batch may hold.
        """
        base = _known("train", "base", base, self.bases)
        seed = _known("train", "seed", seed, self.seeds)
        chosen = _arm(sampling, alpha)
        fold = self._fold("train", "held_out_pairs", held_out_pairs)
        if held_out(chosen.label, fold) != fold:
            raise ScriptError(
                f"train: expected held_out_pairs with an arm that has cross-lingual batches, found {chosen.label}, "
                "which has none to withhold them from; train it once, without, and retrieve it for every fold"
            )
        return Encoder(self._ask(TrainRequest(base=base, arm=chosen, seed=seed, held_out=fold)))

    def load(self, name_or_path: str) -> Loaded:
        """Ask for a released encoder: a name on Hugging Face, or a folder, relative to that of the script.

        No check compares it; what it reaches stands in the tables beside what is trained.
        """
        try:
            return Loaded(self._ask(LoadRequest(model=name_or_path)))
        except ValidationError:
            raise ScriptError(f"load: expected the name or the folder of an encoder, found {name_or_path!r}") from None

    def encode(self, encoder: Encoder | Loaded, dataset: str) -> Vectors:
        """Ask for one vector per query and passage of `dataset`."""
        dataset = _known("encode", "dataset", dataset, self.datasets)
        if isinstance(encoder, Loaded):
            released = self._handed("encode", encoder, Loaded, "load")
            return Vectors(self._ask(EncodeReleased(encoder=released, dataset=dataset)))
        request = self._handed("encode", encoder, Encoder, "train")
        return Vectors(self._ask(EncodeRequest(encoder=request, dataset=dataset)))

    def retrieve(self, vectors: Vectors, *, setting: Setting, pairs: Pairs | None = None) -> None:
        """Have the court rank and measure `vectors` in one setting; `pairs` keeps the rows of these languages only."""
        setting = _known("retrieve", "setting", setting, SETTINGS)
        request = self._handed("retrieve", vectors, Vectors, "encode")
        if isinstance(request, EncodeReleased):
            if pairs is not None:
                raise ScriptError("retrieve: expected pairs with a trained encoder, found them with a released one")
            self._ask(RetrieveReleased(vectors=request, setting=setting))
            return
        fold, without = self._fold("retrieve", "pairs", pairs), request.encoder.held_out
        if fold is not None and setting != PAIRED:
            raise ScriptError(f"retrieve: expected pairs with setting {PAIRED!r} alone, found them with {setting!r}")
        if fold is not None and without not in {None, fold}:
            raise ScriptError(
                f"retrieve: expected the pairs withheld from this encoder (fold {without}), "
                f"found those of fold {fold}; it was trained on some of them"
            )
        self._ask(RetrieveRequest(vectors=request, setting=setting, fold=fold))

    def count(self, dataset: str, what: str) -> None:
        """Have the court count a fact about the real files of `dataset`."""
        dataset = _known("count", "dataset", dataset, self.datasets)
        try:
            request = CountRequest(dataset=dataset, what=what)
        except ValidationError:
            raise ScriptError(f"count: expected the name of a thing to count, found {what!r}") from None
        self._ask(request)

    def emit(self, name: str, value: float) -> None:
        """Put down a number that the script made itself; it never verifies a claim on effectiveness."""
        if type(value) not in {int, float} or not abs(value) <= sys.float_info.max:  # NaN is not <= either
            raise ScriptError(f"emit: expected a finite number for {name!r}, found {value!r}")
        try:
            request = EmitRequest(name=name, value=float(value))
        except ValidationError:
            raise ScriptError(f"emit: expected a name of letters, digits and @._+-, found {name!r}") from None
        for other in self._requests:
            if isinstance(other, EmitRequest) and other.name == name and other != request:
                raise ScriptError(f"emit: expected one value of {name!r}, found {other.value:g} and {value:g}")
        self._ask(request)

    def asked(self) -> Asked:
        """Return everything asked for, in order, each once."""
        return Asked(requests=tuple(self._requests))

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse a word that the bench does not have, in words of the script's author."""
        if name.startswith("_"):
            raise AttributeError(name)
        known = ", ".join((*NAMES, *CALLS))
        raise ScriptError(f"expected one of {known} after 'bench.', found {name!r}")

    def _ask(self, request: R) -> R:
        self._requests[request] = None
        return request

    def _fold(self, call: str, key: str, pairs: Pairs | None) -> int | None:
        """Return the fold behind pairs, if there are any."""
        if pairs is None:
            return None
        if not isinstance(pairs, Pairs):
            raise ScriptError(f"{call}: expected {key} as bench.withheld_pairs returned them, found {pairs!r}")
        return _known(call, "fold", pairs.fold, self.folds)

    def _handed(self, call: str, handle: Any, kind: type, maker: str) -> Any:
        """Return the request behind a handle that this bench gave out."""
        if not isinstance(handle, kind):
            raise ScriptError(f"{call}: expected what bench.{maker} returned, found {handle!r}")
        request = handle.request  # type: ignore[attr-defined]  # both kinds of handle have one
        if request not in self._requests:
            raise ScriptError(f"{call}: expected what bench.{maker} of this bench returned, found a handle of its own")
        return request


def _arm(sampling: str, alpha: float | None) -> Arm:
    if not isinstance(sampling, str):
        raise ScriptError(f"train: expected a sampling in words, found {sampling!r}")
    if alpha is not None and sampling != "hybrid":
        raise ScriptError(f"train: expected alpha with sampling 'hybrid' alone, found it with {sampling!r}")
    if alpha is not None and type(alpha) not in {int, float}:
        raise ScriptError(f"train: expected alpha as a number in 0..1, found {alpha!r}")
    try:
        return arm(sampling if alpha is None else f"hybrid@{alpha}")
    except ValueError as error:
        raise ScriptError(f"train: {error}") from None


def _known(call: str, kind: str, value: object, known: Iterable[K]) -> K:
    """Return the known value that `value` equals; True is not 1 here."""
    for name in known:
        if type(value) is type(name) and value == name:
            return name
    names = ", ".join(str(name) for name in known) or "none"
    raise ScriptError(f"{call}: expected a {kind} of this claim and scope ({names}), found {value!r}")
