"""A check as contrasts of arms, and the values that it is about.

H against X, in the notation of `harness.court.sample`:

    above, below               H - X
    comparable-or-above by m   H - (1-m) X
    comparable-or-below by m   H - (1+m) X
    equivalent by m            both: H - (1-m) X > 0 and H - (1+m) X < 0
    order a > b > c            a - b and b - c
    never-third                h - (a+b)/2, setting by setting
    contrast                   the given weights, which sum to 0

Rows: those of the settings, and where the check names languages only those whose query is in one
of them. Every arm under every seed is summed once (`harness.court.sums`) and kept with the scores,
for all checks of all claims. Source: design, Judging.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from harness.court.memory import once
from harness.court.sample import Block, Sample, pool
from harness.court.scores import label
from harness.court.sums import Frame, Sums, frame
from harness.errors import AdmissionRefused, ScopeUnbound, UsageError
from harness.records.claim import Check, Side
from harness.records.record import decimal

if TYPE_CHECKING:
    from harness.court.measure import Rows
    from harness.records.judgements import Judgements

DOWNWARD = frozenset({"below", "comparable-or-below"})
"""Relations that are supported by a contrast below 0."""

COMPARABLE = frozenset({"comparable-or-above", "comparable-or-below"})
"""Relations of one contrast with a margin, a share of the right side."""

RIVALS = (Side(sampling="hybrid"), Side(sampling="x-x-mono"), Side(sampling="x-y"))
"""The arms of `never-third`: which of them is it that is never third comes first."""


class Scores(Protocol):
    """Measured values, by arm and place. `memory` keeps what is derived from them, and is theirs alone."""

    memory: dict[Hashable, Any]

    def judgements(self, dataset: str) -> Judgements:
        """Return the judgements of a dataset."""
        ...

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        """Return one value per row of one arm on one base; the same rows for every arm and seed."""
        ...


@dataclass(frozen=True, slots=True)
class Contrast:
    """One number for each of a check's arms; supported above 0, or below it where `downward`."""

    name: str
    weights: tuple[float, ...]
    downward: bool = False


def sides(check: Check) -> tuple[Side, ...]:
    """Return the arms of a check: left and right, or those that its weights, its order or its kind name.

    Raises:
        ValueError: no such arm.
    """
    match check.relation:
        case "never-third":
            return RIVALS
        case "contrast":
            return tuple(_side(name) for name in check.weights or {})
        case "order":
            return tuple(_side(name) for name in check.arms or ())
        case _:
            return tuple(_side(side) for side in (check.left, check.right) if side is not None)


def contrasts(check: Check) -> tuple[Contrast, ...]:
    """Return a check's contrasts, each with a weight for each of `sides(check)`; none where it counts."""
    margin = float(decimal(check.margin))
    match check.relation:
        case "equals":
            return ()
        case "equivalent":
            above, below = (1.0, -(1.0 - margin)), (1.0, -(1.0 + margin))
            return (Contrast("not below", above), Contrast("not above", below, downward=True))
        case "order":
            return _neighbours(sides(check))
        case "never-third":
            return (Contrast("above the mean of the others", (1.0, -0.5, -0.5)),)
        case "contrast":
            return (Contrast("contrast", tuple((check.weights or {}).values())),)
        case _:
            share = margin if check.relation in COMPARABLE else 0.0
            downward = check.relation in DOWNWARD
            return (Contrast(check.relation, (1.0, -(1.0 + share) if downward else -(1.0 - share)), downward),)


def weights(check: Check) -> tuple[float, ...]:
    """Return the weights of a check's first contrast, which most kinds have alone."""
    return contrasts(check)[0].weights


def _neighbours(arms: Sequence[Side]) -> tuple[Contrast, ...]:
    """Return each arm's contrast with the next one."""
    found = []
    for at in range(len(arms) - 1):
        by_arm = [0.0] * len(arms)
        by_arm[at], by_arm[at + 1] = 1.0, -1.0
        found.append(Contrast(f"{arms[at].sampling} above {arms[at + 1].sampling}", tuple(by_arm)))
    return tuple(found)


def _side(side: str | Side) -> Side:
    """Return a side whose arm has its one name, so that two names of one arm are seen to be equal."""
    named = side if isinstance(side, Side) else Side(sampling=side)
    return Side(sampling=label(named.sampling), base=named.base)


