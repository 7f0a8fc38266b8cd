"""Reach, shared layer and exposure: oracle is counting by hand and tensors written here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from small_sets import parallel_set

from harness.court.mechanism import (
    Trained,
    count_touched,
    exposure,
    layer_changed,
    lengths,
    reaches,
    touched,
    unreached,
)
from harness.errors import AdmissionRefused
from harness.records.texts import PairTexts
from harness.records.training import Recipe, Settings, arm
from harness.records.verdict import Reach
from harness.store import Store

PAIRS = PairTexts(facts=(0,), languages=("en",), queries=("ab",), passages=("bc",))
TRAINED = Trained(PAIRS, "p" * 64, 2, 2)
SETTINGS = Settings(steps=10, batch=8, learning_rate=0.01, weight_decay=0.0, temperature=0.05)


def test_exact_occurrences_by_language() -> None:
    # training holds " a" "ab" "b " " b" "bc" "c "; the Greek share only one of their pairs of characters
    tested = parallel_set([{"en": ("ab", "abc"), "el": ("αβ c", "αβ")}]).texts
    counts = count_touched(tested, TRAINED)
    assert counts == {"en": (3 + 4, 3 + 4), "el": (1, 5 + 3)}
    reach = reaches([counts, {"en": (0, 7)}], shared=True)
    assert reach == (
        Reach(language="el", rows=1 / 8, shared=True),
        Reach(language="en", rows=0.5, shared=True),
    )


def test_counts_are_kept_and_made_again_where_they_are_damaged(tmp_path: Path) -> None:
    tested, store = parallel_set([{"en": ("ab", "abc")}]).texts, Store(tmp_path)
    first = touched(store, tested, "t" * 64, TRAINED, "u" * 64)
    (kept,) = (tmp_path / "entries").glob("*/*/value.json")
    kept.write_text('{"en": [0, 1]}')
    assert touched(store, tested, "t" * 64, TRAINED, "u" * 64) == first == {"en": (7, 7)}
    assert len(list((tmp_path / "damaged").iterdir())) == 1
    other = Trained(PAIRS, "q" * 64, 2, 3)
    assert touched(store, tested, "t" * 64, other, "u" * 64) != first


def test_theory_only_a_language_with_neither_rows_nor_layer_is_lost() -> None:
    reach = [
        Reach(language="el", rows=0.0, shared=False),
        Reach(language="vi", rows=0.0, shared=True),
        Reach(language="de", rows=0.1, shared=False),
    ]
    assert "el" in unreached(("el", "vi", "de"), reach)
    assert not unreached(("vi", "de"), reach)


def encoder(folder: Path, layer: list[list[float]], name: str = "layer.weight") -> Path:
    folder.mkdir()
    save_file({name: np.array(layer, dtype=np.float32), "rows.weight": np.zeros((4, 2))}, folder / "model.safetensors")
    return folder


def test_exact_change_of_the_shared_layer(tmp_path: Path) -> None:
    base = encoder(tmp_path / "base", [[1.0, 0.0]])
    assert not layer_changed(base, encoder(tmp_path / "same", [[1.0, 0.0]]))
    assert layer_changed(base, encoder(tmp_path / "other", [[1.0, 1e-7]]))


def test_what_is_no_encoder_is_refused(tmp_path: Path) -> None:
    base = encoder(tmp_path / "base", [[1.0, 0.0]])
    with pytest.raises(AdmissionRefused, match="shape"):
        layer_changed(base, encoder(tmp_path / "wide", [[1.0, 0.0, 0.0]]))
    with pytest.raises(AdmissionRefused, match=r"layer\.weight"):
        layer_changed(base, encoder(tmp_path / "odd", [[1.0]], name="head.weight"))
    with pytest.raises(AdmissionRefused, match=r"model\.safetensors"):
        layer_changed(base, tmp_path / "nowhere")
    (base / "model.safetensors").write_bytes(b"none")
    with pytest.raises(AdmissionRefused):
        layer_changed(base, base)


@pytest.mark.parametrize(
    ("label", "alone", "across"),
    [("x-x-mono", 80, 0), ("x-y", 0, 80), ("hybrid", 40, 40), ("hybrid@0.25", 20, 60)],
)
def test_exact_pairs_as_alpha_lets_one_expect(label: str, alone: int, across: int) -> None:
    found = exposure("xlm-r", arm(label), SETTINGS, ("en", "de"))
    assert (found.monolingual_pairs, found.crosslingual_pairs, found.updates) == (alone, across, 10)
    assert (found.sampling, found.languages) == (label, ("de", "en"))


def test_lengths_are_those_that_any_encoder_hashes() -> None:
    recipe = Recipe(
        buckets=8,
        width=2,
        dimensions=2,
        shortest=2,
        longest=3,
        dose=1,
        batch=2,
        learning_rate=0.1,
        temperature=0.1,
    )
    assert lengths([recipe, recipe.model_copy(update={"shortest": 1, "longest": 4})]) == (1, 4)
