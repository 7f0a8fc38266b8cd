"""What an analysis compares, and on what: ways to be right whatever the truth about the claim's sentence.

    minimal-pair    sides that differ in more than the one factor
    scale           generated data or small encoders that call themselves the full scale
    bindings        two data sets that are one, a pool of languages that holds a single one, none of the languages
                    in training, or encoders that are not shown to stand for the paper's
    grid            shares or bases that change from one setting to the next, so that no encoder is held to all
    weights         a contrast in which one arm of a side outweighs another, for a sentence that says no such
    deferred        an effect that only full scale decides, and no check decides here
    built-in        bases that differ in what their doses were chosen by: the scope put the difference there

Read off the claim and its scope; nothing is measured. Source: design, Attacking (COUNTEREXAMPLE_HUNTER).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.attack.probe import Attempt, Probe
from harness.claimfile.coverage import PAPER_BASES
from harness.court.contrast import COMPARABLE, contrasts, sides
from harness.records.scope import BeirBinding, DataBinding, bound_languages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.attack.subject import Subject
    from harness.records.claim import Check, Side

PAIR, COMPARED = 9.0, 8.0
DEEP, FEW, GAIN = 100, 10, "nDCG"


def probes(subject: Subject) -> Iterator[Probe]:
    """Yield the probes of a claim on effectiveness."""
    yield Probe("minimal-pair", PAIR, lambda: _minimal_pair(subject))
    yield Probe("scale", COMPARED, lambda: _scale(subject))
    yield Probe("bindings", COMPARED, lambda: _bindings(subject))
    yield Probe("deferred", COMPARED, lambda: _deferred(subject))
    yield Probe("weights", COMPARED, lambda: _weights(subject))
    yield Probe("grid", COMPARED, lambda: _grid(subject))
    yield Probe("built-in", COMPARED, lambda: _built_in(subject))


def promised(subject: Subject) -> list[Check]:
    """Return the checks that are required at this scale or at full scale: what they leave out is left out."""
    return [check for check in subject.claim.checks if check.required]


def _minimal_pair(subject: Subject) -> Attempt:
    for check in subject.required():
        named = sides(check)
        if len({side.base for side in named}) > 1 and len({side.sampling for side in named}) > 1:
            return Attempt(succeeded=True, detail=f"{check.id}: its sides differ in base and in sampling at once")
        if None in {side.base for side in named} and any(side.base for side in named):
            return Attempt(succeeded=True, detail=f"{check.id}: one of its sides names a base, the other does not")
    return Attempt(succeeded=False, detail="sides differ in one factor")


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
        several = any({"crosslingual", "multilingual"} & set(check.settings) for check in promised(subject))
        if several and languages is not None and len(languages) == 1:
            return Attempt(succeeded=True, detail=f"{name} is bound in {languages[0]} alone, which is no pool")
        taught = set(subject.scope.training.languages)
        if languages is not None and taught.isdisjoint(languages) and not _unseen(subject):
            return Attempt(
                succeeded=True, detail=f"arms are trained in no language of {name}, and differ in nothing there"
            )
    odd = next(_odd_bases(subject), None)
    if odd is not None:
        return Attempt(succeeded=True, detail=odd)
    return Attempt(succeeded=False, detail="each data set is its own, in as many languages as its settings need")


def _odd_bases(subject: Subject) -> Iterator[str]:
    """Yield in words which of the paper's bases is bound to what need not be like it."""
    named = PAPER_BASES & set(subject.claim.bases) & set(subject.scope.bases)
    unshown = sorted(named - set(subject.scope.regimes))
    if len(named) > 1 and unshown:
        yield f"{unshown[0]} is one of several bases of a mean, and no regime says that it stands for the paper's"
    regimes = sorted((one.low, one.high, base) for base, one in subject.scope.regimes.items() if base in named)
    for (_, high, one), (low, _, other) in pairwise(regimes):
        if low < high:
            yield f"{one} and {other} may be one and the same: their regimes overlap from {low:g} to {high:g}"
    blank = sorted(base for base in named if subject.scope.recipe_of(base).dose == 0)
    if blank:
        yield f"{blank[0]} is bound to an encoder that read no translation"


