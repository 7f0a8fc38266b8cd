"""Readers of what `harness measure` is given: judgements, runs, ids. Arrays: `harness.data.arrays`.

    judgements   UTF-8, one of three forms, recognised by the first line:
                 `query TAB passage TAB grade` without a header,
                 the same under BEIR's header `query-id TAB corpus-id TAB score`,
                 TREC's `query 0 passage grade`, separated by blanks or tabs
    runs         TREC's `query Q0 passage rank score tag`; the rank column is not believed
    ids          one per line, each once; line n names row n - 1

A run is ordered by (-score, number of the passage): its place in the file of ids where that is
given, else the id itself where all ids are integers, else the order of first appearance.
Without files of ids, ids are row numbers counted from 0. A file is read whole and all its faults
are raised at once, the first LIMIT with a count of the rest. Source: TREC and BEIR formats;
design, Outside interfaces.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from harness.errors import Fault, FileFaults

LIMIT = 50
SHOWN = 60
BOM = b"\xef\xbb\xbf"
BEIR_HEADER = ["query-id", "corpus-id", "score"]
BLANKS = re.compile(r"[ \t]+")
INTEGER = re.compile(r"-?[0-9]{1,18}")
GRADE = re.compile(r"[0-9]{1,9}")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
FORMS = "query, passage, grade separated by tabs, or TREC's query 0 passage grade"
ROWS = "ids are row numbers counted from 0 unless a file of ids is given"


class _Reading:
    """One file being read: its decoded lines, and its faults so far."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.faults: list[Fault] = []
        try:
            data = path.read_bytes().removeprefix(BOM)
        except OSError as error:
            self.fault(0, "a readable file", error.strerror or type(error).__name__, "check the path")
            self.close()
        self.raw = data.split(b"\n")
        if not self.raw[-1]:
            self.raw.pop()
        if not self.raw:
            self.fault(0, "at least one line", "an empty file", "check what wrote it")

    def fault(self, line: int, expected: str, found: str, todo: str) -> None:
        self.faults.append(Fault(self.path, line, expected, found, todo))

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield (line number, text without its end); a line that is no UTF-8 becomes a fault."""
        for number, raw in enumerate(self.raw, start=1):
            try:
                yield number, raw.removesuffix(b"\r").decode("utf-8")
            except UnicodeDecodeError as error:
                self.fault(
                    number, "UTF-8", f"byte 0x{raw[error.start]:02x} at column {error.start + 1}", "re-encode it"
                )

    def once(self, seen: dict[tuple[str, ...], int], key: tuple[str, ...], line: int) -> bool:
        """Return whether `key` is new; a fault names the line where it stood first."""
        first = seen.setdefault(key, line)
        if first != line:
            found = f"{_shown(' '.join(key))} as on line {first}"
            self.fault(line, "every id, or pair of ids, once", found, "keep one of the lines")
        return first == line

    def known(self, ids: Collection[str] | None, name: str, kind: str, line: int, todo: str = ROWS) -> bool:
        """Return whether `name` is an id; None stands for all ids."""
        if ids is None or name in ids:
            return True
        self.fault(line, f"the id of one of {len(ids)} {kind}", _shown(name), todo)
        return False

    def close(self) -> None:
        """Raise the faults, if any."""
        if len(self.faults) > LIMIT:
            total = Fault(
                self.path, 0, "no faults", f"{len(self.faults)}, of which {LIMIT} are shown", "mend these first"
            )
            raise FileFaults([total, *self.faults[:LIMIT]])
        if self.faults:
            raise FileFaults(self.faults)


def read_judgements(
    path: Path,
    query_ids: Collection[str] | None = None,
    passage_ids: Collection[str] | None = None,
    *,
    unknown: str = ROWS,
) -> dict[str, dict[str, int]]:
    """Return `{query id: {passage id: grade}}` in order, grades of 0 kept; `unknown` says what to do about odd ids.

    Raises:
        FileFaults: an unreadable or empty file, broken UTF-8, missing columns, a grade that is
            no integer or negative, a pair judged twice, an id not among those given.
    """
    reading = _Reading(path)
    known = [None if ids is None else frozenset(ids) for ids in (query_ids, passage_ids)]
    seen: dict[tuple[str, ...], int] = {}
    judged: dict[str, dict[str, int]] = {}
    trec: bool | None = None
    for line, text in reading.lines():
        if trec is None:
            trec = len(text.split("\t")) != len(BEIR_HEADER) and len(_blanks(text)) == 4  # noqa: PLR2004  (TREC)
            if [cell.strip() for cell in text.split("\t")] == BEIR_HEADER:
                continue
        cells = _judgement(text, trec=trec)
        if cells is None:
            reading.fault(line, FORMS, _shown(text), "write every line in the form of the first")
            continue
        query, passage, grade = cells
        good = [
            reading.known(known[0], query, "queries", line, unknown),
            reading.known(known[1], passage, "passages", line, unknown),
        ]
        if not GRADE.fullmatch(grade):
            reading.fault(line, "a grade that is an integer of at least 0", _shown(grade), "0 says not relevant")
        elif reading.once(seen, (query, passage), line) and all(good):
            judged.setdefault(query, {})[passage] = int(grade)
    reading.close()
    return judged


def read_run(
    path: Path, query_ids: Collection[str] | None = None, passage_ids: Sequence[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Return `{query id: passage ids}`, best first by (-score, number of the passage).

    Raises:
        FileFaults: an unreadable or empty file, broken UTF-8, a line without six columns, a score
            that is no finite number, a passage listed twice for a query, an unknown id.
    """
    reading = _Reading(path)
    queries = None if query_ids is None else frozenset(query_ids)
    places = None if passage_ids is None else {name: place for place, name in enumerate(passage_ids)}
    seen: dict[tuple[str, ...], int] = {}
    scores: dict[str, dict[str, float]] = {}
    for line, text in reading.lines():
        cells = _blanks(text)
        if len(cells) != 6:  # noqa: PLR2004  (TREC's columns)
            reading.fault(line, "six columns: query Q0 passage rank score tag", _shown(text), "write a TREC run")
            continue
        query, _, passage, _, score, _ = cells
        good = [reading.known(queries, query, "queries", line), reading.known(places, passage, "passages", line)]
        if not NUMBER.fullmatch(score) or not math.isfinite(float(score)):
            reading.fault(line, "a finite score", _shown(score), "a score orders passages; drop the line")
        elif reading.once(seen, (query, passage), line) and all(good):
            scores.setdefault(query, {})[passage] = float(score)
    reading.close()
    numbers = _numbers(scores) if places is None else places
    return {
        query: tuple(sorted(scored, key=lambda passage: (-scored[passage], numbers[passage])))
        for query, scored in scores.items()
    }


