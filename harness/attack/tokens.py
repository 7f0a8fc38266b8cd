"""A sentence as the grammar takes it: words in small letters, names and numbers as tokens that say what they name.

    arm:hybrid@0.4  base:labse  dataset:xquad-r  language:el  measure:MAP  number:15  size:1

Names are those that claim and scope give to what is compared and measured, languages in English too. A size
is a share in percent, a number a count or a share of batches. A word that is none of these stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babel import Locale

from harness.claimfile.coverage import PAPER_BASES, PAPER_DATASETS
from harness.court.contrast import sides
from harness.records.scope import bound_languages

if TYPE_CHECKING:
    from harness.attack.subject import Subject

ENGLISH, OTHERWISE = Locale("en"), {"bn": "Bengali"}
COUNTING = """
    four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
    twenty
"""
NUMBER_WORDS = {word: number for number, word in enumerate(COUNTING.split(), start=4)}
FEW = {"one": 1, "two": 2, "three": 3}
"""Numbers that are words of phrases too: of the three ways, one pool."""

SPELLED = {
    "MAP": "MAP",
    "MRR": "MRR",
    "rank distance": "rank-distance",
    "reciprocal rank": "MRR",
    "mean reciprocal rank": "MRR",
    "MAPs": "MAP",
}
AT_DEPTH = re.compile(r"(?<!\S)(nDCG|R)@(\d+)", re.IGNORECASE | re.ASCII)
FLAGS = re.IGNORECASE | re.ASCII
"""Letters that only look like those of a name in small letters name nothing."""

NUMBER = re.compile(r"\d{1,3}(,\d{3})?|\d{1,6}(\.\d{1,6})?", re.ASCII)
NAMED = re.compile(r"(arm|base|dataset|language|measure|size|number):")
SIZE = rf"(?P<size>\d+(?:\.\d+)?|{'|'.join([*FEW, *NUMBER_WORDS])}) ?(?:%|per ?cent\b)"
WORD = re.compile(r"\w+:\S*[\w%]|[^\W\d_][\w'-]*\w|[^\W\d_]|\d[\d.,]*\d|\d|'s|[^\w\s]|_")


def tokens(sentence: str, subject: Subject) -> list[str]:
    """Return the tokens of a sentence, marks of punctuation among them."""
    text = " ".join(sentence.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace(":", " : ").split())
    text = re.sub(SIZE, lambda found: f" size:{_size(found['size'])} ", text, flags=FLAGS)
    text = re.sub(r"\ba thousandth\b", " size:0.1 ", text, flags=FLAGS)
    text = AT_DEPTH.sub(lambda found: f" measure:{'R' if len(found[1]) == 1 else 'nDCG'}@{found[2]} ", text)
    names = _names(subject)
    known = "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))
    text = re.sub(
        rf"(?<![\w@:.-])(?:{known})(?![\w@-])", lambda found: f" {names[found[0].lower()]} ", text, flags=FLAGS
    )
    return [_token(word) for word in WORD.findall(text)]


def _token(word: str) -> str:
    if NAMED.match(word):
        return word
    small = word.lower().replace("crosslingual", "cross-lingual")
    if NUMBER.fullmatch(small):
        return f"number:{small.replace(',', '')}"
    return f"number:{NUMBER_WORDS[small]}" if small in NUMBER_WORDS else small


def _size(found: str) -> str:
    return str(FEW.get(found.lower(), NUMBER_WORDS.get(found.lower(), found)))


def _names(subject: Subject) -> dict[str, str]:
    """Return the token of each name, by the name in small letters."""
    claim, scope = subject.claim, subject.scope
    arms = {side.sampling for check in claim.checks for side in sides(check)} | {"x-x-mono", "x-y"}
    codes = set(scope.training.languages) | {code for check in claim.checks for code in check.languages or ()}
    for name in claim.datasets:
        codes |= set((bound_languages(scope.datasets[name]) or ()) if name in scope.datasets else ())
    found = {name.lower(): f"arm:{name}" for name in arms if name != "hybrid"}
    found |= {name.lower(): f"base:{name}" for name in {*claim.bases, *PAPER_BASES}}
    found |= {name.lower(): f"dataset:{name}" for name in {*claim.datasets, *PAPER_DATASETS}}
    for code in codes:
        for name in filter(None, (ENGLISH.languages.get(code, code), OTHERWISE.get(code))):
            found[str(name).lower()] = f"language:{code}"
    return found | {name.lower(): f"measure:{measure}" for name, measure in SPELLED.items()}
