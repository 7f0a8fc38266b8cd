"""A second implementation of the measures, written from their definitions and nothing of the court's.

    ranked from the vectors, one question at a time, by sorting the pool; ties by the passage's number
    AP, RR, R@k, nDCG@k and rank distance by their textbook sums over the ranked list

Slow on purpose: loops over lists. It looks at a few questions of one place and compares every row
that the court measured there. Source: definitions in Manning, Raghavan and Schuetze (2008), 8.4; the
paper's section 3.3 for rank distance.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.seeds import generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.court.measure import Rows
    from harness.records.judgements import Judgements
    from harness.records.vectors import AdmittedVectors

QUESTIONS = 12
CLOSE = 1e-9
PARALLEL = 2


def differences(
    vectors: AdmittedVectors, judgements: Judgements, measure: str, setting: str, rows: Rows
) -> Iterator[str]:
    """Yield in words each row of a few questions whose value is not what the definitions say."""
    relevant: dict[int, dict[int, int]] = {}
    for query, passage, grade in zip(judgements.query_rows, judgements.passage_rows, judgements.grades, strict=True):
        relevant.setdefault(query, {})[passage] = grade
    found = dict(
        zip(zip(rows.query_rows.tolist(), rows.passage_languages, strict=True), rows.values.tolist(), strict=True)
    )
    asked = sorted({query for query, _ in found})
    order = generator("attack", "measures", measure, setting).permutation(len(asked)).tolist()
    for query in [asked[at] for at in order[:QUESTIONS]]:
        for language in _pools(judgements, query, setting):
            value = _value(vectors, judgements, query, language, relevant[query], measure)
            said = found.get((query, language))
            if value is None and said is None:
                continue
            if value is None or said is None or abs(value - said) > CLOSE:
                yield f"{measure} of {judgements.query_ids[query]} ({language}): {said} by the court, {value} anew"


def _pools(judgements: Judgements, query: int, setting: str) -> list[str]:
    """Return the languages whose passages are a pool of the query, or `*` for all of them at once."""
    own = judgements.query_languages[query]
    if setting == "multilingual":
        return ["*"]
    if setting == "monolingual":
        return [own]
    return sorted(set(judgements.passage_languages) - {own})


def _value(  # noqa: PLR0913, PLR0917 - a question, its pool, its answers, and what is asked of them
    vectors: AdmittedVectors,
    judgements: Judgements,
    query: int,
    language: str,
    relevant: dict[int, int],
    measure: str,
) -> float | None:
    """Return one measure of one question in one pool; None where no passage of the pool answers it."""
    pool = [row for row, of in enumerate(judgements.passage_languages) if language in {"*", of}]
    grades = {row: relevant[row] for row in pool if row in relevant}
    if not grades:
        return None
    scores = (vectors.passages[pool] @ vectors.queries[query]).tolist()
    ranked = [row for _, row in sorted(zip((-score for score in scores), pool, strict=True))]
    ranks = sorted(rank for rank, row in enumerate(ranked, start=1) if row in grades)
    if measure == "rank-distance":
        return float(ranks[-1] - ranks[0]) if len(ranks) >= PARALLEL else None
    return of_list([grades.get(row, 0) for row in ranked], sorted(grades.values(), reverse=True), measure)


def of_list(gains: Sequence[int], ideal: Sequence[int], measure: str) -> float:
    """Return one measure of a ranked list of grades, 0 for what is not relevant; `ideal` is the best order."""
    name, _, depth = measure.partition("@")
    cut = int(depth) if depth else len(gains)
    if name == "MAP":
        hits, total = 0, 0.0
        for rank, gain in enumerate(gains, start=1):
            if gain:
                hits += 1
                total += hits / rank
        return total / len(ideal)
    if name == "MRR":
        return next((1.0 / rank for rank, gain in enumerate(gains, start=1) if gain), 0.0)
    if name == "R":
        return sum(1 for gain in gains[:cut] if gain) / len(ideal)
    return _discounted(gains[:cut]) / _discounted(ideal[:cut])


def _discounted(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
