"""Less than a full table is an error, never a smaller table: every way of handing the judge too little, or too much."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from court_builders import check, claim, judged
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court.judge import Case, datasets_of, rule
from harness.court.measure import Rows
from harness.errors import AdmissionRefused, HarnessError, ScopeUnbound, ScriptError, UsageError
from harness.records.claim import Check, CitedValue, Side
from harness.records.judgements import Judgements
from harness.records.ruling import Ruling
from harness.seeds import generator

Spoil = Callable[[Rows], Rows]
Place = tuple[str, str, int, str]
BASES, ARMS, SEEDS = ("xlm-r", "labse"), ("hybrid", "x-x-mono", "x-y"), range(5)
QUERIES = [(language, f"k{number}", f"r{number % 2}") for language in ("de", "en") for number in range(12)]
CLAIMED = {base: CitedValue(cell="S14", value="10") for base in BASES}
KINDS: list[dict[str, Any]] = [
    {},
    {"relation": "equivalent", "margin": "0.05"},
    {"relation": "order", "left": None, "right": None, "arms": ARMS},
    {"relation": "contrast", "left": None, "right": None, "weights": {"hybrid": 2.0, "x-y": -1.0, "x-x-mono": -1.0}},
    {"relation": "never-third", "left": None, "right": None, "setting": None},
    {"relation": "reduced-by", "required": "full", "unit": "percent", "claimed": CLAIMED},
    {"setting": "balanced"},
]


def plain(rows: Rows) -> Rows:
    return rows


@dataclass
class Spoilt:
    """Full tables but for one place, which is spoilt; `places` None spoils all."""

    spoil: Spoil = plain
    place: Place | None = None
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def judgements(self, dataset: str) -> Judgements:
        assert dataset
        return judged(QUERIES)

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        own = (side.sampling, str(side.base), seed, str(check.setting))
        values = generator("spoilt", *own, dataset).normal(0.5, 0.05, len(QUERIES))
        rows = Rows(np.arange(len(QUERIES)), ("*",) * len(QUERIES), values)
        return self.spoil(rows) if self.place is None or own == self.place else rows


def kept(rows: Rows, which: Any) -> Rows:
    at = np.flatnonzero(which)
    return Rows(rows.query_rows[at], tuple(rows.passage_languages[one] for one in at.tolist()), rows.values[at])


def with_value(rows: Rows, value: float) -> Rows:
    values = rows.values.copy()
    values[7] = value
    return Rows(rows.query_rows, rows.passage_languages, values)


def doubled(rows: Rows) -> Rows:
    at = np.r_[np.arange(len(rows.values)), 3]
    return Rows(rows.query_rows[at], tuple(rows.passage_languages[one] for one in at.tolist()), rows.values[at])


def missing(rows: Rows) -> Rows:
    msg = f"expected vectors, found none of {len(rows.values)}"
    raise ScriptError(msg)


LANGUAGE = np.array([language == "en" for language, _, _ in QUERIES])
CLUSTER = np.array([cluster == "k3" for _, cluster, _ in QUERIES])
RELATION = np.array([relation == "r1" for _, _, relation in QUERIES])
LESS: dict[str, Spoil] = {
    "one row lacks": lambda rows: kept(rows, np.arange(len(rows.values)) != 5),
    "a language lacks": lambda rows: kept(rows, ~LANGUAGE),
    "a cluster lacks": lambda rows: kept(rows, ~CLUSTER),
    "a relation lacks": lambda rows: kept(rows, ~RELATION),
    "all lack": lambda rows: kept(rows, np.zeros(len(rows.values), dtype=bool)),
    "one row twice": doubled,
    "another order": lambda rows: Rows(rows.query_rows[::-1], rows.passage_languages, rows.values[::-1]),
    "another pool": lambda rows: Rows(rows.query_rows, ("de", *rows.passage_languages[1:]), rows.values),
    "a value lacks": lambda rows: Rows(rows.query_rows, rows.passage_languages, rows.values[:-1]),
    "a value more": lambda rows: Rows(rows.query_rows, rows.passage_languages, np.r_[rows.values, 0.5]),
    "not a number": lambda rows: with_value(rows, np.nan),
    "infinite": lambda rows: with_value(rows, np.inf),
    "less than any number": lambda rows: with_value(rows, -np.inf),
    "no vectors": missing,
}


def ruled(scores: Spoilt, kind: dict[str, Any], seeds: Any = SEEDS, bases: tuple[str, ...] = BASES) -> Ruling:
    wanted = check(**kind)
    case = Case(claim(bases=bases), seeds, scores, {}, "full")
    return rule(case, wanted, *datasets_of(wanted, case.claim))


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: str(one.get("relation") or one.get("setting") or "above"))
def test_a_full_table_is_judged(kind: dict[str, Any]) -> None:
    assert ruled(Spoilt(), kind).outcome != "untested"


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    way=st.sampled_from(sorted(LESS)),
    kind=st.sampled_from(KINDS),
    arm=st.sampled_from(ARMS[:2]),
    base=st.sampled_from(BASES),
    seed=st.sampled_from(SEEDS),
)
def test_less_than_a_full_table_in_any_place_is_refused(
    way: str, kind: dict[str, Any], arm: str, base: str, seed: int
) -> None:
    with pytest.raises(HarnessError) as refused:
        ruled(Spoilt(LESS[way], (arm, base, seed, "multilingual")), kind)
    assert isinstance(refused.value, (AdmissionRefused, UsageError, ScriptError))
    assert "expected" in str(refused.value)
    assert "found" in str(refused.value)


@pytest.mark.parametrize("way", ["one row twice", "all lack", "not a number", "infinite", "a value lacks"])
def test_what_is_wrong_everywhere_is_refused_too(way: str) -> None:
    with pytest.raises(HarnessError, match=r"higher on xquad-r: expected .*found"):
        ruled(Spoilt(LESS[way]), {})


def test_the_place_and_the_row_are_named() -> None:
    with pytest.raises(UsageError, match=r"found nan in row 7 in x-x-mono on labse, seed 3; mend what measured it"):
        ruled(Spoilt(LESS["not a number"], ("x-x-mono", "labse", 3, "multilingual")), {})
    with pytest.raises(AdmissionRefused, match=r"24 rows, found 23 values in hybrid on xlm-r, seed 0"):
        ruled(Spoilt(LESS["a value lacks"], ("hybrid", "xlm-r", 0, "multilingual")), {})
    with pytest.raises(AdmissionRefused, match=r"found q3 twice in hybrid on xlm-r, seed 0"):
        ruled(Spoilt(doubled), {})


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: str(one.get("relation") or one.get("setting") or "above"))
@pytest.mark.parametrize(
    ("seeds", "bases", "words"),
    [
        ((0, 1, 2, 3, 4, 3), BASES, "each seed once, found 3 twice"),
        ((), BASES, "each seed once, found none"),
        (SEEDS, ("labse", "labse"), "each base once, found labse twice"),
        (SEEDS, (), "each base once, found none"),
    ],
    ids=["a seed twice", "no seed", "a base twice", "no base"],
)
def test_copies_and_nothing_are_refused(kind: dict[str, Any], seeds: Any, bases: tuple[str, ...], words: str) -> None:
    with pytest.raises(AdmissionRefused, match=words):
        ruled(Spoilt(), kind, seeds, bases)


def test_a_language_that_has_no_row_is_refused_by_every_kind() -> None:
    for kind in KINDS:
        with pytest.raises(ScopeUnbound, match="found none in el"):
            ruled(Spoilt(), {**kind, "languages": ("de", "el")})
