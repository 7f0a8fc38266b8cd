"""From a cell's output folder to ranks: read, admit, rank; each result kept in the store.

    (1) read the vectors that the lab wrote, trusting nothing
    (2) admit them (ids, shapes, norms, rounding)
    (3) count the ranks of the judged passages

The key of kept ranks covers the cell, the judgements and the court's own source. What is kept
with them is the digest of the admitted vectors, by which copies of one seed are found out.
The lexical baseline's ranks are kept beside them, under the digest of the texts they come from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.codec import digest
from harness.court.admit import admit
from harness.court.lexical import lexical_ranks
from harness.court.rank import Ranks, rank_judged
from harness.errors import AdmissionRefused, EntryDamaged
from harness.records.vectors import LabVectors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from harness.records.judgements import Dataset, Judgements
    from harness.store import Store

WITHIN, OVERALL, VECTORS = "within.npy", "overall.npy", "vectors.json"
UNREADABLE = (OSError, ValueError, OverflowError, EOFError, MemoryError, RecursionError)
"""What reading foreign JSON or .npy files raises."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """The ranks of one set of vectors, and the digest of what was admitted."""

    ranks: Ranks
    vectors: str


def hear(store: Store, cell: str, judgements: Judgements, under: str) -> Heard:
    """Return the ranks behind an encoding cell's key, from the store or made now.

    `under` is the digest of what the ranks depend on beside the cell: `law(judgements, court)`.

    Raises:
        AdmissionRefused: vectors that are no evidence.
        EntryDamaged: the cell's own entry is damaged or gone.
    """
    key = digest({"operation": "rank", "cell": cell, "under": under})
    kept = _kept(store, key, judgements)
    if kept is not None:
        return kept
    folder = store.find(cell)
    if folder is None:
        raise EntryDamaged(f"{store.place(cell)}: expected the vectors of a finished cell, found nothing")
    admitted = admit(read_vectors(folder), judgements)
    heard = Heard(rank_judged(admitted, judgements), admitted.digest)
    _keep(store, key, heard)
    return heard


def hear_lexical(store: Store, texts: str, dataset: Dataset, under: str) -> Ranks:
    """Return the lexical baseline's ranks, from the store or made now.

    `texts` is the sha256 of the dataset's texts, `under` a digest as for `hear`.
    """
    inputs = {"operation": "lexical", "texts": texts, "under": under}
    return hear_made(store, inputs, dataset.judgements, lambda: lexical_ranks(dataset))


def hear_made(store: Store, inputs: Mapping[str, object], judgements: Judgements, make: Callable[[], Ranks]) -> Ranks:
    """Return ranks that the court makes itself, from the store or made now; `inputs` names all they depend on."""
    key = digest(dict(inputs))
    kept = _kept(store, key, judgements)
    if kept is None:
        kept = Heard(make(), key)
        _keep(store, key, kept)
    return kept.ranks


def law(judgements: Judgements, court: str) -> str:
    """Return the digest of the judgements and of the court's source; once per dataset, for it takes a while."""
    return digest({"judgements": judgements.fingerprint(), "court": court})


def _kept(store: Store, key: str, judgements: Judgements) -> Heard | None:
    """Return what is kept under `key`; what cannot be such ranks is set aside and made again."""
    try:
        folder = store.find(key)
        heard = None if folder is None else _read_heard(folder, len(judgements.query_rows))
    except (EntryDamaged, *UNREADABLE):
        store.set_aside(key)
        return None
    return heard


def _read_heard(folder: Path, pairs: int) -> Heard:
    """Return kept ranks.

    Raises:
        ValueError: not one rank of at least 1 for each judged pair, or no digest beside them.
    """
    ranks = Ranks(within=read_array(folder / WITHIN), overall=read_array(folder / OVERALL))
    vectors = json.loads((folder / VECTORS).read_text(encoding="utf-8"))
    columns = (ranks.within, ranks.overall)
    if not isinstance(vectors, str) or any(
        column.shape != (pairs,) or column.dtype != np.int64 or (column < 1).any() for column in columns
    ):
        msg = f"{folder}: expected {pairs} ranks and a digest"
        raise ValueError(msg)
    return Heard(ranks, vectors)


def _keep(store: Store, key: str, heard: Heard) -> None:
    folder = store.underway()
    np.save(folder / WITHIN, heard.ranks.within, allow_pickle=False)
    np.save(folder / OVERALL, heard.ranks.overall, allow_pickle=False)
    (folder / VECTORS).write_text(json.dumps(heard.vectors), encoding="utf-8")
    store.put(key, folder, {"operation": "rank"})


def read_vectors(folder: Path) -> LabVectors:
    """Return what the lab wrote into `folder`: two arrays and their ids.

    Raises:
        AdmissionRefused: a file that is missing or not what it should be.
    """
    try:
        ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
        return LabVectors(
            query_ids=_names(ids, "queries"),
            queries=read_array(folder / "queries.npy"),
            passage_ids=_names(ids, "passages"),
            passages=read_array(folder / "passages.npy"),
        )
    except UNREADABLE as error:
        raise AdmissionRefused(
            f"{folder}: expected queries.npy, passages.npy and ids.json, found {error}; encode again"
        ) from error


def _names(ids: Any, kind: str) -> tuple[str, ...]:
    names = ids.get(kind) if isinstance(ids, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        msg = f"ids.json without a list of strings under {kind!r}"
        raise ValueError(msg)
    return tuple(names)


def read_array(path: Path) -> NDArray[Any]:
    """Return the array in one .npy file.

    A file is mapped first: a header that promises more than the file holds is then refused before
    memory is asked for, and so is anything that is no plain array (objects, archives).
    """
    return np.array(np.lib.format.open_memmap(path, mode="r"))
