"""A small encoder fit for the question: hashed character n-grams, pooled, then one shared layer.

A text is lower-cased, its words are joined and framed by single spaces, and its character
n-grams of lengths `shortest`..`longest`, spaces included, are hashed to `buckets` rows. The sum
of its rows, made unit, goes through one linear layer shared by all languages, and is made unit
again. Rows start as random projections weighted by inverse document frequency and the layer
starts orthogonal, so the untrained encoder already is a lexical matcher; the shared layer
carries what is learnt in one language to rows that training never touched.

It is a sentence-transformers input module. `write` saves the whole encoder as that library does
(safetensors), so `SentenceTransformer(folder, trust_remote_code=True)` loads it wherever this
package is installed; `read` loads it without running any code that a folder names.
Cost: hashing a text of n characters takes O(n) numpy work and is done once per process.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from sentence_transformers.sentence_transformer.modules import Normalize
from torch import nn

from harness.lab.pooling import summed_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from numpy.typing import NDArray

    from harness.records.training import Recipe

PROMPTS = {"query": "Query: ", "passage": "Passage: "}
"""The paper's prefixes (section 3.1), on both sides, in training and in encoding."""

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
SHIFT = np.uint64(29)
WEIGHTS = "model.safetensors"
CONFIGURATION = "config.json"


