from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from accepted_set import C02, C06, C13, ROOT, stamp, terms, with_check, with_made_of, with_seal
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.gate import Terms, compare, rules, unaccepted
from harness.records.claim import Cause
from harness.records.gate import Compared, Rule, State
from harness.records.verdict import Verdict

OTHER = stamp("other")
LOWER, SINKING, SIZE = range(3)
"""The checks of c06 by place."""


def changed(verdict: Verdict, **changes: Any) -> Verdict:
    return verdict.model_copy(update=changes)


def probed(verdict: Verdict) -> Verdict:
    """Return the verdict with one probe of little weight that succeeded."""
    team = verdict.red_team
    first, *others = team.attackers
    probes = (first.probes[0].model_copy(update={"succeeded": True}), *first.probes[1:])
    attackers = (first.model_copy(update={"probes": probes}), *others)
    return changed(verdict, red_team=team.model_copy(update={"attackers": attackers}))


def caused(cause: Cause) -> Verdict:
    return changed(C06, outcome="untested", cause=cause, causes=(cause,))


def one(tmp_path: Path, after: Verdict, before: Verdict = C06, **others: Any) -> Compared:
    (found,) = compare(terms(tmp_path, [before], [after], **others)).compared
    return found


def drifts(found: Compared) -> list[Rule]:
    return [drift.rule for drift in found.drifts]


def test_degenerate_a_set_against_itself_is_the_same(tmp_path: Path) -> None:
    answer = compare(terms(tmp_path, [C02, C06, C13], [C13, C06, C02]))
    assert [(one.claim, one.state) for one in answer.compared] == [("c02", "same"), ("c06", "same"), ("c13", "same")]
    assert answer.drifted == ()


DRIFT: dict[str, tuple[Verdict, list[Rule]]] = {
    "falsified": (changed(C06, status="FALSIFIED", cause=None, causes=(), outcome="contradicted"), []),
    "margin": (with_check(C06, SINKING, margin="0.02"), ["loosened-check"]),
    "optional": (with_check(C06, LOWER, required=False), ["loosened-check"]),
    "relation": (with_check(C06, LOWER, relation="comparable-or-below"), ["loosened-check"]),
    "another arm": (with_check(C06, LOWER, right="x-y"), ["loosened-check"]),
    "gone": (changed(C06, checks=C06.checks[1:]), ["loosened-check"]),
    "seal": (with_seal(C06, status="PARTIAL"), ["lowered-seal"]),
    "level": (changed(C06, level="L6"), ["upgrade-without-evidence"]),
    "timeout": (changed(C06, causes=("timeout", "inconclusive")), ["timeout"]),
    "resource": (caused("resource_missing"), ["resource-missing", "outcome", "cause"]),
    "outside": (with_check(C06, LOWER, estimate=9.0), ["estimate-left-interval"]),
}
DRIFT["falsified"][1].extend(["status", "outcome", "cause", "upgrade-without-evidence"])


@pytest.mark.parametrize("name", DRIFT)
def test_exact_each_kind_of_drift_is_found_and_nothing_else(tmp_path: Path, name: str) -> None:
    after, expected = DRIFT[name]
    found = one(tmp_path, after)
    assert (found.state, drifts(found)) == ("drift", expected)


STAND: dict[str, tuple[Verdict, State]] = {
    "inside, on another machine": (with_check(C06, LOWER, estimate=0.8), "numeric"),
    "not required, outside": (with_check(C06, SIZE, estimate=1e9), "numeric"),
    "inside, with another library": (
        with_check(with_made_of(C06, versions={"torch": "3"}, cells=(OTHER,)), LOWER, estimate=0.8),
        "numeric",
    ),
    "inside, and a probe ended otherwise": (with_check(probed(C06), LOWER, estimate=0.8), "changed"),
    "another library": (with_made_of(C06, versions={"torch": "3"}), "changed"),
    "another court": (with_made_of(C06, court=OTHER), "changed"),
    "a smaller margin": (with_check(C06, SINKING, margin="0.005"), "changed"),
    "another question, outside": (
        with_check(with_made_of(C06, scope=OTHER, cells=(OTHER,)), LOWER, estimate=9.0),
        "changed",
    ),
}


@pytest.mark.parametrize("name", STAND)
def test_exact_what_is_no_drift_is_told_for_what_it_is(tmp_path: Path, name: str) -> None:
    after, state = STAND[name]
    found = one(tmp_path, after)
    assert (found.state, found.drifts) == (state, ())


def test_exact_a_higher_seal_needs_new_evidence(tmp_path: Path) -> None:
    before = with_seal(C06, status="PARTIAL")
    assert drifts(one(tmp_path, C06, before)) == ["upgrade-without-evidence"]
    assert drifts(one(tmp_path, with_made_of(C06, cells=(OTHER,)), before)) == []


@given(st.floats(-5, 5))
def test_property_on_another_machine_the_accepted_interval_decides(estimate: float) -> None:
    check = C06.checks[LOWER]
    moved = rules.moves(C06, with_check(C06, LOWER, estimate=estimate))
    inside = check.low is not None and check.high is not None and check.low <= estimate <= check.high
    assert bool(list(rules.left(moved))) == (not inside and estimate != check.estimate)


