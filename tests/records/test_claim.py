"""Claims as records: what a check says of itself."""

from __future__ import annotations

from harness.records.claim import Check


def test_settings_of_a_check_are_those_whose_rows_it_is_about() -> None:
    every = ("monolingual", "crosslingual", "multilingual")
    assert Check(id="even", relation="above", setting="balanced").settings == every
    assert Check(id="rank", relation="never-third").settings == every
    assert Check(id="rank", relation="never-third", setting="monolingual").settings == ("monolingual",)
    assert Check(id="far", relation="above", setting="crosslingual").settings == ("crosslingual",)
    assert Check(id="count", relation="equals").settings == ()
