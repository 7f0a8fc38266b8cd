"""Reads a page as a browser would, with the standard library alone, for tests to ask."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "br", "hr", "img", "link", "input"}
RAW = {"style", "script"}
STEP = re.compile(r'\.?([A-Za-z_]\w*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]')


@dataclass
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


def look_up(document: Any, path: str) -> Any:
    """Follow `checks[0].effect.claimed["xlm-r"]` into a JSON document."""
    found, end = document, 0
    for match in STEP.finditer(path):
        assert match.start() == end, f"no path: {path}"
        name, index, key = match.groups()
        found = found[name if name is not None else int(index) if index is not None else json.loads(key)]
        end = match.end()
    assert end == len(path), f"no path: {path}"
    return found
