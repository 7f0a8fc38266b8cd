"""One line per claim for the terminal.

Form: `<claim> <outcome> <effect> [<low>, <high>], paper <effect per base> [<status>: <cause>]`.
The effect is the main check's, in percent of the right side's mean; a reduction is shown as the
share taken off. The main check is the first required one that the paper puts a number on (one
required at full scale only stands back), else the first. A count compares `queries` things.
Where another check decided otherwise than the main one, the line names it. At most
160 characters, nothing that drives a terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.figures import claimed_bases, claimed_sign, fixed, is_reduction, percent, places
from harness.report.words import cut, plain_text, without_outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.records.ruling import Effect, Ruling, Verdict

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
    rulings = [verdict.checks[index] for index in main_check(verdict)]
    decided = _decided_elsewhere(verdict, rulings)
    shown = [ruling for ruling in rulings if ruling.effect]
    told = [_told(ruling, f" on {ruling.dataset}" if len(shown) > 1 else "") for ruling in shown]
    return _fitting(told, room - len(decided)) + decided


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


def _decided_elsewhere(verdict: Verdict, rulings: Sequence[Ruling]) -> str:
    """Name the check that decided, where the main one came out otherwise."""
    if verdict.outcome == "supported" or any(ruling.outcome == verdict.outcome for ruling in rulings):
        return ""
    deciding = (ruling for ruling in verdict.checks if ruling.required and ruling.outcome == verdict.outcome)
    ruling = next(deciding, None)
    return f"; {ruling.id} {ruling.outcome}" if ruling else ""


def _told(ruling: Ruling, where: str) -> str:
    effect = ruling.effect
    if effect is None:
        return ""
    decimals = places(effect.low, effect.high)
    sign = -1.0 if is_reduction(ruling) else 1.0
    low, high = sorted((sign * effect.low, sign * effect.high))
    point = fixed(sign * effect.percent, decimals, signed=not is_reduction(ruling))
    return f"{point}% [{fixed(low, decimals)}, {fixed(high, decimals)}]{where}{_paper(ruling, effect, sign)}"


def _paper(ruling: Ruling, effect: Effect, sign: float) -> str:
    shown = {base: f"{percent(sign * claimed_sign(ruling, value))}%" for base, value in claimed_bases(effect).items()}
    if not shown:
        return ""
    if len(set(shown.values())) == 1:
        return f", paper {next(iter(shown.values()))}"
    return f", paper {', '.join(f'{value} ({base})' for base, value in shown.items())}"