def read_ids(path: Path) -> tuple[str, ...]:
    """Return the ids of a file, line by line.

    Raises:
        FileFaults: an unreadable or empty file, broken UTF-8, an empty line, an id that occurs twice.
    """
    reading = _Reading(path)
    seen: dict[tuple[str, ...], int] = {}
    for line, text in reading.lines():
        if not text.strip() or "\t" in text:
            reading.fault(line, "one id", _shown(text), "write one id per line")
        else:
            reading.once(seen, (text,), line)
    reading.close()
    return tuple(name for (name,) in seen)


def _blanks(text: str) -> list[str]:
    return BLANKS.split(text.strip(" \t"))


def _judgement(text: str, *, trec: bool) -> tuple[str, str, str] | None:
    """Return query, passage and grade of a line, or None where columns are missing or empty."""
    cells = _blanks(text) if trec else text.split("\t")
    if len(cells) != (4 if trec else 3) or not all(cell.strip() for cell in cells):
        return None
    return cells[0], cells[-2], cells[-1].strip()


def _numbers(scores: dict[str, dict[str, float]]) -> dict[str, int]:
    """Return the number that breaks ties for each passage of a run read without a file of ids."""
    seen = dict.fromkeys(passage for scored in scores.values() for passage in scored)
    if all(INTEGER.fullmatch(passage) for passage in seen):
        # a stable sort: `1` and `01` are two ids of one number and keep the order of appearance
        return {passage: place for place, passage in enumerate(sorted(seen, key=int))}
    return {passage: place for place, passage in enumerate(seen)}


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "...")
