"""Small courts: judgements, checks, claims, rulings and scores made by hand."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.court.measure import Rows
from harness.court.sentence import clauses
from harness.records.claim import Check, Claim, Side
from harness.records.judgements import Judgements
from harness.records.ruling import Ruling
from harness.records.scope import Scope
from harness.seeds import generator

Values = NDArray[np.float64]


def judged(queries: Sequence[tuple[str, str, str]], seen: Sequence[bool] = ()) -> Judgements:
    """Judgements of queries given as (language, cluster, relation), all answered by one passage."""
    languages, clusters, relations = zip(*queries, strict=True)
    numbers = range(len(queries))
    return Judgements(
        query_ids=tuple(f"q{number}" for number in numbers),
        query_languages=languages,
        clusters=clusters,
        relations=relations,
        entities_seen=tuple(seen) or (True,) * len(queries),
        passage_ids=("p0",),
        passage_languages=("en",),
        query_rows=tuple(numbers),
        passage_rows=(0,) * len(queries),
        grades=(1,) * len(queries),
    )


@dataclass
class FakeScores:
    """Scores that hold what they are given, by (arm, base, seed)."""

    of: Judgements
    values: Mapping[tuple[str, str, int], Values]
    query_rows: Sequence[int] = ()
    passage_languages: Sequence[str] = ()
    other_rows: dict[tuple[str, str, int], tuple[Sequence[int], Sequence[str]]] = field(default_factory=dict)
    memory: dict[Hashable, Any] = field(default_factory=dict, init=False)

    def judgements(self, dataset: str) -> Judgements:
        assert dataset
        return self.of

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        assert check.measure
        assert dataset
        place = (side.sampling, str(side.base), seed)
        query_rows = self.query_rows or range(len(self.of.query_ids))
        languages = self.passage_languages or ["*"] * len(query_rows)
        query_rows, languages = self.other_rows.get(place, (query_rows, languages))
        return Rows(np.array(query_rows, dtype=np.int64), tuple(languages), self.values[place])


@dataclass
class PlantedScores:
    """Scores drawn around a level for each arm, base, dataset and setting; the same questions are easy for all."""

    of: Mapping[str, Judgements]
    level: Callable[[str, str, str, str], float]
    noise: float = 0.02
    world: object = 0
    memory: dict[Hashable, Any] = field(default_factory=dict, init=False)

    def judgements(self, dataset: str) -> Judgements:
        return self.of[dataset]

    def rows(self, side: Side, seed: int, check: Check, dataset: str) -> Rows:
        of, setting = self.of[dataset], str(check.setting)
        queries = len(of.query_ids)
        easy = generator("planted", str(self.world), dataset, setting).normal(0, 0.05, queries)
        rng = generator("planted", str(self.world), dataset, setting, side.sampling, str(side.base), seed)
        noise = rng.normal() / 2 + rng.normal(size=queries)
        level = self.level(side.sampling, str(side.base), dataset, setting)
        return Rows(np.arange(queries), ("*",) * queries, level + easy + self.noise * noise)


def check(**changes: Any) -> Check:
    given: dict[str, Any] = {
        "id": "higher",
        "measure": "MAP",
        "setting": "multilingual",
        "left": "hybrid",
        "relation": "above",
        "right": "x-x-mono",
        "reason": "an edge is an edge",
    }
    return Check(**(given | changes))


def claim(**changes: Any) -> Claim:
    """A claim that says what its checks ask for, where nothing else is given."""
    given: dict[str, Any] = {
        "schema": "urn:harness:claim:1",
        "id": "c06",
        "title": "Hybrid batches",
        "statement": "-",
        "origin": "paper",
        "kind": "effectiveness",
        "evidence": ("trained-encoder",),
        "bases": ("xlm-r", "labse"),
        "datasets": ("xquad-r",),
        "checks": (check(),),
    }
    made = Claim(**(given | changes))
    said = "; ".join(clause for one in made.checks if one.required is True for clause in clauses(one, made))
    return made if "statement" in changes else made.model_copy(update={"statement": said})


def scope(**changes: Any) -> Scope:
    data = {"source": "atlas", "part": "test", "languages": ("de", "en")}
    given: dict[str, Any] = {
        "schema": "urn:harness:scope:1",
        "name": "tiny",
        "scale": "reduced",
        "sentence": "On a tiny set",
        "bases": {},
        "datasets": {},
        "training": data,
        "pretraining": data,
        "settings": {
            "steps": 1,
            "batch": 2,
            "learning_rate": 0.1,
            "weight_decay": 0.0,
            "temperature": 0.1,
        },
        "chosen_by": "nobody",
        "seeds": {},
        "seeds_otherwise": 5,
    }
    return Scope(**(given | changes))


def ruling(**changes: Any) -> Ruling:
    """A ruling as `rule` makes them; p follows the outcome unless it is given, p against it follows p."""
    p = {"supported": 0.001, "contradicted": 0.999, "inconclusive": 0.4}.get(changes.get("outcome", "supported"))
    sign = {"supported": 1, "contradicted": -1}.get(changes.get("outcome", "supported"), 0)
    given: dict[str, Any] = {
        "id": "higher",
        "kind": "above",
        "dataset": "xquad-r",
        "measure": "MAP",
        "setting": "multilingual",
        "required": True,
        "left": "hybrid",
        "relation": "above",
        "right": "x-x-mono",
        "margin": "0",
        "claimed": {},
        "outcome": "supported",
    }
    numbers = {
        "estimate": sign * 0.02 + 0.001,
        "low": sign * 0.02 - 0.009,
        "high": sign * 0.02 + 0.011,
        "p": p,
        "df": 9.0,
        "seeds": 8,
        "clusters": 40,
        "queries": 200,
        "detectable": 0.0165,
        "seeds_needed": 12,
    }
    made = Ruling(**(given | ({} if p is None else numbers) | changes))
    if made.p is None or "p_against" in changes:
        return made
    return made.model_copy(update={"p_against": 1 - made.p})
