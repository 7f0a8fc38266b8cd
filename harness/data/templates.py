"""Wordings of questions and passages, one file per language: `harness/atlas/templates/<language>.json`.

    {"questions": {relation: [wording, wording]},
     "passages":  {relation: [wording, wording]}}

A question holds `{entity}` once; a passage holds `{entity}` and `{answer}` once each. Names stand
in quotation marks or after a colon wherever the language would inflect them.

Limits: each relation needs two different wordings of each role, and no more, so that each is
drawn as often. All faults of all files are reported at once. JSON keeps no line numbers, so a
fault names the key instead.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from harness.data.cldr import LANGUAGES
from harness.data.relations import RELATIONS
from harness.errors import Fault, FileFaults
from harness.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = "harness/atlas/templates"
SUFFIX = ".json"
WORDINGS = 2
SLOTS = {"questions": frozenset({"entity"}), "passages": frozenset({"entity", "answer"})}
"""Role -> the slots that a wording has, each once."""

Faulty = tuple[str, str, str]


class Templates(Record):
    """All wordings of one language: relation -> wordings."""

    questions: dict[str, tuple[str, ...]]
    passages: dict[str, tuple[str, ...]]


@cache
def templates() -> Mapping[str, Templates]:
    """Return the package's templates, by language.

    Raises:
        FileFaults: the package data is damaged.
    """
    folder = files("harness").joinpath("atlas/templates")
    entries = folder.iterdir() if folder.is_dir() else iter(())
    return parse({entry.name: entry.read_bytes() for entry in entries if entry.name.endswith(SUFFIX)})


def parse(data: Mapping[str, bytes], folder: str = FOLDER) -> dict[str, Templates]:
    """Return the templates in `data`, which maps file names to bytes.

    Raises:
        FileFaults: a missing or unknown language or relation, a file that is not UTF-8 JSON, a
            key that is missing, unknown or given twice, a missing, repeated or unknown slot, other than two
            different wordings.
    """
    wanted = [f"{language}{SUFFIX}" for language in LANGUAGES]
    faults = [
        Fault(f"{folder}/{name}", 0, "a file of wordings", "none", "write it") for name in wanted if name not in data
    ]
    read: dict[str, Templates] = {}
    for name in sorted(data):
        path = f"{folder}/{name}"
        if name not in wanted:
            faults.append(Fault(path, 0, f"languages {', '.join(LANGUAGES)}", name, "remove the file"))
            continue
        try:
            read[name.removesuffix(SUFFIX)] = one = Templates.model_validate(
                _frozen(json.loads(data[name], object_pairs_hook=_once))
            )
        except (ValueError, RecursionError) as error:
            faults += _shape_faults(error, path)
            continue
        faults += [Fault(path, 0, *words) for words in _faults(one)]
    if faults:
        raise FileFaults(faults)
    return {language: read[language] for language in LANGUAGES}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key given twice, of which JSON's reader would keep the last."""
    twice = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    if twice:
        msg = f"{', '.join(twice)}: given twice"
        raise ValueError(msg)
    return dict(pairs)


def _frozen(value: Any) -> Any:
    """Turn JSON lists into the tuples that strict records ask for."""
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _shape_faults(error: Exception, path: str) -> list[Fault]:
    if isinstance(error, ValidationError):
        return [Fault(path, 0, f"{_key(item['loc'])}: {item['msg']}", repr(item["input"])) for item in error.errors()]
    return [Fault(path, 0, "JSON in UTF-8, each key once", f"{type(error).__name__}: {error}")]


def _key(steps: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in steps) or "the file"


def _faults(read: Templates) -> Iterator[Faulty]:
    for role, table in (("questions", read.questions), ("passages", read.passages)):
        for relation in RELATIONS:
            if relation not in table:
                yield f"{role}.{relation}", "nothing", "add it"
        for relation in sorted(set(table) - set(RELATIONS)):
            yield f"{role}: only {', '.join(RELATIONS)}", repr(relation), "remove it"
        for relation, wordings in table.items():
            yield from _wording_faults(role, f"{role}.{relation}", wordings)


def _wording_faults(role: str, where: str, wordings: tuple[str, ...]) -> Iterator[Faulty]:
    if len(set(wordings)) != WORDINGS or len(wordings) != WORDINGS:
        yield f"{where}: {WORDINGS} different wordings", str(len(set(wordings))), "write as many"
    for wording in wordings:
        slots = _slots(wording)
        if slots is None:
            yield f"{where}: balanced braces around plain slot names", repr(wording), "mend the wording"
            continue
        for slot in sorted(SLOTS[role] - set(slots)):
            yield f"{where}: the slot {{{slot}}}", repr(wording), "add it"
        for slot in sorted(slot for slot in set(slots) if slot not in SLOTS[role] or slots.count(slot) > 1):
            yield f"{where}: each of {', '.join(sorted(SLOTS[role]))} once", f"{{{slot}}}", "remove it"


def _slots(wording: str) -> list[str] | None:
    """Return the names of the slots, or None where braces are unbalanced or a slot is formatted."""
    try:
        parts = list(Formatter().parse(wording))
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts):
        return None
    return [name for _, name, _, _ in parts if name is not None]
