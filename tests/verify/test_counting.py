"""Claims on counts: oracle is the pinned digests, and names chosen by hand."""

from __future__ import annotations

import json
from pathlib import Path

from harness.codec import file_sha256
from harness.data import lareqa
from harness.records.scope import CountBinding
from harness.store import Store
from harness.verify.counting import counted_files

BINDING = CountBinding(source="lareqa", part="xquad-r")


def test_exact_the_digests_of_what_was_counted_are_filed_and_cited(tmp_path: Path) -> None:
    store = Store(tmp_path)
    cited = counted_files(store, [BINDING])
    (filed,) = (tmp_path / "entries").glob("*/*/files.json")
    assert cited.path == f"store:{filed.parent.name}"
    assert cited.sha256 == file_sha256(filed)
    assert json.loads(filed.read_bytes()) == {"xquad-r": lareqa.pins()["xquad-r"].plain()}
    assert counted_files(store, [BINDING]) == cited


def test_damaged_digests_are_filed_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    cited = counted_files(store, [BINDING])
    (filed,) = (tmp_path / "entries").glob("*/*/files.json")
    filed.write_text("{}")
    assert counted_files(store, [BINDING]) == cited
    other = counted_files(store, [BINDING, CountBinding(source="lareqa", part="mlqa-r")])
    assert other.path != cited.path
