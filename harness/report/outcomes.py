"""How each claim came out in one scope, as a table for a README, and whether a README still says so.

Rule: one row per standing verdict, in the order of claims; effects are those of the terminal's
line. A table lies between two lines of its own, `<!-- outcomes:SCOPE -->` and
`<!-- /outcomes:SCOPE -->`; only what is between them is replaced or read. Whether a table still
holds is asked of its claims and their outcomes, for numbers may differ on another processor.
Words from verdicts are escaped: they can make neither a cell nor a mark nor a tag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.report.figures import is_reduction
from harness.report.line import counted, decided_elsewhere, main_effects
from harness.report.words import cut, plain_text, without_outcome
from harness.store import section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.records.ruling import Ruling
    from harness.records.verdict import Verdict
    from harness.report.folder import ReportsFolder

HEAD = ("claim", "outcome", "measured", "the paper", "note")
NOTE_LENGTH = 170
NOTHING = "none"
WHERE = re.compile(r"(.+?), on [^:]+: ")
MARKS = re.compile(r"[\\`*|~]|(?<!\w)_|_(?!\w)|\[(?![-+0-9])|\](?=[(\[:])")
"""What Markdown could take for a mark; an interval's brackets and a name's underscore are none."""

ROW = re.compile(r"\| (c[0-9]+) .*")
CELL = re.compile(r"(?<!\\)\|")


def standing(folder: ReportsFolder, scope: str) -> list[Verdict]:
    """Return the verdicts of one scope.

    Raises:
        UsageError: there is none, or one of them is refused: a table without it would hide that.
    """
    verdicts, refused = folder.read_verdicts()
    found = [verdict for verdict in verdicts if verdict.scope == scope]
    lost = [file for file in refused if file.path.endswith(f".{scope}.json")]
    if lost:
        told = "; ".join(f"{file.path}: {file.reason}" for file in lost)
        raise UsageError(f"{folder.root}: expected verdicts of scope {scope} that stand, found {told}")
    if not found:
        todo = f"measure with: pytest claims/ --scope {scope}"
        raise UsageError(f"{folder.root}: expected verdicts of scope {scope}, found none; {todo}")
    return found


def outcomes(verdicts: Sequence[Verdict]) -> str:
    """Return the sentence on what the outcomes speak of, and the table; one line end after each line."""
    rows = [HEAD, tuple("---" for _ in HEAD), *map(_row, verdicts)]
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return f"{_speaks_of(verdicts)}\n\n{table}"


def write(path: Path, scope: str, text: str) -> None:
    """Put `text` between a file's two lines; the rest of it stays byte for byte.

    Raises:
        UsageError: the file cannot be read, or the lines are not there exactly once.
    """
    section.write(path, f"outcomes:{scope}", text)


def differences(path: Path, scope: str, verdicts: Sequence[Verdict]) -> list[str]:
    """Return which claims or outcomes of a file's table are not those of `verdicts`.

    Raises:
        UsageError: as `write`, or what is between the lines is no such table.
    """
    told = _told(path, section.read(path, f"outcomes:{scope}"))
    found: dict[str, str] = {verdict.claim: verdict.outcome for verdict in verdicts}
    return [
        f"{path}: {claim}: expected {found.get(claim, 'no verdict')}, found {told.get(claim, 'no row')}; "
        f"write it anew with: harness outcomes --scope {scope} --write {path}"
        for claim in sorted({*found, *told}, key=lambda name: int(name[1:]))
        if found.get(claim) != told.get(claim)
    ]


def _row(verdict: Verdict) -> tuple[str, ...]:
    measured, paper = _measured(verdict)
    return (
        f"{verdict.claim} {escaped(verdict.title)}",
        verdict.outcome,
        measured or NOTHING,
        paper or NOTHING,
        escaped(cut(plain_text(_note(verdict)), NOTE_LENGTH)),
    )


def _measured(verdict: Verdict) -> tuple[str, str]:
    """Return what the main check found and what the paper shows for it, each in one cell."""
    counts = counted(verdict)
    if counts and verdict.outcome != "untested":
        return f"{counts[0]} of {counts[1]} counts equal", f"{counts[1]} counts"
    if verdict.outcome == "untested":
        return "", ""
    effects = main_effects(verdict)
    name = escaped(effects[0].ruling.id) if effects else ""
    told = [escaped(f"{_by(one.ruling)}{one.told} {one.where}".strip()) for one in effects]
    paper = [escaped(f"{one.paper} {one.where}".strip()) for one in effects if one.paper]
    return f"{name}: {'; '.join(told)}" if told else "", "; ".join(paper)


def _by(ruling: Ruling) -> str:
    """Mark a share that was taken off, which stands without a sign."""
    return "by " if ruling.effect and is_reduction(ruling) else ""


def _note(verdict: Verdict) -> str:
    if verdict.outcome == "untested":
        return _why_untested(verdict)
    turned = next((one for one in verdict.company if one.turned), None)
    if verdict.outcome == "inconclusive" and turned is not None:
        return f"contradicted, but not at a neighbouring setting: {turned.check} turns at {turned.at}"
    if verdict.outcome == "inconclusive":
        return "; ".join(
            _unsettled(one) for one in verdict.checks if one.required is True and one.outcome != "supported"
        )
    return decided_elsewhere(verdict)


def _why_untested(verdict: Verdict) -> str:
    """Return the first cause and the first check's words for it."""
    ruling = next((one for one in verdict.checks if one.required is True and one.cause is not None), None)
    if ruling is not None and ruling.cause is not None:
        first, _, more = ruling.note.partition("; ")
        return f"{ruling.cause}: {first}{', and more' if more else ''}"
    why = without_outcome(verdict.reason, verdict.outcome)
    return f"{verdict.cause}: {why}" if verdict.cause else why


