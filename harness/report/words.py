"""The closed vocabularies of a verdict, in plain words, and the cleaning of words from outside.

Titles, reasons and messages come from files that anyone may write: `plain_text` removes what
could drive a terminal or reorder a line; escaping for HTML is the template engine's work.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.records.claim import Cause, Outcome, Status, Verification

CAUSES: dict[Cause, str] = {
    "script_error": "the claim's script failed, or the vectors it led to were refused",
    "timeout": "the script or a unit of lab work ran out of time",
    "infrastructure": "the machinery around the run failed",
    "resource_missing": "data or weights that the run needs are not on this machine",
    "control_failed": "a control failed, so nothing that rests on it was judged",
    "out_of_regime": "the stand-in encoders do not behave like the paper's bases",
    "below_floor": "a compared arm retrieves worse than the lexical baseline allows",
    "mechanism_absent": "training reached no part of the encoder that the claim speaks of",
    "untested": "nothing was judged",
    "analysis_changed": "the analysis is not the one that was locked before measuring",
    "unsealed": "the run was not sealed, so nothing shows what training could reach",
    "attacker_error": "a probe of the red team crashed",
    "verification_defeated": "the red team found this verification worthless, which says nothing about the claim",
    "not_attacked": "nobody has tried to break this verification",
    "inconclusive": "the measurement settles neither the claim nor its opposite",
}
OUTCOMES: dict[Outcome, str] = {
    "supported": "every required check came out as claimed",
    "contradicted": "a required check came out reliably against the claim",
    "inconclusive": "the numbers settle neither the claim nor its opposite",
    "untested": "there was nothing to judge",
}
STATUSES: dict[Status, str] = {
    "VERIFIED": "supported by a sealed run whose verification withstood every attack",
    "FALSIFIED": "contradicted by a sealed run whose verification withstood every attack",
    "UNVERIFIED": "anything else; the cause says what is missing",
}
VERIFICATIONS: dict[Verification, str] = {
    "sound": "every attack ran and none succeeded",
    "defeated": "an attack showed that a false claim would have passed too",
    "incomplete": "not every attack has been run",
}
RELATIONS: dict[str, str] = {
    "above": "is higher than",
    "below": "is lower than",
    "comparable-or-above": "is higher than, or within the margin of,",
    "comparable-or-below": "is lower than, or within the margin of,",
    "equivalent": "is within the margin of",
    "reduced-by": "is lower, by the claimed share, than",
    "order": "retrieve in the stated order, best first",
    "equals": "equals",
    "never-third": "hybrid is never the worst of three",
    "contrast": "differ in the stated weights",
}
CONTROLS: dict[str, str] = {
    "oracle": "perfect vectors score perfectly",
    "random": "random vectors score at chance",
    "planted-effect": "the judge finds an effect that was put in, and none where none was",
    "trained-beats-untrained": "training helped the encoder at all",
    "no-leak": "nothing trained on stands in what is tested",
}

WORLDS: dict[str, str] = {
    "shrunk-to-the-margin": "no effect",
    "shrunk-to-nothing": "no contrast",
    "twice-the-margin": "two margins worse",
    "shifted-up": "two margins up",
    "shifted-down": "two margins down",
    "shifted-far": "four margins off",
    "exchanged": "arms exchanged",
    "signs-reversed": "signs reversed",
    "random-left": "left random",
    "random-right": "right random",
    "half-way": "half trained",
    "permuted-judgements": "judgements permuted",
}
"""False worlds of contrasts, after the word if; others go by their names."""

TERMINAL_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.?")
KEPT_FORMAT_CHARACTERS = "\u200c\u200d"
"""Zero-width joiners spell words in Persian and Hindi; every other format character goes."""

UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain_text(text: str) -> str:
    """Return `text` on one line: no terminal sequences, control or direction characters."""
    if text.isascii() and text.isprintable():  # nearly always, and twenty times as fast
        return " ".join(text.split())
    without = TERMINAL_SEQUENCES.sub(" ", text)
    shown = "".join(character if _printable(character) else " " for character in without)
    return " ".join(shown.split())


def _printable(character: str) -> bool:
    return character in KEPT_FORMAT_CHARACTERS or unicodedata.category(character) not in UNPRINTABLE


def without_outcome(reason: str, outcome: Outcome) -> str:
    """Return a reason without the outcome that it may begin with, for places that have named it."""
    return reason.removeprefix(f"{outcome}:").strip()


def cut(text: str, length: int) -> str:
    """Return at most `length` characters of `text`, the last one an ellipsis where some are gone."""
    if len(text) <= length:
        return text
    return text[: length - 1].rstrip() + "…" if length > 0 else ""
