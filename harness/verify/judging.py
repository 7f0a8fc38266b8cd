"""Judge scores that somebody brings, by the analysis of a claim: statistics and nothing else.

    from harness.verify import judge_scores

    found = judge_scores(Path("claims/c06-bias-below-monolingual-xquad.yaml"), Path("scores.csv"))
    found.answer.outcome        "supported", "contradicted", "inconclusive" or "untested"
    found.reason                why, in words
    found.answer.checks[0].low  every number of a verdict's checks

The same as `harness judge CLAIM --scores FILE`. `scores_template` says which rows a claim can be judged by.
The judge is the one of `pytest claims/`. What else a verdict rests on is not applied and listed in
`answer.not_applied`; of the lock it is told, and no more, whether it holds this analysis.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.claimfile.claims import read_claim
from harness.claimfile.scopes import find_scope, read_scope
from harness.court.brought import rulings, slots
from harness.court.settle import settle
from harness.data.scores import read_scores
from harness.errors import FileFaults, UsageError
from harness.lockfile import NAME, entries, read_lock
from harness.records.scores import COLUMNS, SETTING, JudgedScores

if TYPE_CHECKING:
    from pathlib import Path

    from harness.claimfile.claims import ClaimFile
    from harness.records.claim import Claim
    from harness.records.scores import Slot
    from harness.records.verdict import Scale

DEFAULT_SCOPE = "atlas"


@dataclass(frozen=True, slots=True)
class ScoresJudgement:
    """The answer, why it came out so, at which scale it was judged, and what the lock says of the analysis.

    `lock` is empty where the lock beside the claim holds the analysis.
    """

    answer: JudgedScores
    reason: str
    scale: Scale
    lock: str


def judge_scores(claim: Path, scores: Path, scope: str = DEFAULT_SCOPE) -> ScoresJudgement:
    """Judge the scores in a file (.csv or .parquet) by a claim's own analysis.

    `scope` is a packaged scope's name or a scope file; only its scale decides anything: at `full`
    sizes are judged too, and checks that are `required: full` count.

    Raises:
        FileFaults: everything wrong with the claim, the scope or the scores, with its line.
        UsageError: a claim that has nothing to judge by scores, or no such scope.
    """
    bound = read_scope(find_scope(scope))
    file = read_claim(claim, bound)
    table = read_scores(scores, _slots(file.claim))
    # a cell that no paper beside the claim has is no number, and the effect is shown without the paper's
    cells = defaultdict(str, file.paper.cells if file.paper else {})
    found = rulings(file.claim, table, cells, bound.scale)
    outcome, reason = settle(found, bound.scale)
    answer = JudgedScores(claim=file.claim.id, scope=bound.name, outcome=outcome, checks=found)
    return ScoresJudgement(answer, reason, bound.scale, _lock_words(file))


def scores_template(claim: Path, scope: str = DEFAULT_SCOPE) -> str:
    """Return a CSV file's header and one row per check, dataset, base and side (and setting), to be filled in.

    Raises:
        FileFaults: everything wrong with the claim or the scope.
        UsageError: a claim that has nothing to judge by scores, or no such scope.
    """
    found = _slots(read_claim(claim, read_scope(find_scope(scope))).claim)
    with_setting = any(slot.composite for slot in found)
    text = io.StringIO()
    rows = csv.DictWriter(text, [*COLUMNS, *([SETTING] if with_setting else [])], lineterminator="\n")
    rows.writeheader()
    for slot in found:
        rows.writerow({"check": slot.name, "side": slot.side, **({SETTING: slot.setting} if with_setting else {})})
    return text.getvalue()


def _slots(claim: Claim) -> tuple[Slot, ...]:
    found = slots(claim)
    if not found:
        raise UsageError(
            f"{claim.id}: expected a check on measured values, found counts alone, which are compared exactly; "
            f"there is nothing to judge by scores; count with: pytest claims/ -k {claim.id}"
        )
    return found


def _lock_words(file: ClaimFile) -> str:
    """Say whether the lock beside the claim does not hold its analysis."""
    try:
        lock = read_lock(file.path.parent)
    except FileFaults as error:
        return str(error)
    if lock is None:
        return f"no {NAME} lies beside the claim, so nothing shows that its analysis was fixed beforehand"
    held, now = lock.claims.get(file.claim.id), entries([file.claim], [])[0][file.claim.id]
    if held is None:
        return f"{NAME} beside the claim has no entry for {file.claim.id}, so its analysis was not fixed beforehand"
    return "" if held.digest == now else f"the analysis of {file.claim.id} is not the one locked on {held.date}"
