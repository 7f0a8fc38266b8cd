"""The whole way, behind walls: a tiny real encoder from a folder to a table, a document and a page."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator

from harness.command import cli
from harness.court.pool import measure_vectors
from harness.data import catalogue
from harness.errors import ResourceMissing, UsageError
from harness.records.schemas import schema
from harness.records.scope import BeirBinding
from harness.store import Store

TEXTS = {"en": "number {} is a river", "de": "Nummer {} ist ein Fluss"}
FACTS = 6


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["evaluate", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """Return a set of six facts in two languages, each question answered in both; a cluster per fact."""
    folder = tmp_path / "set"
    (folder / "qrels").mkdir(parents=True)
    facts = [(number, language) for number in range(FACTS) for language in TEXTS]
    lines: dict[str, list[str]] = {"queries.jsonl": [], "corpus.jsonl": []}
    for number, language in facts:
        about = {"language": language, "cluster": f"fact{number}"}
        text = TEXTS[language].format(number)
        lines["queries.jsonl"].append(
            json.dumps({"_id": f"q{number}{language}", "text": f"{text}?", "metadata": about})
        )
        lines["corpus.jsonl"].append(json.dumps({"_id": f"p{number}{language}", "text": text, "metadata": about}))
    for name, written in lines.items():
        (folder / name).write_text("\n".join(written) + "\n")
    judged = [f"q{number}{asked}\tp{number}{answered}\t1" for number, asked in facts for answered in TEXTS]
    (folder / "qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(judged) + "\n")
    return folder


def vectors(store: Path, key: str) -> tuple[Any, Any, dict[str, Any]]:
    folder = Store(store).find(key)
    assert folder is not None
    ids = json.loads((folder / "ids.json").read_text())
    return np.load(folder / "queries.npy"), np.load(folder / "passages.npy"), ids


def evaluated_elsewhere(model: Path, beir: Path) -> dict[str, float]:
    """Return measures over the pool of all languages; languages have equally many questions, so a mean is a mean."""
    texts = {}
    for name in ("queries", "corpus"):
        lines = map(json.loads, (beir / f"{name}.jsonl").read_text().splitlines())
        texts[name] = {line["_id"]: line["text"] for line in lines}
    relevant: dict[str, set[str]] = {}
    for line in (beir / "qrels/test.tsv").read_text().splitlines()[1:]:
        asked, answer, _ = line.split("\t")
        relevant.setdefault(asked, set()).add(answer)
    judge = InformationRetrievalEvaluator(
        queries=texts["queries"],
        corpus=texts["corpus"],
        relevant_docs=relevant,
        map_at_k=[12],
        precision_recall_at_k=[1, 10],
        ndcg_at_k=[10],
        show_progress_bar=False,
        write_csv=False,
    )
    found = judge(SentenceTransformer(str(model), device="cpu"))
    names = {"MAP": "map@12", "R@1": "recall@1", "R@10": "recall@10", "nDCG@10": "ndcg@10"}
    return {ours: found[f"cosine_{theirs}"] for ours, theirs in names.items()}


def test_real_part_a_plain_encoder_is_encoded_with_sealed_ranked_measured_and_not_encoded_with_twice(
    beir: Path, tmp_path: Path
) -> None:
    model, store, page = tiny_models.xlm_roberta(tmp_path / "xlmr"), tmp_path / "store", tmp_path / "page.html"
    options = ("--dataset", beir, "--store", store, "--threads", "1")
    told = json.loads(run(model, *options, "--json", "--page", page).stdout)
    Draft202012Validator(schema("evaluation")).validate(told)
    (one,) = told["sets"]
    assert told["seal"]["status"] in {"SEALED", "PARTIAL"}
    assert (one["queries"], one["passages"], one["query_languages"]) == (12, 12, ["de", "en"])
    assert one["encoder"]["modules"] == ["Transformer", "Pooling"]

    # the pool of all languages again, from the kept vectors and by the other command's way
    queries, passages, ids = vectors(store, one["vectors"])
    known = catalogue.evaluation(BeirBinding(source="beir", folder=str(beir)).beside(Path())).judgements
    judged: dict[str, dict[str, int]] = {}
    for asked, answer in zip(known.query_rows, known.passage_rows, strict=True):
        judged.setdefault(known.query_ids[asked], {})[known.passage_ids[answer]] = 1
    pooled = measure_vectors(queries, passages, judged, ids["queries"], ids["passages"])["measures"]
    means = {(mean["setting"], mean["measure"]): mean for mean in one["means"]}
    for name in ("MAP", "R@1", "R@10", "rank-distance"):
        assert means["multilingual", name]["value"] == pytest.approx(pooled[name], rel=1e-9)
    assert means["multilingual", "rank-distance"]["chance"] == pytest.approx((2 - 1) / (2 + 1) * (12 + 1))

    # and by sentence-transformers' own evaluator, from the very files
    expected = evaluated_elsewhere(model, beir)
    for name, value in expected.items():
        assert means["multilingual", name]["value"] == pytest.approx(value, rel=1e-6)

    # each mean is that of its cells
    for (setting, name), mean in means.items():
        cells = [cell["value"] for cell in one["cells"] if (cell["setting"], cell["measure"]) == (setting, name)]
        assert mean["value"] == pytest.approx(math.fsum(cells) / len(cells), rel=1e-9)
        assert mean["low"] <= mean["value"] <= mean["high"]
        assert mean["clusters"] == FACTS

    assert all(f" data-s=sets[0].means[{at}].value" in page.read_text() for at in range(len(one["means"])))
    entries = sorted(path.name for path in (store / "entries").glob("*/*"))
    again = run(model, *options, "--batch", "1")
    assert sorted(path.name for path in (store / "entries").glob("*/*")) == entries
    assert f"{one['encoder']['seconds']:.1f} s" in again.stdout
    assert "MAP, queries by row, passages by column" in again.stdout


def test_degenerate_what_cannot_be_evaluated_is_refused_before_anything_is_encoded(
    beir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants  # noqa: PLC0415 - as late as the command does

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ResourceMissing, match="hf download sentence-transformers/LaBSE"):
        run("sentence-transformers/LaBSE", "--dataset", beir)
    for option, value in (("--language", "German"), ("--split", "a b")):
        with pytest.raises(UsageError, match=f"{option}: expected .*, found '{value}'"):
            run("sentence-transformers/LaBSE", "--dataset", beir, option, value)
    with pytest.raises(
        UsageError, match=r"--dataset: expected one of xquad-r, mlqa-r, miracl \(scope atlas\) or a fold"
    ):
        run("sentence-transformers/LaBSE", "--dataset", "nowhere")
