"""Oracles: BEIR's own loader and its own evaluation; folders that are in the way."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from harness.court.pool import measure_vectors
from harness.data.atlas import evaluation
from harness.data.export import export_beir
from harness.errors import UsageError
from harness.records.judgements import Dataset
from harness.seeds import generator

with warnings.catch_warnings(action="ignore"):  # its progress bars are experimental, it says
    from beir.datasets.data_loader import GenericDataLoader
    from beir.retrieval.evaluation import EvaluateRetrieval

SMALL = evaluation("first", "xquad-r", ("ar", "en", "zh"), 12)
WIDTH = 16


@pytest.fixture(params=["xquad-r", "mlqa-r", "miracl"])
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return evaluation("first", request.param, ("ar", "es", "hi", "zh"), 40)


def qrels_of(dataset: Dataset) -> dict[str, dict[str, int]]:
    table = dataset.judgements
    judged: dict[str, dict[str, int]] = {}
    for query, passage, grade in zip(table.query_rows, table.passage_rows, table.grades, strict=True):
        judged.setdefault(table.query_ids[query], {})[table.passage_ids[passage]] = grade
    return judged


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_other_beirs_loader_reads_what_was_written(dataset: Dataset, tmp_path: Path) -> None:
    export_beir(dataset, tmp_path / "set")
    corpus, queries, qrels = GenericDataLoader(str(tmp_path / "set")).load(split="test")
    texts = dataset.texts
    assert queries == dict(zip(texts.queries.ids, texts.queries.texts, strict=True))
    assert {name: entry["text"] for name, entry in corpus.items()} == dict(
        zip(texts.passages.ids, texts.passages.texts, strict=True)
    )
    assert {entry["title"] for entry in corpus.values()} == {""}
    assert qrels == qrels_of(dataset)
    assert list(corpus) == list(dataset.judgements.passage_ids)
    assert list(queries) == list(dataset.judgements.query_ids)


def test_other_beirs_evaluation_measures_what_the_court_measures(dataset: Dataset) -> None:
    """Random vectors, full depth; BEIR rounds means to five decimals."""
    table = dataset.judgements
    rng = generator("test", "export")
    queries, passages = (rng.standard_normal((len(ids), WIDTH)) for ids in (table.query_ids, table.passage_ids))
    judged = qrels_of(dataset)
    ours = measure_vectors(queries, passages, judged, table.query_ids, table.passage_ids)["measures"]
    left, right = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (queries, passages))
    scores = left @ right.T
    run = {
        name: dict(zip(table.passage_ids, row.tolist(), strict=True))
        for name, row in zip(table.query_ids, scores, strict=True)
    }
    depth = len(table.passage_ids)
    ndcg, average, recall, _ = EvaluateRetrieval.evaluate(judged, run, [1, 10, depth], ignore_identical_ids=False)
    assert ours["nDCG@10"] == pytest.approx(ndcg["NDCG@10"], abs=1e-5)
    assert ours["MAP"] == pytest.approx(average[f"MAP@{depth}"], abs=1e-5)
    assert ours["R@1"] == pytest.approx(recall["Recall@1"], abs=1e-5)
    assert ours["R@10"] == pytest.approx(recall["Recall@10"], abs=1e-5)


def files_in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def test_itself_the_same_bytes_twice(tmp_path: Path) -> None:
    for name in ("a", "b"):
        export_beir(SMALL, tmp_path / name)
    one, other = ([(path.name, path.read_bytes()) for path in files_in(tmp_path / name)] for name in ("a", "b"))
    assert one == other
    assert [name for name, _ in one] == ["corpus.jsonl", "test.tsv", "queries.jsonl"]


def test_rule_an_empty_folder_is_filled_and_a_missing_one_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "deep/er"):
        export_beir(SMALL, tmp_path / name)
        assert len(list(files_in(tmp_path / name))) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "empty"]


def test_rule_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")
    with pytest.raises(UsageError, match="one that is not empty"):
        export_beir(SMALL, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


def test_degenerate_places_that_are_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name, said in (("file", "something else"), ("link", "something else"), ("file/inner", "a place to write to")):
        with pytest.raises(UsageError, match=said):
            export_beir(SMALL, tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]


def test_rule_a_failed_export_leaves_nothing(tmp_path: Path) -> None:
    half = SMALL.texts.passages.texts[0].encode()[:1].decode("latin-1") + "\ud800"  # half of a surrogate pair
    texts = SMALL.texts.passages.model_copy(update={"texts": (half, *SMALL.texts.passages.texts[1:])})
    broken = SMALL.model_copy(update={"texts": SMALL.texts.model_copy(update={"passages": texts})})
    with pytest.raises(UnicodeEncodeError):
        export_beir(broken, tmp_path / "set")
    assert not list(tmp_path.iterdir())
