"""What a claim says or cites and does not check: category, evidence, coverage.

Read off the claim, the paper's cells and what the script asked for; nothing is measured. Each probe
is a way in which an analysis passes whatever the truth about the claim's own sentence:

    category        a fact about data, or a number of the script's own, offered for effectiveness
    no-evidence     encoders are claimed and the script asked for none, or for others than are named
    orders          a cited order or reduction of arms, where checks ask for none
    bests           an arm that a cited statement calls best, which no check puts above or level with another there
    spreads         arms of which cited cells print one far above the other, and which are only asked to be level
    measures        a cited cell that no required check measures: its arm, measure, setting, base, data set and row
    spans           the mean over all languages of a data set, of which the scope binds some
    counts          a cited count that no required check counts
    arms            an arm that the statement speaks of and no required check compares
    languages       a check on chosen languages, for a claim that does not name them, or on some that a data set
                    does not have
    files           one of the paper's data sets that is bound to the files or the part of another
    direction       a check that claims the contrary of what its own cited cells print

How arms are compared is in `harness.attack.comparison`, what sentences alone tell in
`harness.attack.wording`. Source: design, Attacking (COUNTEREXAMPLE_HUNTER) and Coverage.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.attack.cited import Spoken, plain
from harness.attack.comparison import promised
from harness.attack.measures import cited, counts, measures, of_results, spans
from harness.attack.probe import Attempt, Probe
from harness.attack.statements import bests, orders, spoken_best, spreads
from harness.claimfile.coverage import PAPER_DATASETS
from harness.court.contrast import COMPARABLE, contrasts, sides
from harness.data.cldr import name as word_for
from harness.records.asked import TrainRequest
from harness.records.scope import bound_languages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.attack.subject import Subject
    from harness.records.claim import Check

    Arm = tuple[str, str | None]
    """How a side fills its batches, and its base where it names one."""

CATEGORY, COVERAGE = 10.0, 8.0
PAIR = 2
HYBRID = "hybrid"
DIRECTED = frozenset({"above", "below", "reduced-by", "order", "contrast"}) | COMPARABLE
"""Relations that put arms in an order, or bound how far one may lie on the other's one side."""
EFFECT = re.compile(
    r"\b(generali[sz]\w*|improv\w*|outperform\w*|better|best|worse|worst|higher|highest|lower|lowest|above|below|"
    r"beats?|superior\w*|bias\w*|effective\w*|accura\w*|robust\w*|"
    r"parallel|aligned|translat\w+|correspond\w*|identical)\b",
    re.IGNORECASE,
)
PASSAGES_IN = re.compile(r"\b([Pp]assages?|[Aa]nswers?)( (that are|which are))?( written)? in [A-Z]\w+")
"""Passages in a language: a check keeps those of its questions."""

ARM_WORDS = {
    "hybrid": re.compile(r"\bhybrid\b", re.IGNORECASE),
    "x-x-mono": re.compile(r"\bx-x-mono\b|\bmonolingual (batch(es)?|training|ones)\b", re.IGNORECASE),
    "x-y": re.compile(r"\bx-y\b|\bcross-?lingual (batch(es)?|training|ones)\b", re.IGNORECASE),
}


def probes(subject: Subject) -> Iterator[Probe]:
    """Yield the probes that need no measurement."""
    yield Probe("category", CATEGORY, lambda: _category(subject))
    yield Probe("no-evidence", CATEGORY, lambda: _no_evidence(subject))
    yield Probe("files", CATEGORY, lambda: _files(subject))
    yield Probe("counts", COVERAGE, lambda: counts(subject))
    if subject.claim.kind == "effectiveness":
        yield Probe("orders", COVERAGE, lambda: orders(subject))
        yield Probe("bests", COVERAGE, lambda: bests(subject))
        yield Probe("spreads", COVERAGE, lambda: spreads(subject))
        yield Probe("measures", COVERAGE, lambda: measures(subject))
        yield Probe("spans", COVERAGE, lambda: spans(subject))
        yield Probe("arms", COVERAGE, lambda: _arms(subject))
        yield Probe("languages", COVERAGE, lambda: _languages(subject))
        yield Probe("direction", COVERAGE, lambda: _direction(subject))


