"""Things that sentences say and that only some checks ask for, or none.

Each saying is a pattern of words and a rule that tells whether the claim's checks, or its scope, ask
for what the words say. A sentence that says it without being asked says more than was checked:

    spread        how much results vary; checks ask for means
    cost          time, steps, compute; every arm has the same budget
    either way    that two arms do not differ; only `equivalent` asks both ways
    new subjects  entities or questions that training never named; no check keeps only those
    curve         what each step of a share does; checks compare single shares
    all answers   that every answer is found; R@1 and MRR see the first
    ranked        what encoders are ranked on; counts are of the real files
    distinct      that things counted differ; counts are of what is listed
    scripts       several scripts; the data may hold one
    never read    languages of no stage of training; pre-training reads those of the scope
    transfer      another collection than training is of
    each setting  every kind of retrieval by itself; a balanced score lets one pay for another
    either rival  each of two rivals; a contrast with their mean is with neither
    left out      what withholding costs; no check has the pairs on one side alone
    median        the middle of languages or questions; checks ask for means
    quotient      a part of what else is reached; checks compare sums
    inclusion     the very questions that another arm answers; checks compare shares of them
    condition     those alone that gain or lose something; checks average over all
    alone         that one arm and no other does something; no check asks others to fail
    settings      settings of training; no check varies any, every arm has those that the grid chose
    strictly      more than level; comparable-or-above and equivalent ask for no more than that
    superlative   the best of all; a check against one rival leaves the other
    cleft         which arm it is that another beats; such a sentence reads either way round
    middle        half of the way between two arms; an order asks only for some place between them
    range         shares from one to another: each end has to be `equivalent` to something in between
    level         that two arms come close; what asks for a difference says nothing of how small it is
    jointly       several settings in one breath; each of them has to meet the same rivals
    fraction      how many questions are answered; checks compare means and know no level

Words are matched as they stand: what a sentence says in other words is not caught here. The verdict is
of the sentence that is made from the checks (`harness.court.sentence`), whatever the author's says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from harness.attack.probe import Attempt, Probe
from harness.claimfile.coverage import SETTINGS
from harness.court.contrast import sides
from harness.data.cldr import scripts
from harness.records.scope import OtherBinding, bound_languages
from harness.records.training import arm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.attack.subject import Subject

SEVERITY = 7.5
FIRST_ONLY = frozenset({"MRR", "R@1"})
RANGE = r"\bfrom (half|0?\.\d+) to (half|0?\.\d+)"
LEVEL = frozenset({"comparable-or-above", "comparable-or-below", "equivalent"})


@dataclass(frozen=True, slots=True)
class Saying:
    """Words that say something, and whether a claim's checks or scope ask for it."""

    name: str
    words: str
    asked: Callable[[Subject], bool]

    def attempt(self, subject: Subject) -> Attempt:
        """Return whether the sentence says it without being asked."""
        found = re.search(self.words, _sentence(subject), re.IGNORECASE)
        if found is None or self.asked(subject):
            return Attempt(succeeded=False, detail="the sentence does not say it, or the checks ask for it")
        return Attempt(succeeded=True, detail=f"the sentence says {found.group(0)!r}, which no check asks for")


def _sentence(subject: Subject) -> str:
    return f"{subject.claim.title}. {subject.claim.statement}"


def _never(_: Subject) -> bool:
    return False


def _both_ways(subject: Subject) -> bool:
    return any(check.relation == "equivalent" for check in subject.required())


def _beyond_the_first(subject: Subject) -> bool:
    return any(check.measure not in {None, *FIRST_ONLY} for check in subject.required())


def _several_scripts(subject: Subject) -> bool:
    bound = (subject.scope.datasets[name] for name in subject.claim.datasets if name in subject.scope.datasets)
    written = [[scripts(code) for code in bound_languages(one) or ()] for one in bound]
    return not any(len(each) and frozenset.intersection(*each) for each in written)


