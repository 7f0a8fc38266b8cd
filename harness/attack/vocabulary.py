"""The words that a sentence may be made of: those that some probe, check or scope can be held against.

A sentence in other words may say anything, and would be said just as well in a world in which that is
false. So title and statement are read off until nothing is left, and a verification whose sentence has words
left over is incomplete: what they say was not attacked.

    names     arms, bases, data sets, measures and languages, as claim and scope call them
    phrases   quantifiers, negations and causes, each only in a turn that other probes hold to the checks
    turns     those in which listed words say what is not read: another order of words, one size against another
    words     what is left over; whatever is not listed is unread
    numbers   shares of arms, languages and arms as many as there are, counts; sizes are another probe's

A list of what may be said ends somewhere; a list of what may not be said does not. Limits: words that
are listed may still be put together to say more than was checked; `wording` and `sayings` look for the
ways that are known. The list holds the words of the fourteen claims and of what people wrote honestly
about such checks; whoever misses one says it otherwise, or adds it with the probe that reads it.
Source: design, Attacking (wording beyond scope).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babel import Locale

from harness.attack.probe import Attempt
from harness.claimfile.coverage import PAPER_BASES, PAPER_DATASETS, SETTINGS
from harness.court.contrast import sides
from harness.records.record import decimal
from harness.records.scope import bound_languages
from harness.records.training import arm

if TYPE_CHECKING:
    from harness.attack.subject import Subject
    from harness.records.scope import Scope

NAME = "vocabulary"
PHRASES = (
    r"(and )?not because (all( of)?|every)( the)? ?(them|passages|translations|answers)? sinks?",
    r"not by sinking( all)?( passages| translations| answers)?",
    r"(one |the |a )?pool of all( \w+)? languages",
    r"over all( of the)?( \w+)? languages",
    r"in each of (its|the)( \w+)? languages|in every language|in any language",
    r"language by language|setting by setting|and any setting|in (every|each|any) setting",
    r"all (three )?(settings|kinds of retrieval)|(each|every) kind of retrieval",
    r"(absent from|held out of|kept out of)( contrastive)? training",
    r"(that|which)( contrastive)? training never (shows?|showed|saw|sees)",
    r"(that were )?never paired|(that|which) no( cross-lingual)? batch(es)?( ever)? (held|holds)",
    r"never( the)? (third|worst)",
    r"no way to fill batches",
    r"not? (more|less|better|worse|higher|lower|larger|smaller|further|greater|above|below)",
    r"(lose|loses|cost|costs|gives? up) nothing|at no (loss|cost)|without (a )?loss",
    r"how many|by how much|is a matter for full scale|(is|are) not part of this claim",
    r"(the paper prints )?no numbers for this",
)
"""What quantifies, denies or gives a cause, in the turns that may be used."""

WHERE, STANDS = "above|below|beneath|behind|ahead of|beyond", "lies?|comes?|stays?|stands?|ranks?|falls?"
TURNS = re.compile(
    rf"(?:^|[.,;:] *|\b(?:and|but|that) )((?:(?:{WHERE}) [^.,;:]*?\b(?:is|are|was|were|{STANDS})"
    rf"|(?:under|over) [^.,;:]*?\b(?:{STANDS}))\b)"
    r"|\b(more than (?:it|they|this|that|its|their|what)\b|by more than(?! (?:\d|it\b)))",
    re.IGNORECASE,
)
"""Another order of words turns above into below; what a side gains is not weighed against what it loses."""

LISTED = """
    a an the and or but of in on at for from to by with within as than that those these this them they it its
    is are was were be been being do does did had can could may might would which whose under over up across between
    beside against among not our we us own such whether although about into also still there out take takes

    hybrid monolingual monolingually cross-lingual crosslingual multilingual batch batches baseline baselines mixing
    mixed mixture mix mixtures half share shares fill fills filling filled kind kinds way ways training train trained
    trains contrastive pre-training pre-trained encoder encoders retriever retrievers model models base bases arm arms
    aligned alone other one ones both

    retrieve retrieves retrieving retrieval rank ranks ranked ranking setting settings pool pools pooled set sets
    evaluation language languages question questions query queries answer answers answered passage passages sentence
    sentences translation translations candidate parallel pair pairs paired ordered reading format small large many
    few little full scale test

    map mrr ndcg recall reciprocal rank distance bias biased unbiased mean means average averaged averages arithmetic
    measure score scores balance balances balanced place first hit hits middle gain result results

    above below between better best worse good well higher highest lower lowest larger smaller less more most least
    greater fewer lead leads leading ahead behind beat beats match matches matching equal equally equivalent comparable
    gets get yield yields retain retains fine-tuned fine-tuning pure purely then last others withheld
    sampling index size sizes lag lags trail trails fall falls short drop drops level weigh weighed weight top
    search searches searched joint single halfway remaining neither nor agree same end ends apart unseen zero-shot

    close closer near nearer far further favour improve improves raise raises reduce reduces cost costs lose loses
    loss keep keeps kept give gives reach reaches lie lies come comes stay stays hold holds leave leaves have has
    put puts buy buys carry help helps sink sinks often second third smallest

    count counts counted list lists number numbers table tables paper stated states state say says ask asks
    print prints thousandth
