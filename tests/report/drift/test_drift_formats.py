"""Every format says what the record says, in the words of others' schemas."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft4Validator

from harness.records.gate import Change, Compared, Drift, GateAnswer, Moved
from harness.report.drift import FORMATS

HOSTILE = '\x1b[31m</failure>|<script>alert(1)</script> [a](javascript:b) `x` & "q" \u202e'
DIGESTS = ("a" * 64, "b" * 64)
CHANGE = Change(why="code", what="lab", accepted=DIGESTS[0], found=DIGESTS[1])
MOVED = Moved(
    check="lower", dataset="xquad-r", required=True, accepted=-0.5, low=-2.0, high=0.875, found=0.75, inside=True
)
DRIFT = Drift(rule="loosened-check", says="lower has the margin 0.02", check="lower", path="claims/c06 x.yaml", line=27)
DRIFTED = Compared(claim="c06", scope="atlas", title=HOSTILE, state="drift", drifts=(DRIFT,), changes=(CHANGE,))
HOSTILELY = Compared(
    claim="c08",
    scope=HOSTILE,
    title=HOSTILE,
    state="drift",
    drifts=(Drift(rule="invalid-document", says=HOSTILE, path="/else/where.json"),),
)
NUMERIC = Compared(claim="c02", scope="atlas", title="t", state="numeric", changes=(CHANGE,), moved=(MOVED,))
MISSING = Compared(claim="c13", scope="atlas", title="t", state="missing")
SAME = Compared(claim="c01", scope="atlas", title="t", state="same")


def answer(*compared: Compared) -> GateAnswer:
    return GateAnswer(baseline="b", current="c", scopes=("atlas",), compared=compared, notes=("a note",))


ALL = answer(SAME, NUMERIC, DRIFTED, HOSTILELY, MISSING)


@pytest.fixture(scope="module")
def schema(root: Path) -> Draft4Validator:
    given = json.loads((root / "fixtures/contract/sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    Draft4Validator.check_schema(given)
    return Draft4Validator(given)


def test_contract_sarif_passes_the_public_schema_and_points_at_the_line(schema: Draft4Validator) -> None:
    for given in (ALL, answer(), answer(SAME)):
        schema.validate(json.loads(FORMATS["sarif"].made(given)))
    (run,) = json.loads(FORMATS["sarif"].made(ALL))["runs"]
    first, second = run["results"]
    place = first["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "claims/c06%20x.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 27},
    }
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "loosened-check"
    assert first["properties"]["changes"][0]["found"] == DIGESTS[1]
    assert second["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "file:///else/where.json"}}


def test_contract_the_schema_can_fail(schema: Draft4Validator) -> None:
    document = json.loads(FORMATS["sarif"].made(ALL))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not schema.is_valid(document)


def test_exact_junit_counts_failures_and_skips_and_stays_xml_under_hostile_words() -> None:
    tree = ET.fromstring(FORMATS["junit"].made(ALL))  # noqa: S314 - our own output
    assert {key: tree.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "5",
        "failures": "2",
        "skipped": "1",
    }
    assert len(tree.findall(".//failure")) == 2
    assert len(tree.findall(".//skipped")) == 1
    assert [len(suite.findall("testcase")) for suite in tree] == [4, 1]


@pytest.mark.parametrize(
    ("given", "message", "color"),
    [
        (ALL, "2 of 5 drifted", "red"),
        (answer(SAME, MISSING), "1 of 2 as accepted", "yellow"),
        (answer(SAME, NUMERIC), "2 as accepted", "brightgreen"),
    ],
)
def test_exact_the_badge_is_an_endpoint_of_shields(given: GateAnswer, message: str, color: str) -> None:
    told = json.loads(FORMATS["badge"].made(given))
    assert told == {"schemaVersion": 1, "label": "claims", "message": message, "color": color}


def test_exact_text_says_drift_why_and_the_short_digests() -> None:
    lines = FORMATS["text"].made(ALL).splitlines()
    assert "  claims/c06 x.yaml:27: loosened-check: lower has the margin 0.02" in lines
    assert f"  code: lab {'a' * 12} -> {'b' * 12}" in lines
    assert "  lower on xquad-r: -0.5 -> 0.75, inside [-2, 0.875]" in lines
    assert lines[-1].startswith("5 claims: 1 as accepted, ")


def test_real_part_json_is_the_record_itself() -> None:
    assert GateAnswer.model_validate_json(FORMATS["json"].made(ALL)) == ALL


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_degenerate_hostile_words_make_no_mark_tag_or_terminal_sequence(name: str) -> None:
    told = FORMATS[name].made(ALL)
    assert "\x1b" not in told
    assert "\u202e" not in told
    if name == "markdown":
        assert "<script" not in told
        assert "](javascript" not in told
        rows = [line for line in told.splitlines() if re.match(r"\| c[0-9]", line)]
        assert [line.replace("\\|", "").count("|") for line in rows] == [5] * 5
