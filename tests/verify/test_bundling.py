"""A bundle's oracle is what went into it; then zip files that no bundle should be."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import MadeUp

from harness.codec import digest, pretty, sha256
from harness.court.sandbox import Enclosure
from harness.errors import EntryDamaged, UsageError
from harness.records.replay import BundleContents, Member
from harness.verify.bundling import CONTENTS, is_bundle, members, unpack, write_bundle
from harness.verify.differing import read_verdict
from harness.verify.replaying import Replayed, Stated, replay

Files = list[tuple[zipfile.ZipInfo, bytes]]


@pytest.fixture(scope="module")
def bundled(root: Path, sealed: Enclosure, tmp_path_factory: pytest.TempPathFactory) -> tuple[MadeUp, Path, Replayed]:
    made = MadeUp(root, tmp_path_factory.mktemp("bundled") / "made", sealed)
    made.verdict()
    job, out = made.replaying(), made.folder.parent / "out.zip"
    verdict = read_verdict(made.reports / "verdicts/c71.tiny.json")
    replayed = replay(verdict, job, made.reports)
    files = members(verdict, job.files[0], (job.scope, made.scope_file), made.reports)
    assert write_bundle(out, verdict, files, job.store, replayed) == out.stat().st_size
    return made, out, replayed


@pytest.fixture(scope="module")
def out(bundled: tuple[MadeUp, Path, Replayed]) -> Path:
    return bundled[1]


def test_itself_a_bundle_replays_without_the_store_it_came_from(
    bundled: tuple[MadeUp, Path, Replayed], tmp_path: Path
) -> None:
    made, out, before = bundled
    contents = unpack(out, tmp_path / "x")
    (tmp_path / "x" / made.scope_file.name).write_bytes((tmp_path / "x/scope/tiny.yaml").read_bytes())
    other = made.copied(tmp_path / "other")
    shutil.rmtree(other.folder)
    other.folder, other.scope_file, other.reports = (
        tmp_path / "x",
        tmp_path / "x/scope/tiny.yaml",
        tmp_path / "x/reports",
    )
    verdict = read_verdict(tmp_path / "x/verdict.json")
    stated = Stated(contents.ranks, contents.judgements, contents.libraries)
    found = replay(verdict, other.replaying(), other.reports, stated)
    assert found.replay.same
    assert found.ranks == before.ranks == contents.ranks
    assert found.judgements == contents.judgements


def test_exact_a_bundle_is_plain_and_the_same_each_time(bundled: tuple[MadeUp, Path, Replayed], tmp_path: Path) -> None:
    made, out, replayed = bundled
    job = made.replaying()
    verdict = read_verdict(made.reports / "verdicts/c71.tiny.json")
    files = members(verdict, job.files[0], (job.scope, made.scope_file), made.reports)
    again = tmp_path / "again.zip"
    write_bundle(again, verdict, files, job.store, replayed)
    assert again.read_bytes() == out.read_bytes()
    with zipfile.ZipFile(out) as bundle:
        names = bundle.namelist()
        assert {info.compress_type for info in bundle.infolist()} == {zipfile.ZIP_STORED}
        assert bundle.testzip() is None
    expected = {"verdict.json", "claims/c71-tiny.yaml", "claims/c71_tiny.py", "scope/tiny.yaml", CONTENTS}
    assert expected | {"reports/measurements/c71.tiny.parquet"} == {name for name in names if name[:6] != "store/"}
    assert {name.split("/")[3] for name in names if name.startswith("store/")} == set(replayed.cells)
    assert is_bundle(out)
    assert not is_bundle(made.scope_file)
    assert not is_bundle(tmp_path)


def test_exact_a_bundle_is_written_whole_or_not_at_all(bundled: tuple[MadeUp, Path, Replayed], tmp_path: Path) -> None:
    made, _, replayed = bundled
    other = made.copied(tmp_path / "copy")
    job = other.replaying()
    verdict = read_verdict(made.reports / "verdicts/c71.tiny.json")
    job.store.set_aside(replayed.cells[-1])
    with pytest.raises(EntryDamaged, match="expected a finished cell, found nothing"):
        write_bundle(tmp_path / "out.zip", verdict, {}, job.store, replayed)
    with pytest.raises(UsageError, match="letters, digits"):
        write_bundle(tmp_path / "out.zip", verdict, {"../x": other.scope_file}, job.store, Replayed(replayed.replay))
    with pytest.raises(UsageError, match="expected a place to write a bundle"):
        write_bundle(tmp_path / "no/out.zip", verdict, {}, job.store, replayed)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy"]


def read(path: Path) -> Files:
    with zipfile.ZipFile(path) as bundle:
        return [(info, bundle.read(info)) for info in bundle.infolist()]


def written(files: Files, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as bundle:
        for info, data in files:
            bundle.writestr(info, data, compress_type=info.compress_type)
    return path


def plain(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info


def with_contents(files: Files, /, **changes: object) -> Files:
    """Return files whose contents say what they are, with some of what they say changed."""
    kept = [(info, data) for info, data in files if info.filename != CONTENTS]
    told = json.loads({info.filename: data for info, data in files}[CONTENTS])
    del told["sha256"]
    told["files"] = {info.filename: {"sha256": sha256(data), "bytes": len(data)} for info, data in kept}
    told |= changes
    return [*kept, (plain(CONTENTS), pretty({**told, "sha256": digest(told)}))]


def linked(files: Files) -> Files:
    link = plain("claims/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return with_contents([(link, b"/etc/passwd"), *files])


def squeezed(files: Files) -> Files:
    info = plain("claims/bomb.csv")
    info.compress_type = zipfile.ZIP_DEFLATED
    return with_contents([(info, b"\0" * (1 << 22)), *files])


def resized(files: Files) -> Files:
    kept = [(info, data) for info, data in files if info.filename != CONTENTS]
    told = {info.filename: {"sha256": sha256(data), "bytes": len(data) + 1} for info, data in kept}
    return with_contents(files, files=told)


def named(name: str) -> Callable[[Files], Files]:
    return lambda files: with_contents([(plain(name), b"x"), *files])


def changed(name: str) -> Callable[[Files], Files]:
    def change(files: Files) -> Files:
        return [(info, data[:-1] + b"#" if info.filename.endswith(name) else data) for info, data in files]

    return change


def without(name: str) -> Callable[[Files], Files]:
    return lambda files: [(info, data) for info, data in files if not info.filename.endswith(name)]


HOSTILE: dict[str, tuple[Callable[[Files], Files], str]] = {
    "a file changed": (changed("claims/c71_tiny.py"), "'claims/c71_tiny.py': expected sha256"),
    "vectors changed": (changed("queries.npy"), "queries.npy': expected sha256"),
    "the verdict changed": (changed("verdict.json"), "'verdict.json': expected sha256"),
    "the contents changed": (changed(CONTENTS), "'contents.json': expected the"),
    "a file gone": (without("c71_tiny.py"), "'claims/c71_tiny.py': expected exactly the files"),
    "no contents": (without(CONTENTS), "'contents.json': expected the contents"),
    "a file more": (lambda files: [*files, (plain("more"), b"")], "'more': expected exactly the files"),
    "a name that is absolute": (named("/x"), "'contents.json': expected the contents"),
    "a name that leads out": (named("../x"), "'contents.json': expected the contents"),
    "a name that leads out inside": (named("claims/../../x"), "'contents.json': expected the contents"),
    "a name of another system": (named("claims\\x"), "'contents.json': expected the contents"),
    "a hidden name": (named("claims/.x"), "'contents.json': expected the contents"),
    "an empty name": (named("claims//x"), "'contents.json': expected the contents"),
    "a folder": (lambda files: [*files, (zipfile.ZipInfo("claims/"), b"")], "expected a plain file"),
    "a link": (linked, "'claims/link': expected a plain file"),
    "another size than stated": (resized, r"expected [0-9]+ bytes, found"),
    "a bomb": (squeezed, "'claims/bomb.csv': expected no compression"),
    "names of two cases": (named("claims/C71_TINY.PY"), "every file system tells apart"),
    "a file that is a folder too": (named("claims"), "every file system tells apart"),
    "contents of another schema": (
        lambda files: with_contents(files, schema="urn:harness:bundle:2"),
        "this version",
    ),
    "contents that say more": (lambda files: with_contents(files, more=1), "this version"),
    "contents that are a list": (
        lambda files: [*without(CONTENTS)(files), (plain(CONTENTS), b"[1]")],
        "this version",
    ),
    "contents too deep": (
        lambda files: [*without(CONTENTS)(files), (plain(CONTENTS), b"[" * 100_000)],
        "this version",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_exact_a_bundle_that_was_tampered_with_is_refused_and_the_file_named(
    out: Path, tmp_path: Path, name: str
) -> None:
    change, words = HOSTILE[name]
    path = written(change(read(out)), tmp_path / "hostile.zip")
    with pytest.raises(UsageError, match=words.replace("'", "['\"]")):
        unpack(path, tmp_path / "unpacked/deep")
    assert {one.name for one in tmp_path.iterdir()} <= {"hostile.zip", "unpacked"}
    assert not [one for one in tmp_path.rglob("*") if one.is_symlink()]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_exact_a_name_twice_and_an_encrypted_file_are_refused(out: Path, tmp_path: Path) -> None:
    files = read(out)
    path = written([*files, (plain("verdict.json"), b"another")], tmp_path / "twice.zip")
    with pytest.raises(UsageError, match=r"'verdict\.json': expected each file once"):
        unpack(path, tmp_path / "x")
    data = bytearray(written(files, tmp_path / "locked.zip").read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(data)
    with pytest.raises(UsageError, match="expected no encryption"):
        unpack(tmp_path / "locked.zip", tmp_path / "y")


def test_exact_another_method_is_refused_whatever_its_sizes_say(out: Path, tmp_path: Path) -> None:
    data = bytearray(out.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 10] = zipfile.ZIP_DEFLATED
    (tmp_path / "odd.zip").write_bytes(data)
    with pytest.raises(UsageError, match="expected no compression, found method 8"):
        unpack(tmp_path / "odd.zip", tmp_path / "x")


def test_exact_files_that_overlap_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    """Many names for one stretch of the file: the zip bomb that needs no compression."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr(plain("big"), b"\0" * 100_000)
        first = bundle.infolist()[0]
        for number in range(50):
            other = plain(f"big{number}")
            other.header_offset, other.CRC = first.header_offset, first.CRC
            other.compress_size = other.file_size = first.file_size
            bundle.filelist.append(other)
            bundle.NameToInfo[other.filename] = other
    path = tmp_path / "bomb.zip"
    path.write_bytes(stream.getvalue())
    with pytest.raises(UsageError, match="some that overlap"):
        unpack(path, tmp_path / "x")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, b"PK\x03\x04" + b"\xff" * 300])
