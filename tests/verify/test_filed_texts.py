"""Oracles: the store's own entries; folders that change between two runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.claimfile.scopes import read_scope
from harness.data import catalogue
from harness.data.export import export_beir
from harness.errors import FileFaults
from harness.records.scope import Scope
from harness.store import Store
from harness.verify.texts import Texts


@pytest.fixture
def scope(root: Path, tmp_path: Path) -> Scope:
    """Return the tiny scope with a folder beside it, which holds the tiny scope's own questions."""
    text = (root / "fixtures/scopes/tiny.yaml").read_text()
    export_beir(
        catalogue.evaluation(read_scope(root / "fixtures/scopes/tiny.yaml").datasets["xquad-r"]), tmp_path / "a"
    )
    (tmp_path / "own.yaml").write_text(text.replace("counted:\n", "  own: {source: beir, folder: a}\ncounted:\n"))
    return read_scope(tmp_path / "own.yaml")


def made(scope: Scope, tmp_path: Path) -> Texts:
    texts = Texts(Store(tmp_path / "store"))
    texts.make(scope, ["own"])
    return texts


def test_rule_a_changed_folder_is_never_answered_with_old_texts(scope: Scope, tmp_path: Path) -> None:
    first = made(scope, tmp_path)
    assert made(scope, tmp_path).digests == first.digests
    for name, old, new in (
        ("queries.jsonl", '"text": "', '"text": "Well, '),
        ("corpus.jsonl", '"title": ""', '"title": "Oh"'),
        ("qrels/test.tsv", "\t1\n", "\t2\n"),
    ):
        path = tmp_path / "a" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        now = made(scope, tmp_path)
        assert now.digests["own"] != first.digests["own"]
        assert now.digests["pairs"] == first.digests["pairs"]
        filed = json.loads(now.files[now.digests["own"]].read_bytes())
        assert filed == now.datasets["own"].texts.plain()
        assert sorted(filed["queries"]["ids"]) == sorted(now.datasets["own"].judgements.query_ids)
        first = now


def test_rule_a_folder_that_is_gone_fails_its_own_set_although_its_texts_are_kept(scope: Scope, tmp_path: Path) -> None:
    made(scope, tmp_path)
    (tmp_path / "a/qrels/test.tsv").unlink()
    texts = Texts(Store(tmp_path / "store"))
    texts.make(scope, ["own", "xquad-r"])
    assert isinstance(texts.failed["own"], FileFaults)
    assert set(texts.datasets) == {"xquad-r"}
