"""Finding, reading and counting the real XQuAD-R and MLQA-R.

The files stay outside this package. Folders named `xquad-r` and `mlqa-r` are looked for in the
folders of the environment variable `HARNESS_DATA` (a path list), then in the user's cache folder,
where `harness data fetch` puts them; the first that has one wins.

1. The languages are those of the files found, and must be the pinned ones: no more, no fewer.
2. Each file's bytes must have the pinned sha256; the bytes checked are the bytes read.
3. Every file has LAReQA's shape: data -> paragraphs -> sentences and qas.

Only then is anything counted: questions and candidate sentences as listed (not distinct texts),
settings by enumeration over the languages found. `harness.data.answering` reads the same bytes as
evaluation sets, by rule 2 for the languages it is asked for.

Limits: 31 MB, about a second for both. Source: Roy et al. 2020, LAReQA (arXiv 2004.05484).
"""

from __future__ import annotations

import json
import os
from importlib.resources import files
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.cache import cache_folder
from harness.codec import sha256
from harness.errors import DigestMismatch, Fault, FileFaults, ResourceMissing
from harness.records.record import Language, Record, Sha256

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VARIABLE = "HARNESS_DATA"
REPOSITORY = "google-research-datasets/lareqa"
LARGEST = 64 << 20
"""Bytes; the largest real file has a tenth of this."""


class PinnedFolder(Record):
    """The commit a folder comes from and the sha256 of each language's file."""

    commit: str
    files: dict[Language, Sha256]

    def names(self) -> list[str]:
        """Return the names of the files."""
        return sorted(f"{language}.json" for language in self.files)


class _Part(BaseModel):
    """LAReQA's files have more keys than we count; those are left alone."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Question(_Part):
    id: str
    question: str


class _Paragraph(_Part):
    sentences: list[str]
    qas: list[_Question]


class _Article(_Part):
    paragraphs: list[_Paragraph]


class _File(_Part):
    data: list[_Article] = Field(min_length=1)

    def questions(self) -> int:
        return sum(len(paragraph.qas) for article in self.data for paragraph in article.paragraphs)

    def sentences(self) -> int:
        return sum(len(paragraph.sentences) for article in self.data for paragraph in article.paragraphs)


def pins() -> Mapping[str, PinnedFolder]:
    """Return folder name -> what it must hold, from the package's own data."""
    text = files("harness").joinpath("data/lareqa_pins.json").read_bytes()
    return {part: PinnedFolder.model_validate(pinned) for part, pinned in json.loads(text).items()}


def named_roots() -> tuple[str, ...]:
    """Return the folders that `HARNESS_DATA` names, in its order."""
    return tuple(root for root in os.environ.get(VARIABLE, "").split(os.pathsep) if root)


def fetched_root() -> Path:
    """Return the folder into which files are fetched, which need not be there."""
    return cache_folder() / "data"


def roots() -> tuple[str, ...]:
    """Return where pinned folders are looked for, in that order."""
    return (*named_roots(), str(fetched_root()))


def find(part: str, searched: Sequence[str], pinned: PinnedFolder) -> Path:
    """Return the first folder named `part` in the folders `searched`.

    Raises:
        ResourceMissing: there is none.
    """
    for root in searched:
        folder = Path(root) / part
        if folder.is_dir():
            return folder
    told = "" if os.environ.get(VARIABLE) else f" ({VARIABLE} is not set)"
    raise ResourceMissing(
        f"the folder {part} of LAReQA is not here; searched {', '.join(searched) or 'nothing'}{told}",
        f"harness data fetch {part}, or {by_hand(part, pinned)}",
    )


def by_hand(part: str, pinned: PinnedFolder) -> str:
    """Return in words how to bring a folder without a network."""
    held = f"{', '.join(pinned.names())} of {REPOSITORY}, folder {part}, at commit {pinned.commit}"
    return f"export {VARIABLE}=DIR, where DIR/{part} holds {held}"


