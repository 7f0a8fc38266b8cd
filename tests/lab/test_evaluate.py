"""Oracles: a cell's own vectors, the other batch sizes, the order by dot product; in this process, without walls."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tiny_models
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sentence_transformers import SentenceTransformer

from harness.lab import evaluate
from harness.lab.cell import encode
from harness.lab.encoder import untrained, write
from harness.lab.evaluate import level, run
from harness.records.encoding import EncodeOrder
from harness.records.texts import EvaluationTexts, TextTable
from harness.records.training import Recipe
from harness.seeds import generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUERIES = ("where is it", "wo ist der Fluss und wo ist er nicht", "a", "")
PASSAGES = ("the river is long", "der Fluss", "lang " * 40, "it is here", "nowhere at all, or everywhere")


def table(kind: str, texts: tuple[str, ...]) -> TextTable:
    ids = tuple(f"{kind}{number}" for number in range(len(texts)))
    return TextTable(ids=ids, languages=("en",) * len(texts), texts=texts)


SET = EvaluationTexts(queries=table("q", QUERIES), passages=table("p", PASSAGES))


@pytest.fixture(scope="module")
def labse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.labse(tmp_path_factory.mktemp("modules") / "labse")


def order(model: Path, out: Path, **options: Any) -> EncodeOrder:
    out.mkdir(parents=True, exist_ok=True)
    texts = out / "texts.json"
    texts.write_text(json.dumps(SET.plain()))
    told = {"threads": 1, "batch": 4, **options}
    return EncodeOrder(model=str(model), texts=str(texts), out=str(out / "vectors"), **told)


def vectors(made: EncodeOrder) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    queries, passages = (np.load(Path(made.out) / f"{name}.npy") for name in ("queries", "passages"))
    assert json.loads((Path(made.out) / "ids.json").read_text()) == {
        "queries": list(SET.queries.ids),
        "passages": list(SET.passages.ids),
    }
    return queries, passages


def quiet(_done: int, _total: int) -> None:
    return


def test_property_batches_change_rounding_alone_and_every_text_is_told_of(labse: Path, tmp_path: Path) -> None:
    found = []
    for batch in (1, 2, 64):
        told: list[tuple[int, int]] = []
        made = order(labse, tmp_path / str(batch), batch=batch)
        run(made, lambda done, total, told=told: told.append((done, total)))
        assert told[-1] == (len(QUERIES) + len(PASSAGES),) * 2
        found.append(vectors(made))
    for one in found[1:]:
        for left, right in zip(found[0], one, strict=True):
            np.testing.assert_allclose(left, right, atol=1e-5)


def test_other_implementation_prompts_and_limits_are_the_model_s_own_unless_others_are_asked_for(
    labse: Path, tmp_path: Path
) -> None:
    own, other = (
        order(labse, tmp_path / "own"),
        order(labse, tmp_path / "other", query_prompt="", passage_prompt="x ", max_length=8),
    )
    cards = [run(own, quiet), run(other, quiet)]
    plain = SentenceTransformer(str(labse), device="cpu", prompts={"query": "", "passage": ""})
    expected = [plain.encode([f"ask: {text}" for text in QUERIES]), plain.encode([f"say: {text}" for text in PASSAGES])]
    for left, right in zip(vectors(own), expected, strict=True):
        np.testing.assert_allclose(left, right, atol=1e-5)
    plain.max_seq_length = 8
    expected = [plain.encode(list(QUERIES)), plain.encode([f"x {text}" for text in PASSAGES])]
    for left, right in zip(vectors(other), expected, strict=True):
        np.testing.assert_allclose(left, right, atol=1e-5)
    assert [(card.query_prompt, card.passage_prompt, card.max_length) for card in cards] == [
        ("ask: ", "say: ", 24),
        ("", "x ", 8),
    ]
    assert cards[0].modules == ("Transformer", "Pooling", "Dense", "Normalize")
    lengths = [len(ids) for ids in plain.tokenizer([f"say: {text}" for text in PASSAGES])["input_ids"]]
    assert cards[0].cut_passages == sum(length > 24 for length in lengths) < len(PASSAGES)


def test_real_part_an_encoder_of_the_lab_gives_the_vectors_of_its_cell(tmp_path: Path) -> None:
    recipe = Recipe(
        buckets=64, width=8, dimensions=4, shortest=2, longest=3, dose=0, batch=4, learning_rate=0.1, temperature=0.1
    )
    encoder = untrained(recipe, [*QUERIES[:3], *PASSAGES], generator("a test"))
    write(encoder, tmp_path / "encoder")
    encode(encoder, SET, tmp_path / "cell")
    made = order(tmp_path / "encoder", tmp_path)
    card = run(made, quiet)
    for name, found in zip(("queries", "passages"), vectors(made), strict=True):
        np.testing.assert_allclose(found, np.load(tmp_path / "cell" / f"{name}.npy"), atol=1e-6)
    assert (card.width, card.query_prompt, card.cut_queries) == (4, "Query: ", 0)


SIDES = arrays(np.float32, st.tuples(st.integers(1, 6), st.just(3)), elements=st.integers(-8, 8).map(float))


@given(SIDES, SIDES)
@settings(max_examples=60, deadline=None)
def test_property_cosines_of_levelled_vectors_are_ordered_as_dot_products(
    queries: NDArray[np.float32], passages: NDArray[np.float32]
) -> None:
    asked, answers = (side.astype(np.float64) for side in level(queries, passages))
    lengths = np.linalg.norm(answers, axis=1)
    np.testing.assert_allclose(lengths, lengths[0], rtol=1e-6)
    np.testing.assert_allclose(asked @ answers.T, queries.astype(np.float64) @ passages.T, atol=1e-9)


def test_exact_a_model_that_declares_dot_products_is_compared_by_them(labse: Path, tmp_path: Path) -> None:
    made = order(labse, tmp_path, similarity="dot")
    card = run(made, quiet)
    assert (card.similarity, card.declared, card.width) == ("dot", "cosine", tiny_models.DIMENSIONS)
    assert [side.shape[1] for side in vectors(made)] == [tiny_models.DIMENSIONS + 1] * 2


def test_degenerate_what_goes_wrong_becomes_one_line_of_words(labse: Path, tmp_path: Path) -> None:
    for model, options, words in (
        (labse, {"device": "cuda"}, "expected a CUDA device"),
        (tmp_path / "nowhere", {}, "Error"),
    ):
        answers = io.StringIO()
        evaluate.serve(json.dumps(order(model, tmp_path, **options).plain()), answers)
        (line,) = answers.getvalue().splitlines()
        assert words in json.loads(line)["error"]
    answers = io.StringIO()
    evaluate.serve("{}", answers)
    assert "EncodeOrder" in json.loads(answers.getvalue())["error"]
