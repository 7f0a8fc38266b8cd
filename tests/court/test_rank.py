"""Ranks: oracles are exact fractions, and the ranks themselves under changes that must not move them."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court.admit import admit, admit_arrays, unit_rows
from harness.court.rank import JUDGED_AT_ONCE, Ranks, count_ranks, rank_judged
from harness.errors import UsageError
from harness.records.judgements import Judgements
from harness.records.vectors import LabVectors
from harness.seeds import generator


def exact_ranks(queries: np.ndarray, passages: np.ndarray, pairs: list, groups: list) -> list[tuple[int, int]]:
    """Sort whole pools by exact scores: slow, and with no float in it."""
    found = []
    for query, passage in pairs:
        scores = [
            sum(Fraction(a) * Fraction(b) for a, b in zip(queries[query].tolist(), row.tolist(), strict=True))
            for row in passages
        ]
        pool = sorted(range(len(passages)), key=lambda row: (-scores[row], row))
        own = [row for row in pool if groups[row] == groups[passage]]
        found.append((own.index(passage) + 1, pool.index(passage) + 1))
    return found


def plain(ranks: Ranks) -> list[tuple[int, int]]:
    return list(zip(ranks.within.tolist(), ranks.overall.tolist(), strict=True))


def coarse_case(seed: int, queries: int = 5, passages: int = 40, width: int = 3) -> tuple:
    """Vectors of few different values, so that most scores tie; groups in pieces; pairs in no order."""
    rng = generator("test", "rank", seed)
    left, right = rng.integers(-1, 2, (queries, width)), rng.integers(-1, 2, (passages, width))
    left[~left.any(axis=1)] = 1
    right[~right.any(axis=1)] = 1
    groups = [f"g{code}" for code in rng.integers(0, 3, passages)]
    pairs = rng.permutation([(query, passage) for query in range(queries) for passage in range(passages)])[:60]
    return unit_rows(left.astype(float)), unit_rows(right.astype(float)), pairs.tolist(), groups


@settings(derandomize=True, deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_exact_fractions_with_ties(seed: int) -> None:
    queries, passages, pairs, groups = coarse_case(seed)
    rows, columns = zip(*pairs, strict=True)
    assert plain(count_ranks(queries, passages, rows, columns, groups)) == exact_ranks(queries, passages, pairs, groups)


@settings(derandomize=True, deadline=None, max_examples=10)
@given(seed=st.integers(0, 10**6), width=st.sampled_from([1, 2, 31, 64]))
def test_exact_fractions_without_design(seed: int, width: int) -> None:
    rng = generator("test", "plain", seed)
    queries, passages = unit_rows(rng.standard_normal((3, width))), unit_rows(rng.standard_normal((25, width)))
    pairs, groups = [(query, passage) for query in range(3) for passage in range(25)], ["a"] * 10 + ["b"] * 15
    rows, columns = zip(*pairs, strict=True)
    assert plain(count_ranks(queries, passages, rows, columns, groups)) == exact_ranks(queries, passages, pairs, groups)


@pytest.mark.parametrize("power", range(30, 53))
@pytest.mark.parametrize("width", [2, 5, 256])
def test_theory_near_ties_below_float32(power: int, width: int) -> None:
    """Scores differ by 2**-power: the query's last entry is 2**-26, the passages' a multiple of it."""
    rng = generator("test", "near", power, width)
    head = unit_rows(rng.standard_normal((1, width - 1)))
    steps = rng.permutation(np.arange(50) // 2).astype(float) * 2.0 ** (26 - power)  # each step twice: ties as well
    queries = np.hstack([head, [[2.0**-26]]])
    passages = np.hstack([np.repeat(head, 50, axis=0), steps[:, None]])
    order = sorted(range(50), key=lambda row: (-steps[row], row))
    expected = [(order.index(row) + 1,) * 2 for row in range(50)]
    assert plain(count_ranks(queries, passages, [0] * 50, range(50), ["a"] * 50)) == expected


@settings(derandomize=True, deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6), tall=st.integers(1, 7), wide=st.integers(1, 45))
def test_itself_blocks_do_not_matter(seed: int, tall: int, wide: int) -> None:
    queries, passages, pairs, groups = coarse_case(seed)
    rows, columns = zip(*pairs, strict=True)
    whole = count_ranks(queries, passages, rows, columns, groups)
    parts = count_ranks(queries, passages, rows, columns, groups, queries_at_once=tall, passages_at_once=wide)
    assert plain(parts) == plain(whole)


def judged_case(seed: int) -> tuple[LabVectors, Judgements]:
    """Vectors with ties, and judgements of two languages whose passages are mixed."""
    queries, passages, pairs, _ = coarse_case(seed)
    kept = sorted({(query, passage) for query, passage in pairs} | {(query, query) for query in range(5)})
    ids = tuple(f"q{row}" for row in range(5)), tuple(f"p{row}" for row in range(40))
    judgements = Judgements(
        query_ids=ids[0],
        query_languages=("en",) * 5,
        clusters=("c",) * 5,
        relations=("r",) * 5,
        entities_seen=(True,) * 5,
        passage_ids=ids[1],
        passage_languages=("en", "de") * 20,
        query_rows=tuple(query for query, _ in kept),
        passage_rows=tuple(passage for _, passage in kept),
        grades=(1,) * len(kept),
    )
    return LabVectors(ids[0], queries, ids[1], passages), judgements


@settings(derandomize=True, deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_itself_permutations_of_the_lab_do_not_matter(seed: int) -> None:
    vectors, judgements = judged_case(seed)
    left, right = generator("test", seed, "l").permutation(5), generator("test", seed, "r").permutation(40)
    shuffled = LabVectors(
        tuple(vectors.query_ids[row] for row in left),
        vectors.queries[left],
        tuple(vectors.passage_ids[row] for row in right),
        vectors.passages[right],
    )
    ranks = [plain(rank_judged(admit(some, judgements), judgements)) for some in (vectors, shuffled)]
    assert ranks[0] == ranks[1]


@settings(derandomize=True, deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_itself_rows_and_dimensions_in_another_order(seed: int) -> None:
    """Pairs, queries and dimensions permute freely; passages too, where no scores tie."""
    rng = generator("test", "permute", seed)
    queries, passages = unit_rows(rng.standard_normal((4, 9))), unit_rows(rng.standard_normal((30, 9)))
    rows, columns = rng.integers(0, 4, 20), rng.integers(0, 30, 20)
    groups = [f"g{code}" for code in rng.integers(0, 3, 30)]
    whole = plain(count_ranks(queries, passages, rows, columns, groups))
    q, p, d, j = (rng.permutation(count) for count in (4, 30, 9, 20))
    moved = count_ranks(
        queries[q][:, d],
        passages[p][:, d],
        np.argsort(q)[rows[j]].tolist(),
        np.argsort(p)[columns[j]].tolist(),
        [groups[row] for row in p],
    )
    assert plain(moved) == [whole[place] for place in j]


THREADS = """
from harness.codec import digest
from harness.court.admit import admit_arrays
from harness.court.rank import count_ranks
from harness.seeds import generator
rng = generator("test", "threads")
# few different directions and 300 copies of each: near ties and ties in plenty
passages = rng.standard_normal((7, 128)).repeat(300, axis=0)
vectors = admit_arrays(rng.standard_normal((300, 128)), passages)
ranks = count_ranks(vectors.queries, vectors.passages, list(range(300)) * 3, list(range(900)), ["a", "b"] * 1050)
print(digest([ranks.within.tolist(), ranks.overall.tolist()]))
"""


def test_itself_threads_and_kernels_do_not_matter() -> None:
    """The number of BLAS threads and the processor family its kernels are written for."""
    changes = [{"OPENBLAS_NUM_THREADS": "1"}, {"OPENBLAS_NUM_THREADS": "2"}, {"OPENBLAS_CORETYPE": "Haswell"}]
    digests = {
        subprocess.run(
            [sys.executable, "-c", THREADS], env={**os.environ, **change}, check=True, capture_output=True, text=True
        ).stdout
        for change in changes
    }
    assert len(digests) == 1


def test_degenerate_all_passages_alike() -> None:
    queries, passages = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]).repeat(100, axis=0)
    ranks = count_ranks(queries, passages, [0] * 100, range(100), ["a", "b"] * 50)
    assert ranks.overall.tolist() == list(range(1, 101))
    assert ranks.within.tolist() == [place // 2 + 1 for place in range(100)]


def test_degenerate_one_passage_no_pairs_and_unjudged_queries() -> None:
    one = np.array([[1.0]])
    assert plain(count_ranks(one, one, [0], [0], ["a"])) == [(1, 1)]
    assert plain(count_ranks(one, one, [], [], ["a"])) == []
    assert plain(count_ranks(one.repeat(600, axis=0), one, [599], [0], ["a"])) == [(1, 1)]


def test_theory_more_judged_passages_than_are_compared_at_once() -> None:
    count = 3 * JUDGED_AT_ONCE + 1
    angles = np.linspace(0.1, 1.5, count)
    passages = unit_rows(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    ranks = count_ranks(np.array([[1.0, 0.0]]), passages, [0] * count, range(count), ["a"] * count)
    assert ranks.overall.tolist() == list(range(1, count + 1))


def test_rule_vectors_that_were_not_admitted_are_refused() -> None:
    rng = generator("test", "raw")
    queries, passages = rng.standard_normal((50, 256)), rng.standard_normal((500, 256))
    arguments = list(range(50)), list(range(50)), ["a"] * 500
    with pytest.raises(UsageError, match="found one score with two values"):
        count_ranks(queries, passages, *arguments)
    admitted = admit_arrays(queries, passages)
    assert len(count_ranks(admitted.queries, admitted.passages, *arguments).overall) == 50


@pytest.mark.parametrize(
    ("rows", "columns", "groups", "message"),
    [
        ([2], [0], ["a", "b"], "query rows from 0 to 1, found 2"),
        ([0], [-1], ["a", "b"], "passage rows from 0 to 1, found -1"),
        ([0, 1], [0], ["a", "b"], "found 2, 1 and 2"),
        ([0], [0], ["a"], "found 1, 1 and 1"),
    ],
)
def test_degenerate_tables_that_do_not_fit(rows: list, columns: list, groups: list, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        count_ranks(np.eye(2), np.eye(2), rows, columns, groups)
