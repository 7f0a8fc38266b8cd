"""Counts of the real files made a second way, and of copies in which something is more or less.

A red team asks what a count would say had the files been others. So the files are read once more,
by nothing that `harness.data.lareqa` counts with, and counted as they are and after each change:

    a language less     the last language is not there
    a question less     the first paragraph of one language loses a question
    a passage more      the first paragraph of one language gains a sentence

Limits: as many bytes as the files have; about half a second for both folders.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.data import lareqa
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

AS_THEY_ARE = "as they are"
Files = dict[str, list[dict[str, Any]]]
"""Paragraphs by language."""


def recounts(part: str) -> dict[str, dict[str, int]]:
    """Return the counts of one folder, as it is and after each change, by what was changed.

    Raises:
        ResourceMissing: the files are not on this machine.
        UsageError: a folder that is not pinned.
    """
    pinned = lareqa.pins().get(part)
    if pinned is None:
        raise UsageError(f"expected one of {', '.join(lareqa.pins())} to count in, found {part!r}")
    folder = lareqa.find(part, lareqa.roots(), pinned)
    files = {path.stem: _paragraphs(path) for path in sorted(folder.glob("*.json"))}
    found = {AS_THEY_ARE: counted(files)}
    return found | {name: counted(change(files)) for name, change in CHANGES.items()}


def _paragraphs(path: Path) -> list[dict[str, Any]]:
    told = json.loads(path.read_bytes())
    return [paragraph for article in told["data"] for paragraph in article["paragraphs"]]


def counted(files: Mapping[str, list[dict[str, Any]]]) -> dict[str, int]:
    """Return every count by the names that claims use."""
    size = len(files)
    found = {"languages": size, "monolingual-settings": size, "crosslingual-settings": size * size - size}
    for language, paragraphs in files.items():
        found[f"queries-{language}"] = sum(len(one["qas"]) for one in paragraphs)
        found[f"candidates-{language}"] = sum(len(one["sentences"]) for one in paragraphs)
    return found


def _without_language(files: Files) -> Files:
    return {language: files[language] for language in sorted(files)[:-1]}


def _without_question(files: Files) -> Files:
    return _first_changed(files, "qas", lambda qas: qas[1:])


def _with_passage(files: Files) -> Files:
    return _first_changed(files, "sentences", lambda sentences: [*sentences, "One more."])


def _first_changed(files: Files, key: str, change: Callable[[list[Any]], list[Any]]) -> Files:
    language = min(files)
    first, *others = files[language]
    return {**files, language: [{**first, key: change(first[key])}, *others]}


CHANGES: dict[str, Callable[[Files], Files]] = {
    "a language less": _without_language,
    "a question less": _without_question,
    "a passage more": _with_passage,
}
