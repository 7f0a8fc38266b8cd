"""Counts made a second way: oracle is `harness.data.lareqa`, and arithmetic for what is changed."""

from __future__ import annotations

import pytest

from harness.data import lareqa
from harness.data.recount import AS_THEY_ARE, CHANGES, counted, recounts
from harness.errors import ResourceMissing, UsageError

FILES = {
    "ar": [{"qas": [1, 2], "sentences": ["a", "b", "c"]}, {"qas": [3], "sentences": ["d"]}],
    "de": [{"qas": [1, 2], "sentences": ["a"]}],
}


def test_exact_counts_by_hand() -> None:
    assert counted(FILES) == {
        "languages": 2,
        "monolingual-settings": 2,
        "crosslingual-settings": 2,
        "queries-ar": 3,
        "queries-de": 2,
        "candidates-ar": 4,
        "candidates-de": 1,
    }


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ("a language less", {"languages": 1, "monolingual-settings": 1, "crosslingual-settings": 0}),
        ("a question less", {"queries-ar": 2}),
        ("a passage more", {"candidates-ar": 5}),
    ],
)
def test_exact_each_change_moves_what_it_says_and_leaves_the_files_alone(change: str, moved: dict[str, int]) -> None:
    before = counted(FILES)
    after = counted(CHANGES[change](FILES))
    assert {name: value for name, value in after.items() if before[name] != value} == moved
    assert counted(FILES) == before


@pytest.mark.parametrize("part", sorted(lareqa.pins()))
def test_other_implementation_the_real_files_count_the_same(part: str) -> None:
    pinned = lareqa.pins()[part]
    try:
        folder = lareqa.find(part, lareqa.roots(), pinned)
    except ResourceMissing as error:
        pytest.skip(str(error))
    found = recounts(part)
    assert found[AS_THEY_ARE] == lareqa.counts(folder, pinned)
    assert set(found) == {AS_THEY_ARE, *CHANGES}
    assert all(found[change] != found[AS_THEY_ARE] for change in CHANGES)


def test_degenerate_no_such_folder_is_refused() -> None:
    with pytest.raises(UsageError, match="expected one of"):
        recounts("another")
