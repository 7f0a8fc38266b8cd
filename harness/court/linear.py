"""Checks that are one contrast or several: above, below, comparable, equivalent, order, contrast.

Each contrast is decided by its own 95% interval: supported where the interval lies wholly on the
wanted side of 0, contradicted where it lies wholly on the other. A check of several contrasts is
supported where all are (an intersection-union test), contradicted where one is. It prints the one
that is furthest from support, and lists all. Its p is the greatest of theirs. Against it stands

    equivalent by m    the least p against: H cannot be below and above X at once
    order of k arms    k - 1 times the least p against, for each pair is a chance to be wrong (Bonferroni)

Source: design, Judging.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.court.case import Case, untested
from harness.court.contrast import Contrast, Inquiry, contrasts
from harness.court.infer import CONFIDENCE, LEAST_SEEDS, Interval
from harness.court.sample import is_still
from harness.court.shown import with_effect, with_parts_shown, with_single_run
from harness.records.ruling import Part, Ruling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.court.sample import Sample
    from harness.records.claim import Check, Outcome

LEAST_CLUSTERS = 30
"""The least number at which intervals keep their promise, by `make calibrate`."""

MOST_ADDED = 0.005
"""How far the skewness of clusters may take a one-sided error beyond its 2.5%: by a fifth of it."""

STILL = "nothing varies between seeds or questions, so there is no noise to judge by"

TWO_SIDED = frozenset({"above", "below", "comparable-or-above", "comparable-or-below", "equivalent"})
"""Relations of a left and a right side, whose effect is shown beside the paper's."""

FROM_SUPPORT: dict[Outcome, int] = {"supported": 0, "inconclusive": 1, "contradicted": 2}


def rule_contrasts(case: Case, check: Check, dataset: str) -> Ruling:
    """Judge a check by its contrasts, all over the same arms and rows.

    Raises:
        AdmissionRefused: arms or seeds whose rows are not the same.
        ScopeUnbound: a language of the check in which the dataset has no row.
        UsageError: values that are not finite.
    """
    inquiry = Inquiry(case.scores, case.seeds, check, dataset)
    sample = inquiry.sample(case.claim.bases)
    blank = counted(untested(check, dataset, ""), sample)
    asked = contrasts(check)
    found = [judged(sample, contrast) for contrast in asked]
    parts = [part for part, _ in found if part is not None]
    if len(parts) < len(asked):
        return without_interval(blank, sample)
    at = furthest(parts)
    against = min(part.p_against for part in parts)
    if check.relation == "order":
        against = min(1.0, len(parts) * against)
    ruling = printed(blank, parts[at], found[at][1], against)
    ruling = ruling.model_copy(update={"parts": tuple(parts) if len(parts) > 1 else ()})
    ruling = with_parts_shown(ruling, inquiry, sample, asked[at])
    ruling = with_single_run(ruling, case, sample, check)
    return with_effect(ruling, case, sample, check) if check.relation in TWO_SIDED else ruling


def judged(sample: Sample, contrast: Contrast, name: str = "") -> tuple[Part | None, str]:
    """Return one contrast with its outcome, and why it decides nothing where it cannot; None without interval."""
    interval = sample.interval(contrast.weights)
    if interval is None:
        return None, ""
    outcome, note = outcome_of(interval, downward=contrast.downward)
    p, against = interval.p_above, interval.p_below
    if contrast.downward:
        p, against = against, p
    still = is_still(interval.low, interval.estimate, interval.high)
    if still:  # a p near 0 or 1 would be read as evidence
        p, against = 1.0, 1.0
    return (
        Part(
            name=name or contrast.name,
            estimate=interval.estimate,
            low=interval.low,
            high=interval.high,
            p=p,
            p_against=against,
            df=interval.df,
            outcome=outcome,
            detectable=interval.detectable,
            seeds_needed=None
            if interval.clusters < LEAST_CLUSTERS or still or leaning(interval)
            else interval.seeds_needed,
        ),
        note,
    )


def outcome_of(interval: Interval, *, downward: bool) -> tuple[Outcome, str]:
    """Return what an interval says, and why it says nothing where it cannot."""
    why = too_few(interval.seeds, interval.clusters) or leaning(interval)
    if why or is_still(interval.low, interval.estimate, interval.high):
        return "inconclusive", why or STILL
    below, above = interval.high < 0, interval.low > 0
    if below or above:
        return ("supported" if below == downward else "contradicted"), ""
    return "inconclusive", ""


def too_few(seeds: int, clusters: int) -> str:
    """Say why so many seeds and clusters decide nothing, or nothing where they can."""
    if seeds < LEAST_SEEDS:
        return f"{_several(seeds, 'seed')}; trained arms need at least {LEAST_SEEDS}"
    if clusters < LEAST_CLUSTERS:
        return f"{_several(clusters, 'cluster')} of questions; at least {LEAST_CLUSTERS} are needed"
    return ""


def leaning(interval: Interval) -> str:
    """Say why an interval leans too far to one side to be trusted, or nothing where it does not."""
    if interval.added_error <= MOST_ADDED:
        return ""
    worse = 1 - (1 - CONFIDENCE) / 2 - interval.added_error
    return (
        f"a few of the {interval.clusters} clusters of questions pull to one side, so that an interval which promises "
        f"{(1 + CONFIDENCE) / 2:.1%} on each side may keep {worse:.1%}; more clusters are needed"
    )


def furthest(parts: Sequence[Part]) -> int:
    """Return the number of the part that is furthest from support; the first of equals."""
    return max(range(len(parts)), key=lambda at: (FROM_SUPPORT[parts[at].outcome], parts[at].p, -at))


def counted(ruling: Ruling, sample: Sample) -> Ruling:
    """Add how many seeds, clusters and questions there are."""
    return ruling.model_copy(
        update={"queries": sample.queries, "seeds": sample.seeds, "clusters": sample.clusters},
    )


def printed(blank: Ruling, part: Part, note: str, against: float) -> Ruling:
    """Return the ruling that prints one contrast, and `against`, the p against the whole check."""
    shared = part.model_dump(exclude={"name", "p_against"})
    if is_still(part.low, part.estimate, part.high):  # no effect is detectable where there is no noise to tell it from
        shared["detectable"] = None
    return blank.model_copy(update={**shared, "p_against": against, "note": note})


def without_interval(blank: Ruling, sample: Sample) -> Ruling:
    """Return the ruling on a sample that shows no spread."""
    note = f"no interval from {_several(sample.seeds, 'seed')} and {_several(sample.clusters, 'cluster')} of questions"
    return blank.model_copy(update={"outcome": "inconclusive", "note": note})


def _several(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
