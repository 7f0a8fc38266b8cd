from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.codec import digest
from harness.errors import EntryDamaged, UsageError
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = digest("a key")
OTHER = digest("another key")
ABOUT = {"operation": "train", "seconds": "2.000"}
BROKEN = (b"", b"{}", b"[1]", b'{"about": {"operation": "train", "seconds": "soon"}}', b"\xff")
WRITER = """
import sys
from pathlib import Path
from harness.codec import digest
from harness.store import Store
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    folder = store.underway()
    (folder / "inner").mkdir()
    for name in ("a", "inner/b"):
        (folder / name).write_bytes(str(number).encode() * 20000)
    store.put(digest(number), folder, {"operation": "write"})
"""


def fill(store: Store, key: str = KEY, words: bytes = b"some words") -> Path:
    folder = store.underway()
    (folder / "inner").mkdir()
    (folder / "one.txt").write_bytes(words)
    (folder / "inner" / "two.bin").write_bytes(b"\x00\x01\x02" * 5)
    return store.put(key, folder, ABOUT)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def writer(root: Path, first: int, last: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(root), str(first), str(last)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def finish(process: subprocess.Popen[bytes]) -> int:
    if process.stdout is not None:
        process.stdout.close()
    return process.wait(30)


def test_exact_what_was_put_is_found_and_nothing_else_is_there(store: Store) -> None:
    assert store.find(KEY) is None
    assert not store.has(KEY)
    place = fill(store)
    assert store.find(KEY) == place == store.place(KEY)
    assert store.has(KEY)
    assert (place / "one.txt").read_bytes() == b"some words"
    assert list(store.underway().parent.glob("*/*")) == [], "it was moved, not copied"
    assert sorted(path.name for path in place.rglob("*")) == ["inner", "manifest.json", "one.txt", "two.bin"]
    assert store.find(OTHER) is None


@given(offset=st.integers(0, 10_000), bit=st.integers(0, 7), name=st.sampled_from(["one", "inner/two", "manifest"]))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_theory_any_flipped_bit_is_found(
    tmp_path_factory: pytest.TempPathFactory, offset: int, bit: int, name: str
) -> None:
    store = Store(tmp_path_factory.getbasetemp() / "flipped")
    place = store.find(KEY) or fill(store)
    path = next(place.glob(f"{name}.*"))
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[offset % len(whole)] ^= 1 << bit
    path.write_bytes(changed)
    with pytest.raises(EntryDamaged, match=r"expected .* found"):
        store.find(KEY)
    path.write_bytes(whole)
    assert store.find(KEY) == place


def moved(place: Path) -> Path:
    return place.rename(place.with_name("x"))


def linked(place: Path) -> None:
    place.symlink_to(moved(place))


def hanging(place: Path) -> None:
    moved(place)
    place.symlink_to("nowhere")


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file gone": (lambda place: (place / "one.txt").unlink(), "one.txt"),
    "a file more": (lambda place: (place / "three").write_bytes(b""), "three"),
    "a manifest more": (lambda place: (place / "inner" / "manifest.json").write_bytes(b""), "inner/manifest.json"),
    "no manifest": (lambda place: (place / "manifest.json").unlink(), "manifest.json"),
    "a deep manifest": (lambda place: (place / "manifest.json").write_bytes(b"[" * 100_000), "other bytes"),
    "a link more": (lambda place: (place / "link").symlink_to(place / "one.txt"), "plain file"),
    "a pipe more": (lambda place: os.mkfifo(place / "pipe"), "plain file"),
    "a file in its place": (lambda place: (moved(place), place.write_bytes(b"")), "a folder"),
    "a link in its place": (linked, "symbolic link"),
    "a link to nothing": (hanging, "symbolic link"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_exact_every_other_damage_is_found_and_named(store: Store, name: str) -> None:
    damage, named = DAMAGES[name]
    damage(fill(store))
    with pytest.raises(EntryDamaged, match=named):
        store.find(KEY)
    aside = store.set_aside(KEY)
    assert aside.name == f"{KEY}.0"
    assert store.find(KEY) is None
    assert fill(store) == store.find(KEY)


def test_exact_the_entry_of_another_key_is_damage(store: Store) -> None:
    place = fill(store)
    store.place(OTHER).parent.mkdir(parents=True)
    place.rename(store.place(OTHER))
    with pytest.raises(EntryDamaged, match=OTHER):
        store.find(OTHER)


def test_exact_damaged_entries_are_numbered_and_kept(store: Store, tmp_path: Path) -> None:
    for number in range(3):
        fill(store, words=str(number).encode())
        assert store.set_aside(KEY) == tmp_path / "store" / "damaged" / f"{KEY}.{number}"
    kept = sorted((tmp_path / "store" / "damaged").glob("*/one.txt"))
    assert [path.read_bytes() for path in kept] == [b"0", b"1", b"2"]


def test_exact_a_file_in_the_place_of_an_entry_is_set_aside_like_one(store: Store) -> None:
    store.place(KEY).parent.mkdir(parents=True)
    for number in range(2):
        store.place(KEY).write_bytes(str(number).encode())
        assert store.set_aside(KEY).read_bytes() == str(number).encode()
    assert sorted(path.read_bytes() for path in (store.root / "damaged").iterdir()) == [b"0", b"1"]


def test_degenerate_what_another_process_set_aside_first_is_no_error(store: Store) -> None:
    assert store.set_aside(KEY).name == "damaged"


def test_exact_of_two_whole_entries_the_first_stays(store: Store) -> None:
    fill(store, words=b"first")
    place = fill(store, words=b"second")
    assert (place / "one.txt").read_bytes() == b"first"
    assert store.find(KEY) == place


def test_exact_a_damaged_entry_gives_way_to_a_whole_one(store: Store) -> None:
    (fill(store, words=b"first") / "one.txt").write_bytes(b"broken")
    place = fill(store, words=b"second")
    assert (place / "one.txt").read_bytes() == b"second"
    assert store.find(KEY) == place


@pytest.mark.parametrize("key", ["", "../../etc", "a" * 63, "A" * 64, "a" * 64 + "\n", "/" + "a" * 63])
def test_exact_a_key_that_is_no_digest_names_no_place(store: Store, key: str) -> None:
    with pytest.raises(UsageError, match="expected a sha256"):
        store.place(key)


@pytest.mark.parametrize("odd", ["link", "pipe"])
def test_exact_what_is_no_plain_file_is_not_kept(store: Store, odd: str) -> None:
    folder = store.underway()
    if odd == "link":
        (folder / "odd").symlink_to("/etc/hostname")
    else:
        os.mkfifo(folder / "odd")
    with pytest.raises(EntryDamaged, match="expected a plain file"):
        store.put(KEY, folder, ABOUT)
    assert store.find(KEY) is None


def test_exact_a_manifest_of_the_makers_own_is_not_believed(store: Store) -> None:
    folder = store.underway()
    (folder / "manifest.json").write_text(json.dumps({"key": OTHER, "files": {}, "about": {}}))
    (folder / "one.txt").write_bytes(b"x")
    place = store.put(KEY, folder, ABOUT)
    assert store.find(KEY) == place
    assert json.loads((place / "manifest.json").read_bytes())["key"] == KEY


def test_theory_kill_at_any_moment_leaves_nothing_or_a_whole_entry(tmp_path: Path) -> None:
    """The writer is killed after ever longer waits; every key is then absent or verified."""
    found = []
    for attempt in range(8):
        process = writer(tmp_path, attempt * 1000, attempt * 1000 + 1000)
        threading.Event().wait(0.004 * attempt + 0.001)
        process.kill()
        assert finish(process) == -signal.SIGKILL
        store = Store(tmp_path)
        places = [store.find(digest(number)) for number in range(attempt * 1000, attempt * 1000 + 1000)]
        found.append(sum(place is not None for place in places))
        assert list((tmp_path / "underway").iterdir()) == []
    assert sum(found) > 0
    assert max(found) < 1000


def test_theory_two_processes_that_put_the_same_keys_leave_each_whole(tmp_path: Path) -> None:
    processes = [writer(tmp_path, 0, 60) for _ in range(2)]
    store = Store(tmp_path)
    looks = 0
    while any(process.poll() is None for process in processes):
        looks += sum(store.find(digest(number)) is not None for number in range(60))
    assert looks, "a reader beside them sees nothing or a whole entry"
    assert [finish(process) for process in processes] == [0, 0]
    store = Store(tmp_path)
    assert all(store.find(digest(number)) for number in range(60))
    assert list((tmp_path / "underway").iterdir()) == []
    assert not (tmp_path / "damaged").exists()


def test_theory_threads_that_put_the_same_keys_leave_each_whole(store: Store) -> None:
    keys = [digest(number) for number in range(12)]
    threads = [threading.Thread(target=lambda: [fill(store, key) for key in keys]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(store.find(key) for key in keys)


def test_exact_work_of_the_living_stays_and_of_the_dead_goes(tmp_path: Path) -> None:
    mine = Store(tmp_path).underway()
    other = Store(tmp_path)
    living = other.underway()
    (living / "half").write_bytes(b"half")
    dead = tmp_path / "underway" / f"{os.getpid()}-0"
    (dead / "0").mkdir(parents=True)
    (tmp_path / "underway" / f"{os.getpid()}-0.lock").write_bytes(b"")
    for stray in (".log", "stray", "x.lock", "999999999999999999999-0", "²-1"):
        (tmp_path / "underway" / stray).write_bytes(b"")
    Store(tmp_path)
    assert (living / "half").exists()
    left = {path.name for path in (tmp_path / "underway").iterdir()}
    assert left == {living.parent.name, f"{living.parent.name}.lock"}, "of the dead, and of a store nobody has, nothing"
    assert not mine.exists()


def test_exact_folders_underway_are_each_fresh(store: Store) -> None:
    folders = [store.underway() for _ in range(3)]
    assert len(set(folders)) == 3
    assert all(list(folder.iterdir()) == [] for folder in folders)


def test_exact_history_is_the_mean_of_what_can_be_read(store: Store) -> None:
    assert store.history() == {}
    for key, seconds in ((KEY, "1.0"), (OTHER, "3.0")):
        folder = store.underway()
        (folder / "x").write_bytes(b"x" * 100)
        store.put(key, folder, {"operation": "train", "seconds": seconds})
    for number, broken in enumerate(
        (b"", b"{}", b"[1]", b'{"about": {"operation": "train", "seconds": "soon"}}', b"\xff")
    ):
        place = fill(store, digest(number))
        (place / "manifest.json").write_bytes(broken)
    past = store.history()
    assert set(past) == {"train"}
    assert past["train"].seconds == 2.0
    sizes = [sum(path.stat().st_size for path in store.place(key).iterdir()) for key in (KEY, OTHER)]
    assert past["train"].bytes == sum(sizes) / 2


def test_exact_only_the_latest_entries_of_each_operation_count(store: Store, tmp_path: Path) -> None:
    now = time.time()
    for number in range(203):
        manifest = tmp_path / "store" / "entries" / "00" / f"{number}" / "manifest.json"
        manifest.parent.mkdir(parents=True)
        operation = "encode" if number >= 53 else "train"
        manifest.write_text(json.dumps({"about": {"operation": operation, "seconds": "9" if number < 3 else "1"}}))
        os.utime(manifest, (now + number, now + number))
    assert {name: past.seconds for name, past in store.history().items()} == {"train": 1.0, "encode": 1.0}
