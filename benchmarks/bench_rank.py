"""Ranking at full depth against the bare float32 product of the same sizes.

Work: admitted vectors of 3,000 queries and 13,000 passages in 256 dimensions, 11 languages, one
judged passage per query and language; the ranks of all 33,000 judged passages in their language
and in the whole pool, MAP in all three settings, rank distance. Random vectors are the hard case:
judged passages stand anywhere in the pool. Against: `queries @ passages.T` in float32 into memory
that is already there (a fresh result costs up to three times as much, all of it page faults).
The ratio is the median over pairs measured alternately in this process.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.row import Row
from harness.court.admit import admit
from harness.court.measure import macro_average, measure, relevant_rows
from harness.court.rank import rank_judged
from harness.records.claim import Setting
from harness.records.judgements import Judgements
from harness.records.vectors import AdmittedVectors, LabVectors
from harness.seeds import generator

QUERIES, PASSAGES, WIDTH, REPEATS, TARGET = 3000, 13000, 256, 5, 8.0
LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
SETTINGS: tuple[Setting, ...] = ("monolingual", "crosslingual", "multilingual")


def drawn() -> tuple[AdmittedVectors, Judgements]:
    """Return random vectors and judgements of the sizes above."""
    rng = generator("bench", "rank")
    blocks = np.array_split(np.arange(PASSAGES), len(LANGUAGES))
    judged = np.stack([rng.choice(block, QUERIES) for block in blocks], axis=1)
    judgements = Judgements(
        query_ids=tuple(f"q{row}" for row in range(QUERIES)),
        query_languages=tuple(LANGUAGES[row % len(LANGUAGES)] for row in range(QUERIES)),
        clusters=tuple(f"c{row}" for row in range(QUERIES)),
        relations=("drawn",) * QUERIES,
        entities_seen=(True,) * QUERIES,
        passage_ids=tuple(f"p{row}" for row in range(PASSAGES)),
        passage_languages=tuple(
            language for language, block in zip(LANGUAGES, blocks, strict=True) for _ in range(len(block))
        ),
        query_rows=tuple(np.repeat(np.arange(QUERIES), len(LANGUAGES)).tolist()),
        passage_rows=tuple(judged.ravel().tolist()),
        grades=(1,) * judged.size,
    )
    queries, passages = (rng.standard_normal((count, WIDTH)).astype(np.float32) for count in (QUERIES, PASSAGES))
    return admit(LabVectors(judgements.query_ids, queries, judgements.passage_ids, passages), judgements), judgements


def full_depth(vectors: AdmittedVectors, judgements: Judgements) -> list[float]:
    """Rank and measure everything that a dataset's page shows."""
    ranks = rank_judged(vectors, judgements)
    relevant = {setting: relevant_rows(judgements, ranks, setting) for setting in SETTINGS}
    means = [macro_average(measure(rows, "MAP"), judgements.query_languages) for rows in relevant.values()]
    return [
        *means,
        macro_average(measure(relevant["multilingual"], "rank-distance"), judgements.query_languages),
    ]


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes by the wall clock."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def rows() -> list[Row]:
    """Measure; return one row per figure for the table of benchmarks."""
    vectors, judgements = drawn()
    queries, passages = vectors.queries.astype(np.float32), vectors.passages.astype(np.float32).T
    scores = np.zeros((QUERIES, PASSAGES), dtype=np.float32)
    full_depth(vectors, judgements)  # the first call of anything pays for loading it
    pairs = [
        (
            seconds(lambda: np.matmul(queries, passages, out=scores)),
            seconds(lambda: full_depth(vectors, judgements)),
        )
        for _ in range(REPEATS)
    ]
    work = f"rank and measure {QUERIES} x {PASSAGES} x {WIDTH} at full depth"
    ratio = statistics.median(ours / bare for bare, ours in pairs)
    return [Row(work=work, against="the bare float32 product", ratio=ratio, target=TARGET)]