def counts(folder: Path, pinned: PinnedFolder) -> Mapping[str, int]:
    """Return every count that can be asked of a folder, by name.

    Raises:
        FileFaults: a language file too many or too few, or one that is not LAReQA's JSON.
        DigestMismatch: a file whose bytes are not the pinned ones.
    """
    languages = _languages(folder, pinned)
    parsed = _parsed({language: checked(folder / f"{language}.json", pinned, language) for language in languages})
    counted = {
        "languages": len(languages),
        "monolingual-settings": len(list(permutations(languages, 1))),
        "crosslingual-settings": len(list(permutations(languages, 2))),
    }
    counted |= {f"queries-{language}": parsed[language].questions() for language in languages}
    return counted | {f"candidates-{language}": parsed[language].sentences() for language in languages}


def contents(folder: Path, pinned: PinnedFolder, languages: Sequence[str]) -> Mapping[str, bytes]:
    """Return the bytes of some languages' files, each with the pinned digest; the others need not be there.

    Raises:
        FileFaults: a file that is missing, or no file.
        DigestMismatch: a file whose bytes are not the pinned ones.
    """
    faults = [_absent(folder, language) for language in languages if not (folder / f"{language}.json").is_file()]
    if faults:
        raise FileFaults(faults)
    return {language: checked(folder / f"{language}.json", pinned, language) for language in languages}


def _absent(folder: Path, language: str) -> Fault:
    todo = f"harness data fetch {folder.name}, or take it from {REPOSITORY}"
    return Fault(str(folder / f"{language}.json"), 0, "this file", "nothing", todo)


def _languages(folder: Path, pinned: PinnedFolder) -> list[str]:
    found = {path.stem: path for path in folder.glob("*.json")}
    faults = [_absent(folder, language) for language in sorted(set(pinned.files) - set(found))]
    faults += [
        Fault(str(found[language]), 0, f"only {', '.join(sorted(pinned.files))}", repr(language), "move it elsewhere")
        for language in sorted(set(found) - set(pinned.files))
    ]
    faults += [
        Fault(str(path), 0, f"a regular file of at most {LARGEST} bytes", "another", "replace it")
        for language, path in sorted(found.items())
        if language in pinned.files and not (path.is_file() and path.stat().st_size <= LARGEST)
    ]
    if faults:
        raise FileFaults(faults)
    return sorted(found)


def checked(path: Path, pinned: PinnedFolder, language: str) -> bytes:
    """Return the bytes of one language's file.

    Raises:
        FileFaults: a file that is too large to be it, or cannot be read.
        DigestMismatch: its bytes are not the pinned ones; says where they belong if another file is pinned with them.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise FileFaults([Fault(str(path), 0, "a readable file", error.strerror or str(error))]) from error
    if len(data) > LARGEST:
        raise FileFaults([Fault(str(path), 0, f"at most {LARGEST} bytes", "more", "replace it")])
    if (found := sha256(data)) != pinned.files[language]:
        todo = f"{known_as(found)}take the file from {REPOSITORY} at commit {pinned.commit}"
        raise DigestMismatch(path, pinned.files[language], found, todo)
    return data


def known_as(digest: str) -> str:
    """Return in words which pinned file has this digest; nothing where none has."""
    names = [
        f"{part}/{language}.json"
        for part, pinned in sorted(pins().items())
        for language, one in pinned.files.items()
        if one == digest
    ]
    return f"these are the bytes of {names[0]}; " if names else ""


def _parsed(contents: Mapping[str, bytes]) -> Mapping[str, _File]:
    parsed: dict[str, _File] = {}
    faults: list[Fault] = []
    for language, data in contents.items():
        try:
            parsed[language] = _File.model_validate_json(data)
        except ValidationError as error:
            faults += [
                Fault(
                    f"{language}.json", 0, f"{'.'.join(map(str, item['loc'])) or 'JSON'}: {item['msg']}", item["type"]
                )
                for item in error.errors()
            ]
    if faults:
        raise FileFaults(faults)
    return parsed
