"""A lexical baseline: what a retriever reaches that only compares letters.

Rule: cosine of TF-IDF vectors of character 2-4-grams. A text is lower-cased, its words are joined
and framed by single spaces. An n-gram weighs its count times log((1 + N) / (1 + n)) + 1, with N
the passages of the pool and n those that hold it: so each pool has frequencies of its own, a
language's for the ranks within it, all languages' for the ranks in the pool of all. Queries have
no part in the frequencies, and n-grams that no passage holds weigh on nothing but a query's
length, which orders nothing; they are left out. Order: (-score, passage row), as everywhere.

Weights of a unit vector are rounded to multiples of 2**-26, so that scores are exact
(`harness.court.admit` says why) and equal texts tie, whatever the order of a sum.

Cost: sparse products, in all as many multiplications as pairs of texts share n-grams; 4,400
questions and 4,400 passages in 11 languages take about 3 s on one core. Memory: a block of scores
(QUERIES_AT_ONCE x P) beside the n-grams. Source: design, Floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from harness.court.admit import STEPS
from harness.court.rank import Ranks
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from harness.records.judgements import Dataset
    from harness.records.texts import TextTable

SHORTEST, LONGEST = 2, 4
QUERIES_AT_ONCE = 1 << 7
DIGITS = 63
"""Bits of the number that an n-gram becomes."""


def framed(text: str) -> str:
    """Return the text whose n-grams are taken: lower-case words, joined and framed by single spaces."""
    return " " + " ".join(text.lower().split()) + " "


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """The n-grams of N texts: `codes` (G,) of all occurrences and `owners` (G,), the text of each."""

    codes: NDArray[np.int64]
    owners: NDArray[np.int64]


def grams(texts: Sequence[str], shortest: int = SHORTEST, longest: int = LONGEST) -> Grams:
    """Return all character n-grams of `texts` as numbers: equal exactly where the n-grams are equal.

    Raises:
        UsageError: more different characters than the numbers can tell apart.
    """
    each = [framed(text) for text in texts]
    # half a surrogate pair is a character like any other here
    points = np.frombuffer("".join(each).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    letters, spelt = np.unique(points, return_inverse=True)
    most = int(2 ** (DIGITS / longest)) - 2
    if len(letters) > most:
        raise UsageError(f"{longest}-grams: expected at most {most} different characters, found {len(letters)}")
    owner = np.repeat(np.arange(len(each)), [len(text) for text in each])
    base = len(letters) + 1  # digits 1 .. len(letters), so that numbers of different lengths differ
    codes, owners = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    spelling = np.zeros(len(points) + 1, dtype=np.int64)
    for length in range(1, min(longest, len(points)) + 1):
        spelling = spelling[: len(points) - length + 1] * base + spelt[length - 1 :] + 1
        if length >= shortest:
            within = owner[: len(spelling)] == owner[length - 1 :]  # not across two texts
            codes.append(spelling[within])
            owners.append(owner[: len(spelling)][within])
    return Grams(np.concatenate(codes), np.concatenate(owners))


def lexical_ranks(dataset: Dataset) -> Ranks:
    """Return the ranks that the baseline gives every judged pair, in the order of the judgements."""
    judged = dataset.judgements
    texts = (
        *_ordered(dataset.texts.queries, judged.query_ids),
        *_ordered(dataset.texts.passages, judged.passage_ids),
    )
    counts = _counts(texts)
    queries, passages = counts[: len(judged.query_ids)], counts[len(judged.query_ids) :]
    left, right = np.array(judged.query_rows, dtype=np.int64), np.array(judged.passage_rows, dtype=np.int64)
    languages = np.array(judged.passage_languages, dtype=np.str_)
    within = np.empty(len(left), dtype=np.int64)
    for language in np.unique(languages):
        members = np.flatnonzero(languages == language)
        pairs = np.flatnonzero(languages[right] == language)
        asked, row = np.unique(left[pairs], return_inverse=True)
        if len(asked):
            places = np.searchsorted(members, right[pairs])
            within[pairs] = _ranks(queries[asked], passages[members], row, places)
    return Ranks(within=within, overall=_ranks(queries, passages, left, right))


def _ordered(table: TextTable, ids: Sequence[str]) -> list[str]:
    """Return a table's texts in the court's order."""
    text = dict(zip(table.ids, table.texts, strict=True))
    return [text[name] for name in ids]


def _counts(texts: Sequence[str]) -> csr_array:
    """Return how often each text holds each n-gram, shape (N, kinds of n-grams)."""
    found = grams(texts)
    kinds, column = np.unique(found.codes, return_inverse=True)
    shape = (len(texts), len(kinds))
    ones = np.ones(len(column))
    return csr_array((ones, (found.owners, column)), shape=shape)


def _ranks(
    queries: csr_array, passages: csr_array, query_rows: NDArray[np.int64], passage_rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the ranks (J,) of judged pairs in one pool; arguments are counts (Q, G) and (P, G)."""
    holders = np.bincount(passages.indices, minlength=passages.shape[1])
    weights = np.where(holders, np.log((1 + passages.shape[0]) / (1 + holders)) + 1, 0.0)
    asked, answers = _unit(queries, weights), _unit(passages, weights).T.tocsr()
    order = np.argsort(query_rows, kind="stable")
    ranks = np.empty(len(order), dtype=np.int64)
    for top in range(0, queries.shape[0], QUERIES_AT_ONCE):
        scores = (asked[top : top + QUERIES_AT_ONCE] @ answers).toarray()
        ends = np.searchsorted(query_rows[order], (top, top + len(scores)))
        here = order[ends[0] : ends[1]]
        ranks[here] = _placed(scores, query_rows[here] - top, passage_rows[here])
    return ranks


def _placed(scores: NDArray[np.float64], rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rank of each judged (row, column) of `scores`: one more than what precedes it."""
    ranks = np.empty(len(rows), dtype=np.int64)
    for number, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        own = scores[row, column]
        before = np.count_nonzero(scores[row] > own) + np.count_nonzero(scores[row, :column] == own)
        ranks[number] = 1 + before
    return ranks


def _unit(counts: csr_array, weights: NDArray[np.float64]) -> csr_array:
    """Return rows of unit length, rounded; a row without known n-grams stays zero."""
    values = counts.data * weights[counts.indices]
    owner = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    squares = np.bincount(owner, weights=values**2, minlength=counts.shape[0])
    length = np.sqrt(np.where(squares > 0, squares, 1.0))
    rounded = np.rint(values / length[owner] * STEPS) / STEPS
    return csr_array((rounded, counts.indices, counts.indptr), shape=counts.shape)
