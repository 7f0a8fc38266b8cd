"""The pages of docs/: whatever they have a reader type is typed, in order, and prints what they say."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from pathlib import Path
from typing import get_args

import pytest
import typed
import yaml
from tiny_models import labse

from harness.lab.bench import Bench
from harness.records.claim import Cause, Relation
from harness.report import words

DOCS = Path(__file__).resolve().parents[2] / "docs"
FIRST = ("tutorial", "how-to/write-a-claim")
"""The pages in whose folder the others go on."""

TYPED = [path for path in DOCS.rglob("*.md") if "_build" not in path.parts and typed.steps(path.read_text("utf-8"))]
PAGES = sorted(path.relative_to(DOCS).with_suffix("").as_posix() for path in TYPED)
NOT_TYPED = ("make env", ". .venv/bin/activate", "harness data fetch ", "harness evaluate sentence-transformers/")
"""How commands begin that stand in `sh` blocks: they make this very environment, or need a network."""


class Desk:
    """Where pages are followed: a checkout's folders, a store of its own, no real data; each page once."""

    def __init__(self, home: Path, cache: Path) -> None:
        self.home = home
        self.environment = {"HARNESS_STORE": str(cache / "store"), "XDG_CACHE_HOME": str(cache), "HARNESS_DATA": ""}
        self.done: dict[str, bool] = {}

    def follow(self, page: str) -> None:
        if page in self.done:
            assert self.done[page], f"{page} has failed, and this page goes on where it ends"
            return
        self.done[page] = False
        for before in FIRST[: FIRST.index(page) if page in FIRST else None]:
            self.follow(before)
        reader = typed.Reader(self.home, **self.environment)
        for step in typed.steps((DOCS / f"{page}.md").read_text(encoding="utf-8")):
            reader.follow(step)
        self.done[page] = True


@pytest.fixture(scope="module")
def desk(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    home = tmp_path_factory.mktemp("reader")
    shutil.copytree(root / "fixtures/postcards_paper", home / "fixtures/postcards_paper")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        labse(home / "my-encoder")
    return Desk(home, tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("page", PAGES)
def test_exact_what_a_page_has_typed_prints_what_it_says(desk: Desk, page: str) -> None:
    desk.follow(page)


def test_exact_commands_that_are_not_typed_are_few_and_known() -> None:
    pages = [path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md") if "_build" not in path.parts]
    lines = [line for text in pages for body in typed.blocks(text, "sh", "bash", "shell") for line in body.splitlines()]
    assert [line for line in lines if not line.startswith(NOT_TYPED)] == []
    assert all(any(line.startswith(begin) for line in lines) for begin in NOT_TYPED)
    assert len(PAGES) > 5


@pytest.mark.parametrize("values", [get_args(Relation), [name for name in vars(Bench) if name[0] != "_"]])
def test_exact_each_word_of_a_closed_list_is_told(values: list[str]) -> None:
    text = (DOCS / "reference/words.md").read_text(encoding="utf-8")
    untold = [word for word in values if not re.search(rf"`(bench)?\.?{word}[(`]", text)]
    assert untold in ([], ["asked"])  # what the harness itself reads of the bench


def test_exact_causes_stand_in_the_order_in_which_they_are_taken() -> None:
    assert tuple(words.CAUSES) == get_args(Cause)


def test_contract_the_workflow_uses_inputs_that_the_action_has(root: Path) -> None:
    (text,) = [
        body
        for body in typed.blocks((DOCS / "how-to/pull-requests.md").read_text(encoding="utf-8"), "yaml")
        if "uses:" in body
    ]
    (step,) = [step for step in yaml.safe_load(text)["jobs"]["claims"]["steps"] if "false-worlds" in step["uses"]]
    known = yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))["inputs"]
    assert set(step["with"]) <= set(known)
