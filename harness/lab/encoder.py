"""A small encoder fit for the question: hashed character n-grams, pooled, then one shared layer.

A text is lower-cased and its character n-grams of lengths `shortest`..`longest` (each word
framed by spaces) are hashed to `buckets` rows. The sum of its rows, made unit, goes through one
linear layer shared by all languages, and is made unit again. Rows start as random projections
weighted by inverse document frequency and the layer starts orthogonal, so the untrained encoder
already is a lexical matcher; the shared layer carries what is learnt in one language to rows
that training never touched.

It is a sentence-transformers input module, saved and loaded like any other (safetensors).
Cost: hashing a text of n characters takes O(n) numpy work and is done once per process.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from sentence_transformers.sentence_transformer.modules import Normalize
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from numpy.typing import NDArray

    from harness.records.scope import Recipe

PROMPTS = {"query": "Query: ", "passage": "Passage: "}
"""The paper's prefixes (section 3.1), on both sides, in training and in encoding."""

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
SHIFT = np.uint64(29)
IDF_KEY = "idf"
MODULE_NAME = "harness.lab.encoder.HashedNgrams"


def ngram_rows(text: str, shortest: int, longest: int, buckets: int) -> NDArray[np.int64]:
    """Return the bucket of every character n-gram of `text`, shape (G,), in no telling order."""
    framed = " " + " ".join(text.lower().split()) + " "
    points = np.frombuffer(framed.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    parts = []
    hashed = np.zeros(len(points) + 1, dtype=np.uint64)
    for length in range(1, longest + 1):
        if length > len(points):
            break
        # hashed[i] covers the characters i .. i+length-1; overflow is the hash's arithmetic
        hashed = (hashed[: len(points) - length + 1] + points[length - 1 :] + np.uint64(1)) * MULTIPLIER
        hashed = hashed ^ (hashed >> SHIFT)
        if length >= shortest:
            parts.append(hashed)
    return (np.concatenate(parts) % np.uint64(buckets)).astype(np.int64)


class HashedNgrams(InputModule):
    """Texts to pooled rows to `dimensions` numbers, not yet of unit length."""

    config_keys: ClassVar[list[str]] = ["buckets", "width", "dimensions", "shortest", "longest"]
    save_in_root: bool = True

    def __init__(self, *, buckets: int, width: int, dimensions: int, shortest: int, longest: int) -> None:
        """Make rows of zeros and a layer of zeros; `untrained` or `load` fills them."""
        super().__init__()
        self.buckets, self.width, self.dimensions = buckets, width, dimensions
        self.shortest, self.longest = shortest, longest
        self.rows = nn.EmbeddingBag(buckets, width, mode="sum")
        self.layer = nn.Linear(width, dimensions, bias=False)
        self._hashed: dict[str, NDArray[np.int64]] = {}

    def hashed(self, text: str) -> NDArray[np.int64]:
        """Return the text's buckets, remembered, since each training text comes back many times."""
        found = self._hashed.get(text)
        if found is None:
            found = ngram_rows(text, self.shortest, self.longest, self.buckets)
            self._hashed[text] = found
        return found

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Return `input_ids` (G,) of all texts in a row and `offsets` (N,) where each text starts."""
        bags = [self.hashed((prompt or "") + text) for text in inputs]
        starts = np.cumsum([0] + [len(bag) for bag in bags[:-1]])
        return {"input_ids": torch.from_numpy(np.concatenate(bags)), "offsets": torch.from_numpy(starts)}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add `sentence_embedding` (N, dimensions)."""
        pooled = self.rows(features["input_ids"], features["offsets"])  # (N, width)
        features["sentence_embedding"] = self.layer(nn.functional.normalize(pooled, dim=-1))  # (N, dimensions)
        return features

    def get_embedding_dimension(self) -> int:
        """Return the number of output dimensions."""
        return self.dimensions

    def save(self, output_path: str, *_args: Any, safe_serialization: bool = True, **_: Any) -> None:
        """Write configuration and weights (safetensors) into `output_path`."""
        self.save_config(output_path)
        self.save_torch_weights(output_path, safe_serialization=safe_serialization)

    @classmethod
    def load(cls, model_name_or_path: str, **where: Any) -> Self:
        """Read what `save` wrote."""
        module = cls(**cls.load_config(model_name_or_path, **_only(where, "subfolder")))
        return cls.load_torch_weights(model_name_or_path, model=module, **_only(where, "subfolder"))


def _only(where: dict[str, Any], key: str) -> dict[str, Any]:
    return {key: where[key]} if key in where else {}


def untrained(recipe: Recipe, texts: Sequence[str], rng: np.random.Generator) -> SentenceTransformer:
    """Return an encoder whose rows are IDF-weighted random projections and whose layer is orthogonal.

    Document frequencies are those of `texts`, which are pre-training texts and never evaluation texts.
    """
    module = HashedNgrams(
        buckets=recipe.buckets,
        width=recipe.width,
        dimensions=recipe.dimensions,
        shortest=recipe.shortest,
        longest=recipe.longest,
    )
    frequency = np.zeros(recipe.buckets)
    for text in texts:
        frequency[np.unique(module.hashed(text))] += 1
    idf = np.log((1 + len(texts)) / (1 + frequency))  # (buckets,)
    rows = rng.standard_normal((recipe.buckets, recipe.width)) * idf[:, None] / np.sqrt(recipe.width)
    square = rng.standard_normal((max(recipe.width, recipe.dimensions),) * 2)
    layer = np.linalg.qr(square)[0][: recipe.dimensions, : recipe.width]
    with torch.no_grad():
        module.rows.weight.copy_(torch.from_numpy(rows))
        module.layer.weight.copy_(torch.from_numpy(layer))
    return assemble(module)


def assemble(module: HashedNgrams) -> SentenceTransformer:
    """Return the module as an encoder with unit vectors and the paper's prompts."""
    return SentenceTransformer(modules=[module, Normalize()], prompts=PROMPTS, device="cpu")


def read(folder: Path) -> SentenceTransformer:
    """Return the encoder that `write` put into `folder`."""
    return assemble(HashedNgrams.load(str(folder)))


def write(encoder: SentenceTransformer, folder: Path) -> None:
    """Write configuration and weights; no model card, so that equal encoders have equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    first = encoder[0]
    first.save(str(folder))
