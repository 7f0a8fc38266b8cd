"""The sentence that a verdict is about, made from the checks that decide it and nothing else.

For each required check one or more clauses say what its relation asks of its arms; before them stands where, on which
data sets and with which bases. So no word of it goes beyond a check (design: Verdict). A claim's own
statement consists of such clauses too, which the red team sees to (`harness.attack.stated`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from harness.court.case import named
from harness.records.record import decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.records.claim import Check, Claim
    from harness.records.verdict import Scale

LONGEST = 2000
PERCENT = 100
REAL_FILES = "In the real files"
SETTING_WORDS = {"crosslingual": "cross-lingual"}
"""Settings that are written otherwise in a sentence than in a check."""

BESIDE = {
    "above": "higher {what} than {right}",
    "below": "lower {what} than {right}",
    "comparable-or-above": "{what} of at least {least} of that of {right}",
    "comparable-or-below": "{what} of at most {most} of that of {right}",
    "equivalent": "{what} within {margin} of that of {right}",
    "reduced-by": "lower {what} than {right}, by the claimed share",
}
"""What one side has beside the other."""

THIRD = (
    "hybrid is third of hybrid, x-x-mono and x-y in no base, data set, setting and query language, but for one in "
    "twenty, and has in each setting a higher mean"
)
COUNTED = {
    "languages": "languages",
    "monolingual-settings": "monolingual settings",
    "crosslingual-settings": "cross-lingual settings",
    "queries": "questions",
    "candidates": "candidate sentences",
}
"""What is counted, by the name that checks have for it; of the last two so many in a language, `queries-el`."""


def scoped_sentence(claim: Claim, place: str, scale: Scale) -> str:
    """Return the sentence; `place` says where, as a scope does."""
    where = REAL_FILES if claim.kind == "counted" else place
    decided = [check for check in claim.checks if check.required is True or (check.required and scale == "full")]
    told = dict.fromkeys(one for check in decided for one in clauses(check, claim))
    sentence = f"{where}, {ground(claim)}: {'; '.join(told) or 'nothing is required'}"
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…"


def ground(claim: Claim) -> str:
    """Return on which data sets a claim is, and with which bases."""
    bases = f", pooled over {listed(claim.bases)}" if len(claim.bases) > 1 else f", {''.join(claim.bases)}"
    return f"on {listed(claim.datasets)}{bases if claim.bases else ''}"


def clauses(check: Check, claim: Claim) -> list[str]:
    """Return what one check asks, in words that hold no more than it does: all of them hold where it does."""
    kept = f", for questions in {listed(check.languages)}" if check.languages else ""
    kept += ", for pairs of languages withheld from training" if check.pairs else ""
    return [f"{words}{kept}" for words in _said(check, claim)]


def _said(check: Check, claim: Claim) -> list[str]:
    what = f"mean {quantity(check)}"
    match check.relation:
        case "order":
            return [f"{one} has a higher {what} than {other}" for one, other in pairwise(check.arms or ())]
        case "contrast":
            return [_weighed(check.weights or {}, what)]
        case "never-third":
            return [f"{THIRD} {check.measure} than the other two on average"]
        case "equals":
            return _counted(check, claim)
        case relation:
            margin = float(decimal(check.margin)) * PERCENT
            shares = {"margin": margin, "least": PERCENT - margin, "most": PERCENT + margin}
            told = {name: f"{share:g}%" for name, share in shares.items()}
            words = BESIDE[relation].format(what=what, right=named(check.right), **told)
            return [f"{named(check.left)} has a {words}"]


def quantity(check: Check) -> str:
    """Return what a check measures; a rank distance is of one pool of all languages, which needs no saying."""
    if check.measure == "rank-distance":
        return "rank distance"
    return f"{SETTING_WORDS.get(str(check.setting), check.setting)} {check.measure}"


def listed(names: Iterable[str]) -> str:
    """Return names as a list in words."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _weighed(weights: Mapping[str, float], what: str) -> str:
    """Return what a contrast says: of one arm against the plain mean of others where it is that, else the sum."""
    name = apart(weights)
    if name is None:
        return f"in {what} {' '.join(f'{weight:+g} {arm}' for arm, weight in weights.items())} is above 0"
    others = [other for other in weights if other != name]
    return f"{name} has a {'higher' if weights[name] > 0 else 'lower'} {what} than {listed(others)} on average"


def apart(weights: Mapping[str, float]) -> str | None:
    """Return the arm that a contrast holds against the plain mean of two others or more; None where it is not that."""
    for name, weight in weights.items():
        others = [share for other, share in weights.items() if other != name]
        if len(others) > 1 and all(share * len(others) == -weight for share in others):
            return name
    return None


def _counted(check: Check, claim: Claim) -> list[str]:
    """Return which counts have to be those of the paper, a clause for each data set."""
    if claim.kind != "counted":
        return [f"{len(check.counts)} numbers of the script's own equal those that it cites"]
    told: dict[str, dict[str, list[str]]] = {}
    for name in check.counts:
        dataset, _, thing = name.rpartition("/")
        kind, _, language = (thing, "", "") if thing in COUNTED else thing.partition("-")
        things = told.setdefault(dataset or listed(claim.datasets), {})
        things.setdefault(COUNTED.get(kind, kind), []).extend([language] * bool(language))
    return [
        f"{dataset} has as many {listed(f'{kind} in {listed(of)}' if of else kind for kind, of in things.items())} "
        "as the paper states"
        for dataset, things in told.items()
    ]
