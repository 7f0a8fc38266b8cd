"""What a script asked for, and the cells that answer it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from harness.codec import digest
from harness.records.claim import Setting
from harness.records.record import Language, Name, Record, SealStatus
from harness.records.scope import Recipe, Settings

HALF = 0.5
ARM_LABELS = ("x-x-mono", "x-y", "hybrid")
DECIMALS = 4
ALPHA = re.compile(r"[01]|[01]?\.[0-9]+")


class Arm(Record):
    """How batches are filled. `alpha` is set exactly when `sampling` is `hybrid`, to at most 4 decimals."""

    sampling: Literal["x-x-mono", "x-y", "hybrid"]
    alpha: float | None = None

    @model_validator(mode="after")
    def _one_label_each(self) -> Arm:
        if (self.alpha is not None) != (self.sampling == "hybrid"):
            msg = f"expected alpha exactly with hybrid, found {self.alpha} with {self.sampling}"
            raise ValueError(msg)
        if self.alpha is not None and not _told_apart(self.alpha):
            msg = f"expected alpha in [0, 1] with at most {DECIMALS} decimals, found {self.alpha}"
            raise ValueError(msg)
        return self

    @property
    def label(self) -> str:
        """Return `x-x-mono`, `x-y`, `hybrid` (alpha 0.5) or `hybrid@<alpha>`."""
        if self.alpha is None or self.alpha == HALF:
            return self.sampling
        return f"hybrid@{self.alpha:g}"


def _told_apart(alpha: float) -> bool:
    """Tell whether a label can say alpha exactly; two arms under one label would be mixed up."""
    return 0 <= alpha <= 1 and round(alpha, DECIMALS) == alpha


def arm(label: str) -> Arm:
    """Return the arm that a label names.

    Raises:
        ValueError: no such arm, or an alpha outside [0, 1] or with more than 4 decimals.
    """
    if label == "hybrid":
        return Arm(sampling="hybrid", alpha=HALF)
    if label == "x-x-mono":
        return Arm(sampling="x-x-mono")
    if label == "x-y":
        return Arm(sampling="x-y")
    name, _, number = label.partition("@")
    if name == "hybrid" and ALPHA.fullmatch(number) and _told_apart(float(number)):
        return Arm(sampling="hybrid", alpha=float(number))
    known = ", ".join(ARM_LABELS)
    msg = f"expected one of {known} or hybrid@<alpha in 0..1, at most {DECIMALS} decimals>, found {label!r}"
    raise ValueError(msg)


class BaseRequest(Record):
    """A base as pre-training left it, before any contrastive training; the harness asks for it, no script."""

    op: Literal["base"] = "base"
    base: Name
    seed: int = Field(ge=0)


class TrainRequest(Record):
    """Train one encoder. `held_out` is the fold whose language pairs no cross-lingual batch may hold."""

    op: Literal["train"] = "train"
    base: Name
    arm: Arm
    seed: int = Field(ge=0)
    held_out: int | None = Field(default=None, ge=0)


class EncodeRequest(Record):
    """Encode one dataset with an encoder."""

    op: Literal["encode"] = "encode"
    encoder: Annotated[TrainRequest | BaseRequest, Field(discriminator="op")]
    dataset: Name


class RetrieveRequest(Record):
    """Have the court measure vectors in one setting; `fold` keeps the language pairs of one fold only."""

    op: Literal["retrieve"] = "retrieve"
    vectors: EncodeRequest
    setting: Setting
    fold: int | None = Field(default=None, ge=0)


class CountRequest(Record):
    """Have the court count a fact about data."""

    op: Literal["count"] = "count"
    dataset: Name
    what: Name


class EmitRequest(Record):
    """A number that the script made itself; it can never verify a claim on effectiveness."""

    op: Literal["emit"] = "emit"
    name: Name
    value: float


Request = Annotated[
    TrainRequest | EncodeRequest | RetrieveRequest | CountRequest | EmitRequest,
    Field(discriminator="op"),
]


class Asked(Record):
    """Everything one claim's script asked for, in its order, each once."""

    requests: tuple[Request, ...]

    @property
    def retrievals(self) -> tuple[RetrieveRequest, ...]:
        """Return what the court is to measure."""
        return tuple(request for request in self.requests if isinstance(request, RetrieveRequest))

    @property
    def counts(self) -> tuple[CountRequest, ...]:
        """Return what the court is to count."""
        return tuple(request for request in self.requests if isinstance(request, CountRequest))

    @property
    def emitted(self) -> tuple[EmitRequest, ...]:
        """Return the numbers that the script made itself."""
        return tuple(request for request in self.requests if isinstance(request, EmitRequest))


class BenchView(Record):
    """What a planning bench shows a script: names, never data."""

    bases: tuple[str, ...]
    samplings: tuple[str, ...]
    seeds: tuple[int, ...]
    datasets: tuple[str, ...]
    folds: int = 0


class PretrainCell(Record):
    """Pre-train one base on parallel texts."""

    op: Literal["pretrain"] = "pretrain"
    recipe: Recipe
    seed: int
    texts: str


class TrainCell(Record):
    """Train one arm from one base on question-passage pairs; `withheld` pairs of languages share no row."""

    op: Literal["train"] = "train"
    base: PretrainCell
    arm: Arm
    settings: Settings
    seed: int
    texts: str
    withheld: tuple[tuple[Language, Language], ...] = ()


class EncodeCell(Record):
    """Encode one evaluation set with one encoder, or with a base as it is."""

    op: Literal["encode"] = "encode"
    encoder: Annotated[TrainCell | PretrainCell, Field(discriminator="op")]
    texts: str


class Cell(Record):
    """One unit of lab work with its place in the store.

    `texts` inside `work` is a sha256, so the key depends on every byte that goes in. `source` is
    the digest of the lab's own files, `versions` of what they compute with; `seal` is how it is kept
    in, so that what was made without a seal never serves a sealed run.
    """

    work: Annotated[PretrainCell | TrainCell | EncodeCell, Field(discriminator="op")]
    label: str
    source: str
    versions: dict[str, str]
    seal: SealStatus

    @cached_property
    def key(self) -> str:
        """Return the cell's content address; the label is for people and no part of it."""
        return digest({key: value for key, value in self.plain().items() if key != "label"})

    @property
    def parent(self) -> Cell | None:
        """Return the cell whose output this one starts from."""
        if isinstance(self.work, PretrainCell):
            return None
        work = self.work.base if isinstance(self.work, TrainCell) else self.work.encoder
        return Cell(
            work=work, label=f"parent of {self.label}", source=self.source, versions=self.versions, seal=self.seal
        )


class CellOrder(Record):
    """What a worker is told: the work, where its inputs lie and where its output goes."""

    label: str
    work: Annotated[PretrainCell | TrainCell | EncodeCell, Field(discriminator="op")]
    texts: str
    encoder: str | None
    out: str
    seconds: int
