"""Oracles: a cell's own bytes at a second run; other threads and processes; texts by their ids; counts of steps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_texts import WIDE, evaluation_texts, pair_texts, parallel_texts, pretrain_cell, settings

from harness.lab import cell
from harness.lab import encoder as encoder_module
from harness.lab.encoder import first_module, read, untrained
from harness.records.cells import CellOrder, EncodeCell, PretrainCell, TrainCell
from harness.records.record import Record
from harness.records.training import arm
from harness.seeds import generator


def train_cell(label: str = "hybrid", seed: int = 1) -> TrainCell:
    return TrainCell(base=pretrain_cell(**WIDE), arm=arm(label), settings=settings(batch=10), seed=seed, texts="pairs")


def order(folder: Path, work: PretrainCell | TrainCell | EncodeCell, texts: Record, encoder: str | None = None) -> Path:
    """Run one order whose output is named after its operation; return the output."""
    (folder / f"{work.op}.json").write_text(json.dumps(texts.plain()), encoding="utf-8")
    cell.run(
        CellOrder(
            label="a cell of a test",
            work=work,
            texts=str(folder / f"{work.op}.json"),
            encoder=None if encoder is None else str(folder / encoder),
            out=str(folder / work.op),
            seconds=60,
        )
    )
    return folder / work.op


def whole_way(folder: Path, label: str = "hybrid") -> dict[str, bytes]:
    """Pre-train, train and encode into `folder`; return every file written."""
    folder.mkdir(exist_ok=True)
    out = [
        order(folder, pretrain_cell(**WIDE), parallel_texts()),
        order(folder, train_cell(label), pair_texts(), "pretrain"),
        order(folder, EncodeCell(encoder=train_cell(label), texts="xquad"), evaluation_texts(), "train"),
    ]
    return {
        str(path.relative_to(folder)): path.read_bytes() for made in out for path in made.rglob("*") if path.is_file()
    }


def test_itself_a_cell_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    once = whole_way(tmp_path / "once")
    assert whole_way(tmp_path / "twice") == once
    assert {"pretrain/model.safetensors", "train/model.safetensors", "encode/queries.npy"} <= set(once)
    other = whole_way(tmp_path / "other", "x-y")
    assert other["pretrain/model.safetensors"] == once["pretrain/model.safetensors"]
    assert other["train/model.safetensors"] != once["train/model.safetensors"]
    assert other["encode/passages.npy"] != once["encode/passages.npy"]


def test_itself_other_processes_and_threads_give_the_same_bytes(tmp_path: Path) -> None:
    """Two threads offered to torch, OpenMP and OpenBLAS, and another hash seed."""
    here = whole_way(tmp_path / "here")
    asked = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONHASHSEED"), "2")
    subprocess.run([sys.executable, __file__, str(tmp_path / "there")], check=True, env=os.environ | asked)
    there = {
        str(path.relative_to(tmp_path / "there")): path.read_bytes()
        for operation in ("pretrain", "train", "encode")
        for path in (tmp_path / "there" / operation).rglob("*")
        if path.is_file()
    }
    assert there == here


def test_itself_what_is_prepared_changes_no_byte(tmp_path: Path) -> None:
    """The way of a worker: texts are read and hashed before the cell, for all cells to come."""
    plain = whole_way(tmp_path / "plain")
    for work in (
        pretrain_cell(**WIDE),
        train_cell(),
        EncodeCell(encoder=train_cell(), texts="xquad"),
        EncodeCell(encoder=pretrain_cell(**WIDE), texts="xquad"),
    ):
        texts = str(tmp_path / "plain" / f"{work.op}.json")
        cell.prepare(CellOrder(label="x", work=work, texts=texts, encoder=None, out="", seconds=1))
        recipe = pretrain_cell(**WIDE).recipe
        held = encoder_module.HASHED[recipe.shortest, recipe.longest, recipe.buckets]
        prompted = {"pretrain": "stone said in de", "train": "Query: de what is stone?"}
        assert prompted.get(work.op, "Passage: the stone is behind the house") in held
    assert whole_way(tmp_path / "prepared") == plain


def test_exact_a_base_as_it_is_can_be_encoded_with(tmp_path: Path) -> None:
    order(tmp_path, pretrain_cell(**WIDE), parallel_texts())
    out = order(tmp_path, EncodeCell(encoder=pretrain_cell(**WIDE), texts="xquad"), evaluation_texts(), "pretrain")
    untouched = read(tmp_path / "pretrain")
    ids = json.loads((out / cell.IDS).read_text(encoding="utf-8"))["queries"]
    texts = dict(zip(evaluation_texts().queries.ids, evaluation_texts().queries.texts, strict=True))
    expected = untouched.encode([texts[name] for name in ids], prompt_name="query")
    np.testing.assert_allclose(np.load(out / cell.QUERIES), expected, atol=1e-6)


def test_exact_withheld_pairs_change_what_is_trained_across_languages_and_nothing_else(tmp_path: Path) -> None:
    order(tmp_path, pretrain_cell(**WIDE), parallel_texts())
    made = {}
    for label in ("x-x-mono", "x-y"):
        for withheld in ((), (("de", "en"),)):
            work = train_cell(label).model_copy(update={"withheld": withheld})
            out = order(tmp_path, work, pair_texts(), "pretrain")
            made[label, withheld] = (out / "model.safetensors").read_bytes()
    assert made["x-x-mono", ()] == made["x-x-mono", (("de", "en"),)]
    assert made["x-y", ()] != made["x-y", (("de", "en"),)]


def test_exact_one_thread(tmp_path: Path) -> None:
    torch.set_num_threads(2)
    order(tmp_path, pretrain_cell(dose=0), parallel_texts())
    assert torch.get_num_threads() == 1


def test_exact_ids_travel_with_their_vectors(tmp_path: Path) -> None:
    order(tmp_path, pretrain_cell(), parallel_texts())
    texts = evaluation_texts()
    out = order(tmp_path, EncodeCell(encoder=train_cell(), texts="xquad"), texts, "pretrain")
    ids = json.loads((out / cell.IDS).read_text(encoding="utf-8"))
    encoder = read(tmp_path / "pretrain")
    for side, file, role, table in (
        ("queries", cell.QUERIES, "query", texts.queries),
        ("passages", cell.PASSAGES, "passage", texts.passages),
    ):
        vectors = np.load(out / file, allow_pickle=False)
        assert vectors.dtype == np.float32
        assert vectors.shape == (10, 16)
        text_of = dict(zip(table.ids, table.texts, strict=True))
        for name, vector in zip(ids[side], vectors, strict=True):
            np.testing.assert_allclose(encoder.encode([text_of[name]], prompt_name=role)[0], vector, atol=1e-6)


def test_exact_only_the_result_is_written(tmp_path: Path) -> None:
    named = {path.split("/", 1)[0] + "/" + path.rsplit("/", 1)[-1] for path in whole_way(tmp_path)}
    encoder = {"config.json", "config_sentence_transformers.json", "model.safetensors", "modules.json"}
    assert named == {f"{made}/{name}" for made in ("pretrain", "train") for name in encoder} | {
        f"encode/{name}" for name in (cell.QUERIES, cell.PASSAGES, cell.IDS)
    }
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {
        "pretrain.json",
        "train.json",
        "encode.json",
    }


def test_theory_no_dose_is_the_untrained_encoder_of_that_seed(tmp_path: Path) -> None:
    texts = parallel_texts()
    every = [text for sentence in texts.sentences for text in sentence]
    found = cell.pretrain(pretrain_cell(seed=5, dose=0), texts, tmp_path)
    expected = untrained(pretrain_cell(dose=0).recipe, every, generator("untrained", 5))
    other = cell.pretrain(pretrain_cell(seed=6, dose=0), texts, tmp_path)
    dosed = cell.pretrain(pretrain_cell(seed=5, dose=3), texts, tmp_path)
    weights = [first_module(encoder).rows.weight.detach().numpy() for encoder in (found, expected, other, dosed)]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])
    assert not np.array_equal(weights[0], weights[3])


def test_theory_aligned_pretraining_brings_translations_together(tmp_path: Path) -> None:
    texts = parallel_texts()
    left, right = ([sentence[side] for sentence in texts.sentences] for side in (0, 1))

    def likeness(dose: int) -> float:
        encoder = cell.pretrain(pretrain_cell(dose=dose), texts, tmp_path)
        scores = encoder.encode(left) @ encoder.encode(right).T
        return float(np.diag(scores).mean() - scores.mean())

    assert likeness(30) > likeness(0)


def test_exact_the_two_baselines_are_the_ends_of_alpha(tmp_path: Path) -> None:
    """So many steps that an alpha a tenth off would fill some batch otherwise."""
    base = pretrain_cell(dose=0)
    order(tmp_path, base, parallel_texts())

    def weights(label: str) -> bytes:
        encoder = read(tmp_path / "pretrain")
        work = TrainCell(base=base, arm=arm(label), settings=settings(steps=40, batch=2), seed=1, texts="pairs")
        cell.train(work, encoder, pair_texts(), tmp_path)
        return first_module(encoder).rows.weight.detach().numpy().tobytes()

    assert weights("x-x-mono") == weights("hybrid@1")
    assert weights("x-y") == weights("hybrid@0")
    assert len({weights(label) for label in ("x-x-mono", "x-y", "hybrid", "hybrid@0.9", "hybrid@0.1")}) == 5


def test_degenerate_no_encoder_to_start_from(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a cell of a test: expected an encoder to start from, found none"):
        order(tmp_path, train_cell(), pair_texts())


def test_degenerate_texts_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ParallelTexts"):
        order(tmp_path, pretrain_cell(), pair_texts())


def main(folder: Path) -> None:
    """Go the whole way in this process."""
    whole_way(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
