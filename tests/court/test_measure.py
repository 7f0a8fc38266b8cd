"""Measures: oracles are pytrec_eval, BEIR, their definitions by hand, and enumeration of chance."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pytest
import pytrec_eval
from beir.retrieval.evaluation import EvaluateRetrieval
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court.admit import admit
from harness.court.measure import (
    ALL,
    UNRETRIEVED,
    CellMean,
    Rows,
    cell_means,
    chance_rank_distance,
    macro_average,
    measure,
    pool_rows,
    relevant_rows,
)
from harness.court.rank import Ranks, rank_judged
from harness.errors import UsageError
from harness.records.judgements import Judgements
from harness.records.vectors import LabVectors
from harness.seeds import generator

LANGUAGES = ("de", "en", "th")
SETTINGS = ("monolingual", "crosslingual", "multilingual")
NAMES = {
    "MAP": "map",
    "MRR": "recip_rank",
    "R@1": "recall_1",
    "R@10": "recall_10",
    "nDCG@3": "ndcg_cut_3",
    "nDCG@10": "ndcg_cut_10",
}


@dataclass(frozen=True)
class Case:
    vectors: LabVectors
    judgements: Judgements

    @property
    def ranks(self) -> Ranks:
        return rank_judged(admit(self.vectors, self.judgements), self.judgements)

    def passages_of(self, language: str) -> list[int]:
        columns = enumerate(self.judgements.passage_languages)
        return [row for row, name in columns if language in (name, ALL)]


def tied_case(seed: int, queries: int = 9, passages: int = 60) -> Case:
    """Vectors with entries -1, 0, 1 in three dimensions: at most 26 directions for 60 passages."""
    rng = generator("test", "measure", seed)
    left, right = rng.integers(-1, 2, (queries, 3)), rng.integers(-1, 2, (passages, 3))
    left[~left.any(axis=1)] = 1
    right[~right.any(axis=1)] = 1
    pairs = [
        (query, int(passage))
        for query in range(queries)
        for passage in sorted(rng.choice(passages, rng.integers(1, 8), replace=False))
    ]
    judgements = Judgements(
        query_ids=tuple(f"q{row}" for row in range(queries)),
        query_languages=tuple(LANGUAGES[code] for code in rng.integers(0, 3, queries)),
        clusters=("c",) * queries,
        relations=("r",) * queries,
        entities_seen=(True,) * queries,
        passage_ids=tuple(f"p{row}" for row in range(passages)),
        passage_languages=tuple(LANGUAGES[code] for code in rng.integers(0, 3, passages)),
        query_rows=tuple(query for query, _ in pairs),
        passage_rows=tuple(passage for _, passage in pairs),
        grades=tuple(rng.integers(1, 4, len(pairs)).tolist()),
    )
    vectors = LabVectors(judgements.query_ids, left.astype(float), judgements.passage_ids, right.astype(float))
    return Case(vectors, judgements)


def by_definition(case: Case, setting: str) -> tuple[dict, dict]:
    """Return qrels and run of a setting, keyed `query row/passage language`, ranked by a full sort.

    The score in the run is minus the rank: trec_eval breaks ties its own way.
    """
    judgements, admitted = case.judgements, admit(case.vectors, case.judgements)
    scores = admitted.queries @ admitted.passages.T
    grade = dict(zip(zip(judgements.query_rows, judgements.passage_rows, strict=True), judgements.grades, strict=True))
    qrels, run = {}, {}
    for query, asked in enumerate(judgements.query_languages):
        others = [name for name in LANGUAGES if name != asked]
        for language in {"monolingual": [asked], "crosslingual": others, "multilingual": [ALL]}[setting]:
            pool = sorted(case.passages_of(language), key=lambda row: (-scores[query, row], row))
            relevant = {f"p{row}": grade[query, row] for row in pool if (query, row) in grade}
            if relevant:
                qrels[f"q{query}/{language}"] = relevant
                run[f"q{query}/{language}"] = {f"p{row}": -float(rank) for rank, row in enumerate(pool, start=1)}
    return qrels, run


def keyed(rows: Rows) -> dict[str, float]:
    keys = zip(rows.query_rows.tolist(), rows.passage_languages, strict=True)
    return {f"q{row}/{name}": value for (row, name), value in zip(keys, rows.values.tolist(), strict=True)}


@settings(derandomize=True, deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), setting=st.sampled_from(SETTINGS))
def test_other_implementation_pytrec_eval_per_query(seed: int, setting: str) -> None:
    case = tied_case(seed)
    relevant = relevant_rows(case.judgements, case.ranks, setting)
    qrels, run = by_definition(case, setting)
    theirs = pytrec_eval.RelevanceEvaluator(qrels, {"map", "recip_rank", "recall.1,10", "ndcg_cut.3,10"}).evaluate(run)
    for ours, name in NAMES.items():
        values = keyed(measure(relevant, ours))
        assert values == pytest.approx({key: found[name] for key, found in theirs.items()}, abs=1e-12, rel=0)


@pytest.mark.parametrize("setting", SETTINGS)
def test_other_implementation_beir_means(setting: str) -> None:
    case = tied_case(11)
    relevant = relevant_rows(case.judgements, case.ranks, setting)
    qrels, run = by_definition(case, setting)
    ndcg, mean, recall, _ = EvaluateRetrieval.evaluate(qrels, run, [1, 10, 60])
    reciprocal = EvaluateRetrieval.evaluate_custom(qrels, run, [60], metric="mrr")
    theirs = {
        "nDCG@10": ndcg["NDCG@10"],
        "MAP": mean["MAP@60"],
        "R@1": recall["Recall@1"],
        "R@10": recall["Recall@10"],
        "MRR": reciprocal["MRR@60"],
    }
    ours = {name: float(np.mean(measure(relevant, name).values)) for name in theirs}
    assert ours == pytest.approx(theirs, abs=1e-5, rel=0)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_theory_rank_distance_by_definition(seed: int) -> None:
    case = tied_case(seed)
    relevant = relevant_rows(case.judgements, case.ranks, "multilingual")
    qrels, run = by_definition(case, "multilingual")
    ranks = {key: [-run[key][passage] for passage in judged] for key, judged in qrels.items()}
    expected = {key: max(some) - min(some) for key, some in ranks.items() if len(some) > 1}
    assert keyed(measure(relevant, "rank-distance")) == expected


@settings(derandomize=True, deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_rule_rows_pools_and_counts(seed: int) -> None:
    case = tied_case(seed)
    for setting in SETTINGS:
        relevant = relevant_rows(case.judgements, case.ranks, setting)
        qrels, run = by_definition(case, setting)
        keys = [f"q{row}/{name}" for row, name in zip(relevant.query_rows, relevant.passage_languages, strict=True)]
        assert keys == sorted(qrels)
        assert relevant.pool_sizes.tolist() == [len(run[key]) for key in keys]
        assert relevant.counts.tolist() == [len(qrels[key]) for key in keys]


def parallel_case(facts: int = 6) -> Case:
    """Each fact asked and answered in all languages; oracle vectors: one direction per fact."""
    rows = [(language, fact) for language in LANGUAGES for fact in range(facts)]
    pairs = sorted(
        (query, passage)
        for query, (_, asked) in enumerate(rows)
        for passage, (_, told) in enumerate(rows)
        if asked == told
    )
    ids = tuple(f"q{row}" for row in range(len(rows))), tuple(f"p{row}" for row in range(len(rows)))
    judgements = Judgements(
        query_ids=ids[0],
        query_languages=tuple(language for language, _ in rows),
        clusters=tuple(f"c{fact}" for _, fact in rows),
        relations=("r",) * len(rows),
        entities_seen=(True,) * len(rows),
        passage_ids=ids[1],
        passage_languages=tuple(language for language, _ in rows),
        query_rows=tuple(query for query, _ in pairs),
        passage_rows=tuple(passage for _, passage in pairs),
        grades=(1,) * len(pairs),
    )
    oracle = np.eye(facts)[[fact for _, fact in rows]]
    return Case(LabVectors(ids[0], oracle, ids[1], oracle), judgements)


@pytest.mark.parametrize("setting", SETTINGS)
def test_theory_oracle_vectors_score_one(setting: str) -> None:
    case = parallel_case()
    relevant = relevant_rows(case.judgements, case.ranks, setting)
    assert len(relevant.query_rows) == {"monolingual": 18, "crosslingual": 36, "multilingual": 18}[setting]
    for name in ("MAP", "MRR", "R@10", "nDCG@10"):
        assert (measure(relevant, name).values == 1.0).all()
        assert macro_average(measure(relevant, name), case.judgements.query_languages) == 1.0
    if setting == "multilingual":
        assert (measure(relevant, "rank-distance").values == len(LANGUAGES) - 1).all()
        assert (measure(relevant, "R@1").values == 1 / len(LANGUAGES)).all()


def test_theory_chance_rank_distance_by_enumeration() -> None:
    for passages, count in ((7, 2), (8, 3), (9, 5), (6, 6)):
        draws = list(itertools.combinations(range(1, passages + 1), count))
        mean = math.fsum(draw[-1] - draw[0] for draw in draws) / len(draws)
        relevant = pool_rows([0] * count, np.arange(1, count + 1), [1] * count, passages)
        assert chance_rank_distance(relevant).values.tolist() == pytest.approx([mean], rel=1e-12)


def test_theory_random_vectors_score_at_chance() -> None:
    rng = generator("test", "chance")
    case = parallel_case(facts=120)
    drawn = LabVectors(
        case.vectors.query_ids,
        rng.standard_normal((360, 16)),
        case.vectors.passage_ids,
        rng.standard_normal((360, 16)),
    )
    relevant = relevant_rows(case.judgements, Case(drawn, case.judgements).ranks, "multilingual")
    ratio = measure(relevant, "rank-distance").values / chance_rank_distance(relevant).values
    assert 0.9 < float(ratio.mean()) < 1.1


def test_exact_a_row_by_hand() -> None:
    relevant = pool_rows([3, 3, 3], np.array([6, 1, 3]), [1, 3, 2], passages=10)
    expected = {
        "MAP": (1 + 2 / 3 + 3 / 6) / 3,
        "MRR": 1.0,
        "R@1": 1 / 3,
        "R@3": 2 / 3,
        "nDCG@3": (3 + 2 / 2) / (3 + 2 / math.log2(3) + 1 / 2),
        "nDCG@2": 3 / (3 + 2 / math.log2(3)),
        "rank-distance": 5.0,
    }
    assert {name: measure(relevant, name).values.tolist() for name in expected} == {
        name: pytest.approx([value], rel=1e-15) for name, value in expected.items()
    }
    assert measure(relevant, "MAP").query_rows.tolist() == [3]


def test_rule_unretrieved_passages_add_nothing() -> None:
    relevant = pool_rows([0, 0, 1], np.array([UNRETRIEVED, 2, UNRETRIEVED]), [2, 1, 1], passages=5)
    assert measure(relevant, "MAP").values.tolist() == [1 / 4, 0.0]
    assert measure(relevant, "MRR").values.tolist() == [1 / 2, 0.0]
    assert measure(relevant, "R@10").values.tolist() == [1 / 2, 0.0]
    best = 2 + 1 / math.log2(3)
    assert measure(relevant, "nDCG@10").values.tolist() == pytest.approx([1 / math.log2(3) / best, 0.0], rel=1e-15)
    assert measure(relevant, "rank-distance").values.tolist() == []


def test_exact_macro_average_weighs_cells_alike() -> None:
    rows = Rows(np.array([0, 1, 2, 2]), ("de", "de", "de", "en"), np.array([1.0, 0.0, 0.25, 0.0]))
    languages = ("en", "en", "th")
    assert cell_means(rows, languages) == (
        CellMean("en", "de", 0.5, 2),
        CellMean("th", "de", 0.25, 1),
        CellMean("th", "en", 0.0, 1),
    )
    assert macro_average(rows, languages) == 0.25


def test_degenerate_setting_without_rows() -> None:
    case = parallel_case()
    foreign = Judgements(**(dict(case.judgements) | {"query_languages": ("ko",) * 18}))
    relevant = relevant_rows(foreign, case.ranks, "monolingual")
    for name in NAMES:
        assert measure(relevant, name).values.shape == (0,)
    with pytest.raises(UsageError, match="expected at least one row, found none"):
        macro_average(measure(relevant, "MAP"), foreign.query_languages)
    empty = pool_rows([], np.array([], dtype=np.int64), [], passages=4)
    assert measure(empty, "rank-distance").values.shape == (0,)


@pytest.mark.parametrize("name", ["map", "R", "R@0", "R@01", "nDCG@", "MAP@10", "rank-distance@1", "nDCG@10\n"])
def test_degenerate_unknown_measure(name: str) -> None:
    with pytest.raises(UsageError, match="expected MAP, MRR, R@k, nDCG@k or rank-distance, found"):
        measure(pool_rows([0], np.array([1]), [1], passages=1), name)


@pytest.mark.parametrize("setting", ["monolingual", "crosslingual"])
def test_degenerate_rank_distance_outside_the_multilingual_pool(setting: str) -> None:
    case = parallel_case()
    with pytest.raises(UsageError, match=f"expected the multilingual setting, found {setting}"):
        measure(relevant_rows(case.judgements, case.ranks, setting), "rank-distance")
