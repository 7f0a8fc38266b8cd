"""Verdicts: oracle is the design's definition of each status, over every combination of evidence."""

from __future__ import annotations

from itertools import product
from typing import Any, get_args

import pytest
from court_builders import check, claim, ruling, scope

from harness.court.verdict import ATTACKERS, NO_RED_TEAM, Company, Evidence, decide
from harness.records.attack import Attacker, RedTeam
from harness.records.audit import Finding
from harness.records.claim import Cause, CitedEffect, CitedValue
from harness.records.verdict import (
    Artifact,
    Control,
    Exposure,
    Neighbour,
    Occasion,
    Provenance,
    Reach,
    RegimeReading,
    Seal,
    Verdict,
)

OUTCOMES = ("supported", "contradicted", "inconclusive", "untested")
VERIFICATIONS = ("sound", "defeated", "incomplete")
SEALS = ("SEALED", "PARTIAL", "UNSEALED")
SCALES = ("reduced", "full")
STAMP = "0" * 64
ARTIFACT = Artifact(path="measurements/c06.tiny.parquet", sha256=STAMP)
SCORED = RedTeam(average=1.0, attackers=tuple(Attacker(name=name, score=1.0, message="") for name in ATTACKERS))
PROVENANCE = Provenance(
    claim=STAMP,
    analysis=STAMP,
    scope=STAMP,
    script=STAMP,
    lock=None,
    paper=None,
    lab=STAMP,
    court=STAMP,
    texts={},
    cells=(),
    versions={},
)
OCCASION = Occasion(evaluated_at="2026-01-01T00:00:00+00:00", seconds=1.0, host="here")
FAULTS: tuple[dict[Cause, str], ...] = (
    {},
    {"analysis_changed": "the lock says otherwise"},
    {"script_error": "it raised"},
)
UNSEALED = Seal(tier="T5", status="UNSEALED", self_test={})


def verdict(**changes: Any) -> Verdict:
    given: dict[str, Any] = {
        "claim": claim(),
        "scope": scope(),
        "rulings": [ruling(outcome=changes.pop("outcome", "supported"))],
        "faults": {},
        "provenance": PROVENANCE,
        "occasion": OCCASION,
        "artifacts": [ARTIFACT],
        "seal": Seal(tier="T1", status=changes.pop("sealed", "SEALED"), self_test={}),
        "red_team": SCORED,
        "verification": "sound",
    }
    return decide(Evidence(**(given | changes)))


CASES = list(product(OUTCOMES, VERIFICATIONS, SEALS, FAULTS, ([], [ARTIFACT]), SCALES, ("effectiveness", "counted")))


@pytest.mark.parametrize("scale", SCALES)
def test_every_combination_of_evidence_has_the_status_and_causes_of_the_design(scale: Any) -> None:
    for outcome, verification, sealed, faults, artifacts, _, kind in (one for one in CASES if one[5] == scale):
        found = verdict(
            outcome=outcome,
            verification=verification,
            sealed=sealed,
            faults=faults,
            artifacts=artifacts,
            scope=scope(scale=scale),
            claim=claim(kind=kind),
        )
        good = verification == "sound" and sealed == "SEALED" and not faults
        verified = good and outcome == "supported" and bool(artifacts)
        falsified = good and outcome == "contradicted"
        assert found.status == ("VERIFIED" if verified else "FALSIFIED" if falsified else "UNVERIFIED")
        expected = {
            *faults,
            *(["unsealed"] if sealed != "SEALED" else []),
            *(["verification_defeated"] if verification == "defeated" else []),
            # every attacker has a score here, so what is lacking is something to attack
            *(["not_attacked"] if verification == "incomplete" else []),
            *([outcome] if outcome in {"inconclusive", "untested"} else []),
        }
        if not expected and outcome == "supported" and not artifacts:
            expected = {"infrastructure"}
        assert list(found.causes) == [cause for cause in get_args(Cause) if cause in expected]
        assert found.cause == (found.causes[0] if found.causes else None)
        assert (found.status == "UNVERIFIED") == bool(found.causes)
        reduced = scale == "reduced" and kind != "counted"
        assert found.paper_status == ("UNVERIFIED" if reduced else found.status)
        assert found.paper_cause == ("reduced_scale" if reduced else found.cause)
        carried_out = sealed == "SEALED" and outcome != "untested"
        assert found.level == (("L5" if reduced else "L6") if carried_out else "L2")
        assert (found.outcome, found.verification) == (outcome, verification)


@pytest.mark.parametrize("missing", ["seal", "verification", "red_team", "artifacts", "rulings"])
def test_each_missing_part_alone_costs_the_verdict(missing: str) -> None:
    assert verdict().status == "VERIFIED"
    absent: dict[str, Any] = {
        "seal": UNSEALED,
        "verification": "incomplete",
        "red_team": NO_RED_TEAM,
        "artifacts": [],
        "rulings": [],
    }
    found = verdict(**{missing: absent[missing]})
    assert (found.status, found.paper_status) == ("UNVERIFIED", "UNVERIFIED")
    assert found.cause is not None