def _category(subject: Subject) -> Attempt:
    claim = subject.claim
    if claim.kind == "effectiveness":
        counting = [check.id for check in subject.required() if check.relation == "equals"]
        if counting:
            asked = "counts facts about data" if subject.asked and subject.asked.counts else "is a number of its own"
            return Attempt(
                succeeded=True,
                detail=f"category error: {counting[0]} {asked}, offered for effectiveness; no baseline",
            )
        return Attempt(succeeded=False, detail="every required check compares arms by a measure")
    said = EFFECT.search(f"{claim.title}. {claim.statement}")
    if said is not None:
        return Attempt(
            succeeded=True, detail=f"category error: a count is offered for a sentence on effect ({said.group(0)!r})"
        )
    result = next((cell for cell in claim.cells if of_results(subject, cell)), None)
    if result is not None:
        return Attempt(succeeded=True, detail=f"category error: a count is offered for the result in {result}")
    return Attempt(succeeded=False, detail="a claim on counts, answered by counts")


def _no_evidence(subject: Subject) -> Attempt | None:
    asked, claim = subject.asked, subject.claim
    if asked is None:
        return None
    if claim.kind == "counted":
        succeeded, lacking = not asked.counts, "counts nothing"
    else:
        trains = any(isinstance(one.vectors.encoder, TrainRequest) for one in asked.retrievals)
        named = ", ".join(claim.evidence)
        if trains and "trained-encoder" not in claim.evidence:
            return Attempt(succeeded=True, detail=f"the claim names {named} as its evidence, the script trains")
        there = {"trained-encoder": trains, "released-encoder": asked.released, "counted-data": asked.counts}
        missing = ", ".join(kind for kind in claim.evidence if not there.get(kind, claim.cells))
        if trains and missing:
            return Attempt(succeeded=True, detail=f"the claim names {named} as its evidence, and has no {missing}")
        succeeded, lacking = not trains, "has no encoder measured"
    if not succeeded:
        return Attempt(succeeded=False, detail="the script asks for the evidence that the claim names")
    instead = f"; it hands in {asked.emitted[0].name} = {asked.emitted[0].value:g}" if asked.emitted else ""
    return Attempt(succeeded=True, detail=f"the script {lacking}, and would say the same in any world{instead}")


def _files(subject: Subject) -> Attempt:
    """Return whether one of the paper's data sets is counted, or ranked, in the files or the part of another one."""
    bound = subject.scope.counted if subject.claim.kind == "counted" else subject.scope.datasets
    for name in subject.claim.datasets:
        part = getattr(bound.get(name), "part", name)
        if part != name and {part, name} <= PAPER_DATASETS:
            return Attempt(succeeded=True, detail=f"{name} is bound to {part}: what is said of one is found in another")
    return Attempt(succeeded=False, detail="each data set is bound to what it is called")


def _arms(subject: Subject) -> Attempt:
    claim, counting = subject.claim, promised(subject)
    everywhere = {plain(side.sampling) for check in counting for side in sides(check)}
    told = [name for name, words in ARM_WORDS.items() if words.search(claim.statement)]
    for name in told:
        if everywhere and name not in everywhere:
            return Attempt(succeeded=True, detail=f"the sentence speaks of {name}, and no required check compares it")
    # "hybrid" is the half, where it is compared; other shares stand for it where it is not
    half = any(side.sampling == HYBRID for check in counting for side in sides(check))
    together = [{plain(side.sampling, shares=half) for side in sides(check)} for check in counting]
    if everywhere and len(told) == PAIR and not any(set(told) <= arms for arms in together):
        return Attempt(
            succeeded=True, detail=f"the sentence speaks of {' and '.join(told)}, which no required check puts together"
        )
    return Attempt(succeeded=False, detail="every arm that is spoken of is compared")