@given(st.sampled_from(["0", "0.001", "0.01", "0.010", "0.0100001", "0.5"]))
def test_property_a_margin_is_loosened_exactly_where_it_is_wider(margin: str) -> None:
    found = list(rules.loosened(C06, with_check(C06, SINKING, margin=margin)))
    assert bool(found) == (float(margin) > 0.01)


def test_exact_a_missing_resource_is_allowed_by_name_only(tmp_path: Path) -> None:
    after = caused("resource_missing")
    assert one(tmp_path, after, allowed_missing=frozenset({"c06"})).state == "missing"
    assert one(tmp_path, after, allowed_missing=frozenset({"c02"})).state == "drift"


def test_exact_an_accepted_claim_that_was_not_run_or_is_gone(tmp_path: Path) -> None:
    gone = changed(C06, claim="c99")
    answer = compare(terms(tmp_path, [C02, C06, gone], [C02]))
    assert [drifts(one) for one in answer.compared] == [[], ["unrun-claim"], ["lost-claim"]]


def test_exact_what_was_not_run_stands_only_on_the_accepted_inputs(tmp_path: Path) -> None:
    inputs = C06.provenance.fingerprint()
    for told, state in (({("c06", "atlas"): inputs}, "stands"), ({("c06", "atlas"): OTHER}, "drift")):
        answer = compare(terms(tmp_path, [C02, C06], [C02], unrun=told))
        assert [one.state for one in answer.compared] == ["same", state]


def test_exact_a_verdict_without_baseline_fails(tmp_path: Path) -> None:
    answer = compare(terms(tmp_path, [C02], [C02, C06]))
    assert [drifts(one) for one in answer.compared] == [[], ["no-baseline"]]
    assert unaccepted(terms(tmp_path, [C02], [C02, C06])) == [C06]


def test_exact_a_drift_points_at_its_line_of_the_claim_file(tmp_path: Path) -> None:
    after = with_check(changed(C06, outcome="supported"), SINKING, margin="0.02")
    found = compare(terms(tmp_path, [C06], [after])).compared[0]
    path = ROOT / "claims/c06-bias-below-monolingual-xquad.yaml"
    lines = path.read_text().splitlines()
    told = {drift.rule: lines[drift.line - 1].strip() for drift in found.drifts if drift.path == str(path)}
    assert told["loosened-check"] == 'margin: "0.01"'
    assert told["outcome"] == 'outcome: "inconclusive"'


@pytest.mark.parametrize("data", [b"{", b"{}", b'{"schema": "urn:harness:verdict:0"}', b"\xff", b""])
def test_degenerate_a_document_that_fails_its_schema_is_drift(tmp_path: Path, data: bytes) -> None:
    given_terms = terms(tmp_path, [C02, C06], [C02])
    (given_terms.current / "c06.atlas.json").write_bytes(data)
    assert [drifts(one) for one in compare(given_terms).compared] == [[], ["invalid-document"]]


def test_degenerate_a_verdict_under_another_name_is_drift(tmp_path: Path) -> None:
    given_terms = terms(tmp_path, [C06], [C06])
    (given_terms.current / "c06.atlas.json").rename(given_terms.current / "copy.json")
    found = compare(given_terms).compared
    assert sorted(rule for one in found for rule in drifts(one)) == ["invalid-document", "unrun-claim"]


REFUSED = {
    "empty baseline": ([], [C06], {}, "expected accepted verdicts, found none"),
    "empty set": ([C06], [], {}, "expected verdicts, found none"),
    "unknown scope": ([C06], [C06], {"scopes": frozenset({"atlantis"})}, "expected a scope that has verdicts"),
    "another project": (
        [changed(with_made_of(C06, claim=OTHER, analysis=OTHER, script=OTHER), title="Of another project")],
        [C06],
        {},
        "found that of another",
    ),
    "other claims": ([changed(C06, claim="c99")], [C02], {}, "found that of another"),
    "edited by hand": ([C06], [C06], {"entered": {("c06", "atlas"): OTHER}}, "entered last in the ledger"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_degenerate_where_nothing_can_be_compared_it_says_why(tmp_path: Path, name: str) -> None:
    before, after, others, words = REFUSED[name]
    with pytest.raises(UsageError, match=words):
        compare(terms(tmp_path, before, after, **others))


def test_degenerate_a_damaged_baseline_is_refused_and_nothing_is_written_over_it(tmp_path: Path) -> None:
    given_terms = terms(tmp_path, [C02], [C02, C06])
    (given_terms.baseline / "c06.atlas.json").write_bytes(b"{}")
    with pytest.raises(UsageError, match=r"before/c06.atlas.json: .*\n.*restore the baseline"):
        compare(given_terms)
    assert unaccepted(given_terms) == []


def test_exact_scopes_without_a_baseline_are_named_and_left(tmp_path: Path) -> None:
    answer = compare(terms(tmp_path, [C06], [C06, changed(C02, scope="other")]))
    assert [one.claim for one in answer.compared] == ["c06"]
    assert "scope other" in answer.notes[0]


def test_real_part_the_accepted_verdicts_of_this_repository_stand(tmp_path: Path) -> None:
    now = tmp_path / "now"
    shutil.copytree(ROOT / "reports/accepted", now)
    answer = compare(Terms(ROOT / "reports/accepted", now, ROOT / "claims"))
    assert {one.state for one in answer.compared} == {"same"}
    assert len(answer.compared) == len(list(now.iterdir()))
