"""What a claim says or cites and does not check: category, evidence, minimal pairs, coverage.

Read off the claim, the paper's cells and what the script asked for; nothing is measured. Each probe
is a way in which an analysis passes whatever the truth about the claim's own sentence:

    category        a fact about data, or a number of the script's own, offered for effectiveness
    no-evidence     encoders are claimed and the script asked for none, or for others than are named
    minimal-pair    sides that differ in more than the one factor
    measures        a cited measure, base, dataset and setting that no required check measures
    arms            an arm that the statement or cited cells speak of and no required check compares
    languages       a check on chosen languages, for a claim that does not name them; a mean over all
                    languages, for cells of single ones
    direction       a check that claims the contrary of what its own cited cells print
    scale           generated data or small encoders that call themselves the full scale
    bindings        two data sets that are one, a pool of languages that holds a single one, or an
                    encoder without aligned pre-training in the place of an aligned one
    grid            shares or bases that change from one setting to the next, so that no encoder is held to all
    weights         a contrast in which one arm of a side outweighs another, for a sentence that says no such
    deferred        a size that only full scale decides, of an effect that no check decides here

What sentences alone tell is in `harness.attack.wording`. Source: design, Attacking
(COUNTEREXAMPLE_HUNTER) and Coverage.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.attack.cited import Spoken, spoken
from harness.attack.probe import Attempt, Probe
from harness.claimfile.coverage import PAPER_BASES, bases_of, settings_of
from harness.court.contrast import contrasts, sides
from harness.data.cldr import name as word_for
from harness.records.claim import CitedEffect
from harness.records.plan import TrainRequest, arm
from harness.records.scope import BeirBinding, DataBinding, bound_languages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.attack.subject import Subject
    from harness.records.claim import Check

    Arm = tuple[str, str | None]
    """How a side fills its batches, and its base where it names one."""

CATEGORY, PAIR, COVERAGE = 10.0, 9.0, 8.0
DIRECTED = frozenset({"above", "below", "reduced-by", "order", "contrast"})
"""Relations that put arms in an order."""
EFFECT = re.compile(
    r"\b(generali[sz]\w*|improv\w*|outperform\w*|better|best|worse|worst|higher|highest|lower|lowest|above|below|"
    r"beats?|superior\w*|bias\w*|effective\w*|accura\w*|robust\w*|"
    r"parallel|aligned|translat\w+|correspond\w*|identical)\b",
    re.IGNORECASE,
)
ARM_WORDS = {
    "hybrid": re.compile(r"\bhybrid\b", re.IGNORECASE),
    "x-x-mono": re.compile(r"\bx-x-mono\b|\bmonolingual (batch(es)?|training|ones)\b", re.IGNORECASE),
    "x-y": re.compile(r"\bx-y\b|\bcross-?lingual (batch(es)?|training|ones)\b", re.IGNORECASE),
}


def probes(subject: Subject) -> Iterator[Probe]:
    """Yield the probes that need no measurement."""
    yield Probe("category", CATEGORY, lambda: _category(subject))
    yield Probe("no-evidence", CATEGORY, lambda: _no_evidence(subject))
    if subject.claim.kind == "effectiveness":
        yield Probe("minimal-pair", PAIR, lambda: _minimal_pair(subject))
        yield Probe("measures", COVERAGE, lambda: _measures(subject))
        yield Probe("arms", COVERAGE, lambda: _arms(subject))
        yield Probe("languages", COVERAGE, lambda: _languages(subject))
        yield Probe("direction", COVERAGE, lambda: _direction(subject))
        yield Probe("scale", COVERAGE, lambda: _scale(subject))
        yield Probe("bindings", COVERAGE, lambda: _bindings(subject))
        yield Probe("deferred", COVERAGE, lambda: _deferred(subject))
        yield Probe("weights", COVERAGE, lambda: _weights(subject))
        yield Probe("grid", COVERAGE, lambda: _grid(subject))


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
    results = [one.cell for one in spoken(claim, subject.file.paper, claim.cells) if one.result]
    if results:
        return Attempt(succeeded=True, detail=f"category error: a count is offered for the result in {results[0]}")
    return Attempt(succeeded=False, detail="a claim on counts, answered by counts")


def _no_evidence(subject: Subject) -> Attempt | None:
    asked, claim = subject.asked, subject.claim
    if asked is None:
        return None
    if claim.kind == "counted":
        succeeded, lacking = not asked.counts, "counts nothing"
    else:
        trains = any(isinstance(one.vectors.encoder, TrainRequest) for one in asked.retrievals)
        if trains and "trained-encoder" not in claim.evidence:
            named = ", ".join(claim.evidence)
            return Attempt(succeeded=True, detail=f"the claim names {named} as its evidence, the script trains")
        succeeded, lacking = not trains, "has no encoder measured"
    if not succeeded:
        return Attempt(succeeded=False, detail="the script asks for the evidence that the claim names")
    instead = f"; it hands in {asked.emitted[0].name} = {asked.emitted[0].value:g}" if asked.emitted else ""
    return Attempt(succeeded=True, detail=f"the script {lacking}, and would say the same in any world{instead}")


def _minimal_pair(subject: Subject) -> Attempt:
    for check in subject.required():
        named = sides(check)
        if len({side.base for side in named}) > 1 and len({side.sampling for side in named}) > 1:
            return Attempt(succeeded=True, detail=f"{check.id}: its sides differ in base and in sampling at once")
        if None in {side.base for side in named} and any(side.base for side in named):
            return Attempt(succeeded=True, detail=f"{check.id}: one of its sides names a base, the other does not")
    return Attempt(succeeded=False, detail="sides differ in one factor")


def _promised(subject: Subject) -> list[Check]:
    """Return the checks that are required at this scale or at full scale: what they leave out is left out."""
    return [check for check in subject.claim.checks if check.required]


def _cited(subject: Subject) -> list[Spoken]:
    claim = subject.claim
    return [one for one in spoken(claim, subject.file.paper, claim.cells) if one.result]


def _measures(subject: Subject) -> Attempt:
    claim = subject.claim
    measured = {
        (check.measure, base, dataset, setting)
        for check in _promised(subject)
        for base in bases_of(claim, check)
        for dataset in claim.datasets
        for setting in settings_of(check)
    }
    for one in _cited(subject):
        if one.base is None or one.dataset is None or one.setting is None:
            continue
        if f"{one.base}/{one.dataset}/{one.setting}" in claim.waived:
            continue
        if (one.measure, one.base, one.dataset, one.setting) not in measured:
            return Attempt(succeeded=True, detail=f"{one.cell} is cited, and no required check measures {one.measure}")
    told = {(one.measure, one.setting) for one in _cited(subject)}
    if told and measured and not told & {(measure, setting) for measure, _, _, setting in measured}:
        return Attempt(succeeded=True, detail="no required check measures anything that a cited cell speaks of")
    return Attempt(succeeded=False, detail="every cited measure is measured by a required check")


def _arms(subject: Subject) -> Attempt:
    claim, promised = subject.claim, _promised(subject)
    for one in _cited(subject):
        compared = {
            _plain(side.sampling)
            for check in promised
            if check.measure == one.measure and one.setting in settings_of(check)
            for side in sides(check)
        }
        if one.arm is not None and compared and one.arm not in compared:
            return Attempt(succeeded=True, detail=f"{one.cell} is cited, and no required check compares {one.arm}")
    everywhere = {_plain(side.sampling) for check in promised for side in sides(check)}
    for name, words in ARM_WORDS.items():
        if everywhere and name not in everywhere and words.search(claim.statement):
            return Attempt(succeeded=True, detail=f"the sentence speaks of {name}, and no required check compares it")
    return Attempt(succeeded=False, detail="every arm that is spoken of is compared")


def _plain(label: str) -> str:
    """Return how an arm fills its batches, whatever its alpha; hybrid@0 and @1 are what they train."""
    found = arm(label)
    if found.alpha in {0.0, 1.0}:
        return "x-y" if found.alpha == 0.0 else "x-x-mono"
    return found.sampling


def _languages(subject: Subject) -> Attempt:
    claim = subject.claim
    bound = subject.scope.datasets
    cited = {one.language for one in _cited(subject)}
    promised = _promised(subject)
    pooled = all(check.languages is None and check.relation != "never-third" for check in promised)
    if cited and None not in cited and pooled:
        told = ", ".join(sorted(filter(None, cited)))
        return Attempt(succeeded=True, detail=f"the cells are of {told}, and every check is a mean over languages")
    for check in promised:
        if check.languages is None:
            continue
        for dataset in claim.datasets:
            held = set(bound_languages(bound[dataset]) or ()) if dataset in bound else set()
            picked = set(check.languages) & held if held else set(check.languages)
            if picked == held:
                continue
            unnamed = sorted(code for code in picked if code not in cited and not _said(code, claim.statement))
            if unnamed or None in cited:
                told = ", ".join(unnamed or sorted(picked))
                return Attempt(succeeded=True, detail=f"{check.id} picks {told}, of which the claim does not speak")
    return Attempt(succeeded=False, detail="no language was picked that the claim does not name")


def _said(code: str, statement: str) -> bool:
    """Tell whether a sentence names a language, by its English name or its code."""
    word = word_for(f"language/{code}", "en") or code
    return re.search(rf"\b({re.escape(word)}|{re.escape(code)})\b", statement, re.IGNORECASE) is not None


def _direction(subject: Subject) -> Attempt:
    cells = _cited(subject)
    for check in _promised(subject):
        for contrast in contrasts(check) if check.relation in DIRECTED else ():
            arms = [(_plain(side.sampling), side.base) for side in sides(check)]
            weights = {arm: weight for arm, weight in zip(arms, contrast.weights, strict=True) if weight}
            wrong = _contrary(check, cells, weights, downward=contrast.downward or check.relation == "reduced-by")
            if wrong:
                return Attempt(succeeded=True, detail=f"{check.id} claims the contrary of what it cites: {wrong}")
    return Attempt(succeeded=False, detail="no check claims the contrary of what the cited cells print")


def _contrary(check: Check, cells: list[Spoken], weights: dict[Arm, float], *, downward: bool) -> str:
    """Return cited cells that print the contrary of a contrast, where every place that has them all does."""
    places: dict[object, dict[Arm, Spoken]] = {}
    for one in cells:
        for key in weights if one.measure == check.measure and one.setting in settings_of(check) else ():
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


def _scale(subject: Subject) -> Attempt:
    """Return whether a scope that decides the paper's own sentence is one that cannot."""
    scope = subject.scope
    bound = [scope.datasets[name] for name in subject.claim.datasets if name in scope.datasets]
    made = [one.source for one in (*bound, scope.training) if isinstance(one, DataBinding)]
    if scope.scale == "full" and made:
        return Attempt(succeeded=True, detail=f"scope {scope.name} calls itself full, on generated data ({made[0]})")
    return Attempt(succeeded=False, detail="the scope calls itself no more than it is")


