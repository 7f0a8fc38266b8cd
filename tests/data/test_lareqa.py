"""Oracles: tiny folders counted by hand; the paper's table 10 on the real files."""

import csv
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.codec import sha256
from harness.data import catalogue, lareqa
from harness.data.lareqa import PinnedFolder, counts, find
from harness.errors import DigestMismatch, FileFaults, ResourceMissing, UsageError
from harness.records.scope import CountBinding

TABLE = Path(__file__).parents[2] / "claims/paper/tables/table-10-evaluation-data.csv"
PARTS = {"xquad-r": 11, "mlqa-r": 7}


def lareqa_file(*paragraphs: tuple[int, int]) -> bytes:
    """Return LAReQA's JSON with so many sentences and questions per paragraph, one sentence repeated."""
    listed = [
        {
            "context": "A. A.",
            "sentences": ["A."] * sentences,
            "sentence_breaks": [],
            "qas": [{"id": f"{row}-{number}", "question": "A?", "answers": []} for number in range(questions)],
        }
        for row, (sentences, questions) in enumerate(paragraphs)
    ]
    return json.dumps({"data": [{"title": "t", "paragraphs": listed}], "version": "1"}).encode()


def folder_of(path: Path, contents: Mapping[str, bytes]) -> PinnedFolder:
    """Write the files and return pins that fit them."""
    path.mkdir(parents=True, exist_ok=True)
    for language, data in contents.items():
        (path / f"{language}.json").write_bytes(data)
    return PinnedFolder(commit="c0ffee", files={language: sha256(data) for language, data in contents.items()})


TINY = {"en": lareqa_file((3, 2), (1, 0)), "de": lareqa_file((2, 1)), "vi": lareqa_file((5, 4))}


def test_exact_counts_by_hand(tmp_path: Path) -> None:
    assert counts(tmp_path, folder_of(tmp_path, TINY)) == {
        "languages": 3,
        "monolingual-settings": 3,
        "crosslingual-settings": 6,
        "queries-de": 1,
        "queries-en": 2,
        "queries-vi": 4,
        "candidates-de": 2,
        "candidates-en": 4,
        "candidates-vi": 5,
    }


def test_rule_other_files_than_json_do_not_count(tmp_path: Path) -> None:
    pinned = folder_of(tmp_path, TINY)
    (tmp_path / "README.md").write_text("about", encoding="utf-8")
    assert counts(tmp_path, pinned)["languages"] == 3


def test_exact_all_missing_and_extra_files_are_named(tmp_path: Path) -> None:
    pinned = folder_of(tmp_path, TINY)
    (tmp_path / "vi.json").unlink()
    (tmp_path / "de.json").unlink()
    (tmp_path / "fr.json").write_bytes(TINY["en"])
    with pytest.raises(FileFaults) as caught:
        counts(tmp_path, pinned)
    assert [Path(fault.path).name for fault in caught.value.faults] == ["de.json", "fr.json", "vi.json"]


def test_exact_a_folder_for_a_file(tmp_path: Path) -> None:
    pinned = folder_of(tmp_path, TINY)
    (tmp_path / "vi.json").unlink()
    (tmp_path / "vi.json").mkdir()
    with pytest.raises(FileFaults, match="regular file"):
        counts(tmp_path, pinned)


@given(st.integers(0, len(TINY["en"]) - 1), st.integers(1, 255))
@settings(derandomize=True, deadline=None, max_examples=25)
def test_law_any_changed_byte_is_refused(tmp_path_factory: pytest.TempPathFactory, place: int, change: int) -> None:
    folder = tmp_path_factory.mktemp("lareqa")
    pinned = folder_of(folder, TINY)
    data = bytearray(TINY["en"])
    data[place] ^= change
    (folder / "en.json").write_bytes(data)
    with pytest.raises(DigestMismatch, match=r"en\.json"):
        counts(folder, pinned)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "JSON"),
        (b"\xff\xfe{}", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b"{}", "data"),
        (b'{"data": []}', "data"),
        (b'{"data": [{"paragraphs": [{"sentences": [1], "qas": [{"id": "a"}]}]}]}', r"sentences\.0"),
        (b'{"data": [{"paragraphs": {"sentences": []}}]}', "paragraphs"),
    ],
)
def test_degenerate_json_of_another_shape(tmp_path: Path, data: bytes, told: str) -> None:
    pinned = folder_of(tmp_path, {**TINY, "de": data})
    with pytest.raises(FileFaults, match=told) as caught:
        counts(tmp_path, pinned)
    assert all("de.json" in fault.path for fault in caught.value.faults)


