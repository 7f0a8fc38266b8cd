"""A check as a table of numbers: contrast values by seed and row, with weights, cells, clusters.

H against X, in the notation of `harness.court.infer`:

    above, below               H - X
    comparable-or-above by m   H - (1-m) X
    comparable-or-below by m   H - (1+m) X
    contrast                   the given weights

Weights: equal over bases, equal over languages (in the crosslingual setting over ordered pairs),
within a language equal over queries. Cells split a language by relation, so that a relation's own
level is no noise. Seeds are paired across arms and joined across bases by their number; a cluster
is one cluster in every base and language it occurs in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from harness.court.infer import Table
from harness.errors import AdmissionRefused
from harness.records.claim import Check, Side
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from harness.court.measure import Rows
    from harness.records.judgements import Judgements

DOWNWARD = frozenset({"below", "comparable-or-below"})
"""Relations that are supported by a contrast below 0."""

Terms = list[tuple[float, Side]]


class Scores(Protocol):
    """Measured values, by arm and place."""

    def judgements(self, dataset: str) -> Judgements:
        """Return the judgements of a dataset."""
        ...

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        """Return one value per row of one arm on one base; the same rows for every arm and seed."""
        ...


def terms(check: Check) -> Terms:
    """Return the contrast as weights and sides."""
    if check.relation == "contrast":
        return [(weight, Side(sampling=label)) for label, weight in (check.weights or {}).items()]
    margin = float(decimal(check.margin))
    factor = 1 + margin if check.relation in DOWNWARD else 1 - margin
    left, right = sides(check)
    return [(1.0, left), (-factor, right)]


def sides(check: Check) -> tuple[Side, Side]:
    """Return both sides of a check that has them.

    Raises:
        ValueError: a check without sides.
    """
    if check.left is None or check.right is None:
        msg = f"{check.id}: expected a left and a right side"
        raise ValueError(msg)
    left, right = (side if isinstance(side, Side) else Side(sampling=side) for side in (check.left, check.right))
    return left, right


def on_base(side: Side, base: str) -> Side:
    """Return the side on one base, unless it names its own."""
    return side if side.base is not None else Side(sampling=side.sampling, base=base)


@dataclass(frozen=True, slots=True)
class Sample:
    """One check on one dataset, and where its values come from."""

    scores: Scores
    seeds: Sequence[int]
    check: Check
    dataset: str

    def table(self, bases: Sequence[str], contrast: Terms) -> Table:
        """Return the contrast's values, bases side by side with equal weight.

        Raises:
            AdmissionRefused: arms or seeds whose rows are not the same, or no rows at all.
        """
        parts = [self._on(base, contrast) for base in bases]
        offsets = np.cumsum([0] + [int(part.cells.max()) + 1 for part in parts[:-1]])
        clusters = np.concatenate([self._clusters(rows) for rows in (self.rows(contrast[0][1], b) for b in bases)])
        return Table(
            values=np.concatenate([part.values for part in parts], axis=1),
            shares=np.concatenate([part.shares for part in parts]) / len(parts),
            cells=np.concatenate([part.cells + offset for part, offset in zip(parts, offsets, strict=True)]),
            clusters=_codes(clusters),
        )

    def rows(self, side: Side, base: str) -> Rows:
        """Return the rows of one side on one base under the first seed; every other has the same."""
        return self.scores.rows(on_base(side, base), self.seeds[0], self.check, self.dataset)

    def _on(self, base: str, contrast: Terms) -> Table:
        layout = self._layout(self.rows(contrast[0][1], base))
        return replace(layout, values=np.array([self._values(base, seed, contrast) for seed in self.seeds]))

    def _values(self, base: str, seed: int, contrast: Terms) -> NDArray[np.float64]:
        """Return the weighted sum of the arms of one seed, row by row, shape (R,)."""
        first = self.rows(contrast[0][1], base)
        total = np.zeros(len(first.values))
        for weight, side in contrast:
            arm = self.scores.rows(on_base(side, base), seed, self.check, self.dataset)
            if not np.array_equal(first.query_rows, arm.query_rows) or first.passage_languages != arm.passage_languages:
                raise AdmissionRefused(
                    f"{self.check.id} on {self.dataset}: expected the same rows in every arm and seed, "
                    f"found others in {side.sampling} on {base}, seed {seed}"
                )
            total += weight * arm.values
        return total

    def _clusters(self, rows: Rows) -> NDArray[np.str_]:
        return np.array(self.scores.judgements(self.dataset).clusters)[rows.query_rows]

    def _layout(self, rows: Rows) -> Table:
        """Return shares and cells of rows: equal weight per language or ordered pair."""
        if not len(rows.query_rows):
            raise AdmissionRefused(f"{self.check.id} on {self.dataset}: expected at least one row to judge, found none")
        judgements = self.scores.judgements(self.dataset)
        languages = np.array(judgements.query_languages)[rows.query_rows]
        pairs = _codes(np.char.add(np.char.add(languages, ">"), np.array(rows.passage_languages)))
        relations = _codes(np.array(judgements.relations)[rows.query_rows])
        per_pair = np.bincount(pairs)
        return Table(
            values=np.empty((0, len(pairs))),
            shares=1.0 / (len(per_pair) * per_pair[pairs]),
            cells=_codes(pairs * (int(relations.max()) + 1) + relations),
            clusters=np.empty(0, dtype=np.int64),
        )


def _codes(labels: NDArray[Any]) -> NDArray[np.int64]:
    """Return labels as codes 0, 1, ... in their order."""
    codes: NDArray[np.int64] = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    return codes
