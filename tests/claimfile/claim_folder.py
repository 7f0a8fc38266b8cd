"""A folder with a paper, a good claim and its script, to be broken one way at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.claimfile.claims import ClaimFile, read_claim
from harness.errors import Fault, FileFaults
from harness.records.scope import DataBinding, Scope
from harness.records.training import Recipe, Settings

STATEMENTS = """id,section,kind,left,relation,right,claimed,unit
S1,1,effect,a,<,b,30.1,percent
S2,1,count,languages,=,,11,languages
S3,1,words,a,>,b,much,
"""
TABLE = """model,arm,mono,cross
XLM-R,X-X,.79,0.70
XLM-R,X-Y,0.75,
"""
GOOD = """schema: urn:harness:claim:1
id: c01
title: A title
statement: hybrid has a lower rank distance
origin: paper
kind: effectiveness
evidence: [trained-encoder]
bases: [xlm-r]
datasets: [xquad-r]
cells: ["T1:XLM-R/X-X:mono", S1]
checks:
  - id: lower
    required: true
    measure: rank-distance
    setting: multilingual
    left: hybrid
    relation: below
    right: x-x-mono
    margin: "0"
    reason: any reduction
    claimed: {xlm-r: {left: "T1:XLM-R/X-X:mono", right: "T1:XLM-R/X-Y:mono"}}
  - {id: near, required: true, measure: MAP, setting: crosslingual, left: hybrid, relation: comparable-or-above,
     right: x-x-mono, margin: "0.01", reason: small, languages: [de, en]}
  - {id: size, required: full, measure: rank-distance, setting: multilingual, left: hybrid, relation: reduced-by,
     right: x-x-mono, claimed: {xlm-r: {cell: S1, value: "30.1"}}, unit: percent}
  - {id: odd, required: false, measure: MAP, setting: multilingual, relation: contrast,
     weights: {hybrid: 2, x-y: -1, x-x-mono: -1}}
  - {id: third, required: false, measure: MAP, relation: never-third}
  - {id: ranked, required: false, measure: MAP, setting: balanced, relation: order, arms: [hybrid, x-y, x-x-mono]}
unknowns: [seeds]
waived: {xlm-r/xquad-r/monolingual: not the claim}
accepted: {}
"""
COUNTED = """schema: urn:harness:claim:1
id: c01
title: A title
statement: eleven languages
origin: paper
kind: counted
evidence: [counted-data]
datasets: [xquad-r]
checks:
  - {id: counts, required: true, relation: equals, reason: exact, counts: {xquad-r/languages: {cell: S2, value: "11"}}}
"""
ELEVEN = ("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh")
RECIPE = Recipe(
    buckets=512, width=16, dimensions=16, shortest=2, longest=3, dose=4, batch=8, learning_rate=0.01, temperature=0.05
)
ATLAS = Scope(
    schema_="urn:harness:scope:1",
    name="small",
    scale="reduced",
    sentence="On little",
    bases={"xlm-r": RECIPE, "labse": RECIPE},
    datasets={
        "xquad-r": DataBinding(source="atlas", part="xquad-r", languages=ELEVEN),
        "mlqa-r": DataBinding(source="atlas", part="mlqa-r", languages=("ar", "de", "en", "es", "hi", "vi", "zh")),
    },
    training=DataBinding(source="atlas", part="pairs", languages=ELEVEN),
    pretraining=DataBinding(source="atlas", part="parallel", languages=ELEVEN),
    settings=Settings(steps=3, batch=8, learning_rate=0.01, weight_decay=0.01, temperature=0.05),
    chosen_by="tests",
    seeds={},
    seeds_otherwise=5,
)


def lay(folder: Path, text: str | bytes = GOOD) -> Path:
    """Write a paper, a script and a claim file; return the claim file."""
    (folder / "paper" / "tables").mkdir(parents=True, exist_ok=True)
    (folder / "paper" / "statements.csv").write_text(STATEMENTS, encoding="utf-8")
    (folder / "paper" / "tables" / "table-1-main.csv").write_text(TABLE, encoding="utf-8")
    (folder / "c01_good.py").write_text("def reproduce(bench): ...\n", encoding="utf-8")
    path = folder / "c01-good.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path: Path) -> ClaimFile:
    """Read a claim with the Atlas in force."""
    return read_claim(path, ATLAS)


def faults(path: Path) -> tuple[Fault, ...]:
    """Return what is wrong with a claim; it must be wrong."""
    with pytest.raises(FileFaults) as refused:
        read(path)
    return refused.value.faults


def changed(text: str, old: str, new: str) -> str:
    """Return `text` with `old`, which must occur once, replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the text"
    return text.replace(old, new)
