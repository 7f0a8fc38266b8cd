"""A folder in BEIR's format as an evaluation set.

    corpus.jsonl        {"_id", "text"} and perhaps "title", "metadata"; one passage per line
    queries.jsonl       {"_id", "text"} and perhaps "metadata"
    qrels/<split>.tsv   query-id, corpus-id, score; tabs, a grade is an integer of at least 0

Of metadata is read: `language` (else the binding's), and of queries `cluster` or `entity` (else
the query is a cluster of its own), `relation` (a stratum), `entity_seen`. A title stands before
its passage's text, with a blank between, as BEIR's encoders join them. Queries without a passage
of grade 1 or more are left out, as BEIR leaves out those that nobody judged; passages all stay.
The court's order is that of the files. `harness.data.export` writes what this reads back.

The files are compared with the digests they were asked for by, after they were read: what changes
meanwhile is refused. Those digests are part of the ids (`harness.data.views`).

Limits: everything is held in memory; blank lines at the end of a file are ignored, others are not.
Source: BEIR (Thakur et al. 2021), `beir.datasets.data_loader.GenericDataLoader`, which tells no
line and lets repeated ids and unknown passages pass.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.codec import file_sha256
from harness.data.columns import Faults, shown
from harness.data.export import CORPUS, QUERIES
from harness.data.trec import read_judgements
from harness.data.views import Passage, Query, two_views
from harness.errors import Fault, FileFaults
from harness.records.record import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from harness.records.judgements import Dataset
    from harness.records.scope import BeirBinding

STRATUM = "all"
CODE = re.compile(LANGUAGE)
UNWRITABLE = re.compile(r"[\t\r\n]")
"""What no id may hold, because qrels could not name it."""


class Line(NamedTuple):
    """One line of a .jsonl file that names a text."""

    number: int
    id: str
    text: str
    language: str
    about: Mapping[str, Any]


def qrels(binding: BeirBinding) -> str:
    """Return the name of the file of judgements."""
    return f"qrels/{binding.split}.tsv"


def digests(binding: BeirBinding) -> dict[str, str]:
    """Return the sha256 of each file that a set is made of, by its name in the folder.

    Raises:
        FileFaults: all that are missing or cannot be read.
    """
    found: dict[str, str] = {}
    faults = []
    for name in (CORPUS, QUERIES, qrels(binding)):
        try:
            found[name] = file_sha256(binding.place / name)
        except OSError as error:
            told = error.strerror or str(error)
            faults.append(Fault(str(binding.place / name), 0, "a readable file", told, "check folder and split"))
    if faults:
        raise FileFaults(faults)
    return found


def evaluation(binding: BeirBinding, asked: Mapping[str, str]) -> Dataset:
    """Return the set whose files have the digests `asked`.

    Raises:
        FileFaults: everything wrong with one of the files, by line; of judgements only if the others are sound.
    """
    place = binding.place
    sides: list[list[Line]] = []
    faults: list[Fault] = []
    for name in (QUERIES, CORPUS):
        try:
            sides.append(read_texts(place / name, binding.language))
        except FileFaults as refused:
            faults += refused.faults
    if faults:
        raise FileFaults(faults)
    queries, passages = sides
    judged = _relevant(place / qrels(binding), queries, passages)
    if (now := digests(binding)) != asked:
        changed = ", ".join(name for name in now if now[name] != asked[name])
        raise FileFaults([Fault(str(place), 0, "files that stay as they are", f"{changed} changed", "run it again")])
    kept = [query for query in queries if query.id in judged]
    rows = {passage.id: row for row, passage in enumerate(passages)}
    return two_views(
        [_query(query) for query in kept],
        [Passage(passage.language, passage.text) for passage in passages],
        ((row, rows[name], grade) for row, query in enumerate(kept) for name, grade in judged[query.id].items()),
        besides=dict(asked),
    )


def _query(line: Line) -> Query:
    about = line.about
    cluster = about.get("cluster") or about.get("entity") or line.id
    return Query(line.language, line.text, cluster, about.get("relation") or STRATUM, about.get("entity_seen") is True)


def _relevant(path: Path, queries: list[Line], passages: list[Line]) -> dict[str, dict[str, int]]:
    """Return the grades of at least 1 by query and passage; at least one."""
    known = [line.id for line in queries], [line.id for line in passages]
    read = read_judgements(path, *known, unknown=f"judge what stands in {QUERIES} and {CORPUS}")
    relevant = {
        query: {passage: grade for passage, grade in graded.items() if grade > 0} for query, graded in read.items()
    }
    relevant = {query: graded for query, graded in relevant.items() if graded}
    if not relevant:
        raise FileFaults([Fault(str(path), 0, "at least one judgement of grade 1 or more", "none", "add judgements")])
    return relevant


def read_texts(path: Path, language: str | None) -> list[Line]:
    """Return the lines of a .jsonl file; `language` is that of lines which name none.

    Raises:
        FileFaults: an empty file, and every line that is no JSON object with an id and a text of its own,
            whose metadata is of another kind, or that has no language.
    """
    faults = Faults(path)
    found: list[Line] = []
    first: dict[str, int] = {}
    for number, entry in _objects(path, faults):
        line = _line(number, entry, language, faults)
        if line is None:
            continue
        if (before := first.setdefault(line.id, number)) != number:
            faults.add(number, "each _id once", f"{shown(line.id)} as on line {before}", "keep one of the lines")
        found.append(line)
    if not found and not faults.total:
        faults.add(0, "at least one line", "an empty file", "check what wrote it")
    faults.close()
    return found


def _objects(path: Path, faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each line's number and JSON object; another kind of line becomes a fault."""
    blank: list[int] = []
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            if not raw.strip():
                blank.append(number)
                continue
            for empty in blank:
                faults.add(empty, "a JSON object", "an empty line", "remove it")
            blank.clear()
            try:
                entry = json.loads(raw.decode("utf-8"))
            except (ValueError, RecursionError) as error:
                faults.add(number, "a JSON object in UTF-8", str(error) or type(error).__name__)
                continue
            if isinstance(entry, dict):
                yield number, entry
            else:
                faults.add(number, "a JSON object", shown(json.dumps(entry)))


