"""Honest verdicts of every kind, built from the records themselves."""

from __future__ import annotations

from typing import Any

from harness.codec import sha256
from harness.records.attack import Attacker, ProbeResult, RedTeam, SameArm
from harness.records.audit import Finding
from harness.records.measurement import MeasurementRow
from harness.records.ruling import BaseEstimate, Effect, Floor, Part, Ruling, SliceEstimate
from harness.records.verdict import (
    Artifact,
    Control,
    Exposure,
    Neighbour,
    Occasion,
    Provenance,
    Reach,
    RegimeReading,
    Seal,
    Verdict,
)

HOSTILE = (
    "<script>alert(1)</script><svg onload=alert(2)>",
    "**bold** [link](javascript:alert(3)) </span></title>",
    'x" onmouseover="alert(4)" data-value="9',
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil\x07here\x07 \u202egnirts\u202c {{ 7 * 7 }} &amp;",
)
OCCASION = Occasion(evaluated_at="2026-02-03T04:05:06.000007+00:00", seconds=41.25, host="builder")
ATTACKERS = ("COUNTEREXAMPLE_HUNTER", "CITATION_AUDITOR", "REPLICATION_ATTACKER")


def stamp(text: str) -> str:
    return sha256(text.encode())


def provenance(**changes: Any) -> Provenance:
    given: dict[str, Any] = {
        **{name: stamp(name) for name in ("claim", "analysis", "scope", "script", "lock", "lab", "court")},
        "paper": None,
        "texts": {"xquad-r": stamp("xquad-r texts")},
        "cells": tuple(stamp(f"cell {number}") for number in range(3)),
        "versions": {"python": "3.11.9", "sentence-transformers": "6.1.0"},
    }
    return Provenance(**(given | changes))


def ruling(**changes: Any) -> Ruling:
    """A reduction of rank distance on xquad-r, clearly supported."""
    given: dict[str, Any] = {
        "id": "lower",
        "kind": "below",
        "dataset": "xquad-r",
        "measure": "rank-distance",
        "setting": "multilingual",
        "required": True,
        "left": "hybrid",
        "relation": "below",
        "right": "x-x-mono",
        "margin": "0",
        "claimed": {"xlm-r": "30.1", "labse": "15.4"},
        "estimate": -36.125,
        "low": -39.72,
        "high": -32.53,
        "p": 3.2e-7,
        "df": 9.63,
        "seeds": 8,
        "clusters": 240,
        "queries": 1980,
        "outcome": "supported",
        "detectable": 5.317,
        "seeds_needed": 5,
        "effect_ratio": 1.3546,
        "left_mean": 80.41,
        "right_mean": 116.535,
        "effect": Effect(percent=-31.0, low=-34.08, high=-27.91, claimed={"xlm-r": 30.1, "labse": -15.4484}),
        "bases": (
            BaseEstimate(base="xlm-r", estimate=-41.9, low=-48.2, high=-35.6, left_mean=90.1, right_mean=132.0),
            BaseEstimate(base="labse", estimate=-30.35, low=-34.1, high=-26.6, left_mean=70.72, right_mean=101.07),
        ),
        "note": "",
    }
    return Ruling(**(given | changes))


def not_by_sinking(**changes: Any) -> Ruling:
    given: dict[str, Any] = {
        "id": "not-by-sinking",
        "kind": "comparable-or-above",
        "measure": "MAP",
        "relation": "comparable-or-above",
        "margin": "0.01",
        "claimed": {},
        "estimate": 0.02113,
        "low": 0.0071,
        "high": 0.03516,
        "p": 0.00431,
        "detectable": 0.0243,
        "seeds_needed": None,
        "effect_ratio": None,
        "left_mean": 0.7132,
        "right_mean": 0.6991,
        "effect": Effect(percent=3.02, low=1.01, high=5.03, claimed={}),
        "bases": (),
    }
    return ruling(**(given | changes))


