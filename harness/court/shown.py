"""What a ruling tells its readers beside what decides it.

Means of both sides, each base alone, slices of the questions, the effect beside the paper's. None
of it decides, so a number that cannot be made is left out. An effect is a share of the right
side's mean and signed as left minus right; the paper's is what it prints, or follows from the
cells that the check cites. A contrast of more than two arms shows the weighted means of the arms
that it adds and of those that it takes off.

Slices: questions on entities that training named in other facts (`seen`) and on those it never
named (`held-out`), then each query language. Their one-sided p values, for and against the check,
are adjusted after Holm over the check's slices.

A single run per arm, under one seed for all and on the same questions, has a contrast with
variance s2_seed + s2_res / Q = MS_seed / Q around the truth, and the mean of S such runs estimates
the truth. So it lies above 0 with predictive probability

    P(T > -mean / sqrt((1 + 1/S) MS_seed / Q)),    T of Student with S - 1 degrees of freedom,

the same t as in the interval for one new run (`harness.court.size`). Margins have no part in it:
the order is the paper's where it shows one, else the claimed one. Of an order of several arms the
least that the pairs allow is given, 1 minus the sum of what each lacks (Bonferroni).

Source: design, Judging (numbers for readers).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scipy.special import stdtr

from harness.court.case import of_dataset
from harness.court.contrast import DOWNWARD, Contrast, contrasts
from harness.court.sample import is_still
from harness.court.settle import holm
from harness.records.claim import Check, CitedEffect, CitedValue
from harness.records.record import decimal
from harness.records.ruling import BaseEstimate, Effect, Ruling, SliceEstimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.court.case import Case
    from harness.court.contrast import Inquiry
    from harness.court.infer import Interval
    from harness.court.sample import Sample

PERCENT = 100.0
SLICES = {"seen": True, "held-out": False}
LOWER = frozenset({"below", "reduced-by"})
"""Relations whose claimed share is one taken off."""

ORDERS = frozenset({"order", "contrast"})
"""Relations whose contrasts are the order of arms that is claimed."""

ONE_ABOVE_THE_OTHER = frozenset({"above", "below", "comparable-or-above", "comparable-or-below", "reduced-by"})
"""Relations of two sides of which one is better, or at least as good; the paper puts one of them first."""


def with_parts_shown(ruling: Ruling, inquiry: Inquiry, sample: Sample, contrast: Contrast) -> Ruling:
    """Add means, each base alone and slices, all of one contrast."""
    left, right = sample.levels(contrast.weights)
    bases = (_alone(sample.on(base), base, contrast.weights) for base in sample.names)
    slices = (_slice(part, name, contrast) for name, part in _slices(inquiry, sample))
    return ruling.model_copy(
        update={
            "left_mean": left,
            "right_mean": right,
            "bases": tuple(one for one in bases if one),
            "slices": _adjusted(one for one in slices if one),
        }
    )


def with_single_run(ruling: Ruling, case: Case, sample: Sample, check: Check) -> Ruling:
    """Add how likely one run per arm, under one seed, shows the paper's order of the arms."""
    orders = _orders(check, paper_effects(case.cells, check, ruling.dataset))
    found = [_single_run(sample.interval(order.weights), downward=order.downward) for order in orders]
    if not found or None in found:
        return ruling
    lacking = sum(1.0 - one for one in found if one is not None)
    return ruling.model_copy(update={"single_run": max(0.0, 1.0 - lacking)})


def _orders(check: Check, claimed: Mapping[str, float]) -> tuple[Contrast, ...]:
    """Return which arms the paper puts above which; none where a check says that arms are level."""
    if check.relation in ORDERS:
        return contrasts(check)
    if check.relation not in ONE_ABOVE_THE_OTHER:
        return ()
    effect = sum(claimed.values())
    downward = effect < 0 if effect else check.relation in DOWNWARD | LOWER
    return (Contrast("order", (1.0, -1.0), downward),)


