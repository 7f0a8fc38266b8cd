"""Oracles: damage done by hand to the real file, and what the loader must say of it."""

import copy
import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.data.templates import PATH, parse, templates
from harness.errors import FileFaults

REAL: dict[str, Any] = json.loads(files("harness").joinpath("atlas/templates.json").read_text("utf-8"))


def faults_of(table: object) -> list[str]:
    with pytest.raises(FileFaults) as caught:
        parse(json.dumps(table).encode())
    return [str(fault) for fault in caught.value.faults]


def test_itself_the_real_file_is_whole() -> None:
    assert parse(json.dumps(REAL).encode()) == templates()


def test_exact_every_fault_is_named_at_once() -> None:
    table = copy.deepcopy(REAL)
    del table["questions"]["currency"]["th"]
    table["questions"]["script"]["de"] = ["{entity}?"]
    table["passages"]["zone-city"]["el"] = ["{entity}", "{entity} {answer} {place}"]
    table["passages"]["astrology"] = table["passages"].pop("currency")
    del table["separators"]["vi"]
    found = faults_of(table)
    for part in (
        "questions.currency.th, found nothing",
        "questions.script.de: at least 2 different wordings, found 1",
        "passages.zone-city.el: the slot {answer}",
        "found {place}",
        "passages.currency, found nothing",
        "'astrology'",
        "separators.vi, found nothing",
    ):
        assert any(part in fault for fault in found), part
    assert len(found) == 7
    assert all(fault.startswith(PATH) for fault in found)


@pytest.mark.parametrize(
    "wording", ["{entity", "entity}", "{entity!r}", "{entity:>9}", "{entity} {entity}", "{} {entity}", "{entity[0]}"]
)
def test_rule_no_other_use_of_braces(wording: str) -> None:
    table = copy.deepcopy(REAL)
    table["questions"]["currency"]["en"][0] = wording
    assert all("questions.currency.en" in fault for fault in faults_of(table))


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b'{"questions": 3}', b"[" * 100_000])
def test_degenerate_no_templates_at_all(data: bytes) -> None:
    with pytest.raises(FileFaults, match=r"templates\.json"):
        parse(data)


KEYS = [
    (role, relation, language)
    for role in ("questions", "passages")
    for relation in sorted(REAL[role])
    for language in sorted(REAL[role][relation])
]


@given(st.sampled_from(KEYS), st.sampled_from(["entity", "answer"]))
@settings(derandomize=True, deadline=None, max_examples=30)
def test_law_a_missing_slot_is_found_wherever_it_is(key: tuple[str, str, str], slot: str) -> None:
    role, relation, language = key
    table = copy.deepcopy(REAL)
    wording = table[role][relation][language][-1]
    table[role][relation][language][-1] = wording.replace("{" + slot + "}", "")
    if table == REAL:
        assert parse(json.dumps(table).encode()) == templates()
    else:
        assert faults_of(table) == [f"{PATH}: {fault}" for fault in _expected(key, slot, table)]


def _expected(key: tuple[str, str, str], slot: str, table: dict[str, Any]) -> list[str]:
    role, relation, language = key
    wording = table[role][relation][language][-1]
    return [f"expected {role}.{relation}.{language}: the slot {{{slot}}}, found {wording!r}; add it"]
