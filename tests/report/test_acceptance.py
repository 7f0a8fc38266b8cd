from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from verdict_builders import verdict

from harness.records.claim import Acceptance, Check, Claim
from harness.report.acceptance import drift, is_accepted


def claim(scope: str = "atlas", **changes: Any) -> Claim:
    given = verdict()
    told = {name: getattr(given, name) for name in ("status", "outcome", "verification", "cause")}
    entry = Acceptance(**(told | changes), date="2026-01-01", reason="as measured")
    return Claim(
        schema_="urn:harness:claim:1",
        id="c06",
        title="t",
        statement="s",
        origin="paper",
        kind="effectiveness",
        evidence=("trained-encoder",),
        datasets=("xquad-r",),
        checks=(Check(id="lower", relation="below"),),
        accepted={scope: entry},
    )


def test_exact_all_four_must_agree() -> None:
    assert is_accepted(claim(), verdict()) is True
    assert is_accepted(claim("lareqa"), verdict()) is None


@pytest.mark.parametrize(
    "changes",
    [{"status": "VERIFIED"}, {"outcome": "inconclusive"}, {"verification": "sound"}, {"cause": None}],
    ids=str,
)
def test_exact_a_drift_says_both(changes: dict[str, Any]) -> None:
    given = claim(**changes)
    assert is_accepted(given, verdict()) is False
    words = drift(Path("claims/c06-x.yaml"), given, verdict())
    assert words.startswith("claims/c06-x.yaml: accepted.atlas expected ")
    assert f"{next(iter(changes.values()))}" in words.partition(", found ")[0]
    assert "found UNVERIFIED, supported, incomplete, unsealed" in words