def size(**changes: Any) -> Ruling:
    """What scale full alone decides: shown with its effect, never counted."""
    numbers = dict.fromkeys(("estimate", "low", "high", "p", "df", "seeds", "clusters", "detectable", "seeds_needed"))
    given: dict[str, Any] = {
        "id": "size",
        "kind": "reduced-by",
        "required": "full",
        "relation": "reduced-by",
        "claimed": {"xlm-r": "S14 = 30.1", "labse": "S17 = 15.4"},
        "outcome": "untested",
        "note": "a magnitude is decided at full scale only",
        "effect": Effect(percent=-31.0, low=-34.08, high=-27.91, claimed={"xlm-r": -30.1, "labse": 15.4}),
    }
    return ruling(**(numbers | given | changes))


def verdict(**changes: Any) -> Verdict:
    """A supported claim on trained encoders, as this build can give it: never verified."""
    given: dict[str, Any] = {
        "claim": "c06",
        "title": "Hybrid batches lower language bias on XQuAD-R",
        "statement": "hybrid has a lower mean rank distance than x-x-mono",
        "sentence": "On Atlas, small encoders: hybrid has a lower mean rank distance than x-x-mono.",
        "scope": "atlas",
        "scale": "reduced",
        "status": "UNVERIFIED",
        "cause": "unsealed",
        "causes": ("unsealed", "not_attacked"),
        "reason": "supported: every required check was; no seal and no attack stands behind it",
        "outcome": "supported",
        "verification": "incomplete",
        "paper_status": "UNVERIFIED",
        "paper_cause": "reduced_scale",
        "level": "L2",
        "checks": (ruling(), not_by_sinking(), size()),
        "controls": (),
        "regime": None,
        "red_team": RedTeam(
            average=None,
            attackers=tuple(Attacker(name=name, score=None, message="not attacked") for name in ATTACKERS),
        ),
        "seal": Seal(tier="T5", status="UNSEALED", self_test={}),
        "unknowns": ("temperature", "steps", "seeds"),
        "provenance": provenance(),
        "occasion": OCCASION,
        "artifacts": (Artifact(path=f"store:{stamp('cell 0')}", sha256=stamp("cell 0")),),
    }
    return Verdict(**(given | changes))


def two_datasets(**changes: Any) -> Verdict:
    second = Effect(percent=5.25, low=1.9, high=8.6, claimed={"mlqa-r/xlm-r": 4.25, "mlqa-r/labse": 3.09})
    first = Effect(percent=7.31, low=4.02, high=10.6, claimed={"xlm-r": 6.46, "labse": 0.99})
    above = {"id": "mono", "kind": "above", "relation": "above", "measure": "MAP", "setting": "monolingual"}
    arms = {"left": "x-x-mono", "right": "x-y", "claimed": {}, "left_mean": 0.81, "right_mean": 0.755}
    numbers = {"estimate": 0.0552, "low": 0.0304, "high": 0.08, "p": 0.0006, "detectable": 0.04, "bases": ()}
    checks = (
        ruling(**above, **arms, **numbers, effect=first),
        ruling(**above, **arms, **numbers, effect=second, dataset="mlqa-r"),
    )
    return verdict(**({"claim": "c01", "title": "Batching specialises", "checks": checks} | changes))


def contradicted(**changes: Any) -> Verdict:
    against = Effect(percent=12.5, low=8.25, high=16.75, claimed={"xlm-r": 30.1, "labse": 15.4})
    numbers = {"estimate": 14.57, "low": 9.61, "high": 19.52, "p": 0.9997, "outcome": "contradicted", "bases": ()}
    checks = (ruling(**numbers, effect=against), not_by_sinking())
    return verdict(**({"claim": "c07", "outcome": "contradicted", "checks": checks} | changes))


def inconclusive(*, seeds_needed: int | None, **changes: Any) -> Verdict:
    wide = Effect(percent=-0.625, low=-3.5, high=2.25, claimed={"xlm-r": 2.98})
    numbers = {"estimate": -0.73, "low": -4.08, "high": 2.62, "p": 0.31, "outcome": "inconclusive", "bases": ()}
    first = ruling(**numbers, effect=wide, seeds_needed=seeds_needed)
    causes = ("unsealed", "not_attacked", "inconclusive")
    given = {"claim": "c08", "outcome": "inconclusive", "causes": causes, "checks": (first, not_by_sinking())}
    return verdict(**(given | changes))


