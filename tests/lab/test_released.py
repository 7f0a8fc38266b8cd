"""Oracles: the same forward passes written out by hand; what a model must not be allowed to leave to chance."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_models
import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from transformers import AutoModel, AutoTokenizer

from harness.lab.released import load, longest, prompt, tokenizer_of

TEXTS = ["where is the river", "der Fluss ist lang und lang und lang", "ж"]


@pytest.fixture(scope="module")
def xlmr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.xlm_roberta(tmp_path_factory.mktemp("plain") / "xlmr")


@pytest.fixture(scope="module")
def labse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.labse(tmp_path_factory.mktemp("modules") / "labse")


def tokens(folder: Path, most: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the last hidden states (N, T, D) and the mask (N, T, 1), by transformers alone."""
    cuts, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    batch = cuts(TEXTS, padding=True, truncation=True, max_length=most, return_tensors="pt")
    with torch.no_grad():
        return model(**batch).last_hidden_state, batch["attention_mask"][:, :, None]


def test_other_implementation_a_plain_folder_is_pooled_by_the_mean_over_tokens(xlmr: Path) -> None:
    states, mask = tokens(xlmr, tiny_models.XLMR_TOKENS)
    expected = (states * mask).sum(dim=1) / mask.sum(dim=1)
    found = load(xlmr, "cpu").encode(TEXTS)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-5)


def test_other_implementation_a_dense_layer_and_unit_length_follow_the_first_token(labse: Path) -> None:
    states, _ = tokens(labse, 24)
    dense = load_file(labse / "2_Dense/model.safetensors")
    made = torch.tanh(states[:, 0] @ dense["linear.weight"].T + dense["linear.bias"])
    expected = made / made.norm(dim=1, keepdim=True)
    np.testing.assert_allclose(load(labse, "cpu").encode(TEXTS), expected.numpy(), atol=1e-5)


def test_itself_an_older_layout_is_the_same_encoder(labse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "older"
    shutil.copytree(labse, folder / "0_Transformer", ignore=shutil.ignore_patterns("[0-9]_*", "modules.json"))
    for path in labse.glob("[0-9]_*"):
        shutil.copytree(path, folder / path.name)
    parts = json.loads((labse / "modules.json").read_text())
    for part in parts:
        part["path"] = part["path"] or "0_Transformer"
        part["type"] = f"sentence_transformers.models.{part['type'].rpartition('.')[2]}"
    (folder / "modules.json").write_text(json.dumps(parts))
    np.testing.assert_array_equal(load(folder, "cpu").encode(TEXTS), load(labse, "cpu").encode(TEXTS))


def test_exact_words_with_vectors_of_their_own_need_no_transformer(tmp_path: Path) -> None:
    words = StaticEmbedding(tiny_models.tokenizer("<s>", "</s>", "<pad>", "<unk>"), embedding_dim=8)
    SentenceTransformer(modules=[words], device="cpu").save(str(tmp_path), create_model_card=False)
    model = load(tmp_path, "cpu")
    assert (longest(model), tokenizer_of(model)) == (None, None)
    assert model.encode(TEXTS).shape == (3, 8)


def test_exact_the_positions_of_the_padding_are_no_places_for_tokens(xlmr: Path) -> None:
    model = load(xlmr, "cpu")
    assert longest(model) == tiny_models.XLMR_TOKENS
    assert np.isfinite(model.encode(["long " * 100])).all()


def test_exact_prompts_are_found_under_each_name_that_models_use(labse: Path, xlmr: Path) -> None:
    model = load(labse, "cpu")
    assert (prompt(model, "query"), prompt(model, "passage")) == ("ask: ", "say: ")
    assert prompt(load(xlmr, "cpu"), "query") == ""


def test_degenerate_what_the_weights_leave_out_is_not_drawn_at_random(xlmr: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(xlmr, tmp_path / "part")
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.1.output.dense.weight"]
    weights["embeddings.LayerNorm.bias"] = torch.zeros(3)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(
        ValueError, match=r"2 of its parts \(encoder\.layer\.1\.output\.dense\.weight, embeddings\.Layer"
    ):
        load(folder, "cpu")


def test_degenerate_half_precision_is_read_as_float32(xlmr: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(xlmr, tmp_path / "half")
    weights = {name: tensor.half() for name, tensor in load_file(folder / "model.safetensors").items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    about = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**about, "dtype": "float16"}))
    model = load(folder, "cpu")
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


def test_degenerate_code_that_a_configuration_names_is_not_run(xlmr: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(xlmr, tmp_path / "own")
    about = json.loads((folder / "config.json").read_text())
    del about["model_type"]
    own = {"AutoConfig": "own.Config", "AutoModel": "own.Model"}
    (folder / "config.json").write_text(json.dumps({**about, "auto_map": own}))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(ValueError, match="code of its own, which is never run"):
        load(folder, "cpu")
    assert not (tmp_path / "ran").exists()
