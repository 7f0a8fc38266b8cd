"""A record's validation errors, as faults with lines and words that help.

Where a value may be one of several things, pydantic reports each of them. Here one speaks: of
mappings the kind that fits best, of plain values all kinds together, in one fault. Where a key tells
kinds apart, an unknown value of it is that key's fault.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from pydantic import ValidationError

from harness.errors import Fault, FileFaults
from harness.records.claim import CHECK_ID, CLAIM_ID, MEASURE
from harness.records.record import LANGUAGE, NAME, NUMBER, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

    from harness.claimfile.tree import Place, Tree

R = TypeVar("R", bound=Record)
SHOWN = 60
PATTERNS = {
    MEASURE: "one of MAP, MRR, R@<k>, nDCG@<k>, rank-distance",
    NUMBER: 'digits, as in "0.01"',
    LANGUAGE: "the code of a language (2 or 3 letters)",
    NAME: "a name of letters, digits and @._+-",
    CLAIM_ID: "an id such as c01",
    CHECK_ID: "a name of small letters, digits and -",
}
TYPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys",
    "model_type": "a mapping of keys",
    "model_attributes_type": "a mapping of keys",
    "literal_error": "one of {expected}",
    "union_tag_invalid": "one of {expected_tags}",
}
"""Errors that say: another kind of thing altogether."""
LIMITS = {
    "string_too_short": "a text that is not empty",
    "string_too_long": "at most {max_length} characters",
    "too_short": "a list of at least {min_length}",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
}


def record(kind: type[R], tree: Tree) -> R:
    """Return the record that a file describes.

    Raises:
        FileFaults: every key that is unknown, missing or of the wrong type.
    """
    if not isinstance(tree.value, dict):
        raise FileFaults([Fault(tree.path, 1, "a mapping of keys", _shown(tree.value))])
    try:
        return kind.model_validate_json(json.dumps(tree.value), by_alias=True, by_name=False)
    except ValidationError as error:
        wrongs = [_wrong(detail, tree) for detail in error.errors() if not _echo(detail)]
        raise FileFaults([_fault(kind, wrong, tree) for wrong in _spoken(wrongs)]) from error


def _echo(detail: ErrorDetails) -> bool:
    """Tell whether a list is called too short only because its items were refused."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


@dataclass(frozen=True, slots=True)
class _Wrong:
    """One validation error: its place in the file; which alternative it is of, and where that was open."""

    place: Place
    type: str
    expected: str
    found: Any
    alternative: str | None
    choice: Place


def _wrong(detail: ErrorDetails, tree: Tree) -> _Wrong:
    place: Place = ()
    alternative, choice = None, place
    for number, part in enumerate(detail["loc"], start=1):
        absent = detail["type"] == "missing" and number == len(detail["loc"])
        if absent or (*place, part) in tree.lines:
            place = (*place, part)
        elif part != "[key]" and alternative is None:
            alternative, choice = str(part), place
    if detail["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        key = str(detail["ctx"]["discriminator"]).strip("'")
        kind = "missing" if detail["type"] == "union_tag_not_found" else "literal_error"
        return _Wrong((*place, key), kind, _expected(detail), detail["ctx"].get("tag"), None, place)
    return _Wrong(place, detail["type"], _expected(detail), detail["input"], alternative, choice)


def _expected(detail: ErrorDetails) -> str:
    told = detail.get("ctx", {})
    if detail["type"] == "string_pattern_mismatch":
        return PATTERNS.get(told["pattern"], f"a text like {told['pattern']}")
    words = {**TYPES, **LIMITS}.get(detail["type"], detail["msg"])
    return words.format(**told).replace("'", "").removeprefix("one of " if "," not in str(told) else "")


def _spoken(wrongs: Iterable[_Wrong]) -> Iterator[_Wrong]:
    """Yield one voice per place where alternatives were open, and every error elsewhere."""
    for (choice, open_), group in groupby(wrongs, key=lambda wrong: (wrong.choice, wrong.alternative is not None)):
        found = list(group)
        if open_:
            yield from _chosen(found, choice)
        else:
            yield from found


def _chosen(wrongs: list[_Wrong], choice: Place) -> list[_Wrong]:
    kinds: dict[str | None, list[_Wrong]] = {}
    for wrong in wrongs:
        kinds.setdefault(wrong.alternative, []).append(wrong)
    fitting = [found for found in kinds.values() if not any(one.place == choice and one.type in TYPES for one in found)]
    if fitting:
        return min(fitting, key=len)
    expected = " or ".join(dict.fromkeys(wrong.expected for wrong in wrongs)).replace(
        "true or false or", "true, false or"
    )
    return [_Wrong(choice, wrongs[0].type, expected, wrongs[0].found, None, ())]


def _fault(kind: type[Record], wrong: _Wrong, tree: Tree) -> Fault:
    line = tree.line(wrong.place)
    name, key = _path(wrong.place), str(wrong.place[-1]) if wrong.place else ""
    if wrong.type == "missing":
        return Fault(tree.path, line, f"the key {name}", "none", "add it")
    if wrong.type == "extra_forbidden":
        known = _known(kind, wrong)
        near = get_close_matches(key, known, n=1)
        todo = f"did you mean {near[0]}?" if near else "remove it"
        return Fault(tree.path, line, f"a known key ({', '.join(known)})", repr(key), todo)
    found = tree.written.get(wrong.place) or _shown(wrong.found)
    if wrong.type == "string_type" and isinstance(wrong.found, (int, float)):
        return Fault(tree.path, line, f"{name}: {wrong.expected} in quotes", f"{found} without", f'write "{found}"')
    return Fault(tree.path, line, f"{name}: {wrong.expected}", found)


def _path(place: Place) -> str:
    """Return `checks[0].measure`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def _known(kind: type[Record], wrong: _Wrong) -> list[str]:
    """Return the keys that are known where an unknown one was found."""
    kinds = [kind]
    for part in wrong.place[:-1]:
        fields = {field.alias or name: field for one in kinds for name, field in one.model_fields.items()}
        if part in fields:
            kinds = list(_records(fields[str(part)].annotation))
    named = [one for one in kinds if wrong.alternative in {one.__name__, *_tags(one)}] or kinds
    return sorted({field.alias or name for one in named for name, field in one.model_fields.items()})


def _tags(kind: type[Record]) -> set[str]:
    """Return the words by which a record is told apart from its alternatives: those that its keys are fixed to."""
    fixed = (field.annotation for field in kind.model_fields.values())
    return {word for annotation in fixed if get_origin(annotation) is Literal for word in get_args(annotation)}


def _records(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for part in get_args(annotation):
        yield from _records(part)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
