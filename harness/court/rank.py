"""Exact ranks of the judged passages, by counting what precedes each.

Every measure we report is a function of the ranks of the judged passages alone, so nothing is
sorted. The order of a pool is (-score, passage row); the rank of a judged passage d of query q is

    1 + #{e : score(q, e) > score(q, d)} + #{e : score(q, e) = score(q, d), row(e) < row(d)}.

Scores are float64 dot products of admitted vectors, whose partial sums are all exact (see
`harness.court.admit`), so BLAS may add in any order, in any blocks and with any number of
threads, and equality of scores is equality of real numbers.

Small pools are counted in float64 (`harness.court.exact`). From PREFILTER_FROM products of entries on a
float32 product with a proven bound comes first, and float64 decides what lies inside the bound
(`harness.court.prefilter`); its compiled code takes about a second to load, which a process that
ranks one pool does not win back and one that ranks a scope's encoders does. Both count the same.

Cost: about one and a half float32 products of all scores; `make bench` says how much. Memory:
QUERIES_AT_ONCE x PASSAGES_AT_ONCE scores (32 MiB) and what is copied of a block, whatever the pool.
Counts add over blocks of passages, so a pool may come in shards (`harness.court.shards`).
Source: design, Exact ranks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harness.court.exact import JUDGED_AT_ONCE, count_exactly
from harness.court.judged import Block, Pairs, sort_pairs
from harness.court.prefilter import count_prefiltered, score_pairs
from harness.records.judgements import Judgements
from harness.records.vectors import AdmittedVectors

__all__ = ["JUDGED_AT_ONCE", "Ranks", "count_blocks", "count_ranks", "rank_judged", "ranks_of"]

QUERIES_AT_ONCE = 1 << 10
PASSAGES_AT_ONCE = 1 << 13
PREFILTER_FROM = 1 << 31
"""Queries x passages x dimensions from which the prefilter is worth loading."""

PAIRS_AT_ONCE = 1 << 12


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """1-based ranks of J judged pairs, shape (J,), in the order of the pairs.

    `within` counts the passages of the judged passage's own group (language), `overall` all.
    """

    within: NDArray[np.int64]
    overall: NDArray[np.int64]


def rank_judged(vectors: AdmittedVectors, judgements: Judgements) -> Ranks:
    """Return the ranks of all judged pairs; the groups are the passages' languages."""
    return count_ranks(
        vectors.queries,
        vectors.passages,
        judgements.query_rows,
        judgements.passage_rows,
        judgements.passage_languages,
    )


def count_ranks(  # noqa: PLR0913  (the sizes of blocks are arguments for the tests alone)
    queries: NDArray[np.float64],
    passages: NDArray[np.float64],
    query_rows: Sequence[int],
    passage_rows: Sequence[int],
    groups: Sequence[str] | None,
    *,
    queries_at_once: int = QUERIES_AT_ONCE,
    passages_at_once: int = PASSAGES_AT_ONCE,
    prefilter_from: int = PREFILTER_FROM,
) -> Ranks:
    """Return the ranks of the pairs (query_rows[j], passage_rows[j]), in any order of pairs.

    `queries` (Q, D) and `passages` (P, D) are admitted arrays; `groups` labels each passage, its
    members need not be neighbours; None is one group. The sizes of blocks change no rank, nor does
    the prefilter.

    Raises:
        UsageError: rows out of range, a label missing, or vectors that were not admitted.
    """
    queries, passages = np.ascontiguousarray(queries), np.ascontiguousarray(passages)
    order, pairs, codes = sort_pairs(len(queries), len(passages), query_rows, passage_rows, groups)
    prefilter = queries.size * len(passages) >= prefilter_from
    score = score_pairs if prefilter else _score_pairs
    pairs = replace(pairs, scores=score(queries, passages, pairs.query_rows, pairs.passage_rows))
    blocks = (
        Block(start, passages[start : start + passages_at_once], codes[start : start + passages_at_once])
        for start in range(0, len(passages), passages_at_once)
    )
    return ranks_of(count_blocks(queries, blocks, pairs, queries_at_once, prefilter=prefilter), order)


def count_blocks(
    queries: NDArray[np.float64],
    blocks: Iterable[Block],
    pairs: Pairs,
    queries_at_once: int = QUERIES_AT_ONCE,
    *,
    prefilter: bool,
) -> NDArray[np.int64]:
    """Return counts (J, 2) of what precedes the judged passages in some blocks of a pool, within groups and in all.

    Counts of blocks that make up the pool add up to its ranks less one.

    Raises:
        UsageError: vectors that were not admitted.
    """
    judged, rows = np.unique(pairs.query_rows, return_inverse=True)
    if len(judged) < len(queries):  # who has no judged passage needs no scores
        queries, pairs = queries[judged], replace(pairs, query_rows=rows)
    if prefilter:
        return count_prefiltered(queries, blocks, pairs, queries_at_once)
    counts = np.zeros((len(pairs.scores), 2), dtype=np.int64)
    for block in blocks:
        count_exactly(queries, block, pairs, np.arange(len(queries)), counts, queries_at_once)
    return counts


def ranks_of(counts: NDArray[np.int64], order: NDArray[np.int64]) -> Ranks:
    """Return the ranks behind the counts of a whole pool; pair j of the counts is pair `order[j]` of the ranks."""
    within, overall = np.empty_like(order), np.empty_like(order)
    within[order], overall[order] = counts[:, 0] + 1, counts[:, 1] + 1
    return Ranks(within=within, overall=overall)


def _score_pairs(
    queries: NDArray[np.float64],
    passages: NDArray[np.float64],
    query_rows: NDArray[np.int64],
    passage_rows: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the exact score of each pair of rows, (J,), with numpy alone."""
    scores = np.empty(len(query_rows))
    for start in range(0, len(scores), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        scores[part] = np.einsum("ij,ij->i", queries[query_rows[part]], passages[passage_rows[part]])
    return scores