def test_evidence_holds_nothing_by_default() -> None:
    found = decide(Evidence(claim(), scope(), [ruling()], {}, PROVENANCE, OCCASION, [ARTIFACT], UNSEALED))
    assert (found.status, found.outcome, found.verification) == ("UNVERIFIED", "supported", "incomplete")
    assert found.causes == ("unsealed", "not_attacked")
    assert (found.controls, found.regime, found.seal.tier) == ((), None, "T5")


@pytest.mark.parametrize("cause", get_args(Cause))
def test_any_fault_alone_stands_in_the_way(cause: Cause) -> None:
    for outcome in ("supported", "contradicted"):
        found = verdict(outcome=outcome, faults={cause: "what happened"})
        assert (found.status, found.cause, found.causes) == ("UNVERIFIED", cause, (cause,))
        assert "what happened" in found.reason


@pytest.mark.parametrize(
    ("attackers", "cause"),
    [
        (NO_RED_TEAM.attackers, "not_attacked"),
        ((), "not_attacked"),
        (SCORED.attackers[:2], "attacker_error"),
        ((*SCORED.attackers[:2], Attacker(name=ATTACKERS[2], score=None, message="it crashed")), "attacker_error"),
        ((SCORED.attackers[0],) * 3, "attacker_error"),
    ],
)
def test_nothing_is_sound_without_the_score_of_every_attacker(attackers: tuple[Attacker, ...], cause: str) -> None:
    found = verdict(red_team=RedTeam(average=None, attackers=attackers))
    assert (found.verification, found.status, found.cause) == ("incomplete", "UNVERIFIED", cause)


def test_a_required_check_without_a_ruling_is_untested() -> None:
    two = claim(checks=(check(), check(id="other")), datasets=("xquad-r", "mlqa-r"))
    given = [ruling(), ruling(dataset="mlqa-r"), ruling(id="other")]
    found = verdict(claim=two, rulings=given)
    assert (found.outcome, found.status) == ("untested", "UNVERIFIED")
    assert found.reason == "untested: other on mlqa-r: no ruling was made"
    assert len(found.checks) == 4
    assert verdict(claim=two, rulings=[*given, ruling(id="other", dataset="mlqa-r")]).status == "VERIFIED"


def test_a_required_check_ruled_on_as_if_it_were_not_is_untested() -> None:
    found = verdict(rulings=[ruling(required=False, outcome="contradicted"), ruling(id="friend")])
    assert found.outcome == "untested"


def test_a_check_required_at_full_scale_counts_there_and_for_counts_everywhere() -> None:
    both = (check(), check(id="size", required="full"))
    rulings = [ruling(), ruling(id="size", required="full", outcome="untested", note="not judged")]
    assert verdict(claim=claim(checks=both), rulings=rulings).outcome == "supported"
    assert verdict(claim=claim(checks=both), rulings=rulings, scope=scope(scale="full")).outcome == "untested"
    assert verdict(claim=claim(checks=both, kind="counted"), rulings=rulings).outcome == "untested"


def test_the_level_is_highest_only_where_nothing_of_the_protocol_is_unknown() -> None:
    full = scope(scale="full")
    assert verdict(scope=full).level == "L6"
    assert verdict(scope=full, claim=claim(unknowns=("temperature",))).level == "L5"


def test_a_claim_of_the_record_says_nothing_of_the_paper() -> None:
    found = verdict(claim=claim(origin="record"), scope=scope(scale="full"))
    assert (found.status, found.paper_status, found.paper_cause) == ("VERIFIED", "UNVERIFIED", "not_in_paper")


@pytest.mark.parametrize("cause", ["control_failed", "out_of_regime", "below_floor", "mechanism_absent"])
def test_a_condition_that_does_not_hold_is_a_cause_where_the_check_is_required(cause: Cause) -> None:
    unmet = ruling(outcome="untested", cause=cause, note="what was found")
    found = verdict(rulings=[unmet])
    assert (found.outcome, found.status, found.cause) == ("untested", "UNVERIFIED", cause)
    assert found.causes == (cause, "untested")
    assert "what was found" in found.reason
    beside = unmet.model_copy(update={"id": "size", "required": "full"})
    both = claim(checks=(check(), check(id="size", required="full")))
    assert verdict(claim=both, rulings=[ruling(), beside]).status == "VERIFIED"
    assert verdict(claim=both, rulings=[ruling(), beside], scope=scope(scale="full")).cause == cause


def test_a_contradiction_without_company_is_inconclusive_and_says_where() -> None:
    turned = Company("it turns with learning rate one step up")
    found = verdict(outcome="contradicted", company=turned)
    assert (found.outcome, found.status, found.cause) == ("inconclusive", "UNVERIFIED", "inconclusive")
    assert "it turns with learning rate one step up" in found.reason
    assert verdict(outcome="contradicted").status == "FALSIFIED"
    assert verdict(company=turned).status == "VERIFIED"


