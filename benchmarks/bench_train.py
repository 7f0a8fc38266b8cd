"""A training step through the library's trainer against the same step in a bare loop.

Work: `fit` on scope atlas's training pairs, its batch and encoder, hybrid batches, everything
hashed beforehand as a worker does. Against: the same batches, encoder, loss and optimiser in a
loop of five lines. The cost of starting a training is taken off by timing two lengths. One
thread; the ratio is the median over pairs measured alternately in this process.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy, normalize

from benchmarks.row import Row
from harness.claimfile.scopes import find_scope, read_scope
from harness.data import catalogue
from harness.lab.encoder import PROMPTS, first_module, untrained
from harness.lab.pairs import PairRows, question_rows
from harness.lab.sampler import HybridBatchSampler
from harness.lab.train import Course, fit
from harness.seeds import generator

SHORT, LONG, REPEATS, TARGET = 10, 60, 5, 2.0


def _course(steps: int) -> Course:
    settings = read_scope(find_scope("atlas"), tuned=False).settings
    return Course(
        alpha=0.5,
        steps=steps,
        batch=settings.batch,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        temperature=settings.temperature,
        seed=1,
    )


def _trainer(rows: PairRows, texts: list[str]) -> float:
    """Return seconds per step of the trainer."""
    taken = []
    for steps in (SHORT, LONG):
        encoder = untrained(read_scope(find_scope("atlas"), tuned=False).bases["xlm-r"], texts, generator("bench"))
        first_module(encoder).hashed(texts)
        with tempfile.TemporaryDirectory() as scratch:
            started = time.perf_counter()
            fit(encoder, rows, _course(steps), prompts=PROMPTS, scratch=Path(scratch))
            taken.append(time.perf_counter() - started)
    return (taken[1] - taken[0]) / (LONG - SHORT)


def _bare(rows: PairRows, texts: list[str]) -> float:
    """Return seconds per step of the bare loop."""
    encoder = untrained(read_scope(find_scope("atlas"), tuned=False).bases["xlm-r"], texts, generator("bench"))
    module, course = first_module(encoder), _course(LONG)
    optimiser = torch.optim.AdamW(module.parameters(), lr=course.learning_rate, fused=True)
    batches = iter(HybridBatchSampler(rows, alpha=course.alpha, batch_size=course.batch, seed=course.seed))
    started = time.perf_counter()
    for _ in range(LONG):
        batch = next(batches)
        asked, told = [rows.queries[row] for row in batch], [rows.passages[row] for row in batch]
        both = [PROMPTS["query"] + text for text in asked] + [PROMPTS["passage"] + text for text in told]
        vectors = normalize(module(module.preprocess(both))["sentence_embedding"], dim=-1)
        scores = vectors[: len(batch)] @ vectors[len(batch) :].T / course.temperature
        cross_entropy(scores, torch.arange(len(batch))).backward()  # type: ignore[no-untyped-call]  # torch's own
        optimiser.step()
        optimiser.zero_grad()
    return (time.perf_counter() - started) / LONG


def rows() -> list[Row]:
    """Measure; return one row for the table of benchmarks."""
    torch.set_num_threads(1)
    pairs = question_rows(catalogue.pairs(read_scope(find_scope("atlas"), tuned=False).training))
    texts = sorted(
        {PROMPTS["query"] + text for text in pairs.queries} | {PROMPTS["passage"] + text for text in pairs.passages}
    )
    _trainer(pairs, texts)  # the first call of anything pays for loading it
    ratio = statistics.median(_trainer(pairs, texts) / _bare(pairs, texts) for _ in range(REPEATS))
    work = f"a training step of {_course(1).batch} pairs through the trainer"
    return [Row(work=work, against="the same step in a bare loop", ratio=ratio, target=TARGET)]
