"""A released encoder's vectors: one lab process behind walls, or what the store has of an earlier one.

The process (`harness.lab.evaluate`) finds the model's files and the texts in its `in/`, as other names
of the same files where the file system can; it has no network, no code of the model's and no
judgement. What it makes is kept under everything it depends on: the model's files, the texts, the
lab's source and versions, the device, limits and prompts asked for, the seal. How many texts go
through at a time and on how many threads is no part of that: it changes rounding alone.

There is no limit on time, for none fits both a small encoder and a large one: it tells how far it is.
A GPU's device nodes are behind no wall (`harness.court.sandbox`), so that one is used unsealed or not at all.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from harness.codec import canonical, digest
from harness.engine.processes import end, interrupted_once, start
from harness.engine.worker import put
from harness.errors import CellError, EntryDamaged, UsageError
from harness.records.encoding import EncodeOrder, EncoderCard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from harness.court.sandbox import Enclosure
    from harness.engine.models import Model
    from harness.engine.processes import Child
    from harness.records.encoding import Device, Similarity
    from harness.store import Store

MODULE = ("harness.lab.evaluate",)
OPERATION = "encode-released"
CARD, WORDS, RESULT, MODEL, TEXTS = "card.json", "words.log", "vectors", "model", "texts.json"
GIB = 1 << 30
ADDRESSES_OF_WEIGHTS = 4
"""Addresses for each byte of weights: a file that is mapped twice, and twice that where it was saved in halves."""

LONGEST_LINE = 1 << 20
LONGEST_VECTOR = 1 << 16
"""In bytes, of one text: 16,384 float32."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to encode; what is None is the model's own."""

    device: Device = "cpu"
    threads: int = 1
    batch: int = 32
    max_length: int | None = None
    query_prompt: str | None = None
    passage_prompt: str | None = None
    similarity: Similarity | None = None

    def plain(self) -> dict[str, Any]:
        """Return what vectors depend on by more than rounding."""
        return {
            "device": self.device,
            "max_length": self.max_length,
            "query_prompt": self.query_prompt,
            "passage_prompt": self.passage_prompt,
            "similarity": self.similarity,
        }


@dataclass(frozen=True, slots=True)
class Texts:
    """An evaluation set for the lab: the bytes of its file, their sha256, and how many texts it holds."""

    data: bytes
    sha256: str
    count: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """Where the vectors lie, and what the lab said of the encoder that made them."""

    key: str
    folder: Path
    card: EncoderCard


