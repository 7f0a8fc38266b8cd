from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from harness.records.plan import Arm, Asked, Cell, CountRequest, EmitRequest, EncodeCell, PretrainCell, TrainCell, arm
from harness.records.scope import Recipe, Settings

RECIPE = Recipe(
    buckets=8, width=4, dimensions=4, shortest=2, longest=2, dose=0, batch=2, learning_rate=0.1, temperature=0.1
)
SETTINGS = Settings(steps=1, batch=2, learning_rate=0.1, weight_decay=0.0, temperature=0.1)
BASE = PretrainCell(recipe=RECIPE, seed=0, texts="p")
TRAIN = TrainCell(base=BASE, arm=arm("hybrid"), settings=SETTINGS, seed=0, texts="q")
ENCODE = EncodeCell(encoder=TRAIN, texts="t")


def cell(work: PretrainCell | TrainCell | EncodeCell, label: str = "a", source: str = "s", version: str = "1") -> Cell:
    return Cell(work=work, label=label, source=source, versions={"torch": version}, seal="SEALED")


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


def test_exact_a_key_covers_everything_but_the_label() -> None:
    key = cell(ENCODE).key
    assert cell(ENCODE, label="b").key == key
    others = [
        cell(ENCODE, source="other"),
        cell(ENCODE, version="2"),
        cell(ENCODE.model_copy(update={"texts": "u"})),
        cell(EncodeCell(encoder=TRAIN.model_copy(update={"seed": 1}), texts="t")),
        cell(EncodeCell(encoder=TRAIN.model_copy(update={"arm": arm("x-y")}), texts="t")),
        cell(
            EncodeCell(encoder=TRAIN.model_copy(update={"base": BASE.model_copy(update={"seed": 1})}), texts="t"),
        ),
        cell(TRAIN),
        cell(BASE),
    ]
    assert len({key, *(one.key for one in others)}) == len(others) + 1


def test_exact_parents_are_the_cells_that_one_starts_from() -> None:
    """A parent's key is that of the same work planned by itself, so it is found in the store."""
    parent = cell(ENCODE).parent
    assert parent is not None
    assert parent.key == cell(TRAIN, label="planned").key
    assert parent.parent is not None
    assert parent.parent.key == cell(BASE, label="planned").key
    assert parent.parent.parent is None


def test_exact_requests_are_told_apart() -> None:
    asked = Asked(requests=(CountRequest(dataset="a", what="b"), EmitRequest(name="c", value=1.0)))
    assert [len(asked.retrievals), len(asked.counts), len(asked.emitted)] == [0, 1, 1]
    assert Asked.model_validate_json(asked.model_dump_json()) == asked
