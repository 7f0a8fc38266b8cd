from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from verdict_builders import counts, every_kind, rows, stamp, untested, verdict

from harness.codec import file_sha256
from harness.errors import UsageError
from harness.records.verdict import Artifact, Summary, SummaryLine
from harness.report.folder import Refused, ReportsFolder
from harness.report.line import terminal_line


@pytest.fixture
def folder(tmp_path: Path) -> ReportsFolder:
    return ReportsFolder(tmp_path / "reports")


def summary(**changes: Any) -> Summary:
    line = SummaryLine(
        claim="c06",
        status="UNVERIFIED",
        outcome="supported",
        verification="incomplete",
        cause="unsealed",
        accepted=None,
        line=terminal_line(verdict()),
    )
    given = {"scope": "atlas", "claims": (line,), "counts": {"UNVERIFIED": 1}, "broken": ("claims/c02-x.yaml",)}
    return Summary(**(given | changes))


def refusal(folder: ReportsFolder) -> Refused:
    verdicts, refused = folder.read_verdicts()
    assert verdicts == []
    assert len(refused) == 1
    return refused[0]


def test_itself_what_is_written_is_read(folder: ReportsFolder) -> None:
    for given in every_kind():
        folder.write_verdict(given)
    folder.write_summary(summary())
    folder.write_measurements("c06", "atlas", rows())
    assert folder.read_verdicts() == (every_kind(), [])
    assert folder.read_summaries() == ([summary()], [])
    assert set(folder.read_measurements("c06", "atlas")) == set(rows())


def test_exact_paths_are_the_public_layout(folder: ReportsFolder) -> None:
    folder.write_verdict(verdict())
    folder.write_measurements("c06", "atlas", rows())
    folder.write_record_gate([verdict()], "atlas")
    folder.write_summary(summary())
    there = sorted(path.relative_to(folder.root).as_posix() for path in folder.root.rglob("*") if path.is_file())
    assert there == [
        "gate/c06.atlas.json",
        "gate/record.atlas.json",
        "measurements/c06.atlas.parquet",
        "summary.atlas.json",
        "verdicts/c06.atlas.json",
    ]


def test_theory_every_truncation_is_refused(folder: ReportsFolder) -> None:
    path = folder.write_verdict(verdict())
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        assert refusal(folder).path == "verdicts/c06.atlas.json"


@pytest.mark.parametrize(
    ("found", "written"),
    [
        ('"estimate": -36.125', '"estimate": -46.125'),
        ('"outcome": "supported",\n "paper_cause"', '"outcome": "contradicted",\n "paper_cause"'),
        ('"status": "UNVERIFIED",\n "title"', '"status": "VERIFIED",\n "title"'),
        ('"evaluated_at": "2026', '"evaluated_at": "2027'),
        ('"scope": "atlas"', '"scope":  "atlas"'),
        ('"seeds": 8', '"seeds": 8.0'),
        ('"seeds": 8', '"seeds": 7, "seeds": 8'),
        ('"level": "L2"', '"level": "L2", "note": "trust me"'),
        ('"low": -39.72', '"low": NaN'),
        ("urn:harness:verdict:1", "urn:harness:verdict:0"),
        ('"schema": "urn:harness:verdict:1",', ""),
    ],
)
def test_theory_every_edit_is_refused(folder: ReportsFolder, found: str, written: str) -> None:
    path = folder.write_verdict(verdict())
    whole = path.read_text(encoding="utf-8")
    edited = whole.replace(found, written, 1)
    assert edited != whole
    path.write_text(edited, encoding="utf-8")
    assert "expected" in refusal(folder).reason


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"\xff\xfe", b'"verdict"', b"[" * 100_000, b'{"schema": {"a": 1}}'],
    ids=["empty", "list", "null", "no-utf8", "text", "deep", "odd-schema"],
)
def test_degenerate_foreign_bytes_are_refused(folder: ReportsFolder, content: bytes) -> None:
    path = folder.verdict_path("c01", "atlas")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert refusal(folder).path == "verdicts/c01.atlas.json"


def test_exact_an_older_schema_is_called_by_its_name(folder: ReportsFolder) -> None:
    path = folder.write_verdict(verdict())
    path.write_text(path.read_text(encoding="utf-8").replace("verdict:1", "verdict:0"), encoding="utf-8")
    assert refusal(folder).reason == (
        "expected schema urn:harness:verdict:1, found 'urn:harness:verdict:0'; measure again with this version"
    )


def test_exact_a_verdict_under_another_name_is_refused(folder: ReportsFolder) -> None:
    path = folder.write_verdict(verdict())
    path.rename(path.with_name("c07.atlas.json"))
    assert refusal(folder).reason == "expected the name c06.atlas.json for what it holds, found c07.atlas.json"


def test_degenerate_a_folder_in_place_of_a_file_is_refused(folder: ReportsFolder) -> None:
    folder.verdict_path("c01", "atlas").mkdir(parents=True)
    assert refusal(folder).path == "verdicts/c01.atlas.json"


def test_theory_one_bad_file_leaves_the_others(folder: ReportsFolder) -> None:
    folder.write_verdict(verdict())
    folder.write_verdict(counts()).write_text("{", encoding="utf-8")
    verdicts, refused = folder.read_verdicts()
    assert [given.claim for given in verdicts] == ["c06"]
    assert [file.path for file in refused] == ["verdicts/c13.atlas.json"]


