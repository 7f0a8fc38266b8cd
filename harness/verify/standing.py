"""Verdicts that stand: those of an earlier run that were made of exactly what this one is made of.

All of a verdict but its occasion is a pure function of its provenance, of this package and of the
libraries that the court computes with. So it is kept in the store, with the table it cites, under
the digest of those, and a run that would judge the same again says it again at once. What came of
a failure is not kept: it may work the next time. Nor are counts, whose files lie outside the store.

With `only-missing`, the verdict that lies in the reports folder stands, its occasion too.
"""

from __future__ import annotations

import json
from importlib import metadata
from typing import TYPE_CHECKING

from pydantic import ValidationError

from harness.codec import canonical, digest, sha256
from harness.errors import EntryDamaged
from harness.planner import package_digest
from harness.records.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from harness.court.verdict import Company
    from harness.records.claim import Cause
    from harness.verify.trial import Trial

OPERATION = "verdict"
VERDICT, TABLE = "verdict.json", "measurements.parquet"
COURT_LIBRARIES = ("numpy", "pyarrow", "pydantic", "scipy")
FAILED: frozenset[Cause] = frozenset({"script_error", "timeout", "infrastructure", "resource_missing"})
"""Verdicts that came of a failure, so that nothing was judged."""

AGAIN: frozenset[Cause] = FAILED | {"attacker_error"}
"""Verdicts that do not stand: what failed may work now."""


def standing(trial: Trial) -> Verdict | None:
    """Return the verdict in the reports folder, if it was made of exactly this and its cells are there."""
    verdict = trial.desk.standing(trial.claim.id, trial.job.scope.name)
    if verdict is None or AGAIN & set(verdict.causes) or not _evident(trial):
        return None
    return verdict if verdict.provenance == trial.provenance() else None


def recall(trial: Trial) -> Verdict | None:
    """Return the verdict that the store has on exactly this, and file the table it cites."""
    if not _keepable(trial) or not _evident(trial):
        return None
    store, key = trial.job.store, _key(trial)
    try:
        folder = store.find(key)
        if folder is None:
            return None
        told = json.loads((folder / VERDICT).read_bytes())
        verdict = Verdict.model_validate_json(json.dumps({**told, "occasion": trial.occasion().plain()}))
        for artifact in verdict.artifacts:
            trial.desk.file_table(verdict.claim, verdict.scope, _table(folder, artifact.sha256))
    except (EntryDamaged, OSError, ValueError, TypeError, ValidationError):
        store.set_aside(key)
        return None
    return verdict


def keep(trial: Trial, verdict: Verdict, company: Company) -> None:
    """Keep a verdict, unless something failed on the way to it."""
    if not _keepable(trial) or not company.complete or AGAIN & set(verdict.causes):
        return
    store = trial.job.store
    folder = store.underway()
    (folder / VERDICT).write_bytes(canonical({k: v for k, v in verdict.plain().items() if k != "occasion"}))
    if verdict.artifacts:
        (folder / TABLE).write_bytes(trial.desk.table(verdict.claim, verdict.scope))
    store.put(_key(trial), folder, {"operation": OPERATION, "claim": verdict.claim, "scope": verdict.scope})


def _keepable(trial: Trial) -> bool:
    return trial.claim.kind != "counted" and trial.planned.problem is None


def _evident(trial: Trial) -> bool:
    """Tell whether the vectors that the verdict speaks of are in the store."""
    cells = trial.encodings().values()
    keys = [*(cell.key for cell in cells), *(one.vectors for one in trial.released())]
    return bool(cells) and all(trial.job.store.has(key) for key in keys)


def _key(trial: Trial) -> str:
    made_of = {
        "operation": OPERATION,
        "provenance": trial.provenance().plain(),
        "seal": trial.job.enclosure.seal.plain(),
        "package": package_digest(),
        "libraries": {name: metadata.version(name) for name in COURT_LIBRARIES},
    }
    return digest(made_of)


def _table(folder: Path, expected: str) -> bytes:
    data = (folder / TABLE).read_bytes()
    if sha256(data) != expected:
        msg = f"{folder}: expected the table that its verdict cites, found another"
        raise ValueError(msg)
    return data
