"""From scores to rulings: one check on one dataset at a time (design: Judging).

Each kind of check has a judge of its own, found by its relation:

    above, below, comparable-or-above, comparable-or-below,
    equivalent, order, contrast     `harness.court.linear`   one contrast or several, by their intervals
    never-third                     `harness.court.third`    all cells of a claim at once
    reduced-by                      `harness.court.size`     the claimed size, at scale full
    equals                          `harness.court.counts`   exact, from counts and not from scores

A check whose support would follow from its wording alone (an arm against itself, weights that do
not sum to 0, a margin of the whole) is untested and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from harness.court.case import ALL_DATASETS, Case, named, untested
from harness.court.contrast import contrasts, sides
from harness.court.counts import rule_counts
from harness.court.infer import TWO
from harness.court.linear import rule_contrasts
from harness.court.size import rule_size
from harness.court.third import rule_never_third
from harness.records.claim import Check, Relation
from harness.records.record import decimal
from harness.records.ruling import Ruling

if TYPE_CHECKING:
    from harness.records.claim import Claim

__all__ = ["Case", "datasets_of", "rule", "rule_counts", "untested"]

SUM_OF_WEIGHTS = 1e-9
"""Weights of a contrast may miss 0 by so much, for decimals are not binary."""

Judge = Callable[[Case, Check, str], Ruling]

JUDGES: Mapping[Relation, Judge] = {
    "above": rule_contrasts,
    "below": rule_contrasts,
    "comparable-or-above": rule_contrasts,
    "comparable-or-below": rule_contrasts,
    "equivalent": rule_contrasts,
    "order": rule_contrasts,
    "contrast": rule_contrasts,
    "never-third": rule_never_third,
    "reduced-by": rule_size,
}
"""Who judges a check on scores; `equals` has none, for it is judged by `rule_counts`."""

BEST_IS_MOST = frozenset({"order", "never-third"})
"""Relations that name the best arm, and mean the one with the greatest value."""

WITH_MARGIN_BELOW = frozenset({"comparable-or-above", "equivalent"})


def datasets_of(check: Check, claim: Claim) -> tuple[str, ...]:
    """Return what a check has a ruling for: each dataset of the claim, or `all` at once."""
    return (ALL_DATASETS,) if check.relation == "never-third" else claim.datasets


def rule(case: Case, check: Check, dataset: str) -> Ruling:
    """Judge one check on one dataset, or on `all` where `datasets_of` says so.

    Raises:
        AdmissionRefused: arms or seeds whose rows are not the same.
        ScopeUnbound: a language of the check in which the dataset has no row.
        UsageError: values that are not finite.
    """
    judge, why = JUDGES.get(check.relation), _unjudged(check)
    if judge is None or why:
        return untested(check, dataset, why)
    return judge(case, check, dataset)


def _unjudged(check: Check) -> str:
    """Say why a check cannot be judged from scores, or nothing."""
    if check.relation not in JUDGES:
        return f"expected scores to judge, found the relation {check.relation}; counts have none"
    return _arms(check) or _values(check) or _wording(check)


def _arms(check: Check) -> str:
    arms = sides(check)
    if len(arms) < TWO:
        return (
            f"expected at least two arms to compare, found {len(arms)}; name a left and a right side, arms or weights"
        )
    if any(number > 1 for number in Counter(arms).values()):
        return f"expected arms that differ, found {', '.join(map(str, map(named, arms)))}; an arm equals itself"
    return ""


def _values(check: Check) -> str:
    if check.measure is None or not check.settings:
        return f"expected a measure and a setting, found {check.measure} and {check.setting}; name both"
    if check.measure != "rank-distance":
        return ""
    if check.settings != ("multilingual",):
        return f"expected rank distance in the multilingual setting, found {check.setting}; no other pool has it"
    if check.relation in BEST_IS_MOST:
        return (
            f"expected a measure of which more is better for {check.relation}, found rank-distance; use above or below"
        )
    return ""


def _wording(check: Check) -> str:
    total = sum(contrasts(check)[0].weights)
    if check.relation == "contrast" and abs(total) > SUM_OF_WEIGHTS:
        return f"expected weights that sum to 0, found a sum of {total:g}; any arm is above nothing"
    if check.relation in WITH_MARGIN_BELOW and decimal(check.margin) >= 1:
        return f"expected a margin below 1, found {check.margin}; any arm is above nothing"
    return ""