def test_theory_a_damaged_gate_document_refuses_its_verdict(folder: ReportsFolder) -> None:
    folder.write_verdict(verdict())
    gate = folder.gate_path("c06", "atlas")
    document = json.loads(gate.read_text(encoding="utf-8"))
    gate.write_text(json.dumps(document | {"status": "VERIFIED"}), encoding="utf-8")
    assert "expected" in refusal(folder).reason


def with_measurements(folder: ReportsFolder) -> Path:
    path = folder.write_measurements("c06", "atlas", rows())
    artifact = Artifact(path="measurements/c06.atlas.parquet", sha256=file_sha256(path))
    folder.write_verdict(verdict(artifacts=(artifact,)))
    return path


def test_theory_changed_measurements_refuse_their_verdict(folder: ReportsFolder) -> None:
    path = with_measurements(folder)
    assert folder.read_verdicts()[1] == []
    path.write_bytes(path.read_bytes() + b"\0")
    assert "with sha256" in refusal(folder).reason
    path.unlink()
    assert "found none" in refusal(folder).reason


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "a/../../b", "a\\b"])
def test_theory_artifacts_stay_inside_the_folder(folder: ReportsFolder, name: str) -> None:
    folder.write_verdict(verdict(artifacts=(Artifact(path=name, sha256=stamp("x")),)))
    assert "inside the reports folder" in refusal(folder).reason


@pytest.mark.parametrize("claim", ["6", "c6", "../c06", "c06/../x", "c06\n", "C06", "", "record"])
def test_theory_claim_ids_unfit_for_a_file_are_refused(folder: ReportsFolder, claim: str) -> None:
    with pytest.raises(UsageError, match="expected a claim id"):
        folder.write_verdict(verdict(claim=claim))
    assert not folder.root.exists()


@pytest.mark.parametrize("scope", ["", ".hidden", "a/b", "..", "a\n", "a b", "x" * 81])
def test_theory_scope_names_unfit_for_a_file_are_refused(folder: ReportsFolder, scope: str) -> None:
    with pytest.raises(UsageError, match="expected a claim id"):
        folder.write_verdict(verdict(scope=scope))
    with pytest.raises(UsageError, match="expected a claim id"):
        folder.write_summary(summary(scope=scope))
    assert not folder.root.exists()


def test_theory_a_verdict_that_no_reader_accepts_is_not_written(folder: ReportsFolder) -> None:
    before = folder.write_verdict(verdict()).read_bytes()
    bad = verdict(occasion=verdict().occasion.model_copy(update={"seconds": math.nan}))
    with pytest.raises(UsageError, match="expected finite numbers"):
        folder.write_verdict(bad)
    unchecked = verdict().model_copy(update={"status": "PROVEN"})
    with pytest.raises(UsageError, match="expected every field"):
        folder.write_verdict(unchecked)
    naive = verdict(occasion=verdict().occasion.model_copy(update={"evaluated_at": "2026-01-01T00:00:00"}))
    with pytest.raises(UsageError, match="with its zone"):
        folder.write_verdict(naive)
    assert folder.verdict_path("c06", "atlas").read_bytes() == before


def test_theory_a_gate_without_its_verdict_does_not_speak_for_the_old_one(folder: ReportsFolder) -> None:
    """What is left when a second run is killed between its two files."""
    folder.write_verdict(verdict())
    folder.write_gate(verdict(outcome="inconclusive"))
    assert "gate/c06.atlas.json" in refusal(folder).reason


def test_exact_half_written_files_are_no_verdicts(folder: ReportsFolder) -> None:
    path = folder.write_verdict(verdict())
    path.with_name(".c07.atlas.json.17.part").write_bytes(path.read_bytes()[:40])
    path.with_name(".c07.atlas.json").write_bytes(path.read_bytes()[:40])
    assert folder.read_verdicts() == ([verdict()], [])


def test_exact_order_is_by_scope_then_claim_number(folder: ReportsFolder) -> None:
    for claim in ("c100", "c09", "c10"):
        folder.write_verdict(verdict(claim=claim))
    folder.write_verdict(untested(scope="aaa"))
    told = [f"{given.claim}.{given.scope}" for given in folder.read_verdicts()[0]]
    assert told == ["c13.aaa", "c09.atlas", "c10.atlas", "c100.atlas"]


def test_degenerate_an_absent_folder_holds_nothing(folder: ReportsFolder) -> None:
    assert folder.read_verdicts() == ([], [])
    assert folder.read_summaries() == ([], [])
    with pytest.raises(UsageError, match="measure the claim"):
        folder.read_measurements("c06", "atlas")


def test_theory_a_damaged_summary_is_refused(folder: ReportsFolder) -> None:
    path = folder.write_summary(summary())
    path.write_bytes(path.read_bytes()[:-9])
    assert [file.path for file in folder.read_summaries()[1]] == ["summary.atlas.json"]
    folder.write_summary(summary()).rename(path.with_name("summary.other.json"))
    assert "expected the name summary.atlas.json" in folder.read_summaries()[1][0].reason
