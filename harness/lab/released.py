"""A released encoder from a folder, as sentence-transformers loads it: its weights are data, none of its code runs.

    modules.json there        the modules that it names, all of which are sentence-transformers' own
    a plain transformers one  its transformer, and the mean over tokens (the last one, of a causal model)
    one that the lab wrote    `harness.lab.encoder`

Loaded in float32 whatever it was saved in, from safetensors alone, from this folder alone. Refused is
what would be filled with random numbers because the weights do not name it; a pooler is not, where
vectors come from tokens. A limit on tokens beyond the model's positions is brought down to them:
RoBERTa's start after the padding's own, so that its 514 positions are for 512 tokens.

Cost: transformer weights are looked through twice, the second time on no device.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import torch
from sentence_transformers import SentenceTransformer
from transformers import PreTrainedTokenizerBase

from harness.lab import encoder

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from harness.records.encoding import Device

MODULES = "modules.json"
OWN = "harness.lab.encoder.HashedNgrams"
FLOAT = "float32"
SHOWN = 3
TRUST = "trust_remote_code"
"""The option that the library's refusal of a model's own code names; it is not offered here."""

UNUSED = "pooler."
"""What a transformer has beside its tokens' vectors."""

Role = Literal["query", "passage"]
ROLES: dict[Role, tuple[str, ...]] = {"query": ("query",), "passage": ("document", "passage", "corpus")}
"""The names that models have for what stands before a text, the library's own first."""


def load(folder: Path, device: Device) -> SentenceTransformer:
    """Return the encoder in `folder` on a device.

    Raises:
        ValueError: no such device, a model that needs code of its own, weights that leave something out.
        OSError: files that the model names and the folder lacks.
    """
    if device == "cuda" and not torch.cuda.is_available():
        msg = "expected a CUDA device, found none that this build of torch can use; leave --device out"
        raise ValueError(msg)
    if is_own(folder):
        return encoder.read(folder).to(device)
    model = _loaded(folder, device)
    transformer = model.transformers_model
    if transformer is not None:
        _refuse_random(folder / _first_path(folder), transformer, model)
        _bound_length(model, transformer)
    return model


def _loaded(folder: Path, device: Device) -> SentenceTransformer:
    """Return what the library makes of a folder.

    Raises:
        ValueError: as `load`.
        OSError: as `load`.
    """
    # what does not fit is refused later, in words; the library's own only point at its log
    kwargs: dict[str, Any] = {"dtype": FLOAT, "use_safetensors": True, "ignore_mismatched_sizes": True}
    try:
        model = SentenceTransformer(
            str(folder), device=device, trust_remote_code=False, local_files_only=True, model_kwargs=kwargs
        )
    except ValueError as error:
        if TRUST not in str(error):
            raise
        msg = "expected an encoder that transformers itself has, found one with code of its own, which is never run"
        raise ValueError(msg) from error
    return model.eval()


def is_own(folder: Path) -> bool:
    """Tell whether the lab itself wrote this encoder."""
    listed = folder / MODULES
    return listed.is_file() and json.loads(listed.read_bytes())[0]["type"] == OWN


def prompt(model: SentenceTransformer, role: Role) -> str:
    """Return what the model puts before a query or a passage, the first of its names for it that is not empty."""
    return next((found for name in ROLES[role] if (found := model.prompts.get(name))), "")


def longest(model: SentenceTransformer) -> int | None:
    """Return the most tokens that the model reads of a text, or None where it has no limit."""
    found = model.max_seq_length
    return None if found is None or found > 2**31 else int(found)


def tokenizer_of(model: SentenceTransformer) -> PreTrainedTokenizerBase | None:
    """Return what cuts texts into tokens, where that is one of transformers'."""
    found = getattr(model[0], "tokenizer", None)
    return found if isinstance(found, PreTrainedTokenizerBase) else None


def _first_path(folder: Path) -> str:
    """Return where the first module lies in its folder."""
    listed = folder / MODULES
    return str(json.loads(listed.read_bytes())[0]["path"]) if listed.is_file() else ""


def _refuse_random(folder: Path, transformer: PreTrainedModel, model: SentenceTransformer) -> None:
    """Refuse weights that do not fill the transformer; what they leave out was drawn at random.

    Raises:
        ValueError: naming some of what is left out.
    """
    # the library loads without a word to its caller; this second look reads headers and moves nothing
    look: Any = type(transformer).from_pretrained
    _, told = look(
        str(folder),
        config=transformer.config,
        local_files_only=True,
        use_safetensors=True,
        ignore_mismatched_sizes=True,
        device_map="meta",
        output_loading_info=True,
    )
    from_tokens = getattr(model[0], "module_output_name", "token_embeddings") == "token_embeddings"
    left_out = sorted(key for key in told["missing_keys"] if not (from_tokens and key.startswith(UNUSED)))
    wrong = sorted(str(key[0] if isinstance(key, tuple) else key) for key in told["mismatched_keys"])
    if left_out or wrong:
        named = ", ".join((left_out + wrong)[:SHOWN])
        msg = (
            f"expected weights for all of {type(transformer).__name__}, found none that fit for "
            f"{len(left_out) + len(wrong)} of its parts ({named}); get the folder anew"
        )
        raise ValueError(msg)


def _bound_length(model: SentenceTransformer, transformer: PreTrainedModel) -> None:
    """Read no more tokens than there are positions."""
    positions = getattr(getattr(transformer, "embeddings", None), "position_embeddings", None)
    if not isinstance(positions, torch.nn.Embedding):
        return
    usable = positions.num_embeddings - (0 if positions.padding_idx is None else positions.padding_idx + 1)
    found = longest(model)
    if found is None or found > usable:
        model.max_seq_length = usable
