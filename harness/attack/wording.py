"""Sentences that say more than their checks ask: read off title and statement alone.

    general       models, data or settings in general
    each language every language by itself, where checks speak of means (never-third alone does not)
    unseen        languages absent from training, where the scope trains on those that are checked
    named         a data set or base of the paper that the claim does not measure
    settings      a retrieval setting that no required check measures
    waived        a setting that is cited and waived, in a sentence that does not say which others it is about
    compares      a sentence that compares nothing, where checks compare arms
    change        what batches change, where the sides of a check differ in the base
    bases         sides that differ in the base, in a sentence that names none
    bound         a check that bounds how much better a side is, for a sentence that says no such
    size          a size of an effect that is no margin of a check
    each base     single bases, or both by their names, where checks pool them
    one base      one of the bases that the scope has, in a sentence that names none
    pairs         pairs of languages that training never met, where no check withholds any
    withheld      pairs that were withheld, which is hard on cross-lingual batches, in a sentence that does not say so

Words are matched as they stand; a sentence that says it in other words is not caught. Source: design,
Attacking (wording beyond scope).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.attack.probe import Attempt, Probe
from harness.claimfile.coverage import PAPER_BASES, PAPER_DATASETS, SETTINGS, settings_of
from harness.court.contrast import sides
from harness.court.shown import PERCENT
from harness.records.claim import CitedValue
from harness.records.record import decimal
from harness.records.scope import bound_languages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.attack.subject import Subject

SEVERITY = 7.5
FLAGS = re.IGNORECASE
GENERAL = re.compile(
    r"\b(all|any|every|each) (other |single )?(\w+ )?"
    r"(models?|encoders?|retrievers?|data ?sets?|architectures?|domains?|tasks?|benchmarks?|bases?)\b"
    r"|\b(always|universally|regardless of|state of the art|in general|without exception)\b"
    r"|\b(whatever the (model|data|language)s?|however (much|well|many|little|large|small)|no matter)\b",
    FLAGS,
)
EACH_LANGUAGE = re.compile(
    r"\b(any|every|each)( single| of( the| all)?( \w+)?)? languages?\b|(?<!pool of )\ball languages\b"
    r"|\blanguage by language\b",
    FLAGS,
)
UNSEEN = re.compile(
    r"\b(unseen|zero-shot)\b|\babsent from training\b|\bnever (trained on|shown|shows|showed|saw|sees|seen)\b"
    r"|\bnot (seen|trained on|in training)\b",
    FLAGS,
)
KIND = r"(monolingual|cross-?lingual|multilingual)"
ARMS = re.compile(rf"\b{KIND}((,|,? and|,? or) {KIND})* (batch(es)?|ones|training|retrievers?|models?)\b", FLAGS)
"""Ways to fill batches, or what is trained, named by words that name settings too."""

SETTING_WORDS = {
    "monolingual": re.compile(r"\bmonolingual\b", FLAGS),
    "crosslingual": re.compile(r"\bcross-?lingual\b", FLAGS),
    "multilingual": re.compile(r"\bmultilingual\b", FLAGS),
}


COMPARES = re.compile(
    r"\b(than|beats?|above|below|beside|between|middle|lead(s|ing)?|match(es)?|comparable|compar\w+|equal\w*|"
    r"equivalen\w*|identical|differ\w*|the same|level with|alike|on par|close to|competitive|ahead|behind|over|"
    r"as (well|good|high|low|many|much|often|near|far|little|strong)|best|worst|highest|lowest|least|most|"
    r"first|second|third|higher|lower|smaller|larger|greater|fewer|closer|nearer|stronger|weaker|more|less|better|"
    r"worse|reduc\w+|lowers?|rais\w+|improv\w+|gains?|loses?|keeps?|holds?|stable|balances?|surpass\w*|exceed\w*|"
    r"outperform\w*|within \S+ ?(%|per ?cent))(?!\w)",
    FLAGS,
)
CHANGE = re.compile(
    r"\b(help(s|ed)?|gain(s|ed)?|improv\w+|pay(s)? off|profit\w*|benefit\w*|more out of|rais\w+|turn(s|ed)?|(un)?used?"
    r"|exploit\w*|it takes)\b",
    FLAGS,
)
EACH_BASE = re.compile(
    r"\b(from|on|with) (xlm-r|labse),? (and|as well as) (from|on|with) (xlm-r|labse)\b"
    r"|\bboth (xlm-r|labse) and (xlm-r|labse)\b|\bon (its|their) own\b"
    r"|\b(each|either|every|whichever|both) (of the )?(base|encoder|model)s?\b|\bby itself\b",
    FLAGS,
)
WEIGHED = re.compile(r"\b(mean|balanc\w*|averag\w*|weigh\w*|macro)\b", FLAGS)
AVERAGED = re.compile(r"\b(averaged|pooled) over [^.,;:]*", FLAGS)
PAIRS = re.compile(
    r"\bpairs?\b[^.]*\b(never|no (training|cross-?lingual)|unseen|withheld|held out|not (seen|trained))\b", FLAGS
)
WITHHELD = re.compile(
    r"\b(never|unseen|unpaired|withh[eo]ld\w*|held[ -]out|kept (out|apart)|absent|without|no( [\w-]+)? batch(es)?"
    r"|not (seen|paired|trained))\b",
    FLAGS,
)
BASE = re.compile(r"\b(bases?|pre-?train\w*|xlm-r|labse|align(ed|ment)\w*|start(s|ed|ing)?)\b", FLAGS)
BOUND = re.compile(
    r"\b(at most|no more than|little|hardly|barely|nothing|not? (better|lower|less|higher|fewer)|no gain|bounded"
    r"|limit\w*|as biased|more biased|costs?)\b",
    FLAGS,
)
"""Ways to say that a side is not much better than another."""

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twenty": 20}
SIZE = re.compile(
    rf"\b([0-9]+(?:\.[0-9]+)?|{'|'.join(NUMBERS)}) ?(%|per ?cent\b|(?:percentage )?points?\b)"
    r"|\b(twice|double[sd]?|halv\w+|threefold|twofold|times as)\b",
    FLAGS,
)


def probes(subject: Subject) -> Iterator[Probe]:
    """Yield the probes that read the sentence."""
    yield Probe("wording", SEVERITY, lambda: _general(subject))
    if subject.claim.kind == "effectiveness":
        yield Probe("wording-each-language", SEVERITY, lambda: _each_language(subject))
        yield Probe("wording-unseen", SEVERITY, lambda: _unseen(subject))
        yield Probe("wording-named", SEVERITY, lambda: _named(subject))
        yield Probe("wording-settings", SEVERITY, lambda: _settings(subject))
        yield Probe("wording-waived", SEVERITY, lambda: _waived(subject))
        yield Probe("wording-compares", SEVERITY, lambda: _compares(subject))
        yield Probe("wording-change", SEVERITY, lambda: _change(subject))
        yield Probe("wording-bases", SEVERITY, lambda: _bases(subject))
        yield Probe("wording-bound", SEVERITY, lambda: _bound(subject))
        yield Probe("wording-size", SEVERITY, lambda: _size(subject))
        yield Probe("wording-each-base", SEVERITY, lambda: _each_base(subject))
        yield Probe("wording-one-base", SEVERITY, lambda: _one_base(subject))
        yield Probe("wording-pairs", SEVERITY, lambda: _pairs(subject))
        yield Probe("wording-withheld", SEVERITY, lambda: _withheld(subject))


def _sentence(subject: Subject) -> str:
    return f"{subject.claim.title}. {subject.claim.statement}"


def _general(subject: Subject) -> Attempt:
    found = GENERAL.search(_sentence(subject))
    if found is None:
        return Attempt(succeeded=False, detail="the sentence claims no more than its checks")
    return Attempt(succeeded=True, detail=f"the sentence speaks of {found.group(0)!r}, the checks of what they name")


def _each_language(subject: Subject) -> Attempt:
    found = EACH_LANGUAGE.search(subject.claim.statement)
    rules = {check.relation for check in subject.required()}
    if found is None or "never-third" in rules:
        return Attempt(succeeded=False, detail="the sentence speaks of single languages only where a check does")
    return Attempt(succeeded=True, detail=f"the sentence says {found.group(0)!r}, the checks ask for means")


def _unseen(subject: Subject) -> Attempt:
    found = UNSEEN.search(_sentence(subject))
    if found is None:
        return Attempt(succeeded=False, detail="the sentence does not speak of languages absent from training")
    trained, scope = set(subject.scope.training.languages), subject.scope
    for check in subject.required():
        for name in subject.claim.datasets if check.pairs is None else ():
            held = bound_languages(scope.datasets[name]) if name in scope.datasets else None
            seen = sorted(trained & set(check.languages or held or ()))
            if seen:
                told = ", ".join(seen)
                return Attempt(
                    succeeded=True,
                    detail=f"the sentence says {found.group(0)!r}, {check.id} measures {told}: trained on",
                )
    return Attempt(succeeded=False, detail="what is measured was absent from training, as the sentence says")


def _named(subject: Subject) -> Attempt:
    claim, sentence = subject.claim, _sentence(subject)
    for names, own in ((PAPER_DATASETS, claim.datasets), (PAPER_BASES, claim.bases)):
        for name in sorted(names - set(own)):
            if re.search(rf"\b{re.escape(name)}\b", sentence, FLAGS):
                return Attempt(succeeded=True, detail=f"the sentence speaks of {name}, which is not measured")
    return Attempt(succeeded=False, detail="every data set and base of the sentence is measured")


def _settings(subject: Subject) -> Attempt:
    measured = {setting for check in subject.claim.checks if check.required for setting in settings_of(check)}
    sentence = ARMS.sub("", subject.claim.statement)
    alone = {check.setting for check in subject.required()}
    weighed = WEIGHED.search(_sentence(subject)) is not None
    for setting in SETTINGS:
        if setting in measured and not weighed and alone == {"balanced"} and SETTING_WORDS[setting].search(sentence):
            return Attempt(succeeded=True, detail=f"the sentence speaks of {setting} retrieval, the checks of a mean")
        if measured and setting not in measured and SETTING_WORDS[setting].search(sentence):
            return Attempt(
                succeeded=True, detail=f"the sentence speaks of {setting} retrieval, which no required check measures"
            )
    return Attempt(succeeded=False, detail="every setting of the sentence is measured by a required check")


def _waived(subject: Subject) -> Attempt:
    """Return whether what speaks against a sentence may be waived because the sentence leaves the setting open."""
    measured = {setting for check in subject.claim.checks if check.required for setting in settings_of(check)}
    waived = sorted({key.rpartition("/")[2] for key in subject.claim.waived} - measured)
    sentence = ARMS.sub("", _sentence(subject))
    if not waived or not measured or any(SETTING_WORDS[setting].search(sentence) for setting in measured):
        return Attempt(succeeded=False, detail="the sentence names its settings, or none that is cited is waived")
    return Attempt(
        succeeded=True, detail=f"{waived[0]} retrieval is cited and waived, and the sentence speaks of retrieval at all"
    )


def _compares(subject: Subject) -> Attempt:
    if COMPARES.search(subject.claim.statement):
        return Attempt(succeeded=False, detail="the sentence compares, as its checks do")
    return Attempt(succeeded=True, detail="the sentence compares nothing, and the checks compare arms")


def _of_bases(subject: Subject) -> list[str]:
    """Return the required checks whose sides differ in the base alone."""
    return [
        check.id
        for check in subject.required()
        if len({side.base for side in sides(check)}) > 1 and len({side.sampling for side in sides(check)}) == 1
    ]


def _bases(subject: Subject) -> Attempt | None:
    of_bases = _of_bases(subject)
    if not of_bases:
        return None
    if BASE.search(_sentence(subject)):
        return Attempt(succeeded=False, detail="bases are compared, and the sentence names them")
    return Attempt(succeeded=True, detail=f"{of_bases[0]} compares bases alone, of which the sentence does not speak")


def _bound(subject: Subject) -> Attempt:
    """Return whether a tolerance lies on the side where a measure is better, so that what is worse passes sooner."""
    for check in subject.required():
        worse = "comparable-or-above" if check.measure == "rank-distance" else "comparable-or-below"
        if check.relation == worse and not BOUND.search(_sentence(subject)):
            return Attempt(
                succeeded=True,
                detail=f"{check.id} holds the more surely the worse its left side is, and the sentence says no such",
            )
    return Attempt(succeeded=False, detail="no check holds for what is worse where the sentence does not say so")


def _size(subject: Subject) -> Attempt:
    """Return whether the sentence names a size that no check has as its margin or claimed share."""
    margins = [round(float(decimal(check.margin)) * PERCENT, 6) for check in subject.required()]
    asked = {share for margin in margins for share in (margin, PERCENT - margin)}  # within 5%, or at least 95%
    asked |= {
        abs(float(decimal(one.value)))
        for check in subject.claim.checks
        if check.required and check.relation == "reduced-by"
        for one in check.claimed.values()
        if isinstance(one, CitedValue)
    }
    for found in SIZE.finditer(_sentence(subject)):
        number = (found.group(1) or "").lower()
        if not number or float(NUMBERS.get(number, number)) not in asked:
            return Attempt(succeeded=True, detail=f"the sentence says {found.group(0)!r}, which no check asks for")
    return Attempt(succeeded=False, detail="the sentence names no size but its checks' own")


def _change(subject: Subject) -> Attempt | None:
    """Return whether the sentence says what batches change, while the base is what the sides differ in."""
    of_bases = _of_bases(subject)
    if not of_bases:
        return None
    found = CHANGE.search(_sentence(subject))
    if found is None:
        return Attempt(succeeded=False, detail="bases are compared, and the sentence is about bases")
    return Attempt(
        succeeded=True, detail=f"the sentence says {found.group(0)!r}, {of_bases[0]} compares bases as they are"
    )


def _each_base(subject: Subject) -> Attempt:
    found = EACH_BASE.search(AVERAGED.sub("", _sentence(subject)))
    pooled = len(subject.claim.bases) > 1 and not any(
        side.base for check in subject.required() for side in sides(check)
    )
    if found is None or not pooled:
        return Attempt(succeeded=False, detail="bases are spoken of as they are measured")
    return Attempt(succeeded=True, detail=f"the sentence says {found.group(0)!r}, the checks pool the bases")


def _one_base(subject: Subject) -> Attempt:
    """Return whether a base was picked of those that stand for the paper's, and the sentence does not say which."""
    bound = PAPER_BASES & set(subject.scope.bases)
    measured = bound & set(subject.claim.bases)
    if not measured or measured == bound or any(name in _sentence(subject).lower() for name in measured):
        return Attempt(
            succeeded=False, detail="every base of the scope is measured, or the sentence names those that are"
        )
    told = ", ".join(sorted(measured))
    return Attempt(succeeded=True, detail=f"{told} alone is measured, of which the sentence does not speak")


def _pairs(subject: Subject) -> Attempt:
    found = PAIRS.search(_sentence(subject))
    if found is None or any(check.pairs for check in subject.required()):
        return Attempt(succeeded=False, detail="pairs of languages are spoken of as they are measured")
    return Attempt(succeeded=True, detail="the sentence speaks of pairs that training never met, and none is withheld")


def _withheld(subject: Subject) -> Attempt:
    held = [check.id for check in subject.required() if check.pairs is not None]
    if not held or WITHHELD.search(_sentence(subject)):
        return Attempt(succeeded=False, detail="no pairs are withheld, or the sentence speaks of such")
    return Attempt(
        succeeded=True, detail=f"{held[0]} measures pairs that were withheld, of which the sentence does not speak"
    )
