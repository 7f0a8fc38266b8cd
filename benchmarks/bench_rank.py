"""Ranking and measuring at full depth: against the bare float32 product, against BEIR, against itself.

Work: admitted vectors of XQuAD-R's sizes in 256 dimensions, 11 languages, one judged passage per
query and language; the ranks of all judged passages in their language and in the whole pool, MAP in
all three settings, rank distance. Random vectors are the hard case: judged passages stand anywhere
in the pool. Against: `queries @ passages.T` in float32 into memory that is already there (a fresh
result costs up to three times as much, all of it page faults). BEIR, its exact search at full depth
and `EvaluateRetrieval`, takes its scores from the same vectors, and must come to the same MAP.
"""

from __future__ import annotations

import json

import numpy as np

from benchmarks.pairs import MIB, in_child, peak_bytes, ratio
from benchmarks.row import Row
from harness.court.admit import admit
from harness.court.measure import judged_pairs, macro_average, measure, relevant_rows
from harness.court.rank import rank_judged
from harness.records.claim import Setting
from harness.records.judgements import Judgements
from harness.records.vectors import AdmittedVectors, LabVectors
from harness.seeds import generator

QUESTIONS, QUERIES, PASSAGES, WIDTH = 1190, 13090, 13014, 256
MOST_ABOVE = 400 * MIB
LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
SETTINGS: tuple[Setting, ...] = ("monolingual", "crosslingual", "multilingual")
BARE = "the bare float32 product"


def judged(queries: int, passages: int) -> Judgements:
    """Return drawn judgements: one passage of each language per query."""
    rng = generator("bench", "rank", queries, passages)
    blocks = np.array_split(np.arange(passages), len(LANGUAGES))
    rows = np.sort(np.stack([rng.choice(block, queries) for block in blocks], axis=1), axis=1)
    return Judgements(
        query_ids=tuple(f"q{row}" for row in range(queries)),
        query_languages=tuple(LANGUAGES[row % len(LANGUAGES)] for row in range(queries)),
        clusters=tuple(f"c{row}" for row in range(queries)),
        relations=("drawn",) * queries,
        entities_seen=(True,) * queries,
        passage_ids=tuple(f"p{row}" for row in range(passages)),
        passage_languages=tuple(
            language for language, block in zip(LANGUAGES, blocks, strict=True) for _ in range(len(block))
        ),
        query_rows=tuple(np.repeat(np.arange(queries), len(LANGUAGES)).tolist()),
        passage_rows=tuple(rows.ravel().tolist()),
        grades=(1,) * rows.size,
    )


def drawn(queries: int, passages: int, width: int = WIDTH) -> tuple[AdmittedVectors, Judgements]:
    """Return random vectors and judgements of these sizes."""
    judgements = judged(queries, passages)
    rng = generator("bench", "rank", "vectors", queries, passages)
    left, right = (rng.standard_normal((count, width), dtype=np.float32) for count in (queries, passages))
    return admit(LabVectors(judgements.query_ids, left, judgements.passage_ids, right), judgements), judgements


def full_depth(vectors: AdmittedVectors, judgements: Judgements) -> list[float]:
    """Rank and measure everything that a dataset's page shows: MAP by setting, rank distance."""
    ranks = rank_judged(vectors, judgements)
    pairs = judged_pairs(judgements)
    relevant = {setting: relevant_rows(pairs, ranks, setting) for setting in SETTINGS}
    means = [macro_average(measure(rows, "MAP"), judgements.query_languages) for rows in relevant.values()]
    return [*means, macro_average(measure(relevant["multilingual"], "rank-distance"), judgements.query_languages)]


def peak_above() -> int:
    """Return the most memory that ranking the larger set takes, in this process, above its vectors."""
    vectors, judgements = drawn(QUERIES, PASSAGES)
    full_depth(vectors, judgements)
    return peak_bytes() - vectors.queries.nbytes - vectors.passages.nbytes


def _against_bare(queries: int, passages: int, pairs: int) -> float:
    vectors, judgements = drawn(queries, passages)
    left, right = vectors.queries.astype(np.float32), vectors.passages.astype(np.float32).T
    scores = np.zeros((queries, passages), dtype=np.float32)
    return ratio(lambda: full_depth(vectors, judgements), lambda: np.matmul(left, right, out=scores), pairs)


def _tenfold() -> float:
    small, large = drawn(QUESTIONS, PASSAGES), drawn(QUESTIONS, 10 * PASSAGES)
    return ratio(lambda: full_depth(*large), lambda: full_depth(*small), 5)


def rows() -> list[Row]:
    """Measure; return one row per figure for the table of benchmarks."""
    beside = json.loads(in_child("from benchmarks.bench_beir import told; print(told())"))
    above = int(in_child("from benchmarks.bench_rank import peak_above; print(peak_above())"))
    few = f"rank and measure {QUESTIONS} x {PASSAGES} x {WIDTH} at full depth"
    many = f"rank and measure {QUERIES} x {PASSAGES} x {WIDTH} at full depth"
    return [
        Row(work=few, against=BARE, ratio=_against_bare(QUESTIONS, PASSAGES, 9), target=4.0),
        Row(work=few, against="beir's exact search and EvaluateRetrieval", ratio=beside["ratio"], target=None),
        Row(work=many, against=BARE, ratio=_against_bare(QUERIES, PASSAGES, 3), target=3.0),
        Row(
            work=f"{many}: memory", against="a limit of 400 MiB above the vectors", ratio=above / MOST_ABOVE, target=1.0
        ),
        Row(work=f"{few}, ten times the passages", against="itself", ratio=_tenfold(), target=10.5),
    ]


if __name__ == "__main__":
    for row in rows():
        print(row.line())
