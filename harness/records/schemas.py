"""JSON Schemas of the files that people and machines exchange, generated from the records.

    python -m harness.records.schemas        writes harness/schemas/*.json anew

Draft 2020-12. What a person writes (claim, scope) may leave out what has a default; what a
machine writes must be complete. A schema knows types and keys; what keys say together is left to
the readers of those files. What each key means stands in `harness/schemas/meanings.json`, by record and
key, and not in the records: cells and verdicts depend on their source, and words change neither.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic.json_schema import GenerateJsonSchema

from harness.codec import pretty
from harness.records.audit import Audit
from harness.records.bench import Bench
from harness.records.calibration import Calibration
from harness.records.changed import ChangedInputs
from harness.records.claim import Claim
from harness.records.evaluation import Evaluation
from harness.records.gate import GateAnswer
from harness.records.ledger import Entry
from harness.records.listing import Listing
from harness.records.lock import Lock
from harness.records.measurement import MeasurementRow
from harness.records.scope import Scope
from harness.records.scores import JudgedScores
from harness.records.tuning import Tuning
from harness.records.verdict import Summary, Verdict

if TYPE_CHECKING:
    from harness.records.record import Record

RECORDS: dict[str, tuple[type[Record], Literal["validation", "serialization"]]] = {
    "claim": (Claim, "validation"),
    "scope": (Scope, "validation"),
    "verdict": (Verdict, "serialization"),
    "measurement": (MeasurementRow, "serialization"),
    "summary": (Summary, "serialization"),
    "lock": (Lock, "serialization"),
    "tuning": (Tuning, "serialization"),
    "audit": (Audit, "serialization"),
    "calibration": (Calibration, "serialization"),
    "bench": (Bench, "serialization"),
    "evaluation": (Evaluation, "serialization"),
    "judge": (JudgedScores, "serialization"),
    "report": (Listing, "serialization"),
    "gate": (GateAnswer, "serialization"),
    "ledger": (Entry, "serialization"),
    "changed": (ChangedInputs, "serialization"),
}
FOLDER = Path(__file__).parent.parent / "schemas"
MEANINGS = FOLDER / "meanings.json"


def meanings() -> dict[str, dict[str, str]]:
    """Return what each key of each record means, by the record's name and the key."""
    found: dict[str, dict[str, str]] = json.loads(MEANINGS.read_bytes())
    return found


def schema(name: str) -> dict[str, Any]:
    """Return the schema of one kind of file.

    Raises:
        KeyError: no such kind, or a key whose meaning nobody wrote down.
    """
    kind, mode = RECORDS[name]
    made = kind.model_json_schema(by_alias=True, mode=mode)
    meant = meanings()
    for record, part in {kind.__name__: made, **made.get("$defs", {})}.items():
        for key, said in part.get("properties", {}).items():
            said["description"] = meant[record][key]
    return {**made, "$schema": GenerateJsonSchema.schema_dialect, "$id": f"urn:harness:{name}:1", "title": name}


def file_bytes(name: str) -> bytes:
    """Return the bytes of a schema's file."""
    return pretty(schema(name))


def write(folder: Path = FOLDER) -> None:
    """Write every schema into `folder`."""
    for name in RECORDS:
        (folder / f"{name}.json").write_bytes(file_bytes(name))


if __name__ == "__main__":
    write()
