from __future__ import annotations

from harness.records.cells import Cell, EncodeCell, PretrainCell, TrainCell
from harness.records.training import Recipe, Settings, arm

RECIPE = Recipe(
    buckets=8, width=4, dimensions=4, shortest=2, longest=2, dose=0, batch=2, learning_rate=0.1, temperature=0.1
)
SETTINGS = Settings(steps=1, batch=2, learning_rate=0.1, weight_decay=0.0, temperature=0.1)
BASE = PretrainCell(recipe=RECIPE, seed=0, texts="p")
TRAIN = TrainCell(base=BASE, arm=arm("hybrid"), settings=SETTINGS, seed=0, texts="q")
ENCODE = EncodeCell(encoder=TRAIN, texts="t")


def cell(work: PretrainCell | TrainCell | EncodeCell, label: str = "a", source: str = "s", version: str = "1") -> Cell:
    return Cell(work=work, label=label, source=source, versions={"torch": version}, seal="SEALED")


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
