"""Listing, checking and collecting, beside readers and writers; the oracle is what was put in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.codec import digest, sha256
from harness.errors import EntryDamaged, UsageError
from harness.store import Kept, Store, check, collect, listing
from harness.store.collecting import chosen
from harness.store.listing import DAY, Entry, entries

NOW = 20_000 * DAY
HOLDER = """
import sys
from pathlib import Path
from harness.store import Store
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
"""


def put(store: Store, name: str, operation: str = "encode", size: int = 1000, days: float = 0.0, **about: str) -> str:
    """Keep one entry of so many bytes, used so many days ago; return its key."""
    key, folder = digest(name), store.underway()
    (folder / "data.bin").write_bytes(b"x" * size)
    place = store.put(key, folder, {"operation": operation, **about})
    used = NOW - days * DAY
    os.utime(place / "manifest.json", (used, used))
    os.utime(place, (used, used))
    return key


def quiet(_done: int, _count: int) -> None:
    return


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def left(store: Store) -> set[str]:
    return {one.path.name for one in entries(store.root)}


def test_exact_what_lies_there_is_listed_by_operation_and_seal(store: Store) -> None:
    put(store, "a", "train", 5000, days=3, seal="SEALED")
    put(store, "b", "train", 5000, days=1, seal="SEALED")
    put(store, "c", "train", 10, days=2, seal="UNSEALED")
    put(store, "d", "rank", 10)
    (store.place(put(store, "e")) / "manifest.json").write_bytes(b"{")
    told = {(one.operation, one.seal): one for one in listing(store.root, NOW)}
    assert next(iter(told)) == ("train", "SEALED")
    assert set(told) == {("train", "SEALED"), ("train", "UNSEALED"), ("rank", "-"), ("unreadable", "-")}
    sealed = told["train", "SEALED"]
    assert (sealed.count, sealed.oldest_made, sealed.latest_used) == (2, 3.0, 1.0)
    files = [file for name in "ab" for file in store.place(digest(name)).iterdir()]
    assert sealed.bytes == sum(file.stat().st_size for file in files)
    assert sealed.plain()["operation"] == "train"


def test_exact_damaged_entries_that_were_set_aside_are_listed(store: Store) -> None:
    key = put(store, "a")
    store.set_aside(key)
    (one,) = listing(store.root, NOW)
    assert (one.operation, one.count) == ("damaged, set aside", 1)
    assert one.bytes > 1000


def test_exact_check_names_every_damaged_entry_and_moves_none(store: Store) -> None:
    keys = [put(store, name) for name in "abcd"]
    told: list[tuple[int, int]] = []
    assert check(store, 2, lambda done, count: told.append((done, count))) == (4, [])
    assert sorted(told) == [(1, 4), (2, 4), (3, 4), (4, 4)]
    (store.place(keys[0]) / "data.bin").write_bytes(b"y" * 1000)
    (store.place(keys[1]) / "data.bin").unlink()
    (store.root / "entries/stray").write_bytes(b"")
    store.place(keys[2]).rename(store.root / "entries" / keys[2][:2] / "odd")
    count, faults = check(store, 2, quiet)
    assert (count, len(faults)) == (4, 4)
    told_of = {words.split(": expected ")[0]: words for words in faults}
    changed = told_of[str(store.place(keys[0]) / "data.bin")]
    assert f"expected sha256 {digest_of(b'x' * 1000)}, found {digest_of(b'y' * 1000)}" in changed
    assert any("data.bin" in words and keys[1] in words for words in faults)
    assert any("under its own key" in words and "odd" in words for words in faults)
    (store.root / "entries/zz").mkdir()
    store.place(keys[3]).rename(store.root / "entries/zz" / keys[3])
    assert any("under its own key" in words and keys[3] in words for words in check(store, 2, quiet)[1])
    assert any("folders of entries alone" in words for words in faults)
    assert all(store.place(key).exists() for key in keys[:2])
    assert store.moved == []


def digest_of(data: bytes) -> str:
    return sha256(data)


def test_exact_reading_is_use_and_looking_is_not(store: Store) -> None:
    read, looked = put(store, "read", days=9), put(store, "looked", days=9)
    assert store.find(read)
    assert store.has(looked)
    check(store, 1, quiet)
    listing(store.root, NOW)
    used = {one.path.name: one.used for one in entries(store.root)}
    assert used[looked] == NOW - 9 * DAY
    assert used[read] != NOW - 9 * DAY
    made = {one.path.name: one.made for one in entries(store.root)}
    assert made[read] == NOW - 9 * DAY, "when it was made stays as it was"


def test_exact_what_was_not_used_for_days_goes_and_nothing_else(store: Store) -> None:
    old, young = put(store, "old", days=8), put(store, "young", days=6)
    told = collect(store, Kept(days=7), NOW, dry_run=True)
    assert (told.removed, told.left, told.operations) == (1, 1, {"encode": 1})
    assert left(store) == {old, young}
    assert collect(store, Kept(days=7), NOW) == told
    assert left(store) == {young}
    assert store.find(old) is None
    assert store.find(young)
    assert list(store.underway().parent.iterdir()) != []


def test_exact_room_is_made_oldest_day_first_and_weights_before_vectors(store: Store) -> None:
    for name, operation, days in (
        ("today's weights", "train", 0.1),
        ("today's vectors", "encode", 0.3),
        ("old vectors", "encode", 5.0),
        ("old weights", "pretrain", 4.9),
    ):
        put(store, name, operation, 100_000, days)
    gone = []
    for keep in (350_000, 250_000, 150_000, 0):
        before = left(store)
        collect(store, Kept(bytes=keep), NOW)
        gone += [before - left(store)]
    names = ("old weights", "old vectors", "today's weights", "today's vectors")
    assert gone == [{digest(name)} for name in names]


def test_exact_damaged_entries_go_too(store: Store) -> None:
    aside = store.set_aside(put(store, "a"))
    collect(store, Kept(days=0), aside.stat().st_mtime + 10)
    assert not aside.exists()


@pytest.mark.parametrize("keep", [Kept(), Kept(days=-1), Kept(bytes=-1), Kept(days=float("nan"))])
def test_exact_no_limit_or_one_below_nothing_is_refused(store: Store, keep: Kept) -> None:
    key = put(store, "a")
    with pytest.raises(UsageError, match="expected --keep-days N"):
        collect(store, keep, NOW)
    assert store.find(key)


def test_exact_nothing_is_collected_while_another_process_uses_the_store(store: Store) -> None:
    key = put(store, "a", days=9)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"ready\n"
    with pytest.raises(UsageError, match="found it in use"):
        collect(store, Kept(days=1), NOW)
    assert store.find(key)
    os.utime(store.place(key), (0, 0))
    holder.kill()
    holder.communicate()
    assert collect(store, Kept(days=1), NOW).removed == 1, "the lock of a process that was killed is nobody's"
    assert collect(store, Kept(days=1), NOW).removed == 0, "the lock is shared again"


def test_exact_after_collecting_others_may_use_the_store_again(store: Store) -> None:
    put(store, "a", days=9)
    collect(store, Kept(days=1), NOW)
    code = "import sys; from pathlib import Path; from harness.store import Store; Store(Path(sys.argv[1]))"
    assert subprocess.run([sys.executable, "-c", code, str(store.root)], timeout=60, check=False).returncode == 0


sizes = st.integers(0, 50)
days = st.integers(0, 6)


@given(
    st.lists(st.tuples(sizes, days, st.sampled_from(["train", "encode", "rank"])), max_size=12),
    st.none() | days,
    st.none() | st.integers(0, 300),
)
@settings(derandomize=True, deadline=None, max_examples=200)
def test_theory_what_is_chosen_is_as_little_as_the_limits_allow(
    found: list[tuple[int, int, str]], keep_days: int | None, most: int | None
) -> None:
    each = [
        Entry(Path(str(number)), operation, "-", size, 0.0, NOW - age * DAY - 1.0)
        for number, (size, age, operation) in enumerate(found)
    ]
    goes, stays = chosen(each, Kept(days=keep_days, bytes=most), NOW)
    assert sorted(one.path for one in [*goes, *stays]) == sorted(one.path for one in each)
    assert most is None or sum(one.size for one in stays) <= most
    assert keep_days is None or all(NOW - one.used <= keep_days * DAY for one in stays)
    young = [one for one in goes if keep_days is None or NOW - one.used <= keep_days * DAY]
    if young:
        assert most is not None
        assert sum(one.size for one in stays) + young[-1].size > most, "the last to go had to"
        assert all(one.used // DAY <= other.used // DAY for one in young for other in stays), "no older day stays"


def test_exact_what_was_set_aside_is_told_with_what_was_wrong(store: Store) -> None:
    key = put(store, "a")
    (store.place(key) / "data.bin").write_bytes(b"y")
    with pytest.raises(EntryDamaged):
        store.find(key)
    aside = store.set_aside(key)
    assert len(store.moved) == 1
    assert store.moved[0].endswith(f"; moved to {aside}")
    assert "data.bin: expected sha256" in store.moved[0]
    other = put(store, "b")
    store.set_aside(other)
    assert "expected what it is kept for" in store.moved[1], "whole, and still not what its reader can use"


def test_exact_what_was_made_again_meanwhile_is_not_set_aside(store: Store) -> None:
    """Two processes find one entry damaged; the slower one must not take away what the faster one made."""
    key = put(store, "a")
    (store.place(key) / "data.bin").write_bytes(b"y")
    slower, faster = Store(store.root), Store(store.root)
    for one in (slower, faster):
        with pytest.raises(EntryDamaged):
            one.find(key)
    faster.set_aside(key)
    put(faster, "a")
    slower.set_aside(key)
    assert store.find(key)
    assert slower.moved == []


def test_degenerate_a_store_that_can_only_be_read_is_read(tmp_path: Path) -> None:
    first = Store(tmp_path / "store")
    key = put(first, "a")
    for path in [first.root / "in-use", *first.place(key).iterdir()]:
        path.chmod(0o444)
    assert Store(first.root).find(key)
    shutil.rmtree(first.root / "damaged", ignore_errors=True)
    assert check(Store(first.root), 1, quiet) == (1, [])
