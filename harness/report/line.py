"""One line per claim for the terminal.

Form: `<claim> <outcome> <effect> [<low>, <high>], paper <effect per base> [<status>: <cause>]`.
The effect is the main check's, in percent of the right side's mean; a reduction is shown as the
share taken off. The main check is the first required one that the paper puts a number on (one
required at full scale only stands back), else the first. A count compares `queries` things. Kinds
without an effect in percent say what they have: an order its parts, never-third its share of
cells, a contrast its interval in the measure's unit.
Where another check decided otherwise than the main one, the line names it. At most
160 characters, nothing that drives a terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.report.figures import claimed_bases, claimed_sign, fixed, is_reduction, percent, places
from harness.report.words import cut, plain_text, without_outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.ruling import Ruling
    from harness.records.verdict import Verdict

LINE_LENGTH = 160
LEAST_REASON = 20


def terminal_line(verdict: Verdict) -> str:
    """Return the line of one verdict, without a line end."""
    status = f" [{verdict.status}: {verdict.cause}]" if verdict.cause else f" [{verdict.status}]"
    head = f"{verdict.claim} {verdict.outcome}"
    room = LINE_LENGTH - len(head) - len(status)
    return plain_text(head + _body(verdict, room) + status)


def main_check(verdict: Verdict) -> tuple[int, ...]:
    """Return the places, in `verdict.checks`, of the main check's rulings: one per dataset."""
    checks = verdict.checks
    claimed = [ruling for ruling in checks if ruling.required and ruling.effect and ruling.effect.claimed]
    now = [ruling for ruling in claimed if ruling.required is True]
    chosen = next((ruling.id for ruling in (*now, *claimed, *checks)), None)
    return tuple(index for index, ruling in enumerate(checks) if ruling.id == chosen)


def counted(verdict: Verdict) -> tuple[int, int] | None:
    """Return (equal counts, all counts) where the main check counts, else None."""
    rulings = [verdict.checks[index] for index in main_check(verdict)]
    if not rulings or any(ruling.relation != "equals" or ruling.estimate is None for ruling in rulings):
        return None
    total = sum(ruling.queries or len(ruling.claimed) for ruling in rulings)
    return total - sum(round(ruling.estimate or 0) for ruling in rulings), total


def _body(verdict: Verdict, room: int) -> str:
    if verdict.outcome == "untested":
        return f": {cut(plain_text(without_outcome(verdict.reason, verdict.outcome)), max(room - 2, LEAST_REASON))}"
    counts = counted(verdict)
    if counts:
        return cut(f" {counts[0]} of {counts[1]} counts equal{_note(verdict, *counts)}", room)
    decided = decided_elsewhere(verdict)
    decided = f"; {decided}" if decided else ""
    return _fitting([one.words() for one in main_effects(verdict)], room - len(decided)) + decided


class MainEffect(NamedTuple):
    """What the main check found on one dataset: `where` is empty where there is only one."""

    ruling: Ruling
    told: str
    where: str
    paper: str

    def words(self) -> str:
        """Return all of it as a line says it."""
        where = f" {self.where}" if self.where else ""
        return f"{self.told}{where}{f', paper {self.paper}' if self.paper else ''}"


def main_effects(verdict: Verdict) -> list[MainEffect]:
    """Return what the main check found, dataset by dataset; nothing where it found nothing."""
    rulings = [verdict.checks[index] for index in main_check(verdict)]
    told = [(ruling, effect_words(ruling) or composite_words(ruling)) for ruling in rulings]
    shown = [(ruling, words) for ruling, words in told if words]
    several = len(shown) > 1
    return [MainEffect(one, words, f"on {one.dataset}" if several else "", paper_words(one)) for one, words in shown]


def _note(verdict: Verdict, equal: int, total: int) -> str:
    if equal == total:
        return ""
    notes = [plain_text(verdict.checks[index].note) for index in main_check(verdict) if verdict.checks[index].note]
    return f" ({'; '.join(notes)})" if notes else ""


def _fitting(parts: Sequence[str], room: int) -> str:
    """As many datasets as fit; the rest is counted, never dropped in silence."""
    for kept in range(len(parts), 0, -1):
        more = f"; {len(parts) - kept} more" if kept < len(parts) else ""
        text = f" {'; '.join(parts[:kept])}{more}"
        if len(text) <= room:
            return text
    return cut(f" {'; '.join(parts)}", max(room, 0)) if parts else ""


def decided_elsewhere(verdict: Verdict) -> str:
    """Name the check that decided, where the main one came out otherwise."""
    at = deciding(verdict)
    return "" if at is None else f"{verdict.checks[at].id} {verdict.checks[at].outcome}"


def deciding(verdict: Verdict) -> int | None:
    """Return the place of the required check that decided, where the main one came out otherwise.

    Of several contradicted ones that is the one with the least p against it, which Holm adjusts first;
    of a contradiction that neighbouring settings do not share, the check that turned there.
    """
    checks = verdict.checks
    turned = {(one.check, one.dataset) for one in verdict.company if one.turned}
    alone = [at for at, one in enumerate(checks) if (one.id, one.dataset) in turned]
    if verdict.outcome == "inconclusive" and alone:
        return None if alone[0] in main_check(verdict) else alone[0]
    if verdict.outcome == "supported" or any(checks[at].outcome == verdict.outcome for at in main_check(verdict)):
        return None
    required = [at for at, one in enumerate(checks) if one.required is True and one.outcome != "supported"]
    same = [at for at in required if checks[at].outcome == verdict.outcome] or required
    return min(same, key=lambda at: _against(checks[at]), default=None)


def _against(ruling: Ruling) -> float:
    return 1.0 if ruling.p_against is None else ruling.p_against


def effect_words(ruling: Ruling) -> str:
    """Return the effect in percent with its interval; nothing where the check has none."""
    effect = ruling.effect
    if effect is None:
        return ""
    decimals = places(effect.low, effect.high)
    sign = -1.0 if is_reduction(ruling) else 1.0
    low, high = sorted((sign * effect.low, sign * effect.high))
    point = fixed(sign * effect.percent, decimals, signed=not is_reduction(ruling))
    within = f", margin {float(ruling.margin) * 100:g}%" if ruling.relation == "equivalent" else ""
    return f"{point}% [{fixed(low, decimals)}, {fixed(high, decimals)}]{within}"


def composite_words(ruling: Ruling) -> str:
    """Return what a check without an effect in percent has to say: its share, its parts or its contrast."""
    if ruling.relation == "never-third":
        return ruling.note if ruling.outcome != "untested" else ""
    if ruling.relation == "order" and ruling.parts:
        return ", ".join(f"{part.name} {part.outcome}" for part in ruling.parts)
    if ruling.relation != "contrast" or ruling.estimate is None or ruling.low is None or ruling.high is None:
        return ""
    decimals = places(ruling.low, ruling.high)
    point, low, high = (fixed(value, decimals) for value in (ruling.estimate, ruling.low, ruling.high))
    return f"contrast {point} [{low}, {high}] {ruling.measure or ''}".rstrip()


def paper_words(ruling: Ruling) -> str:
    """Return the paper's effect per base, once where all print the same; nothing where it has none."""
    if ruling.effect is None:
        return ""
    sign = -1.0 if is_reduction(ruling) else 1.0
    claimed = claimed_bases(ruling.effect)
    shown = {base: f"{percent(sign * claimed_sign(ruling, value))}%" for base, value in sorted(claimed.items())}
    if len(set(shown.values())) == 1:
        return next(iter(shown.values()))
    return ", ".join(f"{value} ({base})" for base, value in shown.items())
