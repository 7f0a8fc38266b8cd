"""The vocabulary: sentences, what of them is unread, and what claim and scope let them name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attacked_builders import small_scope, subject
from court_builders import check, claim
from hypothesis import given
from hypothesis import strategies as st

from harness.attack import AS_THEY_ARE, DEFEATING, attack, unread
from harness.attack.vocabulary import NUMBER_WORDS, WORDS
from harness.claimfile.claims import ClaimFile, read_folder
from harness.claimfile.scopes import find_scope, read_scope
from harness.records.asked import Asked, CountRequest
from harness.records.claim import CitedValue

COUNTED: dict[str, Any] = {
    "kind": "counted",
    "bases": (),
    "evidence": ("counted-data",),
    "checks": (
        check(
            relation="equals",
            measure=None,
            setting=None,
            left=None,
            right=None,
            counts={"queries": CitedValue(cell="T9:xquad-r:queries", value="1190")},
        ),
    ),
}
SENTENCES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("hybrid is above x-x-mono", {}, []),
    ("Hybrid batches lead on XQuAD-R, on XLM-R\u2019s MAP and nDCG@10", {}, []),
    ("Hybrid batches never fail to be above", {}, ["never", "fail"]),
    ("Because languages meet, hybrid is robustly above x-x-mono", {}, ["Because", "meet", "robustly"]),
    ("All of the time hybrid is above x-x-mono", {}, ["All", "time"]),
    ("hybrid is above x-x-mono in one pool of all languages", {}, []),
    ("hybrid is above x-x-mono, and not because all passages sink", {}, []),
    ("hybrid is above x-x-mono because all passages sink", {}, ["because", "all"]),
    ("In German hybrid is above x-x-mono", {}, []),
    ("In Swahili hybrid is above x-x-mono", {}, ["Swahili"]),
    ("Of two arms hybrid is above x-x-mono in two languages", {}, []),
    ("hybrid is above x-x-mono in seven languages", {}, ["seven"]),
    ("hybrid is above x-x-mono in 7 languages", {}, ["7"]),
    ("hybrid is above x-x-mono by 7 percent", {}, []),
    ("hybrid is above x-x-mono by two points", {}, []),
    ("hybrid always points above x-x-mono", {}, ["always", "points"]),
    ("hybrid is above x-x-mono in 1.2.3 languages", {}, ["1.2.3"]),
    ("hybrid has a higher R@10 among the top 10", {"checks": (check(measure="R@10"),)}, []),
    ("hybrid is above x-x-mono in the top 10", {}, ["10"]),
    ("hybrid filled 0.4 of the time", {"checks": (check(left="hybrid@0.4"),)}, ["time"]),
    ("hybrid filled 0.6 of batches", {"checks": (check(left="hybrid@0.4"),)}, ["0.6"]),
    ("Surely it has 1,190 questions", COUNTED, ["Surely"]),
    ("half is above a quarter", {"checks": (check(right="hybrid@0.25"),)}, []),
    ("half is above a quarter", {}, ["quarter"]),
    ("It has 1,191 questions", COUNTED, ["1,191"]),
    ("\u041c\u044b hybrid", {}, ["\u041c\u044b"]),
    ("sunk-cost hybrid", {}, ["sunk-cost"]),
    ("Above x-x-mono lies hybrid", {}, ["Above x-x-mono lies"]),
    ("In the pool, behind hybrid come monolingual batches", {}, ["behind hybrid come"]),
    ("hybrid is above x-x-mono and stays ahead", {}, []),
    ("Over all languages hybrid is above x-x-mono", {}, []),
    ("Under x-x-mono lies hybrid", {}, ["Under x-x-mono lies"]),
    ("Below x-x-mono is hybrid", {}, ["Below x-x-mono is"]),
    ("hybrid is above x-x-mono, and so better", {}, ["so"]),
    ("It has 1,190 questions, and so as many answers", COUNTED, []),
    ("hybrid is better, and by more than it is worse", {}, ["more than it"]),
    ("hybrid is above x-x-mono by more than others are", {}, ["by more than"]),
    ("hybrid is above x-x-mono by more than 1 percent", {}, []),
]


@pytest.mark.parametrize(("sentence", "of", "expected"), SENTENCES, ids=range(len(SENTENCES)))
def test_exact_what_of_a_sentence_no_check_can_be_held_against(
    tmp_path: Path, sentence: str, of: dict[str, Any], expected: list[str]
) -> None:
    assert unread(subject(claim(title="Hybrid batches", statement=sentence, **of), tmp_path)) == expected


def test_exact_unread_words_of_the_title_are_named_and_leave_a_verification_incomplete(tmp_path: Path) -> None:
    counts = {"queries": 1190}
    files: dict[str, Any] = {
        "counted": {"xquad-r": counts},
        "recounted": {"xquad-r": {AS_THEY_ARE: counts, "one question more": {"queries": 1191}}},
        "asked": Asked(requests=(CountRequest(dataset="xquad-r", what="queries"),)),
        "cells": {"T9:xquad-r:queries": "1190"},
    }
    found = {}
    for title in ("A miracle", "Questions"):
        one = attack(subject(claim(title=title, statement="It has 1,190 questions", **COUNTED), tmp_path, **files))
        (probe,) = (probe for team in one.team.attackers for probe in team.probes if probe.name == "vocabulary")
        assert probe.succeeded is ("'miracle'" in probe.detail)
        assert probe.severity < DEFEATING
        found[title] = one.verification
    assert found == {"A miracle": "incomplete", "Questions": "sound"}


def test_exact_languages_are_those_that_are_bound(tmp_path: Path) -> None:
    bound = small_scope(datasets={"xquad-r": {"source": "atlas", "part": "xquad-r", "languages": ("de", "sw")}})
    one = claim(title="Hybrid batches", statement="In Swahili hybrid is above x-x-mono")
    assert unread(subject(one, tmp_path, scope=bound)) == []


@given(word=st.from_regex(r"[a-z]{3,12}", fullmatch=True))
def test_law_a_word_that_is_not_listed_is_never_read(word: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    names = {"hybrid", "map", "maps", "beir", "miracl", "labse", "german", "english", "xquad", "mono", "percent"}
    sentence = claim(title="Hybrid batches", statement=f"hybrid {word} x-x-mono")
    found = unread(subject(sentence, tmp_path_factory.getbasetemp()))
    assert found == ([] if word in WORDS | names or NUMBER_WORDS.get(word) in {1, 2, 3} else [word])


def test_real_part_the_fourteen_claims_are_read_whole(root: Path, tmp_path: Path) -> None:
    scope = read_scope(find_scope("atlas"))
    found = {
        file.claim.id: unread(subject(file.claim, tmp_path, scope=scope))
        for file in read_folder(root / "claims", scope)
        if isinstance(file, ClaimFile)
    }
    assert found == {name: [] for name in found}
    assert len(found) == 14
