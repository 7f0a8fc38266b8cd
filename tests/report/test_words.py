from __future__ import annotations

import unicodedata
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.records.claim import Cause, Outcome, Relation, Status, Verification
from harness.report.words import CAUSES, OUTCOMES, RELATIONS, STATUSES, VERIFICATIONS, cut, plain_text, without_outcome


def test_exact_every_word_of_a_verdict_has_its_meaning() -> None:
    assert list(CAUSES) == list(get_args(Cause))
    assert list(OUTCOMES) == list(get_args(Outcome))
    assert set(STATUSES) == set(get_args(Status))
    assert set(VERIFICATIONS) == set(get_args(Verification))
    assert set(RELATIONS) == set(get_args(Relation))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;http://evil\x07here\x1b]8;;\x1b\\ now", "here now"),
        ("a\r\nb\tc\x00d\u2028e", "a b c d e"),
        ("\u202egnirts\u202c", "gnirts"),
        ("می\u200cروم ไทย हिन्दी 中文", "می\u200cروم ไทย हिन्दी 中文"),
        ("\x9b31mx", "31mx"),
    ],
    ids=["colour", "link", "controls", "bidi", "scripts", "c1"],
)
def test_exact_plain_text(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_exact_an_outcome_is_not_said_twice() -> None:
    assert without_outcome("untested: no data", "untested") == "no data"
    assert without_outcome("supported at last", "supported") == "supported at last"


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text())
def test_property_plain_text_is_harmless_and_stays_so(text: str) -> None:
    plain = plain_text(text)
    assert plain_text(plain) == plain
    assert not [sign for sign in plain if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.text(), st.integers(-3, 50))
def test_property_a_cut_is_no_longer_than_asked(text: str, length: int) -> None:
    assert len(cut(text, length)) <= max(length, 0)
    assert cut(text, len(text)) == text