def _unread(subject: Subject) -> bool:
    read = set(subject.scope.pretraining.languages)
    held = (bound_languages(one) or () for one in subject.scope.datasets.values())
    every = {code for languages in held for code in languages}
    return not any(read & set(check.languages or every) for check in subject.required())


def _each_setting(subject: Subject) -> bool:
    alone = {check.setting for check in subject.required() if check.relation != "never-third"} - {"balanced", None}
    return any(check.relation == "never-third" for check in subject.required()) or len(alone) == len(SETTINGS)


def _each_rival(subject: Subject) -> bool:
    """Return whether, wherever arms are compared, more than one rival is met by itself."""
    met: dict[str | None, set[str]] = {}
    for check in subject.required():
        if check.relation in {"never-third", "order"}:
            return True
        met.setdefault(check.setting, set()).update([] if check.right is None else [str(check.right)])
    return all(len(rivals) > 1 for rivals in met.values())


def _elsewhere(subject: Subject) -> bool:
    bound = (subject.scope.datasets[name] for name in subject.claim.datasets if name in subject.scope.datasets)
    training = subject.scope.training
    return isinstance(training, OtherBinding) or any(one.source != training.source for one in bound)


def _strict(subject: Subject) -> bool:
    return any(check.relation not in LEVEL for check in subject.required())


def _against_a_mean(subject: Subject) -> bool:
    return any(check.relation in {"contrast", "never-third"} for check in subject.required())


def _ends_alike(subject: Subject) -> bool:
    """Return whether every share that a range ends at is held against a share between them, both ways."""
    alike = [
        {arm(side.sampling).alpha for side in sides(check)}
        for check in subject.required()
        if check.relation == "equivalent"
    ]
    for found in re.finditer(RANGE, _sentence(subject), re.IGNORECASE):
        ends = [0.5 if one.lower() == "half" else float(one) for one in found.groups()]
        if not all(any(_held_to_the_inside(end, ends, shares) for shares in alike) for end in ends):
            return False
    return True


def _held_to_the_inside(end: float, ends: list[float], shares: set[float | None]) -> bool:
    return end in shares and any(share is not None and min(ends) < share < max(ends) for share in shares)


def _level(subject: Subject) -> bool:
    return any(check.relation in LEVEL for check in subject.required())


def _same_rivals(subject: Subject) -> bool:
    """Return whether monolingual and cross-lingual retrieval are asked about the same pairs of arms."""
    met: dict[str | None, set[frozenset[str]]] = {"monolingual": set(), "crosslingual": set()}
    for check in subject.required():
        if check.relation in {"never-third", "order"}:
            return True
        met.setdefault(check.setting, set()).add(frozenset(side.sampling for side in sides(check)))
    return met["monolingual"] == met["crosslingual"]


