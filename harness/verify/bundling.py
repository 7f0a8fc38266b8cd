"""A bundle: one verdict with all that it was judged from, in a zip file that replays elsewhere.

    contents.json                   sha256 and size of every other file; digests of judgements and ranks
    verdict.json
    claims/<claim>.yaml, <claim>.py, lock.json, paper/
    scope/<scope>.yaml, <tuning>.tuning.json
    reports/<artifact>              the means that the verdict cites
    store/entries/<..>/<key>/       vectors of its cells; weights of the encoders that the court reads

Files lie in it as they are, uncompressed: vectors do not shrink, and what is not compressed is no
bomb. Texts and judgements are not in it: the Atlas makes them anew, real files are looked for as ever,
a BEIR folder only under the whole path that a scope names; they must have the digests stated. Its
bytes depend on what is in it alone.

Reading trusts nothing: a name that leads out, a name twice, a link, compression, encryption, a file
that is not in the contents, or in another size, and more bytes than the zip file itself has are
refused before anything is written; then each file by its digest. Limit: whoever changes a file and
the contents alike is found out by the replay, where it changes anything that was judged.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pydantic import ValidationError

from harness.claimfile.paper import paper_folder
from harness.claimfile.scopes import tuning_file
from harness.codec import CHUNK, digest, pretty
from harness.errors import EntryDamaged, UsageError
from harness.lockfile import NAME as LOCK
from harness.records.replay import BundleContents, Member
from harness.verify.differing import STORE
from harness.verify.replaying import libraries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.claimfile.claims import ClaimFile
    from harness.records.scope import Scope
    from harness.records.verdict import Verdict
    from harness.store import Store
    from harness.verify.replaying import Replayed

CONTENTS = "contents.json"
STORE_FOLDER = "store"
LARGEST_CONTENTS = 1 << 26
MAGIC = b"PK\x03\x04"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip file knows; a bundle has no other."""

PLAIN = (stat.S_IFREG | 0o644) << 16
ENCRYPTED = 0x1
BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError)
"""What `zipfile` raises for bytes that are no zip file, or another one than it says."""


def is_bundle(path: Path) -> bool:
    """Tell whether a file begins as a zip file does."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def members(verdict: Verdict, file: ClaimFile, scope: tuple[Scope, Path], reports: Path) -> dict[str, Path]:
    """Return the files that go with a verdict, by their names in the bundle; cells come beside them."""
    bound, scope_file = scope
    found = {f"claims/{path.name}": path for path in (file.path, file.script)}
    lock = file.path.parent / LOCK
    if lock.is_file():
        found[f"claims/{LOCK}"] = lock
    paper = None if file.paper is None else paper_folder(file.path.parent)
    if paper is not None:
        tables = [*sorted((paper / "tables").glob("*.csv")), paper / "statements.csv"]
        found |= {f"claims/paper/{path.relative_to(paper).as_posix()}": path for path in tables if path.is_file()}
    found[f"scope/{bound.name}.yaml"] = scope_file
    tuned = tuning_file(bound, scope_file.parent)
    if tuned is not None and tuned.is_file():
        found[f"scope/{tuned.name}"] = tuned
    for artifact in verdict.artifacts:
        if not artifact.path.startswith(STORE):
            found[f"reports/{artifact.path}"] = reports / artifact.path
    return found


def cells(store: Store, keys: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """Yield the files of finished cells, verified, by their names in a bundle.

    Raises:
        EntryDamaged: a cell that is damaged or gone.
    """
    for key in keys:
        folder = store.find(key)
        if folder is None:
            raise EntryDamaged(f"{store.place(key)}: expected a finished cell, found nothing")
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield f"{STORE_FOLDER}/{path.relative_to(store.root).as_posix()}", path


def write_bundle(out: Path, verdict: Verdict, files: Mapping[str, Path], store: Store, replayed: Replayed) -> int:
    """Write a bundle whole or not at all; return its size in bytes.

    Raises:
        UsageError: it cannot be written, or a file has a name that no bundle may hold.
        EntryDamaged: a cell that is damaged or gone.
    """
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(part, "x", zipfile.ZIP_STORED) as bundle:
            held = {"verdict.json": _add(bundle, "verdict.json", pretty(verdict.plain()))}
            for name, path in (*sorted(files.items()), *cells(store, replayed.cells)):
                held[name] = _add(bundle, name, path)
            contents = BundleContents(
                claim=verdict.claim,
                scope=verdict.scope,
                files=held,
                judgements=dict(replayed.judgements),
                ranks=dict(replayed.ranks),
                libraries=libraries(),
            ).plain()
            _add(bundle, CONTENTS, pretty({**contents, "sha256": digest(contents)}))
        part.replace(out)
    except OSError as error:
        raise UsageError(f"{out}: expected a place to write a bundle, found {error.strerror}") from error
    except ValidationError as error:
        raise UsageError(f"{out}: expected names of letters, digits and -_.@+ alone, found {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return out.stat().st_size


def _add(bundle: zipfile.ZipFile, name: str, source: Path | bytes) -> Member:
    """Copy one file into the zip; return its digest and size as copied."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.external_attr, info.create_system = PLAIN, 3
    info.file_size = len(source) if isinstance(source, bytes) else source.stat().st_size
    state, size = hashlib.sha256(), 0
    with bundle.open(info, "w") as target:
        for chunk in [source] if isinstance(source, bytes) else _chunks(source):
            state.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return Member(sha256=state.hexdigest(), bytes=size)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def unpack(path: Path, folder: Path) -> BundleContents:
    """Write the files of a bundle into an empty folder, each compared with its digest; return the contents.

    Raises:
        UsageError: it is no bundle, or something in it is not what it should be; names the file.
    """
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as bundle:
            whole = os.fstat(stream.fileno()).st_size
            infos = _plain(path, bundle.infolist(), whole)
            contents = _contents(path, bundle, infos)
            _expect_same_files(path, contents, infos)
            for name, member in contents.files.items():
                _unpack_one(path, bundle, infos[name], member, folder)
    except OSError as error:
        raise UsageError(f"{path}: expected a bundle and room to unpack it, found {error.strerror or error}") from error
    except BROKEN as error:
        raise UsageError(f"{path}: expected a bundle as it was written, found {error}; ask for it again") from error
    return contents


