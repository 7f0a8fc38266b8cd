"""What a script asks for; the harness asks for bases in the same words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from harness.records.claim import Setting
from harness.records.record import Name, Record
from harness.records.training import Arm

PRINTED = r"^[^\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+$"
"""No control characters, and nothing that turns the direction of what is printed."""

Released = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=PRINTED)]
"""A name on Hugging Face, or a folder."""


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


class LoadRequest(Record):
    """Take a released encoder as it is. No check names one: its rows stand beside those of trained ones."""

    op: Literal["load"] = "load"
    model: Released


class EncodeReleased(Record):
    """Encode one dataset with a released encoder."""

    op: Literal["encode-released"] = "encode-released"
    encoder: LoadRequest
    dataset: Name


class RetrieveReleased(Record):
    """Have the court measure a released encoder's vectors in one setting."""

    op: Literal["retrieve-released"] = "retrieve-released"
    vectors: EncodeReleased
    setting: Setting


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
    TrainRequest
    | EncodeRequest
    | RetrieveRequest
    | LoadRequest
    | EncodeReleased
    | RetrieveReleased
    | CountRequest
    | EmitRequest,
    Field(discriminator="op"),
]


class Asked(Record):
    """Everything one claim's script asked for, in its order, each once."""

    requests: tuple[Request, ...]

    @property
    def retrievals(self) -> tuple[RetrieveRequest, ...]:
        """Return what the court is to measure of trained encoders."""
        return tuple(request for request in self.requests if isinstance(request, RetrieveRequest))

    @property
    def released(self) -> tuple[RetrieveReleased, ...]:
        """Return what the court is to measure of released encoders."""
        return tuple(request for request in self.requests if isinstance(request, RetrieveReleased))

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
