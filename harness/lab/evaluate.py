"""A process of its own in which a released encoder encodes one evaluation set.

    python -m harness.lab.evaluate  <  an EncodeOrder as JSON

Writes `queries.npy` and `passages.npy` (float32, N x D) and `ids.json` into the order's `out`, as a
cell does. Says on standard output, a JSON object a line: `{"done": .., "total": ..}` as it goes, and
at last `{"card": {...}}` or `{"error": "..."}`. What libraries print goes to standard error.

Texts go through in the order of their length, longest first, so that a batch is padded little and one
that is too large for the memory fails at once. A text's vector depends on its batch by the rounding
of floats alone.

The court compares by cosine. Where a model's vectors are to be compared by dot product, each passage
p gets one more number, sqrt(M**2 - |p|**2) with M the length of the longest, and each query a 0:
then all passages are of length M, and the order by cosine is the order by dot product (Bachrach et
al., Speeding up the Xbox recommender system, RecSys 2014).
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
import torch

from harness.lab.released import Role, load, longest, prompt, tokenizer_of
from harness.records.encoding import EncodeOrder, EncoderCard
from harness.records.texts import EvaluationTexts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from harness.records.encoding import Similarity

BATCHES_TOLD = 8
"""So many batches pass between two lines of progress."""

LONGEST_MESSAGE = 2000


def run(order: EncodeOrder, tell: Callable[[int, int], None]) -> EncoderCard:
    """Encode and write; `tell` gets how many texts are done, of how many.

    Raises:
        ValueError, OSError: as `harness.lab.released.load`; or texts of another kind.
    """
    torch.set_num_threads(order.threads)
    started = time.monotonic()
    texts = EvaluationTexts.model_validate_json(Path(order.texts).read_bytes())
    model = load(Path(order.model), order.device)
    if order.max_length is not None:
        model.max_seq_length = min(order.max_length, longest(model) or order.max_length)
    declared = str(model.similarity_fn_name)
    similarity: Similarity = order.similarity or ("dot" if declared == "dot" else "cosine")
    total = len(texts.queries) + len(texts.passages)
    asked = Encoding(model, "query", _chosen(order.query_prompt, prompt(model, "query")), order.batch)
    answered = Encoding(model, "passage", _chosen(order.passage_prompt, prompt(model, "passage")), order.batch)
    queries = asked.vectors(texts.queries.texts, lambda done: tell(done, total))
    passages = answered.vectors(texts.passages.texts, lambda done: tell(len(queries) + done, total))
    width = int(queries.shape[1])
    if similarity == "dot":
        queries, passages = level(queries, passages)
    _write(Path(order.out), texts, queries, passages)
    return EncoderCard(
        modules=tuple(type(module).__name__ for module in model),
        width=width,
        weights=sum(parameter.numel() for parameter in model.parameters()),
        max_length=longest(model),
        query_prompt=asked.before,
        passage_prompt=answered.before,
        declared=declared,
        similarity=similarity,
        cut_queries=asked.cut(texts.queries.texts),
        cut_passages=answered.cut(texts.passages.texts),
        device=order.device,
        threads=order.threads,
        batch=order.batch,
        seconds=round(time.monotonic() - started, 3),
    )


@dataclass(frozen=True, slots=True)
class Encoding:
    """One side of an evaluation set on its way through a model; `before` is put before each text."""

    model: SentenceTransformer
    role: Role
    before: str
    batch: int

    def vectors(self, texts: Sequence[str], tell: Callable[[int], None]) -> NDArray[np.float32]:
        """Return one vector per text (N, D), in the order of the texts."""
        encode = self.model.encode_query if self.role == "query" else self.model.encode_document
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        parts, step = [], self.batch * BATCHES_TOLD
        for start in range(0, len(order), step):
            chosen = [texts[at] for at in order[start : start + step]]
            made = encode(chosen, prompt=self.before, batch_size=self.batch, show_progress_bar=False)
            parts.append(np.asarray(made, dtype=np.float32))
            tell(min(start + step, len(order)))
        vectors = np.concatenate(parts)
        result = np.empty_like(vectors)
        result[order] = vectors
        return result

    def cut(self, texts: Sequence[str]) -> int:
        """Count the texts of which the model does not read the end."""
        most, tokenizer = longest(self.model), tokenizer_of(self.model)
        if most is None or tokenizer is None:
            return 0
        tokens = tokenizer([self.before + text for text in texts], truncation=False, padding=False)["input_ids"]
        return sum(len(ids) > most for ids in tokens)


def level(
    queries: NDArray[np.float32], passages: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return both with one more number, (Q, D + 1) and (P, D + 1): their cosines are ordered as the dot products."""
    squares = np.square(passages.astype(np.float64)).sum(axis=1)
    rest = np.sqrt(squares.max(initial=0.0) - squares).astype(np.float32)
    nothing = np.zeros((len(queries), 1), dtype=np.float32)
    return np.concatenate([queries, nothing], axis=1), np.concatenate([passages, rest[:, None]], axis=1)


def _chosen(told: str | None, own: str) -> str:
    return own if told is None else told


def _write(out: Path, texts: EvaluationTexts, queries: NDArray[np.float32], passages: NDArray[np.float32]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "queries.npy", queries, allow_pickle=False)
    np.save(out / "passages.npy", passages, allow_pickle=False)
    ids = {"queries": texts.queries.ids, "passages": texts.passages.ids}
    (out / "ids.json").write_text(json.dumps(ids), encoding="utf-8")


def _words(error: BaseException) -> str:
    text = " ".join(str(error).split())[:LONGEST_MESSAGE]
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"


def main() -> None:
    """Read one order; say how it goes and how it ended."""
    line = sys.stdin.read()
    descriptor = os.dup(1)
    os.dup2(2, 1)
    with os.fdopen(descriptor, "w", encoding="utf-8") as answers:
        serve(line, answers)


def serve(line: str, answers: TextIO) -> None:
    """Carry out one order; write how it goes and how it ended to `answers`, a line each."""

    def say(told: dict[str, Any]) -> None:
        print(json.dumps(told), file=answers, flush=True)

    try:
        order = EncodeOrder.model_validate_json(line)
        card = run(order, lambda done, total: say({"done": done, "total": total}))
    except Exception as error:  # noqa: BLE001 - whatever a library raises becomes words; the rest is in the log
        traceback.print_exc()
        say({"error": _words(error)})
    else:
        say({"card": card.plain()})


if __name__ == "__main__":
    main()
