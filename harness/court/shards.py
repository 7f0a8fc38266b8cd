"""Pools in shards: passages that lie in several files, memory-mapped or not, and are read once.

A shard is a run of a pool's rows as an encoder wrote them; together the shards hold every row once.
They are admitted block by block (`harness.court.admit.unit_rows` works on rows one by one), and counts
of shards add up to ranks, so that a pool takes no more memory than a block of it:

    (1) check shapes, dtypes, and that nothing overlaps or is missing
    (2) score the judged pairs, exactly
    (3) count what precedes them, shard by shard; a row that is no vector is found on the way
    (4) add up

The ranks are those of the whole pool in one array. Rows are read twice where they are judged, else
once. Cost: that of `harness.court.rank`, and the admission of all rows, which goes on while the block
before is counted. Memory: two blocks of passages as float64, one as float32, one of scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from harness.court.admit import odd_rows, refuse, row_faults, shape_faults, unit_rows, width_faults
from harness.court.judged import Block, Pairs, sort_pairs
from harness.court.rank import PASSAGES_AT_ONCE, PREFILTER_FROM, Ranks, count_blocks, ranks_of
from harness.errors import UsageError

PAIRS_AT_ONCE = 1 << 12


class Rows(Protocol):
    """What a shard's vectors must do: an array does, a memory-mapped one, a file that is read when it is asked."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(S, D)."""

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """Of the entries."""

    def __getitem__(self, rows: slice | NDArray[np.int64], /) -> NDArray[np.floating]:
        """Return some rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """Passages `start` to `start + S - 1` of a pool: `vectors` (S, D), any float dtype, nothing checked yet."""

    start: int
    vectors: Rows

    @property
    def stop(self) -> int:
        """The first row behind it."""
        return self.start + (self.vectors.shape[0] if self.vectors.shape else 0)


def in_a_row(arrays: Sequence[Rows]) -> tuple[Shard, ...]:
    """Return shards of arrays that follow on each other, the first beginning with row 0."""
    sizes = [array.shape[0] if array.shape else 0 for array in arrays]
    return tuple(Shard(sum(sizes[:at]), array) for at, array in enumerate(arrays))


def as_shards(passages: NDArray[np.floating] | Sequence[Shard]) -> Sequence[Shard]:
    """Return an array as the one shard of its pool, and shards as they are."""
    return in_a_row([passages]) if isinstance(passages, np.ndarray) else passages


class Pool:
    """Admitted queries, and shards that are admitted as they are read; what is no vector is noted on the way."""

    def __init__(self, queries: NDArray[np.floating], shards: Sequence[Shard], at_once: int = PASSAGES_AT_ONCE) -> None:
        """Check shapes, and admit the queries; `shards` in any order.

        Raises:
            AdmissionRefused: shapes or dtypes.
            UsageError: shards that overlap or leave gaps.
        """
        self.shards = tuple(sorted(shards, key=lambda shard: shard.start))
        refuse(_shape_faults(queries, self.shards))
        self.size, self.at_once = _whole(self.shards), at_once
        odd = odd_rows(queries)
        self.faults = row_faults("query", {what: list(map(str, rows.tolist())) for what, rows in odd.items()})
        self.odd: dict[str, list[str]] = {}
        self.spoilt = bool(self.faults)
        """Whether anything was found that is no vector: nothing is ranked then, and the rest is only looked at."""
        self.queries = np.zeros(queries.shape) if self.spoilt else unit_rows(queries)

    def scores(self, pairs: Pairs) -> NDArray[np.float64]:
        """Return the exact score of each judged pair, (J,)."""
        scores = np.empty(len(pairs.scores))
        order = np.argsort(pairs.passage_rows, kind="stable")
        places = pairs.passage_rows[order]
        for shard in self.shards:
            first, last = np.searchsorted(places, [shard.start, shard.stop]).tolist()
            for start in range(first, last, PAIRS_AT_ONCE):
                part = order[start : min(start + PAIRS_AT_ONCE, last)]
                rows = shard.vectors[pairs.passage_rows[part] - shard.start]
                self.spoilt |= any(map(len, odd_rows(rows).values()))
                if not self.spoilt:
                    scores[part] = np.einsum("ij,ij->i", self.queries[pairs.query_rows[part]], unit_rows(rows))
        return scores

    def blocks(self, shard: Shard, codes: NDArray[np.int64] | None = None) -> Iterator[Block]:
        """Yield a shard's passages as they are ranked; `codes` (P,) are the groups of the whole pool."""
        for left in range(0, shard.vectors.shape[0], self.at_once):
            rows = shard.vectors[left : left + self.at_once]
            start = shard.start + left
            for what, odd in odd_rows(rows).items():
                self.odd.setdefault(what, []).extend(map(str, (odd + start).tolist()))
                self.spoilt |= len(odd) > 0
            if not self.spoilt:
                own = np.zeros(len(rows), dtype=np.int64) if codes is None else codes[start : start + len(rows)]
                yield Block(start, unit_rows(rows), own)

    def close(self) -> None:
        """Refuse the pool if anything in it was no vector, naming all that was.

        Raises:
            AdmissionRefused: one line per fault.
        """
        refuse([*self.faults, *row_faults("passage", self.odd)])


