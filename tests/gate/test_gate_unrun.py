from __future__ import annotations

import json

from accepted_set import C02, C06, C13, stamp, with_made_of
from hypothesis import given
from hypothesis import strategies as st

from harness.gate import compare_inputs
from harness.records.changed import ChangedInputs

MADE = {one.claim: one.provenance for one in (C02, C06, C13)}


def test_degenerate_nothing_changed_and_every_fingerprint_is_the_accepted_one() -> None:
    told = compare_inputs("atlas", MADE, MADE, None)
    assert (told.changed, told.sentinel) == ({}, None)
    assert told.unchanged == {name: made.fingerprint() for name, made in MADE.items()}


def test_exact_what_differs_is_told_and_a_claim_without_acceptance_has_changed() -> None:
    other = with_made_of(C06, court=stamp("other")).provenance
    cells = with_made_of(C13, cells=(stamp("other"),)).provenance
    told = compare_inputs(
        "atlas", {"c06": MADE["c06"], "c13": MADE["c13"]}, MADE | {"c06": other, "c13": cells}, "word"
    )
    whys = {name: [(one.why, one.what) for one in changes] for name, changes in told.changed.items()}
    assert whys == {"c02": [], "c06": [("code", "court")], "c13": [("seed or noise", "cells")]}
    assert told.sentinel is None
    assert ChangedInputs.model_validate_json(json.dumps(told.plain())) == told


@given(st.text(max_size=40))
def test_property_the_sentinel_is_one_of_the_unchanged_and_follows_from_its_word(word: str) -> None:
    told = compare_inputs("atlas", MADE, MADE, word)
    assert told.sentinel in told.unchanged
    assert told == compare_inputs("atlas", MADE, MADE, word)


def test_property_over_many_words_every_unchanged_claim_is_drawn() -> None:
    assert {compare_inputs("atlas", MADE, MADE, str(word)).sentinel for word in range(50)} == set(MADE)