def _bindings(subject: Subject) -> Attempt:
    """Return whether two of the claim's data sets are one, or a setting needs more languages than are bound."""
    bound = {name: subject.scope.datasets[name] for name in subject.claim.datasets if name in subject.scope.datasets}
    seen: dict[tuple[str, str], str] = {}
    for name, binding in bound.items():
        twin = None if isinstance(binding, BeirBinding) else seen.setdefault((binding.source, binding.part), name)
        if twin not in {None, name}:
            return Attempt(succeeded=True, detail=f"{twin} and {name} are bound to the same data: nothing is repeated")
        languages = bound_languages(binding)
        several = any({"crosslingual", "multilingual"} & set(settings_of(check)) for check in _promised(subject))
        if several and languages is not None and len(languages) == 1:
            return Attempt(succeeded=True, detail=f"{name} is bound in {languages[0]} alone, which is no pool")
    named = PAPER_BASES & set(subject.claim.bases) & set(subject.scope.bases)
    blank = sorted(base for base in named if subject.scope.recipe_of(base).dose == 0)
    if blank:
        return Attempt(succeeded=True, detail=f"{blank[0]} is bound to an encoder that read no translation")
    return Attempt(succeeded=False, detail="each data set is its own, in as many languages as its settings need")


def _deferred(subject: Subject) -> Attempt:
    """Return whether a claimed size stands alone: at reduced scale its direction has to be decided by a check."""
    decided = {(check.measure, check.setting) for check in subject.claim.checks if check.required is True}
    for check in _promised(subject):
        if check.relation == "reduced-by" and (check.measure, check.setting) not in decided:
            return Attempt(
                succeeded=True, detail=f"{check.id} waits for full scale, and no check decides {check.measure} before"
            )
    return Attempt(succeeded=False, detail="no effect is left to full scale alone")


