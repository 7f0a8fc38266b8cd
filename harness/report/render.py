"""The one door to jinja2: autoescape everywhere, an undefined name is an error."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness.report.quote import column
from harness.report.words import cut, plain_text

LEFT_OUT = re.compile(
    r"</(?:td|th|tr|li|dt|dd|option|thead|tbody)>"
    r"|</p>(?=\s*<(?:p|div|table|ul|ol|dl|details|section|h[1-6]|/div|/section|/details)\b)"
)
BETWEEN = re.compile(r"(?:(?<=>)\s*\n\s*(?=<)|\s*\n\s*(?=<(?:t[rdh]|tbody|/table)\b))")

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("harness", "report/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["plain"] = plain_text
    environment.filters["cut"] = cut
    environment.globals["column"] = column
    return environment


def render(template: str, values: Mapping[str, Any]) -> Markup:
    """Return a template filled with `values`, every string of which was escaped."""
    return Markup(_environment().get_template(template).render(values))  # noqa: S704  autoescape is on


def compact(page: str) -> str:
    """Return a page without the end tags and white space that HTML lets go; words and attributes stay as they are.

    Escaped words hold no tag, so only tags of the templates are met here.
    """
    return BETWEEN.sub("", LEFT_OUT.sub("", page))
