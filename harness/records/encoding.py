"""What the lab is told of a released encoder, and what it tells of one."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.records.record import Record

Device = Literal["cpu", "cuda"]
Similarity = Literal["cosine", "dot"]


class EncodeOrder(Record):
    """Encode one evaluation set with the encoder in the folder `model`; the vectors go to `out`.

    `batch` texts go through the encoder at a time. What is None is the model's own: the most tokens of
    a text, what stands before each query and each passage, and how vectors are compared.
    """

    model: str
    texts: str
    out: str
    device: Device = "cpu"
    threads: int = Field(ge=1)
    batch: int = Field(ge=1)
    max_length: int | None = Field(default=None, ge=1)
    query_prompt: str | None = None
    passage_prompt: str | None = None
    similarity: Similarity | None = None


class EncoderCard(Record):
    """What the lab says of an encoder and its work; for readers, nothing is judged by it.

    `modules` are the names of its parts in their order. `width` is that of the encoder's own vectors,
    `weights` counts its numbers. `max_length` is in tokens, None where there is no limit;
    `cut_queries` and `cut_passages` count the texts that were longer. `declared` is how the model says
    that its vectors are compared, `similarity` how they were.
    """

    modules: tuple[str, ...]
    width: int
    weights: int
    max_length: int | None
    query_prompt: str
    passage_prompt: str
    declared: str | None
    similarity: Similarity
    cut_queries: int
    cut_passages: int
    device: Device
    threads: int
    batch: int
    seconds: float
