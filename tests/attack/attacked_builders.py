"""Small verifications to attack: scores planted by hand, vectors made by hand, papers of a few cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from court_builders import PlantedScores, claim, judged

from harness.attack.subject import Stand, Subject
from harness.claimfile.claims import ClaimFile
from harness.claimfile.paper import Paper
from harness.court.case import Case
from harness.records.asked import Asked, EmitRequest
from harness.records.claim import Check, Claim
from harness.records.judgements import Judgements
from harness.records.scope import Scope
from harness.seeds import generator

SCRIPT = "def reproduce(bench):\n    pass\n"
LEVELS = {"hybrid": 0.62, "x-x-mono": 0.58, "x-y": 0.55}
CLUSTERS = 40


def questions() -> Judgements:
    return judged([(language, f"c{number}", "r") for number in range(CLUSTERS) for language in ("de", "en")])


def stand(
    check: Check,
    level: Mapping[str, float] | Callable[[str], float] = LEVELS,
    *,
    noise: float = 0.02,
    seeds: int = 8,
    world: object = 0,
    **of_claim: Any,
) -> Stand:
    """One check on planted scores: arms around their levels, the same questions easy for all."""
    find = level if callable(level) else level.__getitem__
    scores = PlantedScores({"xquad-r": questions()}, lambda arm, *_: find(arm), noise=noise, world=world)
    of = claim(checks=(check,), **of_claim)
    return Stand(Case(of, range(seeds), scores, {}), check, "all" if check.relation == "never-third" else "xquad-r")


def subject(
    of: Claim,
    folder: Path,
    *,
    cells: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    script: str = SCRIPT,
    emitted: Mapping[str, float] | None = None,
    **more: Any,
) -> Subject:
    """A verification of which nothing is measured: the claim, its script, a paper of these cells."""
    path = folder / f"{of.id}_script.py"
    path.write_text(script)
    paper = None if cells is None else Paper(dict(cells), "0" * 64, dict(titles or {}))
    file = ClaimFile(of, folder / f"{of.id}-claim.yaml", path, "0" * 64, paper)
    requests = tuple(EmitRequest(name=name, value=value) for name, value in (emitted or {}).items())
    given: dict[str, Any] = {"asked": Asked(requests=requests), "rulings": (), **more}
    return Subject(file=file, scope=given.pop("scope", None) or small_scope(), **given)


def small_scope(**changes: Any) -> Scope:
    data = {"source": "atlas", "part": "xquad-r", "languages": ("de", "en")}
    recipe = {"buckets": 8, "width": 4, "dimensions": 4, "shortest": 2, "longest": 3, "dose": 1, "batch": 2}
    given: dict[str, Any] = {
        "schema": "urn:harness:scope:1",
        "name": "small",
        "scale": "reduced",
        "sentence": "In a scope of its own, small encoders",
        "bases": {name: {**recipe, "learning_rate": 0.1, "temperature": 0.1} for name in ("xlm-r", "labse")},
        "datasets": {"xquad-r": data},
        "training": {**data, "part": "pairs"},
        "pretraining": {**data, "part": "parallel"},
        "settings": {"steps": 1, "batch": 2, "learning_rate": 0.1, "weight_decay": 0.0, "temperature": 0.1},
        "chosen_by": "hand",
        "seeds": {},
        "seeds_otherwise": 5,
    }
    return Scope.model_validate(given | changes)


def unit_rows(name: str, count: int, width: int = 8) -> np.ndarray:
    rows = generator("attack tests", name).standard_normal((count, width))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))
