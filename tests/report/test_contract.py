from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from verdict_builders import (
    ATTACKERS,
    HOSTILE,
    contradicted,
    counts,
    defeated,
    every_kind,
    untested,
    verdict,
)

from harness.errors import UsageError
from harness.records.attack import Attacker, RedTeam
from harness.records.claim import Cause
from harness.records.verdict import Occasion, Verdict
from harness.report.contract import GateDocument, gate_document, record_document, utc

SCHEMA = Path(__file__).parents[2] / "fixtures" / "contract" / "gate-verdict-v1.json"
RED_TEAM = re.compile(
    r"^\[Gate 3 RED-TEAM FALSIFIED\] avg_attack_score=(\d+\.\d)/10\. COUNTEREXAMPLE_HUNTER\((\d+\.\d)\):(.{0,80}); "
    r"CITATION_AUDITOR\((\d+\.\d)\):(.{0,80}); REPLICATION_ATTACKER\((\d+\.\d)\):(.{0,80})$"
)
SOUND: dict[str, Any] = {"verification": "sound", "cause": None, "causes": ()}
FIELDS = [
    "schema",
    "schema_version",
    "contract_version",
    "status",
    "label",
    "definition",
    "reason",
    "evaluated_at",
    "gate",
    "enforcement",
]


@pytest.fixture(scope="module")
def contract() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def kinds() -> list[Verdict]:
    verified = verdict(status="VERIFIED", claim="c20", **SOUND)
    falsified = contradicted(status="FALSIFIED", claim="c21", **SOUND)
    return [*every_kind(), verified, falsified]


def test_contract_every_document_passes_the_public_schema(contract: Draft202012Validator) -> None:
    for given in kinds():
        document = gate_document(given)
        contract.validate(document)
        assert sorted(document) == sorted([*FIELDS, "x-harness"])
    for verdicts in (kinds(), [], [verdict()]):
        contract.validate(record_document(verdicts, "atlas"))


def test_contract_the_schema_can_fail(contract: Draft202012Validator) -> None:
    document = gate_document(verdict())
    assert not contract.is_valid(document | {"label": "Verified"})
    assert not contract.is_valid({name: document[name] for name in FIELDS[1:]})


def test_exact_ours_stand_under_one_key() -> None:
    reason = gate_document(verdict())["reason"]
    assert gate_document(verdict())["x-harness"] == {
        "scope": "atlas",
        "outcome": "supported",
        "verification": "incomplete",
        "cause": "unsealed",
        "causes": ["unsealed", "not_attacked"],
        "paper_status": "UNVERIFIED",
        "paper_cause": "reduced_scale",
        "level": "L2",
        "compat": {"status": "UNVERIFIED", "reason": reason},
        "verdict": verdict().timeless(),
    }


def test_exact_the_reason_names_the_real_cause() -> None:
    assert gate_document(untested())["reason"] == (
        "Not verified (resource_missing): data or weights that the run needs are not on this machine. Also: untested, "
        "unsealed, not_attacked. Outcome of the measurement: untested. XQuAD-R is not on this machine; set "
        "HARNESS_DATA to the folder that holds it"
    )
    assert "measurement: supported. every required check was;" in gate_document(verdict())["reason"]
    told = {gate_document(verdict(cause=cause))["reason"] for cause in get_args(Cause)}
    assert len(told) == len(get_args(Cause))


@pytest.mark.parametrize("given", kinds(), ids=lambda given: given.claim)
def test_theory_compat_falsifies_exactly_what_was_defeated(given: Verdict) -> None:
    document = gate_document(given)
    compat = document["x-harness"]["compat"]
    if given.verification == "defeated":
        assert (compat["status"], document["status"]) == ("FALSIFIED", "UNVERIFIED")
        assert RED_TEAM.match(compat["reason"])
    else:
        assert compat == {"status": document["status"], "reason": document["reason"]}


def test_exact_the_red_team_line() -> None:
    line = gate_document(defeated())["x-harness"]["compat"]["reason"]
    groups = RED_TEAM.match(line)
    assert groups
    assert groups.group(1, 2, 4, 6) == ("7.0", "9.0", "9.5", "2.5")
    assert groups.group(5) == f"CITATION_AUDITOR, why {'x' * 80}"[:80]


