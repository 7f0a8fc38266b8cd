"""Verdicts and measurements that the page draws most of."""

from __future__ import annotations

from itertools import product
from typing import Any

from verdict_builders import ATTACKERS, fitted, not_by_sinking, ruling, slices, verdict

from harness.codec import file_sha256
from harness.records.attack import Attacker, ProbeResult, RedTeam, WorldInterval
from harness.records.measurement import MeasurementRow
from harness.records.verdict import Artifact, Verdict
from harness.report.folder import ReportsFolder

LANGUAGES = ("de", "el", "th")
QUANTILES = (10, 25, 50, 75, 90)


def world(name: str, low: float, estimate: float, high: float, *, succeeded: bool) -> ProbeResult:
    interval = WorldInterval(estimate=estimate, low=low, high=high)
    return ProbeResult(
        name=f"{name}:lower/xquad-r", severity=9.0, succeeded=succeeded, required=True, detail="seen", interval=interval
    )


def attacked(**changes: Any) -> Verdict:
    """Two false worlds of its main check, one far away, which let it pass. The check says why, and what is cited."""
    worlds = (
        world("shrunk-to-the-margin", -1.5, 0.2, 2.0, succeeded=False),
        world("random-left", 3740.0, 3749.0, 3758.0, succeeded=True),
    )
    team = RedTeam(
        average=6.0,
        attackers=tuple(
            Attacker(name=name, score=9.0 if at == 0 else 0.0, message="told", probes=worlds if at == 0 else ())
            for at, name in enumerate(ATTACKERS)
        ),
    )
    check = ruling(
        reason="any reliable reduction is one",
        cited={"T7:mean:xlm-r_hybrid": "410.2"},
        slices=slices("seen", "held-out", "de", "el"),
        seeds=None,
        seeds_needed=None,
        note="",
    )
    given = {"claim": "c20", "checks": (check, not_by_sinking()), "red_team": team, "verification": "defeated"}
    return verdict(**(given | changes))


def measurement_rows() -> list[MeasurementRow]:
    """Two bases, three arms and one of another alpha, two seeds, three languages, both baselines."""
    encoders: list[tuple[str, str, float | None, int]] = [
        (base, arm, 0.5 if arm == "hybrid" else None, seed)
        for base, arm, seed in product(("labse", "xlm-r"), ("x-x-mono", "x-y", "hybrid"), (0, 1))
    ]
    encoders += [("xlm-r", "hybrid", 0.25, seed) for seed in (0, 1)]
    encoders += [("xlm-r", "untrained", None, 0), ("lexical", "lexical", None, 0)]
    encoders.append(("sentence-transformers/LaBSE", "released", None, 0))
    places = [("multilingual", name, query, "*") for name in ("rank-distance", "MAP") for query in LANGUAGES]
    places += [
        ("crosslingual", "MAP", query, passage) for query, passage in product(LANGUAGES, LANGUAGES) if query != passage
    ]
    places += [("monolingual", "MAP", query, query) for query in LANGUAGES]
    places += [("multilingual", f"rank-distance-p{percent}", "*", "*") for percent in QUANTILES]
    return [
        MeasurementRow(
            base=base,
            sampling=arm,
            alpha=alpha,
            seed=seed,
            dataset="xquad-r",
            setting=setting,
            measure=measure,
            query_language=query,
            passage_language=passage,
            value=(0.5 if measure == "MAP" else 100.0) * (1 + (at * 37 + place * 11) % 97 / 200),
            queries=180,
        )
        for at, (base, arm, alpha, seed) in enumerate(encoders)
        for place, (setting, measure, query, passage) in enumerate(places)
    ]


def measured(folder: ReportsFolder, **changes: Any) -> Verdict:
    """A claim that cites measurements, which are written to `folder`; checks in every setting stand for them."""
    facts = {"claim": "c21", "cause": "unsealed", "causes": ("unsealed", "not_attacked"), "outcome": "supported"}
    given = fitted(
        **(
            {
                **facts,
                "reason": "supported",
                "checks": (
                    ruling(),
                    *(not_by_sinking(setting=name, id=name) for name in ("crosslingual", "monolingual")),
                ),
            }
            | changes
        )
    )
    path = folder.write_measurements(given.claim, given.scope, measurement_rows())
    artifact = Artifact(path=path.relative_to(folder.root).as_posix(), sha256=file_sha256(path))
    return given.model_copy(update={"artifacts": (artifact,)})
