"""Hearings: oracle is the ranks themselves; what is damaged, foreign or garbage is never believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.court.admit import admit, refuse_twins
from harness.court.hearing import OVERALL, VECTORS, WITHIN, Heard, hear, law, read_vectors
from harness.court.rank import rank_judged
from harness.errors import AdmissionRefused, EntryDamaged
from harness.records.judgements import Judgements
from harness.seeds import generator
from harness.store import Store

CELL = "c" * 64
JUDGED = Judgements(
    query_ids=("q0", "q1"),
    query_languages=("de", "en"),
    clusters=("k0", "k1"),
    relations=("r", "r"),
    entities_seen=(True, False),
    passage_ids=("p0", "p1", "p2"),
    passage_languages=("de", "en", "en"),
    query_rows=(0, 0, 1),
    passage_rows=(0, 1, 2),
    grades=(1, 1, 1),
)


def vectors(seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rng = generator("hearing", seed)
    return rng.normal(size=(2, 4)).astype(np.float32), rng.normal(size=(3, 4)).astype(np.float32)


def write(folder: Path, seed: int = 0) -> Path:
    """Write what the lab writes."""
    queries, passages = vectors(seed)
    np.save(folder / "queries.npy", queries)
    np.save(folder / "passages.npy", passages)
    ids = {"queries": list(JUDGED.query_ids), "passages": list(JUDGED.passage_ids)}
    (folder / "ids.json").write_text(json.dumps(ids), encoding="utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    kept = Store(tmp_path / "store")
    kept.put(CELL, write(kept.underway()), {"operation": "encode"})
    return kept


def heard_from(store: Store, court: str = "court") -> Heard:
    return hear(store, CELL, JUDGED, law(JUDGED, court))


def same(left: Heard, right: Heard) -> bool:
    pairs = ((left.ranks.within, right.ranks.within), (left.ranks.overall, right.ranks.overall))
    return left.vectors == right.vectors and all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in pairs)


def entries(store: Store) -> set[str]:
    return {path.parent.name for path in (store.root / "entries").glob("*/*/manifest.json")}


def test_ranks_are_those_of_the_admitted_vectors_and_the_digest_is_theirs(store: Store, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    admitted = admit(read_vectors(write(tmp_path / "plain")), JUDGED)
    assert same(heard_from(store), Heard(rank_judged(admitted, JUDGED), admitted.digest))


def test_the_second_hearing_is_read_from_the_store_and_is_the_same(store: Store) -> None:
    first = heard_from(store)
    before = entries(store)
    assert len(before) == 2
    store.set_aside(CELL)  # without its vectors only what is kept can answer
    assert same(heard_from(store), first)
    assert entries(store) == before - {CELL}


def test_another_court_or_other_judgements_hear_again(store: Store) -> None:
    assert law(JUDGED, "court") != law(JUDGED, "another court")
    swapped = JUDGED.model_copy(update={"passage_rows": (0, 2, 1)})
    assert law(JUDGED, "court") != law(swapped, "court")
    heard_from(store)
    store.set_aside(CELL)
    with pytest.raises(EntryDamaged, match="expected the vectors of a finished cell, found nothing"):
        heard_from(store, "another court")
    with pytest.raises(EntryDamaged, match="found nothing"):
        hear(store, CELL, swapped, law(swapped, "court"))


def test_copies_of_one_seed_are_found_out_by_what_is_kept(store: Store) -> None:
    other = "d" * 64
    store.put(other, write(store.underway()), {"operation": "encode"})
    digests = {seed: hear(store, cell, JUDGED, law(JUDGED, "court")).vectors for seed, cell in enumerate((CELL, other))}
    with pytest.raises(AdmissionRefused, match="seeds 0, 1"):
        refuse_twins(digests, "hybrid on xlm-r")
    store.put("e" * 64, write(store.underway(), seed=1), {"operation": "encode"})
    fresh = hear(store, "e" * 64, JUDGED, law(JUDGED, "court")).vectors
    refuse_twins({0: digests[0], 1: fresh}, "hybrid on xlm-r")


def ranks_entry(store: Store) -> Path:
    return store.place(next(iter(entries(store) - {CELL})))


@pytest.mark.parametrize("name", [WITHIN, OVERALL, VECTORS, "manifest.json"])
def test_damaged_ranks_are_set_aside_and_counted_again(store: Store, name: str) -> None:
    first = heard_from(store)
    damaged = ranks_entry(store) / name
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    assert same(heard_from(store), first)
    assert len(list((store.root / "damaged").iterdir())) == 1
    store.set_aside(CELL)
    assert same(heard_from(store), first)


def save_array(name: str, array: NDArray[np.generic]) -> Callable[[Path], None]:
    return lambda folder: np.save(folder / name, array)


@pytest.mark.parametrize(
    "spoil",
    [
        save_array(WITHIN, np.array([1, 1])),
        save_array(OVERALL, np.array([[1, 1, 1]])),
        save_array(WITHIN, np.array([1.0, 1.0, 1.0])),
        save_array(OVERALL, np.array([1, 0, 1])),
        lambda folder: (folder / WITHIN).write_bytes(b""),
        lambda folder: (folder / WITHIN).unlink(),
        lambda folder: (folder / VECTORS).write_text("[" * 100_000, encoding="utf-8"),
        lambda folder: (folder / VECTORS).write_text("7", encoding="utf-8"),
    ],
    ids=["short", "shape", "floats", "zero", "empty", "missing", "deep", "no-digest"],
)
def test_an_entry_that_is_whole_and_yet_no_ranks_is_never_believed(
    store: Store, spoil: Callable[[Path], object]
) -> None:
    first = heard_from(store)
    key = ranks_entry(store).name
    folder = store.underway()
    np.save(folder / WITHIN, first.ranks.within)
    np.save(folder / OVERALL, first.ranks.overall)
    (folder / VECTORS).write_text(json.dumps(first.vectors), encoding="utf-8")
    spoil(folder)
    store.set_aside(key)
    store.put(key, folder, {"operation": "rank"})
    assert same(heard_from(store), first)
    store.set_aside(CELL)  # and what was counted again has taken its place
    assert same(heard_from(store), first)


def test_damaged_vectors_are_damage_and_not_evidence(store: Store) -> None:
    spoilt = store.place(CELL) / "queries.npy"
    spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"!")
    with pytest.raises(EntryDamaged, match=r"queries\.npy: expected sha256"):
        heard_from(store)


def archive(folder: Path) -> None:
    with (folder / "queries.npy").open("wb") as stream:
        np.savez(stream, queries=vectors()[0])


def promise(folder: Path) -> None:
    """Write a header that promises 4 TB."""
    with (folder / "queries.npy").open("wb") as stream:
        header = {"descr": "<f4", "fortran_order": False, "shape": (10**12, 1)}
        np.lib.format.write_array_header_1_0(stream, header)
        stream.write(b"\0" * 64)


def write_ids(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "ids.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "queries.npy").unlink(),
        lambda folder: (folder / "ids.json").unlink(),
        lambda folder: (folder / "queries.npy").write_bytes(b""),
        lambda folder: (folder / "queries.npy").write_bytes((folder / "queries.npy").read_bytes()[:-3]),
        lambda folder: (folder / "queries.npy").write_bytes(b"not an array at all"),
        lambda folder: np.save(folder / "queries.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True),
        archive,
        promise,
        lambda folder: (folder / "ids.json").write_bytes(b"\xff\xfe"),
        write_ids("{"),
        write_ids("[" * 100_000),
        write_ids("[]"),
        write_ids("{}"),
        write_ids('{"queries": "q0", "passages": ["p0", "p1", "p2"]}'),
        write_ids('{"queries": ["q0", 1], "passages": ["p0", "p1", "p2"]}'),
        write_ids('{"queries": ["q0", "q1"]}'),
    ],
    ids=[
        "no-queries", "no-ids", "empty", "truncated", "no-array", "objects", "archive", "promise", "bytes", "half-json",
        "deep", "list", "no-keys", "string", "number", "no-passages",
    ],
)  # fmt: skip
def test_files_that_are_not_vectors_are_refused(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    spoil(write(tmp_path))
    with pytest.raises(AdmissionRefused, match="encode again"):
        read_vectors(tmp_path)


@pytest.mark.parametrize("dtype", ["<i8", "<c16", "S4", "bool"])
def test_arrays_of_other_kinds_are_refused_at_admission(tmp_path: Path, dtype: str) -> None:
    write(tmp_path)
    np.save(tmp_path / "queries.npy", np.ones((2, 4)).astype(dtype))
    with pytest.raises(AdmissionRefused, match="query vectors: expected float16"):
        admit(read_vectors(tmp_path), JUDGED)


def test_vectors_in_column_order_or_the_other_byte_order_are_the_same_vectors(tmp_path: Path) -> None:
    plain = admit(read_vectors(write(tmp_path)), JUDGED).digest
    queries, passages = vectors()
    np.save(tmp_path / "queries.npy", np.asfortranarray(queries))
    np.save(tmp_path / "passages.npy", passages.astype(">f4"))
    assert admit(read_vectors(tmp_path), JUDGED).digest == plain
