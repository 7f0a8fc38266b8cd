"""Brought scores: oracles are scipy, where the formulas reduce, and the judge on values held in plain lists."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from brought_builders import Row, Value, csv_of, rows_of
from court_builders import check, claim
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.claimfile.claims import read_claim
from harness.codec import canonical
from harness.court.brought import ABSENT, rulings, slots
from harness.court.contrast import sides
from harness.court.judge import Case, datasets_of, rule
from harness.court.linear import LEAST_CLUSTERS
from harness.court.measure import Rows
from harness.court.settle import settle
from harness.data.scores import read_scores
from harness.records.claim import Check, CitedValue, Claim, Side
from harness.records.judgements import Judgements
from harness.records.ruling import Ruling
from harness.records.scores import Slot
from harness.records.verdict import Scale
from harness.seeds import generator

WEIGHTS = {"hybrid": 2.0, "x-y": -1.0, "x-x-mono": -1.0}
ARMS = ("x-x-mono", "hybrid", "x-y")
SHARE = {"unit": "percent", "claimed": {base: CitedValue(cell="S1", value="20") for base in ("xlm-r", "labse")}}
KINDS: dict[str, dict[str, Any]] = {
    "above": {},
    "below": {"relation": "below", "measure": "rank-distance"},
    "comparable-or-above": {"relation": "comparable-or-above", "margin": "0.01"},
    "comparable-or-below": {"relation": "comparable-or-below", "margin": "0.05", "measure": "rank-distance"},
    "equivalent": {"relation": "equivalent", "margin": "0.05"},
    "contrast": {"relation": "contrast", "left": None, "right": None, "weights": WEIGHTS},
    "order": {"relation": "order", "left": None, "right": None, "arms": ARMS, "measure": "nDCG@10"},
    "never-third": {"relation": "never-third", "left": None, "right": None, "setting": None},
    "balanced": {"setting": "balanced", "right": "hybrid@0.4"},
    "crosslingual": {"setting": "crosslingual", "measure": "R@1"},
    "withheld pairs": {"setting": "crosslingual", "pairs": "withheld"},
    "languages": {"setting": "monolingual", "languages": ("el",)},
    "own bases": {"left": Side(sampling="hybrid", base="labse"), "right": Side(sampling="x-y", base="labse")},
    "between bases": {"left": Side(sampling="hybrid", base="labse"), "right": Side(sampling="hybrid", base="xlm-r")},
    "reduced-by": {"relation": "reduced-by", "measure": "rank-distance", **SHARE},
}
LANGUAGES = ("de", "el", "en")
ENOUGH = max(LEAST_CLUSTERS, 20)
LIFT = {"hybrid": 0.03, "x-x-mono": 0.0, "x-y": -0.01, "hybrid@0.4": 0.01}


def planted(slot: Slot, seed: int, query: str, language: str) -> float:
    """A level per arm, what is easy for all, and noise of seed and row."""
    arm = (slot.side, slot.base, slot.dataset, slot.setting, str(slot.check.measure))
    easy = generator("easy", slot.dataset, query).normal(0, 0.05)
    noise = generator("seed", *arm, seed).normal(0, 0.01) + generator("row", *arm, seed, query, language).normal(
        0, 0.03
    )
    level = 0.6 + LIFT[slot.side] + easy + noise
    return float(np.clip(level, 0, 1)) if slot.check.measure != "rank-distance" else 100 * level


def ruled(
    path: Path, of: Claim, rows: Sequence[Row], scale: Scale = "reduced", cells: Mapping[str, str] | None = None
) -> tuple[Ruling, ...]:
    file = path / "scores.csv"
    file.write_text(csv_of(rows))
    return rulings(of, read_scores(file, slots(of)), cells or {}, scale)


def one(path: Path, of: Claim, value: Value, **sizes: Any) -> Ruling:
    (found,) = ruled(path, of, rows_of(of, value, **sizes))
    return found


@dataclass
class Plain:
    """Scores as lists of rows in the order of the file: another way from rows to the judge."""

    check: Check
    rows_told: Sequence[Row]
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def own(self, dataset: str) -> list[Row]:
        return [row for row in self.rows_told if row["check"].split("/")[:2] == [self.check.id, dataset]]

    def judgements(self, dataset: str) -> Judgements:
        known = {row["query"]: row for row in self.own(dataset)}
        number = tuple(range(len(known)))
        return Judgements(
            query_ids=tuple(known),
            query_languages=tuple(row["language"].split(">")[0] for row in known.values()),
            clusters=tuple(row["cluster"] for row in known.values()),
            relations=("r",) * len(known),
            entities_seen=(True,) * len(known),
            passage_ids=("p",),
            passage_languages=("en",),
            query_rows=number,
            passage_rows=(0,) * len(known),
            grades=(1,) * len(known),
        )

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        names = self.judgements(dataset).query_ids
        own = [
            row
            for row in self.own(dataset)
            if (row["side"], row["check"].split("/")[2], int(row["seed"])) == (side.sampling, side.base, seed)
            and row["setting"] in {"", check.setting}
        ]
        return Rows(
            np.array([names.index(row["query"]) for row in own], dtype=np.int64),
            tuple(row["language"].partition(">")[2] for row in own),
            np.array([float(row["value"]) for row in own]),
        )


def assert_close(found: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            assert_close(found[key], value)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for left, right in zip(found, expected, strict=True):
            assert_close(left, right)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    else:
        assert found == expected


@pytest.mark.parametrize("kind", KINDS)
def test_other_way_from_rows_to_the_judge_rules_the_same_on_every_kind(tmp_path: Path, kind: str) -> None:
    asked = check(**KINDS[kind])
    of = claim(checks=(asked,), datasets=("xquad-r", "mlqa-r"))
    rows = rows_of(of, planted, languages=LANGUAGES, clusters=6)
    cells = {"S1": "20"}
    found = ruled(tmp_path, of, rows, "full", cells)
    case = Case(of, range(5), Plain(asked, rows), cells, "full")
    expected = [rule(case, asked, name) for name in datasets_of(asked, of)]
    assert_close([one.plain() for one in found], [one.plain() for one in expected])
    assert all(one.outcome != "untested" for one in found)


def level(slot: Slot, more: float) -> float:
    return 0.5 + (more if slot.side == "hybrid" else 0.0)


CLUSTERS, SEEDS = 25, 7


def test_scipy_without_noise_of_seeds_it_is_the_paired_t_test_over_clusters(tmp_path: Path) -> None:
    edge = generator("edge").normal(0.02, 0.05, CLUSTERS)

    def value(slot: Slot, seed: int, query: str, _: str) -> float:
        number = int(query.partition("-q")[2])
        return level(slot, edge[number]) + generator("shared", seed, query).uniform(-0.2, 0.2)  # the same for both arms

    of = claim(checks=(check(),), bases=("labse",))
    found = one(tmp_path, of, value, seeds=SEEDS, languages=("en",), clusters=CLUSTERS)
    oracle = stats.ttest_1samp(edge, 0)
    interval = oracle.confidence_interval(0.95)
    assert (found.seeds, found.clusters, found.queries) == (SEEDS, CLUSTERS, CLUSTERS)
    assert found.df == pytest.approx(CLUSTERS - 1, rel=1e-10)
    assert (found.estimate, found.low, found.high) == pytest.approx((edge.mean(), *interval), abs=1e-10)
    assert found.p == pytest.approx(stats.ttest_1samp(edge, 0, alternative="greater").pvalue, abs=1e-10)
    assert found.p_against == pytest.approx(stats.ttest_1samp(edge, 0, alternative="less").pvalue, abs=1e-10)


def test_scipy_without_noise_of_questions_it_is_the_paired_t_test_over_seeds(tmp_path: Path) -> None:
    edge = generator("edge").normal(0.02, 0.05, SEEDS)

    def value(slot: Slot, seed: int, query: str, _: str) -> float:
        return level(slot, edge[seed]) + generator("shared", seed, query).uniform(-0.2, 0.2)

    of = claim(checks=(check(),))  # two bases and two languages, of the same edge
    found = one(tmp_path, of, value, seeds=SEEDS, clusters=CLUSTERS)
    oracle = stats.ttest_1samp(edge, 0)
    assert found.df == pytest.approx(SEEDS - 1, rel=1e-10)
    assert (found.low, found.high) == pytest.approx(tuple(oracle.confidence_interval(0.95)), abs=1e-10)
    assert found.p == pytest.approx(stats.ttest_1samp(edge, 0, alternative="greater").pvalue, abs=1e-10)


def test_scipy_a_margin_is_the_t_test_of_left_minus_a_share_of_right(tmp_path: Path) -> None:
    left, right = (generator("arms", at).uniform(0.4, 0.6, CLUSTERS) for at in range(2))

    def value(slot: Slot, seed: int, query: str, _: str) -> float:
        number = int(query.partition("-q")[2])
        # what both arms share must not be left in left - .9 right
        shared = generator("shared", seed, query).uniform(0, 0.1)
        return float(left[number] + 0.9 * shared if slot.side == "hybrid" else right[number] + shared)

    asked = check(relation="comparable-or-above", margin="0.1")
    of = claim(checks=(asked,), bases=("labse",))
    found = one(tmp_path, of, value, seeds=SEEDS, languages=("en",), clusters=CLUSTERS)
    interval = stats.ttest_1samp(left - 0.9 * right, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(interval), abs=1e-10)


def test_theory_languages_weigh_the_same_however_many_queries_they_have(tmp_path: Path) -> None:
    of = claim(checks=(check(),), bases=("labse",))
    rows = rows_of(of, lambda slot, _seed, query, _: level(slot, 0.1 if query.startswith("de") else 0.3))
    kept = [row for row in rows if not (row["language"] == "en" and int(row["query"][-3:]) > 3)]
    noisy = [row | {"value": str(float(row["value"]) + generator(*row.values()).normal(0, 1e-3))} for row in kept]
    (found,) = ruled(tmp_path, of, noisy)
    assert found.queries == 12 + 4
    assert found.estimate == pytest.approx(0.2, abs=2e-3)


@settings(derandomize=True, deadline=None, max_examples=10)
@given(st.sampled_from(["equivalent", "never-third", "crosslingual"]), st.integers(0, 99))
def test_law_the_order_of_rows_changes_no_byte_of_the_answer(
    tmp_path_factory: pytest.TempPathFactory, kind: str, world: int
) -> None:
    path = tmp_path_factory.mktemp("order")
    of = claim(checks=(check(**KINDS[kind]),))
    rows = rows_of(of, planted, clusters=6)
    shuffled = [rows[at] for at in generator("order", world).permutation(len(rows))]
    before, after = (canonical([one.plain() for one in ruled(path, of, told)]) for told in (rows, shuffled))
    assert before == after


def test_exact_a_check_that_the_file_does_not_speak_of_is_untested_and_so_is_the_claim(tmp_path: Path) -> None:
    of = claim(checks=(check(), check(id="other", right="x-y")))
    rows = [row for row in rows_of(of, planted) if row["check"].startswith("higher/")]
    here, absent = ruled(tmp_path, of, rows)
    assert (here.id, here.seeds) == ("higher", 5)
    assert here.estimate is not None
    assert (absent.id, absent.outcome, absent.note, absent.estimate) == ("other", "untested", ABSENT, None)
    assert settle((here, absent), "reduced") == ("untested", f"other on xquad-r: {ABSENT}")


def test_exact_each_question_has_seeds_and_queries_of_its_own(tmp_path: Path) -> None:
    of = claim(checks=(check(), check(id="other", right="x-y")))
    first = [row for row in rows_of(of, planted, seeds=8, clusters=14) if row["check"].startswith("higher/")]
    second = [row for row in rows_of(of, planted, seeds=5, clusters=11) if row["check"].startswith("other/")]
    found = ruled(tmp_path, of, [*first, *second])
    assert [(one.seeds, one.clusters) for one in found] == [(8, 14), (5, 11)]


def test_exact_seeds_may_have_any_numbers(tmp_path: Path) -> None:
    of = claim(checks=(check(),))
    rows = rows_of(of, planted)
    renamed = [row | {"seed": str(10**12 + 3 * int(row["seed"]))} for row in rows]
    assert ruled(tmp_path, of, renamed) == ruled(tmp_path, of, rows)


@pytest.mark.parametrize(
    ("sizes", "note"),
    [
        ({"seeds": 1}, "no interval from 1 seed and 12 clusters of questions"),
        ({"clusters": 1}, "no interval from 5 seeds and 1 cluster of questions"),
        ({"seeds": 4}, "4 seeds; trained arms need at least 5"),
    ],
)
def test_degenerate_too_little_settles_nothing_and_says_so(tmp_path: Path, sizes: dict[str, int], note: str) -> None:
    found = one(tmp_path, claim(checks=(check(),)), planted, **sizes)
    assert (found.outcome, found.note) == ("inconclusive", note)


@pytest.mark.parametrize("edge", [0.0, 0.1])
def test_degenerate_constant_values_settle_nothing(tmp_path: Path, edge: float) -> None:
    found = one(tmp_path, claim(checks=(check(),)), lambda slot, *_: level(slot, edge), clusters=ENOUGH)
    assert found.outcome == "inconclusive"
    assert found.estimate == pytest.approx(edge, abs=1e-12)
    assert "nothing varies" in found.note


def test_exact_sizes_are_judged_at_scale_full_only(tmp_path: Path) -> None:
    of = claim(checks=(check(**KINDS["reduced-by"]),))
    rows = rows_of(
        of, lambda slot, seed, query, name: planted(slot, seed, query, name) * (0.8 if slot.side == "hybrid" else 1)
    )
    assert ruled(tmp_path, of, rows, "reduced", {"S1": "20"})[0].outcome == "untested"
    (found,) = ruled(tmp_path, of, rows, "full", {"S1": "20"})
    assert found.outcome in {"supported", "contradicted", "inconclusive"}
    assert found.effect is not None
    assert found.effect.claimed == {"xlm-r": -20.0, "labse": -20.0}


REAL = ["c01", "c02", "c03", "c04", "c05", "c06", "c07", "c08", "c09", "c10", "c11", "c12", "c14"]


@pytest.mark.parametrize("name", REAL)
def test_exact_every_check_of_a_real_claim_has_places_for_all_its_sides(root: Path, name: str) -> None:
    of = read_claim(next((root / "claims").glob(f"{name}-*.yaml"))).claim
    found = slots(of)
    for asked in of.checks:
        own = [slot for slot in found if slot.check is asked]
        assert {slot.side for slot in own} == {side.sampling for side in sides(asked)}
        named = {side.base for side in sides(asked)} - {None}
        assert {slot.base for slot in own} == (named or set(of.bases))
        assert {slot.dataset for slot in own} == set(of.datasets)
        settings_asked = 3 if asked.setting in {None, "balanced"} else 1
        many = len({(slot.side, slot.base) for slot in own}) * len(of.datasets) * settings_asked
        assert (len(own), {slot.composite for slot in own}) == (many, {settings_asked > 1})


def test_exact_a_claim_that_counts_has_no_place_for_scores(root: Path) -> None:
    assert slots(read_claim(next((root / "claims").glob("c13-*.yaml"))).claim) == ()
