"""From scores to rulings: one check on one dataset at a time (design: Judging).

Every check is a linear contrast of mean scores between arms, H against X:

    above, below               H - X > 0, < 0
    comparable-or-above by m   H - (1-m) X > 0
    comparable-or-below by m   H - (1+m) X < 0
    contrast                   the given weights, > 0
    equals                     exact, counts only

Supported or contradicted where the 95% interval lies wholly on one side of 0: the interval that
decides is the one that is printed. Weights: equal over bases, languages (or ordered pairs of
them), and within a language over queries. Seeds are paired across arms and joined across bases
by their number. Kinds that this version does not judge are untested and say so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from harness.court.infer import Interval, Table, infer
from harness.errors import AdmissionRefused
from harness.records.claim import Check, CitedEffect, Side
from harness.records.record import decimal
from harness.records.ruling import BaseEstimate, Effect, Ruling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from harness.court.measure import Rows
    from harness.records.claim import Claim, Outcome
    from harness.records.judgements import Judgements
    from harness.records.scope import Scope

LEAST_SEEDS = 5
SIGNIFICANT = 0.025
PERCENT = 100.0
KINDS = {
    "above": "above",
    "below": "below",
    "comparable-or-above": "comparable",
    "comparable-or-below": "comparable",
    "equals": "count",
}
DOWNWARD = frozenset({"below", "comparable-or-below"})
JUDGED = frozenset({"above", "below", "comparable-or-above", "comparable-or-below", "contrast"})


class Scores(Protocol):
    """Measured values, by arm and place."""

    def judgements(self, dataset: str) -> Judgements:
        """Return the judgements of a dataset."""
        ...

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        """Return one value per row of one arm; the same rows for every arm and seed."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """What a check is judged in: the claim, the scope, seeds, scores, and the paper's cells."""

    claim: Claim
    scope: Scope
    seeds: Sequence[int]
    scores: Scores
    cells: Mapping[str, str]


def terms(check: Check) -> list[tuple[float, Side]]:
    """Return the contrast as weights and sides."""
    if check.relation == "contrast":
        return [(weight, Side(sampling=label)) for label, weight in (check.weights or {}).items()]
    margin = float(decimal(check.margin))
    factor = 1 + margin if check.relation in DOWNWARD else 1 - margin
    return [(1.0, _side(check.left)), (-factor, _side(check.right))]


def _side(side: str | Side | None) -> Side:
    if side is None:
        raise AssertionError
    return side if isinstance(side, Side) else Side(sampling=side)


def untested(case: Case, check: Check, dataset: str, note: str) -> Ruling:
    """Return a ruling that says why nothing was judged."""
    return Ruling(
        id=check.id,
        kind=KINDS.get(check.relation, check.relation),
        dataset=dataset,
        measure=check.measure,
        setting=check.setting,
        required=check.required,
        left=_label(check.left),
        relation=check.relation,
        right=_label(check.right),
        margin=check.margin,
        claimed=_claimed(check, dataset),
        outcome="untested",
        note=note,
    )


def _label(side: str | Side | None) -> str | None:
    if isinstance(side, Side):
        return side.sampling if side.base is None else f"{side.sampling} on {side.base}"
    return side


def _claimed(check: Check, dataset: str) -> dict[str, str]:
    """Return what is cited for this dataset, in words: cells and values."""
    found = {}
    for name, cited in _of_dataset(check, dataset).items():
        if isinstance(cited, CitedEffect):
            found[name] = f"{cited.left} - {cited.right}"
        else:
            found[name] = f"{cited.cell} = {cited.value}"
    return found


def _of_dataset(check: Check, dataset: str) -> dict[str, object]:
    split = {name: name.partition("/") for name in check.claimed}
    return {
        (base if slash else first): check.claimed[name]
        for name, (first, slash, base) in split.items()
        if not slash or first == dataset
    }


def rule(case: Case, check: Check, dataset: str) -> Ruling:
    """Judge one check on one dataset.

    Raises:
        AdmissionRefused: two arms or seeds whose rows are not the same.
    """
    blank = untested(case, check, dataset, "")
    if check.relation == "reduced-by":
        note = "a magnitude is decided at scale full only; shown here, never counted"
        return _shown(case, check, dataset, blank.model_copy(update={"note": note}))
    if check.relation not in JUDGED:
        return blank.model_copy(update={"note": f"this version does not judge the relation {check.relation}"})
    interval = infer(_table(case, check, dataset, case.claim.bases, terms(check)))
    return _shown(case, check, dataset, _decided(blank, check, interval))


