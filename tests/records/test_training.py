from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.records.training import Arm, arm


def test_exact_arms_have_one_label_each() -> None:
    for label in ("x-x-mono", "x-y", "hybrid", "hybrid@0", "hybrid@0.25", "hybrid@1"):
        assert arm(label).label == label
    assert arm("hybrid") == arm("hybrid@0.5") == arm("hybrid@.5") == arm("hybrid@0.500")
    assert arm("hybrid@1.0").label == "hybrid@1"


@given(st.floats(0, 1), st.floats(0, 1))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_theory_arms_that_differ_are_called_differently(left: float, right: float) -> None:
    """Two arms under one label would be mixed up where places are labels."""
    arms = []
    for alpha in (left, right, round(left, 4), round(right, 2)):
        try:
            arms.append(Arm(sampling="hybrid", alpha=alpha))
        except ValidationError as refused:
            assert "at most 4 decimals" in str(refused)  # noqa: PT017 - the other end is a good one too
    assert len({one.label for one in arms}) == len({one.alpha for one in arms})
    assert [arm(one.label) for one in arms] == arms


@pytest.mark.parametrize(
    "label",
    ["", "hybrid@", "hybrid@2", "hybrid@-0.1", "hybrid@nan", "hybrid@inf", "hybrid@1e-1", "hybrid@0.50001",
     "hybrid@1_0", "hybrid@ 1", "x-y@0.5", "Hybrid", "mono"],
)  # fmt: skip
def test_exact_what_is_no_arm_is_told(label: str) -> None:
    with pytest.raises(ValueError, match=r"expected one of x-x-mono, x-y, hybrid or hybrid@<alpha .*, found"):
        arm(label)


@pytest.mark.parametrize(("sampling", "alpha"), [("hybrid", None), ("x-y", 0.5), ("x-x-mono", 1.0), ("hybrid", 1.5)])
def test_exact_alpha_belongs_to_hybrid_alone(sampling: str, alpha: float | None) -> None:
    with pytest.raises(ValidationError, match="expected alpha"):
        Arm.model_validate({"sampling": sampling, "alpha": alpha})