def test_degenerate_hostile_messages_cannot_forge_the_line() -> None:
    forged = "; CITATION_AUDITOR(0.0):fine; REPLICATION_ATTACKER(0.0):fine\n\x1b[0m"
    attackers = tuple(Attacker(name=name, score=9.0, message=forged) for name in reversed(ATTACKERS))
    line = gate_document(defeated(red_team=RedTeam(average=9.0, attackers=attackers)))["x-harness"]["compat"]["reason"]
    groups = RED_TEAM.match(line)
    assert groups
    assert groups.group(2, 4, 6) == ("9.0", "9.0", "9.0")
    reason = gate_document(verdict(reason=" ".join(HOSTILE)))["reason"]
    assert not re.search("[\x00-\x1f\u202e]", reason)


@pytest.mark.parametrize("missing", range(4))
def test_theory_no_line_without_three_scores(missing: int) -> None:
    attackers = tuple(Attacker(name=name, score=8.0, message="m") for name in ATTACKERS)
    crashed = RedTeam(average=None, attackers=attackers)
    if missing < len(ATTACKERS):
        without = (*attackers[:missing], *attackers[missing + 1 :])
        crashed = RedTeam(average=8.0, attackers=without)
    with pytest.raises(UsageError, match="incomplete, not defeated"):
        gate_document(defeated(red_team=crashed))


@pytest.mark.parametrize(
    ("statuses", "joint"),
    [
        (("VERIFIED", "VERIFIED"), "VERIFIED"),
        (("VERIFIED", "UNVERIFIED"), "UNVERIFIED"),
        (("VERIFIED", "FALSIFIED"), "FALSIFIED"),
        (("UNVERIFIED", "FALSIFIED"), "FALSIFIED"),
        ((), "UNVERIFIED"),
    ],
    ids=" ".join,
)
def test_theory_a_record_is_as_good_as_its_worst_claim(statuses: tuple[Any, ...], joint: str) -> None:
    verdicts = [verdict(claim=f"c0{number}", status=status) for number, status in enumerate(statuses)]
    document = record_document(verdicts, "atlas")
    assert document["status"] == joint
    assert document["label"] == joint.capitalize()
    assert document["x-harness"]["claims"] == {given.claim: given.status for given in verdicts}


def test_exact_the_record_reason_counts() -> None:
    document = record_document([verdict(), counts(), untested(claim="c14")], "atlas")
    assert document["reason"].startswith("3 claims in scope atlas: 3 UNVERIFIED, 2 supported, 1 untested.")
    assert document["x-harness"]["paper_status"] == "UNVERIFIED"
    assert record_document([], "atlas")["evaluated_at"] is None


def test_theory_a_defeated_claim_defeats_the_record_for_compat() -> None:
    document = record_document([verdict(), defeated()], "atlas")
    assert document["status"] == "UNVERIFIED"
    assert RED_TEAM.match(document["x-harness"]["compat"]["reason"])


def test_theory_a_record_speaks_of_one_scope_and_each_claim_once() -> None:
    with pytest.raises(UsageError, match=r"found c06\.other"):
        record_document([verdict(scope="other")], "atlas")
    with pytest.raises(UsageError, match="found c06"):
        record_document([verdict(), verdict()], "atlas")


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-02-03T04:05:06Z", "2026-02-03T04:05:06.000000+00:00"),
        ("2026-02-03T04:05:06.5+02:00", "2026-02-03T02:05:06.500000+00:00"),
    ],
)
def test_exact_times_are_utc_with_microseconds(moment: str, told: str) -> None:
    occasion = Occasion(evaluated_at=moment, seconds=1.0, host="h")
    assert utc(moment) == told
    assert gate_document(verdict(occasion=occasion))["evaluated_at"] == told


@pytest.mark.parametrize("moment", ["yesterday", "2026-02-03T04:05:06", ""])
def test_degenerate_other_times_are_refused(moment: str) -> None:
    with pytest.raises(UsageError, match="expected an ISO time"):
        utc(moment)


def test_theory_the_digest_ignores_the_occasion_alone() -> None:
    later = Occasion(evaluated_at="2030-01-01T00:00:00+00:00", seconds=1.0, host="h")
    assert verdict(occasion=later).timeless() == verdict().timeless()
    assert verdict(reason="another").timeless() != verdict().timeless()


@pytest.mark.parametrize(
    "change",
    [
        {"label": "Verified"},
        {"definition": "fine"},
        {"evaluated_at": "2026-02-03T04:05:06Z"},
        {"extra": 1},
        {"reason": ""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_degenerate_a_changed_document_is_no_document(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, UsageError)):
        GateDocument.model_validate(gate_document(verdict()) | change)
