"""Oracle: the ranks as they are made anew; then what is kept is damaged in each of the ways that files can be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from courtroom import Court
from numpy.typing import NDArray

from harness.attack.changed import permuted, some_questions
from harness.attack.world import DRAWS
from harness.codec import file_sha256
from harness.court.admit import admit_arrays
from harness.court.scores import Place
from harness.records.vectors import AdmittedVectors
from harness.seeds import generator
from harness.store.entry import manifest_bytes
from harness.verify.permuting import Permuting

PLACE = Place("xlm-r", "hybrid", 0, "xquad-r")


@pytest.fixture(scope="module")
def court(root: Path, shared_folder: Path) -> Court:
    return Court(root, shared_folder)


class Room:
    """Makes ranks of random vectors under one digest, and counts how often it has to look at them."""

    def __init__(self, court: Court, folder: Path) -> None:
        self.asked = 0
        self.whole = court.texts.datasets["xquad-r"].judgements
        self.part = some_questions(self.whole)
        rng = generator("permuting", 0)
        shape = [(len(ids), 8) for ids in (self.whole.query_ids, self.whole.passage_ids)]
        self.own = admit_arrays(*(rng.standard_normal(one) for one in shape))
        self.store = type(court.job.store)(folder)
        self.digest = "vectors"
        self.permuting = Permuting(self.store, court.texts, self.vectors, lambda _place: self.digest)

    def vectors(self, _place: Place) -> AdmittedVectors:
        self.asked += 1
        return self.own

    def ranks(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        return self.permuting.ranks(PLACE, self.part)

    def entry(self) -> Path:
        (found,) = (self.store.root / "entries").glob("*/*/manifest.json")
        return found.parent


@pytest.fixture
def room(court: Court, tmp_path: Path) -> Room:
    return Room(court, tmp_path)


def same(left: tuple[NDArray[np.int32], ...], right: tuple[NDArray[np.int32], ...]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(left, right, strict=True))


def test_itself_what_is_kept_is_what_is_made_and_is_made_once_per_vectors(room: Room) -> None:
    fresh = permuted(room.own, room.whole, room.part, "xquad-r", DRAWS)
    assert same(room.ranks(), fresh)
    assert same(room.ranks(), fresh)
    assert room.asked == 1
    room.digest = "others"
    room.ranks()
    assert room.asked == 2


@pytest.mark.parametrize("wrong", ["damaged", "shape", "type", "zero", "archive", "gone"])
def test_degenerate_what_cannot_be_such_ranks_is_made_again(room: Room, wrong: str) -> None:
    fresh = room.ranks()
    entry = room.entry()
    path = entry / "overall.npy"
    if wrong == "damaged":
        path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    elif wrong == "gone":
        path.unlink()
    else:
        array = np.load(path)
        np.save(path, {"shape": array[:, 1:], "type": array.astype(np.int64), "zero": array * 0}.get(wrong, array))
        if wrong == "archive":
            with path.open("wb") as stream:
                np.savez(stream, array)
        files = {name: file_sha256(entry / name) for name in ("within.npy", "overall.npy")}
        told = json.loads((entry / "manifest.json").read_bytes())
        (entry / "manifest.json").write_bytes(manifest_bytes(told["key"], files, told["about"]))
    assert same(room.ranks(), fresh)
    assert room.asked == 2
