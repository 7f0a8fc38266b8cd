"""Oracles: tiny files joined by hand; on the real files the paper's table 10 and a plain search for each answer."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.codec import sha256
from harness.data import answering, catalogue, lareqa
from harness.data.lareqa import PinnedFolder
from harness.errors import DigestMismatch, FileFaults, ResourceMissing, UsageError
from harness.records.judgements import Dataset
from harness.records.scope import LareqaBinding

TABLE = Path(__file__).parents[2] / "claims/paper/tables/table-10-evaluation-data.csv"
CLUSTERS = {"xquad-r": 240, "mlqa-r": 933}

Asked = tuple[str, str, int]
"""A question: id, text, where its first answer starts."""


def paragraph(sentences: str, *asked: Asked) -> dict[str, Any]:
    """Return a paragraph of sentences that end in full stops and stand with a blank between."""
    listed = [f"{part}." for part in sentences.removesuffix(".").split(". ")]
    starts = [sum(len(one) + 1 for one in listed[:number]) for number in range(len(listed))]
    return {
        "context": " ".join(listed),
        "sentences": listed,
        "sentence_breaks": [[start, start + len(one)] for start, one in zip(starts, listed, strict=True)],
        "qas": [
            {"id": name, "question": text, "answers": [{"text": "?", "answer_start": start}, {"answer_start": 0}]}
            for name, text, start in asked
        ],
    }


def article(*paragraphs: dict[str, Any]) -> dict[str, Any]:
    return {"title": "t", "paragraphs": list(paragraphs)}


def file_of(*articles: dict[str, Any]) -> bytes:
    return json.dumps({"data": articles, "version": "1"}).encode()


def folder_of(path: Path, contents: Mapping[str, bytes]) -> PinnedFolder:
    for language, data in contents.items():
        (path / f"{language}.json").write_bytes(data)
    return PinnedFolder(commit="c0ffee", files={language: sha256(data) for language, data in contents.items()})


SMALL = {
    "en": file_of(
        article(paragraph("Ann. Bob. Ann.", ("i1", "Who first?", 0), ("i2", "Who last?", 10)), paragraph("Cy. Di.")),
        article(paragraph("Eve. Flo.", ("i3", "Who then?", 7))),
    ),
    "de": file_of(
        article(paragraph("Anna. Bo.", ("i1", "Wer zuerst?", 4)), paragraph("Carl.", ("i4", "Wer noch?", 0))),
        article(paragraph("Ewa. Anna.", ("i3", "Wer dann?", 0), ("i2", "Wer zuletzt?", 5))),
    ),
    "vi": file_of(article(paragraph("Em.", ("i4", "Ai?", 2)))),
}


def small(path: Path, *languages: str) -> Dataset:
    return answering.evaluation(path, folder_of(path, SMALL), languages)


def answers(dataset: Dataset) -> dict[str, list[str]]:
    """Return question -> texts of its relevant passages, with their languages and rows."""
    table, texts = dataset.judgements, dataset.texts
    asked = dict(zip(texts.queries.ids, texts.queries.texts, strict=True))
    told = dict(zip(texts.passages.ids, texts.passages.texts, strict=True))
    found: dict[str, list[str]] = defaultdict(list)
    for query, passage in zip(table.query_rows, table.passage_rows, strict=True):
        name = told[table.passage_ids[passage]]
        found[asked[table.query_ids[query]]].append(f"{table.passage_languages[passage]} {passage} {name}")
    return dict(found)


def test_exact_answers_are_joined_by_hand(tmp_path: Path) -> None:
    dataset = small(tmp_path, "vi", "en", "de")
    assert answers(dataset) == {
        "Wer zuerst?": ["de 0 Anna.", "en 5 Ann."],
        "Wer noch?": ["de 2 Carl.", "vi 12 Em."],
        "Wer dann?": ["de 3 Ewa.", "en 11 Flo."],
        "Wer zuletzt?": ["de 4 Anna.", "en 7 Ann."],
        "Who first?": ["de 0 Anna.", "en 5 Ann."],
        "Who last?": ["de 4 Anna.", "en 7 Ann."],
        "Who then?": ["de 3 Ewa.", "en 11 Flo."],
        "Ai?": ["de 2 Carl.", "vi 12 Em."],
    }
    table = dataset.judgements
    assert table.query_languages == ("de", "de", "de", "de", "en", "en", "en", "vi")
    assert Counter(table.passage_languages) == {"de": 5, "en": 7, "vi": 1}
    assert set(table.relations) == {"question"}
    assert set(table.grades) == {1}
    assert not any(table.entities_seen)


def test_exact_paragraphs_that_share_questions_are_one_cluster(tmp_path: Path) -> None:
    """Only German asks i2 and i3 in one paragraph, so only with German is i1's paragraph one with i3's."""
    assert small(tmp_path, "en").judgements.clusters == ("i1", "i1", "i3")
    assert small(tmp_path, "de", "en", "vi").judgements.clusters == ("i1", "i4", "i1", "i1", "i1", "i1", "i1", "i4")


def test_rule_a_sentence_listed_twice_is_two_and_only_the_answering_one_is_relevant(tmp_path: Path) -> None:
    assert answers(small(tmp_path, "en")) == {
        "Who first?": ["en 0 Ann."],
        "Who last?": ["en 2 Ann."],
        "Who then?": ["en 6 Flo."],
    }


def test_rule_the_labs_order_and_ids_tell_nothing(tmp_path: Path) -> None:
    dataset = small(tmp_path, "de", "en", "vi")
    for table, ids in (
        (dataset.texts.queries, dataset.judgements.query_ids),
        (dataset.texts.passages, dataset.judgements.passage_ids),
    ):
        assert list(table.ids) == sorted(ids)
        assert table.ids != ids
    assert not {"i1", "i2", "i3", "i4"} & {*dataset.judgements.query_ids}


def test_rule_the_order_of_languages_does_not_matter_and_the_others_files_need_not_be_there(tmp_path: Path) -> None:
    pinned = folder_of(tmp_path, SMALL)
    (tmp_path / "vi.json").unlink()
    one, other = (answering.evaluation(tmp_path, pinned, order) for order in (("de", "en"), ("en", "de")))
    assert one == other
    with pytest.raises(FileFaults, match=r"vi\.json: expected this file, found nothing; harness data fetch"):
        answering.evaluation(tmp_path, pinned, ("de", "vi"))


def test_rule_bytes_that_are_not_the_pinned_ones_are_refused(tmp_path: Path) -> None:
    pinned = folder_of(tmp_path, SMALL)
    (tmp_path / "de.json").write_bytes(SMALL["de"][:-1])
    with pytest.raises(DigestMismatch, match=r"de\.json"):
        answering.evaluation(tmp_path, pinned, ("de", "en"))


PLAIN = paragraph("Ann. Bob.", ("i1", "Who?", 0))
BAD: dict[str, tuple[bytes, list[str]]] = {
    "no JSON": (b'{"data": [', ["JSON: Invalid JSON"]),
    "half a file": (SMALL["en"][: len(SMALL["en"]) // 2], ["JSON: Invalid JSON"]),
    "another shape": (b'{"data": {"paragraphs": []}}', ["data: Input should be a valid array"]),
    "a word for an offset": (
        file_of(article({**PLAIN, "sentence_breaks": [["0", 4], [5, 9]]})),
        ["data.0.paragraphs.0.sentence_breaks.0.0: Input should be a valid integer"],
    ),
    "no answer": (
        file_of(article({**PLAIN, "qas": [{"id": "i", "question": "?", "answers": []}]})),
        ["data.0.paragraphs.0.qas.0.answers: List should have at least 1 item"],
    ),
    "between sentences": (
        file_of(article(paragraph("Ann. Bob.", ("i1", "Who?", 4)))),
        ["data.0.paragraphs.0.qas.0: an answer that starts in a sentence, found one that starts at 4; mend"],
    ),
    "before and behind": (
        file_of(article(paragraph("Ann. Bob.", ("i1", "?", 9), ("i2", "?", -1)))),
        ["qas.0: an answer that starts in a sentence, found one that starts at 9", "qas.1: an answer that starts"],
    ),
    "an id twice": (
        file_of(article(PLAIN), article(paragraph("Cy."), paragraph("Di. Ed.", ("i1", "Who?", 0)))),
        ["data.1.paragraphs.1.qas.0: each question id once, found i1 as in data.0.paragraphs.0.qas.0"],
    ),
    "an offset too few": (
        file_of(article({**PLAIN, "sentence_breaks": [[0, 4]]})),
        ["data.0.paragraphs.0: [start, end] of each of 2 sentences, found 1 sentence_breaks"],
    ),
    "offsets that overlap": (
        file_of(article({**PLAIN, "sentence_breaks": [[0, 6], [5, 9]]})),
        ["data.0.paragraphs.0: sentence_breaks that grow"],
    ),
    "an empty sentence": (
        file_of(article({**PLAIN, "sentence_breaks": [[0, 0], [5, 9]]})),
        ["data.0.paragraphs.0: sentence_breaks that grow"],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_exact_faults_are_told_with_file_and_place(tmp_path: Path, name: str) -> None:
    data, said = BAD[name]
    with pytest.raises(FileFaults) as caught:
        answering.parse(data, tmp_path / "de.json")
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == len(said)
    for one, words in zip(told, said, strict=True):
        assert one.startswith(f"{tmp_path / 'de.json'}: expected ")
        assert words in one


def test_exact_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    contents = {"de": BAD["an id twice"][0], "en": BAD["before and behind"][0], "vi": SMALL["vi"]}
    pinned = folder_of(tmp_path, contents)
    with pytest.raises(FileFaults) as caught:
        answering.evaluation(tmp_path, pinned, ("en", "de", "vi"))
    assert [Path(fault.path).name for fault in caught.value.faults] == ["de.json", "en.json", "en.json"]


@given(st.integers(0, len(SMALL["en"]) - 1), st.integers(0, 255))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_theory_any_change_of_bytes_is_read_or_told(place: int, byte: int) -> None:
    data = bytearray(SMALL["en"])
    data[place] = byte
    try:
        told = answering.parse(bytes(data), Path("en.json"))
    except FileFaults as refused:
        faults = refused.faults
    else:
        assert all(0 <= one.sentence < len(told.sentences) for one in told.questions.values())
        return
    assert all(fault.path == "en.json" for fault in faults)


def real(part: str) -> Path:
    """Return the folder of real files, or skip."""
    try:
        return lareqa.find(part, lareqa.roots(), lareqa.pins()[part])
    except ResourceMissing as missing:
        pytest.skip(str(missing))


@cache
def whole(part: str) -> Dataset:
    languages = tuple(lareqa.pins()[part].files)
    return catalogue.evaluation(
        LareqaBinding.model_validate({"source": "lareqa", "part": part, "languages": languages})
    )


@pytest.mark.parametrize("part", CLUSTERS)
def test_paper_table_10_comes_out_of_the_dataset(part: str) -> None:
    real(part)
    table = whole(part).judgements
    column = part.replace("-", "_")
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row[f"{column}_queries"]]
    printed = [{row["language"]: int(row[f"{column}_{kind}"]) for row in rows} for kind in ("queries", "candidates")]
    assert len(rows) == len(lareqa.pins()[part].files)
    assert [Counter(table.query_languages), Counter(table.passage_languages)] == printed


@pytest.mark.parametrize("part", CLUSTERS)
def test_other_a_plain_search_of_the_real_files_finds_the_same_answers(part: str) -> None:
    """Counts characters sentence by sentence, where the dataset goes by offsets; joins by id without rows."""
    folder = real(part)
    holding: dict[str, set[tuple[str, int]]] = defaultdict(set)
    asked: dict[tuple[str, str], str] = {}
    for language in sorted(lareqa.pins()[part].files):
        number = 0
        for one in json.loads((folder / f"{language}.json").read_bytes())["data"]:
            for block in one["paragraphs"]:
                for question in block["qas"]:
                    start = question["answers"][0]["answer_start"]
                    (at,) = [n for n, (left, right) in enumerate(block["sentence_breaks"]) if left <= start < right]
                    holding[question["id"]].add((language, number + at))
                    asked[language, question["id"]] = question["question"]
                number += len(block["sentences"])
    dataset = whole(part)
    table = dataset.judgements
    first = {language: table.passage_languages.index(language) for language in set(table.passage_languages)}
    texts = dict(zip(dataset.texts.queries.ids, dataset.texts.queries.texts, strict=True))
    relevant: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for query, passage in zip(table.query_rows, table.passage_rows, strict=True):
        language = table.passage_languages[passage]
        relevant[query].add((language, passage - first[language]))
    found = [(table.query_languages[row], texts[name], relevant[row]) for row, name in enumerate(table.query_ids)]
    assert found == [(language, text, holding[name]) for (language, name), text in asked.items()]


def test_exact_the_real_files_have_the_shape_that_is_told_of_them() -> None:
    for part, clusters in CLUSTERS.items():
        real(part)
        table = whole(part).judgements
        assert len(set(table.clusters)) == clusters
        relevant = Counter(Counter(table.query_rows).values())
        assert set(relevant) == ({11} if part == "xquad-r" else {2, 3, 4})
    xquad = whole("xquad-r")
    chinese = [text for language, text in zip(*_columns(xquad), strict=True) if language == "zh"]
    assert (len(chinese), len(set(chinese))) == (1196, 1192)
    listed = Counter(zip(*_columns(xquad), strict=True))
    texts = dict(zip(xquad.texts.passages.ids, zip(*_columns(xquad), strict=True), strict=True))
    twice = {row for row in xquad.judgements.passage_rows if listed[texts[xquad.judgements.passage_ids[row]]] > 1}
    assert [xquad.judgements.passage_languages[row] for row in twice] == ["tr"]


def _columns(dataset: Dataset) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return dataset.texts.passages.languages, dataset.texts.passages.texts


def test_exact_the_door_refuses_other_languages_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bound = LareqaBinding(source="lareqa", part="mlqa-r", languages=("de", "el"))
    with pytest.raises(UsageError, match=r"languages of mlqa-r among ar, de, .*, found el"):
        catalogue.evaluation(bound)
    with pytest.raises(UsageError, match="each language once, found de, de"):
        catalogue.files(bound.model_copy(update={"languages": ("de", "de")}))
    with pytest.raises(UsageError, match="split test of lareqa, found validation"):
        catalogue.evaluation(bound.model_copy(update={"languages": ("de",)}), "validation")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("HARNESS_DATA", raising=False)
    with pytest.raises(ResourceMissing, match="harness data fetch mlqa-r"):
        catalogue.evaluation(bound.model_copy(update={"languages": ("de",)}))
    (tmp_path / "harness/data/mlqa-r").mkdir(parents=True)
    (tmp_path / "harness/data/mlqa-r/de.json").write_bytes(SMALL["de"])
    with pytest.raises(DigestMismatch):
        catalogue.evaluation(bound.model_copy(update={"languages": ("de",)}))
