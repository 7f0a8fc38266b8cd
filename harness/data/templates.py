"""Wordings of questions and passages, read from `harness/atlas/templates.json` and checked.

    {"questions": {relation: {language: [wording, wording, ...]}},
     "passages":  the same,
     "separators": {language: what stands between the names of a list}}

A question holds `{entity}` once; a passage holds `{entity}`, `{answer}` and, if it likes,
`{other}` once each, a second entity that the passage says has another answer. Names stand in
quotation marks or after a colon wherever the language would inflect them.

Limits: every relation and language needs two different wordings of each role; all faults of the
file are reported at once. JSON keeps no line numbers, so a fault names the key instead.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from harness.data.cldr import LANGUAGES
from harness.data.facts import RELATIONS
from harness.errors import Fault, FileFaults
from harness.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "harness/atlas/templates.json"
WORDINGS = 2
SLOTS = {
    "questions": (frozenset({"entity"}), frozenset({"entity"})),
    "passages": (frozenset({"entity", "answer"}), frozenset({"entity", "answer", "other"})),
}
"""Role -> the slots a wording must have, the slots it may have."""


class Templates(Record):
    """All wordings: role -> relation -> language -> wordings, and the separators of lists."""

    questions: dict[str, dict[str, tuple[str, ...]]]
    passages: dict[str, dict[str, tuple[str, ...]]]
    separators: dict[str, str]


@cache
def templates() -> Templates:
    """Return the package's templates.

    Raises:
        FileFaults: the package data is damaged.
    """
    return parse(files("harness").joinpath("atlas/templates.json").read_bytes())


def parse(data: bytes, path: str = PATH) -> Templates:
    """Return the templates in `data`.

    Raises:
        FileFaults: not UTF-8 JSON, a missing or unknown relation, language or slot, too few or
            equal wordings.
    """
    try:
        read = Templates.model_validate(_frozen(json.loads(data)))
    except (ValueError, RecursionError) as error:
        raise FileFaults(_shape_faults(error, path)) from error
    found = [Fault(path, 0, *words) for words in _faults(read)]
    if found:
        raise FileFaults(found)
    return read


def _frozen(value: Any) -> Any:
    """Turn JSON lists into the tuples that strict records ask for."""
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _shape_faults(error: Exception, path: str) -> list[Fault]:
    if isinstance(error, ValidationError):
        return [Fault(path, 0, f"{_key(item['loc'])}: {item['msg']}", repr(item["input"])) for item in error.errors()]
    return [Fault(path, 0, "JSON in UTF-8", f"{type(error).__name__}: {error}")]


def _key(steps: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in steps) or "the file"


def _faults(read: Templates) -> Iterator[tuple[str, str, str]]:
    yield from _key_faults("separators", read.separators, LANGUAGES)
    for role, table in (("questions", read.questions), ("passages", read.passages)):
        yield from _key_faults(role, table, RELATIONS)
        for relation, languages in table.items():
            yield from _key_faults(f"{role}.{relation}", languages, LANGUAGES)
            for language, wordings in languages.items():
                yield from _wording_faults(role, f"{role}.{relation}.{language}", wordings)


def _key_faults(where: str, table: dict[str, Any], wanted: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    for key in wanted:
        if key not in table:
            yield f"{where}.{key}", "nothing", "add it"
    for key in sorted(set(table) - set(wanted)):
        yield f"{where}: only {', '.join(wanted)}", repr(key), "remove it"


def _wording_faults(role: str, where: str, wordings: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    if len(set(wordings)) < WORDINGS:
        yield f"{where}: at least {WORDINGS} different wordings", str(len(set(wordings))), "add another"
    needed, allowed = SLOTS[role]
    for wording in wordings:
        slots = _slots(wording)
        if slots is None:
            yield f"{where}: balanced braces around plain slot names", repr(wording), "mend the wording"
            continue
        for slot in sorted(needed - set(slots)):
            yield f"{where}: the slot {{{slot}}}", repr(wording), "add it"
        for slot in sorted(slot for slot in set(slots) if slot not in allowed or slots.count(slot) > 1):
            yield f"{where}: each of {', '.join(sorted(allowed))} at most once", f"{{{slot}}}", "remove it"


def _slots(wording: str) -> list[str] | None:
    """Return the names of the slots, or None where braces are unbalanced or a slot is formatted."""
    try:
        parts = list(Formatter().parse(wording))
    except ValueError:
        return None
    if any(spec or conversion for _, _, spec, conversion in parts):
        return None
    return [name for _, name, _, _ in parts if name is not None]
