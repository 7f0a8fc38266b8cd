"""One pool, no languages, no lab: what `harness measure` prints.

Judgements come as `{query id: {passage id: grade}}` and runs as `{query id: passage ids, best
first}`, the forms that `harness.data.trec` reads and that BEIR and pytrec_eval use. Grade 0 says
judged and not relevant; a query without a relevant passage has no row and is not counted, nor is
a query that a run lists but nobody judged. A judged query that a run does not list scores 0.

The result is the JSON document `urn:harness:measure:1`: `queries` counts the measured ones,
`passages` the pool, `measures` are plain means over queries; `rank-distance` is null where no
query has two relevant passages in the list.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.court.measure import UNRETRIEVED, Relevant, measure, pool_rows
from harness.court.shards import Shard, as_shards, rank_shards
from harness.errors import UsageError

MEASURES = ("MAP", "MRR", "R@1", "R@10", "nDCG@10", "rank-distance")

FEW = 3
"""So many ids that repeat are named."""

Judged = Mapping[str, Mapping[str, int]]


def measure_vectors(
    queries: NDArray[np.floating],
    passages: NDArray[np.floating] | Sequence[Shard],
    judged: Judged,
    query_ids: Sequence[str] | None = None,
    passage_ids: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return the measures of vectors (Q, D) and (P, D), ranked to full depth; passages in one array or in shards.

    Ids name rows, of shards those of the pool; without them they are row numbers counted from 0.

    Raises:
        AdmissionRefused: vectors that are no evidence.
        UsageError: as many ids as rows were expected, each once; an unknown id; nothing relevant; shards that
            overlap or leave gaps.
    """
    shards = as_shards(passages)
    size = sum(shard.stop - shard.start for shard in shards)
    query_row, passage_row = _rows("query", query_ids, len(queries)), _rows("passage", passage_ids, size)
    pairs = _relevant(judged)
    left = [_row(query_row, query, "query") for query, _, _ in pairs]
    right = [_row(passage_row, passage, "passage") for _, passage, _ in pairs]
    ranks = rank_shards(queries, shards, left, right).overall
    relevant = pool_rows(left, ranks, [grade for _, _, grade in pairs], size)
    return measure_pool(relevant, list(query_row))


def measure_run(run: Mapping[str, Sequence[str]], judged: Judged, passages: int | None = None) -> dict[str, Any]:
    """Return the measures of ordered lists, perhaps incomplete; the rank is the place in the list.

    `passages` is the size of the pool; without it, the passages that a list or a judgement names.

    Raises:
        UsageError: nothing is judged relevant, or the run lists no query that is judged.
    """
    pairs = _relevant(judged)
    ids = list(dict.fromkeys(query for query, _, _ in pairs))
    if not any(query in run for query in ids):
        listed = next(iter(run), "none")
        raise UsageError(
            f"run: expected some of the {len(ids)} judged queries ({ids[0]}, for one), found others ({listed}); "
            "use the same ids in run and judgements"
        )
    row = {query: at for at, query in enumerate(ids)}
    place = {query: {passage: at for at, passage in enumerate(run.get(query, ()), start=1)} for query in ids}
    ranks = np.array([place[query].get(passage, UNRETRIEVED) for query, passage, _ in pairs], dtype=np.int64)
    if passages is None:
        named = {passage for listed in run.values() for passage in listed}
        passages = len(named.union(*judged.values()))
    relevant = pool_rows([row[query] for query, _, _ in pairs], ranks, [grade for _, _, grade in pairs], passages)
    return measure_pool(relevant, ids)


def measure_pool(relevant: Relevant, query_ids: Sequence[str]) -> dict[str, Any]:
    """Return the document of one pool; `query_ids` names queries by row."""
    names = [query_ids[row] for row in relevant.query_rows.tolist()]
    per_query: dict[str, dict[str, float | None]] = {name: dict.fromkeys(MEASURES) for name in names}
    means: dict[str, float | None] = {}
    for measured in MEASURES:
        rows = measure(relevant, measured)
        values = rows.values.tolist()
        means[measured] = math.fsum(values) / len(values) if values else None
        for row, value in zip(rows.query_rows.tolist(), values, strict=True):
            per_query[query_ids[row]][measured] = value
    return {
        "schema": "urn:harness:measure:1",
        "queries": len(names),
        "passages": int(relevant.pool_sizes[0]),
        "measures": means,
        "per_query": per_query,
    }


def _relevant(judged: Judged) -> list[tuple[str, str, int]]:
    """Return (query, passage, grade) of all relevant pairs."""
    pairs = [
        (query, passage, grade) for query, graded in judged.items() for passage, grade in graded.items() if grade > 0
    ]
    if not pairs:
        raise UsageError("judgements: expected at least one grade above 0, found none; nothing can be measured")
    return pairs


def _rows(kind: str, ids: Sequence[str] | None, count: int) -> dict[str, int]:
    names = [str(row) for row in range(count)] if ids is None else ids
    rows = {name: row for row, name in enumerate(names)}
    if len(names) != count or len(rows) != count:
        often = [name for name, times in Counter(names).most_common(FEW) if times > 1]
        raise UsageError(
            f"{kind} ids: expected {count}, one per row and each once, found {len(names)}, {len(rows)} of them "
            f"different{''.join(f', {name!r} more than once' for name in often)}; pass the ids of these vectors"
        )
    return rows


def _row(rows: Mapping[str, int], name: str, kind: str) -> int:
    if name not in rows:
        raise UsageError(f"judgements: expected ids of {len(rows)} vectors, found {kind} {name!r}; judge known ids")
    return rows[name]