def counts(*, differ: int = 0, **changes: Any) -> Verdict:
    claimed = {f"questions-{number:02d}": str(1190 + number) for number in range(38)}
    fields = ("p", "df", "seeds", "clusters", "queries", "detectable", "seeds_needed", "effect_ratio", "low", "high")
    empty: dict[str, Any] = dict.fromkeys((*fields, "left", "right", "left_mean", "right_mean", "effect", "setting"))
    empty["queries"] = len(claimed)
    outcome = "contradicted" if differ else "supported"
    given = {"id": "counts", "kind": "equals", "relation": "equals", "measure": None, "bases": ()}
    note = "zh candidates: paper 1196, found 1192" if differ else ""
    check = ruling(**empty, **given, claimed=claimed, estimate=float(differ), outcome=outcome, note=note)
    facts = {"claim": "c13", "title": "Protocol counts", "outcome": outcome, "checks": (check,)}
    return verdict(**(facts | changes))


def untested(**changes: Any) -> Verdict:
    nothing = dict.fromkeys(
        ("estimate", "low", "high", "p", "df", "seeds", "clusters", "queries", "detectable", "seeds_needed")
    )
    given = {"kind": "equals", "relation": "equals", "outcome": "untested", "bases": (), "effect": None}
    gone = {"left": None, "right": None, "measure": None, "setting": None, "left_mean": None, "right_mean": None}
    check = ruling(**nothing, **given, **gone, effect_ratio=None, claimed={"languages": "11"})
    facts: dict[str, Any] = {
        "claim": "c13",
        "title": "Protocol counts",
        "outcome": "untested",
        "cause": "resource_missing",
        "causes": ("resource_missing", "untested", "unsealed", "not_attacked"),
        "reason": "XQuAD-R is not on this machine; set HARNESS_DATA to the folder that holds it",
        "checks": (check,),
        "artifacts": (),
    }
    return verdict(**(facts | changes))


READING = RegimeReading(ratio=0.85, low=0.8, high=0.9, paper=0.85, distance=0.1, most=0.25, inside=True)


OUTSIDE = RegimeReading(ratio=0.4321, low=0.9, high=0.97, paper=0.93, distance=0.3125, most=0.25, inside=False)
PASSED = Control(name="oracle", on="xquad-r", passed=True, detail="1.0 in every row")
FAILED = Control(name="trained-beats-untrained", on="labse hybrid", passed=False, detail="0.41 after, 0.53 before")


def part(name: str, outcome: str, **changes: Any) -> Part:
    given: dict[str, Any] = {
        "name": name,
        "outcome": outcome,
        "estimate": 0.0125,
        "low": 0.00375,
        "high": 0.02125,
        "df": 6.5,
        "p": 0.0071,
        "p_against": 0.9929,
        "detectable": 0.014,
        "seeds_needed": 4,
    }
    return Part(**(given | changes))


def slices(*names: str) -> tuple[SliceEstimate, ...]:
    numbers = {"low": -9.5, "high": 4.25, "left_mean": 81.5, "right_mean": 84.125}
    return tuple(
        SliceEstimate(name=name, estimate=-2.625 - at, queries=100 + at, **numbers) for at, name in enumerate(names)
    )


def floor(arm: str, *, reached: bool, **changes: Any) -> Floor:
    given: dict[str, Any] = {"dataset": "xquad-r", "setting": "multilingual", "lexical": 0.5125, "reached": reached}
    own: dict[str, Any] = {"arm": arm, "value": 0.65625 if reached else 0.34375}
    return Floor(**(own | given | changes))


