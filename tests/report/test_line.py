from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_builders import (
    HOSTILE,
    composite,
    contradicted,
    contrast,
    counts,
    defeated,
    equivalent,
    every_kind,
    fitted,
    hostile,
    inconclusive,
    never_third,
    not_by_sinking,
    order,
    part,
    ruling,
    size,
    turned,
    two_datasets,
    untested,
    verdict,
)

from harness.records.ruling import Effect
from harness.records.verdict import Verdict
from harness.report.line import LINE_LENGTH, counted, deciding, main_check, terminal_line

EXPECTED = [
    (verdict(), "c06 supported 31% [28, 34], paper 15.4% (labse), 30.1% (xlm-r) [UNVERIFIED: unsealed]"),
    (
        two_datasets(),
        (
            "c01 supported +7% [4, 11] on xquad-r, paper 0.99% (labse), 6.5% (xlm-r); "
            "+5% [2, 9] on mlqa-r, paper 3.1% (labse), 4.2% (xlm-r) [UNVERIFIED: unsealed]"
        ),
    ),
    (contradicted(), "c07 contradicted -12% [-17, -8], paper 15.4% (labse), 30.1% (xlm-r) [UNVERIFIED: unsealed]"),
    (inconclusive(seeds_needed=4), "c08 inconclusive 1% [-2, 4], paper 3.0% [UNVERIFIED: unsealed]"),
    (counts(), "c13 supported 38 of 38 counts equal [UNVERIFIED: unsealed]"),
    (
        counts(differ=2),
        "c13 contradicted 36 of 38 counts equal (zh candidates: paper 1196, found 1192) [UNVERIFIED: unsealed]",
    ),
    (
        untested(),
        (
            "c13 untested: XQuAD-R is not on this machine; set HARNESS_DATA to the folder that holds it "
            "[UNVERIFIED: resource_missing]"
        ),
    ),
    (verdict(checks=()), "c06 supported [UNVERIFIED: unsealed]"),
    (verdict(status="VERIFIED", cause=None, causes=(), checks=()), "c06 supported [VERIFIED]"),
    (
        defeated(),
        "c05 supported 31% [28, 34], paper 15.4% (labse), 30.1% (xlm-r) [UNVERIFIED: verification_defeated]",
    ),
    (
        composite(order(), "c10"),
        "c10 inconclusive x-x-mono above hybrid supported, hybrid above x-y inconclusive [UNVERIFIED: unsealed]",
    ),
    (composite(contrast(), "c04"), "c04 supported contrast 0.013 [0.004, 0.021] MAP [UNVERIFIED: unsealed]"),
    (composite(never_third(), "c11"), "c11 inconclusive 2 of 54 cells third [UNVERIFIED: unsealed]"),
    (composite(equivalent(), "c12"), "c12 inconclusive +0.3% [-0.9, 1.5], margin 1% [UNVERIFIED: unsealed]"),
    (
        fitted(),
        ("c17 untested: not-by-sinking on xquad-r: hybrid is below its floor [UNVERIFIED: control_failed]"),
    ),
]


@pytest.mark.parametrize(("spoken", "line"), EXPECTED, ids=[str(number) for number in range(len(EXPECTED))])
def test_exact_lines(spoken: Verdict, line: str) -> None:
    assert terminal_line(spoken) == line


def test_exact_one_printed_effect_needs_no_base() -> None:
    same = Effect(percent=-31.0, low=-34.0, high=-28.0, claimed={"xlm-r": 30.1, "labse": -30.12})
    assert "paper 30.1% [" in terminal_line(verdict(checks=(ruling(effect=same),)))


def test_theory_the_check_that_decided_is_named() -> None:
    sunk = not_by_sinking(outcome="inconclusive")
    line = terminal_line(verdict(outcome="inconclusive", checks=(ruling(), sunk)))
    assert "; not-by-sinking inconclusive [" in line


def test_theory_of_several_contradicted_checks_the_one_with_the_least_p_against_decided() -> None:
    weaker = not_by_sinking(id="weaker", outcome="contradicted", p_against=0.02)
    surest = not_by_sinking(id="surest", outcome="contradicted", p_against=0.001)
    reported = not_by_sinking(id="reported", outcome="contradicted", p_against=0.0, required=False)
    line = terminal_line(verdict(outcome="contradicted", checks=(ruling(), reported, weaker, surest)))
    assert "; surest contradicted [" in line
    unsettled = not_by_sinking(id="unsettled", outcome="inconclusive", p_against=0.0001)
    line = terminal_line(verdict(outcome="contradicted", checks=(ruling(), unsettled, surest)))
    assert "; surest contradicted [" in line


