"""Directives that write reference pages from what the package itself says.

    {schema} claim      every key of harness/schemas/claim.json with its type and meaning, record by record
    {inputs}            the inputs of the action, from action.yml
    {vocabulary} CAUSES a closed list of harness.report.words with the words that the page has for each
    {clauses}           each relation with the clause that a check of the fourteen claims is told in

What a directive makes is Markdown, which is parsed where it stands, so its headings can be linked to.
Commands are written by sphinx-click from `harness.command`; a default that is a path is told as one.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from sphinx.util.docutils import SphinxDirective

from harness.claimfile.claims import read_folder
from harness.claimfile.scopes import find_scope, read_scope
from harness.court.sentence import clauses
from harness.report import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click import Context
    from docutils import nodes
    from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent
SCHEMAS = ROOT / "harness" / "schemas"
PATH = re.compile(r"(?:Posix|Windows)Path\('(.*?)'\)")


class Schema(SphinxDirective):
    """One table per record of a schema; the file's own keys first."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        path = SCHEMAS / f"{self.arguments[0]}.json"
        self.env.note_dependency(str(path))
        made = json.loads(path.read_bytes())
        return self.parse_text_to_nodes("\n".join(schema_lines(made)), allow_section_headings=True)


class Inputs(SphinxDirective):
    """The inputs of the action."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        path = ROOT / "action.yml"
        self.env.note_dependency(str(path))
        inputs = yaml.safe_load(path.read_text(encoding="utf-8"))["inputs"]
        rows = [(f"`{name}`", _value(one["default"]), one["description"]) for name, one in inputs.items()]
        return self.parse_text_to_nodes("\n".join(_table(("input", "default", "meaning"), rows)))


class Vocabulary(SphinxDirective):
    """A closed list and what its words mean."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = [(f"`{word}`", said) for word, said in vars(words)[self.arguments[0]].items()]
        return self.parse_text_to_nodes("\n".join(_table(("word", "meaning"), rows)))


class Clauses(SphinxDirective):
    """Each relation with a clause, of the first check of the fourteen claims that has it."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: dict[str, tuple[str, str, str]] = {}
        for file in read_folder(ROOT / "claims", read_scope(find_scope("atlas"))):
            for check in file.claim.checks:
                told = f"`{check.relation}`", file.claim.id, "; ".join(clauses(check, file.claim))
                rows.setdefault(check.relation, told)
        return self.parse_text_to_nodes("\n".join(_table(("relation", "claim", "is told as"), [*rows.values()])))


def schema_lines(made: dict[str, Any]) -> Iterator[str]:
    """Yield the Markdown of one schema."""
    kind = made["title"]
    yield from ("## The file itself", "")
    yield from _record(kind, made)
    for name, part in made.get("$defs", {}).items():
        if "properties" in part:
            yield from (f"({_anchor(kind, name)})=", f"## {name}", "")
            yield from _record(kind, part)


def _record(kind: str, part: dict[str, Any]) -> Iterator[str]:
    """Yield what a record is, and a row for each of its keys, those that must be there first."""
    yield from (part.get("description", ""), "")
    required = set(part.get("required", ()))
    rows = [
        (f"`{key}`" + ("" if key in required else " (optional)"), _type(kind, value), value["description"])
        for key, value in sorted(part["properties"].items(), key=lambda item: item[0] not in required)
    ]
    yield from _table(("key", "type", "meaning"), rows)


def _type(kind: str, value: dict[str, Any]) -> str:  # noqa: PLR0911 - one line for each form that a schema takes
    """Return the type of a value in words."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#{_anchor(kind, name)})"
    if "const" in value:
        return _value(value["const"])
    if "enum" in value:
        return " or ".join(map(_value, value["enum"]))
    for key in ("anyOf", "oneOf"):
        if key in value:
            return " or ".join(dict.fromkeys(_type(kind, one) for one in value[key]))
    if value.get("type") == "array":
        items = value.get("items", {})
        return f"list of {_type(kind, items)}" if items else "list"
    if value.get("type") == "object":
        inner = next(iter(value.get("patternProperties", {}).values()), value.get("additionalProperties", {}))
        return f"map to {_type(kind, inner)}" if isinstance(inner, dict) and inner else "map"
    return _plain(value)


def _plain(value: dict[str, Any]) -> str:
    """Return a simple type, with what it is held to."""
    bounds = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
    limits = [f"{words} {value[key]:g}" for key, words in bounds.items() if key in value]
    limits += [f"as `{value['pattern']}`".replace("|", r"\|")] if "pattern" in value else []
    return ", ".join([value.get("type", "any"), *limits])


def _anchor(kind: str, name: str) -> str:
    return f"{kind}-{name}".lower()


def _value(value: object) -> str:
    return f"`{json.dumps(value)}`" if not isinstance(value, str) else f"`{value or '(empty)'}`"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def tell_paths(app: Sphinx, context: Context, lines: list[str]) -> None:
    """Write a default that is a path as it is typed."""
    del app, context
    lines[:] = [PATH.sub(r"\1", line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Give Sphinx the directives."""
    app.add_directive("schema", Schema)
    app.add_directive("inputs", Inputs)
    app.add_directive("vocabulary", Vocabulary)
    app.add_directive("clauses", Clauses)
    app.connect("sphinx-click-process-options", tell_paths)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
