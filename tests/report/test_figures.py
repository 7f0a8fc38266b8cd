from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_builders import ruling

from harness.records.ruling import Effect
from harness.report.figures import MOST_PLACES, claimed_bases, claimed_sign, fixed, percent, places, typeset

FINITE = st.floats(min_value=-1e6, max_value=1e6)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(28, 34, 0), (3.1, 7.3, 0), (-1.0, 1.0, 1), (0.0071, 0.03516, 3), (0, 1e-12, MOST_PLACES), (100, 900, 0)],
)
def test_exact_places(low: float, high: float, expected: int) -> None:
    assert places(low, high) == expected


def test_degenerate_no_interval_gets_four_places() -> None:
    assert places(None, 1.0) == places(1.0, None) == places(2.0, 2.0) == 4


@settings(derandomize=True, deadline=None, max_examples=200)
@given(low=FINITE, width=st.floats(min_value=1e-4, max_value=1e4))
def test_property_half_the_width_never_rounds_away(low: float, width: float) -> None:
    half = (low + width - low) / 2
    decimals = places(low, low + width)
    assert half == 0 or decimals == MOST_PLACES or float(fixed(half, decimals)) > 0
    assert decimals == 0 or half < 2 * 10 ** (1 - decimals) * 1.01


@settings(derandomize=True, deadline=None, max_examples=200)
@given(value=FINITE, decimals=st.integers(0, 6), signed=st.booleans())
def test_property_printing_rounds_and_nothing_else(value: float, decimals: int, *, signed: bool) -> None:
    text = fixed(value, decimals, signed=signed)
    assert math.isclose(float(text), value, rel_tol=1e-9, abs_tol=0.5000001 * 10**-decimals)
    assert not (text.startswith("-") and float(text) == 0)
    assert typeset(text).replace("\u2212", "-") == text


@pytest.mark.parametrize(
    ("value", "text"), [(30.1, "30.1"), (15.4484, "15.4"), (-0.09, "-0.09"), (0.0, "0.00"), (100, "100.0")]
)
def test_exact_percent(value: float, text: str) -> None:
    assert percent(value) == text


def test_theory_a_reduction_is_negative_however_it_is_printed() -> None:
    for relation in ("below", "reduced-by"):
        assert claimed_sign(ruling(relation=relation), 30.1) == claimed_sign(ruling(relation=relation), -30.1) == -30.1
    assert claimed_sign(ruling(relation="above"), -0.28) == -0.28
    assert claimed_sign(ruling(relation="comparable-or-below"), 1.5) == 1.5


def test_exact_bases_lose_their_dataset() -> None:
    effect = Effect(percent=1.0, low=0.0, high=2.0, claimed={"mlqa-r/xlm-r": 1.0, "labse": 2.0})
    assert claimed_bases(effect) == {"xlm-r": 1.0, "labse": 2.0}
