"""Oracles: damage done by hand to the real files, and what the loader must say of it."""

import copy
import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.data.cldr import LANGUAGES
from harness.data.relations import RELATIONS
from harness.data.templates import FOLDER, parse, templates
from harness.errors import FileFaults

REAL: dict[str, Any] = {
    language: json.loads(files("harness").joinpath(f"atlas/templates/{language}.json").read_text("utf-8"))
    for language in LANGUAGES
}


def laid(tables: dict[str, Any]) -> dict[str, bytes]:
    return {f"{language}.json": json.dumps(table).encode() for language, table in tables.items()}


def faults_of(data: dict[str, bytes]) -> list[str]:
    with pytest.raises(FileFaults) as caught:
        parse(data)
    return [str(fault) for fault in caught.value.faults]


def test_itself_the_real_files_are_whole() -> None:
    assert parse(laid(REAL)) == templates()
    assert tuple(templates()) == LANGUAGES
    assert sum(len(one.questions) for one in templates().values()) == 20 * 18


@pytest.mark.parametrize("language", LANGUAGES)
def test_rule_no_wording_serves_twice(language: str) -> None:
    one = templates()[language]
    wordings = [wording for table in (one.questions, one.passages) for pair in table.values() for wording in pair]
    assert len(wordings) == len(set(wordings)) == 18 * 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_rule_wordings_are_in_the_languages_own_script(language: str) -> None:
    """Where the script is not Latin, half the letters of a wording at least are not ASCII."""
    latin = {"de", "en", "es", "fi", "fr", "id", "sw", "tr", "vi"}
    one = templates()[language]
    for wording in (wording for table in (one.questions, one.passages) for pair in table.values() for wording in pair):
        letters = [letter for letter in wording.replace("{entity}", "").replace("{answer}", "") if letter.isalpha()]
        ascii_share = sum(letter.isascii() for letter in letters) / len(letters)
        assert ascii_share > 0.5 if language in latin else ascii_share < 0.5


def test_exact_every_fault_of_every_file_is_named_at_once() -> None:
    tables = copy.deepcopy(REAL)
    del tables["th"]["questions"]["currency"]
    tables["de"]["questions"]["script"] = ["{entity}?"]
    tables["de"]["questions"]["alpha3"] = ["{entity}?", "{entity}!", "{entity}."]
    tables["el"]["passages"]["zone-city"] = ["{entity}", "{entity} {answer} {place}"]
    tables["fi"]["passages"]["astrology"] = tables["fi"]["passages"].pop("currency")
    del tables["vi"]["passages"]
    tables["ko"]["comment"] = "done"
    del tables["te"]
    tables["xx"] = tables["en"]
    found = faults_of(laid(tables))
    for part in (
        "th.json: expected questions.currency, found nothing",
        "de.json: expected questions.script: 2 different wordings, found 1",
        "de.json: expected questions.alpha3: 2 different wordings, found 3",
        "el.json: expected passages.zone-city: the slot {answer}",
        "found {place}",
        "fi.json: expected passages.currency, found nothing",
        "'astrology'",
        "vi.json: expected passages: Field required",
        "ko.json: expected comment: Extra inputs",
        "te.json: expected a file of wordings, found none",
        "found xx.json; remove the file",
    ):
        assert any(part in fault for fault in found), part
    assert len(found) == 11
    assert all(fault.startswith(FOLDER) for fault in found)


@pytest.mark.parametrize(
    "wording", ["{entity", "entity}", "{entity!r}", "{entity:>9}", "{entity} {entity}", "{} {entity}", "{entity[0]}"]
)
def test_rule_no_other_use_of_braces(wording: str) -> None:
    tables = copy.deepcopy(REAL)
    tables["en"]["questions"]["currency"][0] = wording
    faults = faults_of(laid(tables))
    assert faults
    assert all(f"{FOLDER}/en.json: expected questions.currency" in fault for fault in faults)


def test_exact_a_key_given_twice_is_refused() -> None:
    text = json.dumps(REAL["sw"])
    twice = text.replace('{"questions": ', '{"questions": {}, "questions": ', 1)
    assert twice != text
    (fault,) = faults_of({**laid(REAL), "sw.json": twice.encode()})
    assert "sw.json: expected JSON in UTF-8, each key once, found ValueError: questions: given twice" in fault


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b'{"questions": 3}', b"[" * 100_000])
def test_degenerate_a_file_that_is_none(data: bytes) -> None:
    found = faults_of({**laid(REAL), "id.json": data})
    assert all(f"{FOLDER}/id.json" in fault for fault in found)


def test_degenerate_no_files_at_all() -> None:
    assert len(faults_of({})) == len(LANGUAGES)


KEYS = [
    (language, role, relation) for language in LANGUAGES for role in ("questions", "passages") for relation in RELATIONS
]


@given(st.sampled_from(KEYS), st.sampled_from(["entity", "answer"]))
@settings(derandomize=True, deadline=None, max_examples=30)
def test_law_a_missing_slot_is_found_wherever_it_is(key: tuple[str, str, str], slot: str) -> None:
    language, role, relation = key
    table = copy.deepcopy(REAL[language])
    wording = table[role][relation][-1].replace("{" + slot + "}", "")
    table[role][relation][-1] = wording
    if table == REAL[language]:
        assert role == "questions"
        assert slot == "answer"
    else:
        found = faults_of({**laid(REAL), f"{language}.json": json.dumps(table).encode()})
        where = f"{FOLDER}/{language}.json"
        assert found == [f"{where}: expected {role}.{relation}: the slot {{{slot}}}, found {wording!r}; add it"]
