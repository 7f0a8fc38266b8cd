"""The gate as JUnit XML: a suite per scope, a case per claim."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from harness.report.drift.telling import STATES, changed, drifted, moved, where
from harness.report.words import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.gate import Compared, GateAnswer


def junit(answer: GateAnswer) -> str:
    """Return the document; what drifted is a failure, what was allowed to be missing is skipped."""
    root = Element("testsuites", _counts("harness gate", answer.compared))
    for scope in dict.fromkeys(one.scope for one in answer.compared):
        own = [one for one in answer.compared if one.scope == scope]
        suite = SubElement(root, "testsuite", _counts(plain_text(scope) or "no scope", own))
        for one in own:
            _case(suite, one)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _counts(name: str, compared: Sequence[Compared]) -> dict[str, str]:
    return {
        "name": name,
        "tests": str(len(compared)),
        "failures": str(sum(bool(one.drifts) for one in compared)),
        "errors": "0",
        "skipped": str(sum(one.state == "missing" for one in compared)),
    }


def _case(suite: Element, one: Compared) -> None:
    case = SubElement(
        suite, "testcase", {"classname": f"claims.{plain_text(one.scope)}", "name": plain_text(one.claim)}
    )
    if one.drifts:
        rules = ", ".join(dict.fromkeys(drift.rule for drift in one.drifts))
        failure = SubElement(case, "failure", {"message": rules, "type": one.drifts[0].rule})
        failure.text = "\n".join(plain_text(f"{where(drift)}: {drifted(drift)}") for drift in one.drifts)
    if one.state == "missing":
        SubElement(case, "skipped", {"message": STATES["missing"]})
    told = [*map(changed, one.changes), *map(moved, one.moved)]
    if told:
        SubElement(case, "system-out").text = "\n".join(told)
