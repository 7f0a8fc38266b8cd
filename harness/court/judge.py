"""From scores to rulings: one check on one dataset at a time (design: Judging).

Every check is a linear contrast of mean scores between arms (`harness.court.contrast`), judged
by its 95% interval (`harness.court.infer`): supported or contradicted where the interval lies
wholly on one side of 0. The interval that decides is the one that is printed. A check whose
support would follow from its wording alone (an arm against itself, weights that do not sum to 0)
is untested. Kinds that this version does not judge are untested and say so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from harness.court.contrast import DOWNWARD, Inquiry, Sample, Scores, sides, weights
from harness.court.infer import LEAST_SEEDS, TWO, Interval, infer
from harness.records.claim import Check, CitedEffect, CitedValue, Side
from harness.records.record import decimal
from harness.records.ruling import BaseEstimate, Effect, Ruling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.records.claim import Claim, Outcome

Cited = TypeVar("Cited")
LEAST_CLUSTERS = 10
"""Until the calibration has found the least number at which intervals keep their promise."""

ROUNDING = 1e-9
"""An interval narrower than this share of its estimate is the rounding of sums, not noise."""

PERCENT = 100.0
SUM_OF_WEIGHTS = 1e-9
"""Weights of a contrast may miss 0 by so much, for decimals are not binary."""

KINDS = {
    "above": "above",
    "below": "below",
    "comparable-or-above": "comparable",
    "comparable-or-below": "comparable",
    "equals": "count",
}
JUDGED = frozenset({"above", "below", "comparable-or-above", "comparable-or-below", "contrast"})
LOWER = frozenset({"below", "reduced-by"})
"""Relations whose claimed share is one taken off."""


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
        claimed={name: _said(cited) for name, cited in _of(dataset, check.claimed).items()},
        outcome="untested",
        note=note,
    )


def _label(side: str | Side | None) -> str | None:
    if isinstance(side, Side):
        return side.sampling if side.base is None else f"{side.sampling} on {side.base}"
    return side


def _said(cited: CitedValue | CitedEffect) -> str:
    return f"{cited.left} - {cited.right}" if isinstance(cited, CitedEffect) else f"{cited.cell} = {cited.value}"


def _of(dataset: str, named: Mapping[str, Cited]) -> dict[str, Cited]:
    """Return what is named `<dataset>/<rest>`, or plainly `<rest>`, by its rest."""
    split = {name: name.partition("/") for name in named}
    return {
        rest if slash else first: named[name]
        for name, (first, slash, rest) in split.items()
        if not slash or first == dataset
    }


def rule(case: Case, check: Check, dataset: str) -> Ruling:
    """Judge one check on one dataset.

    Raises:
        AdmissionRefused: arms or seeds whose rows are not the same.
        ScopeUnbound: a language of the check in which the dataset has no row.
        UsageError: values that are not finite.
    """
    unjudged = _unjudged(check)
    if unjudged:
        return untested(check, dataset, unjudged)
    sample = Inquiry(case.scores, case.seeds, check, dataset).sample(case.claim.bases)
    blank = untested(check, dataset, "").model_copy(update={"queries": sample.queries})
    if check.relation == "reduced-by":
        note = "this version decides no magnitude, and none counts below scale full; shown for readers"
        return _shown(case, sample, check, blank.model_copy(update={"note": note}))
    interval = _interval(sample, weights(check))
    ruling = _decided(blank, sample, interval)
    return ruling if check.relation == "contrast" or interval is None else _shown(case, sample, check, ruling)


def _unjudged(check: Check) -> str:
    """Say why a check cannot be judged, or nothing."""
    if check.relation not in {*JUDGED, "reduced-by"}:
        return f"this version does not judge the relation {check.relation}"
    arms = sides(check)
    if len(arms) < TWO:
        return f"expected at least two arms to compare, found {len(arms)}; name a left and a right side, or weights"
    if len(set(arms)) < len(arms):
        return f"expected arms that differ, found {', '.join(map(str, map(_label, arms)))}; an arm equals itself"
    total = sum(weights(check))
    if check.relation == "contrast" and abs(total) > SUM_OF_WEIGHTS:
        return f"expected weights that sum to 0, found a sum of {total:g}; any arm is above nothing"
    return ""


def _interval(sample: Sample, contrast: Sequence[float]) -> Interval | None:
    """Return the interval, or None where there is one seed or one cluster and so no spread to see."""
    table = sample.table(contrast)
    enough = len(table.values) >= TWO and int(table.clusters.max()) + 1 >= TWO
    return infer(table) if enough else None


def _decided(blank: Ruling, sample: Sample, interval: Interval | None) -> Ruling:
    seeds, clusters = sample.values.shape[1], int(sample.clusters.max()) + 1
    counted = {"seeds": seeds, "clusters": clusters}
    if interval is None:
        note = f"no interval from {_counted(seeds, 'seed')} and {_counted(clusters, 'cluster')} of questions"
        return blank.model_copy(update={**counted, "outcome": "inconclusive", "note": note})
    downward = blank.relation in DOWNWARD
    outcome, note = _outcome(interval, downward=downward)
    return blank.model_copy(
        update={
            **counted,
            "estimate": interval.estimate,
            "low": interval.low,
            "high": interval.high,
            "p": interval.p_below if downward else interval.p_above,
            "df": interval.df,
            "outcome": outcome,
            "detectable": interval.detectable,
            "seeds_needed": interval.seeds_needed,
            "note": note,
        }
    )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _outcome(interval: Interval, *, downward: bool) -> tuple[Outcome, str]:
    if interval.seeds < LEAST_SEEDS:
        return "inconclusive", f"{interval.seeds} seeds; trained arms need at least {LEAST_SEEDS}"
    if interval.clusters < LEAST_CLUSTERS:
        few = _counted(interval.clusters, "cluster")
        return "inconclusive", f"{few} of questions; at least {LEAST_CLUSTERS} are needed"
    if interval.high - interval.low <= ROUNDING * abs(interval.estimate):
        return "inconclusive", "nothing varies between seeds or questions, so there is no noise to judge by"
    below, above = interval.high < 0, interval.low > 0
    if below or above:
        return ("supported" if below == downward else "contradicted"), ""
    return "inconclusive", ""


def _shown(case: Case, sample: Sample, check: Check, ruling: Ruling) -> Ruling:
    """Add what is for readers and never decides: means, each base alone, the effect beside the paper's."""
    left, right = sample.means().tolist()
    plain = _interval(sample, (1.0, -1.0))
    effect = _effect(plain, right, _paper(case, check, ruling.dataset))
    alone = (_alone(sample.on(base), base, weights(check)) for base in sample.names)
    return ruling.model_copy(
        update={
            "left_mean": left,
            "right_mean": right,
            "effect": effect,
            "effect_ratio": _ratio(effect, sample.names),
            "bases": tuple(base for base in alone if base),
        }
    )


