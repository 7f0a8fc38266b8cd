"""The judge against a second one, written from the design's formulas in plain loops, over random unbalanced worlds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pytest
from court_builders import check, claim, judged
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from harness.court import linear
from harness.court.judge import Case, datasets_of, rule
from harness.court.measure import Rows
from harness.court.settle import settle
from harness.records.claim import Check, CitedValue, Side
from harness.records.judgements import Judgements
from harness.records.ruling import Ruling
from harness.seeds import generator

EXACT = 1e-10
ARMS = ("hybrid", "x-x-mono", "x-y")
ALL_BASES = ("xlm-r", "labse")
SETTINGS = ("monolingual", "crosslingual", "multilingual")
SEEDS = (0, 1, 2, 3, 4)
H, A, B = range(3)


class Row(NamedTuple):
    """One value of one arm under one seed, with everything that the formulas ask of it."""

    arm: str
    base: str
    dataset: str
    setting: str
    asked: str
    answered: str
    relation: str
    cluster: str
    seed: int
    value: float


@dataclass
class World:
    """Random judgements and values; more queries in some languages, clusters and relations than in others."""

    of: dict[str, Judgements]
    values: dict[tuple[str, str, str, str, int], Rows]
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def judgements(self, dataset: str) -> Judgements:
        return self.of[dataset]

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        return self.values[side.sampling, str(side.base), dataset, str(check.setting), seed]

    def table(self, datasets: Sequence[str], bases: Sequence[str], among: Sequence[str]) -> list[Row]:
        found = []
        for (arm, base, dataset, setting, seed), rows in self.values.items():
            if dataset in datasets and base in bases and setting in among:
                of = self.of[dataset]
                for query, answered, value in zip(
                    rows.query_rows.tolist(), rows.passage_languages, rows.values.tolist(), strict=True
                ):
                    about = of.query_languages[query], answered, of.relations[query], of.clusters[query]
                    found.append(Row(arm, base, dataset, setting, *about, seed, value))
        return found


@cache
def world_of(world: int) -> World:
    rng = generator("oracle", world)
    levels = rng.normal(0.5, 0.03, len(ARMS))
    sizes = {"seed": rng.choice([0.005, 0.05]), "rest": rng.choice([0.01, 0.1])}
    of: dict[str, Judgements] = {}
    places: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for dataset, languages in (("xquad-r", ["de", "en", "th"]), ("mlqa-r", ["en", "vi"])):
        drawn = [
            (str(rng.choice(languages)), f"k{int(rng.integers(14))}", f"r{int(rng.integers(3))}")
            for _ in range(int(rng.integers(18, 30)))
        ]
        drawn += [(language, f"k{number}", "r0") for number, language in enumerate(languages * 4)]
        of[dataset] = judged(drawn)
        own = [(query, language) for query, (language, _, _) in enumerate(drawn)]
        crossed = [
            (query, other)
            for query, (language, _, _) in enumerate(drawn)
            for number, other in enumerate((*languages, "zu"))
            if other != language and (number == 0 or rng.random() < 0.6)
        ]
        pools = {"monolingual": own, "crosslingual": crossed, "multilingual": [(query, "*") for query, _ in own]}
        places |= {(dataset, setting): pool for setting, pool in pools.items()}
    values = {}
    for (dataset, setting), pool in places.items():
        rows, answered = zip(*pool, strict=True)
        easy = rng.normal(0, 0.1, len(of[dataset].query_ids))[list(rows)]
        for arm, base, seed in product(range(len(ARMS)), ALL_BASES, SEEDS):
            noise = sizes["seed"] * rng.normal() + sizes["rest"] * rng.exponential(size=len(rows))
            drawn_values = levels[arm] + easy + noise
            values[ARMS[arm], base, dataset, setting, seed] = Rows(np.array(rows), answered, drawn_values)
    return World(of, values)


def influence(table: Sequence[Row], by_arm: Mapping[str, float]) -> list[list[float]]:
    """z by seed and cluster, by the two sums of the design."""
    blocks = {row[1:4] for row in table}
    pairs: dict[Any, set[Any]] = {block: set() for block in blocks}
    in_pair: Counter[Any] = Counter()
    cells: dict[Any, list[Row]] = {}
    for row in table:
        pairs[row[1:4]].add(row[4:6])
        in_pair[row[0], row.seed, row[1:6]] += 1
        cells.setdefault((row.arm, row.seed, row[1:7]), []).append(row)
    clusters = sorted({row.cluster for row in table})
    z = []
    for seed in sorted({row.seed for row in table}):
        theta, parts = 0.0, dict.fromkeys(clusters, 0.0)
        for (arm, of_seed, cell), rows in cells.items():
            if of_seed != seed or arm not in by_arm:
                continue
            weight = 1 / len(blocks) / len(pairs[cell[:3]]) * len(rows) / in_pair[arm, seed, cell[:5]]
            mean = sum(row.value for row in rows) / len(rows)
            theta += by_arm[arm] * weight * mean
            for row in rows:
                parts[row.cluster] += by_arm[arm] * weight / len(rows) * (row.value - mean)
        z.append([theta + len(clusters) * parts[cluster] for cluster in clusters])
    return z


@dataclass(frozen=True)
class Said:
    """What the formulas say of one contrast, toward what is wanted."""

    estimate: float
    low: float
    high: float
    p: float
    p_against: float
    df: float
    detectable: float
    outcome: str


def said(table: Sequence[Row], by_arm: Mapping[str, float], *, downward: bool = False) -> Said:
    z = influence(table, by_arm)
    seeds, clusters = len(z), len(z[0])
    grand = sum(map(sum, z)) / seeds / clusters
    by_seed = [sum(line) / clusters for line in z]
    by_cluster = [sum(line[k] for line in z) / seeds for k in range(clusters)]
    seed = clusters * sum((mean - grand) ** 2 for mean in by_seed) / (seeds - 1)
    cluster = seeds * sum((mean - grand) ** 2 for mean in by_cluster) / (clusters - 1)
    rest = [(z[s][k] - by_seed[s] - by_cluster[k] + grand) ** 2 for s in range(seeds) for k in range(clusters)]
    res = sum(rest) / ((seeds - 1) * (clusters - 1))
    seed, cluster = max(seed, res), max(cluster, res)
    total = seed + cluster - res
    df = total**2 / (seed**2 / (seeds - 1) + cluster**2 / (clusters - 1) + res**2 / ((seeds - 1) * (clusters - 1)))
    error = (total / seeds / clusters) ** 0.5
    half, more = stats.t.ppf(0.975, df) * error, stats.t.ppf(0.9, df) * error
    low, high = grand - half, grand + half
    above, below = stats.t.sf(grand / error, df), stats.t.cdf(grand / error, df)
    good, bad = (high < 0, low > 0) if downward else (low > 0, high < 0)
    good, bad = (good, bad) if clusters >= linear.LEAST_CLUSTERS else (False, False)
    outcome = "supported" if good else "contradicted" if bad else "inconclusive"
    p, against = (below, above) if downward else (above, below)
    return Said(grand, low, high, p, against, df, half + more, outcome)


def agrees(found: Any, one: Said) -> None:
    for name in ("estimate", "low", "high", "p", "df", "detectable"):
        assert getattr(found, name) == pytest.approx(getattr(one, name), rel=EXACT, abs=EXACT), name
    assert found.outcome == one.outcome


KINDS: list[tuple[dict[str, Any], list[tuple[dict[str, float], bool]]]] = [
    ({"relation": "above"}, [({"hybrid": 1, "x-x-mono": -1}, False)]),
    ({"relation": "below", "left": "x-y"}, [({"x-y": 1, "x-x-mono": -1}, True)]),
    ({"relation": "comparable-or-above", "margin": "0.03"}, [({"hybrid": 1, "x-x-mono": -0.97}, False)]),
    ({"relation": "comparable-or-below", "margin": "0.05"}, [({"hybrid": 1, "x-x-mono": -1.05}, True)]),
    (
        {"relation": "equivalent", "margin": "0.08"},
        [({"hybrid": 1, "x-x-mono": -0.92}, False), ({"hybrid": 1, "x-x-mono": -1.08}, True)],
    ),
    (
        {"relation": "order", "left": None, "right": None, "arms": ARMS},
        [({"hybrid": 1, "x-x-mono": -1}, False), ({"x-x-mono": 1, "x-y": -1}, False)],
    ),
    (
        {
            "relation": "contrast",
            "left": None,
            "right": None,
            "weights": {"hybrid": 2.0, "x-y": -1.0, "x-x-mono": -1.0},
        },
        [({"hybrid": 2, "x-y": -1, "x-x-mono": -1}, False)],
    ),
]
FURTHEST = ("supported", "inconclusive", "contradicted")


@settings(derandomize=True, deadline=None, max_examples=50)
@given(
    world=st.integers(0, 30),
    kind=st.sampled_from(KINDS),
    setting=st.sampled_from([*SETTINGS, "balanced"]),
    bases=st.sampled_from([ALL_BASES, ALL_BASES[1:]]),
    dataset=st.sampled_from(["xquad-r", "mlqa-r"]),
    some=st.booleans(),
)
def test_every_contrast_is_judged_as_the_formulas_say(
    world: int, kind: Any, setting: str, bases: tuple[str, ...], dataset: str, *, some: bool
) -> None:
    changes, wanted = kind
    languages = ("en",) if some else None
    scores = world_of(world)
    scores.memory.clear()
    found = rule(
        Case(claim(bases=bases), SEEDS, scores, {}), check(setting=setting, languages=languages, **changes), dataset
    )
    table = scores.table([dataset], bases, SETTINGS if setting == "balanced" else [setting])
    table = [row for row in table if languages is None or row.asked in languages]
    each = [said(table, by_arm, downward=downward) for by_arm, downward in wanted]
    printed = max(each, key=lambda one: (FURTHEST.index(one.outcome), one.p))
    agrees(found, printed)
    against = min(one.p_against for one in each)
    assert found.p_against == pytest.approx(2 * against if found.relation == "order" else against, rel=EXACT)
    assert (found.clusters, found.seeds) == (len({row.cluster for row in table}), len(SEEDS))
    assert found.queries == len({(row.asked, query) for row, query in _queries(scores, dataset, languages, setting)})
    assert all(printed.p >= one.p for one in each)
    for part, one in zip(found.parts, each, strict=len(each) > 1):
        agrees(part, one)
        assert part.p_against == pytest.approx(one.p_against, rel=EXACT)


def _queries(scores: World, dataset: str, languages: Any, setting: str) -> list[tuple[Row, int]]:
    among = SETTINGS if setting == "balanced" else (setting,)
    return [
        (Row("", "", "", "", scores.of[dataset].query_languages[query], "", "", "", 0, 0.0), query)
        for one in among
        for query in scores.values["hybrid", "labse", dataset, one, 0].query_rows.tolist()
        if languages is None or scores.of[dataset].query_languages[query] in languages
    ]


NEVER = check(relation="never-third", left=None, right=None, setting=None)


def cells_third(table: Sequence[Row], cells: Sequence[Any]) -> tuple[int, list[float]]:
    """How many cells have hybrid third, and each cell's p."""
    third, p_values = 0, []
    for cell in cells:
        own = [row for row in table if row[1:5] == cell]
        means = [sum(map(sum, influence(own, {arm: 1.0}))) for arm in ARMS]
        lower, upper = sorted(means[1:])
        third += means[H] <= lower and not means[H] == lower == upper
        rivals = [{"hybrid": 1.0, other: -1.0} for other in ARMS[1:]]
        few = len({row.cluster for row in own}) < linear.LEAST_CLUSTERS
        p_values.append(1.0 if few else max(said(own, one).p_against for one in rivals))
    return third, p_values


