"""Oracles: folders laid out by hand, each with the faults that it is to be refused for."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import huggingface_hub.constants
import numpy as np
import pytest
from safetensors.numpy import save_file

from harness.codec import sha256
from harness.engine.models import find_model, read_model
from harness.errors import FileFaults, ResourceMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

TRANSFORMER, POOLING, DENSE = (f"sentence_transformers.models.{name}" for name in ("Transformer", "Pooling", "Dense"))


def weights(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"one": np.ones(2, dtype=np.float32)}, path)


def parts(folder: Path, listed: Sequence[tuple[str, str]]) -> None:
    told = [{"idx": at, "name": str(at), "path": path, "type": kind} for at, (path, kind) in enumerate(listed)]
    (folder / "modules.json").write_text(json.dumps(told))


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """Return a folder in LaBSE's shape, with what is not handed over beside it."""
    folder = tmp_path / "whole"
    weights(folder / "model.safetensors")
    weights(folder / "2_Dense/model.safetensors")
    (folder / "1_Pooling").mkdir()
    for name in ("config.json", "tokenizer.json", "1_Pooling/config.json", "2_Dense/config.json"):
        (folder / name).write_text("{}")
    (folder / "vocab.txt").write_text("a\n")
    parts(folder, [("", TRANSFORMER), ("1_Pooling", POOLING), ("2_Dense", DENSE)])
    for name in ("README.md", "pytorch_model.bin", "own.py", "onnx/model.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("not for the lab")
    return folder


def faults(folder: Path) -> list[str]:
    with pytest.raises(FileFaults) as caught:
        read_model("it", folder, None)
    return [str(fault).replace(str(folder), "") for fault in caught.value.faults]


def test_exact_configuration_tokenizer_and_weights_are_handed_over_and_nothing_else(whole: Path) -> None:
    model = find_model(str(whole))
    assert sorted(model.files) == [
        *("1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors", "config.json"),
        *("model.safetensors", "modules.json", "tokenizer.json", "vocab.txt"),
    ]
    assert model.sha256["vocab.txt"] == sha256(b"a\n")
    assert model.bytes == sum(path.stat().st_size for path in model.files.values())


def test_property_the_digest_follows_what_is_handed_over(whole: Path) -> None:
    before = find_model(str(whole)).digest
    (whole / "README.md").write_text("other")
    assert find_model(str(whole)).digest == before
    (whole / "1_Pooling/config.json").write_text("{ }")
    assert find_model(str(whole)).digest != before


def test_exact_a_plain_folder_needs_configuration_weights_and_tokenizer(tmp_path: Path) -> None:
    assert "(modules.json or config.json), found neither" in faults(tmp_path)[0]
    (tmp_path / "config.json").write_text("{}")
    found = faults(tmp_path)
    assert len(found) == 2
    assert "expected a tokenizer, found none" in found[1]
    assert "expected weights as safetensors (model.safetensors), found none" in found[0]
    weights(tmp_path / "model.safetensors")
    (tmp_path / "sentencepiece.bpe.model").write_text("")
    assert sorted(find_model(str(tmp_path)).files) == ["config.json", "model.safetensors", "sentencepiece.bpe.model"]


def test_exact_pickled_weights_are_refused_wherever_they_are_and_all_at_once(whole: Path) -> None:
    for place in (".", "2_Dense"):
        (whole / place / "model.safetensors").rename(whole / place / "pytorch_model.bin")
    found = faults(whole)
    assert [line.partition(":")[0] for line in found] == ["", "/2_Dense"]
    assert all(
        "pickled ones, which can run code" in line and "where you trust them: python -c" in line for line in found
    )


def test_exact_weights_that_are_no_weights_say_what_they_are(whole: Path) -> None:
    (whole / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
    (whole / "2_Dense/model.safetensors").write_bytes(struct.pack("<Q", 1 << 40) + b"{}")
    dense, own = faults(whole)
    assert own.startswith("/model.safetensors: expected weights, found a pointer of Git LFS; run git lfs pull")
    assert dense.startswith("/2_Dense/model.safetensors: expected weights as safetensors, found ")


def test_exact_every_shard_of_an_index_has_to_be_there(whole: Path) -> None:
    (whole / "model.safetensors").rename(whole / "model-1.safetensors")
    (whole / "pytorch_model.bin").unlink()
    index = whole / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}))
    (line,) = faults(whole)
    assert "(model-2.safetensors), found none" in line
    weights(whole / "model-2.safetensors")
    assert {"model-1.safetensors", "model-2.safetensors", index.name} <= set(find_model(str(whole)).files)
    index.write_text(json.dumps({"weight_map": {"a": "../model.safetensors"}}))
    assert "expected a weight_map to files beside it" in faults(whole)[0]