"""
WORDS = frozenset(LISTED.split())
FOLLOWS = frozenset({"so"})
"""What follows: of counts by arithmetic, of effects it would be a cause."""

COUNTING = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty
"""
NUMBER_WORDS = {word: float(number) for number, word in enumerate(COUNTING.split())} | {"quarter": 0.25}
TOKEN = re.compile(r"[^\W\d_](?:[\w'-]*\w)?|\d[\d.,]*")
NUMBER = re.compile(r"\d+(\.\d+)?")
COUNTS = "|".join(NUMBER_WORDS)
TERMS = (r"nDCG@\d+|R@\d+|MAPs?|BEIR|held-out", rf"(\d+(\.\d+)?|{COUNTS}) ?(%|per ?cent|(percentage )?points?)")
"""Measures; and sizes, which `wording` holds against margins."""

ENGLISH, OTHERWISE = Locale("en"), {"bn": "Bengali"}


def unread(subject: Subject) -> list[str]:
    """Return the turns, words and numbers of title and statement that nothing can be held against, each once."""
    left = f"{subject.claim.title}. {subject.claim.statement}".replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    turns = [one for found in TURNS.finditer(left) for one in found.groups() if one]
    for pattern in (*map(re.escape, _names(subject)), *PHRASES, *TERMS):
        left = re.sub(rf"(?<![\w-])({pattern})('s)?(?![\w-])", "|", left, flags=re.IGNORECASE)
    words, numbers = WORDS | (FOLLOWS if subject.claim.kind == "counted" else frozenset()), _numbers(subject)
    return list(
        dict.fromkeys((*turns, *(one for one in TOKEN.findall(left) if not _read(one.lower(), words, numbers))))
    )


def attempt(subject: Subject) -> Attempt:
    """Return whether the sentence has words that nothing can be held against."""
    found = unread(subject)
    if not found:
        return Attempt(succeeded=False, detail="every word of the sentence is one that checks can be held against")
    told = ", ".join(repr(word) for word in found)
    return Attempt(
        succeeded=True,
        detail=f"the sentence says {told}, which no check can be held against: say it in other words, or leave it out",
    )


def _read(word: str, words: frozenset[str], numbers: set[float]) -> bool:
    if word[0].isdigit():
        plain = word.rstrip(".,").replace(",", "")
        return NUMBER.fullmatch(plain) is not None and float(plain) in numbers
    return word.removesuffix("'s") in words or NUMBER_WORDS.get(word) in numbers


def _names(subject: Subject) -> list[str]:
    """Return the names that claim and scope give to what is compared and measured, longer ones first."""
    claim, scope = subject.claim, subject.scope
    codes = set(scope.training.languages) | {code for check in claim.checks for code in check.languages or ()}
    codes |= {code for name in claim.datasets for code in _languages(scope, name)}
    arms = {side.sampling for check in claim.checks for side in sides(check)}
    names = {*claim.datasets, *claim.bases, *PAPER_DATASETS, *PAPER_BASES, *arms, *codes}
    names |= {str(ENGLISH.languages.get(code, code)) for code in codes} | {OTHERWISE.get(code, code) for code in codes}
    return sorted(names, key=lambda name: (-len(name), name))


def _languages(scope: Scope, dataset: str) -> tuple[str, ...]:
    return (bound_languages(scope.datasets[dataset]) or ()) if dataset in scope.datasets else ()


def _numbers(subject: Subject) -> set[float]:
    """Return the numbers that a sentence may name: of what is compared and measured there are so many."""
    claim, scope = subject.claim, subject.scope
    found = {len(SETTINGS), len(claim.datasets), len(claim.bases)}
    found |= {len(_languages(scope, name)) for name in claim.datasets}
    for check in claim.checks:
        found |= {len({side.sampling for side in sides(check)}), len(check.languages or ())}
    depths = {
        float(check.measure.partition("@")[2]) for check in claim.checks if check.measure and "@" in check.measure
    }
    shares = {arm(side.sampling).alpha for check in claim.checks for side in sides(check)} - {None}
    counts = {float(decimal(one.value)) for check in claim.checks for one in check.counts.values()}
    return {1.0, *map(float, found), *(float(share or 0) for share in shares), *counts, *depths}
