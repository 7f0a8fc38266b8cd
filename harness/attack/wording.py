"""Words that no check can bear out, whatever else the sentence says.

    general        models, data or settings in general
    each language  every language by itself, where checks speak of means (never-third alone does not)
    unseen         languages absent from training, where the scope trains on those that are checked
    named          a data set or base of the paper that the claim does not measure
    one base       some of the bases that stand for the paper's, or others, in a sentence that does not name them
    size           a size of an effect that is no margin of a check

They defeat a verification whose sentence is in free words too, which otherwise would only be incomplete
(`harness.attack.stated`). Source: design, Attacking (wording beyond scope).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.attack.probe import Attempt, Probe
from harness.claimfile.coverage import PAPER_BASES, PAPER_DATASETS
from harness.court.shown import PERCENT
from harness.records.claim import CitedValue
from harness.records.record import decimal
from harness.records.scope import bound_languages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.attack.subject import Subject

SEVERITY = 7.5
FLAGS = re.IGNORECASE | re.ASCII
GENERAL = re.compile(
    r"\b(all|any|every|each)[ -](other |single )?(\w+ )?"
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
    r"\b(unseen|zero-shot)\b|\babsent from (contrastive )?training\b"
    r"|\bnever (trained on|shown|shows|showed|saw|sees|seen)\b"
    r"|\bnot (seen|trained on|in training)\b",
    FLAGS,
)
SIZE = re.compile(
    r"\b([0-9]+(?:\.[0-9]+)?) ?(%|per ?cent\b|(?:percentage )?points?\b)"
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
        yield Probe("wording-size", SEVERITY, lambda: _size(subject))
        yield Probe("wording-one-base", SEVERITY, lambda: _one_base(subject))


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


def _size(subject: Subject) -> Attempt:
    """Return whether the sentence names a size that no check has as its margin or claimed share."""
    margins = [round(float(decimal(check.margin)) * PERCENT, 6) for check in subject.required()]
    asked = {share for margin in margins for share in (margin, PERCENT - margin, PERCENT + margin)}
    asked |= {
        abs(float(decimal(one.value)))
        for check in subject.claim.checks
        if check.required and check.relation == "reduced-by"
        for one in check.claimed.values()
        if isinstance(one, CitedValue)
    }
    for found in SIZE.finditer(_sentence(subject)):
        if found.group(1) is None or float(found.group(1)) not in asked:
            return Attempt(succeeded=True, detail=f"the sentence says {found.group(0)!r}, which no check asks for")
    return Attempt(succeeded=False, detail="the sentence names no size but its checks' own")


def _one_base(subject: Subject) -> Attempt:
    """Return whether bases were picked beside or among those that stand for the paper's, and are not all named."""
    bound, claimed = PAPER_BASES & set(subject.scope.bases), set(subject.claim.bases)
    measured = claimed & bound
    picked = (claimed - bound if bound else set()) | (measured if measured != bound else set())
    sentence = _sentence(subject).lower()
    unsaid = sorted(name for name in picked if name.lower() not in sentence)
    if not unsaid:
        return Attempt(succeeded=False, detail="the sentence names the bases that were picked, or the paper's are")
    told = ", ".join(unsaid)
    return Attempt(succeeded=True, detail=f"{told} is measured, of which the sentence does not speak")
