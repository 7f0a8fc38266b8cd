"""Oracles: a fresh process; damage done by hand."""

import os
import subprocess
import sys
from importlib.resources import files

import pytest

from harness.data.facts import fingerprints
from harness.data.pins import check_facts, check_part, compare_facts, parse, pins
from harness.errors import DigestMismatch, FileFaults

PINNED = files("harness").joinpath("atlas/digests.json").read_bytes()


def test_other_process_makes_the_pinned_bytes() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "harness.data.pin"],
        capture_output=True,
        check=True,
        timeout=60,
        env=os.environ | {"PYTHONHASHSEED": "7"},
    )
    assert ran.stdout == PINNED


def test_itself_this_machine_has_the_pinned_facts() -> None:
    check_facts()


def test_exact_differing_facts_are_named_by_relation() -> None:
    found = {relation: dict(prints) for relation, prints in fingerprints().items()}
    found["currency"]["territory/FR"] = "00000000"
    del found["script"]["language/mk"]
    with pytest.raises(FileFaults) as caught:
        compare_facts(pins(), found)
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 2
    assert "currency facts" in told[0]
    assert "1 of them otherwise" in told[0]
    assert "territory/FR" in told[0]
    assert "language/mk" in told[1]


def test_exact_a_long_list_of_differences_is_cut() -> None:
    with pytest.raises(FileFaults, match=r"156 of them .*, \.\.\.; install"):
        compare_facts(pins(), {**fingerprints(), "zone-city": {}})


def test_exact_another_digest_of_a_part() -> None:
    check_part(pins(), "pairs", pins().parts["pairs"])
    with pytest.raises(DigestMismatch, match="xquad-r"):
        check_part(pins(), "xquad-r", "0" * 64)
    with pytest.raises(DigestMismatch, match="expected sha256 none"):
        check_part(pins(), "bible", "0" * 64)


@pytest.mark.parametrize("data", [b"", b"\xff", b"{}", b'{"data": 1, "facts": {}, "parts": {"pairs": "no"}}'])
def test_degenerate_damaged_pins(data: bytes) -> None:
    with pytest.raises(FileFaults, match=r"digests\.json"):
        parse(data)