def test_what_was_found_of_encoders_stands_in_the_verdict() -> None:
    control = Control(name="oracle", on="xquad-r", passed=True, detail="1.0 in every row")
    reading = RegimeReading(ratio=0.85, low=0.8, high=0.9, paper=0.85, distance=0.1, most=0.25, inside=True)
    trained = Exposure(
        base="xlm-r", sampling="x-y", updates=3, monolingual_pairs=0, crosslingual_pairs=24, languages=("de",)
    )
    reach = Reach(language="de", rows=0.5, shared=True)
    beside = Neighbour(at="up", check="higher", dataset="xquad-r", part="", estimate=0.1, turned=False)
    found = verdict(
        controls=[control],
        regime={"xlm-r": reading},
        exposure=[trained],
        reach=[reach],
        company=Company(neighbours=(beside,)),
    )
    assert (found.controls, found.regime) == ((control,), {"xlm-r": reading})
    assert (found.exposure, found.reach, found.company) == ((trained,), (reach,), (beside,))


def test_exact_a_ruling_says_what_the_cells_print_that_its_check_is_claimed_by() -> None:
    cited: dict[str, Any] = {
        "xquad-r/xlm-r": CitedEffect(left="T1:a", right="T1:b"),
        "mlqa-r/xlm-r": CitedEffect(left="T2:a", right="T2:b"),
        "labse": CitedValue(cell="S1", value="15.4"),
    }
    cells = {"T1:a": ".81", "T1:b": ".80", "T2:a": ".5", "S1": "15.4"}
    found = verdict(claim=claim(checks=(check(claimed=cited),)), cells=cells)
    assert found.checks[0].cited == {"T1:a": ".81", "T1:b": ".80", "S1": "15.4"}
    assert "cited" not in verdict().checks[0].plain()


def test_a_check_over_all_datasets_needs_one_ruling() -> None:
    third = claim(checks=(check(relation="never-third", setting=None),), datasets=("xquad-r", "mlqa-r"))
    assert verdict(claim=third, rulings=[ruling(dataset="all")]).status == "VERIFIED"
    assert [one.dataset for one in verdict(claim=third, rulings=[]).checks] == ["all"]


def test_the_reason_says_each_thing_once() -> None:
    note = "the script raised ValueError: no"
    found = verdict(rulings=[ruling(outcome="untested", note=note)], faults={"script_error": note}, sealed="UNSEALED")
    assert found.reason == f"untested: higher on xquad-r: {note}; the run was not sealed"
    assert found.causes == ("script_error", "untested", "unsealed")


def test_the_reason_of_a_supported_claim_says_what_is_still_missing() -> None:
    found = verdict(sealed="UNSEALED", verification="incomplete", red_team=NO_RED_TEAM)
    assert found.reason == (
        "supported: the one required check is supported; the run was not sealed; no attacker has tried the verification"
    )


def test_the_sentence_is_made_of_the_checks_and_not_of_the_authors_words() -> None:
    found = verdict(claim=claim(statement="x" * 2000))
    assert found.sentence == (
        "On a tiny set, on xquad-r, pooled over xlm-r and labse: "
        "hybrid has a higher mean multilingual MAP than x-x-mono"
    )
    assert found.statement == "x" * 2000


FINDING = Finding(
    id="mean/T7",
    kind="mean",
    where=("T7:mean:xlm-r_hybrid",),
    says=("286.6",),
    follows="287.1",
    grave="contradiction",
    origin="cannot-tell",
    mends=(),
    claims=("c06",),
)


@pytest.mark.parametrize(
    ("kind", "scale", "grave", "status", "cause"),
    [
        ("effectiveness", "full", "contradiction", "UNVERIFIED", "paper_contradicts_itself"),
        ("effectiveness", "full", "rounding", "VERIFIED", None),
        ("effectiveness", "reduced", "contradiction", "UNVERIFIED", "reduced_scale"),
        ("counted", "reduced", "contradiction", "VERIFIED", None),
    ],
)
def test_what_a_paper_says_against_itself_goes_into_the_verdict_and_its_word_on_the_paper(
    kind: Any, scale: Any, grave: Any, status: str, cause: str | None
) -> None:
    finding = FINDING.model_copy(update={"grave": grave})
    found = verdict(claim=claim(kind=kind), scope=scope(scale=scale), findings=[finding])
    assert found.findings == (finding,)
    assert (found.status, found.paper_status, found.paper_cause) == ("VERIFIED", status, cause)


def test_a_defeated_verification_names_who_defeated_it() -> None:
    team = RedTeam(
        average=3.0,
        attackers=(*SCORED.attackers[:2], Attacker(name=ATTACKERS[2], score=9.0, message="another vector")),
    )
    found = verdict(verification="defeated", red_team=team)
    assert found.cause == "verification_defeated"
    assert f"{ATTACKERS[2]}: another vector" in found.reason