def _decided(blank: Ruling, check: Check, interval: Interval) -> Ruling:
    downward = check.relation in DOWNWARD
    outcome, note = _outcome(interval, downward=downward)
    return blank.model_copy(
        update={
            "estimate": interval.estimate,
            "low": interval.low,
            "high": interval.high,
            "p": interval.p_below if downward else interval.p_above,
            "df": interval.df,
            "seeds": interval.seeds,
            "clusters": interval.clusters,
            "outcome": outcome,
            "detectable": interval.detectable,
            "seeds_needed": interval.seeds_needed,
            "note": note,
        }
    )


def _outcome(interval: Interval, *, downward: bool) -> tuple[Outcome, str]:
    if interval.seeds < LEAST_SEEDS:
        return "inconclusive", f"{interval.seeds} seeds; trained arms need at least {LEAST_SEEDS}"
    below, above = interval.high < 0, interval.low > 0
    if below or above:
        return ("supported" if below == downward else "contradicted"), ""
    return "inconclusive", ""


def _shown(case: Case, check: Check, dataset: str, ruling: Ruling) -> Ruling:
    """Add what is for readers: means, the effect beside the paper's, each base alone."""
    if check.relation == "contrast":
        return ruling
    plain = [(1.0, _side(check.left)), (-1.0, _side(check.right))]
    bases = tuple(_alone(case, check, dataset, base) for base in case.claim.bases)
    left = sum(base.left_mean for base in bases) / len(bases)
    right = sum(base.right_mean for base in bases) / len(bases)
    table = _table(case, check, dataset, case.claim.bases, plain)
    effect = _effect(infer(table), right, _paper(case, check, dataset))
    return ruling.model_copy(
        update={
            "queries": len({*_first(case, check, dataset).query_rows.tolist()}),
            "left_mean": left,
            "right_mean": right,
            "effect": effect,
            "effect_ratio": _ratio(effect),
            "bases": bases,
        }
    )


def _first(case: Case, check: Check, dataset: str) -> Rows:
    return case.scores.rows(replace_base(_side(check.left), case.claim.bases[0]), case.seeds[0], check, dataset)


def _effect(plain: Interval, right: float, claimed: dict[str, float]) -> Effect | None:
    if right == 0:
        return None
    scale = PERCENT / right
    return Effect(percent=plain.estimate * scale, low=plain.low * scale, high=plain.high * scale, claimed=claimed)


def _ratio(effect: Effect | None) -> float | None:
    if effect is None or not effect.claimed:
        return None
    claimed = sum(effect.claimed.values()) / len(effect.claimed)
    return effect.percent / claimed if claimed else None


def _paper(case: Case, check: Check, dataset: str) -> dict[str, float]:
    """Return the paper's effect per base in percent of the right side, signed as left minus right."""
    found = {}
    for base, cited in _of_dataset(check, dataset).items():
        if isinstance(cited, CitedEffect):
            left, right = float(case.cells[cited.left]), float(case.cells[cited.right])
            found[base] = PERCENT * (left - right) / right
        elif check.relation == "reduced-by" and check.unit == "percent":
            found[base] = -float(decimal(cited.value))  # type: ignore[attr-defined]
    return found


def _alone(case: Case, check: Check, dataset: str, base: str) -> BaseEstimate:
    contrast = terms(check)
    interval = infer(_table(case, check, dataset, [base], contrast))
    means = [infer(_table(case, check, dataset, [base], [(1.0, side)])).estimate for _, side in contrast]
    return BaseEstimate(
        base=base,
        estimate=interval.estimate,
        low=interval.low,
        high=interval.high,
        left_mean=means[0],
        right_mean=means[1],
    )


def replace_base(side: Side, base: str) -> Side:
    """Return the side on one base, unless it names its own."""
    return side if side.base is not None else Side(sampling=side.sampling, base=base)


def _table(
    case: Case, check: Check, dataset: str, bases: Sequence[str], contrast: Sequence[tuple[float, Side]]
) -> Table:
    """Return the contrast's values, bases side by side, with equal weight."""
    parts = [_on_base(case, check, dataset, base, contrast) for base in bases]
    offsets = np.cumsum([0] + [int(part.cells.max()) + 1 for part in parts[:-1]])
    return Table(
        values=np.concatenate([part.values for part in parts], axis=1),
        shares=np.concatenate([part.shares for part in parts]) / len(parts),
        cells=np.concatenate([part.cells + offset for part, offset in zip(parts, offsets, strict=True)]),
        clusters=_codes(np.concatenate([part.clusters for part in parts])),
    )


