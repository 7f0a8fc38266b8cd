"""The same vectors ranked and measured by BEIR: exact search at full depth, then `EvaluateRetrieval`.

Both sides take the same vectors and must come to the same MAP: to 5 decimals, to which BEIR rounds.
Measured once, in a process of its own: BEIR holds a dictionary of all scores.
"""

from __future__ import annotations

import json
import logging
import math

import numpy as np
import torch
from beir.retrieval.evaluation import EvaluateRetrieval
from beir.retrieval.search.dense import DenseRetrievalExactSearch

from benchmarks.bench_rank import PASSAGES, QUESTIONS, drawn, full_depth
from benchmarks.pairs import seconds
from harness.court.measure import measure, relevant_rows
from harness.court.rank import rank_judged
from harness.records.judgements import Judgements
from harness.records.vectors import AdmittedVectors

CLOSE = 1e-5


class Known:
    """What BEIR takes for an encoder: it knows all vectors."""

    def __init__(self, vectors: AdmittedVectors) -> None:
        """Take the vectors as float32."""
        self.queries, self.passages = (
            torch.from_numpy(array.astype(np.float32)) for array in (vectors.queries, vectors.passages)
        )

    def encode_queries(self, _: list[str], **__: object) -> torch.Tensor:
        """Return all queries."""
        return self.queries

    def encode_corpus(self, corpus: list[dict[str, str]], **__: object) -> torch.Tensor:
        """Return the passages in the order that BEIR wants them."""
        return self.passages[[int(passage["text"]) for passage in corpus]]


def their_map(vectors: AdmittedVectors, judgements: Judgements) -> float:
    """Return the MAP of the pool of all languages, by BEIR."""
    judged: dict[str, dict[str, int]] = {name: {} for name in judgements.query_ids}
    for query, passage in zip(judgements.query_rows, judgements.passage_rows, strict=True):
        judged[judgements.query_ids[query]][judgements.passage_ids[passage]] = 1
    corpus = {name: {"title": "", "text": f"{row}"} for row, name in enumerate(judgements.passage_ids)}
    depth = len(corpus)
    search = EvaluateRetrieval(DenseRetrievalExactSearch(Known(vectors)), k_values=[depth], score_function="dot")
    results = search.retrieve(corpus, dict.fromkeys(judgements.query_ids, ""))
    _, found, _, _ = search.evaluate(judged, results, [depth])
    return float(found[f"MAP@{depth}"])


def told() -> str:
    """Return the ratio of times as JSON.

    Raises:
        ValueError: the two sides do not agree.
    """
    logging.disable()
    vectors, judgements = drawn(QUESTIONS, PASSAGES)
    full_depth(vectors, judgements)
    ours = seconds(lambda: full_depth(vectors, judgements))
    maps: list[float] = []
    theirs = seconds(lambda: maps.append(their_map(vectors, judgements)))
    values = measure(relevant_rows(judgements, rank_judged(vectors, judgements), "multilingual"), "MAP").values
    own = math.fsum(values.tolist()) / len(values)
    if abs(own - maps[0]) > CLOSE:
        msg = f"expected one MAP, found {own} here and {maps[0]} by BEIR"
        raise ValueError(msg)
    return json.dumps({"ratio": ours / theirs, "seconds": theirs, "MAP": own})


if __name__ == "__main__":
    print(told())