def ngram_rows(
    texts: Sequence[str], shortest: int, longest: int, buckets: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the bucket of every character n-gram and where each text's begin.

    Shapes (G,) and (N + 1,): text i owns the n-grams starts[i] .. starts[i + 1] - 1, shorter ones
    first. A text shorter than `shortest` has none.
    """
    framed = [" " + " ".join(text.lower().split()) + " " for text in texts]
    # JSON may carry half a surrogate pair; it is a character like any other here
    points = np.frombuffer("".join(framed).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in framed])
    parts, owners = [np.empty(0, dtype=np.uint64)], [np.empty(0, dtype=np.int64)]
    hashed = np.zeros(len(points) + 1, dtype=np.uint64)
    for length in range(1, min(longest, len(points)) + 1):
        # hashed[i] covers the characters i .. i+length-1; overflow is the hash's arithmetic
        hashed = (hashed[: len(points) - length + 1] + points[length - 1 :] + np.uint64(1)) * MULTIPLIER
        hashed = hashed ^ (hashed >> SHIFT)
        if length >= shortest:
            within = owner[: len(hashed)] == owner[length - 1 :]  # not across two texts
            parts.append(hashed[within])
            owners.append(owner[: len(hashed)][within])
    whose = np.concatenate(owners)
    rows = (np.concatenate(parts) % np.uint64(buckets)).astype(np.int64)[np.argsort(whose, kind="stable")]
    return rows, np.concatenate([[0], np.cumsum(np.bincount(whose, minlength=len(texts)))])


HASHED: dict[tuple[int, int, int], dict[str, NDArray[np.int32]]] = {}
"""Buckets by text, for each way to hash; a worker fills it once and its children find it filled."""


def hashed(texts: Sequence[str], shortest: int, longest: int, buckets: int) -> list[NDArray[np.int32]]:
    """Return each text's buckets, remembered in this process, since each training text comes back many times."""
    known = HASHED.setdefault((shortest, longest, buckets), {})
    new = list(dict.fromkeys(text for text in texts if text not in known))
    if new:
        rows, starts = ngram_rows(new, shortest, longest, buckets)
        known.update(zip(new, np.split(rows.astype(np.int32), starts[1:-1]), strict=True))
    return [known[text] for text in texts]


class HashedNgrams(InputModule):
    """Texts to pooled rows to `dimensions` numbers, not yet of unit length."""

    config_keys: list[str] = ["buckets", "width", "dimensions", "shortest", "longest"]  # noqa: RUF012 - as declared above

    def __init__(self, *, buckets: int, width: int, dimensions: int, shortest: int, longest: int) -> None:
        """Make rows of zeros and a layer of zeros; `untrained` or `load` fills them."""
        super().__init__()  # type: ignore[no-untyped-call]  # the library's
        self.buckets, self.width, self.dimensions = buckets, width, dimensions
        self.shortest, self.longest = shortest, longest
        self.rows = nn.EmbeddingBag(buckets, width, mode="sum")
        self.layer = nn.Linear(width, dimensions, bias=False)

    def hashed(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Return each text's buckets."""
        return hashed(texts, self.shortest, self.longest, self.buckets)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Return `input_ids` (G,) of all texts in a row and `offsets` (N,) where each text starts."""
        bags = self.hashed([(prompt or "") + text for text in inputs])
        starts = np.cumsum([0, *(len(bag) for bag in bags)], dtype=np.int32)[:-1]
        return {"input_ids": torch.from_numpy(np.concatenate(bags)), "offsets": torch.from_numpy(starts)}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add `sentence_embedding` (N, dimensions)."""
        pooled = summed_rows(self.rows.weight, features["input_ids"], features["offsets"])  # (N, width)
        features["sentence_embedding"] = self.layer(nn.functional.normalize(pooled, dim=-1))  # (N, dimensions)
        return features

    def get_embedding_dimension(self) -> int:
        """Return the number of output dimensions."""
        return self.dimensions

    def save(self, output_path: str, *_args: Any, **_: Any) -> None:
        """Write configuration and weights into `output_path`; safetensors, whatever else is asked for."""
        self.save_config(output_path)
        self.save_torch_weights(output_path, safe_serialization=True)

    @classmethod
    def load(cls, model_name_or_path: str, *_args: Any, subfolder: str = "", **_: Any) -> Self:
        """Read what `save` wrote into a folder on this machine.

        Raises:
            FileNotFoundError: the folder lacks configuration or weights; nothing is looked for elsewhere.
        """
        folder = Path(model_name_or_path) / subfolder
        for name in (CONFIGURATION, WEIGHTS):
            # without this the library would ask a hub, or read weights of another format
            if not (folder / name).is_file():
                msg = f"{folder}: expected an encoder saved here, found no {name}"
                raise FileNotFoundError(msg)
        module = cls(**cls.load_config(str(folder), local_files_only=True))
        cls.load_torch_weights(str(folder), model=module, local_files_only=True)
        return module


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
    idf = _inverse_document_frequency(module.hashed(texts), recipe.buckets)
    idf[np.concatenate(module.hashed(list(PROMPTS.values())))] = 0  # every text will be prompted
    rows = rng.standard_normal((recipe.buckets, recipe.width)) * idf[:, None] / np.sqrt(recipe.width)
    square = rng.standard_normal((max(recipe.width, recipe.dimensions),) * 2)
    layer = np.linalg.qr(square)[0][: recipe.dimensions, : recipe.width]
    with torch.no_grad():
        module.rows.weight.copy_(torch.from_numpy(rows))
        module.layer.weight.copy_(torch.from_numpy(layer))
    return assemble(module)


def _inverse_document_frequency(bags: Sequence[NDArray[np.int32]], buckets: int) -> NDArray[np.float64]:
    """Return log((1 + N) / (1 + texts with the bucket)) (buckets,), for N bags of buckets."""
    owner = np.repeat(np.arange(len(bags)), [len(bag) for bag in bags])
    held = np.sort(owner * buckets + np.concatenate(bags, dtype=np.int64))  # np.unique hashes, ten times slower here
    once = held[np.diff(held, prepend=-1) != 0]
    return np.log((1 + len(bags)) / (1 + np.bincount(once % buckets, minlength=buckets)))


def assemble(module: HashedNgrams) -> SentenceTransformer:
    """Return the module as an encoder with unit vectors and the paper's prompts."""
    return SentenceTransformer(modules=[module, Normalize()], prompts=PROMPTS, device="cpu")


def read(folder: Path) -> SentenceTransformer:
    """Return the encoder that `write` put into `folder`.

    Raises:
        FileNotFoundError: no encoder there.
    """
    return assemble(HashedNgrams.load(str(folder)))


def write(encoder: SentenceTransformer, folder: Path) -> None:
    """Save the encoder; without model card, which would date it: equal encoders have equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    encoder.save(str(folder), create_model_card=False)


def first_module(encoder: SentenceTransformer) -> HashedNgrams:
    """Return the module that takes texts.

    Raises:
        TypeError: the encoder is not one of ours.
    """
    first = encoder[0]
    if not isinstance(first, HashedNgrams):
        msg = f"expected an encoder of hashed n-grams, found one that starts with {type(first).__name__}"
        raise TypeError(msg)
    return first