def _languages(subject: Subject) -> Attempt:
    claim = subject.claim
    bound = subject.scope.datasets
    named = {one.language for one in (*cited(subject), *spoken_best(claim, subject.file.paper))}
    counting = promised(subject)
    for check in counting:
        if check.languages is None:
            continue
        for dataset in claim.datasets:
            held = set(bound_languages(bound[dataset]) or ()) if dataset in bound else set()
            picked = set(check.languages) & held if held else set(check.languages)
            lacking = ", ".join(sorted(set(check.languages) - held)) if held else ""
            if lacking:
                return Attempt(
                    succeeded=True, detail=f"{check.id} keeps questions in {lacking}, of which {dataset} has none"
                )
            if picked == held:
                if len(held) > 1 and named & held:
                    told = ", ".join(sorted(filter(None, named)))
                    return Attempt(
                        succeeded=True, detail=f"{check.id} keeps all languages of {dataset}, the cells are of {told}"
                    )
                continue
            if check.setting == "crosslingual" and PASSAGES_IN.search(claim.statement):
                return Attempt(
                    succeeded=True,
                    detail=f"{check.id} keeps questions in {', '.join(sorted(picked))}, the claim speaks of passages",
                )
            unnamed = sorted(code for code in picked if code not in named and not _said(code, claim.statement))
            if unnamed or None in named:
                told = ", ".join(unnamed or sorted(picked))
                return Attempt(succeeded=True, detail=f"{check.id} picks {told}, of which the claim does not speak")
    return Attempt(succeeded=False, detail="no language was picked that the claim does not name")


def _said(code: str, statement: str) -> bool:
    """Tell whether a sentence names a language, by its English name or its code."""
    word = word_for(f"language/{code}", "en") or code
    return re.search(rf"\b({re.escape(word)}|{re.escape(code)})\b", statement, re.IGNORECASE) is not None


def _direction(subject: Subject) -> Attempt:
    cells = cited(subject)
    for check in promised(subject):
        for contrast in contrasts(check) if check.relation in DIRECTED else ():
            arms = [(plain(side.sampling), side.base) for side in sides(check)]
            weights = {arm: weight for arm, weight in zip(arms, contrast.weights, strict=True) if weight}
            wrong = _contrary(check, cells, weights, downward=contrast.downward or check.relation == "reduced-by")
            if wrong:
                return Attempt(succeeded=True, detail=f"{check.id} claims the contrary of what it cites: {wrong}")
    return Attempt(succeeded=False, detail="no check claims the contrary of what the cited cells print")


def _contrary(check: Check, cells: list[Spoken], weights: dict[Arm, float], *, downward: bool) -> str:
    """Return cited cells that print the contrary of a contrast, where every place that has them all does."""
    places: dict[object, dict[Arm, Spoken]] = {}
    for one in cells:
        for key in weights if one.measure == check.measure and one.setting in check.settings else ():
            label, base = key
            if one.arm == label and base in {None, one.base}:
                shared = one.base if base is None else None
                places.setdefault((shared, one.dataset, one.setting, one.language), {})[key] = one
    whole = [found for found in places.values() if set(found) == set(weights)]
    against = [found for found in whole if _against(found, weights, downward=downward)]
    if not whole or len(against) < len(whole):
        return ""
    return ", ".join(f"{one.cell} = {one.value}" for one in against[0].values())


def _against(found: dict[Arm, Spoken], weights: dict[Arm, float], *, downward: bool) -> bool:
    try:
        total = sum(weight * float(found[arm].value) for arm, weight in weights.items())
    except ValueError:
        return False
    return total > 0 if downward else total < 0
