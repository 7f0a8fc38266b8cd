"""Folders of verdicts made of accepted ones, with what a test changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from verdict_builders import ATTACKERS, counts, not_by_sinking, ruling, size, stamp, verdict

from harness.codec import pretty
from harness.gate import Terms
from harness.records.attack import Attacker, ProbeResult, RedTeam
from harness.records.ruling import Ruling
from harness.records.verdict import Seal, Verdict

ROOT = Path(__file__).resolve().parents[1]
PROBE = ProbeResult(name="category", severity=2.0, succeeded=False, required=True, detail="in vain")
SEALED: dict[str, Any] = {
    "level": "L5",
    "verification": "sound",
    "red_team": RedTeam(
        average=0.0,
        attackers=tuple(Attacker(name=name, score=0.0, message="in vain", probes=(PROBE,)) for name in ATTACKERS),
    ),
    "seal": Seal(tier="T1", status="SEALED", self_test={"outside": "blocked"}, argv=stamp("argv")),
}
UNSETTLED: dict[str, Any] = {
    **SEALED,
    "outcome": "inconclusive",
    "cause": "inconclusive",
    "causes": ("inconclusive",),
    "checks": (
        ruling(estimate=-0.5, low=-2.0, high=0.875, outcome="inconclusive"),
        not_by_sinking(),
        size(),
    ),
}
VERIFIED: dict[str, Any] = {**SEALED, "status": "VERIFIED", "cause": None, "causes": ()}
C02 = verdict(claim="c02", title="Hybrid batches keep monolingual retrieval", **VERIFIED)
C06 = verdict(**UNSETTLED)
C13 = counts(**VERIFIED)
"""A claim that holds, one that is not settled, whose file is that of `claims/`, and one on counts."""


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