def _alone(sample: Sample, base: str, contrast: Sequence[float]) -> BaseEstimate | None:
    interval = _interval(sample, contrast)
    if interval is None:
        return None
    left, right = sample.means().tolist()
    return BaseEstimate(
        base=base,
        estimate=interval.estimate,
        low=interval.low,
        high=interval.high,
        left_mean=left,
        right_mean=right,
    )


def _effect(plain: Interval | None, right: float, claimed: dict[str, float]) -> Effect | None:
    if plain is None or right == 0:
        return None
    scale = PERCENT / right
    return Effect(percent=plain.estimate * scale, low=plain.low * scale, high=plain.high * scale, claimed=claimed)


def _ratio(effect: Effect | None, bases: Sequence[str]) -> float | None:
    """Return the effect as a multiple of the paper's mean effect, where the paper has one on every base."""
    if effect is None or set(effect.claimed) != set(bases):
        return None
    claimed = sum(effect.claimed.values()) / len(effect.claimed)
    return effect.percent / claimed if claimed else None


def _paper(case: Case, check: Check, dataset: str) -> dict[str, float]:
    """Return the paper's effect per base in percent of the right side, signed as left minus right."""
    effects = {base: _percent(case, check, cited) for base, cited in _of(dataset, check.claimed).items()}
    return {base: effect for base, effect in effects.items() if effect is not None}


def _percent(case: Case, check: Check, cited: CitedValue | CitedEffect) -> float | None:
    if isinstance(cited, CitedEffect):
        left, right = (_cell(case, name) for name in (cited.left, cited.right))
        return PERCENT * (left - right) / right if left is not None and right else None
    if check.unit != "percent":
        return None
    value = float(decimal(cited.value))
    return -abs(value) if check.relation in LOWER else value  # papers print a share taken off without a sign


def _cell(case: Case, name: str) -> float | None:
    """Return the number in a cell of the paper, or None where a word stands: what is shown decides nothing."""
    try:
        value = float(case.cells[name])
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def rule_counts(check: Check, dataset: str, counted: Mapping[str, int]) -> Ruling:
    """Compare every count of one dataset with its cell; `counted` holds what the files say.

    A count that differs contradicts. One that is stated and was not counted, or counted and is not
    stated, says nothing against the paper: beside equal counts only, the check is untested.
    """
    if check.relation != "equals":
        return untested(check, dataset, f"expected the relation equals for counts, found {check.relation}")
    stated = {what: decimal(cited.value) for what, cited in _of(dataset, check.counts).items()}
    names = sorted({*stated, *counted})
    different = [name for name in names if name not in counted or stated.get(name) != counted[name]]
    wrong = [name for name in different if name in stated and name in counted]
    told = "; ".join(
        f"{name}: {stated.get(name, 'nothing')} stated, {counted.get(name, 'nothing')} counted" for name in different
    )
    blank = untested(check, dataset, told or ("" if stated else "no count is stated"))
    blank = blank.model_copy(update={"claimed": {name: str(value) for name, value in stated.items()}})
    if not stated or (different and not wrong):
        return blank
    return blank.model_copy(
        update={
            "estimate": float(len(different)),
            "queries": len(names),
            "outcome": "contradicted" if wrong else "supported",
        }
    )
