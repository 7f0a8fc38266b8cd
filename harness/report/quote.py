"""Numbers and words on the page, each naming the place in a record that it is quoted from.

Rule: a `Quoted` document is the JSON form of a record. A quotation looks its value up by path,
so what stands in `data-value` is by construction what stands at `data-source`; the text beside
it is that value, rounded. Paths: `checks[0].effect.claimed["xlm-r"]`, after the record's name.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from harness.report.figures import fixed, typeset
from harness.report.words import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LEAST_P = 0.0001
SHORT_DIGEST = 12
NONE = Markup('<span class="none">none</span>')
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Quoted:
    """A record's JSON form under the name by which the page refers to it."""

    name: str
    document: dict[str, Any]
    prefix: Path = ()

    def under(self, *path: str | int) -> Quoted:
        """Return the same document, quoted from `path` on."""
        return Quoted(self.name, self.document, (*self.prefix, *path))

    def value(self, *path: str | int) -> Any:
        """Return what stands at `path`."""
        found: Any = self.document
        for step in (*self.prefix, *path):
            found = found[step]
        return found

    def source(self, *path: str | int) -> str:
        """Return the written form of `path`, after the record's name."""
        return f"{self.name} {written((*self.prefix, *path))}"

    def number(self, *path: str | int, places: int = 0, signed: bool = False, unit: str = "") -> Markup:
        """Quote a number with so many decimals, or the word none where it is null."""
        value = self.value(*path)
        if value is None:
            return NONE
        return self._tagged(path, typeset(fixed(value, places, signed=signed)) + unit)

    def lowered(self, *path: str | int, places: int, unit: str = "") -> Markup:
        """Quote a share that the paper prints without a sign, signed as the reduction it is."""
        text = typeset(fixed(-abs(self.value(*path)), places)) + unit
        return self._tagged(path, text, sign="reduction")

    def chance(self, *path: str | int) -> Markup:
        """Quote a p value; it is never printed as 0."""
        value = self.value(*path)
        if value is None:
            return NONE
        return self._tagged(path, f"<{LEAST_P:.4f}" if value < LEAST_P else f"{value:.4f}")

    def share(self, *path: str | int) -> Markup:
        """Quote a margin, which the record holds as a decimal string, in percent."""
        value = float(self.value(*path)) * 100
        return self._tagged(path, f"{value:g}%", scale="100")

    def portion(self, *path: str | int, places: int = 1) -> Markup:
        """Quote a share, which the record holds as a number from 0 to 1, in percent."""
        return self._tagged(path, f"{fixed(self.value(*path) * 100, places)}%", scale="100")

    def text(self, *path: str | int) -> Markup:
        """Quote words: one line, nothing that reorders it, escaped."""
        value = self.value(*path)
        if value is None:
            return NONE
        shown = str(value) if isinstance(value, (int, float)) else plain_text(value)
        return Markup('<span data-source="{}">{}</span>').format(self.source(*path), shown)

    def digest(self, *path: str | int) -> Markup:
        """Quote a sha256 by its first digits; the whole of it is in `data-value`."""
        value = self.value(*path)
        if value is None:
            return NONE
        form = Markup('<code class="digest" data-source="{}" data-value="{}" title="{}">{}</code>')
        return form.format(self.source(*path), value, value, value[:SHORT_DIGEST])

    def _tagged(self, path: Path, text: str, **extra: str) -> Markup:
        attributes = {"source": self.source(*path), "value": json.dumps(self.value(*path)), **extra}
        # a page has ten thousand of these, and Markup.format is slow; every part is escaped here instead
        told = " ".join(f'data-{key}="{escape(value)}"' for key, value in attributes.items())
        return Markup(f'<span class="n" {told}>{escape(text)}</span>')  # noqa: S704


def written(path: Sequence[str | int]) -> str:
    """Return a path as it stands in `data-source`."""
    return "".join(_step(step) for step in path).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if IDENTIFIER.fullmatch(step) else f"[{json.dumps(step, ensure_ascii=False)}]"
