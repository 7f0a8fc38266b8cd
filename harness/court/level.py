"""The level of one encoder: a macro-average with a 95% interval over clusters of questions.

The judge's intervals are for contrasts of arms over seeds and questions. A released encoder is one
encoder: there is no second seed to see, so its interval is over questions alone. It says where the
mean of this very encoder would lie on other questions like these, in the same languages; not how
another training of it would do, and not in which other languages.

The macro-average is a sum of ratios, theta = sum over cells g of w_g (sum of v in g) / n_g, where cells
are query languages (crosslingual: ordered pairs) of equal weight. A cluster k of questions may stand in
any cell, in all of them where questions are translated, so what it adds is joined over cells before
anything is squared:

    u_k = sum over g of (w_g / n_g) x sum over rows i of g in k of (v_i - mean of the row's stratum)
    V   = Q / (Q - 1) x sum over k of u_k**2,       theta +- t(Q - 1) sqrt(V)

which is the linearised variance of a ratio under sampling of clusters (Cochran, Sampling Techniques,
1977, chapter 11), and the sandwich estimator for clusters of a regression on cells. `u` is the judge's
own (`harness.court.sums`), strata included. Translations of one question are not independent; taken
for it, 11 languages would make an interval up to sqrt(11) times too narrow.

Limits: as of the judge, the interval keeps its promise from 30 clusters on and where the clusters do
not lean; else a note says so. Cost: one pass over the rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.court.infer import CONFIDENCE, TWO, added_error, quantile
from harness.court.linear import LEAST_CLUSTERS, MOST_ADDED
from harness.court.sample import Block, pool
from harness.court.sums import frame

if TYPE_CHECKING:
    from harness.court.measure import Rows
    from harness.records.judgements import Judgements

ONE_ENCODER = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A macro-average; `low` and `high` are None where one cluster shows no spread. `note` says what to doubt."""

    estimate: float
    low: float | None
    high: float | None
    clusters: int
    rows: int
    note: str


def level(rows: Rows, judgements: Judgements) -> Level | None:
    """Return the macro-average of one measure with its interval, or None where there is no row."""
    if not len(rows.query_rows):
        return None
    placed = frame(rows, judgements)
    sample = pool([Block(ONE_ENCODER, ONE_ENCODER, ONE_ENCODER, placed, (placed.sums([rows], 1),))])
    z = sample.z([1.0])[0]  # (Q,)
    clusters, estimate = len(z), float(sample.theta[0, 0])
    if clusters < TWO:
        return Level(estimate, None, None, clusters, len(rows.query_rows), "no interval from one cluster of questions")
    centred = z - z.mean()
    error = math.sqrt(float((centred**2).sum()) / (clusters * (clusters - 1)))
    half = quantile((1 + CONFIDENCE) / 2, clusters - 1) * error
    # the skewness of the mean itself, in units of its error, because cubes of small differences would underflow
    lean = float(((centred / clusters / error) ** 3).sum()) if error else 0.0
    return Level(estimate, estimate - half, estimate + half, clusters, len(rows.query_rows), _note(clusters, lean))


def _note(clusters: int, lean: float) -> str:
    if clusters < LEAST_CLUSTERS:
        return f"{clusters} clusters of questions; an interval is trusted from {LEAST_CLUSTERS} on"
    if added_error(lean) > MOST_ADDED:
        return f"a few of the {clusters} clusters of questions pull to one side, so the interval may be too short there"
    return ""
