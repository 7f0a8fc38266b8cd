"""Oracles: n-gram hashing with Python's integers; a dense layer by hand; the library's own loader; bytes."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize
from tiny_texts import evaluation_texts, recipe

from harness.lab.encoder import (
    PROMPTS,
    HashedNgrams,
    assemble,
    first_module,
    ngram_rows,
    read,
    untrained,
    write,
)

PLENTY = settings(derandomize=True, deadline=None, max_examples=150)
WORD = (1 << 64) - 1
SENTENCES = ("one stone", "two birds", "three rivers run", "zwei Vögel", "三条河")


def slow_rows(text: str, shortest: int, longest: int, buckets: int) -> list[int]:
    """Hash every n-gram by itself, character by character, in 64-bit arithmetic written out."""
    framed = " " + " ".join(text.lower().split()) + " "
    found = []
    for length in range(shortest, longest + 1):
        for start in range(len(framed) - length + 1):
            value = 0
            for character in framed[start : start + length]:
                value = (value + ord(character) + 1) * 0x9E3779B97F4A7C15 & WORD
                value ^= value >> 29
            found.append(value % buckets)
    return found


def small(seed: int = 0, **changes: object) -> SentenceTransformer:
    return untrained(recipe(**changes), SENTENCES, np.random.default_rng(seed))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows_of(text: str, shortest: int, longest: int, buckets: int) -> list[int]:
    rows, starts = ngram_rows([text], shortest, longest, buckets)
    assert starts.tolist() == [0, len(rows)]
    return [int(row) for row in rows]


@PLENTY
@given(
    st.lists(st.text(max_size=20), max_size=6),
    st.integers(1, 4),
    st.integers(0, 3),
    st.sampled_from([1, 7, 512, 16384]),
)
def test_other_implementation_hashing(texts: list[str], shortest: int, more: int, buckets: int) -> None:
    rows, starts = ngram_rows(texts, shortest, shortest + more, buckets)
    found = [rows[start:end].tolist() for start, end in itertools.pairwise(starts)]
    assert found == [slow_rows(text, shortest, shortest + more, buckets) for text in texts]


def test_exact_half_a_surrogate_pair_is_a_character() -> None:
    text = json.loads('"a\\ud800b"')
    assert rows_of(text, 2, 3, 512) == slow_rows(text, 2, 3, 512)


def test_theory_buckets_are_evenly_used() -> None:
    used = np.bincount([rows_of(f"{number:04d}", 6, 6, 64)[0] for number in range(6400)], minlength=64)
    assert chisquare(used).pvalue > 0.001


def test_exact_case_and_spaces_do_not_count() -> None:
    assert rows_of("  One\tSTONE\n", 2, 3, 512) == rows_of("one stone", 2, 3, 512)


def test_other_implementation_a_vector_by_hand() -> None:
    encoder = small()
    module = first_module(encoder)
    rows, layer = module.rows.weight.detach().double().numpy(), module.layer.weight.detach().double().numpy()
    pooled = rows[slow_rows("Query: one stone", 2, 3, 512)].sum(axis=0)
    expected = layer @ (pooled / np.linalg.norm(pooled))
    expected /= np.linalg.norm(expected)
    (found,) = encoder.encode(["one stone"], prompt_name="query")
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_theory_an_orthogonal_layer_changes_no_cosine() -> None:
    encoder = small(width=8, dimensions=16)
    layer = first_module(encoder).layer.weight.detach().double()
    torch.testing.assert_close(layer.T @ layer, torch.eye(8, dtype=torch.float64), atol=1e-6, rtol=0)


def test_other_implementation_rows_start_weighted_by_inverse_document_frequency() -> None:
    texts = ["xx xx", "xx", "yy xx", "zz"]
    weights = first_module(untrained(recipe(width=256, dimensions=256), texts, np.random.default_rng(0))).rows.weight
    norms = weights.detach().norm(dim=1).numpy()
    prompted = {row for prompt in PROMPTS.values() for row in slow_rows(prompt, 2, 3, 512)}
    containing = [set(slow_rows(text, 2, 3, 512)) for text in texts]
    for row in range(512):
        count = sum(row in own for own in containing)
        expected = 0.0 if row in prompted else math.log((1 + 4) / (1 + count))
        assert norms[row] == pytest.approx(expected, rel=0.25)


def test_theory_prompts_are_applied_on_both_sides() -> None:
    encoder = small()
    assert encoder.prompts["query"] == PROMPTS["query"] == "Query: "
    assert encoder.prompts["passage"] == PROMPTS["passage"] == "Passage: "
    for name, prompt in PROMPTS.items():
        by_name = encoder.encode(["one stone"], prompt_name=name)
        np.testing.assert_array_equal(by_name, encoder.encode([prompt + "one stone"]))
        assert not np.allclose(by_name, encoder.encode(["one stone"]))


def test_exact_vectors_do_not_depend_on_what_was_encoded_before() -> None:
    fresh = small().encode(list(SENTENCES))
    used = small()
    used.encode(["something else", *reversed(SENTENCES)], prompt_name="query")
    np.testing.assert_array_equal(used.encode(list(SENTENCES)), fresh)


def test_theory_the_untrained_encoder_matches_words() -> None:
    texts = evaluation_texts()
    encoder = untrained(recipe(buckets=4096, width=128, dimensions=128), texts.passages.texts, np.random.default_rng(0))
    queries = encoder.encode(list(texts.queries.texts), prompt_name="query")
    passages = encoder.encode(list(texts.passages.texts), prompt_name="passage")
    hits = (queries @ passages.T).argmax(axis=1) == np.arange(10)
    assert hits.sum() >= 8


@pytest.mark.parametrize("shape", [{"width": 8, "dimensions": 24}, {"width": 24, "dimensions": 8}])
def test_itself_save_and_load_give_equal_vectors(tmp_path: Path, shape: dict[str, int]) -> None:
    encoder = small(**shape)
    write(encoder, tmp_path / "new" / "folder")
    again = read(tmp_path / "new" / "folder")
    for name in PROMPTS:
        vectors = encoder.encode(list(SENTENCES), prompt_name=name)
        assert vectors.shape == (5, shape["dimensions"])
        np.testing.assert_array_equal(again.encode(list(SENTENCES), prompt_name=name), vectors)


def test_other_implementation_the_library_loads_what_was_written(tmp_path: Path) -> None:
    encoder = small()
    write(encoder, tmp_path)
    ordinary = SentenceTransformer(str(tmp_path), trust_remote_code=True, local_files_only=True, device="cpu")
    assert isinstance(ordinary[0], HashedNgrams)
    assert isinstance(ordinary[1], Normalize)
    assert ordinary.get_embedding_dimension() == 16
    for name in PROMPTS:
        np.testing.assert_array_equal(
            ordinary.encode(list(SENTENCES), prompt_name=name), encoder.encode(list(SENTENCES), prompt_name=name)
        )


def test_exact_equal_encoders_have_equal_bytes_and_no_pickle(tmp_path: Path) -> None:
    write(small(), tmp_path / "one")
    write(small(), tmp_path / "two")
    write(small(seed=1), tmp_path / "other")
    one = contents(tmp_path / "one")
    assert one == contents(tmp_path / "two")
    assert one["model.safetensors"] != contents(tmp_path / "other")["model.safetensors"]
    assert {Path(name).suffix for name in one} == {".json", ".safetensors"}


def test_exact_weights_are_safetensors_whatever_is_asked(tmp_path: Path) -> None:
    small().save(str(tmp_path), create_model_card=False, safe_serialization=False)
    assert {path.name for path in tmp_path.rglob("*.*") if path.suffix != ".json"} == {"model.safetensors"}


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_degenerate_a_folder_without_encoder(tmp_path: Path, name: str) -> None:
    write(small(), tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / "pytorch_model.bin").write_bytes(b"not to be read")
    with pytest.raises(FileNotFoundError, match=f"expected an encoder saved here, found no {name}"):
        read(tmp_path)


def test_degenerate_a_text_without_ngrams_is_the_zero_vector() -> None:
    assert rows_of("", 3, 4, 512) == []
    encoder = small(shortest=3)
    np.testing.assert_array_equal(encoder.encode([""]), np.zeros((1, 16)))
    alone = encoder.encode(["one stone"])
    np.testing.assert_allclose(encoder.encode(["", "one stone", " "])[1:2], alone, atol=1e-6)


def test_degenerate_another_encoder_is_refused() -> None:
    with pytest.raises(TypeError, match="expected an encoder of hashed n-grams, found one that starts with Normalize"):
        first_module(SentenceTransformer(modules=[Normalize()], device="cpu"))


def test_exact_features_name_where_each_text_starts() -> None:
    module = HashedNgrams(buckets=512, width=4, dimensions=4, shortest=2, longest=2)
    features: dict[str, Any] = module.preprocess(["ab", "", "abc"])
    assert features["offsets"].tolist() == [0, 3, 4]
    assert len(features["input_ids"]) == 8
    assert assemble(module).get_embedding_dimension() == 4