def fitted(**changes: Any) -> Verdict:
    """A claim with everything that says whether its encoders were fit: one base in its regime, one control failed."""
    floors = (floor("hybrid", reached=True), floor("x-x-mono", reached=True))
    first = ruling(p_against=0.9999, slices=slices("seen", "held-out", "de", "el"), floors=floors)
    second = below_the_floor()
    facts: dict[str, Any] = {
        "claim": "c17",
        "outcome": "untested",
        "cause": "control_failed",
        "causes": ("control_failed", "out_of_regime", "below_floor", "untested", "unsealed", "not_attacked"),
        "reason": "untested: not-by-sinking on xquad-r: hybrid is below its floor",
        "checks": (first, second),
        "controls": (PASSED, FAILED),
        "regime": {"xlm-r": READING, "labse": OUTSIDE},
        "exposure": (
            exposure("xlm-r", "hybrid", monolingual=7200, crosslingual=7168),
            exposure("labse", "x-x-mono", monolingual=14400, crosslingual=0),
        ),
        "reach": (
            Reach(language="de", rows=0.96875, shared=True),
            Reach(language="el", rows=0.03125, shared=True),
            Reach(language="vi", rows=0.0, shared=False),
        ),
    }
    return verdict(**(facts | changes))


def exposure(base: str, sampling: str, *, monolingual: int, crosslingual: int) -> Exposure:
    return Exposure(
        base=base,
        sampling=sampling,
        updates=150,
        monolingual_pairs=monolingual,
        crosslingual_pairs=crosslingual,
        languages=("de", "en"),
    )


def below_the_floor(**changes: Any) -> Ruling:
    numbers = ("estimate", "low", "high", "p", "df", "seeds", "clusters", "queries", "detectable", "left_mean")
    empty = dict.fromkeys((*numbers, "right_mean", "effect"))
    note = "hybrid has multilingual MAP 0.344 on xquad-r, below 0.9 of the lexical baseline's 0.512; x-x-mono too"
    given = {"outcome": "untested", "cause": "below_floor", "note": note}
    floors = (floor("hybrid", reached=False), floor("x-x-mono", reached=True))
    return not_by_sinking(**(empty | given | {"floors": floors} | changes))


def order(**changes: Any) -> Ruling:
    given: dict[str, Any] = {
        "id": "ndcg",
        "kind": "order",
        "relation": "order",
        "measure": "nDCG@10",
        "setting": "monolingual",
        "left": None,
        "right": None,
        "claimed": {},
        "effect": None,
        "effect_ratio": None,
        "estimate": 0.0125,
        "low": 0.00375,
        "high": 0.02125,
        "outcome": "inconclusive",
        "parts": (part("x-x-mono above hybrid", "supported"), part("hybrid above x-y", "inconclusive", p=0.3)),
    }
    return ruling(**(given | changes))


def contrast(**changes: Any) -> Ruling:
    given = {"id": "middle", "kind": "contrast", "relation": "contrast", "parts": (), "outcome": "supported"}
    return order(**(given | {"measure": "MAP", "floors": (floor("hybrid", reached=True),)} | changes))


def never_third(**changes: Any) -> Ruling:
    cell = part("xquad-r, xlm-r, crosslingual, de: hybrid above x-y", "inconclusive", p_against=0.25)
    given: dict[str, Any] = {
        "id": "never-third",
        "kind": "never-third",
        "relation": "never-third",
        "setting": None,
        "measure": "MAP",
    }
    given |= {"dataset": "all", "note": "2 of 54 cells third", "bases": (), "left_mean": None, "right_mean": None}
    return order(**(given | {"parts": (part("monolingual", "supported"), cell)} | changes))


def equivalent(**changes: Any) -> Ruling:
    effect = Effect(percent=0.3125, low=-0.875, high=1.5, claimed={})
    given = {"id": "stable", "kind": "equivalent", "relation": "equivalent", "margin": "0.01", "effect": effect}
    parts = (part("not below", "supported"), part("not above", "inconclusive"))
    return not_by_sinking(**(given | {"outcome": "inconclusive", "parts": parts} | changes))


def composite(check: Ruling, claim: str) -> Verdict:
    causes = ("unsealed", "not_attacked", *(("inconclusive",) if check.outcome == "inconclusive" else ()))
    return verdict(claim=claim, outcome=check.outcome, checks=(check,), causes=causes)


def turned(**changes: Any) -> Verdict:
    """Contradicted as it was trained, not so at a neighbouring setting."""
    moved = (
        Neighbour(
            at="learning rate one step up", check="lower", dataset="xquad-r", part="", estimate=3.5, turned=False
        ),
        Neighbour(
            at="temperature one step down", check="lower", dataset="xquad-r", part="", estimate=-2.25, turned=True
        ),
        Neighbour(at="steps", check="lower", dataset="xquad-r", part="not below", estimate=None, turned=False),
    )
    causes = ("unsealed", "not_attacked", "inconclusive")
    given = {"claim": "c18", "outcome": "inconclusive", "causes": causes, "company": moved}
    return contradicted(**(given | changes))


