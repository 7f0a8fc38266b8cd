# ruff: noqa: E501 - the table of faults reads best with one case per line
"""Oracles: what was exported comes back; BEIR's own loader; folders with known faults; bytes at random."""

from __future__ import annotations

import json
import shutil
import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.data import beir, catalogue
from harness.data.atlas import evaluation
from harness.data.export import export_beir
from harness.errors import FileFaults, UsageError
from harness.records.judgements import Dataset
from harness.records.scope import BeirBinding

with warnings.catch_warnings(action="ignore"):  # its progress bars are experimental, it says
    from beir.datasets.data_loader import GenericDataLoader

CORPUS = [
    {"_id": "d1", "title": "Ann", "text": "was here.", "metadata": {"language": "de"}},
    {"_id": "d 2", "text": "Bob was here.", "metadata": {}},
    {"_id": "d3", "title": "", "text": "Cy was \u2028 here."},
]
QUERIES: list[dict[str, Any]] = [
    {"_id": "q1", "text": "Who?", "metadata": {"language": "de", "entity": "Ann", "relation": "name"}},
    {"_id": "q2", "text": "And who?", "metadata": {"cluster": "c", "entity": "Ann", "entity_seen": True}},
    {"_id": "q3", "text": "Nobody asks."},
    {"_id": "q4", "text": "Nothing answers."},
    {"_id": "q5", "text": "Who else?"},
]
QRELS = "query-id\tcorpus-id\tscore\nq2\td3\t2\nq2\td 2\t1\nq1\td1\t1\nq1\td3\t0\nq4\td1\t0\nq5\td3\t1\n"


def lines(entries: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)


