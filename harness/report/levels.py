"""The ledger of one scope in the public `verification-levels-v1` contract.

Rule: each accepted claim has the level of its last entry; the record has the least of its claims',
and level 0 where there is none, so one claim that was not executed keeps the record from saying that
it was. Levels that nothing here can reach are listed with the reason.

Source: the contract as publicly visible; names of L3 to L7 are inferred from the order of its
required counts. `fixtures/contract` holds a check written from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from harness.records.record import Record
from harness.report.contract import ENFORCEMENT
from harness.report.corrections import generated_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.ledger import Entry

LEVELS: dict[int, tuple[str, str]] = {
    0: ("none", "Nothing accepted"),
    1: ("literature_synthesis", "Literature synthesis"),
    2: ("source_grounded", "Source-grounded claims"),
    3: ("cross_source_corroborated", "Cross-source corroborated"),
    4: ("artifact_inspected", "Artifact inspected"),
    5: ("sandbox_executed", "Sandbox executed"),
    6: ("independently_reproduced", "Independently reproduced"),
    7: ("externally_reviewed_or_formally_verified", "Externally reviewed or formally verified"),
}
UNSUPPORTED = {
    6: "takes full scale and the paper's exact protocol, which no accepted claim has",
    7: "no claim is reviewed from outside or proved here",
}
BASIS = (
    "the least level among the accepted claims of the scope; it speaks of how they were verified, not whether they hold"
)
SEALED = 5
REPRODUCED = 6


class LevelsRecord(Record):
    """The contract's fields and ours."""

    schema_: Literal["https://assignee.net/schemas/verification-levels-v1"] = Field(
        default="https://assignee.net/schemas/verification-levels-v1", alias="schema"
    )
    schema_version: Literal["1.0"] = "1.0"
    contract_version: Literal["verification-levels-v1.0"] = "verification-levels-v1.0"
    paper_level: int = Field(ge=0, le=7)
    paper_level_key: str
    paper_level_label: str
    basis: str
    generated_from: str
    claim_summary: dict[str, Any]
    artifact_types: tuple[str, ...]
    levels: tuple[dict[str, Any], ...]
    unsupported_upper_levels: tuple[dict[str, Any], ...]
    enforcement: str = ENFORCEMENT
    limitations: tuple[str, ...]
    x_harness: dict[str, Any] = Field(alias="x-harness")


def levels_record(entries: Sequence[Entry], scope: str, tip: str) -> dict[str, Any]:
    """Return the document on one scope's last entries; `tip` is the digest of the ledger's last line."""
    last = list({one.claim: one for one in entries}.values())
    reached = {one.claim: int(one.level[1:]) for one in last}
    paper = min(reached.values(), default=0)
    key, label = LEVELS[paper]
    upper = {level: why for level, why in UNSUPPORTED.items() if level not in reached.values()}
    return LevelsRecord(
        paper_level=paper,
        paper_level_key=key,
        paper_level_label=label,
        basis=BASIS,
        generated_from=generated_from(entries, scope),
        claim_summary=_summary(last, reached),
        artifact_types=_artifact_types(last),
        levels=tuple(
            {"level": level, "key": key, "label": label, "claims": [name for name in reached if reached[name] == level]}
            for level, (key, label) in LEVELS.items()
            if level
        ),
        unsupported_upper_levels=tuple(
            {"level": level, "key": LEVELS[level][0], "label": LEVELS[level][1], "reason": why}
            for level, why in upper.items()
        ),
        limitations=_limitations(last),
        x_harness={
            "scope": scope,
            "ledger": tip,
            "scales": sorted({one.scale for one in last}),
            "paper_statuses": {one.claim: one.paper_status for one in last},
        },
    ).plain()


def _summary(last: Sequence[Entry], reached: dict[str, int]) -> dict[str, Any]:
    records = [
        {
            "claim": one.claim,
            "title": one.title,
            "status": one.status,
            "outcome": one.outcome,
            "level": reached[one.claim],
            "verdict": one.verdict,
        }
        for one in last
    ]
    return {
        "source_grounded_claims": len(last),
        "aggregate_claim_records": 1,
        "claim_record_source": "reports/ledger.jsonl",
        "per_claim_public_records": records,
        "per_claim_public_record_count": len(records),
        "cross_source_corroborated_claims": 0,
        "artifact_inspected_claims": sum(bool(one.artifacts) for one in last),
        "sandbox_executed_claims": sum(level >= SEALED for level in reached.values()),
        "independently_reproduced_claims": sum(level >= REPRODUCED for level in reached.values()),
        "externally_reviewed_or_formally_verified_claims": 0,
    }


def _artifact_types(last: Sequence[Entry]) -> tuple[str, ...]:
    """Return what kinds of artifact stand behind the claims."""
    paths = [artifact.path for one in last for artifact in one.artifacts]
    named = ((path.endswith(".parquet"), "measurements") for path in paths)
    stored = ((path.startswith("store:"), "digests of counted files") for path in paths)
    return tuple(sorted({name for holds, name in (*named, *stored) if holds}))


def _limitations(last: Sequence[Entry]) -> tuple[str, ...]:
    reduced = sum(one.scale == "reduced" for one in last)
    told = ["A level says how a claim was verified; whether it came out supported stands in its own record."]
    if reduced:
        told.append(
            f"{reduced} of {len(last)} claims were run at reduced scale, which says nothing of the paper's own models."
        )
    return tuple(told)
