"""Rows of one arm under one seed, summed by query language and cluster.

The judge needs rows only through these sums. Row i has query language l, lies in cell g (language
or ordered pair, and relation) and belongs to cluster k. Within a language all pairs weigh the
same, so a row of pair c weighs s_i = 1 / (pairs of l x rows of c). Then

    theta_l = sum over rows of l of s_i v_i
    u_lk    = sum over rows of l in cluster k of s_i (v_i - mean of v in the row's cell)

and for any weights W_l that sum to 1, over any languages, bases, datasets and settings,

    z_k = sum_l W_l (theta_l + Q u_lk),   Q the number of clusters that occur in them,

is the design's z for that seed: cells split a language by relation, so that a relation's own level
is no noise, and a cluster is one cluster in every base and language it occurs in.

Cost: three sums over the rows, once per arm, base, seed, setting and measure, for all checks under
the same seeds. Source: design, Judging.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from harness.court.measure import Rows
    from harness.records.judgements import Judgements


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """One arm under S seeds: `theta` (S, L) and `within` (S, L, Q), along the frame's languages and clusters."""

    theta: NDArray[np.float64]
    within: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Which rows count, and where each belongs: the same for every arm, base and seed.

    `query_rows` and `passage_languages` are all rows as they are measured; `kept` (R,) those that
    count. Per kept row: `shares` s_i, `cells`, `languages` (code) and `places` = language x Q +
    cluster. `names` are the languages (L), `clusters` the names of all Q clusters of the dataset,
    `present` (L, Q) tells which occur. `pairs` (L,) counts a language's pairs, which is its weight,
    `queries` (L,) its distinct queries. `repeated` is the id of a query that has two rows for one
    language of passages, which would weigh twice; None where there is none.
    """

    query_rows: NDArray[np.int64]
    passage_languages: tuple[str, ...]
    kept: NDArray[np.int64]
    shares: NDArray[np.float64]
    cells: NDArray[np.int64]
    sizes: NDArray[np.int64]
    languages: NDArray[np.int64]
    places: NDArray[np.int64]
    names: tuple[str, ...]
    clusters: tuple[str, ...]
    present: NDArray[np.bool_]
    pairs: NDArray[np.int64]
    queries: NDArray[np.int64]
    repeated: str | None

    def same_rows(self, rows: Rows) -> bool:
        """Tell whether `rows` are the rows of this frame."""
        if rows.query_rows is self.query_rows and rows.passage_languages is self.passage_languages:
            return True
        return np.array_equal(rows.query_rows, self.query_rows) and rows.passage_languages == self.passage_languages

    def sums(self, of_seeds: Iterable[Rows], seeds: int) -> Sums:
        """Return the sums of one arm, from its rows under each of its seeds in turn."""
        languages, clusters = self.present.shape
        theta, within = np.empty((seeds, languages)), np.empty((seeds, languages, clusters))
        for seed, rows in enumerate(of_seeds):
            values = rows.values if len(self.kept) == len(rows.values) else rows.values[self.kept]
            means = np.bincount(self.cells, weights=values) / self.sizes
            centred = (values - means[self.cells]) * self.shares
            theta[seed] = _summed(self.languages, values * self.shares, languages)
            within[seed] = _summed(self.places, centred, languages * clusters).reshape(languages, clusters)
        return Sums(theta, within)


def frame(rows: Rows, judgements: Judgements, seen: bool | None = None) -> Frame:  # noqa: FBT001  (three values)
    """Return the frame of rows; `seen` keeps only queries whose entity was, or was not, seen in training."""
    kept = np.arange(len(rows.query_rows))
    if seen is not None:
        kept = np.flatnonzero(np.array(judgements.entities_seen, dtype=np.bool_)[rows.query_rows] == seen)
    queries = rows.query_rows[kept]
    names, asked = codes(np.array(judgements.query_languages, dtype=np.str_)[queries])
    answered = codes(np.array(rows.passage_languages, dtype=np.str_)[kept])[1]
    relations = codes(np.array(judgements.relations, dtype=np.str_))[1][queries]
    clusters, cluster = codes(np.array(judgements.clusters, dtype=np.str_))
    pair_keys, pairs = codes(asked * _width(answered) + answered)
    cells = codes(pairs * _width(relations) + relations)[1]
    pairs_of = np.bincount(np.array(pair_keys, dtype=np.int64) // _width(answered), minlength=len(names))
    places = asked * len(clusters) + cluster[queries]
    per_query = np.unique(queries, return_index=True)[1]
    per_row, times = np.unique(queries * _width(answered) + answered, return_counts=True)
    again = per_row[times > 1] // _width(answered)
    return Frame(
        query_rows=rows.query_rows,
        passage_languages=rows.passage_languages,
        kept=kept,
        shares=1.0 / (pairs_of[asked] * np.bincount(pairs)[pairs]),
        cells=cells,
        sizes=np.bincount(cells),
        languages=asked,
        places=places,
        names=tuple(names),
        clusters=tuple(clusters),
        present=np.bincount(places, minlength=len(names) * len(clusters)).reshape(len(names), len(clusters)) > 0,
        pairs=pairs_of,
        queries=np.bincount(asked[per_query], minlength=len(names)),
        repeated=judgements.query_ids[int(again[0])] if len(again) else None,
    )


def codes(labels: NDArray[Any]) -> tuple[list[Any], NDArray[np.int64]]:
    """Return the sorted different labels, and each label's number among them."""
    names, numbers = np.unique(labels, return_inverse=True)
    return names.tolist(), numbers.astype(np.int64)


def _summed(places: NDArray[np.int64], values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    return np.asarray(np.bincount(places, weights=values, minlength=length), dtype=np.float64)


def _width(numbers: NDArray[np.int64]) -> int:
    return int(numbers.max(initial=0)) + 1