def _plain(path: Path, infos: list[zipfile.ZipInfo], whole: int) -> dict[str, zipfile.ZipInfo]:
    """Return members by name, if all are plain, uncompressed and together no larger than the zip file."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        if info.filename in found:
            raise _refused(path, info.filename, "each file once", "it again")
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise _refused(path, info.filename, "no compression", f"method {info.compress_type}")
        if info.flag_bits & ENCRYPTED:
            raise _refused(path, info.filename, "no encryption", "an encrypted file")
        if not stat.S_ISREG(info.external_attr >> 16):
            raise _refused(path, info.filename, "a plain file", "a link, a folder or a device")
        found[info.filename] = info
    if sum(info.file_size for info in infos) > whole:
        raise UsageError(f"{path}: expected files that fit into its {whole} bytes, found some that overlap")
    return found


def _contents(path: Path, bundle: zipfile.ZipFile, infos: Mapping[str, zipfile.ZipInfo]) -> BundleContents:
    if CONTENTS not in infos:
        raise _refused(path, CONTENTS, "the contents of a bundle", "none")
    with bundle.open(infos[CONTENTS]) as stream:
        data = stream.read(LARGEST_CONTENTS)
    try:
        told = json.loads(data)
        stated = told.pop("sha256")
        contents = BundleContents.model_validate_json(json.dumps(told), by_alias=True, by_name=False)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        words = str(error).partition("\n")[0]
        raise _refused(path, CONTENTS, "the contents of a bundle of this version", words or "other bytes") from error
    if data != pretty({**contents.plain(), "sha256": digest(contents.plain())}) or stated != digest(contents.plain()):
        raise _refused(path, CONTENTS, "the bytes that were written", "other bytes")
    return contents


def _expect_same_files(path: Path, contents: BundleContents, infos: Mapping[str, zipfile.ZipInfo]) -> None:
    """Refuse files beside the contents, files missing, and those of another size."""
    for name in sorted((infos.keys() - {CONTENTS}) ^ contents.files.keys()):
        found = "it is not in the contents" if name in infos else "none"
        raise _refused(path, name, "exactly the files of its contents", found)
    folded = {name.casefold(): name for name in contents.files}
    parents = {parent.as_posix() for name in contents.files for parent in Path(name).parents}
    for name, member in contents.files.items():
        if folded[name.casefold()] != name or name in parents:
            raise _refused(path, name, "names that every file system tells apart", "one that is like another")
        if infos[name].file_size != member.bytes:
            raise _refused(path, name, f"{member.bytes} bytes", str(infos[name].file_size))


def _unpack_one(path: Path, bundle: zipfile.ZipFile, info: zipfile.ZipInfo, member: Member, folder: Path) -> None:
    target = folder / info.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with bundle.open(info) as stream, target.open("xb") as copy:
            found = _copied(stream, copy)
    except BROKEN as error:
        raise _refused(path, info.filename, "the bytes that were written", str(error)) from error
    if found != member.sha256:
        raise _refused(path, info.filename, f"sha256 {member.sha256}", found)


def _copied(stream: IO[bytes], copy: IO[bytes]) -> str:
    state = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        state.update(chunk)
        copy.write(chunk)
    return state.hexdigest()


def _refused(path: Path, name: str, expected: str, found: str) -> UsageError:
    return UsageError(f"{path}: {name!r}: expected {expected}, found {found}; ask for the bundle again")