def on_base(side: Side, base: str) -> Side:
    """Return the side on one base, unless it names its own."""
    return side if side.base is not None else Side(sampling=side.sampling, base=base)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One check on one dataset, and where its values come from."""

    scores: Scores
    seeds: Sequence[int]
    check: Check
    dataset: str

    def sample(self, bases: Sequence[str], arms: Sequence[Side] | None = None) -> Sample:
        """Return the values of the check's arms, or of others in their place, on `bases`, which weigh the same.

        Where all sides name their own base there is nothing to pool, and `bases` is not asked.

        Raises:
            AdmissionRefused: arms, seeds or bases whose rows are not the same, or no rows at all.
            ScopeUnbound: the check names a language in which the dataset has no row.
        """
        return pool(self.blocks(bases, arms), self.check.languages)

    def slice(self, bases: Sequence[str], *, seen: bool) -> Sample | None:
        """Return the part of the queries whose entity was, or was not, seen in training; None without rows."""
        blocks = [block for block in self.blocks(bases, seen=seen) if len(block.languages(self.check.languages))]
        return pool(blocks, self.check.languages) if blocks else None

    def mean(self, side: Side, bases: Sequence[str]) -> float:
        """Return one arm's mean over the seeds, on the check's rows and pooled as the check is.

        Raises:
            AdmissionRefused: no rows, or rows that are not the same under every seed and base.
            ScopeUnbound: the check names a language in which the dataset has no row.
        """
        return float(self.sample(bases, (side,)).means()[0])

    def blocks(
        self, bases: Sequence[str], arms: Sequence[Side] | None = None, *, seen: bool | None = None
    ) -> list[Block]:
        """Return the arms block by block: base by base, and within a base setting by setting.

        Raises:
            AdmissionRefused: arms, seeds or bases whose rows are not the same, no rows at all, a row
                or a seed or a base twice or none of them, another number of values than of rows.
            ScopeUnbound: the check names a language in which the dataset has no row.
            UsageError: values that are not finite.
        """
        asked = tuple(arms or sides(self.check))
        pooled = list(bases) if any(side.base is None for side in asked) else [_own(asked)]
        self._refuse_repeated("seed", self.seeds)
        self._refuse_repeated("base", pooled)
        narrowed = [self.check.model_copy(update={"setting": setting}) for setting in self.check.settings]
        return [self._block(check, asked, base, seen) for base in pooled for check in narrowed]

    def _block(self, check: Check, arms: Sequence[Side], base: str, seen: bool | None) -> Block:  # noqa: FBT001
        placed = [on_base(side, base) for side in arms]
        rows_of = self._frame(check, placed[0], seen)
        if seen is None:
            self._refuse_empty(rows_of)
        sums = tuple(self._sums(check, side, rows_of, seen) for side in placed)
        return Block(base=base, dataset=self.dataset, setting=str(check.setting), frame=rows_of, arms=sums)

    def _frame(self, check: Check, first: Side, seen: bool | None) -> Frame:  # noqa: FBT001
        # rank distance leaves queries out; all other measures have the same rows
        key = ("frame", self.dataset, check.setting, check.measure == "rank-distance", check.pairs, seen)
        return once(self.scores.memory, key, lambda: self._framed(check, first, seen))

    def _framed(self, check: Check, first: Side, seen: bool | None) -> Frame:  # noqa: FBT001
        rows = self.scores.rows(first, self.seeds[0], check, self.dataset)
        made = frame(rows, self.scores.judgements(self.dataset), seen)
        if made.repeated is not None:
            raise AdmissionRefused(
                f"{check.id} on {self.dataset}: expected each question once per language of its passages, found "
                f"{made.repeated} twice in {first.sampling} on {first.base}, seed {self.seeds[0]}; measure it once"
            )
        return made

    def _sums(self, check: Check, side: Side, rows_of: Frame, seen: bool | None) -> Sums:  # noqa: FBT001
        key = ("sums", self.dataset, check.setting, check.measure, check.pairs, seen, side, tuple(self.seeds))
        return once(self.scores.memory, key, lambda: rows_of.sums(self._rows(check, side, rows_of), len(self.seeds)))

    def _rows(self, check: Check, side: Side, rows_of: Frame) -> Iterator[Rows]:
        """Yield one arm's rows, seed by seed, all of which must be the frame's."""
        for seed in self.seeds:
            rows = self.scores.rows(side, seed, check, self.dataset)
            if not rows_of.same_rows(rows):
                raise AdmissionRefused(
                    f"{check.id} on {self.dataset}: expected the same {len(rows_of.query_rows)} rows in every arm, "
                    f"seed and base, found {len(rows.query_rows)} rows that are not these in {side.sampling} on "
                    f"{side.base}, seed {seed}; measure every arm on the whole evaluation set"
                )
            self._refuse_values(rows, f"{side.sampling} on {side.base}, seed {seed}; mend what measured it")
            yield rows

    def _refuse_repeated(self, kind: str, names: Sequence[object]) -> None:
        """Refuse none, and one that would count twice: copies make noise look small."""
        again = [name for at, name in enumerate(names) if name in names[:at]]
        if again or not names:
            found = f"{again[0]} twice" if again else "none"
            raise AdmissionRefused(
                f"{self.check.id} on {self.dataset}: expected each {kind} once, found {found}; "
                "name at least one and none twice"
            )

    def _refuse_values(self, rows: Rows, where: str) -> None:
        """Refuse rows without a value, values without a row, and what is no finite number."""
        told = f"{self.check.id} on {self.dataset}: expected one finite value for each of {len(rows.query_rows)} rows"
        if rows.values.shape != rows.query_rows.shape:
            raise AdmissionRefused(f"{told}, found {len(rows.values)} values in {where}")
        with np.errstate(invalid="ignore"):  # what is not finite is not finite in the sum
            total = float(rows.values.sum())
        if not math.isfinite(total):
            wrong = np.flatnonzero(~np.isfinite(rows.values))
            raise UsageError(f"{told}, found {rows.values[wrong[0]]} in row {wrong[0]} in {where}")

    def _refuse_empty(self, rows_of: Frame) -> None:
        """Refuse a setting without rows, or without rows in a language of the check."""
        if not len(rows_of.kept):
            raise AdmissionRefused(f"{self.check.id} on {self.dataset}: expected at least one row to judge, found none")
        if self.check.languages is None:
            return
        lacking = sorted(set(self.check.languages) - set(rows_of.names))
        if lacking or not self.check.languages:
            raise ScopeUnbound(
                f"{self.check.id} on {self.dataset}: expected rows to judge in each language of the check, "
                f"found none in {', '.join(lacking) or 'an empty list'}; name languages that the dataset holds"
            )


def _own(arms: Sequence[Side]) -> str:
    return " and ".join(dict.fromkeys(str(side.base) for side in arms))
