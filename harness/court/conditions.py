"""What must hold before a check counts: controls, regime, floor, mechanism (design: Encoders fit for the question).

A check whose conditions do not hold is untested, whatever its interval says: its arms were unfit
for the question, or the instruments were. All causes that hold are told, in the order of the
closed list; the first becomes the ruling's. What is missing holds nothing: a control that was not
run has not passed, a regime that was not read is not met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from harness.court.case import untested
from harness.court.contrast import on_base, sides
from harness.court.floor import below
from harness.court.mechanism import unreached
from harness.court.regime import outside
from harness.records.claim import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.records.claim import Check, Claim
    from harness.records.ruling import Floor, Ruling
    from harness.records.verdict import Control, Reach, RegimeReading

OF_DATASETS = ("oracle", "random", "planted-effect")
OF_ARMS = "trained-beats-untrained"
NO_LEAK: Literal["no-leak"] = "no-leak"
CAUSES: tuple[Cause, ...] = ("control_failed", "out_of_regime", "below_floor", "mechanism_absent")
"""Those that conditions may be, in the order of the closed list."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a run found of one claim's encoders and datasets.

    `readings` maps each base of which a regime is wanted to its reading, or None where there is
    none. `validation` names the validation split, None in a scope without one: then no arm is
    held against its base. `of_tested` are controls wanted on what is tested beside those of every dataset.
    """

    controls: tuple[Control, ...]
    readings: Mapping[str, RegimeReading | None]
    reach: tuple[Reach, ...]
    validation: str | None
    of_tested: tuple[str, ...] = ()


def of_side(base: str, side: str) -> str:
    """Return what a base is called by where each side has other encoders; `side` is empty where all share one."""
    return f"{base} for {side}" if side else base


def together(found: Mapping[str, Conditions]) -> Conditions:
    """Return what was found of all sides, by side, as one: to be shown, where each is judged by its own.

    A language is reached as far as on the side where training reaches it least.
    """
    if len(found) == 1 and "" in found:
        return found[""]
    reach: dict[str, Reach] = {}
    for one in (own for each in found.values() for own in each.reach):
        before = reach.get(one.language, one)
        rows, shared = min(before.rows, one.rows), before.shared and one.shared
        reach[one.language] = one.model_copy(update={"rows": rows, "shared": shared})
    return Conditions(
        controls=tuple(
            one if one.name != OF_ARMS else one.model_copy(update={"on": of_side(one.on, side)})
            for side, each in found.items()
            for one in each.controls
        ),
        readings={of_side(base, side): one for side, each in found.items() for base, one in each.readings.items()},
        reach=tuple(reach[language] for language in sorted(reach)),
        validation=None,
    )


def joined(refused: Sequence[Mapping[Cause, str]]) -> dict[Cause, str]:
    """Return why a check does not count on any of several sides, in the order of the closed list."""
    found: dict[Cause, list[str]] = {cause: [] for cause in CAUSES}
    for one in refused:
        for cause, words in one.items():
            found[cause].append(words)
    return {cause: "; ".join(dict.fromkeys(words)) for cause, words in found.items() if words}


def control_name(base: str, sampling: str, fold: int | None = None) -> str:
    """Return what a control on an arm is called by: base and arm, and the fold where there is one."""
    return f"{base} {sampling}" + ("" if fold is None else f", fold {fold}")


def refusals(
    claim: Claim, check: Check, datasets: Sequence[str], found: Conditions, floors: Sequence[Floor]
) -> dict[Cause, str]:
    """Return why a check does not count, in the order of the closed list; nothing where it does."""
    arms = {
        (str(side.base), side.sampling) for base in claim.bases for side in (on_base(one, base) for one in sides(check))
    }
    languages = check.languages or tuple(one.language for one in found.reach)
    words: dict[Cause, str] = {
        "control_failed": "; ".join(_failed(arms, datasets, found)),
        "out_of_regime": "; ".join(_outside({base for base, _ in arms}, found.readings)),
        "below_floor": below(floors) if floors else "no floor was measured",
        "mechanism_absent": unreached(languages, found.reach),
    }
    return {cause: told for cause, told in words.items() if told}


def _outside(bases: Iterable[str], readings: Mapping[str, RegimeReading | None]) -> list[str]:
    told = [outside(base, readings[base]) for base in sorted(bases) if base in readings]
    return [words for words in told if words]


def _failed(arms: Iterable[tuple[str, str]], datasets: Sequence[str], found: Conditions) -> list[str]:
    """Return what failed, or was not run, among the controls that a check rests on."""
    named = [*datasets, *([found.validation] if found.validation else [])]
    wanted = [(name, on) for on in named for name in OF_DATASETS]
    wanted += [(name, on) for on in datasets for name in found.of_tested]
    if found.validation:
        wanted += [(OF_ARMS, control_name(*arm)) for arm in sorted(arms)]
    told = []
    for name, on in wanted:
        # an arm trained fold by fold has a control for each fold, and rests on all of them
        own = [one for one in found.controls if one.name == name and one.on.partition(",")[0] == on]
        if not own:
            told.append(f"control {name} on {on} was not run")
        told += [f"control {name} on {one.on} failed: {one.detail}" for one in own if not one.passed]
    return told


def conditioned(ruling: Ruling, check: Check, refused: Mapping[Cause, str], floors: Sequence[Floor]) -> Ruling:
    """Return the ruling with its floors; untested, with the first cause, where conditions do not hold."""
    kept = {"floors": tuple(floors)}
    if not refused or ruling.outcome == "untested":
        return ruling.model_copy(update=kept)
    note = "; ".join(refused.values())
    return untested(check, ruling.dataset, note).model_copy(update={**kept, "cause": next(iter(refused))})