def _unsettled(ruling: Ruling) -> str:
    where = f"{ruling.id} on {ruling.dataset}"
    if ruling.outcome != "inconclusive":
        return f"{where} {ruling.outcome}"
    if ruling.seeds_needed is None:
        return f"{where} unsettled" + ("" if ruling.note else ", more seeds would not do")
    return f"{where} would take {ruling.seeds_needed} seeds"


def _speaks_of(verdicts: Sequence[Verdict]) -> str:
    """Say where the outcomes hold, in the words of the scoped sentences."""
    places: dict[str, list[str]] = {}
    for verdict in verdicts:
        places.setdefault(_place(verdict), []).append(verdict.claim)
    most = max(places, key=lambda place: len(places[place]))
    others = [f"{', '.join(claims)} {_lowered(place)}" for place, claims in places.items() if place != most]
    apart = f" ({'; '.join(others)})" if others else ""
    return escaped(
        f"These are outcomes {_lowered(most)}{apart}. Each says whether the effect was found there, not whether "
        "the paper's own models show it."
    )


def _place(verdict: Verdict) -> str:
    """Return where the scoped sentence speaks of: what stands before its data sets, bases and checks."""
    sentence = plain_text(verdict.sentence)
    named = WHERE.match(sentence)
    if named is not None:
        return named.group(1)
    ending = f": {plain_text(verdict.statement)}"
    return sentence.removesuffix(ending) if sentence.endswith(ending) else sentence.partition(": ")[0]


def _lowered(place: str) -> str:
    return place[:1].lower() + place[1:]


def escaped(text: str) -> str:
    """Return words that Markdown shows as they are."""
    shown = MARKS.sub(r"\\\g<0>", plain_text(text))
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _told(path: Path, table: str) -> dict[str, str]:
    """Return outcomes by claim as a table says them."""
    found: dict[str, str] = {}
    for line in table.splitlines():
        match = ROW.fullmatch(line.strip())
        if match is None:
            continue
        cells = [cell.strip() for cell in CELL.split(line.strip())[1:-1]]
        if len(cells) != len(HEAD) or match[1] in found:
            fault = "a second row of it" if match[1] in found else f"{len(cells)}"
            raise UsageError(f"{path}: expected one row of {len(HEAD)} cells for {match[1]}, found {fault}: {line}")
        found[match[1]] = cells[1]
    if not found:
        raise UsageError(f"{path}: expected a table of outcomes between its two lines, found none; write it")
    return found
