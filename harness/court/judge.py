"""From scores to rulings: one check on one dataset at a time (design: Judging).

Every check is a linear contrast of mean scores between arms (`harness.court.contrast`), judged
by its 95% interval (`harness.court.infer`): supported or contradicted where the interval lies
wholly on one side of 0. The interval that decides is the one that is printed. `equals` is exact
and for counts only. Kinds that this version does not judge are untested and say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.court.contrast import DOWNWARD, Sample, Scores, sides, terms
from harness.court.infer import Interval, infer
from harness.records.claim import Check, CitedEffect, CitedValue, Side
from harness.records.record import decimal
from harness.records.ruling import BaseEstimate, Effect, Ruling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.records.claim import Claim, Outcome

LEAST_SEEDS = 5
PERCENT = 100.0
KINDS = {
    "above": "above",
    "below": "below",
    "comparable-or-above": "comparable",
    "comparable-or-below": "comparable",
    "equals": "count",
}
JUDGED = frozenset({"above", "below", "comparable-or-above", "comparable-or-below", "contrast"})


@dataclass(frozen=True, slots=True)
class Case:
    """What checks are judged in: the claim, its seeds and scores, and the paper's cells by id."""

    claim: Claim
    seeds: Sequence[int]
    scores: Scores
    cells: Mapping[str, str]


def untested(check: Check, dataset: str, note: str) -> Ruling:
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
        claimed={name: _said(cited) for name, cited in _cited(check, dataset).items()},
        outcome="untested",
        note=note,
    )


def _label(side: str | Side | None) -> str | None:
    if isinstance(side, Side):
        return side.sampling if side.base is None else f"{side.sampling} on {side.base}"
    return side


def _said(cited: CitedValue | CitedEffect) -> str:
    return f"{cited.left} - {cited.right}" if isinstance(cited, CitedEffect) else f"{cited.cell} = {cited.value}"


def _cited(check: Check, dataset: str) -> dict[str, CitedValue | CitedEffect]:
    """Return what is cited for one dataset, by base."""
    found = {}
    for name, cited in check.claimed.items():
        first, slash, base = name.partition("/")
        if not slash or first == dataset:
            found[base if slash else first] = cited
    return found


def rule(case: Case, check: Check, dataset: str) -> Ruling:
    """Judge one check on one dataset.

    Raises:
        AdmissionRefused: arms or seeds whose rows are not the same.
        UsageError: values that are not finite, fewer than two seeds or clusters.
    """
    blank = untested(check, dataset, "")
    sample = Sample(case.scores, case.seeds, check, dataset)
    if check.relation == "reduced-by":
        note = "a magnitude is decided at scale full only; shown here, never counted"
        return _shown(case, sample, blank.model_copy(update={"note": note}))
    if check.relation not in JUDGED:
        return blank.model_copy(update={"note": f"this version does not judge the relation {check.relation}"})
    ruling = _decided(blank, infer(sample.table(case.claim.bases, terms(check))))
    return ruling if check.relation == "contrast" else _shown(case, sample, ruling)


def _decided(blank: Ruling, interval: Interval) -> Ruling:
    downward = blank.relation in DOWNWARD
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


def _shown(case: Case, sample: Sample, ruling: Ruling) -> Ruling:
    """Add what is for readers and never decides: means, each base alone, the effect beside the paper's."""
    left, right = sides(sample.check)
    bases = tuple(_alone(sample, base) for base in case.claim.bases)
    mean = sum(base.right_mean for base in bases) / len(bases)
    plain = infer(sample.table(case.claim.bases, [(1.0, left), (-1.0, right)]))
    effect = _effect(plain, mean, _paper(case, sample))
    return ruling.model_copy(
        update={
            "queries": len(set(sample.rows(left, case.claim.bases[0]).query_rows.tolist())),
            "left_mean": sum(base.left_mean for base in bases) / len(bases),
            "right_mean": mean,
            "effect": effect,
            "effect_ratio": _ratio(effect),
            "bases": bases,
        }
    )


def _alone(sample: Sample, base: str) -> BaseEstimate:
    contrast = terms(sample.check)
    interval = infer(sample.table([base], contrast))
    means = [infer(sample.table([base], [(1.0, side)])).estimate for _, side in contrast]
    return BaseEstimate(
        base=base,
        estimate=interval.estimate,
        low=interval.low,
        high=interval.high,
        left_mean=means[0],
        right_mean=means[1],
    )


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


def _paper(case: Case, sample: Sample) -> dict[str, float]:
    """Return the paper's effect per base in percent of the right side, signed as left minus right."""
    found = {}
    for base, cited in _cited(sample.check, sample.dataset).items():
        if isinstance(cited, CitedEffect):
            left, right = float(case.cells[cited.left]), float(case.cells[cited.right])
            found[base] = PERCENT * (left - right) / right
        elif sample.check.relation == "reduced-by" and sample.check.unit == "percent":
            found[base] = -float(decimal(cited.value))
    return found


def rule_counts(check: Check, dataset: str, counted: Mapping[str, int]) -> Ruling:
    """Compare every count of one dataset with its cell; `counted` holds what the files say."""
    split = {name: name.partition("/") for name in check.counts}
    expected = {
        what: int(decimal(check.counts[name].value)) for name, (first, _, what) in split.items() if first == dataset
    }
    names = sorted({*expected, *counted})
    wrong = [
        f"{name}: {_number(expected.get(name))} stated, {_number(counted.get(name))} counted"
        for name in names
        if expected.get(name) != counted.get(name)
    ]
    return untested(check, dataset, "; ".join(wrong)).model_copy(
        update={
            "claimed": {name: str(value) for name, value in expected.items()},
            "estimate": float(len(wrong)),
            "queries": len(names),
            "outcome": "contradicted" if wrong else "supported",
        }
    )


def _number(value: int | None) -> str:
    return "nothing" if value is None else str(value)
