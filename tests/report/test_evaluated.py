"""Oracles: a document written by hand, and what may not come through from one."""

from __future__ import annotations

from typing import Any

from harness.records.encoding import EncoderCard
from harness.records.evaluation import EvaluatedCell, EvaluatedMean, EvaluatedModel, EvaluatedSet, Evaluation
from harness.records.verdict import Seal
from harness.report.evaluated import evaluation_lines, evaluation_page

CARD = EncoderCard(
    modules=("Transformer", "Pooling"),
    width=8,
    weights=1000,
    max_length=32,
    query_prompt="query: ",
    passage_prompt="",
    declared="euclidean",
    similarity="cosine",
    cut_queries=0,
    cut_passages=2,
    device="cpu",
    threads=1,
    batch=32,
    seconds=1.25,
)


def mean(setting: Any, measure: str, **other: Any) -> EvaluatedMean:
    told = {"value": 0.5, "low": 0.45, "high": 0.55, "lexical": 0.25, "chance": None, "note": ""}
    return EvaluatedMean(setting=setting, measure=measure, clusters=30, rows=60, **{**told, **other})


def cell(setting: Any, asked: str, answered: str, value: float) -> EvaluatedCell:
    return EvaluatedCell(
        setting=setting, measure="MAP", query_language=asked, passage_language=answered, value=value, queries=30
    )


def document(**model: Any) -> Evaluation:
    one = EvaluatedSet(
        dataset="xquad-r",
        scope="atlas",
        source="atlas",
        texts="0" * 64,
        queries=60,
        passages=60,
        query_languages=("de", "en"),
        passage_languages=("de", "en"),
        encoder=CARD,
        vectors="1" * 64,
        means=(
            mean("monolingual", "MAP", note="they lean"),
            mean("crosslingual", "MAP", note="they lean", low=None, high=None),
            mean("multilingual", "rank-distance", value=12.0, low=10.0, high=14.0, lexical=20.0, chance=30.0),
        ),
        cells=(
            cell("monolingual", "de", "de", 0.75),
            cell("crosslingual", "de", "en", 0.5),
            cell("multilingual", "en", "*", 1.0),
        ),
    )
    told = {"named": "it", "revision": None, "digest": "2" * 64, "files": {"config.json": "3" * 64}, "bytes": 1234}
    return Evaluation(
        model=EvaluatedModel(**{**told, **model}),
        sets=(one,),
        seal=Seal(tier="T1", status="SEALED", self_test={}),
        source="4" * 64,
        versions={"torch": "2"},
    )


def test_exact_the_terminal_shows_means_with_intervals_and_matrices() -> None:
    assert "\n".join(evaluation_lines(document())).startswith(
        """it: 1,234 bytes in 1 file, sha256 222222222222

xquad-r (scope atlas, source atlas): 60 queries in 2 languages, 60 passages
Transformer > Pooling: 1,000 weights, 8 dimensions, at most 32 tokens (0 queries and 2 passages cut), \
prompts 'query: ' and '', compared by cosine, though the model declares euclidean; cpu, 1.2 s

setting             measure    mean  95% interval  lexical  chance
monolingual             MAP    0.50  [0.45, 0.55]     0.25          (1)
crosslingual            MAP  0.5000          none   0.2500          (1)
multilingual  rank-distance      12      [10, 14]       20      30
(1) they lean

MAP, queries by row, passages by column (*: all languages in one pool)
       de     en      *
de  0.750  0.500
en                1.000
"""
    )


def test_exact_the_page_quotes_every_number_and_escapes_what_is_named() -> None:
    page = evaluation_page(document(named="<script>\x1b[2J", revision="v1"))
    assert "<script>" not in page
    assert "\x1b" not in page
    for source in ("sets[0].means[2].chance", "sets[0].cells[1].value", "model.digest"):
        assert f" data-s={source}" in page


def test_exact_no_word_of_a_model_drives_the_terminal() -> None:
    lines = evaluation_lines(document(named="\x1b]0;x\x07it\u202e"))
    assert all(character.isprintable() for line in lines for character in line)
