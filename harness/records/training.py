"""How one encoder comes to be: its recipe, the settings of its training, and the arm that fills its batches.

Cells depend on these by every byte, so nothing else is kept here.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from harness.records.record import Record

Positive = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(gt=0, lt=1)]
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


class Recipe(Record):
    """A small encoder and its aligned pre-training.

    Rows of `width` numbers for each of `buckets` hashed character n-grams of lengths
    `shortest`..`longest`, pooled, then one shared layer to `dimensions` numbers. `dose` is the
    number of aligned pre-training steps, the knob of the regime.
    """

    buckets: Positive
    width: Positive
    dimensions: Positive
    shortest: Positive
    longest: Positive
    dose: Annotated[int, Field(ge=0)]
    batch: Positive
    learning_rate: Rate
    temperature: Rate


class Settings(Record):
    """What an arm's contrastive training uses. `batch` counts pairs."""

    steps: Positive
    batch: Annotated[int, Field(ge=2)]
    learning_rate: Rate
    weight_decay: Annotated[float, Field(ge=0, lt=1)]
    temperature: Rate
