from __future__ import annotations

import json
from pathlib import Path

import pytest
from accepted_set import C13, folder_of

from harness.codec import pretty
from harness.gate.sets import read_set
from harness.records.verdict import Verdict

KEY = ("c13", "atlas")


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A reports folder as a run writes it, with the verdict on c13, which cites no table."""
    folder_of(tmp_path / "verdicts", C13)
    (tmp_path / "gate").mkdir()
    document = {"x-harness": {"verdict": C13.timeless()}}
    (tmp_path / "gate/c13.atlas.json").write_text(json.dumps(document))
    return tmp_path


def edited(reports: Path, verdict: Verdict) -> dict[tuple[str, str], str]:
    folder_of(reports / "verdicts", verdict)
    found = read_set(reports / "verdicts")
    assert found.found == {}
    return found.refused


def test_exact_a_verdict_with_its_document_stands(reports: Path) -> None:
    assert read_set(reports / "verdicts") == ({KEY: C13}, {KEY: C13.timeless()}, {}, True)


def test_degenerate_no_folder_is_an_empty_set(tmp_path: Path) -> None:
    assert read_set(tmp_path / "none").found == {}


def test_degenerate_an_edited_verdict_is_refused_by_form_or_by_its_document(reports: Path) -> None:
    path = reports / "verdicts/c13.atlas.json"
    path.write_bytes(path.read_bytes().replace(b'"VERIFIED"', b'"FALSIFIED"', 1))
    assert "from" in read_set(reports / "verdicts").refused[KEY]
    assert "was made from" in edited(reports, C13.model_copy(update={"outcome": "contradicted"}))[KEY]
    path.write_bytes(pretty(C13.plain()).replace(b" ", b"  ", 1))
    assert "edited" in read_set(reports / "verdicts").refused[KEY]


@pytest.mark.parametrize("document", [None, b"[]", b"{", b'{"x-harness": null}'])
def test_degenerate_without_a_document_nothing_stands(reports: Path, document: bytes | None) -> None:
    path = reports / "gate/c13.atlas.json"
    path.unlink() if document is None else path.write_bytes(document)
    assert "expected its gate document" in read_set(reports / "verdicts").refused[KEY]


@pytest.mark.parametrize(
    ("path", "words"),
    [("measurements/c13.atlas.parquet", "found none"), ("../outside", "found none"), ("here", "sha256")],
)
def test_degenerate_an_artifact_that_is_not_the_cited_one_is_refused(reports: Path, path: str, words: str) -> None:
    (reports / "here").write_text("other")
    (reports.parent / "outside").write_text("other")
    (artifact,) = C13.artifacts
    citing = C13.model_copy(update={"artifacts": (artifact.model_copy(update={"path": path}),)})
    (reports / "gate/c13.atlas.json").write_text(json.dumps({"x-harness": {"verdict": citing.timeless()}}))
    assert words in edited(reports, citing)[KEY]
