"""Oracle: Sphinx, which builds the documentation with every warning an error; and what has to stand in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from harness.command import cli
from harness.records.schemas import RECORDS, schema


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as text, built as strictly as `make docs` builds it."""
    out = tmp_path_factory.mktemp("docs")
    (line,) = re.findall(r"^\t\$\(BIN\)/sphinx-build (.*)$", (root / "Makefile").read_text(), re.MULTILINE)
    options = line.replace("--builder html", "--builder text").split()[:-2]
    command = [sys.executable, "-m", "sphinx", *options, "docs", str(out), "--doctree-dir", str(out / "trees")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return out


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_other_implementation_every_key_of_every_schema_is_in_the_reference(built: Path, name: str) -> None:
    (path,) = (built / "reference").rglob(f"{name}.txt")
    text = path.read_text(encoding="utf-8")
    made = schema(name)
    for part in (made, *made.get("$defs", {}).values()):
        for key in part.get("properties", {}):
            assert re.search(rf'^\| "{re.escape(key)}"', text, re.MULTILINE), f"{path.name}: {key}"


def test_other_implementation_every_command_and_option_is_in_the_reference(built: Path) -> None:
    text = (built / "reference/commands.txt").read_text(encoding="utf-8")
    assert "PosixPath" not in text
    context = click.Context(cli)
    seen = 0
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        inner = list(command.commands.values()) if isinstance(command, click.Group) else [command]
        for one in inner:
            assert re.search(rf"^{one.name}\n[-~^*=]+$", text, re.MULTILINE), one.name
            options = [option for option in one.params if isinstance(option, click.Option)]
            assert all(f"--{option.opts[-1].lstrip('-')}" in text for option in options)
            seen += len(options)
    assert seen > 50


def test_exact_no_page_is_left_out_of_the_contents(root: Path, built: Path) -> None:
    pages = {path.relative_to(root / "docs").with_suffix("") for path in (root / "docs").rglob("*.md")}
    pages = {page for page in pages if page.parts[0] != "_build"}
    assert pages == {path.relative_to(built).with_suffix("") for path in built.rglob("*.txt")}
    assert len(pages) > 10