def _unseen(subject: Subject) -> bool:
    """Tell whether every check is on chosen languages: then the claim is about those."""
    return all(check.languages is not None for check in promised(subject))


def _deferred(subject: Subject) -> Attempt:
    """Return whether anything stands alone at full scale: below it some check has to decide the same of the same arms.

    By the same measure, as the direction of a size is; or, where what waits is a cut at DEEP or deeper, which says
    nothing of small pools, by one that sees all answers.
    """
    decided = {one for check in subject.claim.checks if check.required is True for one in _decides(check)}
    for check in promised(subject):
        waiting = [] if check.required is True else [one for one in _decides(check) if one.level == _level(check)]
        if any(decided.isdisjoint(replace(one, measure=name) for name in _instead(one.measure)) for one in waiting):
            return Attempt(
                succeeded=True,
                detail=f"{check.id} waits for full scale, and no check decides the same of its arms before",
            )
    return Attempt(succeeded=False, detail="no effect is left to full scale alone")


@dataclass(frozen=True, slots=True)
class _Decided:
    """What a contrast decides: which arms lie above which, or no further below than level, in which kind of measure."""

    above: frozenset[Side]
    under: frozenset[Side]
    level: bool
    measure: str
    settings: tuple[str, ...]
    kept: tuple[object, ...]


def _instead(measure: str) -> tuple[str, ...]:
    """Return the measures of which one decides now what waits in `measure`: itself, or for a deep cut what sees all."""
    cut = int(measure.partition("@")[2] or 0)
    return (measure, "MAP", GAIN) if cut >= DEEP else (measure,)


def _decides(check: Check) -> Iterator[_Decided]:
    """Yield what a check decides; whoever decides that arms lie apart decides that they are no worse than level."""
    named, measure = sides(check), str(check.measure)
    measure = GAIN if measure.startswith(GAIN) and FEW <= int(measure.partition("@")[2]) < DEEP else measure
    for contrast in contrasts(check):
        up, down = (
            frozenset(side for side, weight in zip(named, contrast.weights, strict=True) if weight * sign > 0)
            for sign in (1, -1)
        )
        if contrast.downward or check.relation == "reduced-by":
            up, down = down, up
        for level in {True, _level(check)}:
            yield _Decided(
                above=up,
                under=down,
                level=level,
                measure=measure,
                settings=check.settings,
                kept=(check.languages, check.pairs),
            )


def _level(check: Check) -> bool:
    """Tell whether a check lets its arms be level, within a margin."""
    return check.relation in COMPARABLE or check.relation == "equivalent"


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
        for setting in check.settings if held else ():
            placed.setdefault(setting, set()).update(held)
    if len({frozenset(held) for held in placed.values()}) > 1:
        told = "; ".join(f"{setting}: {', '.join(sorted(held))}" for setting, held in placed.items())
        return Attempt(succeeded=True, detail=f"no one encoder is checked in every setting ({told})")
    return Attempt(succeeded=False, detail="the same shares and bases are checked in every setting")


def _built_in(subject: Subject) -> Attempt:
    """Return whether bases are compared in what their regimes ask of them: across languages, or from a pool of all.

    A dose is chosen so that its base lands in its regime of Cr/Mo MAP and rank distance; where the regimes differ,
    so do the bases.
    """
    wanted = subject.scope.regimes
    for check in subject.required():
        if {"crosslingual", "multilingual"}.isdisjoint(check.settings):
            continue
        named = sorted({side.base for side in sides(check) if side.base in wanted})
        if len({wanted[base] for base in named}) > 1:
            told = " and ".join(f"{base} [{wanted[base].low:g}, {wanted[base].high:g}]" for base in named)
            return Attempt(
                succeeded=True,
                detail=f"{check.id} finds what the scope put there: doses were chosen for Cr/Mo MAP of {told}",
            )
    return Attempt(succeeded=False, detail="no check compares bases in what their doses were chosen by")
