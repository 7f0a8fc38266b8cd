"""The gate as SARIF 2.1.0 (OASIS, 2020): a result per drift, at the line of the claim file.

Paths are relative to `%SRCROOT%`, the folder that the gate was run in, or whole. What moved or
changed without drift is no result, for an annotation should be something to act on: it stands in
the run's `properties`, with whole digests.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import quote

from harness import __version__
from harness.codec import digest, pretty
from harness.records.gate import Rule
from harness.report.drift.telling import drifted, totals
from harness.report.words import plain_text

if TYPE_CHECKING:
    from harness.records.gate import Compared, Drift, GateAnswer

SCHEMA = "https://json.schemastore.org/sarif-2.1.0-rtm.5.json"
RULES: dict[Rule, str] = {
    "status": "The claim's status is another than accepted.",
    "outcome": "The claim's outcome is another than accepted.",
    "verification": "The red team found another thing of the verification than accepted.",
    "cause": "The claim is unverified for another cause than accepted.",
    "upgrade-without-evidence": "Something is worth more than accepted, on the evidence that was accepted.",
    "loosened-check": "A required check asks for less than was accepted.",
    "lowered-seal": "The run was sealed less well than accepted.",
    "timeout": "The claim ran out of time.",
    "resource-missing": "The claim could not run for want of a resource.",
    "estimate-left-interval": "A required estimate lies outside its accepted interval.",
    "lost-claim": "An accepted claim is gone.",
    "unrun-claim": "An accepted claim was not run.",
    "no-baseline": "Nothing is accepted of this claim.",
    "invalid-document": "A verdict is not as the harness writes it.",
}


def sarif(answer: GateAnswer) -> str:
    """Return the log: one run, its rules, its results."""
    run = {
        "tool": {
            "driver": {
                "name": "harness gate",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [{"id": rule, "shortDescription": {"text": RULES[rule]}} for rule in get_args(Rule)],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the folder that the gate was run in"}}},
        "results": [_result(one, drift) for one in answer.drifted for drift in one.drifts],
        "invocations": [{"executionSuccessful": True, "exitCode": int(bool(answer.drifted))}],
        "properties": {
            "summary": totals(answer),
            "notes": [plain_text(note) for note in answer.notes],
            "undrifted": [_properties(one) for one in answer.compared if one.changes and not one.drifts],
        },
    }
    return pretty({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}).decode()


def _result(one: Compared, drift: Drift) -> dict[str, Any]:
    return {
        "ruleId": drift.rule,
        "ruleIndex": get_args(Rule).index(drift.rule),
        "level": "error",
        "message": {"text": plain_text(f"{one.claim} in {one.scope}: {drifted(drift)}")},
        "locations": [_location(drift.path, drift.line)],
        "partialFingerprints": {"drift/v1": digest([one.claim, one.scope, drift.rule, drift.check])},
        "properties": _properties(one),
    }


def _properties(one: Compared) -> dict[str, Any]:
    return {
        "claim": one.claim,
        "scope": one.scope,
        "state": one.state,
        "changes": [change.plain() for change in one.changes],
        "moved": [move.plain() for move in one.moved],
    }


def _location(path: str, line: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(PurePosixPath(path))}
    return {"physicalLocation": place | ({"region": {"startLine": line}} if line else {})}


def _artifact(path: PurePosixPath) -> dict[str, str]:
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": "%SRCROOT%"}
