"""An evaluation set as a folder, in BEIR's format or as the files that `harness measure` reads.

    corpus.jsonl      {"_id", "title": "", "text", "metadata": {"language"}}, one passage per line
    queries.jsonl     {"_id", "text", "metadata": {"language", "relation", "entity", "entity_seen"}}
    qrels/test.tsv    query-id, corpus-id, score; separated by tabs, under that header

    qrels.trec        TREC's `query 0 passage grade`
    query-ids.txt     one id per line, in the order of the rows that vectors would have
    passage-ids.txt   likewise

Ids and order are the court's. The folder is written beside its place under another name and then
renamed, so an interrupted export leaves no half of a data set that reads like a whole one.

Limits: BEIR knows neither languages nor settings; its measures are those of one pool, the
multilingual setting, averaged over queries and not over languages.
Source: BEIR (Thakur et al. 2021), `beir.datasets.data_loader.GenericDataLoader`.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.records.judgements import Dataset, Judgements
    from harness.records.texts import TextTable

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels/test.tsv"
TREC_QRELS, QUERY_IDS, PASSAGE_IDS = "qrels.trec", "query-ids.txt", "passage-ids.txt"
QRELS_HEADER = "query-id\tcorpus-id\tscore"


def export_beir(dataset: Dataset, folder: Path) -> None:
    """Write a dataset in BEIR's format into `folder`, which must be empty or not there yet.

    Raises:
        UsageError: the folder holds something, is a file, or cannot be written.
    """
    _whole(dataset, folder, _write_beir)


def export_trec(dataset: Dataset, folder: Path) -> None:
    """Write a dataset's judgements and ids into `folder`, which must be empty or not there yet.

    Raises:
        UsageError: the folder holds something, is a file, or cannot be written.
    """
    _whole(dataset, folder, _write_trec)


FORMATS: Mapping[str, Callable[[Dataset, Path], None]] = {"beir": export_beir, "trec": export_trec}


def _whole(dataset: Dataset, folder: Path, write: Callable[[Dataset, Path], None]) -> None:
    """Write a folder aside and put it into its place."""
    place = folder.absolute()
    _refuse_taken(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        write(dataset, aside / place.name)
        (aside / place.name).rename(place)
    except OSError as error:
        # someone may have put something there since
        _refuse_taken(place)
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _refuse_taken(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder}: expected an empty folder or none, found something else; name another one")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder}: expected an empty folder or none, found one that is not empty; name another one")


def _unwritable(folder: Path, error: OSError) -> UsageError:
    return UsageError(f"{folder}: expected a place to write to, found {error.strerror or error}; name another one")


def _write_beir(dataset: Dataset, folder: Path) -> None:
    table = dataset.judgements
    about = zip(table.query_languages, table.relations, table.clusters, table.entities_seen, strict=True)
    asked = [dict(zip(("language", "relation", "entity", "entity_seen"), row, strict=True)) for row in about]
    told = [{"language": language} for language in table.passage_languages]
    (folder / QRELS).parent.mkdir(parents=True)
    _lines(folder / QUERIES, _entries(table.query_ids, dataset.texts.queries, asked, {}))
    _lines(folder / CORPUS, _entries(table.passage_ids, dataset.texts.passages, told, {"title": ""}))
    judged = (f"{query}\t{passage}\t{grade}" for query, passage, grade in _judged(table))
    _lines(folder / QRELS, [QRELS_HEADER, *judged])


def _write_trec(dataset: Dataset, folder: Path) -> None:
    table = dataset.judgements
    folder.mkdir(parents=True)
    _lines(folder / TREC_QRELS, (f"{query} 0 {passage} {grade}" for query, passage, grade in _judged(table)))
    _lines(folder / QUERY_IDS, table.query_ids)
    _lines(folder / PASSAGE_IDS, table.passage_ids)


def _judged(table: Judgements) -> Iterator[tuple[str, str, int]]:
    """Yield each judged pair by its ids."""
    for query, passage, grade in zip(table.query_rows, table.passage_rows, table.grades, strict=True):
        yield table.query_ids[query], table.passage_ids[passage], grade


def _entries(ids: Iterable[str], table: TextTable, about: Iterable[object], more: dict[str, Any]) -> Iterator[str]:
    """Yield one JSON object per id, in the order of the ids."""
    texts = dict(zip(table.ids, table.texts, strict=True))
    for name, metadata in zip(ids, about, strict=True):
        yield json.dumps({"_id": name, **more, "text": texts[name], "metadata": metadata}, ensure_ascii=False)


def _lines(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