def test_exact_all_shape_faults_of_all_files(tmp_path: Path) -> None:
    broken = b'{"data": [{"paragraphs": [{"sentences": [1], "qas": [{"id": "a"}]}]}]}'
    with pytest.raises(FileFaults) as caught:
        counts(tmp_path, folder_of(tmp_path, {"en": broken, "de": broken, "vi": TINY["vi"]}))
    assert len(caught.value.faults) == 4


def test_rule_the_first_folder_that_has_it_wins(tmp_path: Path) -> None:
    for name in ("b/mlqa-r", "c/mlqa-r"):
        (tmp_path / name).mkdir(parents=True)
    searched = [str(tmp_path / name) for name in ("a", "b", "c")]
    assert find("mlqa-r", searched, lareqa.pins()["mlqa-r"]) == tmp_path / "b/mlqa-r"


def test_exact_a_missing_folder_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ResourceMissing) as caught:
        find("mlqa-r", [str(tmp_path)], lareqa.pins()["mlqa-r"])
    assert str(tmp_path) in caught.value.what
    assert caught.value.mend.startswith("harness data fetch mlqa-r, or export HARNESS_DATA=DIR")
    assert lareqa.pins()["mlqa-r"].commit in caught.value.mend


def test_exact_an_unset_variable_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HARNESS_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ResourceMissing, match="HARNESS_DATA is not set"):
        catalogue.count(CountBinding(source="lareqa", part="xquad-r"), "languages")


def test_rule_the_door_refuses_files_that_are_not_the_real_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of(tmp_path / "mlqa-r", dict.fromkeys(lareqa.pins()["mlqa-r"].files, TINY["en"]))
    monkeypatch.setenv("HARNESS_DATA", str(tmp_path))
    with pytest.raises(DigestMismatch, match=r"ar\.json"):
        catalogue.count(CountBinding(source="lareqa", part="mlqa-r"), "languages")


def test_exact_bytes_of_another_pinned_file_are_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = folder_of(tmp_path, TINY)
    monkeypatch.setattr(lareqa, "pins", lambda: {"mlqa-r": pinned})
    (tmp_path / "en.json").write_bytes(TINY["de"])
    with pytest.raises(DigestMismatch, match=r"en\.json: .*; these are the bytes of mlqa-r/de\.json; take the file"):
        counts(tmp_path, pinned)


def test_exact_an_unknown_part_is_told() -> None:
    with pytest.raises(UsageError, match=r"mlqa-r, xquad-r .*'miracl'"):
        catalogue.count(CountBinding(source="lareqa", part="miracl"), "languages")


@pytest.mark.parametrize("part", PARTS)
def test_paper_table_10_on_the_real_files(part: str) -> None:
    if not any((Path(root) / part).is_dir() for root in os.environ.get("HARNESS_DATA", "").split(os.pathsep) if root):
        pytest.skip(f"the real {part} is not here: export HARNESS_DATA=DIR, where DIR holds {part}")
    binding = CountBinding(source="lareqa", part=part)
    printed = {}
    with TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for kind in ("queries", "candidates"):
                if value := row[f"{part.replace('-', '_')}_{kind}"]:
                    printed[f"{kind}-{row['language']}"] = int(value)
    assert len(printed) == 2 * PARTS[part]
    assert {what: catalogue.count(binding, what) for what in printed} == printed
    assert catalogue.count(binding, "crosslingual-settings") == PARTS[part] * (PARTS[part] - 1)
    with pytest.raises(UsageError, match="queries-ar"):
        catalogue.count(binding, "queries-tlh")
