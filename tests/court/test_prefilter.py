"""The prefilter: oracles are exact fractions, sums in other orders, and float64 counts of the same pairs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court import compiled
from harness.court.admit import unit_rows
from harness.court.prefilter import NEAR, brackets, error_bound
from harness.court.rank import Ranks, count_ranks
from harness.errors import UsageError
from harness.seeds import generator

NEVER = 1 << 62


def plain(ranks: Ranks) -> list[tuple[int, int]]:
    return list(zip(ranks.within.tolist(), ranks.overall.tolist(), strict=True))


def near_ties(seed: int, passages: int, width: int, copies: int) -> tuple[np.ndarray, np.ndarray]:
    """Passages around a few directions, a few steps of 2**-26 apart in a few entries: ties and near ties in plenty."""
    rng = generator("test", "near ties", seed)
    centres = unit_rows(rng.standard_normal((-(-passages // copies), width)))
    rows = centres.repeat(copies, axis=0)[:passages]
    steps = rng.integers(-2, 3, rows.shape) * (rng.random(rows.shape) < 0.2)
    rows = rows * 0.99
    return unit_rows(rng.standard_normal((9, width))), np.rint(rows * 2.0**26 + steps) / 2.0**26


@settings(derandomize=True, deadline=None, max_examples=30)
@given(
    seed=st.integers(0, 10**6),
    width=st.sampled_from([1, 3, 32, 256]),
    copies=st.sampled_from([1, 4, 60, 700]),
    sizes=st.tuples(st.integers(1, 9), st.sampled_from([7, 300, 1 << 13])),
    sort=st.booleans(),
)
def test_property_counts_are_those_of_float64(
    seed: int, width: int, copies: int, sizes: tuple[int, int], *, sort: bool
) -> None:
    queries, passages = near_ties(seed, 700, width, copies)
    rng = generator("test", "pairs", seed)
    groups = [f"g{code}" for code in rng.integers(0, 4, 700)]
    groups = sorted(groups) if sort else groups
    pairs = rng.integers(0, 8, 90), rng.integers(0, 700, 90)  # the last query has none
    exact = count_ranks(queries, passages, *pairs, groups, prefilter_from=NEVER)
    tall, wide = sizes
    found = count_ranks(
        queries, passages, *pairs, groups, queries_at_once=tall, passages_at_once=wide, prefilter_from=0
    )
    assert plain(found) == plain(exact)


@settings(derandomize=True, deadline=None, max_examples=15)
@given(seed=st.integers(0, 10**6), wide=st.sampled_from([400, 1 << 13]))
def test_property_few_ties_are_decided_by_row(seed: int, wide: int) -> None:
    """Each passage three times, anywhere: too few are near for float64 to take over, and each decides a rank."""
    rng = generator("test", "few ties", seed)
    queries = unit_rows(rng.standard_normal((5, 16)))
    passages = unit_rows(rng.standard_normal((400, 16)))[rng.permutation(np.arange(1200) % 400)]
    groups = [f"g{code}" for code in rng.integers(0, 3, 1200)]
    pairs = np.arange(10) // 2, rng.integers(0, 1200, 10)
    exact = count_ranks(queries, passages, *pairs, groups, prefilter_from=NEVER)
    found = count_ranks(queries, passages, *pairs, groups, passages_at_once=wide, prefilter_from=0)
    assert plain(found) == plain(exact)


@pytest.mark.parametrize("power", [30, 36, 44, 52])
def test_theory_steps_far_below_float32_are_ranked(power: int) -> None:
    rng = generator("test", "steps", power)
    head = unit_rows(rng.standard_normal((1, 255)))
    steps = rng.permutation(np.arange(50) // 2).astype(float) * 2.0 ** (26 - power)  # each step twice: ties as well
    queries, passages = np.hstack([head, [[2.0**-26]]]), np.hstack([np.repeat(head, 50, axis=0), steps[:, None]])
    order = sorted(range(50), key=lambda row: (-steps[row], row))
    expected = [(order.index(row) + 1,) * 2 for row in range(50)]
    found = count_ranks(queries, passages, [0] * 50, range(50), None, prefilter_from=0)
    assert plain(found) == expected


def in_some_order(left: np.ndarray, right: np.ndarray, order: str) -> float:
    """Sum float32 products in float32: one after the other, by halves, largest first, or as BLAS does."""
    products = left.astype(np.float32) * right.astype(np.float32)
    if order == "blas":
        return float(left.astype(np.float32) @ right.astype(np.float32))
    if order == "halves":
        while len(products) > 1:
            half = len(products) // 2
            products = np.append(products[:half] + products[half : 2 * half], products[2 * half :])
        return float(products[0])
    products = np.sort(products)[::-1] if order == "largest" else products
    return float(np.add.accumulate(products)[-1])


@settings(derandomize=True, deadline=None, max_examples=40)
@given(seed=st.integers(0, 10**6), width=st.sampled_from([1, 2, 64, 1024]), alike=st.booleans())
@pytest.mark.parametrize("order", ["forward", "halves", "largest", "blas"])
def test_theory_no_order_of_summation_is_off_by_more_than_the_bound(
    order: str, seed: int, width: int, *, alike: bool
) -> None:
    rng = generator("test", "bound", seed)
    left, right = unit_rows(rng.standard_normal((2, width)) + (3.0 if alike else 0.0))
    exact = sum(Fraction(a) * Fraction(b) for a, b in zip(left.tolist(), right.tolist(), strict=True))
    lengths = [float(np.linalg.norm(row)) for row in (left, right)]
    assert abs(Fraction(in_some_order(left, right, order)) - exact) <= Fraction(error_bound(width, *lengths))


@pytest.mark.parametrize("width", [1, 2, 256, 4096, 1 << 22])
def test_exact_the_bound_is_not_below_its_formula(width: int) -> None:
    unit = Fraction(1, 1 << 24)
    gamma = width * unit / (1 - width * unit)
    formula = (1 + unit) ** 2 * (1 + gamma) - 1
    assert formula <= Fraction(error_bound(width, 1.0, 1.0)) <= formula * Fraction(1 + 2.0**-29)


def test_degenerate_rows_too_wide_for_a_bound_are_left_to_float64() -> None:
    low, high = brackets(np.zeros(1), error_bound(1 << 24, 1.0, 1.0))
    assert (low[0], high[0]) == (-np.inf, np.inf)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(score=st.floats(-2, 2), error=st.floats(2.0**-60, 0.5))
def test_property_limits_lie_outwards(score: float, error: float) -> None:
    low, high = brackets(np.array([score]), error)
    assert Fraction(float(low[0])) <= Fraction(score) - Fraction(error)
    assert Fraction(float(high[0])) >= Fraction(score) + Fraction(error)


def test_degenerate_everything_alike_is_counted_in_float64() -> None:
    passages = unit_rows(np.ones((5 * NEAR, 4)))
    found = count_ranks(passages[:3], passages, [0] * 160, range(160), ["a", "b"] * 80, prefilter_from=0)
    assert plain(found) == [(row // 2 + 1, row + 1) for row in range(160)]


@pytest.mark.parametrize("factor", [1.0 + 2.0**-30, 1.5])
def test_rule_what_was_not_admitted_is_refused(factor: float) -> None:
    rows = unit_rows(generator("test", "raw").standard_normal((40, 8)))
    with pytest.raises(UsageError, match="found one score with two values: rows that are too long"):
        count_ranks(rows * factor, rows * factor, [0], [0], None, prefilter_from=0)


def test_rule_a_product_that_is_none_is_found_out() -> None:
    """As by a processor that multiplies in less than float32."""
    rows = np.eye(4)
    pair = np.zeros(1, dtype=np.int64)
    limits = brackets(np.ones(1), error_bound(4, 1.0, 1.0))
    for own, sound in ((1.0, True), (1.0 - 2.0**-12, False)):
        scores = np.array([[own, 0.0, 0.0, 0.0]], dtype=np.float32)
        columns = np.arange(4), np.array([0, 4]), pair
        counts, crowded = np.zeros((1, 2), dtype=np.int64), np.zeros(1, dtype=np.bool_)
        judged = (pair, pair, pair, np.ones(1), *limits)
        found = compiled.count_block(scores, rows[:1], rows, *columns, np.array([0, 1]), *judged, 4, counts, crowded)
        assert bool(found) is sound


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    scores=st.lists(st.floats(-2, 2, width=32), min_size=2, max_size=70),
    limits=st.tuples(st.floats(-2, 2, width=32), st.floats(-2, 2, width=32)).map(sorted),
)
def test_property_coarse_numbers_keep_the_order_of_scores(scores: list[float], limits: list[float]) -> None:
    """As `count_block` asks for them: about the middle of limits, however near these are to each other."""
    least, greatest = map(np.float32, limits)
    middle = np.float32((least + greatest) / np.float32(2))
    steps = np.float32(np.float32(compiled.WITHIN) / max(greatest - middle, middle - least, compiled.FINEST))
    ordered = np.sort(np.array([*scores, least, greatest], dtype=np.float32))
    coarse = np.empty(len(ordered), dtype=np.int16)
    compiled.coarsen(ordered, middle, steps, coarse)
    assert (np.diff(coarse.astype(int)) >= 0).all()
    ends = coarse[np.searchsorted(ordered, [least, greatest])]
    assert (np.abs(ends.astype(int)) <= compiled.WITHIN + 1).all()
    far = ordered > greatest + np.float32(0.05) * (greatest - least)
    assert (coarse[far] > ends[1]).all()


def test_degenerate_limits_without_end_leave_a_query_to_float64() -> None:
    rows, pair = np.eye(4), np.zeros(1, dtype=np.int64)
    limits = np.full(1, -np.inf, dtype=np.float32), np.full(1, np.inf, dtype=np.float32)
    columns = np.arange(4), np.array([0, 4]), pair
    counts, crowded = np.zeros((1, 2), dtype=np.int64), np.zeros(2, dtype=np.bool_)
    scores = np.eye(4, dtype=np.float32)[:2]
    judged = (pair, pair, pair, np.ones(1), *limits)
    compiled.count_block(scores, rows[:2], rows, *columns, np.array([0, 1, 1]), *judged, 4, counts, crowded)
    assert crowded.tolist() == [True, False]  # the second has no judged passage
    assert not counts.any()


def test_degenerate_code_without_a_place_to_keep_it_is_compiled_all_the_same() -> None:
    space: dict = {}
    exec("def twice(value): return 2 * value", space)  # noqa: S102 - a function that lies in no file
    assert compiled.compiled(None)(space["twice"])(21) == 42