def _single_run(interval: Interval | None, *, downward: bool) -> float | None:
    """Return the predictive probability that one more run lies on the wanted side of 0."""
    if interval is None:
        return None
    toward = -interval.estimate if downward else interval.estimate
    error = math.sqrt(interval.squares.ms_seed / interval.clusters * (1 + 1 / interval.seeds))
    if error == 0:
        return float(toward > 0)
    return float(stdtr(interval.seeds - 1, toward / error))


def with_effect(ruling: Ruling, case: Case, sample: Sample, check: Check) -> Ruling:
    """Add the effect of the left side over the right one, without margin, beside the paper's."""
    right = float(sample.means()[1])
    effect = _effect(sample.interval((1.0, -1.0)), right, paper_effects(case.cells, check, ruling.dataset))
    return ruling.model_copy(update={"effect": effect, "effect_ratio": _ratio(effect, sample.names)})


def _alone(sample: Sample, base: str, contrast: Sequence[float]) -> BaseEstimate | None:
    interval = sample.interval(contrast)
    if interval is None:
        return None
    left, right = sample.levels(contrast)
    return BaseEstimate(
        base=base,
        estimate=interval.estimate,
        low=interval.low,
        high=interval.high,
        left_mean=left,
        right_mean=right,
    )


def _slices(inquiry: Inquiry, sample: Sample) -> Iterator[tuple[str, Sample]]:
    """Yield the parts of the questions that have rows; a part that is the whole tells nothing."""
    for name, seen in SLICES.items():
        part = inquiry.slice(sample.names, seen=seen)
        if part is not None and part.queries < sample.queries:
            yield name, part
    languages = sample.languages
    if len(languages) > 1:
        yield from ((language, sample.asked_in(language)) for language in languages)


def _adjusted(slices: Iterable[SliceEstimate]) -> tuple[SliceEstimate, ...]:
    """Adjust the p values of slices after Holm: among many one lies far off by chance."""
    found = list(slices)
    toward = holm([float(one.p or 0) for one in found])
    against = holm([float(one.p_against or 0) for one in found])
    return tuple(
        one.model_copy(update={"p": p, "p_against": other})
        for one, p, other in zip(found, toward, against, strict=True)
    )


def _slice(sample: Sample, name: str, contrast: Contrast) -> SliceEstimate | None:
    interval = sample.interval(contrast.weights)
    if interval is None:
        return None
    left, right = sample.levels(contrast.weights)
    p, against = interval.p_above, interval.p_below
    if contrast.downward:
        p, against = against, p
    if is_still(interval.low, interval.estimate, interval.high):
        p, against = 1.0, 1.0
    return SliceEstimate(
        name=name,
        estimate=interval.estimate,
        low=interval.low,
        high=interval.high,
        p=p,
        p_against=against,
        left_mean=left,
        right_mean=right,
        queries=sample.queries,
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


def paper_effects(cells: Mapping[str, str], check: Check, dataset: str) -> dict[str, float]:
    """Return the paper's effect per base in percent of the right side, signed as left minus right.

    `cells` are the paper's by id.
    """
    effects = {base: _percent(cells, check, cited) for base, cited in of_dataset(dataset, check.claimed).items()}
    return {base: effect for base, effect in effects.items() if effect is not None}


def _percent(cells: Mapping[str, str], check: Check, cited: CitedValue | CitedEffect) -> float | None:
    if isinstance(cited, CitedEffect):
        left, right = (_cell(cells, name) for name in (cited.left, cited.right))
        return PERCENT * (left - right) / right if left is not None and right else None
    if check.unit != "percent":
        return None
    value = float(decimal(cited.value))
    return -abs(value) if check.relation in LOWER else value  # papers print a share taken off without a sign


def _cell(cells: Mapping[str, str], name: str) -> float | None:
    """Return the number in a cell of the paper, or None where a word stands: what is shown decides nothing."""
    try:
        value = float(cells[name])
    except ValueError:
        return None
    return value if math.isfinite(value) else None
