"""The one door to jinja2: autoescape everywhere, an undefined name is an error."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness.report.words import plain_text

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
    return environment


def render(template: str, values: Mapping[str, Any]) -> Markup:
    """Return a template filled with `values`, every string of which was escaped."""
    return Markup(_environment().get_template(template).render(values))  # noqa: S704  autoescape is on