def _line(number: int, entry: Mapping[str, Any], language: str | None, faults: Faults) -> Line | None:
    """Return what a JSON object tells, or None where a fault is told of it."""
    before = faults.total
    name, about = entry.get("_id"), entry.get("metadata")
    if not isinstance(name, str) or not name.strip() or UNWRITABLE.search(name):
        faults.add(number, "an _id: a text in quotes without tabs or line ends", _found(entry, "_id"))
    text = " ".join(part for part in (_text(number, entry, key, faults) for key in ("title", "text")) if part)
    if "text" not in entry or not text.strip():
        faults.add(number, "a text that is not empty", _found(entry, "text"))
    if about is not None and not isinstance(about, dict):
        faults.add(number, "metadata: an object", _found(entry, "metadata"))
    about = about if isinstance(about, dict) else {}
    for key in ("cluster", "entity", "relation"):
        if not isinstance(about.get(key, ""), str):
            faults.add(number, f"metadata.{key}: a text", _found(about, key))
    if not isinstance(about.get("entity_seen", False), bool):
        faults.add(number, "metadata.entity_seen: true or false", _found(about, "entity_seen"))
    code = about.get("language", language)
    if not isinstance(code, str) or not CODE.fullmatch(code):
        todo = "add it, or bind one language for all that name none"
        faults.add(number, "metadata.language: a code of 2 or 3 letters", _found(about, "language"), todo)
    return None if faults.total > before else Line(number, str(name), text, str(code), about)


def _text(number: int, entry: Mapping[str, Any], key: str, faults: Faults) -> str:
    told = entry.get(key, "")
    if not isinstance(told, str):
        faults.add(number, f"{key}: a text in quotes", _found(entry, key))
        return "?"
    try:
        told.encode()
    except UnicodeEncodeError:
        faults.add(number, f"{key}: whole characters", "half of a surrogate pair", "write it as UTF-8")
    return told


def _found(entry: Mapping[str, Any], key: str) -> str:
    return shown(json.dumps(entry[key], ensure_ascii=True)) if key in entry else "none"
