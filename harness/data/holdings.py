"""Which pinned files are on this machine, whether they are whole, and how they come here.

    ready      every pinned file is there with its digest, and no other .json
    missing    there is no such folder, or some of its files are lacking and the others are right
    refused    something in the folder is not what is pinned

The folder looked at is the first that has the name (`harness.data.lareqa.roots`). `fetch` brings
what is lacking into the cache folder: files are downloaded and checked beside it, in
`.underway/<name>`, and put into their folder when all are there, so that nobody meets a folder of
half the languages. It never writes into a folder that HARNESS_DATA names.

Cost: one pass over the bytes, 31 MB for both. Address: <base>/<repository>/<commit>/<folder>/<file>.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harness.data import lareqa
from harness.data.download import Wanted, download
from harness.errors import HarnessError, UsageError
from harness.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.data.download import Told

BASE = "https://raw.githubusercontent.com"
UNDERWAY = ".underway"


class Holding(Record):
    """What this machine has of one pinned folder; `problems` are words for each file amiss."""

    name: str
    status: Literal["ready", "missing", "refused"]
    where: str | None
    bytes: int
    source: str
    problems: tuple[str, ...] = ()
    mend: str = ""


def names() -> tuple[str, ...]:
    """Return the names of all pinned folders."""
    return tuple(sorted(lareqa.pins()))


def holding(name: str) -> Holding:
    """Return what there is of one pinned folder, every file of it hashed anew.

    Raises:
        UsageError: no such name.
    """
    pinned = _pinned(name)
    source = f"{lareqa.REPOSITORY}/{name}@{pinned.commit}"
    mend = f"harness data fetch {name}, or {lareqa.by_hand(name, pinned)}"
    folder = _found(name)
    if folder is None:
        searched = f"searched {', '.join(lareqa.roots())}"
        return Holding(name=name, status="missing", where=None, bytes=0, source=source, problems=(searched,), mend=mend)
    absent, wrong = _amiss(folder, pinned)
    whole = not absent and not wrong
    return Holding(
        name=name,
        status="refused" if wrong else "missing" if absent else "ready",
        where=str(folder),
        bytes=sum(path.stat().st_size for path in folder.glob("*.json") if path.is_file()),
        source=source,
        problems=(*wrong, *(f"{folder / file}: expected this file, found nothing" for file in absent)),
        mend="" if whole else mend if folder.parent == lareqa.fetched_root() else _shadowing(folder),
    )


def _pinned(name: str) -> lareqa.PinnedFolder:
    known = lareqa.pins()
    if name not in known:
        raise UsageError(f"expected one of {', '.join(sorted(known))}, found {name!r}")
    return known[name]


def _found(name: str) -> Path | None:
    return next((folder for root in lareqa.roots() if (folder := Path(root) / name).is_dir()), None)


def _shadowing(folder: Path) -> str:
    return f"mend {folder}, or take {folder.parent} out of {lareqa.VARIABLE}; nothing is fetched into it"


def _amiss(folder: Path, pinned: lareqa.PinnedFolder) -> tuple[list[str], list[str]]:
    """Return the names of files that are absent, and words for each that is wrong."""
    absent, wrong = [], []
    for language in sorted(pinned.files):
        path = folder / f"{language}.json"
        if not path.exists():
            absent.append(path.name)
            continue
        try:
            lareqa.checked(path, pinned, language)
        except HarnessError as error:
            wrong.append(str(error))
    others = sorted({path.name for path in folder.glob("*.json")} - set(pinned.names()))
    wrong += [f"{folder / name}: expected only {', '.join(pinned.names())}; move it elsewhere" for name in others]
    return absent, wrong


def fetch(name: str, base: str = BASE, told: Callable[[str], Told] | None = None) -> Holding:
    """Bring what is lacking of one pinned folder and return what there is then; `told` gives each file its listener.

    Raises:
        UsageError: no such name, or a folder that HARNESS_DATA names and that is not whole.
        ResourceMissing: a file cannot be had; says where it belongs.
        DigestMismatch: a file came that is not the pinned one; nothing of it is kept.
    """
    before = holding(name)
    target = lareqa.fetched_root() / name
    if before.status == "ready":
        return before
    if before.where is not None and Path(before.where) != target:
        raise UsageError("\n".join([*before.problems, before.mend]))
    pinned = _pinned(name)
    aside = target.parent / UNDERWAY / name
    lacking = [language for language in sorted(pinned.files) if not _has(target, pinned, language)]
    for language in lacking:
        if not _has(aside, pinned, language):
            wanted = _wanted(name, language, pinned, base, aside)
            download(wanted, told(f"{language}.json")) if told else download(wanted)
    _put(aside, target, lacking)
    return holding(name)


def _has(folder: Path, pinned: lareqa.PinnedFolder, language: str) -> bool:
    try:
        lareqa.checked(folder / f"{language}.json", pinned, language)
    except HarnessError:
        return False
    return True


def _wanted(name: str, language: str, pinned: lareqa.PinnedFolder, base: str, aside: Path) -> Wanted:
    place = f"{lareqa.REPOSITORY}/{pinned.commit}/{name}/{language}.json"
    lies = f"{name}/{language}.json of {lareqa.REPOSITORY} at commit {pinned.commit}"
    by_hand = f"put {lies} at {lareqa.fetched_root() / name / language}.json, and the others beside it"
    return Wanted(f"{base.rstrip('/')}/{place}", aside / f"{language}.json", pinned.files[language], by_hand)


def _put(aside: Path, target: Path, lacking: list[str]) -> None:
    """Put the files that were brought into their folder: at once where there is none yet."""
    try:
        if not target.exists():
            aside.rename(target)
            return
        for language in lacking:
            (aside / f"{language}.json").replace(target / f"{language}.json")
        shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{target}: expected a place to write to, found {error.strerror or error}") from error