@settings(derandomize=True, deadline=None, max_examples=6)
@given(world=st.integers(0, 30), shift=st.sampled_from([-0.4, 0.0, 0.4]))
def test_never_third_is_judged_as_the_design_says(world: int, shift: float) -> None:
    plain = world_of(world)
    moved = {
        place: Rows(one.query_rows, one.passage_languages, one.values + shift * (place[0] == "hybrid"))
        for place, one in plain.values.items()
    }
    scores = World(plain.of, moved)
    whole = claim(datasets=("xquad-r", "mlqa-r"))
    found = rule(Case(whole, SEEDS, scores, {}), NEVER, *datasets_of(NEVER, whole))
    table = scores.table(["xquad-r", "mlqa-r"], ALL_BASES, SETTINGS)
    cells = sorted({row[1:5] for row in table})
    third, p_values = cells_third(table, cells)
    adjusted = multipletests(p_values, method="holm")[1].min()
    assert found.p_against == pytest.approx(adjusted, rel=1e-9)
    assert f"{third} of {len(cells)} cells third" in found.note
    middle = {"hybrid": 1, "x-x-mono": -0.5, "x-y": -0.5}
    each = {setting: said([row for row in table if row.setting == setting], middle) for setting in SETTINGS}
    for part in found.parts[:3]:
        agrees(part, each[part.name])
    supported = all(one.outcome == "supported" for one in each.values()) and third <= 0.05 * len(cells)
    expected = "contradicted" if adjusted <= 0.025 else "supported" if supported else "inconclusive"
    assert found.outcome == expected
    assert {-0.4: "contradicted", 0.0: found.outcome, 0.4: "supported"}[shift] == expected


