"""Counts: oracle is what is stated and what was counted, side by side."""

from __future__ import annotations

from collections.abc import Mapping

from court_builders import check

from harness.court.judge import rule_counts
from harness.records.claim import Check, CitedValue
from harness.records.ruling import Ruling

COUNTS = {
    f"{name}/{what}": CitedValue(cell="T10", value=value)
    for name, what, value in [
        ("xquad-r", "languages", "11"),
        ("xquad-r", "queries-de", "1190"),
        ("mlqa-r", "languages", "7"),
    ]
}
EQUALS = check(relation="equals", measure=None, setting=None, left=None, right=None, counts=COUNTS)


def counted(found: Mapping[str, int], wanted: Check = EQUALS, dataset: str = "xquad-r") -> Ruling:
    return rule_counts(wanted, dataset, found)


def test_equal_counts_are_supported() -> None:
    found = counted({"languages": 11, "queries-de": 1190})
    assert (found.outcome, found.estimate, found.queries, found.note) == ("supported", 0.0, 2, "")
    assert (found.kind, found.claimed) == ("count", {"languages": "11", "queries-de": "1190"})


def test_a_count_that_differs_contradicts() -> None:
    found = counted({"languages": 11, "queries-de": 1189})
    assert (found.outcome, found.estimate, found.queries) == ("contradicted", 1.0, 2)
    assert found.note == "queries-de: 1190 stated, 1189 counted"


def test_a_count_that_was_not_made_is_no_evidence_either_way() -> None:
    found = counted({"languages": 11})
    assert (found.outcome, found.estimate) == ("untested", None)
    assert found.note == "queries-de: 1190 stated, nothing counted"


def test_a_count_that_is_not_stated_is_no_evidence_either_way() -> None:
    found = counted({"languages": 11, "queries-de": 1190, "queries-en": 1190})
    assert (found.outcome, found.note) == ("untested", "queries-en: nothing stated, 1190 counted")


def test_missing_and_extra_counts_are_told_beside_a_wrong_one() -> None:
    found = counted({"languages": 12, "queries-en": 5})
    assert (found.outcome, found.estimate, found.queries) == ("contradicted", 3.0, 3)
    assert found.note.split("; ") == [
        "languages: 11 stated, 12 counted",
        "queries-de: 1190 stated, nothing counted",
        "queries-en: nothing stated, 5 counted",
    ]


def test_a_count_is_never_rounded_into_agreement() -> None:
    wanted = EQUALS.model_copy(update={"counts": {"xquad-r/languages": CitedValue(cell="S04", value="11.5")}})
    assert counted({"languages": 11}, wanted).outcome == "contradicted"
    whole = EQUALS.model_copy(update={"counts": {"xquad-r/languages": CitedValue(cell="S04", value="11.0")}})
    assert counted({"languages": 11}, whole).outcome == "supported"


def test_an_empty_list_of_counts_never_passes() -> None:
    assert counted({}, dataset="miracl").outcome == "untested"
    assert counted({}, dataset="miracl").note == "no count is stated"
    assert counted({"languages": 15}, dataset="miracl").outcome == "untested"
    assert counted({}).outcome == "untested"


def test_counts_are_compared_by_equals_alone() -> None:
    assert counted({"languages": 11, "queries-de": 1190}, check(counts=COUNTS)).outcome == "untested"
