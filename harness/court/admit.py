"""The door of the court: which vectors are evidence, and in what form they are ranked.

Rule: every query and passage of the judgements has exactly one vector, in any order; both arrays
are two-dimensional floats of one width; no number is NaN or infinite; no row is zero. All that is
wrong is said at once. Then rows are put into the court's order, brought to unit length in float64
and each entry is rounded to the nearest multiple of 2**-26.

Why 2**-26: a product of two such entries is a multiple of 2**-52, and the sum over any subset of
a dot product is at most |q||p| < 2 by Cauchy and Schwarz, so each partial sum is one of fewer
than 2**53 multiples of 2**-52 on either side of 0 and a float64 holds it exactly. A score is then
the same number in every order of summation, with or without fused multiply-add, and ranks
(`harness.court.rank`) depend on no block size, thread or library. The rounding moves a score by
at most about sqrt(D) * 2**-26, for 256 dimensions 2.4e-7.

Cost: one float64 copy of both arrays. Source: design, Exact ranks.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.codec import canonical
from harness.errors import AdmissionRefused
from harness.records.judgements import Judgements
from harness.records.vectors import AdmittedVectors, LabVectors

STEPS = 2.0**26
"""Entries are whole multiples of 1 / STEPS."""

ENTRIES_AT_ONCE = 1 << 16
EXPONENTS = 1000
"""Powers of two below this, and their inverses, are float64 numbers."""

FEW = 5
"""So many offenders are named; the others are counted."""

FLOATS = ("float16", "float32", "float64")


def admit(vectors: LabVectors, judgements: Judgements) -> AdmittedVectors:
    """Return the lab's vectors as evidence, in the order of the judgements' ids.

    Raises:
        AdmissionRefused: ids missing, extra or repeated, or arrays that `admit_arrays` refuses;
            one line per fault, all faults at once.
    """
    faults = [
        *_id_faults("query", vectors.query_ids, judgements.query_ids),
        *_id_faults("passage", vectors.passage_ids, judgements.passage_ids),
        *_array_faults("query", vectors.queries, vectors.query_ids),
        *_array_faults("passage", vectors.passages, vectors.passage_ids),
        *width_faults(vectors.queries.shape, vectors.passages.shape),
    ]
    refuse(faults)
    queries = vectors.queries[_places(vectors.query_ids, judgements.query_ids)]
    passages = vectors.passages[_places(vectors.passage_ids, judgements.passage_ids)]
    return _admitted(queries, passages)


def admit_arrays(queries: NDArray[np.floating], passages: NDArray[np.floating]) -> AdmittedVectors:
    """Return arrays that are in the court's order already, (Q, D) and (P, D), as evidence.

    Raises:
        AdmissionRefused: wrong shape or dtype, NaN, infinity or a zero row, named by row number.
    """
    refuse(
        [
            *_array_faults("query", queries, None),
            *_array_faults("passage", passages, None),
            *width_faults(queries.shape, passages.shape),
        ]
    )
    return _admitted(queries, passages)


def unit_rows(array: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return rows of unit length, entries rounded to multiples of 2**-26, in C order.

    Shape (N, D) in and out. Rows must be finite and not zero (`admit_arrays` sees to it). A row's
    result depends on that row alone, so a few at a time are worked on, in a core's cache. Scaling by
    a power of two first is exact and keeps the squares of very large or very small entries inside
    the range of a float64.
    """
    rows = np.empty(array.shape)
    at_once = max(1, ENTRIES_AT_ONCE // array.shape[1])
    for start in range(0, len(array), at_once):
        part = rows[start : start + at_once]
        # a copy in C order: numpy sums the rows of a transposed array in another order
        part[:] = array[start : start + at_once]
        _, exponents = np.frexp(np.abs(part).max(axis=1, keepdims=True))
        if np.abs(exponents).max() < EXPONENTS:
            part *= np.ldexp(1.0, -exponents)  # the same number as below, and much faster
        else:
            np.ldexp(part, -exponents, out=part)
        part /= np.sqrt(np.square(part).sum(axis=1, keepdims=True))
        part *= STEPS
        np.rint(part, out=part)
        part *= 1.0 / STEPS
        part += 0.0  # turns -0.0 into 0.0, so that equal values have equal bytes
    return rows


def refuse_twins(digests: Mapping[int, str], arm: str) -> None:
    """Refuse an arm in which two seeds handed in the same vectors.

    `digests` maps a seed to the digest of what was admitted under it. A seed that is a copy of another is no
    second observation, and counting it would shrink the interval.

    Raises:
        AdmissionRefused: naming each group of seeds that share a digest.
    """
    seeds: dict[str, list[int]] = {}
    for seed, digest in digests.items():
        seeds.setdefault(digest, []).append(seed)
    refuse(
        [
            f"{arm}: expected other vectors under each seed, found the same under seeds "
            f"{', '.join(map(str, sorted(group)))}; train each seed on its own"
            for group in seeds.values()
            if len(group) > 1
        ]
    )


def refuse(faults: Sequence[str]) -> None:
    """Raise the faults, if any.

    Raises:
        AdmissionRefused: one line per fault.
    """
    if faults:
        raise AdmissionRefused("\n".join(faults))


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more


def _id_faults(kind: str, given: Sequence[str], judged: Sequence[str]) -> list[str]:
    """Compare the ids beside the rows with those the court knows."""
    counts, known = Counter(given), set(judged)
    offenders = {
        "no vector for": [name for name in judged if name not in counts],
        "a vector for unknown ids": [name for name in counts if name not in known],
        "more than one vector for": [name for name, times in counts.items() if times > 1],
    }
    return [
        f"{kind} ids: expected one vector for each of the {len(judged)} judged ids, found {what} {_named(names)}; "
        "encode the evaluation set that was handed out, as a whole and once"
        for what, names in offenders.items()
        if names
    ]


def _array_faults(kind: str, array: NDArray[np.floating], ids: Sequence[str] | None) -> list[str]:
    """Say what is wrong with an array; rows are named by id, or by number where `ids` is None."""
    faults = shape_faults(f"{kind} vectors", array.shape, array.dtype)
    if not faults and ids is not None and len(ids) != len(array):
        return [f"{kind} vectors: expected {len(ids)} rows, one per id, found {len(array)}; keep ids beside rows"]
    if faults:
        return faults
    return row_faults(
        kind,
        {
            what: [str(row) if ids is None else ids[row] for row in rows.tolist()]
            for what, rows in odd_rows(array).items()
        },
    )


def shape_faults(subject: str, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> list[str]:
    """Say what is wrong with an array's type and shape."""
    if dtype.name not in FLOATS:
        return [f"{subject}: expected {', '.join(FLOATS)}, found {dtype}; save them as floats"]
    if len(shape) != 2 or 0 in shape:  # noqa: PLR2004  (rows and dimensions)
        return [f"{subject}: expected shape (rows, dimensions), none of them 0, found {shape}; stack them"]
    return []


def odd_rows(array: NDArray[np.floating]) -> dict[str, NDArray[np.int64]]:
    """Return the rows of an array (N, D) that are no vectors, by what they hold."""
    greatest = np.abs(array).max(axis=1)  # NaN where a row holds any
    return {"NaN or infinity": np.flatnonzero(~np.isfinite(greatest)), "only zeros": np.flatnonzero(greatest == 0)}


def row_faults(kind: str, offenders: Mapping[str, Sequence[str]]) -> list[str]:
    """Say which rows, by name, hold what."""
    return [
        f"{kind} vectors: expected finite rows that are not zero, found {what} in {_named(names)}; mend the encoder"
        for what, names in offenders.items()
        if names
    ]


def width_faults(queries: tuple[int, ...], passages: tuple[int, ...]) -> list[str]:
    """Say that the shapes of queries and passages do not fit, if so."""
    if queries[1:] == passages[1:]:
        return []
    return [f"vectors: expected one width, found shapes {queries} and {passages}; encode both with one encoder"]


def _places(given: Sequence[str], wanted: Sequence[str]) -> NDArray[np.int64]:
    place = {name: row for row, name in enumerate(given)}
    return np.array([place[name] for name in wanted], dtype=np.int64)


def _admitted(queries: NDArray[np.floating], passages: NDArray[np.floating]) -> AdmittedVectors:
    rows = [unit_rows(queries), unit_rows(passages)]
    for array in rows:
        array.setflags(write=False)
    # the shapes go first: the same bytes cut into rows of another width are other vectors
    digest = hashlib.sha256(canonical([list(array.shape) for array in rows]))
    for array in rows:
        digest.update(array.astype("<f8", copy=False).data)
    return AdmittedVectors(queries=rows[0], passages=rows[1], digest=digest.hexdigest())