@settings(derandomize=True, deadline=None, max_examples=15)
@given(world=st.integers(0, 30), share=st.sampled_from(["1", "5", "10", "30"]))
def test_a_claimed_reduction_is_judged_as_the_design_says(world: int, share: str) -> None:
    scores = world_of(world)
    shares = {"xlm-r": share, "labse": "3"}
    wanted = check(
        relation="reduced-by",
        unit="percent",
        required="full",
        claimed={base: CitedValue(cell="S14", value=value) for base, value in shares.items()},
    )
    found = rule(Case(claim(), SEEDS, scores, {}, "full"), wanted, "xquad-r")
    table = scores.table(["xquad-r"], ALL_BASES, ["multilingual"])
    theta = {
        (base, arm): [
            line[0] if len(line) == 1 else sum(line) / len(line)
            for line in influence([row for row in table if row.base == base], {arm: 1.0})
        ]
        for base in ALL_BASES
        for arm in ARMS
    }
    run = {
        part: [
            sum(
                theta[b, "hybrid"][s] - (1 - part * float(c) / 100) * theta[b, "x-x-mono"][s] for b, c in shares.items()
            )
            / 2
            for s in SEEDS
        ]
        for part in (1.0, 0.5)
    }
    intervals = {}
    for part, d in run.items():
        half = stats.t.ppf(0.975, 4) * np.std(d, ddof=1) * (1 + 1 / 5) ** 0.5
        intervals[part] = (float(np.mean(d)) - half, float(np.mean(d)) + half)
    (low, high), (_, other) = intervals[1.0], intervals[0.5]
    holds = low <= 0 <= high
    expected = "contradicted" if not holds else "supported" if other < 0 else "inconclusive"
    assert (found.low, found.high) == pytest.approx((low, high), abs=EXACT)
    assert found.outcome == expected