def _on_base(case: Case, check: Check, dataset: str, base: str, contrast: Sequence[tuple[float, Side]]) -> Table:
    judgements = case.scores.judgements(dataset)
    rows: Rows | None = None
    values: list[NDArray[np.float64]] = []
    for seed in case.seeds:
        total: NDArray[np.float64] | None = None
        for weight, side in contrast:
            arm = case.scores.rows(replace_base(side, base), seed, check, dataset)
            rows = _same_rows(rows, arm, check, dataset)
            total = weight * arm.values if total is None else total + weight * arm.values
        if total is not None:
            values.append(total)
    if rows is None:
        raise AssertionError
    layout = _layout(rows, judgements, check)
    return replace(layout, values=np.array(values))


def _same_rows(first: Rows | None, rows: Rows, check: Check, dataset: str) -> Rows:
    if first is None:
        return rows
    if not np.array_equal(first.query_rows, rows.query_rows) or first.passage_languages != rows.passage_languages:
        raise AdmissionRefused(f"{check.id} on {dataset}: expected the same rows in every arm and seed, found others")
    return first


def _layout(rows: Rows, judgements: Judgements, check: Check) -> Table:
    """Return shares, cells and clusters of rows: equal weight per language or ordered pair."""
    if not len(rows.query_rows):
        raise AdmissionRefused(f"{check.id}: expected at least one row to judge, found none")
    languages = np.array(judgements.query_languages)[rows.query_rows]
    pairs = _codes(np.char.add(np.char.add(languages, ">"), np.array(rows.passage_languages)))
    relations = _codes(np.array(judgements.relations)[rows.query_rows])
    cells = _codes(pairs * (int(relations.max()) + 1) + relations)
    per_pair = np.bincount(pairs)
    return Table(
        values=np.empty((0, len(pairs))),
        shares=1.0 / (len(per_pair) * per_pair[pairs]),
        cells=cells,
        clusters=np.array(judgements.clusters)[rows.query_rows],
    )


def _codes(labels: NDArray[np.generic]) -> NDArray[np.int64]:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def rule_counts(case: Case, check: Check, dataset: str, counted: Mapping[str, int]) -> Ruling:
    """Compare every count of one dataset with its cell; `counted` holds what the files say."""
    expected = {
        name.partition("/")[2]: int(decimal(cited.value))
        for name, cited in check.counts.items()
        if name.partition("/")[0] == dataset
    }
    odd = {*expected, *counted}
    wrong = [
        f"{name}: {_said(expected.get(name))} stated, {_said(counted.get(name))} counted"
        for name in sorted(odd)
        if expected.get(name) != counted.get(name)
    ]
    return untested(case, check, dataset, "").model_copy(
        update={
            "claimed": {name: str(value) for name, value in expected.items()},
            "estimate": float(len(wrong)),
            "queries": len(odd),
            "outcome": "contradicted" if wrong else "supported",
            "note": "; ".join(wrong),
        }
    )


def _said(value: int | None) -> str:
    return "nothing" if value is None else str(value)


def settle(rulings: Sequence[Ruling]) -> tuple[Outcome, str]:
    """Return the claim's outcome from its rulings, and the reason in words.

    Supported: every required check is (an intersection-union test). Contradicted: some required
    check is, and its one-sided p, adjusted after Holm over the required checks, is at most .025.
    """
    required = [ruling for ruling in rulings if ruling.required is True]
    if not required or any(ruling.outcome == "untested" for ruling in required):
        notes = [f"{_named(ruling)}: {ruling.note}" for ruling in required if ruling.outcome == "untested"]
        return "untested", "; ".join(notes) or "no required check"
    if all(ruling.outcome == "supported" for ruling in required):
        return "supported", f"all {len(required)} required checks are supported"
    adjusted = holm([_against(ruling) for ruling in required])
    for ruling, p in zip(required, adjusted, strict=True):
        if ruling.outcome == "contradicted" and p <= SIGNIFICANT:
            return "contradicted", f"{_named(ruling)} is contradicted{f': {ruling.note}' if ruling.note else ''}"
    return "inconclusive", "; ".join(_unsettled(ruling) for ruling in required if ruling.outcome != "supported")


def _named(ruling: Ruling) -> str:
    return f"{ruling.id} on {ruling.dataset}"


def _against(ruling: Ruling) -> float:
    if ruling.p is None:
        return 0.0 if ruling.outcome == "contradicted" else 1.0
    return 1 - ruling.p


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values adjusted after Holm (1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda number: p_values[number])
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, number in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[number]))
        adjusted[number] = largest
    return adjusted


def _unsettled(ruling: Ruling) -> str:
    if ruling.detectable is None:
        return f"{_named(ruling)}: {ruling.note}"
    needed = f"{ruling.seeds_needed} seeds would settle it" if ruling.seeds_needed else "more clusters are needed"
    note = f"; {ruling.note}" if ruling.note else ""
    return f"{_named(ruling)} is {ruling.outcome}: detectable {ruling.detectable:.3g}, {needed}{note}"
