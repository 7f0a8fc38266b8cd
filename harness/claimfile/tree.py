"""YAML, read strictly: plain values, and the line on which each stands.

YAML 1.2's core words (`true`, `false`, `null`), so that `no` is Norwegian and not False. Refused:
duplicate keys, keys that are no strings, anchors and aliases, tags, files over 256 KiB, nesting
deeper than 12, bytes that are no UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from harness.errors import Fault, FileFaults

if TYPE_CHECKING:
    from pathlib import Path

Place = tuple[str | int, ...]

LARGEST = 256 * 1024
DEEPEST = 12
TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"}
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
WHOLE = re.compile(r"^[-+]?[0-9]+$")
REAL = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")


@dataclass(frozen=True, slots=True)
class Tree:
    """A file's plain value, the line of each key and item, and the file's bytes."""

    path: str
    value: Any
    lines: dict[Place, int]
    data: bytes

    def line(self, place: Place) -> int:
        """Return the line of the deepest part of `place` that the file has.

        Parts that are no keys of the file, such as the names of union members, are passed over.
        """
        found: Place = ()
        for part in place:
            if (*found, part) in self.lines:
                found = (*found, part)
        return self.lines.get(found, 1)


def read_tree(path: Path, shown: str) -> Tree:
    """Read one file; `shown` is how faults name it.

    Raises:
        FileFaults: whatever is wrong with it as YAML.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFaults([Fault(shown, 0, "a readable file", error.strerror or str(error))]) from error
    return parse(data, shown)


def parse(data: bytes, shown: str) -> Tree:
    """Parse the bytes of one file."""
    if len(data) > LARGEST:
        raise FileFaults([Fault(shown, 0, f"at most {LARGEST} bytes", f"{len(data)}")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileFaults(
            [Fault(shown, line, "UTF-8", f"byte 0x{data[error.start]:02x}", "save it as UTF-8")]
        ) from error
    try:
        _refuse_aliases(text, shown)
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise FileFaults([_syntax(error, shown)]) from error
    except RecursionError as error:
        raise FileFaults([Fault(shown, 0, f"nesting of at most {DEEPEST}", "deeper")]) from error
    if node is None:
        raise FileFaults([Fault(shown, 0, "a mapping of keys", "an empty file")])
    walk = _Walk(shown)
    value = walk.value(node, ())
    if walk.faults:
        raise FileFaults(walk.faults)
    return Tree(shown, value, walk.lines, data)


def _syntax(error: yaml.YAMLError, shown: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return Fault(shown, mark.line + 1 if mark else 0, "YAML", str(problem).replace("\n", " "))


def _refuse_aliases(text: str, shown: str) -> None:
    """Look at events alone, so that a bomb is refused before it is built."""
    faults = []
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            faults.append(Fault(shown, line, "a value written out", f"the alias *{event.anchor}"))
        elif getattr(event, "anchor", None):
            faults.append(Fault(shown, line, "a value without an anchor", f"&{event.anchor}"))
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise FileFaults([*faults, Fault(shown, line, f"nesting of at most {DEEPEST}", "deeper")])
    if faults:
        raise FileFaults(faults)


class _Walk:
    """Turns nodes into plain values; remembers lines; collects faults."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.lines: dict[Place, int] = {}
        self.faults: list[Fault] = []

    def fault(self, node: yaml.Node, expected: str, found: str, todo: str = "") -> None:
        self.faults.append(Fault(self.shown, node.start_mark.line + 1, expected, found, todo))

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if node.tag not in TAGS:
            self.fault(node, "a value without a tag", node.tag)
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, number)) for number, item in enumerate(node.value)]
        return _scalar(node)

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fault(key, "a key that is a word", "a collection")
                continue
            if key.value in found:
                first = self.lines[(*place, key.value)]
                self.fault(key, f"each key once ({key.value!r} stands on line {first})", "it again", "remove one")
                continue
            self.lines[(*place, key.value)] = key.start_mark.line + 1
            found[key.value] = self.value(item, (*place, key.value))
        return found


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    text = str(node.value)
    if getattr(node, "style", None) is not None:
        return text
    if text in WORDS:
        return WORDS[text]
    if WHOLE.match(text):
        return int(text)
    return float(text) if REAL.match(text) else text