def test_degenerate_what_is_no_zip_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="expected"):
        unpack(path, tmp_path / "x")
    with pytest.raises(UsageError, match="expected a bundle and room"):
        unpack(tmp_path, tmp_path / "x")


@given(offset=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(derandomize=True, deadline=None, max_examples=120)
def test_theory_a_flipped_bit_is_refused_or_changes_no_file(
    out: Path, tmp_path_factory: pytest.TempPathFactory, offset: float, bit: int
) -> None:
    folder = tmp_path_factory.mktemp("flip")
    data = bytearray(out.read_bytes())
    data[int(offset * len(data))] ^= 1 << bit
    (folder / "flipped.zip").write_bytes(data)
    try:
        contents = unpack(folder / "flipped.zip", folder / "x")
    except UsageError:
        return
    whole = {info.filename: content for info, content in read(out)}
    assert {name: (folder / "x" / name).read_bytes() for name in contents.files} == {
        name: content for name, content in whole.items() if name != CONTENTS
    }
    shutil.rmtree(folder)


def test_exact_names_in_the_contents_lead_nowhere() -> None:
    one = Member(sha256="0" * 64, bytes=0)
    for name in ("/x", "../x", "x/..", "x/../y", ".x", "x//y", "x/", "", "x\\y", "x\n", "x y", "é", "x" * 401):
        with pytest.raises(ValueError, match="files"):
            BundleContents(claim="c1", scope="s", files={name: one}, judgements={}, ranks={}, libraries={})
