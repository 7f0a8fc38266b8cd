"""Oracles: a fresh process; damage done by hand."""

import os
import subprocess
import sys
from importlib.resources import files

import pytest

from harness.data.facts import fingerprints
from harness.data.pins import check_facts, check_part, compare_facts, parse, pins
from harness.data.relations import DRAWS, Draw
from harness.errors import DigestMismatch, FileFaults

PINNED = files("harness").joinpath("atlas/digests.json").read_bytes()


def test_other_process_makes_the_pinned_bytes() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "harness.data.pin"],
        capture_output=True,
        check=True,
        timeout=120,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    assert ran.stdout == PINNED


@pytest.mark.parametrize("draw", DRAWS)
def test_itself_this_machine_has_the_pinned_facts(draw: Draw) -> None:
    check_facts(draw)
    assert set(pins().parts[draw]) == {"pairs", "parallel", "validation", "xquad-r", "mlqa-r", "miracl"}


def test_rule_both_draws_and_all_their_parts_are_pinned_and_differ() -> None:
    digests = [digits for parts in pins().parts.values() for digits in parts.values()]
    assert len(set(digests)) == len(digests) == 12


def test_exact_differing_facts_are_named_by_relation() -> None:
    found = {relation: dict(prints) for relation, prints in fingerprints("first").items()}
    found["currency"]["territory/FR"] = "00000000"
    del found["script"]["language/mk"]
    with pytest.raises(FileFaults) as caught:
        compare_facts(pins(), found, "first")
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 2
    assert "currency facts" in told[0]
    assert "1 of them otherwise" in told[0]
    assert "territory/FR" in told[0]
    assert "language/mk" in told[1]


def test_exact_a_new_fact_of_the_second_draw_is_named() -> None:
    found = {relation: dict(prints) for relation, prints in fingerprints("second").items()}
    found["alpha3"]["territory/QQ"] = "00000000"
    with pytest.raises(FileFaults, match=r"alpha3 facts .* 1 of them otherwise .* territory/QQ"):
        compare_facts(pins(), found, "second")


def test_exact_a_long_list_of_differences_is_cut() -> None:
    pinned = len(pins().facts["zone-city"])
    with pytest.raises(FileFaults, match=rf"{pinned} of them .*, \.\.\.; install"):
        compare_facts(pins(), {**fingerprints("first"), "zone-city": {}}, "first")


def test_exact_another_digest_of_a_part() -> None:
    check_part(pins(), "first", "pairs", pins().parts["first"]["pairs"])
    with pytest.raises(DigestMismatch, match="first draw, xquad-r"):
        check_part(pins(), "first", "xquad-r", "0" * 64)
    with pytest.raises(DigestMismatch, match="second draw, xquad-r"):
        check_part(pins(), "second", "xquad-r", pins().parts["first"]["xquad-r"])
    with pytest.raises(DigestMismatch, match="expected sha256 none"):
        check_part(pins(), "first", "bible", "0" * 64)


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"{}", b'{"data": 1, "facts": {}, "parts": {"first": {"pairs": "no"}}}']
)
def test_degenerate_damaged_pins(data: bytes) -> None:
    with pytest.raises(FileFaults, match=r"digests\.json"):
        parse(data)
