"""The cells that answer what was asked: units of lab work, each with its place in the store."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from harness.codec import digest
from harness.records.record import Language, Record, SealStatus
from harness.records.training import Arm, Recipe, Settings


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

    @cached_property
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
