"""Contrastive training through sentence-transformers' own trainer, sampler and loss.

Loss: InfoNCE with in-batch negatives on cosine similarity (arXiv 2408.10536, eq. 1) =
`MultipleNegativesRankingLoss` with scale 1/temperature. Optimiser: AdamW (section 3.1).
Nothing is logged, saved or evaluated on the way; the last step's encoder is the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.sentence_transformer.data_collator import SentenceTransformerDataCollator
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from transformers.trainer_callback import PrinterCallback

from harness.lab.encoder import first_module
from harness.lab.sampler import COLUMNS, sampler_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.lab.pairs import PairRows


@dataclass(frozen=True, slots=True)
class Course:
    """How one training goes: `steps` batches of `batch` pairs, each monolingual with probability `alpha`."""

    alpha: float
    steps: int
    batch: int
    learning_rate: float
    weight_decay: float
    temperature: float
    seed: int


class _Loss(MultipleNegativesRankingLoss):
    """The library's loss; queries and passages go through the encoder in one call, not one after the other."""

    def forward(self, sentence_features: Iterable[dict[str, torch.Tensor]], labels: torch.Tensor) -> torch.Tensor:
        """Return the loss of a batch whose columns are bags of rows: `input_ids` and where texts start."""
        columns = list(sentence_features)
        before = np.cumsum([0, *(len(column["input_ids"]) for column in columns)]).tolist()
        starts = [column["offsets"] + shift for column, shift in zip(columns, before, strict=False)]
        joined = {"input_ids": torch.cat([column["input_ids"] for column in columns]), "offsets": torch.cat(starts)}
        vectors = self.model(joined)["sentence_embedding"]
        return self.compute_loss_from_embeddings(list(vectors.split([len(own) for own in starts])), labels)


class _Trainer(SentenceTransformerTrainer):
    """The library's trainer without what only a model card needs: examples encoded, texts counted."""

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """Add none."""


def fit(
    encoder: SentenceTransformer, rows: PairRows, course: Course, *, prompts: dict[str, str], scratch: Path
) -> None:
    """Train `encoder` in place; equal bytes for equal arguments and an equal number of torch threads.

    `prompts` maps the columns `query` and `passage` to their prefixes; `scratch` is a folder
    the trainer may name as its output and writes nothing to.

    Raises:
        ValueError: rows that cannot fill the batches asked for, or a training that diverged.
    """
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(scratch),
        max_steps=course.steps,
        per_device_train_batch_size=course.batch,
        learning_rate=course.learning_rate,
        weight_decay=course.weight_decay,
        lr_scheduler_type="linear",
        optim="adamw_torch_fused",
        max_grad_norm=0,
        batch_sampler=sampler_for(rows, course.alpha, course.seed),
        seed=course.seed % (1 << 32),
        use_cpu=True,
        save_strategy="no",
        logging_strategy="no",
        eval_strategy="no",
        report_to=[],
        disable_tqdm=True,
        dataloader_pin_memory=False,
        dataloader_num_workers=0,
    )
    trainer = _Trainer(
        model=encoder,
        args=arguments,
        train_dataset=Dataset.from_dict(dict(zip(COLUMNS, (rows.queries, rows.passages), strict=True))),
        loss=_Loss(encoder, scale=1 / course.temperature),
        # the module's own preprocessing: the encoder's would first ask of every text whether it is an image
        data_collator=SentenceTransformerDataCollator(preprocess_fn=first_module(encoder).preprocess, prompts=prompts),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    if not all(bool(torch.isfinite(weights).all()) for weights in encoder.parameters()):
        msg = f"expected finite weights after {course.steps} steps, found others; lower {course.learning_rate=}"
        raise ValueError(msg)
