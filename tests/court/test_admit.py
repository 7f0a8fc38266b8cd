"""Admission: oracle is the rule itself (multiples of 2**-26, unit length) and hand-made bad evidence."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.court.admit import admit, admit_arrays, refuse_twins, unit_rows
from harness.errors import AdmissionRefused
from harness.records.judgements import Judgements
from harness.records.vectors import LabVectors
from harness.seeds import generator

QUERIES, PASSAGES, WIDTH = 7, 12, 5


def judgements() -> Judgements:
    return Judgements(
        query_ids=tuple(f"q{row}" for row in range(QUERIES)),
        query_languages=("en",) * QUERIES,
        clusters=tuple(f"c{row}" for row in range(QUERIES)),
        relations=("capital",) * QUERIES,
        entities_seen=(True,) * QUERIES,
        passage_ids=tuple(f"p{row}" for row in range(PASSAGES)),
        passage_languages=("en",) * PASSAGES,
        query_rows=tuple(range(QUERIES)),
        passage_rows=tuple(range(QUERIES)),
        grades=(1,) * QUERIES,
    )


def lab_vectors() -> LabVectors:
    rng = generator("test", "admit")
    return LabVectors(
        query_ids=judgements().query_ids,
        queries=rng.standard_normal((QUERIES, WIDTH)).astype(np.float32),
        passage_ids=judgements().passage_ids,
        passages=rng.standard_normal((PASSAGES, WIDTH)).astype(np.float32),
    )


def changed(array: np.ndarray, row: int, value: float) -> np.ndarray:
    array = array.copy()
    array[row] = value
    return array


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    width=st.sampled_from([1, 2, 3, 64, 257]),
    dtype=st.sampled_from(["float16", "float32", "float64"]),
    scale=st.integers(-8, 8),
)
def test_rule_entries_are_multiples_and_rows_have_unit_length(seed: int, width: int, dtype: str, scale: int) -> None:
    array = (generator("test", seed).standard_normal((6, width)) * 2.0**scale + 2.0 ** (scale - 4)).astype(dtype)
    rows = unit_rows(array)
    assert (rows * 2.0**26 == np.rint(rows * 2.0**26)).all()
    for row, given_row in zip(rows, array.astype(np.float64), strict=True):
        squares = sum(Fraction(value) ** 2 for value in row.tolist())
        assert abs(float(squares) - 1) <= 2.1 * width**0.5 * 2.0**-27
        assert np.abs(row - given_row / np.linalg.norm(given_row)).max() <= 2.0**-27 + 1e-15


def test_itself_a_row_depends_on_that_row_alone() -> None:
    array = generator("test", "rows").standard_normal((300, 67))
    rows = unit_rows(array)
    order = generator("test", "order").permutation(300)
    assert unit_rows(array[order]).tobytes() == rows[order].tobytes()
    assert unit_rows(np.asfortranarray(array)).tobytes() == rows.tobytes()
    assert unit_rows(np.asfortranarray(array)).flags.c_contiguous
    assert b"".join(unit_rows(array[row : row + 1]).tobytes() for row in range(300)) == rows.tobytes()
    assert unit_rows(array * 2.0**900).tobytes() == rows.tobytes()
    assert unit_rows(array * 2.0**-900).tobytes() == rows.tobytes()


def test_exact_no_negative_zero() -> None:
    assert not np.signbit(unit_rows(np.array([[1.0, -1e-12, -0.0]]))[0, 1:]).any()


def test_itself_the_order_of_the_lab_does_not_matter() -> None:
    vectors = lab_vectors()
    left, right = generator("test", "l").permutation(QUERIES), generator("test", "r").permutation(PASSAGES)
    shuffled = LabVectors(
        query_ids=tuple(vectors.query_ids[row] for row in left),
        queries=vectors.queries[left],
        passage_ids=tuple(vectors.passage_ids[row] for row in right),
        passages=vectors.passages[right],
    )
    first, second = admit(vectors, judgements()), admit(shuffled, judgements())
    assert first.digest == second.digest
    assert (first.passages == second.passages).all()
    assert (first.queries == unit_rows(vectors.queries)).all()


def test_rule_admitted_arrays_cannot_be_written() -> None:
    admitted = admit(lab_vectors(), judgements())
    with pytest.raises(ValueError, match="read-only"):
        admitted.passages[0, 0] = 1.0


def test_rule_digest_tells_values_and_shapes_apart() -> None:
    square, wide = np.eye(4)[:, :2] + 1.0, np.eye(4)[:2] + 1.0
    digests = {
        admit_arrays(square, square).digest,
        admit_arrays(square[::-1], square).digest,
        admit_arrays(square, square[::-1]).digest,
        admit_arrays(wide, wide).digest,
    }
    assert len(digests) == 4
    flat = np.array([[1.0], [1.0], [1.0], [1.0]])
    assert admit_arrays(flat[:1], flat[:3]).digest != admit_arrays(flat[:2], flat[:2]).digest


BAD = {
    "missing": (
        lambda v: replace(v, query_ids=v.query_ids[1:], queries=v.queries[1:]),
        r"query ids: .* no vector for q0;",
    ),
    "extra": (
        lambda v: replace(v, query_ids=(*v.query_ids, "q77"), queries=np.vstack([v.queries, v.queries[:1]])),
        r"query ids: .* unknown ids q77;",
    ),
    "repeated": (
        lambda v: replace(v, passage_ids=("p1", *v.passage_ids[1:])),
        r"passage ids: .* no vector for p0;[^\n]*\n.* more than one vector for p1;",
    ),
    "many": (
        lambda v: replace(v, passage_ids=tuple(f"x{row}" for row in range(PASSAGES))),
        r"no vector for p0, p1, p2, p3, p4 and 7 more;",
    ),
    "rows": (lambda v: replace(v, queries=v.queries[:-1]), r"query vectors: expected 7 rows, one per id, found 6"),
    "flat": (lambda v: replace(v, queries=v.queries.ravel()), r"query vectors: expected shape .* found \(35,\)"),
    "empty": (lambda v: replace(v, passages=v.passages[:, :0]), r"passage vectors: .* none of them 0, found \(12, 0\)"),
    "width": (lambda v: replace(v, passages=v.passages[:, 1:]), r"one width, found shapes \(7, 5\) and \(12, 4\)"),
    "integers": (lambda v: replace(v, queries=v.queries.astype(np.int64)), r"query vectors: .* found int64"),
    "objects": (lambda v: replace(v, queries=v.queries.astype(object)), r"query vectors: .* found object"),
    "nan": (lambda v: replace(v, passages=changed(v.passages, 3, np.nan)), r"NaN or infinity in p3;"),
    "infinity": (lambda v: replace(v, passages=changed(v.passages, 4, -np.inf)), r"NaN or infinity in p4;"),
    "zero": (lambda v: replace(v, queries=changed(v.queries, 2, -0.0)), r"query vectors: .* only zeros in q2;"),
}


@pytest.mark.parametrize("name", BAD)
def test_degenerate_bad_evidence_is_refused_by_name(name: str) -> None:
    spoil, message = BAD[name]
    with pytest.raises(AdmissionRefused, match=message):
        admit(spoil(lab_vectors()), judgements())


def test_rule_all_faults_at_once() -> None:
    vectors = BAD["zero"][0](BAD["nan"][0](BAD["extra"][0](lab_vectors())))
    with pytest.raises(AdmissionRefused) as refusal:
        admit(vectors, judgements())
    text = str(refusal.value)
    assert len(text.splitlines()) == 3
    assert all(part in text for part in ("q77", "p3", "q2"))


def test_rule_arrays_without_ids_name_rows() -> None:
    vectors = lab_vectors()
    with pytest.raises(AdmissionRefused, match="only zeros in 4;"):
        admit_arrays(vectors.queries, changed(vectors.passages, 4, 0.0))


def test_rule_twins_are_refused_with_their_seeds() -> None:
    first = admit(lab_vectors(), judgements())
    copy = admit(replace(lab_vectors(), queries=lab_vectors().queries * 2), judgements())
    other = admit(replace(lab_vectors(), queries=-lab_vectors().queries), judgements())
    refuse_twins({1: first.digest, 2: other.digest}, "hybrid")
    with pytest.raises(AdmissionRefused, match=r"hybrid: .* under seeds 1, 3;"):
        refuse_twins({3: copy.digest, 2: other.digest, 1: first.digest}, "hybrid")