SAYINGS = (
    Saying("spread", r"\b(var(y|ies|iance|iation)|dependabl\w*|steadier|fluctuat\w*|consistently)\b", _never),
    Saying("cost", r"\b(cheap\w*|faster|training time|compute|efficien\w*|(half|less) (of )?the time)\b", _never),
    Saying(
        "either-way",
        r"\b(interchangeabl\w*|do(es)? not differ|no difference|either way|indistinguishabl\w*)\b",
        _both_ways,
    ),
    Saying(
        "new-subjects",
        r"\b(entit\w+|facts?|topics?)\b[^.]*\b(never|not) (mention|name|see|show|ask|read)\w*"
        r"|\bnew (entit\w+|facts|topics)\b",
        _never,
    ),
    Saying("curve", r"\b(each|every) (increase|step|rise)\b|\bmonoton\w*|\bthe more\b|\bsteadily\b", _never),
    Saying(
        "all-answers",
        r"\b(all|every|each)( of)?( the| its)? (translations?|answers?|(relevant |parallel )?passages?)\b",
        _beyond_the_first,
    ),
    Saying("scripts", r"\b(different|several|across|between|bridges?|other) scripts?\b", _several_scripts),
    Saying("never-read", r"\b(at any stage|never (read|met)|not even in pre-?training)\b", _unread),
    Saying(
        "transfer",
        r"\b(second|another|different|new) (collection|corpus|domain)\b|\btransfers?\b",
        _elsewhere,
    ),
    Saying(
        "each-setting",
        r"\b(any|each|every|all( three)?) (kinds? of retrieval|(retrieval )?settings?)\b|\bgives? up nothing\b",
        _each_setting,
    ),
    Saying(
        "either-rival",
        r"(?<!mean of )(?<!middle of )(?<!average of )"
        r"\b(either|neither|each|both)( of the( two)?)? (kinds? of batch(es)?|ways? to fill|rivals?|baselines?)\b",
        _each_rival,
    ),
    Saying(
        "settings",
        r"\b(learning[- ]rates?|temperatures?|batch size|number of (training )?steps|training steps|weight decay"
        r"|hyper-?parameters?|(no|without|needs? little) tuning|(the )?same (way|training)|equal training)\b",
        _never,
    ),
    Saying("median", r"\b(medians?|typical|middle language|most languages|majority)\b", _never),
    Saying(
        "quotient", r"\b(ratios?|proportion\w*|(larger|smaller|greater) part|part of (what|the)|share of its)\b", _never
    ),
    Saying(
        "inclusion",
        r"\b(same|very|those) (questions|queries)\b|\b(question|query) by \1\b"
        r"|\b(are|stays?) those\b|\bstays? (first|answered)\b",
        _never,
    ),
    Saying(
        "condition",
        r"\b(languages?|questions?|pairs?) (that|which|whose [^.,]*) (loses?|gains?|suffers?|profits?|drops?|falls?)\b"
        r"|\b(wherever|whenever|in return|in exchange|wins? (some of it )?back)\b",
        _never,
    ),
    Saying(
        "alone",
        r"\bhybrid( batches| ones| training)? alone\b|\bno other\b"
        r"|\bonly (hybrid|mix\w*|half|one|cross-?lingual|monolingual)\b",
        _never,
    ),
    Saying(
        "strictly",
        r"(?<!no )(?<!not )(?<!nothing )(?<!or )(?<!or a )(?<!% )(?<!thousandth )"
        r"\b(better|higher|larger|smaller|greater|lower|fewer|above|below|ahead|beats?|outperforms?|improves?|raises?"
        r"|wins?|leads?)\b(?! or (comparable|equal))(?![^.;]*\bby at most\b)",
        _strict,
    ),
    Saying("cleft", r"\bit is\b[^.;]*\bthat\b", _never),
    Saying("middle", r"\b(middle|halfway)\b", _against_a_mean),
    Saying("range", RANGE, _ends_alike),
    Saying("level", r"\b(close|near) to\b|\b(comparable|on par|level with|match(es)?)\b", _level),
    Saying(
        "jointly",
        r"\b(monolingual( retrieval)?,? and( in)? cross-?lingual|cross-?lingual( retrieval)?,? and( in)? monolingual)"
        r" retrieval\b",
        _same_rivals,
    ),
    Saying(
        "fraction",
        r"\b(half|thirds?|quarters?|tenths?|most|nearly all|almost all) of( the| all| its| their)?"
        r" (questions|queries|answers|passages|translations|pairs)\b",
        _never,
    ),
    Saying("superlative", r"(?<!at )\b(best|highest|lowest|smallest|most|least|worst)\b", _each_rival),
    Saying("left-out", r"\bwithholding\b|\b(be )?left out\b|\bkeeping [^.]* out\b|\bat no cost\b", _never),
)
OF_COUNTS = (
    Saying("ranked", r"\b(ranked|ranks?|ranking|MAPs?|pools?)\b", _never),
    Saying("distinct", r"\b(different|distinct|unique|twice|repeats?|duplicat\w*)\b", _never),
)


def probes(subject: Subject) -> Iterator[Probe]:
    """Yield a probe for each saying that a claim of this kind could hold."""
    for saying in OF_COUNTS if subject.claim.kind == "counted" else SAYINGS:
        yield Probe(f"saying-{saying.name}", SEVERITY, partial(saying.attempt, subject))