def hostile(**changes: Any) -> Verdict:
    first, second, third, fourth = HOSTILE
    check = ruling(
        note=first,
        dataset=second,
        left=third,
        claimed={first: second},
        kind=fourth,
        parts=tuple(part(text, "supported") for text in HOSTILE),
        slices=slices(*HOSTILE),
        floors=tuple(floor(text, reached=False, dataset=text) for text in HOSTILE),
    )
    facts: dict[str, Any] = {
        "claim": "c66",
        "title": first + second,
        "statement": third,
        "sentence": fourth,
        "reason": " ".join(HOSTILE),
        "checks": (check,),
        "unknowns": HOSTILE,
        "controls": tuple(Control(name="oracle", on=text, passed=False, detail=text) for text in HOSTILE),
        "regime": {third: READING},
        "exposure": (exposure(first, second, monolingual=1, crosslingual=2),),
        "reach": tuple(Reach(language=text, rows=0.5, shared=False) for text in HOSTILE),
        "company": (Neighbour(at=first, check=second, dataset=third, part=fourth, estimate=1.0, turned=True),),
        "red_team": RedTeam(
            average=None,
            attackers=(
                Attacker(
                    name=first,
                    score=None,
                    message=fourth,
                    probes=(ProbeResult(name=second, severity=9.0, succeeded=None, required=True, detail=third),),
                ),
            ),
        ),
        "findings": (
            Finding(
                id=first,
                kind=second,
                where=(third, fourth),
                says=(first, second),
                follows=third,
                grave="contradiction",
                origin="cannot-tell",
                mends=(),
                claims=("c06",),
            ),
        ),
        "seal": Seal(tier="T5", status="UNSEALED", self_test={first: second}),
        "provenance": provenance(texts={third: stamp("t")}, versions={first: second}),
        "artifacts": (Artifact(path=f"store:{third}", sha256=stamp("a")),),
    }
    return verdict(**(facts | changes))


def defeated(**changes: Any) -> Verdict:
    scores = zip(ATTACKERS, (9.0, 9.5, 2.5), strict=True)
    messages = tuple(
        Attacker(
            name=name,
            score=score,
            message=f"{name}; why\n{'x' * 90}",
            probes=tuple(
                ProbeResult(
                    name=f"p{at}:lower/xquad-r", severity=score, succeeded=at == 0, required=True, detail="seen 3.5"
                )
                for at in range(2)
            ),
        )
        for name, score in scores
    )
    facts: dict[str, Any] = {
        "claim": "c05",
        "verification": "defeated",
        "cause": "verification_defeated",
        "causes": ("verification_defeated",),
        "red_team": RedTeam(average=7.0, attackers=messages, same_arm=SameArm(splits=140, supported=4)),
    }
    return verdict(**(facts | changes))


def every_kind() -> list[Verdict]:
    """One verdict of each kind, no two on one claim."""
    return [
        two_datasets(),
        defeated(),
        verdict(),
        contradicted(),
        inconclusive(seeds_needed=23),
        inconclusive(seeds_needed=None, claim="c10"),
        counts(),
        counts(differ=2, claim="c14"),
        untested(claim="c15"),
        fitted(),
        turned(),
        composite(order(), "c30"),
        composite(contrast(), "c31"),
        composite(never_third(), "c32"),
        composite(equivalent(), "c33"),
        hostile(),
    ]


def rows() -> list[MeasurementRow]:
    return [
        MeasurementRow(
            base="xlm-r",
            sampling=arm,
            alpha=0.5 if arm == "hybrid" else None,
            seed=seed,
            dataset="xquad-r",
            setting="multilingual",
            measure="rank-distance",
            query_language=language,
            passage_language="*",
            value=80.0 + seed + len(arm),
            queries=180,
        )
        for arm in ("x-x-mono", "hybrid")
        for seed in (1, 2)
        for language in ("de", "th")
    ]