def rank_shards(  # noqa: PLR0913 - the sizes of blocks are arguments for the tests alone
    queries: NDArray[np.floating],
    shards: Sequence[Shard],
    query_rows: Sequence[int],
    passage_rows: Sequence[int],
    groups: Sequence[str] | None = None,
    *,
    passages_at_once: int = PASSAGES_AT_ONCE,
    prefilter_from: int = PREFILTER_FROM,
) -> Ranks:
    """Return the ranks of the pairs (query_rows[j], passage_rows[j]) in the pool that `shards` make up.

    `queries` (Q, D) as an encoder wrote them, `shards` in any order, `groups` as for `count_ranks`.

    Raises:
        AdmissionRefused: shapes, dtypes, NaN, infinity or zero rows, all of them named.
        UsageError: shards that overlap or leave gaps; rows out of range; a label missing.
    """
    pool = Pool(queries, shards, passages_at_once)  # (1)
    order, pairs, codes = sort_pairs(len(queries), pool.size, query_rows, passage_rows, groups)
    pairs = replace(pairs, scores=pool.scores(pairs))  # (2)
    prefilter = queries.size * pool.size >= prefilter_from
    counts = np.zeros((len(order), 2), dtype=np.int64)
    for shard in pool.shards:  # (3)
        counts += count_blocks(pool.queries, pool.blocks(shard, codes), pairs, prefilter=prefilter)  # (4)
    pool.close()
    return ranks_of(counts, order)


def _shape_faults(queries: NDArray[np.floating], shards: Sequence[Shard]) -> list[str]:
    if not shards:
        return ["passage vectors: expected at least one shard, found none; name their files"]
    faults = shape_faults("query vectors", queries.shape, queries.dtype)
    for shard in shards:
        subject = "passage vectors" if len(shards) == 1 else f"passage vectors of the shard from row {shard.start} on"
        faults += shape_faults(subject, shard.vectors.shape, shard.vectors.dtype)
    widths = {shard.vectors.shape[1:]: shard.vectors.shape for shard in reversed(shards)}
    return faults + [line for shape in widths.values() for line in width_faults(queries.shape, shape)]


def _whole(shards: Sequence[Shard]) -> int:
    """Return how many rows the shards, sorted, hold together.

    Raises:
        UsageError: naming all that overlap and all gaps.
    """
    faults, stop = [], 0
    for shard in shards:
        if shard.start < stop:
            faults.append(f"rows {shard.start} to {min(stop, shard.stop) - 1} twice")
        elif shard.start > stop:
            faults.append(f"no rows {stop} to {shard.start - 1}")
        stop = max(stop, shard.stop)
    if faults:
        raise UsageError(
            f"shards: expected every row from 0 to {stop - 1} once, found {', '.join(faults)}; say where each begins"
        )
    return stop