def test_theory_a_contradiction_that_turned_elsewhere_is_named_before_what_is_merely_unsettled() -> None:
    unsettled = not_by_sinking(id="unsettled", outcome="inconclusive", p_against=0.0001)
    against = not_by_sinking(id="against", outcome="contradicted", p_against=0.001)
    moved = turned().company[1].model_copy(update={"check": "against"})
    given = verdict(outcome="inconclusive", checks=(ruling(), unsettled, against), company=(moved,))
    assert "; against contradicted [" in terminal_line(given)
    assert deciding(turned()) is None  # its main check is the one that turned


def test_theory_where_no_check_has_the_claims_outcome_the_one_that_is_not_supported_is_named() -> None:
    against = not_by_sinking(outcome="contradicted", p_against=0.02)
    assert "; not-by-sinking contradicted [" in terminal_line(
        verdict(outcome="inconclusive", checks=(ruling(), against))
    )


def test_degenerate_composites_without_numbers_say_nothing() -> None:
    for check in (order(parts=()), contrast(low=None), never_third(outcome="untested")):
        assert terminal_line(composite(check, "c10")).startswith(f"c10 {check.outcome}")
        assert "cells third" not in terminal_line(composite(check, "c10"))
    long = order(parts=tuple(part(f"{name} above the next" * 9, "supported") for name in "abc"))
    assert len(terminal_line(composite(long, "c10"))) <= LINE_LENGTH


def test_theory_the_main_check_is_the_first_required_one_that_the_paper_puts_a_number_on() -> None:
    reported = ruling(id="reported", required=False)
    at_full = ruling(id="size", required="full")
    checks = (not_by_sinking(), reported, at_full, ruling(), ruling(dataset="mlqa-r"))
    assert main_check(verdict(checks=checks)) == (3, 4)
    assert main_check(verdict(checks=checks[:3])) == (2,)
    assert main_check(verdict(checks=checks[:2])) == (0,)
    assert main_check(verdict(checks=())) == ()


def test_exact_a_supported_claim_shown_by_its_size_names_no_other_check() -> None:
    bare = ruling(effect=Effect(percent=-31.0, low=-34.0, high=-28.0, claimed={}))
    line = terminal_line(verdict(checks=(bare, not_by_sinking(), size())))
    assert line == "c06 supported 31% [28, 34], paper 15.4% (labse), 30.1% (xlm-r) [UNVERIFIED: unsealed]"


def test_exact_a_reason_that_begins_with_the_outcome_says_it_once() -> None:
    line = terminal_line(untested(reason="untested: nothing is bound"))
    assert line == "c13 untested: nothing is bound [UNVERIFIED: resource_missing]"


def test_theory_counts_add_over_datasets() -> None:
    check = counts(differ=2).checks[0]
    both = counts(checks=(check, check.model_copy(update={"dataset": "mlqa-r", "estimate": 1.0})))
    assert counted(both) == (73, 76)
    more = check.model_copy(update={"queries": 40})
    assert counted(counts(checks=(more,))) == (38, 40)
    assert counted(verdict()) is None
    assert counted(untested()) is None


def test_theory_datasets_that_do_not_fit_are_counted() -> None:
    checks = tuple(ruling(dataset=f"a-rather-long-name-{number}") for number in range(5))
    line = terminal_line(verdict(checks=checks))
    assert "; 4 more [UNVERIFIED: unsealed]" in line
    assert len(line) <= LINE_LENGTH


WORDS = st.one_of(st.text(max_size=400), st.sampled_from(HOSTILE))


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    spoken=st.sampled_from([*every_kind(), untested(), counts(differ=1), hostile()]),
    words=st.fixed_dictionaries({"reason": WORDS}),
    note=WORDS,
    dataset=WORDS,
    base=WORDS,
)
def test_property_a_line_is_one_short_printable_line(
    spoken: Verdict, words: dict[str, Any], note: str, dataset: str, base: str
) -> None:
    effect = Effect(percent=1.0, low=-1e9, high=1e9, claimed={base: 2.0, "labse": 3.0})
    changes: dict[str, Any] = {"note": note, "dataset": dataset}
    checks = tuple(
        check.model_copy(update=changes | ({"effect": effect} if check.effect else {})) for check in spoken.checks
    )
    line = terminal_line(spoken.model_copy(update={"checks": checks, **words}))
    assert len(line) <= LINE_LENGTH
    assert line.startswith(f"{spoken.claim} {spoken.outcome}")
    assert line.endswith(f"[{spoken.status}: {spoken.cause}]")
    assert not [sign for sign in line if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}]
    assert "\u202e" not in line