@settings(derandomize=True, deadline=None, max_examples=5)
@given(world=st.integers(0, 30))
def test_a_claim_is_settled_as_the_design_says(world: int) -> None:
    scores = world_of(world)
    checks = tuple(check(id=f"c{n}", **changes) for n, (changes, _) in enumerate(KINDS))
    whole = claim(checks=checks)
    rulings = [rule(Case(whole, SEEDS, scores, {}), one, "xquad-r") for one in checks]
    table = scores.table(["xquad-r"], ALL_BASES, ["multilingual"])
    against = []
    outcomes = []
    for changes, wanted in KINDS:
        each = [said(table, by_arm, downward=downward) for by_arm, downward in wanted]
        outcomes.append(max((one.outcome for one in each), key=FURTHEST.index))
        against.append(min(one.p_against for one in each) * (2 if changes["relation"] == "order" else 1))
    rejected = multipletests(np.minimum(against, 1.0), alpha=0.025, method="holm")[0]
    contradicted = any(no and one == "contradicted" for no, one in zip(rejected, outcomes, strict=True))
    expected = "supported" if set(outcomes) == {"supported"} else "contradicted" if contradicted else "inconclusive"
    assert settle(rulings, "reduced")[0] == expected


@settings(derandomize=True, deadline=None, max_examples=5)
@given(world=st.integers(0, 30))
def test_slices_carry_p_values_adjusted_after_holm(world: int) -> None:
    scores = world_of(world)
    scores.memory.clear()
    found: Ruling = rule(Case(claim(), SEEDS, scores, {}), check(setting="crosslingual"), "xquad-r")
    table = scores.table(["xquad-r"], ALL_BASES, ["crosslingual"])
    each = [
        said([row for row in table if row.asked == one.name], {"hybrid": 1, "x-x-mono": -1}) for one in found.slices
    ]
    assert [one.name for one in found.slices] == ["de", "en", "th"]
    for name in ("p", "p_against"):
        adjusted = multipletests([getattr(one, name) for one in each], method="holm")[1]
        assert [getattr(one, name) for one in found.slices] == pytest.approx(adjusted, rel=1e-9)
    for one, slow in zip(found.slices, each, strict=True):
        assert (one.estimate, one.low, one.high) == pytest.approx((slow.estimate, slow.low, slow.high), abs=EXACT)
