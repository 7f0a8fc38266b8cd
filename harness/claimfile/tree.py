"""YAML, read strictly: plain values, and the line on which each stands.

YAML 1.2's core words (`true`, `false`, `null`), so that `no` is Norwegian and not False. Refused:
duplicate keys, keys that are no words, anchors and aliases, tags, numbers past what a double
holds, files over 256 KiB, nesting deeper than 12, bytes that are no UTF-8. Looks at the parser's
events first, so that a bomb is refused before anything is built. Cost: about 1 s per 100 KiB.
"""

from __future__ import annotations

import math
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
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
MENDING = {
    "mapping values are not allowed here": 'put a text that holds ": " in quotes',
    "found character '\\t' that cannot start any token": "indent with spaces",
    "but found another document": "keep one document per file",
    "could not find expected ':'": 'write "key: value"; indent what belongs to a key',
}


@dataclass(frozen=True, slots=True)
class Tree:
    """A file's plain value, the line of each key and item, numbers as written, and the file's bytes."""

    path: str
    value: Any
    lines: dict[Place, int]
    written: dict[Place, str]
    data: bytes

    def line(self, place: Place) -> int:
        """Return the line of the deepest part of `place` that the file has."""
        found: Place = ()
        for part in place:
            if (*found, part) not in self.lines:
                break
            found = (*found, part)
        return self.lines.get(found, 1)


def read_tree(path: Path, shown: str) -> Tree:
    """Read one file; `shown` is how faults name it.

    Raises:
        FileFaults: whatever is wrong with it as YAML.
    """
    try:
        if not path.is_file():
            found = "something that is no file" if path.exists() else "nothing there"
            raise FileFaults([Fault(shown, 0, "a readable file", found)])
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise FileFaults([Fault(shown, 0, "a readable file", error.strerror or str(error))]) from error
    return parse(data, shown)


def parse(data: bytes, shown: str) -> Tree:
    """Parse the bytes of one file.

    Raises:
        FileFaults: whatever is wrong with it as YAML.
    """
    if len(data) > LARGEST:
        raise FileFaults([Fault(shown, 0, f"at most {LARGEST} bytes", "more")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found = f"byte 0x{data[error.start]:02x}"
        raise FileFaults([Fault(shown, line, "UTF-8", found, "save it as UTF-8")]) from error
    try:
        _refuse_events(text, shown)
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise FileFaults([_syntax(error, text, shown)]) from error
    except (ValueError, OverflowError) as error:  # the parser's own, from escapes and directives out of range
        raise FileFaults([Fault(shown, 0, "YAML", str(error))]) from error
    if node is None:
        raise FileFaults([Fault(shown, 0, "a mapping of keys", "an empty file")])
    walk = _Walk(shown)
    value = walk.value(node, ())
    if walk.faults:
        raise FileFaults(walk.faults)
    return Tree(shown, value, walk.lines, walk.written, data)


def _syntax(error: yaml.YAMLError, text: str, shown: str) -> Fault:
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: error.position].count("\n") + 1
        return Fault(shown, line, "printable characters", f"U+{ord(text[error.position]):04X}", "remove it")
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error).replace("\n", " ")
    todo = next((todo for said, todo in MENDING.items() if said in problem), "")
    return Fault(shown, mark.line + 1 if mark else 0, "YAML", problem, todo)


def _line(mark: yaml.error.Mark | Any) -> int:
    return int(mark.line) + 1


def _refuse_events(text: str, shown: str) -> None:
    faults = []
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        line, anchor, tag = _line(event.start_mark), getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            faults.append(Fault(shown, line, "a value written out", f"the alias *{anchor}", "repeat the value"))
        elif anchor is not None:
            faults.append(Fault(shown, line, "a value without an anchor", f"&{anchor}", "remove it"))
        if tag is not None:
            faults.append(Fault(shown, line, "a value without a tag", tag, "remove it"))
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
        self.written: dict[Place, str] = {}
        self.faults: list[Fault] = []

    def fault(self, node: yaml.Node, expected: str, found: str, todo: str = "") -> None:
        self.faults.append(Fault(self.shown, _line(node.start_mark), expected, found, todo))

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.lines.setdefault(place, _line(node.start_mark))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, number)) for number, item in enumerate(node.value)]
        return self.scalar(node, place)

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fault(key, "a key that is a word", "a collection")
                continue
            name = str(self.text(key))
            if name in found:
                first = self.lines[(*place, name)]
                self.fault(key, f"each key once ({name!r} stands on line {first})", "it again", "remove one")
                continue
            self.lines[(*place, name)] = _line(key.start_mark)
            found[name] = self.value(item, (*place, name))
        return found

    def text(self, node: yaml.Node) -> str:
        text = str(node.value)
        if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
            self.fault(node, "characters of Unicode", "half of a surrogate pair", "write the character itself")
            return ""
        return text

    def scalar(self, node: yaml.Node, place: Place) -> str | int | float | bool | None:
        text = self.text(node)
        if getattr(node, "style", None) is not None:
            return text
        if text in WORDS:
            return WORDS[text]
        if not REAL.fullmatch(text):
            return text
        self.written[place] = text
        if WHOLE.fullmatch(text):
            return int(text)
        number = float(text)
        if not math.isfinite(number):
            self.fault(node, "a number that a double can hold", text[:40])
            return 0
        return number