def _weights(subject: Subject) -> Attempt:
    """Return whether a contrast is no difference of plain means, of which alone a sentence can speak in words."""
    for check in subject.required():
        for sign in (1, -1):
            own = {abs(weight) for weight in (check.weights or {}).values() if weight * sign > 0}
            if len(own) > 1:
                told = ", ".join(f"{weight:g} {arm}" for arm, weight in (check.weights or {}).items())
                return Attempt(succeeded=True, detail=f"{check.id} weighs arms of one side unlike: {told}")
    return Attempt(succeeded=False, detail="contrasts are differences of plain means")


def _grid(subject: Subject) -> Attempt:
    """Return whether settings are checked on different shares or bases: then no one encoder passes all that is claimed.

    The rivals may differ: each kind of batches has a setting of its own.
    """
    placed: dict[str, set[str]] = {}
    for check in subject.required():
        held = {
            f"{side.sampling} on {base}"
            for side in sides(check)
            if side.sampling.startswith("hybrid")
            for base in ([side.base] if side.base else subject.claim.bases)
        }
        for setting in settings_of(check) if held else ():
            placed.setdefault(setting, set()).update(held)
    if len({frozenset(held) for held in placed.values()}) > 1:
        told = "; ".join(f"{setting}: {', '.join(sorted(held))}" for setting, held in placed.items())
        return Attempt(succeeded=True, detail=f"no one encoder is checked in every setting ({told})")
    return Attempt(succeeded=False, detail="the same shares and bases are checked in every setting")


