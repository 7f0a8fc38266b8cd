"""The lab's conductor: one cell from its inputs to its output folder.

    (1) read the texts, and the encoder it starts from
    (2) pre-train, train or encode
    (3) write the result, nothing else

A cell is a pure function of its order: the same order gives the same bytes. What `prepare` reads and
hashes beforehand only saves time.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch

from harness.lab.encoder import PROMPTS, hashed, read, untrained, write
from harness.lab.pairs import parallel_rows, question_rows
from harness.lab.train import Course, fit
from harness.records.cells import PretrainCell, TrainCell
from harness.records.texts import EvaluationTexts, PairTexts, ParallelTexts
from harness.seeds import child_seed, generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentence_transformers import SentenceTransformer

    from harness.records.cells import CellOrder

T = TypeVar("T", ParallelTexts, PairTexts, EvaluationTexts)
KEPT = 8
"""Files of texts that a process remembers: those of one scope."""

ENCODE_BATCH = 512
CROSSLINGUAL = 0.0
ALPHA = {"x-x-mono": 1.0, "x-y": CROSSLINGUAL}
QUERIES, PASSAGES, IDS = "queries.npy", "passages.npy", "ids.json"


def run(order: CellOrder) -> None:
    """Carry out one order on one thread, because sums depend on how they are shared out.

    Raises:
        ValueError: texts of another kind than the work needs, no encoder to start from, or a
            training that cannot be carried out.
    """
    torch.set_num_threads(1)
    out = Path(order.out)
    work = order.work
    if isinstance(work, PretrainCell):
        write(pretrain(work, _read(order.texts, ParallelTexts), out), out)
        return
    if order.encoder is None:
        msg = f"{order.label}: expected an encoder to start from, found none"
        raise ValueError(msg)
    encoder = read(Path(order.encoder))
    if isinstance(work, TrainCell):
        train(work, encoder, _read(order.texts, PairTexts), out)
        write(encoder, out)
    else:
        encode(encoder, _read(order.texts, EvaluationTexts), out)


def prepare(order: CellOrder) -> None:
    """Read and hash an order's texts, so that every child forked from here on finds it done.

    Raises:
        OSError, ValueError: texts that cannot be read; `run` will say so again.
    """
    work = order.work
    if isinstance(work, PretrainCell):
        recipe, texts = work.recipe, _sentences(_read(order.texts, ParallelTexts))
    elif isinstance(work, TrainCell):
        pairs = _read(order.texts, PairTexts)
        recipe, texts = work.base.recipe, _prompted(pairs.queries, pairs.passages)
    else:
        tables = _read(order.texts, EvaluationTexts)
        start = work.encoder
        recipe = start.recipe if isinstance(start, PretrainCell) else start.base.recipe
        texts = _prompted(tables.queries.texts, tables.passages.texts)
    hashed(texts, recipe.shortest, recipe.longest, recipe.buckets)


@lru_cache(maxsize=KEPT)
def _read(path: str, kind: type[T]) -> T:
    """Return the texts in a file; files of texts are named by what they hold, so they are read once."""
    return kind.model_validate_json(Path(path).read_bytes())


def _sentences(texts: ParallelTexts) -> list[str]:
    return [text for row in texts.sentences for text in row if text]


def _prompted(queries: Sequence[str], passages: Sequence[str]) -> list[str]:
    return [PROMPTS["query"] + text for text in queries] + [PROMPTS["passage"] + text for text in passages]


def pretrain(work: PretrainCell, texts: ParallelTexts, scratch: Path) -> SentenceTransformer:
    """Return a base: an untrained encoder after `dose` steps on translations."""
    recipe = work.recipe
    encoder = untrained(recipe, _sentences(texts), generator("untrained", work.seed))
    if recipe.dose:
        course = Course(
            alpha=CROSSLINGUAL,
            steps=recipe.dose,
            batch=recipe.batch,
            learning_rate=recipe.learning_rate,
            weight_decay=0.0,
            temperature=recipe.temperature,
            seed=child_seed("pretrain", work.seed),
        )
        rows = parallel_rows(texts, generator("partners", work.seed))
        fit(encoder, rows, course, prompts={}, scratch=scratch)
    return encoder


def train(work: TrainCell, encoder: SentenceTransformer, texts: PairTexts, scratch: Path) -> None:
    """Train one arm in place. The seed for drawing data is the same in every arm."""
    settings = work.settings
    alpha = ALPHA.get(work.arm.sampling, work.arm.alpha)
    if alpha is None:
        msg = "expected alpha for hybrid sampling, found none"
        raise ValueError(msg)
    course = Course(
        alpha=alpha,
        steps=settings.steps,
        batch=settings.batch,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        temperature=settings.temperature,
        seed=child_seed("train", work.seed),
    )
    fit(encoder, question_rows(texts, work.withheld), course, prompts=PROMPTS, scratch=scratch)


def encode(encoder: SentenceTransformer, texts: EvaluationTexts, out: Path) -> None:
    """Write one vector per query and passage, in the order of the ids written beside them."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table, role in ((QUERIES, texts.queries, "query"), (PASSAGES, texts.passages, "passage")):
        vectors = encoder.encode(
            list(table.texts), prompt_name=role, batch_size=ENCODE_BATCH, show_progress_bar=False, convert_to_numpy=True
        )
        np.save(out / name, vectors.astype(np.float32), allow_pickle=False)
    ids = {"queries": texts.queries.ids, "passages": texts.passages.ids}
    (out / IDS).write_text(json.dumps(ids), encoding="utf-8")
