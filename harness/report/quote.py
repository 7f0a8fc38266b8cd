"""Numbers and words on the page, each naming the place in a record that it is quoted from.

Rule: a `Quoted` document is the JSON form of a record. A quotation looks its value up by path, so
what stands there is by construction what stands in the record, rounded. Its place is written in
short: an element around it names the record (`data-record="c06.atlas"`), elements between may name
a part of the way (`data-at="checks[0]"`; `data-from` starts again at the record), and the quotation
the rest (`data-s="effect.percent"`); joined by dots they lead to the value. Several numbers in one
element name their places one after the other in `data-ss`; an estimate (or effect in percent) with
its bounds says where the three lie in `data-i` (`.`: here). `data-scale` says by what a value was
multiplied, `data-sign` that it is a reduction, printed without its sign. A cell that names no place
takes the one that its column's head says (`data-col`). A page of forty verdicts has thirty thousand
of these, which is why the names are short and the strings are joined by hand; every part is escaped.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from harness.report.figures import fixed, typeset
from harness.report.words import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_@-]*")
"""A key that is written as it is; any other stands in brackets, as JSON."""

BARE = re.compile(r"[A-Za-z0-9_@.:\[\]-]+")
"""What HTML lets stand as an attribute's value without quotation marks, and a little less."""

LEAST_P = 0.0001
SHORT_DIGEST = 12
NONE = Markup('<span class="none">none</span>')
UNSAID = Markup()
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Quoted:
    """A record's JSON form under the name by which the page refers to it.

    `prefix` is where it is quoted from, `opened` how much of that the elements around say already,
    `mark` the attribute with which the innermost of them says its part.
    """

    name: str
    document: dict[str, Any]
    prefix: Path = ()
    opened: int = 0
    mark: Markup = UNSAID

    def __post_init__(self) -> None:
        """Name the record in the first mark."""
        if not self.mark:
            object.__setattr__(self, "mark", attribute("data-record", self.name))

    def under(self, *path: str | int) -> Quoted:
        """Return the same document, quoted from `path` on."""
        return replace(self, prefix=(*self.prefix, *path))

    def inside(self, *path: str | int) -> Quoted:
        """Return the same document for an element that bears `mark`: what is in it need not say `path` again."""
        prefix = (*self.prefix, *path)
        return Quoted(
            self.name, self.document, prefix, len(prefix), attribute("data-at", written(prefix[self.opened :]))
        )

    def elsewhere(self, *path: str | int) -> Quoted:
        """Return the same document for an element that shows another part of it than the elements around."""
        return Quoted(self.name, self.document, path, len(path), attribute("data-from", written(path)))

    def value(self, *path: str | int) -> Any:
        """Return what stands at `path`."""
        found: Any = self.document
        for step in (*self.prefix, *path):
            found = found[step]
        return found

    def source(self, *path: str | int) -> str:
        """Return the written form of `path`, after what the elements around say."""
        return written((*self.prefix[self.opened :], *path))

    def at(self, *path: str | int) -> Markup:
        """Return the attribute that names the place of the words in an element."""
        return attribute("data-s", self.source(*path))

    def number(self, *path: str | int, places: int = 0, signed: bool = False, unit: str = "", tag: str = "b") -> Markup:
        """Quote a number with so many decimals, or the word none where it is null."""
        value = self.value(*path)
        if value is None:
            return _none(tag)
        return self._tagged(path, typeset(fixed(value, places, signed=signed)) + unit, tag)

    def interval(self, *path: str | int, places: int, unit: str = "", tag: str = "b") -> Markup:
        """Quote what stands at `path` as an estimate (or an effect in percent) with its bounds."""
        own = self.value(*path)
        names = ("percent" if "percent" in own else "estimate", "low", "high")
        point, low, high = (typeset(fixed(own[name], places, signed=name == names[0])) for name in names)
        bounds = f"[{low}, {high}]" if tag == "td" else f"<i>[{low}, {high}]</i>"
        told = f"{point}{escape(unit)} {bounds}"
        return Markup(f"<{tag}{attribute('data-i', self.source(*path) or '.')}>{told}</{tag}>")  # noqa: S704  escaped

    def lowered(self, *path: str | int, places: int, unit: str = "", tag: str = "b") -> Markup:
        """Quote a share that the paper prints without a sign, signed as the reduction it is."""
        text = typeset(fixed(-abs(self.value(*path)), places)) + unit
        return self._tagged(path, text, tag, " data-sign=reduction")

    def bare(self, *path: str | int, places: int = 0) -> str:
        """Return a number for a cell whose column names its place, or nothing where it is null."""
        value = self.value(*path)
        return "" if value is None else typeset(fixed(value, places))

    def bare_chance(self, *path: str | int) -> str:
        """Return a p value for a cell whose column names its place."""
        value = self.value(*path)
        return "" if value is None else _chance(value)

    def chance(self, *path: str | int, tag: str = "b") -> Markup:
        """Quote a p value; it is never printed as 0."""
        value = self.value(*path)
        if value is None:
            return _none(tag)
        return self._tagged(path, _chance(value), tag)

    def share(self, *path: str | int) -> Markup:
        """Quote a margin, which the record holds as a decimal string, in percent."""
        value = float(self.value(*path)) * 100
        return self._tagged(path, f"{value:g}%", "b", " data-scale=100")

    def portion(self, *path: str | int, places: int = 1, tag: str = "b") -> Markup:
        """Quote a share, which the record holds as a number from 0 to 1, in percent."""
        text = f"{fixed(self.value(*path) * 100, places)}%"
        return self._tagged(path, text, tag, " data-scale=100")

    def text(self, *path: str | int, tag: str = "span") -> Markup:
        """Quote words: one line, nothing that reorders it, escaped."""
        value = self.value(*path)
        if value is None:
            return NONE
        return self._tagged(path, str(value) if isinstance(value, (int, float)) else plain_text(value), tag)

    def digest(self, *path: str | int) -> Markup:
        """Quote a sha256 by its first digits."""
        value = self.value(*path)
        return NONE if value is None else self._tagged(path, value[:SHORT_DIGEST], "code")

    def _tagged(self, path: Path, text: str, tag: str, more: str = "") -> Markup:
        return Markup(f"<{tag}{self.at(*path)}{more}>{escape(text)}</{tag}>")  # noqa: S704  escaped here


def column(key: str) -> Markup:
    """Return the attribute with which a column's head names the place of the cells below it."""
    return attribute("data-col", written((key,)))


def _chance(value: float) -> str:
    return f"<{LEAST_P:.4f}" if value < LEAST_P else f"{value:.4f}"


def _none(tag: str) -> Markup:
    return NONE if tag == "b" else Markup(f"<{tag} class=none>none</{tag}>")  # noqa: S704  no word from outside


def attribute(name: str, value: str) -> Markup:
    """Return an attribute with its leading space, without quotation marks where HTML needs none."""
    if BARE.fullmatch(value):
        return Markup(f" {name}={value}")  # noqa: S704  letters, digits, dots, brackets
    return Markup(f' {name}="{escape(value)}"')  # noqa: S704  escaped here


@cache
def written(path: Sequence[str | int]) -> str:
    """Return a path as it stands on the page."""
    return "".join(_step(step) for step in path).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if IDENTIFIER.fullmatch(step) else f"[{json.dumps(step, ensure_ascii=False)}]"