class Encoder:
    """Encodes with released encoders in `enclosure` and keeps what they made in `store`.

    `made_with` are the digest of the lab's source and the versions that vectors depend on; `tell`
    gets how many texts are done, of how many.
    """

    def __init__(
        self, store: Store, enclosure: Enclosure, made_with: Mapping[str, Any], tell: Callable[[int, int], None]
    ) -> None:
        """Start nothing yet."""
        self.store, self.enclosure, self.made_with, self.tell = store, enclosure, made_with, tell

    def encode(self, model: Model, texts: Texts, wanted: Wanted) -> Encoded:
        """Return the vectors of a set by an encoder.

        Raises:
            UsageError: a GPU in a sealed run.
            CellError: the lab could not; the reason is its last words.
        """
        if wanted.device != "cpu" and self.enclosure.seal.status != "UNSEALED":
            raise UsageError(
                f"--device {wanted.device}: expected --allow-unsealed with it, found a sealed run, which reaches no GPU"
            )
        key = self.key(model, texts.sha256, wanted)
        found = self._kept(key)
        return found or self._made(key, model, texts, wanted)

    def key(self, model: Model, texts: str, wanted: Wanted) -> str:
        """Return what the vectors of a set go by in the store; `texts` is the sha256 of its texts."""
        return digest(
            {
                "operation": OPERATION,
                "model": model.digest,
                "texts": texts,
                "wanted": wanted.plain(),
                "made_with": dict(self.made_with),
                "seal": self.enclosure.seal.status,
            }
        )

    def _kept(self, key: str) -> Encoded | None:
        try:
            folder = self.store.find(key)
            if folder is None:
                return None
            return Encoded(key, folder, EncoderCard.model_validate_json((folder / CARD).read_bytes()))
        except (EntryDamaged, OSError, ValidationError):
            self.store.set_aside(key)
            return None

    def _made(self, key: str, model: Model, texts: Texts, wanted: Wanted) -> Encoded:
        home = self.store.underway()  # beside the store's entries, so that inputs and results need not be copied
        try:
            card = self._carried_out(home, model, texts, wanted)
            made = home / "out" / RESULT
            if made.is_symlink() or not made.is_dir():
                raise CellError(model.named, "expected a folder of vectors, found none")
            if os.path.lexists(made / CARD):  # a link there would lead this process out of the lab's folder
                raise CellError(model.named, f"expected vectors and their ids, found {CARD} too")
            (made / CARD).write_bytes(canonical(card.plain()))
            about = {
                "operation": OPERATION,
                "cell": model.named,
                "seconds": f"{card.seconds:.3f}",
                "seal": self.enclosure.seal.status,
            }
            return Encoded(key, self.store.put(key, made, about), card)
        finally:
            shutil.rmtree(home, ignore_errors=True)

    def _carried_out(self, home: Path, model: Model, texts: Texts, wanted: Wanted) -> EncoderCard:
        """Give a process what it needs, and hear it out; whatever happens, leave none behind."""
        with (
            interrupted_once(),
            self.enclosure.walls.launch(home, MODULE, self._limits(model, texts)) as launch,
            (home / WORDS).open("wb") as words,
        ):
            (home / "in" / TEXTS).write_bytes(texts.data)
            for name, path in model.files.items():
                put(path.resolve(), home / "in" / MODEL / name)
            order = EncodeOrder(
                model=f"{launch.readable}/{MODEL}",
                texts=f"{launch.readable}/{TEXTS}",
                out=f"{launch.writable}/{RESULT}",
                threads=wanted.threads,
                batch=wanted.batch,
                **wanted.plain(),
            )
            child = start(launch, home, subprocess.PIPE, subprocess.PIPE, words)
            try:
                told = self._heard(child, order)
            finally:
                status = end(child, home)
        if told is None:
            raise CellError(model.named, f"its process ended with status {status}: {_last_words(home / WORDS)}")
        if "error" in told:
            raise CellError(model.named, str(told["error"]))
        try:
            return EncoderCard.model_validate_json(json.dumps(told["card"]))
        except ValidationError as error:
            raise CellError(model.named, f"expected what an encoder is, found another answer: {error}") from error

    def _limits(self, model: Model, texts: Texts) -> dict[str, int]:
        """Return the kernel's limits, wide enough for this model and this set."""
        limits = dict(self.enclosure.limits)
        if "memory_bytes" in limits:
            limits["memory_bytes"] += ADDRESSES_OF_WEIGHTS * model.bytes
        limits["file_bytes"] = max(limits["file_bytes"], texts.count * LONGEST_VECTOR)
        return limits

    def _heard(self, child: Child, order: EncodeOrder) -> dict[str, Any] | None:
        """Return the last thing that the process says, or None where it dies without."""
        if child.stdin is None or child.stdout is None:
            raise AssertionError
        with child.stdin, child.stdout:
            try:
                child.stdin.write(json.dumps(order.plain()).encode())
                child.stdin.close()
            except OSError:
                return None
            for line in iter(partial(child.stdout.readline, LONGEST_LINE), b""):
                told = _read(line)
                if told is None or "done" not in told:
                    return told
                self.tell(told["done"], told["total"])
        return None


def for_device(enclosure: Enclosure, device: Device) -> Enclosure:
    """Return walls for a device: no limit on addresses with a GPU, whose driver reserves more than any machine has."""
    if device == "cpu":
        return enclosure
    return replace(enclosure, limits={name: at for name, at in enclosure.limits.items() if name != "memory_bytes"})


def _read(line: bytes) -> dict[str, Any] | None:
    """Return what a line says; it comes from a process that is not trusted."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    if type(told.get("done")) is int and type(told.get("total")) is int:
        return told
    return told if {"card", "error"} & set(told) and "done" not in told else None


def _last_words(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "no words"
