"""The table of figures: its rows are what they say, without taking any figure."""

from __future__ import annotations

from benchmarks.row import Row


def test_a_target_is_met_up_to_and_including_it() -> None:
    assert Row(work="w", against="a", ratio=8.0, target=8.0).met
    assert not Row(work="w", against="a", ratio=8.01, target=8.0).met


def test_a_row_has_the_keys_of_the_public_table() -> None:
    told = Row(work="w", against="a", ratio=2.34567, target=8.0).plain()
    assert told == {"work": "w", "against": "a", "ratio": 2.346, "target": 8.0, "met": True}