def lay(folder: Path, **changed: str | bytes) -> Path:
    """Write a folder, with other bytes for some of its files."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    files: Mapping[str, str | bytes] = {"corpus": lines(CORPUS), "queries": lines(QUERIES), "qrels": QRELS, **changed}
    for name, data in files.items():
        path = folder / ("qrels/test.tsv" if name == "qrels" else f"{name}.jsonl")
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def bound(folder: Path, language: str | None = "en") -> BeirBinding:
    return BeirBinding(source="beir", folder=folder.name, language=language).beside(folder.parent)


def graded(dataset: Dataset) -> dict[str, dict[str, int]]:
    """Return question -> text of each relevant passage and its grade."""
    table, texts = dataset.judgements, dataset.texts
    asked = dict(zip(texts.queries.ids, texts.queries.texts, strict=True))
    told = dict(zip(texts.passages.ids, texts.passages.texts, strict=True))
    found: dict[str, dict[str, int]] = {}
    for query, passage, grade in zip(table.query_rows, table.passage_rows, table.grades, strict=True):
        found.setdefault(asked[table.query_ids[query]], {})[told[table.passage_ids[passage]]] = grade
    return found


def test_exact_a_folder_is_read_by_hand(tmp_path: Path) -> None:
    dataset = catalogue.evaluation(bound(lay(tmp_path / "set")))
    assert graded(dataset) == {
        "Who?": {"Ann was here.": 1},
        "And who?": {"Bob was here.": 1, "Cy was \u2028 here.": 2},
        "Who else?": {"Cy was \u2028 here.": 1},
    }
    table = dataset.judgements
    assert table.query_languages == ("de", "en", "en")
    assert table.clusters == ("Ann", "c", "q5")
    assert table.relations == ("name", "all", "all")
    assert table.entities_seen == (False, True, False)
    assert table.passage_languages == ("de", "en", "en")


@pytest.mark.parametrize("part", ["xquad-r", "mlqa-r", "miracl"])
def test_itself_what_was_exported_comes_back(part: Any, tmp_path: Path) -> None:
    """The same judgements in the same order, under other ids."""
    made = evaluation("first", part, ("ar", "es", "hi", "zh"), 40)
    export_beir(made, tmp_path / "set")
    read = catalogue.evaluation(bound(tmp_path / "set", None))
    ids = {"query_ids", "passage_ids"}
    assert read.judgements.model_dump(exclude=ids) == made.judgements.model_dump(exclude=ids)
    assert graded(read) == graded(made)
    for side in ("queries", "passages"):
        one, other = getattr(read.texts, side), getattr(made.texts, side)
        assert Counter(zip(one.languages, one.texts, strict=True)) == Counter(
            zip(other.languages, other.texts, strict=True)
        )
        assert list(one.ids) == sorted(one.ids)
    assert not {*read.judgements.query_ids} & {*made.judgements.query_ids}


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_other_beirs_loader_reads_the_same(tmp_path: Path) -> None:
    folder = lay(tmp_path / "set")
    corpus, queries, qrels = GenericDataLoader(str(folder)).load(split="test")
    joined = {name: " ".join(filter(None, [entry["title"], entry["text"]])) for name, entry in corpus.items()}
    relevant = {
        queries[query]: {joined[passage]: grade for passage, grade in graded.items() if grade}
        for query, graded in qrels.items()
    }
    assert graded(catalogue.evaluation(bound(folder))) == {query: found for query, found in relevant.items() if found}


def test_rule_whatever_changes_in_a_folder_makes_another_set(tmp_path: Path) -> None:
    """Even grades alone: what is kept of a set is kept under the digest of its texts, ids among them."""
    folder = lay(tmp_path / "set")
    first = catalogue.evaluation(bound(folder))
    assert catalogue.evaluation(bound(folder)) is first
    before = catalogue.files(bound(folder))
    lay(folder, qrels=QRELS.replace("d3\t2", "d3\t3"))
    second = catalogue.evaluation(bound(folder))
    assert second.texts.fingerprint() != first.texts.fingerprint()
    assert second.judgements.grades != first.judgements.grades
    changed = {name for name, digest in catalogue.files(bound(folder)).items() if digest != before[name]}
    assert changed == {"qrels/test.tsv"}
    lay(folder)
    assert catalogue.evaluation(bound(folder)) == first


def test_rule_files_that_change_while_they_are_read_are_refused(tmp_path: Path) -> None:
    folder = lay(tmp_path / "set")
    asked = beir.digests(bound(folder))
    lay(folder, queries=lines(QUERIES).replace("Who?", "Whom?"))
    with pytest.raises(FileFaults, match=r"files that stay as they are, found queries\.jsonl changed"):
        beir.evaluation(bound(folder), asked)


def test_exact_another_split_is_another_file(tmp_path: Path) -> None:
    folder = lay(tmp_path / "set")
    shutil.move(folder / "qrels/test.tsv", folder / "qrels/dev.tsv")
    binding = bound(folder).model_copy(update={"split": "dev"})
    assert len(catalogue.evaluation(binding).judgements.grades) == 4
    with pytest.raises(FileFaults, match=r"qrels/test\.tsv: expected a readable file, found No such file"):
        catalogue.evaluation(bound(folder))
    with pytest.raises(UsageError, match="the split test of beir, found validation"):
        catalogue.evaluation(binding, "validation")


def test_exact_a_folder_lies_beside_its_scope_file_and_that_is_no_part_of_its_record(tmp_path: Path) -> None:
    one, other = (BeirBinding(source="beir", folder="sets/a").beside(tmp_path / name) for name in "xy")
    assert one.place == tmp_path / "x/sets/a"
    assert one.fingerprint() == other.fingerprint() == BeirBinding(source="beir", folder="sets/a").fingerprint()
    assert one != other


def test_exact_all_files_that_are_missing_are_told(tmp_path: Path) -> None:
    with pytest.raises(FileFaults) as caught:
        catalogue.evaluation(bound(tmp_path / "set"))
    assert [Path(fault.path).name for fault in caught.value.faults] == ["corpus.jsonl", "test.tsv", "queries.jsonl"]


PASSAGE = '{"_id": "d9", "text": "x"}\n'
BAD: dict[str, tuple[dict[str, str | bytes], list[tuple[str, int, str]]]] = {
    "bad JSON": ({"corpus": PASSAGE + '{"_id": "d1", "text": }\n'}, [("corpus.jsonl", 2, "a JSON object in UTF-8")]),
    "two faults": (
        {"corpus": "nothing\n" + PASSAGE + "[1]\n"},
        [("corpus.jsonl", 1, "a JSON object"), ("corpus.jsonl", 3, "a JSON object, found '[1]'")],
    ),
    "two files": ({"corpus": "1\n", "queries": "2\n"}, [("corpus.jsonl", 1, "JSON"), ("queries.jsonl", 1, "JSON")]),
    "other bytes": ({"queries": b'{"_id": "q1", "text": "\xff"}\n'}, [("queries.jsonl", 1, "UTF-8")]),
    "deep": ({"queries": '{"_id": "q1", "text": ' + "[" * 100_000}, [("queries.jsonl", 1, "a JSON object")]),
    "half a pair": ({"corpus": '{"_id": "d1", "text": "\\ud800"}\n'}, [("corpus.jsonl", 1, "text: whole characters")]),
    "no id": ({"corpus": '{"text": "x"}\n'}, [("corpus.jsonl", 1, "an _id: a text in quotes")]),
    "a number for an id": ({"corpus": '{"_id": 1, "text": "x"}\n'}, [("corpus.jsonl", 1, "found '1'")]),
    "an id that no line could name": ({"corpus": '{"_id": "a\\tb", "text": "x"}\n'}, [("corpus.jsonl", 1, "an _id")]),
    "no text": ({"queries": '{"_id": "q1"}\n'}, [("queries.jsonl", 1, "a text that is not empty, found none")]),
    "blanks alone": ({"corpus": '{"_id": "d1", "title": " ", "text": " "}\n'}, [("corpus.jsonl", 1, "a text that")]),
    "a list for a text": ({"corpus": '{"_id": "d1", "text": ["x"]}\n'}, [("corpus.jsonl", 1, "text: a text in quotes")]),
    "an id twice": ({"corpus": PASSAGE * 2}, [("corpus.jsonl", 2, "each _id once, found 'd9' as on line 1")]),
    "an empty line": ({"corpus": PASSAGE + "\n" + PASSAGE.replace("9", "8")}, [("corpus.jsonl", 2, "an empty line")]),
    "an empty file": ({"corpus": ""}, [("corpus.jsonl", 0, "at least one line")]),
    "metadata in words": ({"corpus": '{"_id": "d1", "text": "x", "metadata": "de"}\n'}, [("corpus.jsonl", 1, "metadata: an object")]),
    "an odd language": (
        {"corpus": '{"_id": "d1", "text": "x", "metadata": {"language": "German"}}\n'},
        [("corpus.jsonl", 1, "metadata.language: a code of 2 or 3 letters, found '\"German\"'")],
    ),
    "an odd cluster": (
        {"queries": '{"_id": "q1", "text": "x", "metadata": {"cluster": 1, "entity_seen": "no"}}\n'},
        [("queries.jsonl", 1, "metadata.cluster: a text"), ("queries.jsonl", 1, "metadata.entity_seen: true or false")],
    ),
    "an unknown query": ({"qrels": QRELS + "q9\td1\t1\n"}, [("test.tsv", 8, "one of 5 queries, found 'q9'; judge what")]),
    "an unknown passage": ({"qrels": QRELS + "q1\td9\t1\n"}, [("test.tsv", 8, "one of 3 passages, found 'd9'")]),
    "a pair twice": ({"qrels": QRELS + "q1\td1\t1\n"}, [("test.tsv", 8, "found 'q1 d1' as on line 4")]),
    "half a grade": ({"qrels": QRELS + "q3\td1\t0.5\n"}, [("test.tsv", 8, "an integer of at least 0, found '0.5'")]),
    "a grade below 0": ({"qrels": QRELS + "q3\td1\t-1\n"}, [("test.tsv", 8, "found '-1'")]),
    "no judgements": ({"qrels": QRELS.splitlines()[0] + "\n"}, [("test.tsv", 0, "at least one judgement of grade 1")]),
    "nothing relevant": ({"qrels": "q1\td1\t0\n"}, [("test.tsv", 0, "at least one judgement of grade 1")]),
    "an empty file of judgements": ({"qrels": ""}, [("test.tsv", 0, "at least one line, found an empty file")]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_exact_faults_are_told_with_file_and_line(tmp_path: Path, name: str) -> None:
    changed, said = BAD[name]
    folder = lay(tmp_path / "set", **changed)
    with pytest.raises(FileFaults) as caught:
        catalogue.evaluation(bound(folder))
    found = caught.value.faults
    assert [(Path(fault.path).name, fault.line) for fault in found] == [(file, line) for file, line, _ in said]
    for fault, (_, _, words) in zip(found, said, strict=True):
        assert words in str(fault)


def test_exact_a_language_must_be_named_or_bound(tmp_path: Path) -> None:
    with pytest.raises(FileFaults) as caught:
        catalogue.evaluation(bound(lay(tmp_path / "set"), None))
    assert [(Path(one.path).name, one.line) for one in caught.value.faults] == [
        ("corpus.jsonl", 2), ("corpus.jsonl", 3),
        ("queries.jsonl", 2), ("queries.jsonl", 3), ("queries.jsonl", 4), ("queries.jsonl", 5),
    ]  # fmt: skip
    assert "bind one language for all that name none" in str(caught.value)


def test_rule_too_many_faults_are_counted(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="found 500, of which 50 are shown"):
        beir.read_texts(lay(tmp_path / "set", corpus="x\n" * 500) / "corpus.jsonl", "en")


@given(
    name=st.sampled_from(["corpus", "queries", "qrels"]), place=st.integers(0, 80), change=st.binary(max_size=3),
    cut=st.integers(0, 3),
)  # fmt: skip
@settings(derandomize=True, deadline=None, max_examples=150)
def test_theory_any_change_of_bytes_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, name: str, place: int, change: bytes, cut: int
) -> None:
    files = {"corpus": lines(CORPUS), "queries": lines(QUERIES), "qrels": QRELS}
    data = files[name].encode()
    folder = lay(tmp_path_factory.getbasetemp() / "beir", **{name: data[:place] + change + data[place + cut :]})
    try:
        assert catalogue.evaluation(bound(folder)).judgements.grades
    except FileFaults as refused:
        faults = refused.faults
    else:
        return
    assert all(fault.path.startswith(str(folder)) for fault in faults)
