"""Folders of verdicts made of accepted ones, with what a test changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.codec import pretty, sha256
from harness.gate import Terms
from harness.recordfile import read_record
from harness.records.ruling import Ruling, Verdict

ROOT = Path(__file__).resolve().parents[2]


def accepted(claim: str) -> Verdict:
    return read_record(ROOT / f"reports/accepted/{claim}.atlas.json", Verdict)


def stamp(word: str) -> str:
    return sha256(word.encode())


def with_made_of(verdict: Verdict, **changes: Any) -> Verdict:
    """Return the verdict with other inputs."""
    return verdict.model_copy(update={"provenance": verdict.provenance.model_copy(update=changes)})


def with_seal(verdict: Verdict, **changes: Any) -> Verdict:
    return verdict.model_copy(update={"seal": verdict.seal.model_copy(update=changes)})


def with_check(verdict: Verdict, place: int, **changes: Any) -> Verdict:
    """Return the verdict with one of its checks changed."""
    checks: list[Ruling] = list(verdict.checks)
    checks[place] = checks[place].model_copy(update=changes)
    return verdict.model_copy(update={"checks": tuple(checks)})


def folder_of(folder: Path, *verdicts: Verdict) -> Path:
    """Write verdicts as a plain folder of verdicts, which has no gate documents."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in verdicts:
        (folder / f"{one.claim}.{one.scope}.json").write_bytes(pretty(one.plain()))
    return folder


def terms(tmp_path: Path, before: list[Verdict], after: list[Verdict], **others: Any) -> Terms:
    """Return the terms on which two sets are compared, with the real claims behind them."""
    return Terms(
        baseline=folder_of(tmp_path / "before", *before),
        current=folder_of(tmp_path / "after", *after),
        claims=ROOT / "claims",
        **others,
    )
