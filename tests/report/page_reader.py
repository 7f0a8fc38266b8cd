"""Reads a page as a browser would, with the standard library alone, for tests to ask.

A number's place in a record is put together as `harness.report.quote` says: what the elements around
it say of the way (`data-record`, `data-at`, `data-from`), then its own `data-s`, `data-ss` or `data-i`,
or what the head of its column says.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "br", "hr", "img", "link", "input"}
CELLS = {"td", "th"}
CLOSES = {
    "td": CELLS, "th": CELLS, "tr": {*CELLS, "tr"}, "tbody": {*CELLS, "tr", "thead", "tbody"}, "li": {"li"},
    "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "option": {"option"},
    **{tag: {"p"} for tag in ("p", "div", "table", "ul", "ol", "dl", "details", "section", "h2", "h3", "h4")},
}  # fmt: skip
LEFT_OUT = {*CELLS, "tr", "thead", "tbody", "li", "dt", "dd", "option", "p"}
"""End tags that HTML lets a page leave out, and what a start tag closes without one."""

RAW = {"style", "script"}
STEP = re.compile(r'\.?([A-Za-z_][\w@-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]')


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None
    content: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        return [part for part in self.content if isinstance(part, Element)]

    def whole_text(self) -> str:
        return "".join(part if isinstance(part, str) else part.whole_text() for part in self.content)

    def words(self) -> str:
        """All text, white space as a browser would show it."""
        return " ".join(self.whole_text().split())

    @property
    def around(self) -> list[Element]:
        """This element and those around it, from the inside."""
        here: Element | None = self
        found = []
        while here:
            found.append(here)
            here = here.parent
        return found

    def column(self) -> str | None:
        """What the head of this cell's column says, where it says something."""
        row, table = self.parent, next((one for one in self.around if one.tag == "table"), None)
        if self.tag != "td" or row is None or row.tag != "tr" or table is None:
            return None
        before = row.children[: next(place for place, cell in enumerate(row.children) if cell is self)]
        at = sum(int(cell.attributes.get("colspan", 1)) for cell in before)
        heads = [cell for part in table.children if part.tag == "thead" for cell in part.children[0].children]
        return heads[at].attributes.get("data-col") if at < len(heads) else None

    def sources(self) -> list[tuple[str, str]]:
        """(record, path) of each number in this element, in order."""
        own = self._own()
        steps: list[str] = []
        for here in self.around if own else []:
            if not any(name == "data-record" for name in here.attributes):
                if steps and steps[0].startswith("/"):
                    continue
                if "data-from" in here.attributes:
                    steps.insert(0, "/" + here.attributes["data-from"])
                elif "data-at" in here.attributes:
                    steps.insert(0, here.attributes["data-at"])
                continue
            way = ".".join(steps).lstrip("/")
            return [(here.attributes["data-record"], joined(way, path)) for path in own]
        return []

    def _own(self) -> list[str]:
        if "data-s" in self.attributes:
            return [self.attributes["data-s"]]
        if "data-ss" in self.attributes:
            return self.attributes["data-ss"].split(" ")
        if "data-i" in self.attributes:
            place = self.attributes["data-i"].removeprefix(".")
            return [joined(place, name) for name in ("estimate|percent", "low", "high")]
        column = self.column()
        return [column] if column is not None else []

    def within(self, *names: str) -> bool:
        """Tell whether this element or one around it has one of these attributes."""
        here: Element | None = self
        while here:
            if here.attributes.keys() & set(names):
                return True
            here = here.parent
        return False


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {}, None)
        self.elements: list[Element] = []
        self.texts: list[tuple[Element, str]] = []
        self._here = self.root
        self.feed(text)
        self.close()
        assert self._here is self.root, f"<{self._here.tag}> is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while self._here.tag in CLOSES.get(tag, ()) and self._here.parent is not None:
            self._here = self._here.parent
        element = Element(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.content.append(element)
        self.elements.append(element)
        if tag not in VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = self._here
        self.handle_starttag(tag, attrs)
        self._here = here

    def handle_endtag(self, tag: str) -> None:
        while tag != self._here.tag and self._here.tag in LEFT_OUT and self._here.parent is not None:
            self._here = self._here.parent
        assert tag == self._here.tag, f"</{tag}> closes <{self._here.tag}>"
        assert self._here.parent is not None
        self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        self._here.content.append(data)
        if self._here.tag not in RAW:
            self.texts.append((self._here, data))

    def with_attribute(self, name: str) -> list[Element]:
        return [element for element in self.elements if name in element.attributes]

    def tagged(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]


def joined(*parts: str) -> str:
    """One path of several parts; `[` needs no dot before it."""
    return ".".join(part for part in parts if part).replace(".[", "[")


def look_up(document: Any, path: str) -> Any:
    """Follow `checks[0].effect.claimed["xlm-r"]` into a JSON document."""
    found, end = document, 0
    for match in STEP.finditer(path):
        assert match.start() == end, f"no path: {path}"
        name, index, key = match.groups()
        if name is not None and path[match.end() :] == "|percent":
            return found["percent"] if "percent" in found else found["estimate"]
        found = found[name if name is not None else int(index) if index is not None else json.loads(key)]
        end = match.end()
    assert end == len(path), f"no path: {path}"
    return found
