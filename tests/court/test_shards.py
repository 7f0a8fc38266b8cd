"""Pools in shards: the oracle is the same pool in one array."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court.admit import admit_arrays
from harness.court.best import run_lines
from harness.court.pool import measure_vectors
from harness.court.rank import count_ranks
from harness.court.shards import Shard, in_a_row, rank_shards
from harness.data.arrays import ArrayFile
from harness.errors import AdmissionRefused, UsageError
from harness.seeds import generator

NEVER = 1 << 62


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Few different values, so that scores tie, across shards as well."""
    rng = generator("test", "shards", seed)
    return rng.integers(1, 4, (6, 5)).astype(np.float32), rng.integers(1, 4, (90, 5)).astype(np.float16)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10**6),
    cuts=st.sets(st.integers(1, 89), max_size=5),
    wide=st.sampled_from([1, 7, 100]),
    start=st.sampled_from([0, NEVER]),
)
def test_itself_shards_do_not_matter(seed: int, cuts: set[int], wide: int, start: int) -> None:
    queries, passages = drawn(seed)
    rng = generator("test", "shards", "pairs", seed)
    pairs, groups = (rng.integers(0, 6, 40), rng.integers(0, 90, 40)), [f"g{code}" for code in rng.integers(0, 3, 90)]
    admitted = admit_arrays(queries, passages)
    whole = count_ranks(admitted.queries, admitted.passages, *pairs, groups)
    shards = rng.permutation(np.array(in_a_row(np.split(passages, sorted(cuts))), dtype=object)).tolist()
    found = rank_shards(queries, shards, *pairs, groups, passages_at_once=wide, prefilter_from=start)
    assert (found.within.tolist(), found.overall.tolist()) == (whole.within.tolist(), whole.overall.tolist())


def test_itself_files_measure_and_list_as_one_array(tmp_path: Path) -> None:
    queries, passages = drawn(1)
    paths = [tmp_path / f"{part}.npy" for part in range(3)]
    for path, rows in zip(paths, np.array_split(passages, 3), strict=True):
        np.save(path, rows)
    shards = in_a_row([ArrayFile(path) for path in paths])
    judged = {str(query): {str(7 * query + 40): 2, "3": 1} for query in range(6)}
    assert measure_vectors(queries, shards, judged) == measure_vectors(queries, passages, judged)
    ids = [str(row) for row in range(90)]
    for depth in (1, 4, 90):
        parts, whole = (list(run_lines(queries, some, ids[:6], ids, depth)) for some in (shards, passages))
        assert parts == whole


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        ([0, 25, 60], "rows 25 to 29 twice, no rows 55 to 59"),
        ([5, 35, 65], "no rows 0 to 4"),
        ([0, 0, 30], "from 0 to 59 once, found rows 0 to 29 twice"),
    ],
)
def test_exact_overlaps_and_gaps_are_all_named(starts: list[int], words: str) -> None:
    queries, passages = drawn(2)
    shards = [Shard(start, rows) for start, rows in zip(starts, np.array_split(passages, 3), strict=True)]
    with pytest.raises(UsageError, match=words):
        rank_shards(queries, shards, [0], [0])


@pytest.mark.parametrize("judged", [0, 40, 89])
@pytest.mark.parametrize("asked", [[], [2]])
def test_exact_rows_that_are_no_vectors_are_all_named(judged: int, asked: list[int]) -> None:
    queries, passages = drawn(3)
    queries[asked], passages[40, 1], passages[89] = 0.0, np.nan, 0.0
    with pytest.raises(AdmissionRefused) as caught:
        rank_shards(queries, in_a_row(np.split(passages, [30, 60])), [0], [judged], passages_at_once=7)
    found = [*(["query vectors only zeros in 2"] if asked else []), "passage vectors NaN or infinity in 40"]
    told = str(caught.value).replace(": expected finite rows that are not zero, found", "").splitlines()
    assert told == [f"{words}; mend the encoder" for words in [*found, "passage vectors only zeros in 89"]]


def test_exact_shapes_and_types_are_all_named() -> None:
    queries, passages = drawn(4)
    shards = in_a_row([passages[:30], passages[30:60, :3], passages[60:].astype(int), passages[0]])
    with pytest.raises(AdmissionRefused) as caught:
        rank_shards(queries, shards, [0], [0])
    told = str(caught.value)
    for words in ("from row 60 on: expected float16", "found int64", "from row 90 on: expected shape", "(30, 3)"):
        assert words in told
    with pytest.raises(AdmissionRefused, match="at least one shard"):
        rank_shards(queries, [], [0], [0])
