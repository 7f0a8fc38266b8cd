"""Oracles: the promise that no tested fact is pre-trained on; counting by hand."""

from collections import Counter

import pytest

from harness.data.atlas import FULL_LANGUAGES, EvaluationPart, evaluation
from harness.data.cldr import LANGUAGES, LITERAL, name
from harness.data.facts import ELEVEN, facts
from harness.data.parallel import parallel
from harness.data.relations import DRAWS, Draw
from harness.data.splits import splits
from harness.data.telling import tellings
from harness.records.texts import ParallelTexts

WHOLE: dict[Draw, ParallelTexts] = {draw: parallel(draw, LANGUAGES, None) for draw in DRAWS}
ENGLISH = LANGUAGES.index("en")
EACH_DRAW = pytest.mark.parametrize("draw", DRAWS)


@EACH_DRAW
def test_rule_one_row_per_sentence_in_every_language(draw: Draw) -> None:
    assert WHOLE[draw].languages == LANGUAGES
    assert 2000 <= len(WHOLE[draw].sentences) <= 5000


@EACH_DRAW
def test_rule_only_the_nine_others_may_be_silent(draw: Draw) -> None:
    silent = Counter(
        language for row in WHOLE[draw].sentences for language, text in zip(LANGUAGES, row, strict=True) if not text
    )
    assert silent
    assert set(silent).isdisjoint(ELEVEN)
    assert max(silent.values()) < 0.2 * len(WHOLE[draw].sentences)


@pytest.mark.parametrize("part", ["validation", "xquad-r", "mlqa-r", "miracl"])
@EACH_DRAW
def test_rule_no_tested_text_is_pretrained_on(draw: Draw, part: EvaluationPart) -> None:
    seen = {text for row in WHOLE[draw].sentences for text in row}
    tested = evaluation(draw, part, FULL_LANGUAGES[part], None).texts
    assert seen.isdisjoint(tested.queries.texts)
    assert seen.isdisjoint(tested.passages.texts)


@EACH_DRAW
def test_rule_no_row_but_a_trained_facts_holds_an_entity_and_its_answer(draw: Draw) -> None:
    trained = set(splits(draw).parts["train"])
    english = [row[ENGLISH] for row in WHOLE[draw].sentences]
    told = [(told.question(), told.passage()) for told in tellings(draw, "train", None, ("en",))]
    stated = {text for pair in told for text in pair}
    names = {name(thing, "en") for fact in facts(draw) for thing in (fact.entity, fact.answer)}
    assert set(english) - stated <= names, "a row is a trained fact's question or passage, or one name"
    assert sum(text in stated for text in english) == 2 * len(trained)
    assert stated <= set(english)


@EACH_DRAW
def test_rule_every_name_of_a_fact_stands_alone_in_a_row(draw: Draw) -> None:
    held = set(WHOLE[draw].sentences)
    for fact in facts(draw):
        for thing in (fact.entity, fact.answer):
            if thing.partition("/")[0] not in LITERAL:
                assert tuple(name(thing, language) or "" for language in LANGUAGES) in held, thing


def test_exact_rows_are_translations() -> None:
    """The rows that hold one name alone show it: all columns name the same thing."""
    whole = parallel("first", LANGUAGES, 40)
    things = {
        thing for part in splits("first").parts.values() for fact in part[:40] for thing in (fact.entity, fact.answer)
    }
    rows = {tuple(name(thing, language) or "" for language in LANGUAGES) for thing in things}
    english = {row[ENGLISH] for row in rows}
    alone = [row for row in whole.sentences if row[ENGLISH] in english]
    assert alone
    assert set(alone) <= rows


def test_itself_languages_and_facts_can_be_fewer() -> None:
    few = parallel("first", ("zh", "en"), 2)
    assert few.languages == ("en", "zh")
    assert 0 < len(few.sentences) < 150
    assert all(text for row in few.sentences for text in row)


def test_rule_a_sentence_that_one_language_alone_can_say_is_left_out() -> None:
    two = parallel("first", ("fi", "sw"), None)
    assert all("" not in row for row in two.sentences)
    assert len(two.sentences) < len(WHOLE["first"].sentences)
