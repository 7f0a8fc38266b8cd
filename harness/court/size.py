"""reduced-by: is the reduction as large as the paper says? Decided at scale `full` only.

With c the claimed share and D_c = H - (1-c) X under each seed, the interval for one new run is

    mean D_c +- t(.975, S-1) sd(D_c) sqrt(1 + 1/S),

for the paper reports one run. Supported: it holds 0 for c and lies below 0 for c/2 (above 0 it
would also miss 0, and speak of less than half). Contradicted: it misses 0 for c. So p against is the
one-sided p of the side on which 0 lies, and p for it is 1 unless c stands, else that of c/2. Each
base has its own c in (0, 1]; D_c is their mean. Too few seeds or clusters, or no noise at all,
decide nothing, as everywhere. Below scale `full` small encoders say nothing about a size, so the
check is untested and its effect shown for readers.

Source: design, Judging.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr

from harness.court.case import Case, untested
from harness.court.contrast import Contrast, Inquiry
from harness.court.infer import CONFIDENCE, LEAST_P, quantile
from harness.court.linear import STILL, counted, too_few
from harness.court.sample import is_still
from harness.court.shown import PERCENT, paper_effects, with_effect, with_parts_shown, with_single_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from harness.court.sample import Sample
    from harness.records.claim import Check, Outcome
    from harness.records.ruling import Ruling

SHOWN_ONLY = "a size is decided at scale full only; shown for readers beside [1/2, 2] times the claimed one"
HALF = 0.5
PLAIN = Contrast("left over right", (1.0, -1.0), downward=True)


def rule_size(case: Case, check: Check, dataset: str) -> Ruling:
    """Judge a claimed reduction, or show it.

    Raises:
        AdmissionRefused: arms or seeds whose rows are not the same.
        ScopeUnbound: a language of the check in which the dataset has no row.
    """
    inquiry = Inquiry(case.scores, case.seeds, check, dataset)
    sample = inquiry.sample(case.claim.bases)
    # the number of seeds and clusters belongs to a decision, so an untested ruling has none
    blank = untested(check, dataset, SHOWN_ONLY).model_copy(update={"queries": sample.queries})
    shown = with_effect(with_parts_shown(blank, inquiry, sample, PLAIN), case, sample, check)
    shown = with_single_run(shown, case, sample, check)
    if case.scale != "full":
        return shown
    claimed = {base: -effect / PERCENT for base, effect in paper_effects(case.cells, check, dataset).items()}
    lacking = [base for base in sample.names if not 0 < claimed.get(base, 0) <= 1]
    if lacking:
        found = f"{PERCENT * claimed[lacking[0]]:g}%" if lacking[0] in claimed else "none"
        note = f"expected a claimed share above 0 and at most 100% on every base, found {found} on {lacking[0]}"
        return shown.model_copy(update={"note": note})
    why = too_few(sample.seeds, sample.clusters)
    if why:
        return counted(shown, sample).model_copy(update={"outcome": "inconclusive", "note": why})
    return _decided(counted(shown, sample), sample, claimed)


def size_outcome(sample: Sample, claimed: Mapping[str, float]) -> Outcome:
    """Return what the interval for one new run says of the claimed shares, whatever world the sample is of."""
    whole, half = _NewRun(_theta(sample, claimed)), _NewRun(_theta(sample, claimed, HALF))
    if is_still(whole.low, max(map(abs, sample.means())), whole.high):
        return "inconclusive"
    if whole.high < 0 or whole.low > 0:
        return "contradicted"
    return "supported" if half.high < 0 else "inconclusive"


def _decided(shown: Ruling, sample: Sample, claimed: Mapping[str, float]) -> Ruling:
    whole, half = _NewRun(_theta(sample, claimed)), _NewRun(_theta(sample, claimed, HALF))
    if is_still(whole.low, max(map(abs, sample.means())), whole.high):
        return shown.model_copy(update={"outcome": "inconclusive", "note": STILL})
    outcome = size_outcome(sample, claimed)
    misses = outcome == "contradicted"
    return shown.model_copy(
        update={
            "estimate": whole.mean,
            "low": whole.low,
            "high": whole.high,
            "p": 1.0 if misses else half.p_below,
            "p_against": min(whole.p_below, whole.p_above),
            "df": whole.df,
            "outcome": outcome,
            "note": "" if outcome != "contradicted" else _told(whole),
        }
    )


def _told(run: _NewRun) -> str:
    return f"one new run would miss the claimed size by {run.mean:.3g} [{run.low:.3g}, {run.high:.3g}]"


def _theta(sample: Sample, claimed: Mapping[str, float], part: float = 1.0) -> NDArray[np.float64]:
    """Return D under each seed, shape (S,), for `part` of the claimed shares."""
    found = [np.array([1.0, -(1.0 - part * claimed[base])]) @ sample.on(base).theta for base in sample.names]
    return np.asarray(np.mean(found, axis=0), dtype=np.float64)


class _NewRun:
    """The interval for one new run, from the values of S seeds; p values never 0."""

    def __init__(self, theta: NDArray[np.float64]) -> None:
        self.mean = float(theta.mean())
        self.df = float(len(theta) - 1)
        error = float(theta.std(ddof=1)) * (1 + 1 / len(theta)) ** 0.5
        half = quantile((1 + CONFIDENCE) / 2, self.df) * error
        self.low, self.high = self.mean - half, self.mean + half
        below = float(stdtr(self.df, self.mean / error)) if error else float(self.mean >= 0)
        above = float(stdtr(self.df, -self.mean / error)) if error else float(self.mean <= 0)
        self.p_below, self.p_above = max(below, LEAST_P), max(above, LEAST_P)
