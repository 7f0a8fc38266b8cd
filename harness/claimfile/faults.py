"""A record's validation errors, as faults with lines and words that help."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from harness.errors import Fault, FileFaults
from harness.records.record import Record

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from harness.claimfile.tree import Tree

R = TypeVar("R", bound=Record)
SHOWN = 60


def record(kind: type[R], tree: Tree) -> R:
    """Return the record that a file describes.

    Raises:
        FileFaults: every key that is unknown, missing or of the wrong type.
    """
    if not isinstance(tree.value, dict):
        raise FileFaults([Fault(tree.path, 1, "a mapping of keys", _shown(tree.value))])
    try:
        return kind.model_validate_json(json.dumps(tree.value))
    except ValidationError as error:
        faults = {_key(fault): fault for fault in (_fault(kind, detail, tree) for detail in error.errors())}
        raise FileFaults(list(faults.values())) from error


def _key(fault: Fault) -> tuple[int, str]:
    return fault.line, fault.expected


def _fault(kind: type[Record], detail: ErrorDetails, tree: Tree) -> Fault:
    place = detail["loc"]
    line = tree.line(place)
    name = ".".join(str(part) for part in place)
    key = str(place[-1]) if place else ""
    if detail["type"] == "missing":
        return Fault(tree.path, line, f"the key {name!r}", "none", "add it")
    if detail["type"] == "extra_forbidden":
        known = ", ".join(sorted(_keys(kind))) if len(place) == 1 else ""
        return Fault(
            tree.path, line, f"known keys{f' ({known})' if known else ''}", repr(key), "mend its spelling or remove it"
        )
    found = _shown(detail["input"])
    if detail["type"] == "string_type" and isinstance(detail["input"], (int, float)):
        return Fault(tree.path, line, f"{name} as a quoted string", f"{found} without quotes", f'write "{found}"')
    return Fault(tree.path, line, f"{name}: {_lower(detail['msg'])}", found)


def _keys(kind: type[Record]) -> list[str]:
    return [field.alias or name for name, field in kind.model_fields.items()]


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
