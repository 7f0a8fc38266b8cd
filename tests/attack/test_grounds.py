"""What sentences say, held to checks: tables of sentences that follow, that go beyond, and that cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attacked_builders import small_scope, subject
from court_builders import check, claim
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.attack import AS_THEY_ARE, DEFEATING, Held, attack, hold
from harness.attack.parsing import grammar
from harness.attack.places import FRAMES
from harness.attack.reading import COMPARISONS, Reading
from harness.claimfile.claims import read_folder
from harness.claimfile.scopes import find_scope, read_scope
from harness.records.asked import Asked, CountRequest
from harness.records.claim import Check, CitedValue, Side

MONO, CROSS = check(setting="monolingual"), check(id="across", setting="crosslingual")
LOOSE = check(relation="comparable-or-above", margin="0.02")
WITHIN = check(relation="comparable-or-above", margin="0.01")
LESS = check(relation="below", measure="rank-distance")
ALIKE = check(relation="equivalent", margin="0.01")
BELOW = check(relation="below")
ORDER = check(relation="order", left=None, right=None, arms=("x-x-mono", "hybrid", "x-y"))
THIRD = check(relation="never-third", left=None, right=None, setting=None)
WEIGHTS = {"hybrid": 1.0, "x-x-mono": -0.5, "x-y": -0.5}
MIDDLE = check(relation="contrast", left=None, right=None, weights=WEIGHTS)
UNDER = check(relation="contrast", left=None, right=None, weights={name: -one for name, one in WEIGHTS.items()})
GREEK = check(languages=("el",))
KEPT = check(setting="crosslingual", pairs="withheld")
BASES = check(left=Side(sampling="hybrid", base="labse"), right=Side(sampling="hybrid", base="xlm-r"))
ON_LABSE = check(left=Side(sampling="hybrid", base="labse"), right=Side(sampling="x-x-mono", base="labse"))
HARD = (check(), check(id="other", relation="comparable-or-above", right="x-y", margin="0.01"))
EVERY = tuple(check(id=setting, setting=setting) for setting in ("monolingual", "crosslingual", "multilingual"))
FAR = (
    check(id="one", relation="contrast", left=None, right=None, weights={"hybrid": 2.0, "x-y": -1.0, "x-x-mono": -1.0}),
    check(id="two", relation="contrast", left=None, right=None, weights={"x-y": 2.0, "hybrid": -1.0, "x-x-mono": -1.0}),
)
FIRST = check(measure="R@1", setting="monolingual")
R1 = (FIRST, check(id="other", measure="R@1", setting="monolingual", right="x-y"))
BESIDE = check(id="y", setting="crosslingual", right="x-y")
FILES: dict[str, Any] = {
    "kind": "counted",
    "bases": (),
    "evidence": ("counted-data",),
    "title": "XQuAD-R has the stated questions",
}
SHARES = tuple(
    check(id=f"at-{share[2:]}", left=f"hybrid@{share}", right="hybrid", relation="equivalent", margin="0.01")
    for share in ("0.4", "0.6")
)
MONO_SHARES = tuple(one.model_copy(update={"setting": "monolingual"}) for one in SHARES)
APART = tuple(
    check(id=f"at-{end[2:]}", left=f"hybrid@{end}", right=f"hybrid@{inside}", relation="equivalent", margin="0.01")
    for end, inside in (("0.4", "0.45"), ("0.6", "0.55"))
)
OUR_BALANCE = "hybrid gives the best balance of monolingual, cross-lingual and multilingual retrieval"
EACH_SHARE = tuple(
    one.model_copy(update={"id": f"{one.id}-{setting}", "setting": setting})
    for one in SHARES
    for setting in ("monolingual", "crosslingual", "multilingual")
)
LATER = check(id="size", required="full")
PRINTED = check(claimed={"xlm-r": CitedValue(cell="S14", value="1")})
BALANCED = tuple(
    check(id=f"beside-{number}", setting="balanced", relation="comparable-or-above", right=arm, margin="0.01")
    for number, arm in enumerate(("x-y", "x-x-mono", "hybrid@0.25", "hybrid@0.75"))
)
POOL = "in the multilingual pool"
CASES: list[tuple[str, tuple[Check, ...], tuple[Check, ...]]] = [
    (f"hybrid is above x-x-mono {POOL}", (check(),), (MONO,)),
    (f"hybrid beats x-x-mono {POOL}", (check(),), (WITHIN,)),
    (f"hybrid beats x-x-mono {POOL}", (ORDER, check(right="x-x-mono")), (ORDER,)),
    (f"{POOL} hybrid lies above x-y and below x-x-mono", (ORDER,), (check(right="x-y"),)),
    (f"x-x-mono is below hybrid {POOL}", (check(),), (BELOW,)),
    (f"hybrid is above monolingual batches {POOL}", (check(),), (check(right="x-y"),)),
    (f"hybrid at least matches x-x-mono {POOL}", (WITHIN,), (BELOW,)),
    (f"hybrid at least matches x-x-mono {POOL}", (ALIKE,), (LESS,)),
    (f"hybrid comes close to x-x-mono {POOL}", (WITHIN,), (check(),)),
    (f"hybrid is equivalent to x-x-mono {POOL}", (ALIKE,), (WITHIN,)),
    (f"x-x-mono is equivalent to hybrid within 1% {POOL}", (ALIKE,), (check(relation="equivalent", margin="0.02"),)),
    (f"hybrid and x-x-mono are equivalent {POOL}".replace("x-x-mono", "monolingual batches"), (ALIKE,), (check(),)),
    (f"hybrid lies above the mean of monolingual and cross-lingual batches {POOL}", (MIDDLE,), (UNDER,)),
    (f"hybrid lies below the middle of both baselines {POOL}", (UNDER,), (MIDDLE,)),
    (
        f"hybrid loses at most 1% of the MAP that x-x-mono reach {POOL}",
        (WITHIN,),
        (check(margin="0.02", relation="comparable-or-above"),),
    ),
    (f"hybrid reaches at least 99% of the MAP that x-x-mono reach {POOL}", (WITHIN,), (ALIKE, MONO)[1:]),
    (f"hybrid ranks at most 1% worse than x-x-mono {POOL}", (WITHIN,), (BELOW,)),
    (f"hybrid is within 1% of x-x-mono or better {POOL}", (WITHIN,), (BELOW,)),
    (f"hybrid has a higher MAP than x-x-mono {POOL}", (check(),), (check(measure="R@10"),)),
    (f"hybrid has a MAP no lower than x-x-mono {POOL}", (WITHIN,), (BELOW,)),
    (f"hybrid has no lower MAP than x-x-mono {POOL}", (WITHIN,), (BELOW,)),
    (f"hybrid has at least as high a MAP as x-x-mono {POOL}", (WITHIN,), (BELOW,)),
    (f"hybrid is at least as good as x-x-mono {POOL}", (WITHIN,), (BELOW,)),
    ("hybrid leaves a smaller mean rank distance than x-x-mono", (LESS,), (check(),)),
    ("hybrid has a rank distance comparable to x-x-mono or a smaller one", (LESS,), (check(),)),
    ("hybrid is better at multilingual retrieval than x-x-mono", (check(),), (LESS,)),
    (
        "hybrid is better within a language than x-x-mono, and worse across languages",
        (MONO, check(id="across", setting="crosslingual", relation="below")),
        (MONO, CROSS),
    ),
    (
        "hybrid beats x-x-mono within a language, and x-y across languages",
        (MONO, check(id="across", setting="crosslingual", right="x-y")),
        (MONO, CROSS),
    ),
    ("hybrid beats x-x-mono", EVERY, (MONO, CROSS)),
    ("hybrid beats x-x-mono", EVERY, BALANCED),
    ("hybrid beats x-x-mono in all three settings", EVERY, (check(),)),
    (f"no way to fill batches gives a higher MAP than hybrid {POOL}", HARD, (check(),)),
    (f"hybrid has the highest MAP {POOL}", HARD, (WITHIN, HARD[1])),
    (f"hybrid is best {POOL}", HARD, (check(),)),
    (f"hybrid is best or comparable to x-y {POOL}, and both are far above x-x-mono", (HARD[1], *FAR), (*HARD, FAR[0])),
    ("language by language hybrid is never the worst", (THIRD,), EVERY),
    (f"language by language hybrid is above x-x-mono {POOL}", (), (check(),)),
    (f"hybrid is above x-x-mono for Greek {POOL}", (GREEK,), (check(),)),
    (f"hybrid is above x-x-mono {POOL}", (check(),), (GREEK,)),
    ("hybrid beats x-x-mono for pairs that were never paired", (KEPT,), (CROSS,)),
    ("hybrid beats x-x-mono across languages", (CROSS,), (KEPT,)),
    (f"under hybrid batches LaBSE is above XLM-R {POOL}", (BASES,), (check(),)),
    (f"on LaBSE hybrid is above x-x-mono {POOL}", (ON_LABSE,), (check(),)),
    (f"on XLM-R and on LaBSE hybrid is above x-x-mono {POOL}", (), (ON_LABSE,)),
    (f"pooled over XLM-R and LaBSE hybrid is above x-x-mono {POOL}", (check(),), (ON_LABSE,)),
    (f"hybrid is above x-x-mono over four languages {POOL}", (check(),), ()),
    (f"hybrid is above x-x-mono over eleven languages {POOL}", (), (check(),)),
    (f"on both evaluation sets hybrid is above x-x-mono {POOL}", (), (check(),)),
    ("results hold for shares from 0.4 to 0.6", EACH_SHARE, SHARES),
    (f"{POOL} results hold for shares from 0.4 to 0.6", SHARES, SHARES[:1]),
    (f"{POOL} results hold for shares from 0.4 to 0.6", SHARES, APART),
    (f"{OUR_BALANCE}. That balance is the mean of the three MAPs is our reading of it", BALANCED, ()),
    (f"{OUR_BALANCE}. That balance is the mean of the three nDCG@10 is our reading of it", (), BALANCED),
    ("hybrid gives the best balance of monolingual, cross-lingual and multilingual retrieval", BALANCED, BALANCED[:1]),
    (
        "hybrid leaves a smaller rank distance than x-x-mono, and not because all answers sink",
        (LESS, check(id="map", relation="comparable-or-above", margin="0.01")),
        (LESS,),
    ),
    (f"filling 0.4 of the batches monolingually is equivalent to filling half of them {POOL}", SHARES[:1], SHARES[1:]),
]
"""A statement, checks that it follows from, and checks that it goes beyond; none where there are no such."""

TITLES: list[tuple[str, tuple[Check, ...], tuple[Check, ...]]] = [
    ("Hybrid batches keep monolingual retrieval", (MONO,), (CROSS,)),
    (
        "Hybrid batches keep both kinds of retrieval",
        (MONO, BESIDE),
        (MONO, CROSS),
    ),
    ("Hybrid batches keep up in the pool", (WITHIN,), (BELOW,)),
    ("Hybrid batches put the answer first most often", R1, R1[:1]),
    ("Hybrid batches on MLQA-R", (), (check(),)),
    ("LaBSE ranks better than XLM-R", (BASES,), (check(),)),
    ("Hybrid batches keep the first hit", (FIRST,), (check(),)),
    ("Hybrid batches keep Greek", (GREEK,), (check(languages=("vi",)),)),
    ("Hybrid batches cost cross-lingual retrieval", (check(relation="below", setting="crosslingual"),), (CROSS,)),
    (
        "Hybrid batches improve monolingual retrieval",
        (MONO,),
        (check(setting="monolingual", right="hybrid", left="x-y"),),
    ),
    ("Hybrid batches improve multilingual retrieval", (), (BASES,)),
    ("Hybrid batches lower language bias", (LESS,), (check(),)),
    ("Hybrid batches are no more biased than monolingual ones", (LESS,), (check(),)),
    ("Hybrid batches lead the multilingual pool beside cross-lingual ones", HARD, HARD[:1]),
    ("Hybrid batches put the answer first more often", (FIRST,), (check(),)),
    ("Hybrid batches lie in between", (ORDER,), (check(),)),
    ("Hybrid batches come first or second, never third", (THIRD,), (check(),)),
    ("Hybrid batches carry over to Greek", (GREEK,), (check(),)),
    ("Hybrid batches balance the three settings", BALANCED, EVERY),
    ("Half monolingual, half cross-lingual balances best", BALANCED, BALANCED[:1]),
    ("Results hold beside a half", SHARES, (WITHIN,)),
    ("One base ahead of the other in the multilingual pool", (BASES,), (check(),)),
    ("One base ahead of the other in all three settings", (), (BASES,)),
    ("Mixing batches helps language pairs that were never paired", (KEPT,), (CROSS,)),
    (
        "One kind of batch buys one kind of retrieval",
        (MONO, check(id="b", setting="crosslingual", relation="below")),
        (MONO, CROSS),
    ),
    ("Hybrid batches on XQuAD-R", (check(),), ()),
    ("Hybrid batches beat monolingual ones", (GREEK,), (BELOW,)),
]
UNREAD = [
    (
        "in the multilingual pool hybrid has a higher monolingual MAP than x-x-mono",
        "two things of one comparison's settings",
    ),
    ("on LaBSE hybrid is above x-x-mono on XLM-R", "two things of one comparison's base"),
    (
        "hybrid is better within a language than x-x-mono are across languages",
        "two things of one comparison's settings",
    ),
    ("for Greek hybrid beats x-x-mono for Vietnamese", "two things of one comparison's languages"),
    ("in R@1 hybrid has a higher MAP than x-x-mono", "two things of one comparison's measure"),
    ("hybrid at least matches x-x-mono in mean rank distance", "says of a distance how good it is"),
    ("for questions in Greek or Vietnamese hybrid is above x-x-mono", "goes on with 'or'"),
    ("from one pool of XQuAD-R and MLQA-R hybrid is above x-x-mono", "goes on with 'and'"),
    ("Mixing surely is above x-x-mono", "says 'surely'"),
    ("hybrid is above x-x-mono in Swahili", "says 'swahili'"),
    ("hybrid is above x-x-mono in 1.2.3 languages", "goes on with 'number:1.2.3'"),
    ("above x-x-mono lies hybrid", "goes on with 'lies'"),
    ("hybrid is above", "ends with 'hybrid is above'"),
    ("hybrid alone is above x-x-mono", "goes on with 'alone'"),
    ("they are above x-x-mono", "somebody who was not named"),
    ("hybrid is better within a language", "somebody who was not named"),
    ("hybrid lies far above x-x-mono", "says 'far' of one arm"),
    ("hybrid is equivalent", "somebody who was not named"),
    ("no way to fill batches is worse within a language than hybrid", "says of no way"),
    ("hybrid gives the best balance of monolingual and cross-lingual retrieval", "a balance of other settings"),
    ("x-y gives the best balance of monolingual, cross-lingual and multilingual retrieval", "another arm than hybrid"),
    (f"hybrid is above x-x-mono and so better {POOL}", "goes on with 'so'"),
    ("sunk-cost hybrid", "says 'sunk-cost'"),
]


def told(tmp_path: Path, checks: tuple[Check, ...], **of: Any) -> Held:
    data = {"xquad-r": {"source": "atlas", "part": "xquad-r", "languages": ("de", "en", "el", "vi")}}
    return hold(
        subject(claim(checks=checks, **{"title": "Hybrid batches", **of}), tmp_path, scope=small_scope(datasets=data))
    )


@pytest.mark.parametrize(("sentence", "follows", "beyond"), CASES, ids=range(len(CASES)))
def test_exact_a_statement_follows_from_its_checks_or_goes_beyond_them(
    tmp_path: Path, sentence: str, follows: tuple[Check, ...], beyond: tuple[Check, ...]
) -> None:
    for checks, expected in ((follows, False), (beyond, True)):
        if checks:
            held = told(tmp_path, checks, statement=sentence)
            assert (held.unread, bool(held.beyond)) == ((), expected), held


@pytest.mark.parametrize(("title", "follows", "beyond"), TITLES, ids=range(len(TITLES)))
def test_exact_a_title_holds_where_some_check_says_so(
    tmp_path: Path, title: str, follows: tuple[Check, ...], beyond: tuple[Check, ...]
) -> None:
    for checks, expected in ((follows, False), (beyond, True)):
        if checks:
            found = told(tmp_path, checks, title=title, statement=f"hybrid is above x-x-mono {POOL}")
            assert found.unread == ()
            assert any(one.startswith("the title") for one in found.beyond) == expected, found


@pytest.mark.parametrize(("sentence", "expected"), UNREAD)
def test_exact_a_sentence_that_cannot_be_read_is_told_where_it_ceases_to(
    tmp_path: Path, sentence: str, expected: str
) -> None:
    (found,) = told(tmp_path, (check(),), statement=sentence).unread
    assert expected in found


def test_itself_every_rule_that_compares_has_a_meaning() -> None:
    expansions = {rule.origin.name: set() for rule in grammar().rules}
    for rule in grammar().rules:
        expansions[rule.origin.name] |= {symbol.name for symbol in rule.expansion if not symbol.is_term}
    assert expansions["predicate"] == set(COMPARISONS) | set(Reading.VERBS)
    assert expansions["_heading"] | {"topic"} == set(Reading.HEADINGS)
    silent = {"datasets", "both_sets", "_averaged"}
    assert expansions["_frame"] == set(FRAMES) | silent


def test_itself_more_checks_never_take_a_ground_away(tmp_path: Path) -> None:
    for sentence, follows, beyond in CASES:
        if follows and "balance" not in sentence:
            more = {one.id: one for one in (*beyond, *follows)}
            assert told(tmp_path, tuple(more.values()), statement=sentence).beyond == (), sentence


@settings(max_examples=30)
@given(st.lists(st.sampled_from(sorted({word for one, *_ in CASES for word in one.split()})), max_size=14))
def test_itself_any_order_of_known_words_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    held = told(tmp_path_factory.getbasetemp(), (check(),), statement=" ".join(words) or "none")
    assert all(one.startswith("the statement ") for one in (*held.unread, *held.beyond))


def test_exact_a_title_of_an_arm_says_nothing_of_where(tmp_path: Path) -> None:
    given = {"title": "Hybrid batches in all three settings", "statement": f"hybrid is above x-x-mono {POOL}"}
    (found,) = told(tmp_path, (check(),), **given).unread
    assert found.startswith("the title ends with")


@pytest.mark.parametrize(("cell", "printed"), [("S04", False), ("T3:MAP/mean:multilingual_hybrid", True)])
def test_exact_what_the_paper_prints_is_not_said_to_be_unprinted(tmp_path: Path, cell: str, *, printed: bool) -> None:
    statement = f"hybrid is above x-x-mono {POOL}. The paper prints no numbers for this"
    found = told(tmp_path, (check(),), statement=statement, cells=(cell,)).beyond
    assert found == (("the statement says: no numbers",) if printed else ())


def test_exact_an_unreadable_sentence_leaves_a_verification_incomplete(tmp_path: Path) -> None:
    counts = {"xquad-r/queries-de": CitedValue(cell="T9:xquad-r:queries", value="1190")}
    equals = check(relation="equals", measure=None, setting=None, left=None, right=None, counts=counts)
    asked = Asked(requests=(CountRequest(dataset="xquad-r", what="queries"),))
    given: dict[str, Any] = {
        "asked": asked,
        "cells": {"T9:xquad-r:queries": "1190"},
        "counted": {"xquad-r": {"queries": 1190}},
        "recounted": {AS_THEY_ARE: {"xquad-r": {"queries": 1190}}, "fewer": {"xquad-r": {"queries": 1189}}},
    }
    for title, incomplete in (("XQuAD-R has the stated questions", False), ("XQuAD-R is wonderfully large", True)):
        of = claim(
            title=title,
            statement="XQuAD-R has the stated questions",
            checks=(equals,),
            kind="counted",
            bases=(),
            evidence=("counted-data",),
        )
        found = attack(subject(of, tmp_path, **given))
        probes = {probe.name: probe for one in found.team.attackers for probe in one.probes}
        assert probes["grammar"].succeeded is incomplete
        assert probes["grammar"].severity < DEFEATING
        assert probes["reading"].succeeded is False


@pytest.mark.parametrize(
    ("statement", "beyond"),
    [
        ("XQuAD-R has the stated questions", ()),
        ("XQuAD-R has the stated sentences", ("the statement says: candidates of xquad-r",)),
        ("XQuAD-R asks equally many questions in every language", ()),
        ("In each of its two languages XQuAD-R has as many questions as the paper states", ()),
        (
            "In each of its three languages XQuAD-R has as many questions as the paper states",
            ("the statement says: 3 languages of xquad-r",),
        ),
        ("In each of its languages XQuAD-R asks 1,190 questions", ()),
        (
            "In each of its languages XQuAD-R asks 1,191 questions",
            ("the statement says: one number in each language of xquad-r",),
        ),
    ],
)
def test_exact_of_files_only_what_is_counted_may_be_said(
    tmp_path: Path, statement: str, beyond: tuple[str, ...]
) -> None:
    counts = {f"xquad-r/queries-{code}": CitedValue(cell=f"T9:{code}", value="1190") for code in ("de", "en")}
    equals = check(relation="equals", measure=None, setting=None, left=None, right=None, counts=counts)
    found = told(tmp_path, (equals,), statement=statement, **FILES)
    assert (found.unread, found.beyond) == ((), beyond)


@pytest.mark.parametrize(("codes", "left_out"), [("de en th", ""), ("de en", "T9:th:queries")])
def test_exact_what_the_paper_counts_language_by_language_is_counted_in_all(
    tmp_path: Path, codes: str, left_out: str
) -> None:
    cells = {f"T9:{code}:queries": "1190" for code in ("de", "en", "th")} | {"T9:el:queries": "-"}
    counts = {f"xquad-r/queries-{code}": CitedValue(cell=f"T9:{code}:queries", value="1190") for code in codes.split()}
    equals = check(relation="equals", measure=None, setting=None, left=None, right=None, counts=counts)
    of = claim(checks=(equals,), statement="XQuAD-R has the stated questions", **FILES)
    told = f"says: queries of xquad-r, of which {left_out} is not counted"
    beyond = tuple(f"the {name} {told}" for name in ("title", "statement") if left_out)
    assert hold(subject(of, tmp_path, cells=cells)) == Held((), beyond)


def test_real_part_the_fourteen_claims_are_read_and_say_no_more_than_is_asked(root: Path, tmp_path: Path) -> None:
    scope = read_scope(find_scope("atlas"))
    for file in read_folder(root / "claims", scope):
        assert hold(subject(file.claim, tmp_path, scope=scope)) == Held((), ()), file.claim.id  # type: ignore[union-attr]
