"""Whether training texts stand in what is tested, where both are real: looked up before anything is scored.

Which questions leak is found, and they are dropped, when the texts are made (`harness.data.taught`).
This looks once more, at the very texts that the lab trains on and the very ones that are tested,
and says what was dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.court.conditions import NO_LEAK
from harness.court.remembered import remembered
from harness.data.overlap import leaking
from harness.planner import source_digest
from harness.records.verdict import Control

if TYPE_CHECKING:
    from harness.data.taught import Lessons
    from harness.records.texts import EvaluationTexts, PairTexts
    from harness.store import Store

LEAK_SOURCE = ("verify/leaks.py", "data/overlap.py", "data/taught.py", "data/answering.py")


def no_leak(store: Store, tested: tuple[str, EvaluationTexts], trained: PairTexts, learnt: Lessons) -> Control:
    """Return whether no text trained on leaks into a dataset, and what was dropped; kept in the store."""
    name, texts = tested
    inputs = {
        "operation": "no-leak",
        "tested": texts.fingerprint(),
        "trained": trained.fingerprint(),
        "under": source_digest(LEAK_SOURCE),
    }
    left = remembered(store, inputs, lambda: leaks(texts, trained), int, _number)
    detail = f"{told(learnt)}; {left} of {2 * len(trained)} texts trained on leak into what is tested"
    return Control(name=NO_LEAK, on=name, passed=left == 0, detail=detail)


def leaks(tested: EvaluationTexts, trained: PairTexts) -> int:
    """Return how many questions and passages trained on leak into the tested texts of their language."""
    found = 0
    for language in sorted(set(trained.languages)):
        against = [
            text
            for table in (tested.queries, tested.passages)
            for text, spoken in zip(table.texts, table.languages, strict=True)
            if spoken == language
        ]
        rows = [row for row, spoken in enumerate(trained.languages) if spoken == language]
        own = [texts[row] for texts in (trained.queries, trained.passages) for row in rows]
        found += int(leaking(own, against).sum())
    return found


def told(learnt: Lessons) -> str:
    """Return in words what was dropped before training."""
    by_language = ", ".join(
        f"{language} {leak.questions} + {leak.passages} of {leak.overall}"
        for language, leak in sorted(learnt.leaks.items())
        if leak.questions or leak.passages
    )
    overall = len(learnt.trained) + learnt.dropped
    found = f" (questions + answers that leak: {by_language})" if by_language else ""
    return f"{learnt.dropped} of {overall} questions dropped with their translations{found}"


def _number(kept: object) -> int:
    if not isinstance(kept, int):
        msg = f"expected a number, found {kept!r}"
        raise TypeError(msg)
    return kept
