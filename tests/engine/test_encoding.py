"""Oracles: what a process would have to say; processes stand in for the lab that answer as one might."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from harness.court.walls import Launch, make_home
from harness.engine.encoding import Encoder, Texts, Wanted, for_device
from harness.engine.models import Model
from harness.errors import CellError, UsageError
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.court.sandbox import Enclosure

CARD = (
    '{"card": {"modules": ["Transformer"], "width": 2, "weights": 3, "max_length": null, "query_prompt": "", '
    '"passage_prompt": "", "declared": null, "similarity": "cosine", "cut_queries": 0, "cut_passages": 0, '
    '"device": "cpu", "threads": 1, "batch": 32, "seconds": 0.5}}'
)
WHOLE = f"""
import json, os, sys
order = json.loads(sys.stdin.read())
assert open(order["texts"]).read() == "texts" and open(order["model"] + "/1_Dense/config.json").read() == "{{}}"
os.mkdir(order["out"])
open(order["out"] + "/ids.json", "w").write("made")
print('{{"done": 3, "total": 5}}', flush=True)
print('{CARD}', flush=True)
"""


@dataclass(frozen=True)
class Standing:
    """Walls around a program that stands in for the lab's."""

    view: Path
    program: str

    @contextmanager
    def launch(
        self, home: Path, module: Sequence[str], limits: Mapping[str, int], *, writes: bool = True
    ) -> Iterator[Launch]:
        assert module == ("harness.lab.evaluate",)
        assert writes
        assert limits["memory_bytes"] > 0
        make_home(home)
        argv = (sys.executable, "-c", self.program)
        environment = {"HOME": str(home / "out"), "PATH": os.environ["PATH"]}
        yield Launch(argv, environment, (), str(home / "in"), str(home / "out"))


@pytest.fixture
def model(tmp_path: Path) -> Model:
    path = tmp_path / "blob"
    path.write_text("{}")
    link = tmp_path / "config.json"
    link.symlink_to(path)  # as in the folders of Hugging Face's client
    return Model("it", tmp_path, None, {"1_Dense/config.json": link}, {"1_Dense/config.json": "0" * 64})


def encoder(program: str, bare: Enclosure, tmp_path: Path, told: list[tuple[int, int]] | None = None) -> Encoder:
    walls = replace(bare, walls=Standing(tmp_path, program))
    heard = [] if told is None else told
    return Encoder(Store(tmp_path / "store"), walls, {"source": "1"}, lambda done, total: heard.append((done, total)))


TEXTS = Texts(b"texts", "1" * 64, 5)


def test_exact_what_was_made_is_kept_under_what_it_depends_on(bare: Enclosure, model: Model, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    made = encoder(WHOLE, bare, tmp_path, told).encode(model, TEXTS, Wanted())
    assert (told, made.card.seconds, (made.folder / "ids.json").read_text()) == ([(3, 5)], 0.5, "made")
    silent = encoder("", bare, tmp_path)
    assert silent.encode(model, TEXTS, Wanted(batch=1, threads=2)) == made
    others = [Wanted(max_length=9), Wanted(query_prompt=""), Wanted(passage_prompt=""), Wanted(similarity="dot")]
    for other in others:
        with pytest.raises(CellError):
            silent.encode(model, TEXTS, other)
    with pytest.raises(CellError):
        silent.encode(replace(model, sha256={"config.json": "0" * 64}), TEXTS, Wanted())


def test_exact_a_damaged_entry_is_made_again(bare: Enclosure, model: Model, tmp_path: Path) -> None:
    first = encoder(WHOLE, bare, tmp_path)
    made = first.encode(model, TEXTS, Wanted())
    (made.folder / "ids.json").write_text("other")
    assert encoder(WHOLE, bare, tmp_path).encode(model, TEXTS, Wanted()) == made
    assert (made.folder / "ids.json").read_text() == "made"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import sys; print('last words', file=sys.stderr); sys.exit(3)", "ended with status .*: last words"),
        ('print(\'{"error": "no weights"}\')', "it: no weights"),
        ("print('noise')", "ended with status"),
        ("print('{\"card\": {}}')", "expected what an encoder is"),
        (f"print('{CARD}')", "expected a folder of vectors"),
        ("import os; os.close(0)", "ended with status"),
        ('print(\'{"done": "some", "total": 5}\')', "ended with status"),
        (WHOLE.replace("/ids.json", "/card.json"), "found card.json too"),
    ],
)
def test_degenerate_every_other_end_is_an_error_that_keeps_nothing(
    program: str, words: str, bare: Enclosure, model: Model, tmp_path: Path
) -> None:
    one = encoder(program, bare, tmp_path)
    with pytest.raises(CellError, match=words):
        one.encode(model, TEXTS, Wanted())
    assert not list((tmp_path / "store/entries").iterdir())


def test_exact_a_gpu_is_used_unsealed_or_not_at_all(
    sealed: Enclosure, bare: Enclosure, model: Model, tmp_path: Path
) -> None:
    one = Encoder(Store(tmp_path / "store"), sealed, {}, lambda _done, _total: None)
    with pytest.raises(UsageError, match="expected --allow-unsealed with it, found a sealed run"):
        one.encode(model, TEXTS, Wanted(device="cuda"))
    assert "memory_bytes" not in for_device(bare, "cuda").limits
    assert for_device(bare, "cpu") is bare
