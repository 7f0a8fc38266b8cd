"""Oracles: folders with known files; a server on this machine; the real files where they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Site, serving

from harness.codec import sha256
from harness.data import download as downloading
from harness.data import holdings, lareqa
from harness.data.lareqa import PinnedFolder
from harness.errors import DigestMismatch, ResourceMissing, UsageError

FILES = {language: f"what {language} says".encode() for language in ("de", "en", "vi")}
PINNED = {
    name: PinnedFolder(commit="c0ffee", files={language: sha256(data) for language, data in FILES.items()})
    for name in ("mlqa-r", "xquad-r")
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where fetched folders lie: a cache of one's own, tiny pins, no pauses, nothing else to search."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(lareqa.VARIABLE, raising=False)
    monkeypatch.setattr(lareqa, "pins", lambda: PINNED)
    monkeypatch.setattr(downloading, "PAUSES", (0,))
    return tmp_path / "cache/harness/data"


def place(name: str, language: str) -> str:
    return f"/{lareqa.REPOSITORY}/c0ffee/{name}/{language}.json"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site({place("xquad-r", language): data for language, data in FILES.items()})) as running:
        yield running


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for language, data in files.items():
        (folder / f"{language}.json").write_bytes(data)
    return folder


def all_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_exact_nothing_is_missing_and_says_how_to_mend_it(cache: Path) -> None:
    assert holdings.names() == ("mlqa-r", "xquad-r")
    found = holdings.holding("xquad-r")
    assert (found.status, found.where, found.bytes) == ("missing", None, 0)
    assert found.source == "google-research-datasets/lareqa/xquad-r@c0ffee"
    assert str(cache) in found.problems[0]
    assert found.mend.startswith("harness data fetch xquad-r, or export HARNESS_DATA=DIR")
    assert "de.json, en.json, vi.json" in found.mend


def test_exact_whole_folders_are_ready_wherever_they_lie(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(cache / "xquad-r", FILES)
    lay(tmp_path / "named/mlqa-r", FILES)
    monkeypatch.setenv(lareqa.VARIABLE, os.pathsep.join(["", str(tmp_path / "nowhere"), str(tmp_path / "named")]))
    found = [holdings.holding(name) for name in holdings.names()]
    assert [one.status for one in found] == ["ready", "ready"]
    assert [one.where for one in found] == [str(tmp_path / "named/mlqa-r"), str(cache / "xquad-r")]
    assert all((one.problems, one.mend) == ((), "") for one in found)
    assert found[0].bytes == sum(map(len, FILES.values()))


def test_exact_lacking_files_are_missing_and_named(cache: Path) -> None:
    lay(cache / "xquad-r", {"en": FILES["en"]})
    found = holdings.holding("xquad-r")
    assert found.status == "missing"
    assert [problem.rpartition("/")[2].split(":")[0] for problem in found.problems] == ["de.json", "vi.json"]
    assert found.mend.startswith("harness data fetch")


def test_exact_each_file_amiss_is_told(cache: Path) -> None:
    folder = lay(cache / "xquad-r", {"de": FILES["en"], "en": FILES["en"][:-1], "fr": b"more"})
    (folder / "vi.json").mkdir()
    found = holdings.holding("xquad-r")
    assert found.status == "refused"
    swapped, cut, kind, more = found.problems
    assert f"de.json: expected sha256 {sha256(FILES['de'])}, found {sha256(FILES['en'])}" in swapped
    assert "these are the bytes of mlqa-r/en.json" in swapped
    assert f"found {sha256(FILES['en'][:-1])}; take the file" in cut
    assert "vi.json: expected a readable file, found Is a directory" in kind
    assert "fr.json: expected only de.json, en.json, vi.json" in more


def test_exact_a_folder_of_ones_own_that_is_amiss_is_ones_own_to_mend(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    folder = lay(tmp_path / "named/xquad-r", {"de": FILES["de"]})
    monkeypatch.setenv(lareqa.VARIABLE, str(folder.parent))
    assert holdings.holding("xquad-r").mend.startswith(f"mend {folder}, or take {folder.parent} out of HARNESS_DATA")
    with pytest.raises(UsageError, match=r"en\.json: expected this file, found nothing\n(.*\n)*.*nothing is fetched"):
        holdings.fetch("xquad-r", site.base)
    assert (site.asked, all_files(folder), cache.exists()) == ([], ["de.json"], False)


def test_exact_fetched_files_are_ready(cache: Path, site: Site) -> None:
    found = holdings.fetch("xquad-r", f"{site.base}/")
    assert (found.status, found.where) == ("ready", str(cache / "xquad-r"))
    assert all_files(cache) == ["xquad-r/de.json", "xquad-r/en.json", "xquad-r/vi.json"]
    assert [path for path, _ in site.asked] == [place("xquad-r", language) for language in FILES]
    assert holdings.fetch("xquad-r", "http://127.0.0.1:9") == found


def test_rule_no_folder_is_there_before_it_is_whole(cache: Path, site: Site) -> None:
    gone = site.files.pop(place("xquad-r", "vi"))
    with pytest.raises(ResourceMissing) as caught:
        holdings.fetch("xquad-r", site.base)
    assert "status 404" in caught.value.what
    assert caught.value.mend == (
        f"put xquad-r/vi.json of {lareqa.REPOSITORY} at commit c0ffee at {cache}/xquad-r/vi.json, "
        "and the others beside it"
    )
    assert not (cache / "xquad-r").exists()
    assert holdings.holding("xquad-r").status == "missing"
    site.files[place("xquad-r", "vi")] = gone
    site.asked.clear()
    assert holdings.fetch("xquad-r", site.base).status == "ready"
    assert [path for path, _ in site.asked] == [place("xquad-r", "vi")]


def test_rule_wrong_bytes_leave_nothing_under_the_final_name(cache: Path, site: Site) -> None:
    site.files[place("xquad-r", "de")] = b"other"
    with pytest.raises(DigestMismatch, match=f"expected sha256 {sha256(FILES['de'])}, found {sha256(b'other')}"):
        holdings.fetch("xquad-r", site.base)
    assert all_files(cache) == []


def test_rule_only_what_is_lacking_or_wrong_is_fetched(cache: Path, site: Site) -> None:
    lay(cache / "xquad-r", {"de": FILES["de"], "en": b"damaged"})
    assert holdings.fetch("xquad-r", site.base).status == "ready"
    assert [path for path, _ in site.asked] == [place("xquad-r", language) for language in ("en", "vi")]
    assert not any((cache / ".underway").rglob("*"))


def test_exact_what_is_too_much_is_told_after_a_fetch(cache: Path, site: Site) -> None:
    lay(cache / "xquad-r", {"fr": b"more"})
    found = holdings.fetch("xquad-r", site.base)
    assert found.status == "refused"
    assert "fr.json: expected only" in found.problems[0]
    assert holdings.fetch("xquad-r", site.base) == found


def test_exact_unknown_names_are_told(cache: Path) -> None:
    for ask in (holdings.holding, holdings.fetch):
        with pytest.raises(UsageError, match=r"expected one of mlqa-r, xquad-r, found '\.\./etc'"):
            ask("../etc")
    assert not cache.exists()


@pytest.mark.parametrize("name", ["xquad-r", "mlqa-r"])
def test_paper_the_real_files_pass(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = next((Path(root) / name for root in lareqa.named_roots() if (Path(root) / name).is_dir()), None)
    if there is None:
        pytest.skip(f"the real {name} is not here: export HARNESS_DATA=DIR, where DIR holds {name}")
    assert holdings.holding(name).status == "ready"
    commit = lareqa.pins()[name].commit
    files = {f"/{lareqa.REPOSITORY}/{commit}/{name}/{path.name}": path.read_bytes() for path in there.glob("*.json")}
    monkeypatch.delenv(lareqa.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with serving(Site(files)) as site:
        assert holdings.fetch(name, site.base).status == "ready"
    swapped = tmp_path / "harness/data" / name
    shutil.move(swapped / "de.json", swapped / "old")
    shutil.copy(swapped / "en.json", swapped / "de.json")
    assert f"these are the bytes of {name}/en.json" in holdings.holding(name).problems[0]
