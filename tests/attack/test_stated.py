"""Title and statement against the checks: tables of what may be said, what is asked by no check, and free words."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from attacked_builders import small_scope, subject
from court_builders import check, claim
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.attack import AS_THEY_ARE, DEFEATING, Held, Subject, attack, hold, sayable
from harness.claimfile.claims import read_folder
from harness.claimfile.scopes import find_scope, read_scope
from harness.court.sentence import clauses
from harness.records.asked import Asked, CountRequest
from harness.records.claim import Check, CitedValue, Side

ROOT = Path(__file__).parents[2]
LESS = check(relation="below", measure="rank-distance")
LOSES = check(relation="comparable-or-above", margin="0.01")
GREEK = check(languages=("el", "vi"))
KEPT = check(setting="crosslingual", pairs="withheld")
ON_LABSE = check(left=Side(sampling="hybrid", base="labse"), right=Side(sampling="x-x-mono", base="labse"))
CONTRAST = check(relation="contrast", left=None, right=None, weights={"hybrid": 1, "x-x-mono": 1, "x-y": -2})
WEIGHED = check(relation="contrast", left=None, right=None, weights={"hybrid": 2, "x-y": -1.5, "x-x-mono": -0.5})
THIRD = check(relation="never-third", left=None, right=None, setting=None)
FULL = LESS.model_copy(update={"id": "full", "required": "full"})
COUNTED: dict[str, Any] = {"kind": "counted", "bases": (), "evidence": ("counted-data",), "title": "Counts of XQuAD-R"}
COUNTS = Check(
    id="counts",
    relation="equals",
    counts={f"xquad-r/queries-{code}": CitedValue(cell="S04", value="11") for code in ("de", "en")},
    reason="so many there are",
)
MORE = "hybrid has a higher mean multilingual MAP than x-x-mono"


def held(folder: Path, checks: tuple[Check, ...], **of: Any) -> Held:
    return hold(subject(claim(checks=checks, **of), folder, scope=small_scope()))


SAID: dict[str, tuple[str, tuple[Check, ...]]] = {
    "the design's own": ("hybrid has a lower mean rank distance than x-x-mono", (LESS,)),
    "one of several": (MORE, (LESS, check(id="more"))),
    "several, in any order": (f"{MORE}; hybrid has a lower mean rank distance than x-x-mono", (LESS, check(id="more"))),
    "letters, breaks and a full stop": ("Hybrid has a higher\n mean MULTILINGUAL map than x-x-mono.", (check(),)),
    "where it is": (f"On XQuAD-R, pooled over XLM-R and LaBSE: {MORE}", (check(),)),
    "with its margin": ("hybrid has a mean multilingual MAP of at least 99% of that of x-x-mono", (LOSES,)),
    "with its languages": (f"{MORE}, for questions in el and vi", (GREEK,)),
    "with its base": ("hybrid on labse has a higher mean multilingual MAP than x-x-mono on labse", (ON_LABSE,)),
}
UNASKED: dict[str, tuple[str, tuple[Check, ...]]] = {
    "another setting": ("hybrid has a higher mean monolingual MAP than x-x-mono", (check(),)),
    "another measure": ("hybrid has a higher mean multilingual R@1 than x-x-mono", (check(),)),
    "another rival": ("hybrid has a higher mean multilingual MAP than x-y", (check(),)),
    "the reverse": ("x-x-mono has a higher mean multilingual MAP than hybrid", (check(),)),
    "another side": ("hybrid has a lower mean multilingual MAP than x-x-mono", (check(),)),
    "a smaller margin": ("hybrid has a mean multilingual MAP of at least 99.5% of that of x-x-mono", (LOSES,)),
    "above, of at most so much below": (MORE, (LOSES,)),
    "without its languages": (MORE, (GREEK,)),
    "without its pairs": ("hybrid has a higher mean cross-lingual MAP than x-x-mono", (KEPT,)),
    "without its base": (MORE, (ON_LABSE,)),
    "on a base of its own": ("hybrid on labse has a higher mean multilingual MAP than x-x-mono on labse", (check(),)),
    "one clause too many": (f"{MORE}; hybrid has a lower mean rank distance than x-x-mono", (check(),)),
    "never third, of means": (clauses(THIRD, claim())[0], (check(),)),
    "a mean of two, of one of them": (
        "hybrid has a higher mean multilingual MAP than x-y and x-x-mono on average",
        (check(),),
    ),
    "weights, of other weights": ("in mean multilingual MAP +1 hybrid -1 x-x-mono is above 0", (WEIGHED,)),
    "an optional check": (MORE, (check(required=False), LESS.model_copy(update={"id": "less"}))),
    "a check for full scale": ("hybrid has a lower mean rank distance than x-x-mono", (check(), FULL)),
}
FREE = [
    "hybrid is above x-x-mono in the multilingual pool",
    f"{MORE}, and so it is better",
    f"{MORE}: it is the best of all",
    f"{MORE} and hybrid is the best",
    f"{MORE}. hybrid is the best",
    f"Always {MORE}",
    f"On MLQA-R: {MORE}",
    f"On xquad-r, xlm-r: {MORE}",
    "hybrid has a higher mean MAP than x-x-mono",
    "h\N{CYRILLIC SMALL LETTER U}brid has a higher mean multilingual MAP than x-x-mono",
    f"{MORE};",
    ";",
    ".",
]


@pytest.mark.parametrize("name", SAID)
def test_exact_a_statement_may_say_what_required_checks_ask(tmp_path: Path, name: str) -> None:
    statement, checks = SAID[name]
    assert held(tmp_path, checks, statement=statement) == Held((), ())


@pytest.mark.parametrize("name", UNASKED)
def test_exact_a_clause_that_no_required_check_asks_for_is_told(tmp_path: Path, name: str) -> None:
    statement, checks = UNASKED[name]
    found = held(tmp_path, checks, statement=statement)
    assert (found.unread, len(found.unasked)) == ((), 1)


@pytest.mark.parametrize("statement", FREE)
def test_exact_free_words_are_told(tmp_path: Path, statement: str) -> None:
    found = held(tmp_path, (check(),), statement=statement)
    assert found.unread or found.unasked


ORDER = check(relation="order", left=None, right=None, arms=("x-x-mono", "hybrid", "x-y"))
TITLES: dict[str, tuple[str, tuple[Check, ...]]] = {
    "an arm": ("Hybrid batches", (check(),)),
    "an arm by both its names": ("Monolingual and x-x-mono batches", (check(left="x-x-mono", right="x-y"),)),
    "the arm that a contrast holds against others": ("Cross-lingual batches", (CONTRAST,)),
    "two arms of an order": ("Monolingual and hybrid batches", (ORDER,)),
    "the arm that is never third": (
        "Hybrid batches",
        (check(relation="never-third", left=None, right=None, setting=None),),
    ),
    "a setting": ("Hybrid batches in multilingual retrieval", (check(),)),
    "settings of one score": (
        "Hybrid batches in monolingual, cross-lingual and multilingual retrieval by balanced MAP",
        (check(setting="balanced"),),
    ),
    "a measure": ("Hybrid batches by rank distance", (LESS,)),
    "data sets and bases": ("Hybrid batches on XQuAD-R with XLM-R and LaBSE", (check(),)),
    "languages by name and code": ("Hybrid batches for questions in Greek and vi", (GREEK,)),
    "withheld pairs": ("Hybrid batches for withheld pairs", (KEPT,)),
    "less bias": ("Hybrid batches lower language bias on XQuAD-R", (LESS,)),
    "less bias of a share": (
        "hybrid@0.25 batches lower language bias",
        (LESS.model_copy(update={"left": "hybrid@0.25"}),),
    ),
}
UNFIT: dict[str, tuple[str, tuple[Check, ...]]] = {
    "an arm that is not compared": ("Hybrid and cross-lingual batches", (check(),)),
    "an arm that others are held against": ("Monolingual batches", (check(),)),
    "an arm of the mean that another is held against": ("Hybrid batches", (CONTRAST,)),
    "the last of an order": ("Cross-lingual batches", (ORDER,)),
    "a setting that is not measured": ("Hybrid batches in monolingual retrieval", (check(),)),
    "a measure of another check's": ("Hybrid batches by rank distance", (check(),)),
    "a data set that is not the claim's": ("Hybrid batches on MLQA-R", (check(),)),
    "a base that no side is on": ("Hybrid batches with XLM-R", (ON_LABSE,)),
    "languages that no check keeps": ("Hybrid batches for questions in Greek", (check(),)),
    "pairs that no check withholds": ("Hybrid batches for withheld pairs", (check(),)),
    "a verb": ("Hybrid batches keep multilingual retrieval", (check(),)),
    "no arm": ("All languages at once", (check(),)),
    "a count of nothing counted": ("Counts of XQuAD-R", (check(),)),
    "more than a title is long": (f"{'hybrid, ' * 30}hybrid batches", (check(),)),
    "words behind": ("Hybrid batches in multilingual retrieval win", (check(),)),
}
BIAS: dict[str, tuple[Check, ...]] = {
    "no distance": (check(relation="below"),),
    "less than cross-lingual batches": (LESS.model_copy(update={"right": "x-y"}),),
    "at most so much more": (check(relation="comparable-or-below", measure="rank-distance", margin="0.05"),),
    "in some languages": (LESS.model_copy(update={"languages": ("el",)}),),
    "on one base": (ON_LABSE.model_copy(update={"relation": "below", "measure": "rank-distance"}),),
    "of another arm": (LESS.model_copy(update={"left": "x-y"}), check(id="more")),
    "not required": (LESS.model_copy(update={"required": False}), check(id="more")),
}


@pytest.mark.parametrize("name", TITLES)
def test_exact_a_title_may_name_what_required_checks_are_about(tmp_path: Path, name: str) -> None:
    title, checks = TITLES[name]
    assert held(tmp_path, checks, title=title) == Held((), ())


@pytest.mark.parametrize("name", UNFIT)
def test_exact_a_title_that_is_no_topic_of_the_checks_is_unread(tmp_path: Path, name: str) -> None:
    title, checks = UNFIT[name]
    found = held(tmp_path, checks, title=title)
    assert (len(found.unread), found.unasked) == (1, ())


@pytest.mark.parametrize("name", BIAS)
def test_exact_less_language_bias_is_said_of_less_distance_than_monolingual_batches_leave(
    tmp_path: Path, name: str
) -> None:
    found = held(tmp_path, BIAS[name], title="Hybrid batches lower language bias")
    assert (found.unread, len(found.unasked)) == ((), 1)


def test_exact_a_counted_claim_says_what_is_counted(tmp_path: Path) -> None:
    own = "xquad-r has as many questions in de and en as the paper states"
    assert held(tmp_path, (COUNTS,), **COUNTED, statement=own) == Held((), ())
    more = own.replace("de and en", "ar, de and en")
    assert held(tmp_path, (COUNTS,), **COUNTED, statement=more).unasked
    assert held(tmp_path, (COUNTS,), **COUNTED, statement="xquad-r has eleven languages").unread
    assert held(tmp_path, (COUNTS,), **{**COUNTED, "title": "Hybrid batches"}, statement=own).unread


RELATIONS = st.sampled_from(["above", "below", "comparable-or-above", "comparable-or-below", "equivalent"])
CHECKS = st.builds(
    check,
    relation=RELATIONS,
    measure=st.sampled_from(["MAP", "R@1", "R@10"]),
    setting=st.sampled_from(["monolingual", "crosslingual", "multilingual", "balanced"]),
    left=st.sampled_from(["hybrid", "hybrid@0.25", "x-y"]),
    right=st.sampled_from(["x-x-mono", "hybrid@0.75"]),
    margin=st.sampled_from(["0", "0.01", "0.05"]),
    languages=st.sampled_from([None, ("el",), ("el", "vi")]),
    pairs=st.sampled_from([None, "withheld"]),
)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(one=CHECKS, other=CHECKS)
def test_rule_one_clause_is_said_of_two_checks_only_where_they_ask_the_same(one: Check, other: Check) -> None:
    asks = [
        (check.model_copy(update={"margin": "0"}) if check.relation in {"above", "below"} else check).model_dump()
        for check in (one, other)
    ]
    assert (clauses(one, claim()) == clauses(other, claim())) == (asks[0] == asks[1])


def test_exact_free_words_leave_a_verification_incomplete_and_an_unasked_clause_defeats_it(tmp_path: Path) -> None:
    for statement, succeeded in (("hybrid wins", "unread"), (UNASKED["another rival"][0], "unasked")):
        one = subject(claim(statement=statement), tmp_path)
        (team,) = (each for each in attack(one).team.attackers if each.name == "CITATION_AUDITOR")
        (probe,) = (each for each in team.probes if each.name == succeeded)
        assert probe.succeeded
        assert (probe.severity >= DEFEATING) == (succeeded == "unasked")
        assert probe.detail.endswith(f"; a statement may say {MORE}")


def test_exact_a_verification_of_free_words_is_incomplete_where_nothing_else_is_found(tmp_path: Path) -> None:
    counts = {"xquad-r/queries": CitedValue(cell="T9:xquad-r:queries", value="1190")}
    of = claim(**COUNTED, checks=(COUNTS.model_copy(update={"counts": counts}),))
    given: dict[str, Any] = {
        "asked": Asked(requests=(CountRequest(dataset="xquad-r", what="queries"),)),
        "cells": {"T9:xquad-r:queries": "1190"},
        "counted": {"xquad-r": {"queries": 1190}},
        "recounted": {"xquad-r": {AS_THEY_ARE: {"queries": 1190}, "fewer": {"queries": 1189}}},
    }
    for title, verification in (("Counts of XQuAD-R", "sound"), ("XQuAD-R is wonderfully large", "incomplete")):
        found = attack(subject(of.model_copy(update={"title": title}), tmp_path, **given))
        assert found.verification == verification


def test_real_part_the_fourteen_claims_say_all_that_they_check_and_nothing_else() -> None:
    scope = read_scope(find_scope("atlas"))
    for file in read_folder(ROOT / "claims", scope):
        one = Subject(file, scope, asked=None, rulings=())
        assert hold(one) == Held((), ()), file
        assert " ".join(file.claim.statement.split()) == "; ".join(sayable(one)), file


def test_exact_a_scope_that_is_not_packaged_begins_sentences_in_fixed_words(tmp_path: Path) -> None:
    for sentence, own in (("In a scope of its own, small encoders", True), ("On Atlas, small encoders", False)):
        one = subject(claim(), tmp_path, scope=small_scope(sentence=sentence))
        assert (hold(one) == Held((), ())) is own
    atlas = read_scope(find_scope("atlas"))
    changed = atlas.model_copy(update={"seeds_otherwise": 6})
    found = [hold(subject(claim(), tmp_path, scope=scope)) == Held((), ()) for scope in (atlas, changed)]
    assert found == [True, False]


def test_real_part_a_packaged_claim_on_the_balanced_score_says_whose_reading_it_is() -> None:
    files = read_folder(ROOT / "claims", read_scope(find_scope("atlas")))
    balanced = [file.claim for file in files if any(check.setting == "balanced" for check in file.claim.checks)]
    assert balanced
    assert all(any("our reading" in one for one in of.unknowns) for of in balanced)


def test_exact_what_once_said_more_than_its_checks_is_not_taken(tmp_path: Path) -> None:
    """Titles and statements that fifteen rounds of blind authors passed or tried under freer rules."""
    with (Path(__file__).parent / "free_words.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        found = held(tmp_path, (check(), LESS.model_copy(update={"id": "less"})), **dict(row))
        assert found.unread or found.unasked, row