def claimed_sides(subject: Subject) -> Iterator[str]:
    """Yield in words where what a check cites is not of its own sides, base, dataset, measure and setting."""
    for check in subject.claim.checks:
        named = [_plain(side.sampling) for side in sides(check)]
        for key, cited in check.claimed.items():
            base, dataset = key.rpartition("/")[2], key.rpartition("/")[0] or subject.claim.datasets[0]
            if isinstance(cited, CitedEffect):
                pairs: list[tuple[str, str | None]] = list(zip((cited.left, cited.right), named, strict=False))
            else:
                pairs = [(cell, None) for cell in _spoken_of(subject, cited.cell)]
            for cell, label in pairs:
                for one in spoken(subject.claim, subject.file.paper, [cell]):
                    yield from _elsewhere(check, one, base, dataset, label)


def _spoken_of(subject: Subject, cell: str) -> tuple[str, ...]:
    """Return the cells that a cited statement speaks of, or the cell itself."""
    paper = subject.file.paper
    return (cell,) if paper is None else paper.speaks.get(cell, (cell,))


def _elsewhere(check: Check, one: Spoken, base: str, dataset: str, label: str | None) -> Iterator[str]:
    """Yield where a cited cell speaks of another arm, measure, base, dataset or setting."""
    if label is not None and one.arm not in {None, label}:
        yield f"{check.id} cites {one.cell} for {label}"
    if one.measure not in {None, check.measure}:
        yield f"{check.id} measures {check.measure} and cites {one.cell}"
    if one.base not in {None, base}:
        yield f"{check.id} cites {one.cell} for {base}"
    if one.dataset not in {None, dataset}:
        yield f"{check.id} cites {one.cell} for {dataset}"
    if one.setting is not None and one.setting not in settings_of(check):
        yield f"{check.id} measures {check.setting} and cites {one.cell}"
