"""A check as a table of numbers: contrast values by seed and row, with weights, cells, clusters.

H against X, in the notation of `harness.court.infer`:

    above, below               H - X
    comparable-or-above by m   H - (1-m) X
    comparable-or-below by m   H - (1+m) X
    contrast                   the given weights, which sum to 0

Rows: those of the setting, and where the check names languages only those whose query is in one
of them. Weights: equal over bases, equal over query languages (crosslingual: over ordered pairs
of languages), within a language equal over rows. Cells split a language by relation, so that a
relation's own level is no noise. Seeds are paired across arms and joined across bases by their
number; a cluster is one cluster in every base and language it occurs in.

Every value is fetched once (`sample`); contrasts, single bases and means are sums over the same
array. Cost: O(arms x seeds x rows). Source: design, Judging.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from harness.court.infer import Table
from harness.errors import AdmissionRefused, ScopeUnbound
from harness.records.claim import Check, Side
from harness.records.plan import arm
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from harness.court.measure import Rows
    from harness.records.judgements import Judgements

DOWNWARD = frozenset({"below", "comparable-or-below"})
"""Relations that are supported by a contrast below 0."""

COMPARABLE = frozenset({"comparable-or-above", "comparable-or-below"})
"""Relations with a margin, a share of the right side."""

ROUNDING = 2.0**-48
"""A contrast smaller than this share of the values it is made of is rounding."""


class Scores(Protocol):
    """Measured values, by arm and place."""

    def judgements(self, dataset: str) -> Judgements:
        """Return the judgements of a dataset."""
        ...

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        """Return one value per row of one arm on one base; the same rows for every arm and seed."""
        ...


def sides(check: Check) -> tuple[Side, ...]:
    """Return the arms of a check: left and right, or those that its weights name."""
    if check.relation == "contrast":
        return tuple(_side(label) for label in check.weights or {})
    return tuple(_side(side) for side in (check.left, check.right) if side is not None)


def weights(check: Check) -> tuple[float, ...]:
    """Return the contrast as a weight for each of `sides(check)`."""
    if check.relation == "contrast":
        return tuple((check.weights or {}).values())
    margin = float(decimal(check.margin)) if check.relation in COMPARABLE else 0.0
    return (1.0, -(1.0 + margin) if check.relation in DOWNWARD else -(1.0 - margin))


def _side(side: str | Side) -> Side:
    """Return a side whose arm has its one name, so that two names of one arm are seen to be equal.

    Raises:
        ValueError: no such arm.
    """
    named = side if isinstance(side, Side) else Side(sampling=side)
    return Side(sampling=arm(named.sampling).label, base=named.base)


def on_base(side: Side, base: str) -> Side:
    """Return the side on one base, unless it names its own."""
    return side if side.base is not None else Side(sampling=side.sampling, base=base)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """All values of one check on one dataset: C arms, S seeds, R rows (bases side by side).

    `values` is (C, S, R). Per row, shape (R,): `shares` w_g/n_g, which sum to 1, `cells` and
    `clusters` as codes 0, 1, ..., and `bases`, which counts along `names`. `queries` counts
    distinct queries.
    """

    values: NDArray[np.float64]
    shares: NDArray[np.float64]
    cells: NDArray[np.int64]
    clusters: NDArray[np.int64]
    bases: NDArray[np.int64]
    names: tuple[str, ...]
    queries: int

    def table(self, contrast: Sequence[float]) -> Table:
        """Return the weighted sum of the arms; what is smaller than its rounding is 0."""
        by_arm = np.asarray(contrast, dtype=np.float64)
        total = np.tensordot(by_arm, self.values, axes=1)
        total[np.abs(total) <= ROUNDING * np.tensordot(np.abs(by_arm), np.abs(self.values), axes=1)] = 0.0
        return Table(total, self.shares, self.cells, self.clusters)

    def means(self) -> NDArray[np.float64]:
        """Return each arm's mean over seeds, weighted as the contrast is; shape (C,)."""
        result: NDArray[np.float64] = (self.values @ self.shares).mean(axis=1)
        return result

    def on(self, base: str) -> Sample:
        """Return the part of one base, of weight 1."""
        keep = np.flatnonzero(self.bases == self.names.index(base))
        return replace(
            self,
            values=self.values[:, :, keep],
            shares=self.shares[keep] * len(self.names),
            cells=_codes(self.cells[keep]),
            clusters=_codes(self.clusters[keep]),
            bases=np.zeros(len(keep), dtype=np.int64),
            names=(base,),
        )


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One check on one dataset, and where its values come from."""

    scores: Scores
    seeds: Sequence[int]
    check: Check
    dataset: str

    def sample(self, bases: Sequence[str]) -> Sample:
        """Return the values of the check's arms on `bases`, which weigh the same.

        Where both sides name their own base there is nothing to pool, and `bases` is not asked.

        Raises:
            AdmissionRefused: arms, seeds or bases whose rows are not the same, or no rows at all.
            ScopeUnbound: the check names a language in which the dataset has no row.
        """
        arms = sides(self.check)
        pooled = list(bases) if any(side.base is None for side in arms) else [self._own(arms)]
        first = self._rows(on_base(arms[0], pooled[0]), self.seeds[0])
        keep = self._kept(first)
        parts = [self._values(arms, base, first)[:, :, keep] for base in pooled]
        judgements, count = self.scores.judgements(self.dataset), len(pooled)
        queries = first.query_rows[keep]
        shares, cells = _layout(judgements, queries, np.array(first.passage_languages)[keep])
        clusters = _codes(np.array(judgements.clusters)[queries])
        bases_of = np.repeat(np.arange(count), len(queries))
        return Sample(
            values=np.concatenate(parts, axis=2),
            shares=np.tile(shares, count) / count,
            cells=np.tile(cells, count) + bases_of * (int(cells.max()) + 1),
            clusters=np.tile(clusters, count),
            bases=bases_of,
            names=tuple(pooled),
            queries=len(np.unique(queries)),
        )

    def _own(self, arms: Sequence[Side]) -> str:
        return " and ".join(dict.fromkeys(str(side.base) for side in arms))

    def _rows(self, side: Side, seed: int) -> Rows:
        return self.scores.rows(side, seed, self.check, self.dataset)

    def _values(self, arms: Sequence[Side], base: str, first: Rows) -> NDArray[np.float64]:
        """Return the values of all arms under all seeds on one base, shape (C, S, R)."""
        values = np.empty((len(arms), len(self.seeds), len(first.values)))
        for number, side in enumerate(arms):
            placed = on_base(side, base)
            for at, seed in enumerate(self.seeds):
                rows = self._rows(placed, seed)
                self._same(first, rows, f"{placed.sampling} on {placed.base}, seed {seed}")
                values[number, at] = rows.values
        return values

    def _same(self, first: Rows, rows: Rows, where: str) -> None:
        if not np.array_equal(first.query_rows, rows.query_rows) or first.passage_languages != rows.passage_languages:
            raise AdmissionRefused(
                f"{self.check.id} on {self.dataset}: expected the same {len(first.query_rows)} rows in every arm, "
                f"seed and base, found {len(rows.query_rows)} rows that are not these in {where}; "
                "measure every arm on the whole evaluation set"
            )

    def _kept(self, rows: Rows) -> NDArray[np.int64]:
        """Return the rows whose query is in one of the check's languages, if it names any."""
        asked = np.array(self.scores.judgements(self.dataset).query_languages)[rows.query_rows]
        if not len(asked):
            raise AdmissionRefused(f"{self.check.id} on {self.dataset}: expected at least one row to judge, found none")
        if self.check.languages is None:
            return np.arange(len(asked))
        lacking = sorted(set(self.check.languages) - set(asked.tolist()))
        if lacking or not self.check.languages:
            raise ScopeUnbound(
                f"{self.check.id} on {self.dataset}: expected rows to judge in each language of the check, "
                f"found none in {', '.join(lacking) or 'an empty list'}; name languages that the dataset holds"
            )
        return np.flatnonzero(np.isin(asked, self.check.languages))


def _layout(
    judgements: Judgements, queries: NDArray[np.int64], passage_languages: NDArray[np.str_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return shares and cells of rows: equal weight per query language or ordered pair."""
    asked = _codes(np.array(judgements.query_languages)[queries])
    answered, relations = _codes(passage_languages), _codes(np.array(judgements.relations)[queries])
    pairs = _codes(asked * (int(answered.max()) + 1) + answered)
    per_pair = np.bincount(pairs)
    return 1.0 / (len(per_pair) * per_pair[pairs]), _codes(pairs * (int(relations.max()) + 1) + relations)


def _codes(labels: NDArray[Any]) -> NDArray[np.int64]:
    """Return labels as codes 0, 1, ... in their order."""
    codes: NDArray[np.int64] = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    return codes
