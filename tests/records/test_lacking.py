"""Against the rule: what has to be made is what is wanted and not kept, with the ancestors that are not kept."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).resolve().parent.parent / "engine"))

from cells import chain

from harness.records.lacking import lacking

CELLS = [cell for seed in range(3) for cell in chain(seed, "base", "train", "encode")]
KEYS = [cell.key for cell in CELLS]
SOME = st.sets(st.sampled_from(KEYS))


@given(kept=SOME, also=SOME, order=st.permutations(CELLS))
def test_theory_a_cell_is_made_when_it_is_wanted_or_a_child_is_made_and_it_is_not_kept(
    kept: set[str], also: set[str], order: list
) -> None:
    looked: list[str] = []

    def look(keys: Sequence[str]) -> dict[str, bool]:
        looked.extend(keys)
        return {key: key in kept for key in keys}

    made = set(lacking(order, also, look))
    for start in range(0, len(KEYS), 3):
        base, train, encode = KEYS[start : start + 3]
        assert (encode in made) == (encode not in kept)
        assert (train in made) == (train not in kept and (train in also or encode in made))
        assert (base in made) == (base not in kept and (base in also or train in made))
    assert len(looked) == len(set(looked))
    assert made <= set(looked)


def test_degenerate_nothing_is_lacking_of_nothing() -> None:
    assert lacking([], KEYS, lambda keys: dict.fromkeys(keys, False)) == {}


def test_exact_the_order_is_that_of_the_cells() -> None:
    assert list(lacking(CELLS, (), lambda keys: dict.fromkeys(keys, False))) == KEYS
