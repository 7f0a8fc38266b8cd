"""Oracles: the sampler's own batches; the loss written out in numpy; bytes of weights over runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_texts import pair_texts, parallel_texts, recipe

from harness.lab.encoder import PROMPTS, HashedNgrams, assemble, first_module, untrained
from harness.lab.pairs import PairRows, question_rows
from harness.lab.sampler import HybridBatchSampler
from harness.lab.train import Course, fit

TEXTS = [text for sentence in parallel_texts().sentences for text in sentence]


def course(**changes: Any) -> Course:
    plain: dict[str, Any] = {
        "alpha": 0.5,
        "steps": 6,
        "batch": 4,
        "learning_rate": 0.01,
        "weight_decay": 0.01,
        "temperature": 0.05,
        "seed": 3,
    }
    return Course(**(plain | changes))


def trained(folder: Path, prompts: dict[str, str] = PROMPTS, **changes: Any) -> dict[str, bytes]:
    """Return the bytes of each of the weights after one course."""
    encoder = untrained(recipe(), TEXTS, np.random.default_rng(0))
    fit(encoder, question_rows(pair_texts()), course(**changes), prompts=prompts, scratch=folder)
    return {name: weights.detach().numpy().tobytes() for name, weights in encoder.named_parameters()}


class Listening(HashedNgrams):
    """The real module, which also keeps what it was asked to prepare."""

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **task: Any) -> dict[str, Any]:
        self.heard.append((prompt, list(inputs)))
        return super().preprocess(inputs, prompt, **task)

    def listen(self) -> list[tuple[str | None, list[str]]]:
        self.heard: list[tuple[str | None, list[str]]] = []
        return self.heard


def loss_of(rows: PairRows, batch: list[int], module: HashedNgrams, temperature: float) -> float:
    """Return -log softmax of each query's own passage among the batch's, averaged: equation 1."""
    encoder = assemble(module)
    queries = encoder.encode([rows.queries[row] for row in batch], prompt_name="query").astype(float)
    passages = encoder.encode([rows.passages[row] for row in batch], prompt_name="passage").astype(float)
    scores = queries @ passages.T / temperature
    return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - np.diag(scores)))


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0])
def test_exact_every_step_trains_on_the_samplers_next_batch_epoch_after_epoch(tmp_path: Path, alpha: float) -> None:
    rows = question_rows(pair_texts())
    module = Listening(buckets=64, width=4, dimensions=4, shortest=2, longest=2)
    torch.nn.init.normal_(module.rows.weight, generator=torch.Generator().manual_seed(0))
    torch.nn.init.eye_(module.layer.weight)
    heard = module.listen()
    sampler = HybridBatchSampler(rows, alpha=alpha, batch_size=4, seed=3)
    steps = 2 * len(sampler) + 1
    fit(assemble(module), rows, course(alpha=alpha, steps=steps), prompts=PROMPTS, scratch=tmp_path)
    expected: list[tuple[str | None, list[str]]] = []
    for epoch in range(3):
        sampler.set_epoch(epoch)
        for batch in sampler:
            expected.append(("Query: ", [rows.queries[row] for row in batch]))
            expected.append(("Passage: ", [rows.passages[row] for row in batch]))
    # the data loader prepares one batch ahead of the step
    assert heard[: 2 * steps] == expected[: 2 * steps]
    assert len(heard) <= 2 * (steps + 1)


def test_theory_the_loss_goes_down(tmp_path: Path) -> None:
    rows = question_rows(pair_texts())
    (batch, *_) = HybridBatchSampler(rows, alpha=0.0, batch_size=8, seed=0)
    encoder = untrained(recipe(), TEXTS, np.random.default_rng(0))
    before = loss_of(rows, batch, first_module(encoder), 0.05)
    fit(encoder, rows, course(alpha=0.0, steps=30, batch=8), prompts=PROMPTS, scratch=tmp_path)
    assert loss_of(rows, batch, first_module(encoder), 0.05) < 0.3 * before


def test_other_implementation_one_step_follows_the_gradient_of_the_written_loss(tmp_path: Path) -> None:
    """AdamW's first step moves each touched weight by the learning rate against its gradient's sign."""
    rows = question_rows(pair_texts())
    (batch, *_) = HybridBatchSampler(rows, alpha=0.5, batch_size=4, seed=3)
    encoder = untrained(recipe(), TEXTS, np.random.default_rng(0))
    module = first_module(encoder)
    start = module.layer.weight.detach().clone()
    fit(encoder, rows, course(steps=1, learning_rate=1e-4, weight_decay=0.0), prompts=PROMPTS, scratch=tmp_path)
    moved = (module.layer.weight.detach() - start).numpy()
    assert np.abs(moved).max() == pytest.approx(1e-4, rel=1e-2)
    for place in [(0, 0), (3, 7), (15, 2)]:
        slopes = []
        for step in (1e-3, -1e-3):
            with torch.no_grad():
                module.layer.weight.copy_(start)
                module.layer.weight[place] += step
            slopes.append(loss_of(rows, batch, module, 0.05))
        assert np.sign(moved[place]) == -np.sign(slopes[0] - slopes[1])


def test_theory_the_learning_rate_falls_linearly_to_nothing(tmp_path: Path) -> None:
    """Two of AdamW's first steps, at the whole rate and at half of it, move no weight further than 1.5 of it."""
    encoder = untrained(recipe(), TEXTS, np.random.default_rng(0))
    layer = first_module(encoder).layer.weight
    start = layer.detach().clone()
    changes = course(steps=2, learning_rate=1e-4, weight_decay=0.0)
    fit(encoder, question_rows(pair_texts()), changes, prompts=PROMPTS, scratch=tmp_path)
    assert float((layer.detach() - start).abs().max()) == pytest.approx(1.5e-4, rel=2e-2)


def test_itself_equal_runs_give_equal_bytes_and_others_do_not(tmp_path: Path) -> None:
    once = trained(tmp_path)
    assert trained(tmp_path) == once
    for change in ({"seed": 4}, {"alpha": 1.0}, {"steps": 7}, {"temperature": 0.1}, {"learning_rate": 0.02}):
        assert trained(tmp_path, **change) != once
    assert trained(tmp_path, weight_decay=0.5) != once
    assert trained(tmp_path, prompts={}) != once


def test_exact_nothing_is_written_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    trained(tmp_path / "scratch")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_exact_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    trained(tmp_path)
    assert capfd.readouterr().out == ""


def test_degenerate_a_training_that_diverges_says_so(tmp_path: Path) -> None:
    encoder = untrained(recipe(), TEXTS, np.random.default_rng(0))
    with torch.no_grad():
        first_module(encoder).layer.weight.fill_(float("nan"))
    with pytest.raises(ValueError, match=r"expected finite weights after 2 steps, found others"):
        fit(encoder, question_rows(pair_texts()), course(steps=2), prompts=PROMPTS, scratch=tmp_path)


def test_degenerate_rows_too_few_for_the_batch(tmp_path: Path) -> None:
    encoder = untrained(recipe(), TEXTS, np.random.default_rng(0))
    with pytest.raises(ValueError, match="expected 11 facts in each language"):
        fit(encoder, question_rows(pair_texts()), course(batch=11), prompts=PROMPTS, scratch=tmp_path)
