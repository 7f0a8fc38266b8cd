"""Oracles: a server on this machine that answers by script; the bytes that it serves."""

from __future__ import annotations

import fcntl
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Answer, Site, serving

from harness.codec import sha256
from harness.data import download as downloading
from harness.data.download import Wanted, download
from harness.errors import DigestMismatch, ResourceMissing, UsageError
from harness.seeds import generator

DATA = generator("test", "download").bytes(200_000)
FILE = "/folder/de.json"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "PAUSES", (0, 0))


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site({FILE: DATA})) as running:
        yield running


def wanted(site: Site, folder: Path, data: bytes = DATA) -> Wanted:
    return Wanted(f"{site.base}{FILE}", folder / "new" / "de.json", sha256(data), "put it there by hand")


def part(one: Wanted) -> Path:
    return one.path.with_name(".de.json.part")


def earlier(one: Wanted, data: bytes) -> None:
    one.path.parent.mkdir()
    part(one).write_bytes(data)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("script", "requests"),
    [
        ([], 1),
        (["busy"], 2),
        (["busy", "busy"], 3),
        (["cut"], 2),
        (["cut", "cut"], 3),
        (["cut", "busy"], 3),
        (["cut", "whole"], 2),
        (["cut", "unsatisfiable"], 3),
        (["cut", "elsewhere"], 3),
    ],
)
def test_exact_what_may_pass_is_tried_again(site: Site, tmp_path: Path, script: list[Answer], requests: int) -> None:
    site.script = script
    one = wanted(site, tmp_path)
    download(one)
    assert one.path.read_bytes() == DATA
    assert left(tmp_path) == ["de.json"]
    assert len(site.asked) == requests


def test_exact_only_the_rest_is_asked_for(site: Site, tmp_path: Path) -> None:
    site.script = ["cut", "cut"]
    download(wanted(site, tmp_path))
    assert [ranged for _, ranged in site.asked] == [None, "bytes=100000-", "bytes=150000-"]


def test_exact_a_later_call_goes_on_where_an_earlier_one_ended(site: Site, tmp_path: Path) -> None:
    one = wanted(site, tmp_path)
    earlier(one, DATA[:70_000])
    heard: list[tuple[int, int | None]] = []
    download(one, lambda here, whole: heard.append((here, whole)))
    assert one.path.read_bytes() == DATA
    assert site.asked == [(FILE, "bytes=70000-")]
    assert heard[0][0] > 70_000
    assert heard[-1] == (len(DATA), len(DATA))


@pytest.mark.parametrize("stale", [b"x" * 50, DATA + b"x", b"x" * len(DATA)])
def test_rule_a_part_of_something_else_is_fetched_anew(site: Site, tmp_path: Path, stale: bytes) -> None:
    one = wanted(site, tmp_path)
    earlier(one, stale)
    if len(stale) >= len(DATA):
        site.script = ["unsatisfiable"]
    download(one)
    assert one.path.read_bytes() == DATA


def test_rule_a_whole_part_needs_no_network(tmp_path: Path) -> None:
    one = wanted(Site({}, base="http://127.0.0.1:9"), tmp_path)
    earlier(one, DATA)
    download(one)
    assert one.path.read_bytes() == DATA


@pytest.mark.parametrize("script", [[], ["cut"], ["cut-silently"]])
def test_rule_other_bytes_are_refused_and_nothing_is_kept(site: Site, tmp_path: Path, script: list[Answer]) -> None:
    site.script = script
    one = wanted(site, tmp_path, b"other")
    served = DATA[:100_000] if script == ["cut-silently"] else DATA
    with pytest.raises(DigestMismatch, match=f"{sha256(b'other')}, found {sha256(served)}; nothing was kept; put it"):
        download(one)
    assert left(tmp_path) == []


def test_rule_an_old_file_of_that_name_stays_until_the_new_one_is_right(site: Site, tmp_path: Path) -> None:
    one = wanted(site, tmp_path, b"other")
    one.path.parent.mkdir()
    one.path.write_bytes(b"old")
    with pytest.raises(DigestMismatch):
        download(one)
    assert one.path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("script", "said", "requests"),
    [
        (["busy"] * 9, "found status 503, 3 times; to mend it: put it there by hand", 3),
        (["cut"] * 9, r"found 175000 of 200000 bytes, 3 times", 3),
        (["gone"], r"de\.json: expected the file, found status 404; to mend it: put it", 1),
    ],
)
def test_exact_what_does_not_pass_is_told(
    site: Site, tmp_path: Path, script: list[Answer], said: str, requests: int
) -> None:
    site.script = script
    one = wanted(site, tmp_path)
    with pytest.raises(ResourceMissing, match=said):
        download(one)
    assert len(site.asked) == requests
    assert not one.path.exists()


def test_rule_an_answer_beyond_all_bounds_is_given_up(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "LARGEST", 150_000)
    one = wanted(site, tmp_path)
    with pytest.raises(ResourceMissing, match="found more than 150000 bytes"):
        download(one)
    assert part(one).stat().st_size == 0


def test_exact_without_a_network_the_place_is_told(tmp_path: Path) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # bound and not listening: refused
        one = wanted(Site({}, base=f"http://127.0.0.1:{unheard.getsockname()[1]}"), tmp_path)
        with pytest.raises(
            ResourceMissing, match="found Connection refused, 3 times; to mend it: put it there by hand"
        ):
            download(one)
    assert not one.path.exists()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/a", "de.json", ""])
def test_degenerate_other_addresses_than_the_webs(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="starts with http"):
        download(Wanted(url, tmp_path / "de.json", "0" * 64, "by hand"))
    assert left(tmp_path) == []


def test_rule_two_fetches_of_one_file_do_not_meet(site: Site, tmp_path: Path) -> None:
    one = wanted(site, tmp_path)
    earlier(one, b"")
    with part(one).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="one at work; wait for it"):
            download(one)
    assert site.asked == []


def test_degenerate_a_place_that_cannot_be_written(site: Site, tmp_path: Path) -> None:
    (tmp_path / "new").write_text("a file")
    with pytest.raises(UsageError, match="expected a place to write to"):
        download(wanted(site, tmp_path))
