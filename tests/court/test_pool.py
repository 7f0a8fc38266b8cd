"""The document of `harness measure`: oracle is pytrec_eval on the same judgements and lists."""

from __future__ import annotations

import math

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.codec import canonical
from harness.court.admit import admit_arrays
from harness.court.pool import MEASURES, measure_run, measure_vectors
from harness.errors import AdmissionRefused, UsageError
from harness.seeds import generator

NAMES = {"MAP": "map", "MRR": "recip_rank", "R@1": "recall_1", "R@10": "recall_10", "nDCG@10": "ndcg_cut_10"}
ASKED = {"map", "recip_rank", "recall.1,10", "ndcg_cut.10"}


def drawn_judgements(seed: int, queries: int, passages: int) -> dict[str, dict[str, int]]:
    """Grades 0 to 2, at least one relevant passage per query; ids are row numbers."""
    rng = generator("test", "pool", seed)
    return {
        str(query): {
            str(passage): int(grade)
            for passage, grade in zip(
                rng.choice(passages, 6, replace=False), [1, *rng.integers(0, 3, 5).tolist()], strict=True
            )
        }
        for query in range(queries)
    }


def shares(document: dict, theirs: dict) -> bool:
    """Compare every measure of every query to 1e-12, and the means."""
    ours = {query: {name: values[name] for name in NAMES} for query, values in document["per_query"].items()}
    expected = {query: {name: found[other] for name, other in NAMES.items()} for query, found in theirs.items()}
    means = {name: math.fsum(found[name] for found in expected.values()) / len(expected) for name in NAMES}
    return {name: document["measures"][name] for name in NAMES} == pytest.approx(means, abs=1e-12, rel=0) and all(
        ours[query] == pytest.approx(expected[query], abs=1e-12, rel=0) for query in ours.keys() | expected.keys()
    )


@settings(derandomize=True, deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_other_implementation_vectors_with_ties(seed: int) -> None:
    rng = generator("test", "pool", "vectors", seed)
    queries, passages = rng.integers(1, 3, (6, 3)).astype(np.float32), rng.integers(1, 3, (30, 3)).astype(np.float16)
    judged = drawn_judgements(seed, 6, 30)
    admitted = admit_arrays(queries, passages)
    order = np.argsort(-(admitted.queries @ admitted.passages.T), axis=1, kind="stable")
    run = {
        str(query): {str(passage): -float(rank) for rank, passage in enumerate(order[query].tolist())}
        for query in range(6)
    }
    document = measure_vectors(queries, passages, judged)
    assert shares(document, pytrec_eval.RelevanceEvaluator(judged, ASKED).evaluate(run))
    assert (document["queries"], document["passages"]) == (6, 30)
    lists = {query: sorted(scored, key=scored.get, reverse=True) for query, scored in run.items()}
    assert canonical(measure_run(lists, judged)) == canonical(document)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(seed=st.integers(0, 10**6), depth=st.integers(1, 30))
def test_other_implementation_incomplete_lists(seed: int, depth: int) -> None:
    rng = generator("test", "pool", "run", seed)
    judged = drawn_judgements(seed, 6, 30)
    run = {query: [str(row) for row in rng.permutation(30)[:depth]] for query in judged}
    scored = {query: {passage: -float(rank) for rank, passage in enumerate(listed)} for query, listed in run.items()}
    document = measure_run(run, judged, passages=30)
    assert shares(document, pytrec_eval.RelevanceEvaluator(judged, ASKED).evaluate(scored))
    for query, values in document["per_query"].items():
        relevant = [passage for passage, grade in judged[query].items() if grade]
        places = [run[query].index(passage) for passage in relevant if passage in run[query]]
        whole = len(places) == len(relevant) > 1
        assert values["rank-distance"] == (max(places) - min(places) if whole else None)


def test_itself_ids_name_rows() -> None:
    rng = generator("test", "pool", "ids")
    queries, passages = rng.standard_normal((6, 4)), rng.standard_normal((30, 4))
    judged = drawn_judgements(1, 6, 30)
    names = {f"q{query}": {f"p{passage}": grade for passage, grade in found.items()} for query, found in judged.items()}
    named = measure_vectors(queries, passages, names, [f"q{row}" for row in range(6)], [f"p{row}" for row in range(30)])
    plain = measure_vectors(queries, passages, judged)
    assert {query[1:]: values for query, values in named["per_query"].items()} == plain["per_query"]
    assert named["measures"] == plain["measures"]


def test_exact_the_whole_document() -> None:
    document = measure_vectors(np.eye(2), np.array([[0.0, 1.0], [1.0, 0.0], [0.6, 0.8]]), {"0": {"1": 1, "0": 0}})
    values = dict.fromkeys(MEASURES, 1.0) | {"rank-distance": None}
    assert document == {
        "schema": "urn:harness:measure:1",
        "queries": 1,
        "passages": 3,
        "measures": values,
        "per_query": {"0": values},
    }
    assert canonical(document)


def test_rule_a_judged_query_without_a_list_scores_zero_and_an_unjudged_one_is_ignored() -> None:
    document = measure_run({"a": ["x", "y"], "c": ["z"]}, {"a": {"y": 1}, "b": {"x": 2, "w": 1}, "d": {"x": 0}})
    assert document["queries"] == 2
    assert document["passages"] == 4
    assert document["measures"]["MRR"] == 0.25
    assert document["per_query"]["b"] == dict.fromkeys(MEASURES, 0.0) | {"rank-distance": None}
    assert document["measures"]["rank-distance"] is None


def test_degenerate_nothing_relevant() -> None:
    for call in (lambda: measure_run({"a": ["x"]}, {"a": {"x": 0}}), lambda: measure_vectors(np.eye(1), np.eye(1), {})):
        with pytest.raises(UsageError, match="expected at least one grade above 0"):
            call()


def test_degenerate_ids_and_vectors_that_do_not_fit() -> None:
    eye = np.eye(2)
    with pytest.raises(UsageError, match="passage '2'"):
        measure_vectors(eye, eye, {"0": {"2": 1}})
    with pytest.raises(UsageError, match="query ids: expected 2"):
        measure_vectors(eye, eye, {"a": {"0": 1}}, ["a"])
    with pytest.raises(UsageError, match="passage ids: expected 2"):
        measure_vectors(eye, eye, {"0": {"a": 1}}, None, ["a", "a"])
    with pytest.raises(AdmissionRefused, match="only zeros in 1"):
        measure_vectors(eye * [[1], [0]], eye, {"0": {"1": 1}})


def test_degenerate_a_run_without_any_judged_query_is_refused() -> None:
    with pytest.raises(UsageError, match="use the same ids"):
        measure_run({"1": ["x"]}, {"q1": {"x": 1}})