def test_degenerate_parts_that_run_code_or_lie_elsewhere_are_refused(whole: Path) -> None:
    parts(whole, [("", "own.Transformer"), ("../other", POOLING), ("3_Gone", POOLING)])
    code, outside, gone = faults(whole)
    assert "own.Transformer; code that comes with a model is never run" in code
    assert "'../other'" in outside
    assert "'3_Gone'" in gone
    parts(whole, [("", "sentence_transformers.models.Router")])
    assert "routes are not supported" in faults(whole)[0]
    (whole / "modules.json").write_text("[")
    assert "expected JSON" in faults(whole)[0]
    (whole / "modules.json").write_text("[]")
    assert "expected at least one part, found none" in faults(whole)[0]


def test_degenerate_a_model_that_scores_pairs_is_no_encoder(whole: Path) -> None:
    (whole / "config_sentence_transformers.json").write_text('{"model_type": "CrossEncoder"}')
    assert "found 'CrossEncoder'; name an encoder that makes one vector per text" in faults(whole)[0]


def test_degenerate_an_adapter_without_its_base_is_no_encoder(whole: Path) -> None:
    (whole / "adapter_config.json").write_text("{}")
    assert "found an adapter of another one; merge it" in faults(whole)[0]


def test_exact_a_fetched_name_is_found_with_its_revision(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, place = "0123456789abcdef" * 2 + "01234567", tmp_path / "hub/models--sentence-transformers--Tiny"
    (place / "refs").mkdir(parents=True)
    (place / "refs/main").write_text(commit)
    (place / "snapshots").mkdir()
    whole.rename(place / "snapshots" / commit)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    for name in ("sentence-transformers/Tiny", "Tiny"):
        model = find_model(name)
        assert (model.named, model.revision, "vocab.txt" in model.files) == (name, commit, True)
    (place / "snapshots" / commit / "2_Dense/model.safetensors").unlink()
    with pytest.raises(FileFaults, match=r"found none; run hf download sentence-transformers/Tiny$"):
        find_model("Tiny")
    with pytest.raises(ResourceMissing, match="hf download sentence-transformers/Tiny --revision v9"):
        find_model("Tiny", "v9")


def test_exact_a_name_that_was_not_fetched_says_how_to_fetch_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ResourceMissing) as caught:
        find_model("intfloat/multilingual-e5-base")
    assert caught.value.mend == "hf download intfloat/multilingual-e5-base"


@pytest.mark.parametrize("named", ["./nowhere", "a/b/c", "", "-x", "a/b..c--d"])
def test_degenerate_what_is_neither_folder_nor_name_is_refused(named: str) -> None:
    with pytest.raises(UsageError, match="expected"):
        find_model(named)


def test_degenerate_a_file_is_no_folder_and_a_folder_has_no_revision(whole: Path) -> None:
    with pytest.raises(UsageError, match="found a file"):
        find_model(str(whole / "config.json"))
    with pytest.raises(UsageError, match="--revision"):
        find_model(str(whole), "main")
